"""What Rasa's `/model/parse` says, read strictly, and the client that asks it.

The sub-intent of a retrieval intent stands under `response_selector` only; `intent` says `faq`.
"""

import concurrent.futures
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from bot.breaker import Breaker
from bot.engines.port import EngineFailed, Mention
from bot.rasa.markup import plain
from bot.rasa.project import FAQ

# A customer's message is shorter; what is longer says nothing more to a bag of words.
_LONGEST = 2000


class RasaFailed(EngineFailed):
    """Rasa did not answer, not in time, or not as it should."""

    code = "rasa_failed"


@dataclass(frozen=True, slots=True)
class Parse:
    """One message as Rasa reads it. `faq`: how sure it is that this is a question at all; `entries`: entry ids with
    their confidence, best first; `intent` is "" when Rasa names none; `confidences` of all intents that it told."""

    intent: str
    confidence: float
    faq: float
    entries: tuple[tuple[str, float], ...]
    entities: tuple[Mention, ...] = ()
    confidences: Mapping[str, float] = field(default_factory=dict)


def read_parse(body: Any) -> Parse:
    """The answer's body. Raises RasaFailed when it has not the shape of Rasa 3."""
    try:
        intent = body["intent"]
        confidences = {str(row["name"]): float(row["confidence"]) for row in body.get("intent_ranking", ())}
        selected = body.get("response_selector", {}).get(FAQ, {}).get("ranking", ())
        entries = tuple((_entry(row["intent_response_key"]), float(row["confidence"])) for row in selected)
        entities = tuple(
            Mention(
                str(row["entity"]),
                str(row["value"]),
                int(row["start"]),
                int(row["end"]),
                float(row.get("confidence_entity", 1.0)),
            )
            for row in body.get("entities", ())
        )
        name = str(intent["name"] or "")
        return Parse(name, float(intent["confidence"]), confidences.get(FAQ, 0.0), entries, entities, confidences)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise RasaFailed(f"not an answer of /model/parse: {type(error).__name__}: {error}") from error


def _entry(response_key: str) -> str:
    return str(response_key).removeprefix(f"{FAQ}/")


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds to connect and to answer, requests at once, and when the breaker opens and for how long."""

    connect: float = 0.5
    answer: float = 0.8
    in_flight: int = 8
    failures: int = 5
    rest: float = 10.0


PATIENT = Limits(connect=5.0, answer=60.0, in_flight=1)
"""Where nobody waits for the answers; one at a time, so that latencies are those of a lone customer."""


class ParseClient:
    """Asks one server. `parse_all` belongs to one thread; its requests run in `in_flight` threads of its own."""

    def __init__(self, url: str, limits: Limits | None = None) -> None:
        self.url = url
        self._limits = limits = limits or Limits()
        self.breaker = Breaker(limits.failures, limits.rest)
        self._pool = concurrent.futures.ThreadPoolExecutor(limits.in_flight, thread_name_prefix="rasa")
        self._http = httpx.Client(
            base_url=url,
            timeout=httpx.Timeout(limits.answer, connect=limits.connect),
            limits=httpx.Limits(max_connections=limits.in_flight),
            # A proxy of the environment has no business between us and loopback.
            trust_env=False,
        )

    def parse_all(self, texts: Sequence[str]) -> list[Parse | None]:
        """Readings in the order of `texts`; None for one that failed, came too late, or was not asked for because
        the breaker is open. Takes no longer than twice the time for one answer, however many texts there are."""
        futures = [self._pool.submit(self._guarded, text) for text in texts]
        patience = self._limits.connect + 2 * self._limits.answer
        done, late = concurrent.futures.wait(futures, timeout=patience)
        for future in late:
            if not future.cancel():
                self.breaker.failed()
        return [future.result() if future in done else None for future in futures]

    def _guarded(self, text: str) -> Parse | None:
        if not self.breaker.allows():
            return None
        try:
            found = self.parse(text)
        except RasaFailed:
            self.breaker.failed()
            return None
        self.breaker.succeeded()
        return found

    def parse(self, text: str) -> Parse:
        """One message, whatever the breaker says. Raises RasaFailed."""
        began = time.monotonic()
        try:
            answer = self._http.post("/model/parse", json={"text": plain(text[:_LONGEST])})
            answer.raise_for_status()
            body = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            waited = time.monotonic() - began
            raise RasaFailed(f"{self.url}: {type(error).__name__} after {waited:.2f} s") from error
        return read_parse(body)

    def close(self) -> None:
        """Lets what is under way run out of time."""
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._http.close()
