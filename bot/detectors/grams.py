"""What the surface model reads of a text: words, pairs of words and pieces of them; pieces of a row in CJK scripts."""

import re
from itertools import pairwise

_RUN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+|[^\W_\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+|\?")
_FIRST_WIDE = "\u3040"
# Past this many characters nothing is read: a wish is said before that, and the cost stays bounded.
READ = 600


def grams(form: str) -> set[str]:
    """Features of a text in its normal form. Linear."""
    found, before = set[str](), "^"
    for run in _RUN.findall(form[:READ]):
        fours = zip(run, run[1:], run[2:], run[3:], strict=False)
        if run[0] >= _FIRST_WIDE:
            twos, threes = pairwise(run), zip(run, run[1:], run[2:], strict=False)
            found.update(run, *(map("".join, some) for some in (twos, threes, fours)))
            before = "^"
            continue
        found.update((f"{run} ", f"{before} {run}"), map("".join, fours))
        before = run
    return found
