"""Entities: what in a text is a coin, an amount, a network, a transaction, an address, an order, a time, a person."""

from bot.entities.addresses import networks_of
from bot.entities.extraction import extract
from bot.entities.model import TYPES, Entity, EntityType
from bot.entities.replies import replied

__all__ = ["TYPES", "Entity", "EntityType", "extract", "networks_of", "replied"]
