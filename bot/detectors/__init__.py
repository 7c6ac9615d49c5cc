"""What is decided before anything is ranked: emergency, wish for a person, boundary, small talk; and anger."""

from bot.detectors.detection import Detectors, meaning
from bot.detectors.kinds import Detection, DetectionKind

__all__ = ["Detection", "DetectionKind", "Detectors", "meaning"]
