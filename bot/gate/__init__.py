"""How likely is it that the first candidate is right? One calibrated probability, and thresholds chosen by risk."""

from bot.gate.model import GateMismatch, GateModel, LogisticGate, NoGate, read_gate

__all__ = ["GateMismatch", "GateModel", "LogisticGate", "NoGate", "read_gate"]
