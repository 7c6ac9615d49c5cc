"""What the surface model reads of a text: words, pairs of words and pieces of them; pieces of a row in CJK scripts."""

import re
from collections.abc import Iterator

_RUN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+|[^\W_\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+|\?")
_FIRST_WIDE = "\u3040"
_LONGEST = 4
# Past this many characters nothing is read: a wish is said before that, and the cost stays bounded.
READ = 600


def grams(form: str) -> Iterator[str]:
    """Features of a text in its normal form, doubles included. Linear."""
    before = "^"
    for run in _RUN.findall(form[:READ]):
        if run[0] >= _FIRST_WIDE:
            size = len(run)
            for start in range(size):
                for end in range(start + 1, min(size, start + _LONGEST) + 1):
                    yield run[start:end]
            before = "^"
            continue
        yield run + " "
        yield f"{before} {run}"
        before = run
        for start in range(len(run) - 3):
            yield run[start : start + 4]
