"""How likely is it that the first candidate is right? One calibrated probability, and thresholds chosen by risk."""

from bot.gate.model import FittedGate, GateMismatch, GateModel, NoGate, read_gate

__all__ = ["FittedGate", "GateMismatch", "GateModel", "NoGate", "read_gate"]
