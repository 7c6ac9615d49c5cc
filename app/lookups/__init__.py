"""Connectors to the exchange's systems: where is this withdrawal, this deposit, this verification."""

from __future__ import annotations

from collections.abc import Callable

from app.lookups.port import Connector, LookupFailed, Question
from app.lookups.rasa import RasaActions
from app.lookups.service import Lookups
from app.lookups.transport import Transport
from app.lookups.webhook import SignedWebhook
from app.settings import Settings

__all__ = ["CONNECTORS", "Connector", "LookupFailed", "LookupMisconfigured", "Lookups", "Question", "connector"]

SECRET = 16
"""Fewest characters of the webhook's secret."""


class LookupMisconfigured(ValueError):
    """A setting that a connector needs is missing."""

    code = "lookup_misconfigured"


def _rasa(settings: Settings) -> Connector:
    return RasaActions(Transport(settings.lookup_url, settings.lookup_timeout))


def _webhook(settings: Settings) -> Connector:
    secret = settings.lookup_secret.get_secret_value()
    if len(secret) < SECRET:
        raise LookupMisconfigured(f"HONEYDESK_LOOKUP_SECRET needs {SECRET} characters")
    return SignedWebhook(Transport(settings.lookup_url, settings.lookup_timeout), secret)


CONNECTORS: dict[str, Callable[[Settings], Connector]] = {"rasa": _rasa, "webhook": _webhook}


def connector(settings: Settings) -> Connector | None:
    """The configured one. Raises LookupMisconfigured."""
    if settings.lookup == "none":
        return None
    if not settings.lookup_url.startswith(("http://", "https://")):
        raise LookupMisconfigured("HONEYDESK_LOOKUP_URL must be an http(s) address")
    return CONNECTORS[settings.lookup](settings)
