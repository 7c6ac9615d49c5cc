"""What is decided before anything is ranked: emergency, wish for a person, boundary, small talk; and anger."""

from bot.detectors.detection import Detection, DetectionKind, Detectors, meaning

__all__ = ["Detection", "DetectionKind", "Detectors", "meaning"]
