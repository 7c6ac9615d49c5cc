"""docs/reference/cli.md from the command tree's own signatures."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Iterator
from typing import Any

import typer
from typer.models import ArgumentInfo, ParameterInfo

from app.cli import commands
from docs.generators.markdown import code, document, prose, table

HEAD = (
    "Results are JSON on stdout, one value a line; everything for people goes to stderr. An error is one line "
    "`honeydesk: code: message` and exit code 1. Commands use the data folder of `HONEYDESK_DATA_DIR` "
    "([settings](settings.md)). Those that change something hand their work to the running server over a socket in "
    "that folder, and open the database themselves only when no server runs."
)


def tree(app: typer.Typer, prefix: str) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Full name and function of every command, in the order of the source."""
    for command in app.registered_commands:
        if command.callback is not None:
            yield f"{prefix} {command.name or command.callback.__name__.replace('_', '-')}", command.callback
    for group in app.registered_groups:
        if group.typer_instance is not None:
            yield from tree(group.typer_instance, f"{prefix} {group.name}")


def parameters(callback: Callable[..., Any]) -> tuple[str, list[list[str]]]:
    """The usage line's tail and one table row per parameter."""
    hints = typing.get_type_hints(callback, include_extras=True)
    usage, rows = "", []
    for name, parameter in inspect.signature(callback).parameters.items():
        annotation = hints[name]
        info = next((m for m in getattr(annotation, "__metadata__", ()) if isinstance(m, ParameterInfo)), None)
        required = parameter.default is inspect.Parameter.empty
        positional = isinstance(info, ArgumentInfo) or (info is None and required)
        if positional:
            shown = name.upper()
            usage += f" {shown}"
        else:
            declared = info.param_decls[0] if info is not None and info.param_decls else f"--{name.replace('_', '-')}"
            shown = declared
            usage += f" {declared} …" if required else f" [{declared} …]"
        plain = parameter.default in (None, "", inspect.Parameter.empty)
        value = "required" if required else "" if plain else code(parameter.default)
        rows.append([code(shown), value, prose(info.help if info is not None else "")])
    return usage, rows


def page() -> str:
    blocks = [HEAD]
    for name, callback in tree(commands.app, "honeydesk"):
        usage, rows = parameters(callback)
        blocks += [f"## `{name}`", f"```\n{name}{usage}\n```", prose(callback.__doc__)]
        if rows:
            blocks.append(table(["argument", "default", "meaning"], rows))
    return document("Command line", "app/cli/commands.py", *blocks)
