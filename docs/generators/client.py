"""docs/reference/client.md: the scriptable client's commands, with the fields of the frames that they send."""

from __future__ import annotations

import ast
import inspect
import textwrap

from app.cli.client import Script
from app.wire.export import schemas
from docs.generators.frames import bounds, kind
from docs.generators.markdown import code, document, table

HEAD = """`honeydesk client customer --url URL [--token T]` and `honeydesk client agent --url URL --token T` are
peers on the real socket. They read one JSON command a line from stdin and write every frame they receive as one JSON
line to stdout. They check the protocol as they go: frames of the schema only, numbers that ascend, no row twice. Exit
code 1 on a breach of the protocol, on a refused `hello`, and when the line breaks without having been told to; 0 when
the input ends."""

COMMAND = """A command is `{"cmd": NAME, ...}` with the fields of the frame of that name ([frames](frames.md)). `id` may
be given, to play a retry; otherwise one is made. A command waits for the server's `ack` or `error` before the next
line is read; an `error` is an answer, printed like every frame, and not a failure. An agent's commands go to the
conversation that he was rung for last unless `conversation` says otherwise; `accept` and `watch` also follow the
transcript. `rate` takes the newest segment that may be rated unless `segment` is given."""

EXAMPLE = """```console
$ T=$(honeydesk token customer alice)
$ printf '%s\\n' '{"cmd":"send","text":"怎么提币？"}' '{"cmd":"wait","kind":"bot_answered"}' '{"cmd":"drop"}' \\
    '{"cmd":"resume"}' '{"cmd":"handoff"}' | honeydesk client customer --url http://127.0.0.1:8000 --token "$T"
```"""

LOCAL = {
    "drop": 'Cut the line without a close frame, as a dead network does. Prints `{"type": "dropped"}`.',
    "resume": "Connect again and continue from the last number seen.",
    "wait": "Wait until a row of this `kind` has come, at most `seconds` (10).",
    "raw": "Send `frame` as it is, to see what the server says.",
}
"""Commands that send no frame of their own name."""

CUSTOMER = ("send", "handoff", "ticket", "vote", "rate", "close", "suggest")
AGENT = ("presence", "accept", "pass", "pull", "watch", "send", "note", "transfer", "close", "ticket", "alarm")


def known() -> set[str]:
    """Every command name that ``Script.run`` compares with."""
    source = ast.parse(textwrap.dedent(inspect.getsource(Script.run)))
    names: set[str] = set()
    for node in ast.walk(source):
        if isinstance(node, ast.Compare) and isinstance(node.left, ast.Name) and node.left.id == "name":
            names |= {c.value for c in ast.walk(node) if isinstance(c, ast.Constant) and isinstance(c.value, str)}
    return names


def commands(union: str, names: tuple[str, ...]) -> str:
    schema = schemas()[union]
    rows = []
    for name in names:
        definition = schema["$defs"][schema["discriminator"]["mapping"][name].rsplit("/", 1)[1]]
        required = set(definition.get("required", []))
        fields = []
        for field, of in definition["properties"].items():
            if field in ("type", "id"):
                continue
            limit = f", {bounds(of)}" if bounds(of) else ""
            left_out = "" if field in required else ", optional"
            fields.append(f"{code(field)} ({kind(of)}{limit}{left_out})")
        rows.append([code(name), "; ".join(fields) or "none"])
    return table(["command", "fields"], rows)


def page() -> str:
    return document(
        "The scriptable client",
        "app/cli/client.py and app/wire",
        HEAD,
        COMMAND,
        EXAMPLE,
        "## Both",
        table(["command", "what it does"], [[code(name), text] for name, text in LOCAL.items()]),
        "## A customer's",
        commands("from-customer", CUSTOMER),
        "## An agent's",
        commands("from-staff", AGENT),
    )
