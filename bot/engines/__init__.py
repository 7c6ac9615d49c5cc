"""Engines by name. To add one: a module with an `Engine` and one line here; the contract suite runs over all."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bot.engines.port import Engine, EngineFailed, Gate
from bot.engines.toy import ToyEngine, ToyGate, ToySettings

__all__ = ["ENGINES", "Engine", "EngineFailed", "EngineSettings", "Gate"]


@dataclass(frozen=True, slots=True)
class EngineSettings:
    """Where artefacts are, where vectors of phrasings are kept between starts, how the toy misbehaves, and the folder
    in which `honeydesk rasa serve` says which servers are live."""

    encoder: Path = Path("models/encoder")
    gate: Path = Path("models/gate/manifest.json")
    cache: Path | None = None
    toy: ToySettings = field(default_factory=ToySettings)
    rasa: Path = Path("models/rasa")


def _toy(settings: EngineSettings) -> tuple[Engine, Gate]:
    return ToyEngine(settings.toy), ToyGate()


def _embedded(settings: EngineSettings) -> tuple[Engine, Gate]:
    # The runtimes are heavy: a server on the toy engine never loads them.
    from bot.encoder.runtime import OnnxEncoder
    from bot.engines.embedded import EmbeddedEngine
    from bot.gate import LogisticGate, read_gate

    encoder = OnnxEncoder.open(settings.encoder)
    gate = LogisticGate(read_gate(settings.gate, encoder.identity), encoder.runtime)
    return EmbeddedEngine(encoder, settings.cache), gate


def _rasa(settings: EngineSettings) -> tuple[Engine, Gate]:
    from bot.engines.rasa import RasaEngine, RasaGate
    from bot.rasa.live import LiveFile

    engine, gate = _embedded(settings)
    live = LiveFile(settings.rasa)
    return RasaEngine(live, engine), RasaGate(live, gate)


ENGINES: Mapping[str, Callable[[EngineSettings], tuple[Engine, Gate]]] = {
    "embedded": _embedded,
    "rasa": _rasa,
    "toy": _toy,
}
