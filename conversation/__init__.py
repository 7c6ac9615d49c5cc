"""The life cycle of a conversation: states, events, effects, and one table that says what follows what.

Pure and standard library only: no I/O, no clock, no randomness. ``step`` is the only function that makes a
state from a state.
"""

from conversation.codec import decode_event, encode_event, from_json, to_json
from conversation.machine import Conversation, IllegalEvent, Stepped, due, replay, start, step
from conversation.policy import Policy
from conversation.table import Late

__all__ = [
    "Conversation",
    "IllegalEvent",
    "Late",
    "Policy",
    "Stepped",
    "decode_event",
    "due",
    "encode_event",
    "from_json",
    "replay",
    "start",
    "step",
    "to_json",
]
