"""What can be wrong with a corpus. Codes are stable: the studio and `honeydesk corpus import` show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

ProblemCode = Literal[
    "bad_button",
    "bad_date",
    "bad_entry_id",
    "bad_field",
    "bad_yaml",
    "duplicate_id",
    "duplicate_phrasing",
    "duplicate_variable",
    "html_in_answer",
    "literal_url",
    "missing_field",
    "no_entries",
    "too_few_similar",
    "undeclared_variable",
    "unknown_field",
    "unknown_related",
]
# A corpus with these can still be published; the trainer is told.
ADVISORY: frozenset[ProblemCode] = frozenset(
    {"duplicate_phrasing", "too_few_similar", "literal_url", "unknown_related"}
)


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding. `where` is `file:entry[:locale]`."""

    code: ProblemCode
    where: str
    message: str

    @property
    def fatal(self) -> bool:
        return self.code not in ADVISORY

    def __str__(self) -> str:
        return f"{self.where}: {self.code}: {self.message}"


class CorpusError(ValueError):
    """The corpus cannot be used. `problems` holds every finding, not only the first."""

    code = "corpus_invalid"

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        shown = "\n".join(str(problem) for problem in self.problems[:20])
        super().__init__(f"{len(self.problems)} problems in the corpus\n{shown}")
