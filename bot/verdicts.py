"""What the bot says to one turn: a closed union of frozen values. Texts are markdown in `locale`."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from conversation.states import Form

EmergencyKind = Literal["account_taken", "unauthorised_withdrawal", "wrong_address", "secret_given"]
HandoffReason = Literal["asked", "unsure", "sensitive", "anger"]
ChatTopic = Literal["greet", "thanks", "goodbye", "bot_challenge", "who_are_you"]
FormOutcome = Literal["answered", "failed", "noted", "sign_in", "cancelled"]
Boundary = Literal[
    "investment_advice",
    "price_prediction",
    "promise",
    "recovery_promise",
    "legal_advice",
    "tax_advice",
    "others_data",
    "engine_manipulation",
    "leave_role",
]


@dataclass(frozen=True, slots=True)
class Choice:
    """An entry offered by its standard question."""

    entry_id: str
    title: str


@dataclass(frozen=True, slots=True)
class AnswerButton:
    """A button under an answer. `target`: an entry id, a URL, or "" for a hand-over and for `say`, whose label is
    sent as if the customer had typed it."""

    kind: Literal["entry", "handoff", "link", "say"]
    label: str
    target: str = ""


@dataclass(frozen=True, slots=True)
class Answered:
    """`version` names the corpus that answered; `offer_person` that a person should be offered right below;
    `resumes` that a question in the middle of a form was answered, whose open question stands at the end."""

    entry_id: str
    version: str
    locale: str
    title: str
    markdown: str
    confidence: float | None
    buttons: tuple[AnswerButton, ...] = ()
    related: tuple[Choice, ...] = ()
    offer_person: bool = False
    resumes: bool = False


@dataclass(frozen=True, slots=True)
class Clarified:
    """Two to four choices; the last way out, a person, is the widget's button."""

    choices: tuple[Choice, ...]
    text: str
    locale: str
    confidence: float
    version: str


@dataclass(frozen=True, slots=True)
class AskedAgain:
    text: str
    locale: str
    confidence: float
    version: str


@dataclass(frozen=True, slots=True)
class HandedOff:
    """The conversation should go to a person. `confidence` is None when nothing was ranked."""

    reason: HandoffReason
    text: str
    locale: str
    confidence: float | None = None
    version: str = ""


@dataclass(frozen=True, slots=True)
class Emergency:
    """Front lane and alarm; `checklist` is what the customer does meanwhile."""

    kind: EmergencyKind
    checklist: str
    locale: str


@dataclass(frozen=True, slots=True)
class Refused:
    boundary: Boundary
    text: str
    locale: str


@dataclass(frozen=True, slots=True)
class Chatted:
    topic: ChatTopic
    text: str
    locale: str


@dataclass(frozen=True, slots=True)
class FormAsked:
    """The next question of a form (`form.asked`), with buttons to skip it and to leave."""

    form: Form
    text: str
    locale: str
    buttons: tuple[AnswerButton, ...] = ()


@dataclass(frozen=True, slots=True)
class FormFilled:
    """Nothing more to ask: whoever has a connector now looks up `action`, and `Bot.conclude` says what came of it."""

    form: Form
    action: str
    locale: str


@dataclass(frozen=True, slots=True)
class FormEnded:
    """`facts` are what the exchange's system said, for the agent's card."""

    form: Form
    outcome: FormOutcome
    text: str
    locale: str
    buttons: tuple[AnswerButton, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()


Verdict = (
    Answered | Clarified | AskedAgain | HandedOff | Emergency | Refused | Chatted | FormAsked | FormFilled | FormEnded
)


@dataclass(frozen=True, slots=True)
class BotContext:
    """What of the conversation the bot may know: its locale and how far the ladder is climbed, the form in progress,
    whether the customer's identity is proven, whether a form may begin (not while he waits for a person), and the time
    that "yesterday" is told from (None: no forms)."""

    locale: str = "zh-CN"
    misses: int = 0
    clarified: int = 0
    form: Form | None = None
    verified: bool = False
    may_ask: bool = True
    now: datetime | None = None


@dataclass(frozen=True, slots=True)
class CategoryTitle:
    """A heading of the help centre; `greeting`: one of the quick replies under the greeting."""

    id: str
    title: str
    greeting: bool = False
