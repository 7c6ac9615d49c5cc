"""Text as Rasa must see it: what a customer or trainer wrote is never read as Rasa's own markup.

In a training example `[x](y)`, `[x]{...}` and `[x][{...}]` are entities; a message that begins with `/` names an
intent outright; in a response `{x}` is a slot. Replacements keep every character's place, so that an entity's offsets
are offsets into the text as it was written.
"""

_INPUT = str.maketrans(
    {"[": "［", "]": "］", "\r": " ", "\n": " ", "\t": " ", "\u2028": " ", "\u2029": " ", "\x00": " "}
)


def plain(text: str) -> str:
    """The text with Rasa's markup made harmless, on one line, of the same length."""
    safe = text.translate(_INPUT)
    body = safe.lstrip()
    return safe[: len(safe) - len(body)] + "／" + body[1:] if body.startswith("/") else safe


def literal(text: str) -> str:
    """A response that says exactly this text: braces doubled, as Rasa's interpolation wants them."""
    return text.replace("{", "{{").replace("}", "}}")
