"""What staff may do: one table."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Role(StrEnum):
    AGENT = "agent"
    SUPERVISOR = "supervisor"
    TRAINER = "trainer"
    REVIEWER = "reviewer"
    ADMIN = "admin"


class Right(StrEnum):
    """Named by what is done; a request or frame asks for exactly one."""

    SERVE_CUSTOMERS = "serve_customers"
    ANSWER_TICKETS = "answer_tickets"
    READ_OWN_CONVERSATIONS = "read_own_conversations"
    READ_ALL_CONVERSATIONS = "read_all_conversations"
    REVEAL_PERSONAL_DATA = "reveal_personal_data"
    WATCH_AND_WHISPER = "watch_and_whisper"
    TAKE_OVER = "take_over"
    FORCE_OFFLINE = "force_offline"
    READ_REPORTS = "read_reports"
    EDIT_CORPUS = "edit_corpus"
    REVIEW_CORPUS = "review_corpus"
    PUBLISH_CORPUS = "publish_corpus"
    MANAGE_ANNOUNCEMENTS = "manage_announcements"
    MANAGE_STAFF = "manage_staff"
    MANAGE_SETTINGS = "manage_settings"
    READ_AUDIT = "read_audit"
    ERASE_DATA = "erase_data"


_A, _S, _T, _R, _X = Role.AGENT, Role.SUPERVISOR, Role.TRAINER, Role.REVIEWER, Role.ADMIN

# An administrator keeps the installation and does not thereby read customers' conversations or data.
RIGHTS: dict[Right, frozenset[Role]] = {
    Right.SERVE_CUSTOMERS: frozenset({_A, _S}),
    Right.ANSWER_TICKETS: frozenset({_A, _S}),
    Right.READ_OWN_CONVERSATIONS: frozenset({_A, _S}),
    Right.READ_ALL_CONVERSATIONS: frozenset({_S}),
    Right.REVEAL_PERSONAL_DATA: frozenset({_A, _S}),
    Right.WATCH_AND_WHISPER: frozenset({_S}),
    Right.TAKE_OVER: frozenset({_S}),
    Right.FORCE_OFFLINE: frozenset({_S, _X}),
    Right.READ_REPORTS: frozenset({_S, _T, _X}),
    Right.EDIT_CORPUS: frozenset({_T}),
    Right.REVIEW_CORPUS: frozenset({_R}),
    Right.PUBLISH_CORPUS: frozenset({_R, _X}),
    Right.MANAGE_ANNOUNCEMENTS: frozenset({_S, _X}),
    Right.MANAGE_STAFF: frozenset({_X}),
    Right.MANAGE_SETTINGS: frozenset({_X}),
    Right.READ_AUDIT: frozenset({_X, _S}),
    Right.ERASE_DATA: frozenset({_X}),
}


def may(roles: Iterable[Role], right: Right) -> bool:
    """Whether any of the roles has the right."""
    return not RIGHTS[right].isdisjoint(roles)
