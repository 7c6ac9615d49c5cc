"""`honeydesk bot`: the bot without a server, on rows of one's own. JSON on stdout, all else on stderr."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from app.cli.output import fail, say, tell

bot = typer.Typer(no_args_is_help=True, help="The bot without a server: ask it, measure it.")
evaluate = typer.Typer(no_args_is_help=True, help="Figures on rows of one's own.")
bot.add_typer(evaluate, name="evaluate")

EngineName = Annotated[str, typer.Option("--engine", help="embedded, sentence-transformers:PATH or rasa")]


def _failed(error: Exception) -> NoReturn:
    fail(str(getattr(error, "code", "failed")), str(error))


@bot.command("ask")
def bot_ask(
    text: Annotated[str | None, typer.Argument(help="One text; or --file.")] = None,
    file: Annotated[Path | None, typer.Option(help="JSON lines `{text, lang?, now?}`.")] = None,
    locale: Annotated[str, typer.Option(help="Language of the page, where a row names none.")] = "zh-CN",
    engine: EngineName = "embedded",
    corpus: Annotated[Path | None, typer.Option(help="A folder like faq_corpus/, which is the default.")] = None,
) -> None:
    """Ask the bot; every text is a new conversation. One JSON object a line, in the order of the rows."""
    from app.asking import Asked, Asker, read_asked
    from bot.corpus import CorpusError
    from bot.encoder.manifest import EncoderMissing
    from bot.engines import EngineFailed
    from bot.evaluation.rows import RowsError

    if (text is None) == (file is None):
        fail("usage", "give one TEXT or --file")
    try:
        rows = read_asked(file, locale) if file is not None else [Asked.now(text or "", locale)]
        asker = Asker.open(engine, corpus)
        for row in rows:
            say(asker.ask(row))
        if asker.warning:
            tell(f"honeydesk: warning: {asker.warning}")
    except (RowsError, CorpusError, EngineFailed, EncoderMissing, ValueError) as error:
        _failed(error)


@evaluate.command("intents")
def evaluate_intents(
    train: Annotated[Path, typer.Option(help="JSON lines `{text, label}`; label `oos` = out of scope.")],
    test: Annotated[Path, typer.Option(help="Rows that are only measured.")],
    val: Annotated[Path | None, typer.Option(help="Rows that may fit the gate and choose the threshold.")] = None,
    engine: EngineName = "embedded",
) -> None:
    """Fit an intent classifier and measure it. One JSON object."""
    from app.asking import engine_settings
    from bot.encoder.manifest import EncoderMissing
    from bot.engines import EngineFailed, intent_engine
    from bot.evaluation.intents import evaluate_intents as run
    from bot.evaluation.rows import RowsError, read_labelled

    try:
        rows, held = read_labelled(train), read_labelled(val) if val else []
        say(run(intent_engine(engine, engine_settings()), rows, read_labelled(test), held))
    except (RowsError, EngineFailed, EncoderMissing, ValueError) as error:
        _failed(error)


@evaluate.command("faq")
def evaluate_faq(
    corpus: Annotated[Path, typer.Option(help="JSON lines `{faq_id, question, similar?, answer?}`.")],
    queries: Annotated[Path, typer.Option(help="JSON lines `{text, faq_id}`; null = not answerable.")],
    risk: Annotated[float, typer.Option(min=0.001, max=0.5, help="Wrong among answered that is accepted.")] = 0.05,
    engine: EngineName = "embedded",
) -> None:
    """Index a FAQ and measure retrieval and knowing when not to answer. One JSON object."""
    from app.asking import engine_settings
    from bot.encoder.manifest import EncoderMissing
    from bot.engines import EngineFailed, faq_engine
    from bot.evaluation.faq import evaluate_faq as run
    from bot.evaluation.rows import RowsError, read_faq, read_queries

    try:
        rows = read_faq(corpus)
        asked = read_queries(queries, rows)
        with closing(faq_engine(engine, engine_settings())) as tool:
            say(run(tool, rows, asked, risk))
    except (RowsError, EngineFailed, EncoderMissing, ValueError) as error:
        _failed(error)


@bot.command("finetune")
def bot_finetune(
    out: Annotated[Path, typer.Argument(help="Folder to write; must not exist.")],
    base: Annotated[Path | None, typer.Option(help="Model with torch weights. Default: models/encoder.")] = None,
    corpus: Annotated[Path | None, typer.Option(help="A folder like faq_corpus/, which is the default.")] = None,
    pairs: Annotated[Path | None, typer.Option(help="JSON lines `{text, entry}` of messages it answered.")] = None,
    epochs: Annotated[int, typer.Option(min=1, max=20, help="Rounds over the texts.")] = 3,
) -> None:
    """Make the encoder know the corpus; taken only if held-out paraphrases rank better. One JSON object."""
    from app.asking import finetuned
    from bot.corpus import CorpusError
    from bot.encoder.manifest import EncoderMissing
    from bot.evaluation.rows import RowsError

    try:
        say(finetuned(out, base, corpus, pairs, epochs))
    except (RowsError, CorpusError, EncoderMissing, ValueError) as error:
        _failed(error)
