"""Runs the detectors in their fixed order: emergency, wish for a person, boundary, small talk. Only what the surface
model alone takes for a boundary gives way to small talk."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from bot.corpus.checks import key
from bot.corpus.nlu import Intent
from bot.detectors.anger import Anger, shipped_anger
from bot.detectors.classifier import Look
from bot.detectors.grams import grams
from bot.detectors.kinds import INTENTS, ORDER, Detection, DetectionKind
from bot.detectors.needles import pieces
from bot.detectors.normal import excerpt, normal
from bot.detectors.patterns import PatternSet, load_patterns
from bot.detectors.pieceweights import beside
from bot.detectors.surface import SurfaceModel, scores, shipped_surface, strongest
from bot.recent import Recent

Seen = tuple[Detection | None, Look]
"""What the first look says of a text, and what it saw."""
CERTAIN = 3.0
"""Log odds of the surface model from which on what the first look says needs no second one."""
RECENT = 512
"""Texts (masked ones) whose detection is remembered; a published corpus begins with none."""
# Small talk is the whole message, and short.
_LONGEST_CHAT = 90
# "BTC", "???" have too few pieces for the model to be asked. In letters, of which one outside ASCII counts as two.
_SHORTEST_WISH = 4


class Detectors:
    """Pattern sets compiled once; pure afterwards and safe to share.

    Trainers' wordings (`nlu/`) go before everything and are taken literally: what they file under an intent is
    detected as that, and what they file under `not_handoff` or `not_emergency` is not. Nor is one of the `headings`, by
    which the corpus calls its own subjects ("Sign-in and password").
    """

    def __init__(
        self,
        intents: Sequence[Intent] = (),
        surface: SurfaceModel | None = None,
        anger: Anger | None = None,
        headings: Iterable[str] = (),
    ) -> None:
        self.intents = tuple(intents)
        self.headings = tuple(headings)
        self._plain = frozenset(key(normal(heading)) for heading in self.headings)
        self._filed = _filed(intents)
        self._surface = surface or shipped_surface()
        self._sets: tuple[tuple[DetectionKind, PatternSet], ...] = tuple((kind, load_patterns(kind)) for kind in ORDER)
        self._chat = load_patterns("chat")
        self._anger = anger or shipped_anger()
        self._pieces = beside(self._surface.pieces, self._anger.pieces)
        # One message is looked at before it is stored, before it is queued for the engine, and beside its ranking.
        self._looked = Recent(RECENT, self._look)

    def detect(self, text: str, locale_hint: str = "") -> Detection | None:
        """The first detector that speaks. All languages are tried, whatever the hint: customers mix them."""
        return self._looked.get(text)[0]

    def look(self, text: str) -> Look:
        """What the first look saw, for the second one."""
        return self._looked.get(text)[1]

    def seen(self, text: str) -> Seen:
        """Both, for detectors elsewhere that were made of the same."""
        return self._looked.get(text)

    def remember(self, text: str, seen: Seen) -> None:
        """What others have `seen` of a text need not be looked for again."""
        self._looked.put(text, seen)

    def _look(self, text: str) -> Seen:
        whole = normal(text)
        known_as = key(whole)
        filed = self._filed.get(known_as)
        form = excerpt(whole)
        known = pieces(form)
        surface, anger = self._pieces.sums(grams(form))
        angry = self._anger.is_in(form, known, anger)
        silenced = frozenset((filed,)) if isinstance(filed, str) else frozenset[DetectionKind]()
        if isinstance(filed, Detection):
            return filed, Look(certain=True, angry=angry)
        if known_as in self._plain:
            return None, Look(silenced=frozenset(ORDER), angry=angry)
        hits = self.hits(form, known)
        logits = self._surface.with_hits(self._surface.logits(surface), hits)
        look = Look(hits, silenced, logits=tuple(logits.tolist()), angry=angry)
        # What a pattern finds stands here, whatever the surface model makes of it: that may call it uncertain, and the
        # second look may then deny it.
        found = {hit.kind for hit in hits}
        odds = {kind: own for kind, own in scores(logits).items() if kind not in silenced}
        taken = {
            kind
            for kind, own in odds.items()
            if kind in found or (own >= self._surface.thresholds[kind] and says_enough(form))
        }
        first = next((kind for kind in ORDER if kind in taken & found), None) or next(
            (kind for kind in ORDER if kind in taken), None
        )
        # Small talk stands against a boundary that the model alone sees: of greetings it has too few pieces.
        if first is None or (first == "boundary" and first not in found):
            topic = self.small_talk(form, known)
            if topic is not None:
                return Detection("chat", topic), look
        if first is None:
            return None, look
        return strongest(logits, first), replace(look, spoken=frozenset(taken), certain=odds[first] >= CERTAIN)

    def hits(self, form: str, known: set[str] | None = None) -> tuple[Detection, ...]:
        """What each set of patterns finds in a text in its normal form; `known`: its `pieces`, if at hand."""
        known = pieces(form) if known is None else known
        found = ((kind, patterns.find(form, known)) for kind, patterns in self._sets)
        return tuple(Detection(kind, detail) for kind, detail in found if detail is not None)

    def small_talk(self, form: str, known: set[str]) -> str | None:
        """What the small talk is about that a text in its normal form is as a whole; `known`: its `pieces`."""
        return self._chat.find(form, known) if len(form) <= _LONGEST_CHAT else None

    def angry(self, text: str) -> bool:
        """Whether the customer is beyond patience (never decides alone)."""
        return self.look(text).angry


def says_enough(form: str) -> bool:
    """Whether a text in its normal form has enough letters for the surface model to be asked."""
    return sum(1 + (letter > "\x7f") for letter in form if letter.isalnum()) >= _SHORTEST_WISH


def meaning(intent: str) -> Detection | None:
    """What an engine that decides intents means by one of these; None for an intent that is no wish of its own."""
    found = INTENTS.get(intent)
    return found if isinstance(found, Detection) else None


def _filed(intents: Sequence[Intent]) -> Mapping[str, Detection | DetectionKind]:
    found: dict[str, Detection | DetectionKind] = {}
    for intent in intents:
        meaning = INTENTS.get(intent.name)
        if meaning is not None:
            found |= {key(normal(text)): meaning for text in intent.texts}
    return found
