"""A foreign Rasa project as a corpus: questions with answers become entries, the rest training data or a finding.

| in the project | becomes |
|---|---|
| retrieval intent `faq/x` with the response `utter_faq/x` | entry `faq.x` (`faq/<our id>` keeps that id) |
| intent that a rule, a one-turn story or its name ties to an `utter_...` | entry `faq.<intent>` |
| small talk and wishes for a person, by their usual names | our intent of that meaning, and the bot's text |
| intents without a fixed answer | an intent in `nlu/`, examples with their annotations |
| synonyms, regexes, look-up tables | kept in `nlu/` as they are |
| `{slot}` in an answer | a variable without a value: the entry is withheld until it has one |
| forms, slots, custom actions, longer stories, buttons, pictures, conditions | findings |
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from bot.corpus import Category, Corpus, Entry, Localised, Variable
from bot.corpus.document import ENTRY_ID, assemble
from bot.corpus.nlu import Intent, TrainingData, read_block
from bot.detectors.kinds import INTENTS
from bot.rasa.foreign import Finding, FindingCode, Foreign, project_folders, read_project
from bot.rasa.project import UNSPOKEN

OWNER = "imported"
_LOCALES = {"zh": "zh-CN", "zh-cn": "zh-CN", "zh-hans": "zh-CN", "zh-tw": "zh-TW", "zh-hant": "zh-TW"}
# Usual names in Rasa's own examples -> ours; and the text of ours that their answer becomes.
_WISHES: Mapping[str, str] = {
    **dict.fromkeys(("greet", "greeting", "greetings", "hello", "hi"), "greet"),
    **dict.fromkeys(("goodbye", "bye", "farewell"), "goodbye"),
    **dict.fromkeys(("thanks", "thank", "thankyou", "thank_you"), "thanks"),
    **dict.fromkeys(("bot_challenge", "are_you_a_bot"), "bot_challenge"),
    **dict.fromkeys(("handoff", "human_handoff", "talk_to_human", "request_human", "contact_agent"), "handoff"),
    **dict.fromkeys(("affirm", "yes"), "affirm"),
    **dict.fromkeys(("deny", "no"), "deny"),
}
_TEXTS = {"handoff": "handoff_asked"} | {
    name: f"chat_{name}" for name in ("greet", "goodbye", "thanks", "bot_challenge", "who_are_you")
}
_OURS = frozenset({*INTENTS, "complain_anger", "inform"})
_IGNORED = frozenset({"nlu_fallback", "out_of_scope"})
_BRACES = re.compile(r"\{\{|\}\}|\{([^{}\n]+)\}")
_TAG = re.compile(r"<\s*(/?)\s*([a-zA-Z][a-zA-Z0-9]*)[^>]*>")
_PARTS = frozenset({"text", "condition", "channel", "id"})


@dataclass(slots=True)
class Conversion:
    """The corpus so far, over all projects of a folder."""

    reviewed: date
    entries: dict[str, Entry] = field(default_factory=dict)
    variables: dict[str, Variable] = field(default_factory=dict)
    texts: dict[str, dict[str, str]] = field(default_factory=dict)
    intents: list[Intent] = field(default_factory=list)
    others: dict[str, tuple[Mapping[str, Any], ...]] = field(default_factory=dict)
    titles: dict[str, dict[str, str]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def note(self, code: FindingCode, where: str, message: str) -> None:
        self.findings.append(Finding(code, where, message))


def import_rasa(folder: Path, today: date, locale: str = "") -> tuple[Corpus, list[Finding]]:
    """The corpus of a project, or of several below `folder` that share entry ids; and what was not understood."""
    conversion = Conversion(today)
    found = [(path, read_project(path)) for path in project_folders(folder)]
    for path, foreign in found:
        conversion.findings += foreign.findings
        _Project(
            conversion, foreign, locale or _locale(foreign.language), path.name if len(found) > 1 else ""
        ).convert()
    if not conversion.entries:
        conversion.note("empty", str(folder.name), "no question with an answer was found")
    corpus = assemble(
        list(conversion.entries.values()),
        conversion.variables,
        tuple(Category(name, titles) for name, titles in conversion.titles.items()),
        conversion.texts,
        nlu=TrainingData(tuple(conversion.intents), conversion.others),
    )
    return corpus, conversion.findings


def _locale(language: str) -> str:
    return _LOCALES.get(language.casefold(), language or "en")


class _Project:
    def __init__(self, into: Conversion, foreign: Foreign, locale: str, name: str) -> None:
        self._into = into
        self._foreign = foreign
        self._locale = locale
        self._name = name
        self._used: set[str] = set()

    def convert(self) -> None:
        answers = dict(self._answers())
        blocks: dict[str, list[tuple[str, Intent]]] = {}
        for file, block in self._foreign.nlu:
            stem = "-".join(part for part in (self._name, Path(file).stem) if part)
            if "intent" not in block:
                kept = self._into.others.get(stem, ())
                self._into.others[stem] = kept if block in kept else (*kept, block)
                continue
            intent = read_block({**block, "metadata": {"language": self._locale}}, stem)
            blocks.setdefault(intent.name, []).append((file, intent))
        for name, parts in blocks.items():
            self._intent(name, parts, answers)
        self._rest()

    def _intent(self, name: str, parts: Sequence[tuple[str, Intent]], answers: Mapping[str, list[str]]) -> None:
        where = f"{parts[0][0]}:{name}"
        wish = _WISHES.get(name.casefold()) or (name if name in _OURS else None)
        answer = self._answer(answers.get(name, []), where)
        if wish is not None or name in _IGNORED or not answer:
            if wish is None:
                self._into.note("intent_without_answer", where, "kept as an intent: no fixed answer belongs to it")
            elif wish != name:
                self._into.note("intent_renamed", where, f"is our {wish}")
            if wish in _TEXTS and answer:
                self._into.texts.setdefault(_TEXTS[wish], {})[self._locale] = answer
            self._into.intents += [Intent(wish or name, i.language, i.examples, i.source) for _, i in parts]
            return
        texts = list(dict.fromkeys(text for _, intent in parts for text in intent.texts if text))
        if not texts:
            self._into.note("intent_without_answer", where, "has no examples")
            return
        annotated = sum(text != example for _, i in parts for text, example in zip(i.texts, i.examples, strict=True))
        if annotated:
            self._into.note("annotation_dropped", where, f"entities in {annotated} examples: entries have plain texts")
        self._entry(name, texts, answer)

    def _entry(self, intent: str, texts: Sequence[str], answer: str) -> None:
        group, _, sub = intent.partition("/")
        identity = (
            sub if ENTRY_ID.fullmatch(sub) else f"{_slug(group, '_') if sub else 'faq'}.{_slug(sub or group, '-')}"
        )
        known = self._into.entries.get(identity)
        while known is not None and self._locale in known.locales:
            identity += "-more"
            known = self._into.entries.get(identity)
        own = Localised(texts[0], tuple(texts[1:]), answer)
        locales = {**(known.locales if known else {}), self._locale: own}
        self._into.entries[identity] = Entry(identity, OWNER, self._into.reviewed, locales)
        self._into.titles.setdefault(identity.split(".")[0], {}).setdefault(self._locale, group)

    # --- answers ----------------------------------------------------------------------------------------------

    def _answers(self) -> Iterator[tuple[str, list[str]]]:
        """Intent -> names of the responses that answer it; a rule goes before a story, both before the name."""
        for utter in self._foreign.responses:
            yield utter.removeprefix("utter_"), [utter]
        for file, story in self._foreign.stories:
            found = self._one_turn(story)
            if found is None:
                self._into.note(
                    "story_dropped", f"{file}:{story.get('story', '?')}", "more than one question, one answer"
                )
            else:
                yield found
        for file, rule in self._foreign.rules:
            found = self._one_turn(rule)
            if found is not None:
                yield found
            elif not self._is_retrieval(rule):
                self._into.note("story_dropped", f"{file}:{rule.get('rule', '?')}", "not one question, fixed answer")

    def _one_turn(self, story: Mapping[str, Any]) -> tuple[str, list[str]] | None:
        steps = [step for step in story.get("steps") or () if isinstance(step, dict)]
        if not steps or set(story) - {"rule", "story", "steps"} or "intent" not in steps[0]:
            return None
        actions = [str(step.get("action", "")) for step in steps[1:]]
        if not actions or steps[0].get("entities") or not all(name in self._foreign.responses for name in actions):
            return None
        return str(steps[0]["intent"]), actions

    def _is_retrieval(self, rule: Mapping[str, Any]) -> bool:
        """`faq -> utter_faq`, or a rule for what is not understood: nothing is lost by leaving it out."""
        steps = [step for step in rule.get("steps") or () if isinstance(step, dict)]
        intent = str(steps[0].get("intent", "")) if steps else ""
        return intent in _IGNORED or any(name.startswith(f"utter_{intent}/") for name in self._foreign.responses)

    def _answer(self, names: Sequence[str], where: str) -> str:
        texts = []
        for name in names:
            self._used.add(name)
            rows = [row for row in self._foreign.responses.get(name, ()) if isinstance(row, dict)]
            variations = [row for row in rows if row.get("channel") != UNSPOKEN]
            plain = [row for row in variations if row.get("text") and not row.get("condition")]
            chosen = plain or [row for row in variations if row.get("text")]
            if not chosen:
                continue
            texts.append(self._text(str(chosen[0]["text"]), where))
            self._left_out(name, variations, chosen[0])
        return "\n\n".join(texts)

    def _left_out(self, name: str, variations: Sequence[Mapping[str, Any]], chosen: Mapping[str, Any]) -> None:
        if len(variations) > 1:
            self._into.note("variation_dropped", name, f"{len(variations) - 1} more: an entry has one answer")
        if any(row.get("condition") or row.get("channel") for row in variations):
            self._into.note("condition_dropped", name, "conditions and channels are not looked at")
        parts = sorted(set(map(str, chosen)) - _PARTS)
        if parts:
            self._into.note("part_dropped", name, ", ".join(parts))

    def _text(self, text: str, where: str) -> str:
        def braces(match: re.Match[str]) -> str:
            if match[1] is None:
                return match[0][0]
            name = _slug(match[1], "_")
            self._into.variables.setdefault(name, Variable(name, note=f"slot {match[1]}", source=OWNER))
            self._into.note("slot_in_answer", where, f"{match[1]}: a variable without a value withholds the entry")
            return f"{{{{{name}}}}}"

        if _TAG.search(text):
            self._into.note("html_removed", where, "answers are markdown")
        plain = _TAG.sub(lambda tag: "\n" if tag[2].casefold() in ("br", "p") else "", text)
        return _BRACES.sub(braces, plain).strip()

    def _rest(self) -> None:
        foreign = self._foreign
        for name in sorted(set(foreign.responses) - self._used):
            if name not in ("utter_ask_again", "utter_default"):
                self._into.note("response_unused", name, "no intent leads to it alone")
        actions = [name for name in foreign.actions if not name.startswith("utter_")]
        rest: tuple[tuple[FindingCode, list[str], str], ...] = (
            ("form_dropped", foreign.forms, "forms are ours: write it as one"),
            ("slot_dropped", foreign.slots, "slots belong to forms"),
            ("action_dropped", actions, "look-ups are called by forms"),
        )
        for code, names, why in rest:
            for name in names:
                self._into.note(code, name, why)


def _slug(name: str, dash: str) -> str:
    """Lower-case ASCII words joined by `dash`; a name without any gets a stable number."""
    folded = unicodedata.normalize("NFKD", name).casefold()
    words = re.findall(r"[a-z0-9]+", folded)
    slug = dash.join(words)
    if not slug or (dash == "_" and not slug[0].isalpha()):
        slug = f"x{dash if dash == '_' else '-'}{sha256(name.encode()).hexdigest()[:8]}"
    return slug
