"""docs/reference/errors.md from app/gateway/errors.py."""

from __future__ import annotations

from app.gateway.errors import CLOSE, ERRORS
from docs.generators.markdown import code, document, table

HEAD = (
    "Codes are stable: clients and agents' languages hang on them; messages are for people and may change. On a "
    "socket an error is an `error` frame `{code, message, id?, conversation?, retry_after?}` and the socket stays "
    "open; `id` is the frame it answers, for which nothing was stored. Over HTTP the same code stands in the body "
    "`{code, message, retry_after}` with the status below. A client that does not know a code treats it by its "
    "status."
)
CLOSING = (
    "Before a close that the server decides comes a `bye` frame with the name below and the seconds after which to "
    "reconnect (none: do not), where the socket still takes frames. Every other close means: reconnect with back-off "
    "and resume with the last number seen."
)


def page() -> str:
    closes = [[str(number), code(name), meaning] for name, (number, meaning) in sorted(CLOSE.items(), key=_by_number)]
    errors = [[code(name), str(status), meaning] for name, (status, meaning) in ERRORS.items()]
    return document(
        "Errors",
        "app/gateway/errors.py",
        HEAD,
        "## Error codes",
        table(["code", "HTTP", "meaning"], errors),
        "## Close codes",
        CLOSING,
        table(["code", "name", "meaning"], closes),
    )


def _by_number(item: tuple[str, tuple[int, str]]) -> tuple[int, str]:
    return item[1][0], item[0]
