"""Engines by name. To add one: a module with an `Engine` and one line here; the contract suite runs over all."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from bot.engines.port import Engine, EngineFailed, Gate
from bot.engines.toy import ToyEngine, ToyGate, ToySettings

if TYPE_CHECKING:
    from bot.engines.embedded import EmbeddedEngine
    from bot.evaluation.faq import FaqEngine
    from bot.evaluation.intents import IntentEngine
    from bot.gate import FittedGate

__all__ = [
    "ENGINES",
    "Engine",
    "EngineFailed",
    "EngineSettings",
    "Gate",
    "UnknownEngine",
    "embedded_engine",
    "engine_named",
    "faq_engine",
    "intent_engine",
]


class UnknownEngine(ValueError):
    """No engine of that name, or none that can do what was asked of it."""

    code = "unknown_engine"


@dataclass(frozen=True, slots=True)
class EngineSettings:
    """Where artefacts are, where vectors of phrasings are kept between starts, how the toy misbehaves, and the folder
    in which `honeydesk rasa serve` says which servers are live.

    `keep` false: the vectors kept are read and not written. `model` stands behind the colon of an engine's name.
    `venv` is Rasa's environment; `exam` holds the rows that say how far a Rasa is to be believed that was trained on
    foreign rows; with `patient` nobody waits for an answer, so that Rasa's is waited for;
    without `cascade` every encoder reads every text; `workers` threads share what the larger encoder has to read."""

    encoder: Path = Path("models/encoder")
    gate: Path = Path("models/gate/manifest.json")
    cache: Path | None = None
    toy: ToySettings = field(default_factory=ToySettings)
    rasa: Path = Path("models/rasa")
    keep: bool = True
    model: str = ""
    venv: Path = Path(".venv-rasa")
    exam: Path = Path("faq_corpus/eval")
    patient: bool = False
    cascade: bool = True
    workers: int = 1

    @property
    def second(self) -> Path:
        """The second encoder stands beside the first."""
        return self.encoder.with_name("encoder-use")


def _toy(settings: EngineSettings) -> tuple[Engine, Gate]:
    return ToyEngine(settings.toy), ToyGate()


def embedded_engine(settings: EngineSettings) -> "EmbeddedEngine":
    """The embedded engine without a gate: enough to compute vectors. Raises EncoderMissing, EncoderDamaged."""
    # The runtimes are heavy: a server on the toy engine never loads them.
    from bot.encoder.runtime import OnnxEncoder
    from bot.encoder.use import UseEncoder
    from bot.engines.embedded import EmbeddedEngine

    cheap, dear = UseEncoder.open(settings.second), OnnxEncoder.open(settings.encoder, workers=settings.workers)
    return EmbeddedEngine(cheap, dear, cache=settings.cache, keep=settings.keep, cascade=settings.cascade)


def _embedded(settings: EngineSettings) -> tuple[Engine, Gate]:
    from bot.gate import FittedGate, read_gate

    engine = embedded_engine(settings)
    return _gated(engine, FittedGate(read_gate(settings.gate, engine.identity), engine.runtime))


def _gated(engine: "EmbeddedEngine", gate: "FittedGate") -> tuple[Engine, Gate]:
    """Both, and the engine asks the gate what all its encoders are to read."""
    engine.hopeless = gate.is_hopeless
    return engine, gate


def _rasa(settings: EngineSettings) -> tuple[Engine, Gate]:
    from bot.engines.rasa import RasaEngine, RasaGate
    from bot.rasa.live import LiveFile
    from bot.rasa.parse import PATIENT

    engine, gate = _embedded(settings)
    live = LiveFile(settings.rasa)
    return RasaEngine(live, engine, PATIENT if settings.patient else None), RasaGate(live, gate)


def _sentence_transformers(settings: EngineSettings) -> tuple[Engine, Gate]:
    from bot.encoder.torch_runtime import TorchEncoder
    from bot.encoder.use import UseEncoder
    from bot.engines.embedded import EmbeddedEngine
    from bot.gate import FittedGate, GateMismatch, NoGate, read_gate

    dear = TorchEncoder.open(settings.model or str(settings.encoder))
    engine = EmbeddedEngine(
        UseEncoder.open(settings.second),
        dear,
        cache=settings.cache,
        keep=settings.keep,
        name="sentence-transformers",
        cascade=settings.cascade,
    )
    own = Path(settings.model) / "gate.json"
    try:
        found = read_gate(own if settings.model and own.is_file() else settings.gate, engine.identity)
    except GateMismatch as error:
        dear.warning = f"{error.code}: {error}; nothing is answered without a gate"
        return engine, NoGate()
    return _gated(engine, FittedGate(found, engine.runtime))


ENGINES: Mapping[str, Callable[[EngineSettings], tuple[Engine, Gate]]] = {
    "embedded": _embedded,
    "rasa": _rasa,
    "sentence-transformers": _sentence_transformers,
    "toy": _toy,
}


def engine_named(name: str, settings: EngineSettings) -> tuple[Engine, Gate]:
    """The engine of a name as commands take it. Raises UnknownEngine, EngineFailed, EncoderMissing."""
    kind, own = _parted(name, settings)
    if kind not in ENGINES:
        raise UnknownEngine(f"{name!r} is none of {', '.join(ENGINES)}")
    return ENGINES[kind](own)


def intent_engine(name: str, settings: EngineSettings) -> "IntentEngine":
    """What `bot evaluate intents` fits. Raises UnknownEngine, EncoderMissing."""
    kind, own = _parted(name, settings)
    if kind == "embedded":
        from bot.engines.intents import embedded_intents

        return embedded_intents(own)
    if kind == "sentence-transformers":
        from bot.encoder.torch_runtime import TorchEncoder
        from bot.encoder.use import UseEncoder
        from bot.engines.intents import EmbeddedIntents

        return EmbeddedIntents(
            (TorchEncoder.open(own.model or str(own.encoder)), UseEncoder.open(own.second, prefer="fp32"))
        )
    if kind == "rasa":
        from bot.engines.rasa_intents import RasaIntents

        return RasaIntents(own.venv)
    raise UnknownEngine(f"{name!r} classifies no intents")


def faq_engine(name: str, settings: EngineSettings) -> "FaqEngine":
    """What `bot evaluate faq` indexes with, on a gate for foreign FAQs. Raises UnknownEngine, EncoderMissing."""
    from bot.evaluation.faq import FaqEngine

    kind, own = _parted(name, settings)
    if kind == "rasa":
        from bot.engines.rasa_faq import RasaFaq

        # Servers that are live know the shipped corpus: a foreign one is trained.
        rasa = RasaFaq(own.venv, own.exam)
        return FaqEngine(rasa, rasa, rasa.close)
    return FaqEngine(
        *engine_named(
            f"{kind}:{own.model}", replace(own, gate=own.gate.with_name("faq.json"), cache=None, cascade=False)
        )
    )


def _parted(name: str, settings: EngineSettings) -> tuple[str, EngineSettings]:
    kind, _, model = name.partition(":")
    return kind, replace(settings, model=model)
