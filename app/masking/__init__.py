"""Masking: secrets that a customer pastes are removed before an event exists."""

from app.masking.masker import KINDS, Json, Masked, mask, mask_json

__all__ = ["KINDS", "Json", "Masked", "mask", "mask_json"]
