"""Codes that cross the wire. Every one is documented in docs/reference/errors.md (generated from here)."""

from __future__ import annotations

CLOSE: dict[str, tuple[int, str]] = {
    "going_away": (1001, "The server stops; reconnect after the time in `bye`."),
    "frame_too_big": (1009, "A frame was larger than `frame_bytes`."),
    "origin_refused": (4403, "The page's Origin is not in the list of embedding origins (HTTP 403 at the handshake)."),
    "hello_expected": (4400, "The first frame was not a valid hello."),
    "hello_timeout": (4408, "No hello within `hello_within`."),
    "unauthorised": (4401, "The token or session in hello was not accepted; the error frame before says why."),
    "slow_reader": (4008, "More than `outbox_bytes` were waiting for this socket; resume with the last number seen."),
    "silent": (4009, "No frame, not even a heartbeat, for 2.5 heartbeat intervals."),
    "too_many_connections": (4429, "More sockets from this address than `connections_per_address`."),
    "too_many_errors": (4430, "Too many malformed frames in a row."),
    "signed_out": (4412, "The member of staff signed out, here or in another tab."),
    "disabled": (4410, "This member of staff was disabled."),
    "token_expired": (4411, "The identity's token expired and no fresh one came."),
}
"""Name -> (close code, meaning)."""

ERRORS: dict[str, tuple[int, str]] = {
    "malformed": (400, "Not JSON, an unknown frame type, an unknown field, or a field out of its bounds."),
    "unsupported": (400, "The frame is of a kind that this socket does not take at this moment."),
    "empty_text": (400, "The text is empty or only white space."),
    "sequence_ahead": (400, "`after` is beyond the newest row; the snapshot begins again from 0."),
    "too_large": (413, "The body is larger than `frame_bytes`."),
    "too_slow": (408, "The body did not arrive in time."),
    "not_found": (404, "Nothing is at this address."),
    "method_refused": (405, "This address does not take that method."),
    "origin_refused": (403, "The page's Origin is not in the list of embedding origins."),
    "rate_limited": (429, "Too many frames or messages; try again after `retry_after` seconds."),
    "forbidden": (403, "Not yours to read or change."),
    "unknown_conversation": (404, "No such conversation, or not yours."),
    "unknown_ticket": (404, "No such ticket, or not yours."),
    "unknown_agent": (404, "No such member of staff, or disabled."),
    "unknown_skill": (400, "Nobody has this skill."),
    "already_taken": (409, "Another agent was faster."),
    "already_yours": (409, "You have it already."),
    "not_yours": (409, "The conversation is not (any more) with you."),
    "offer_over": (409, "The offer ended before your answer."),
    "no_capacity": (409, "You are at your capacity."),
    "already_queued": (409, "The conversation waits for a person already."),
    "with_agent": (409, "A person has the conversation already."),
    "closed": (409, "The conversation is closed."),
    "no_change": (409, "Nothing to change."),
    "stale_turn": (409, "The question was answered or superseded."),
    "conflict": (409, "Three lost races in a row; try again."),
    "illegal_event": (409, "This cannot happen in the conversation's state."),
    "too_many_open": (409, "Too many open conversations."),
    "store_unavailable": (503, "The database cannot be reached; nothing was stored, try again."),
    "token_missing": (401, "No token, and anonymous visitors are not admitted."),
    "token_malformed": (401, "Not a token."),
    "token_too_long": (401, "The token is longer than is accepted."),
    "token_expired": (401, "The token has expired."),
    "token_algorithm": (401, "The token's algorithm is not the one its key is bound to."),
    "token_signature": (401, "The token's signature is wrong."),
    "token_issuer": (401, "The token's issuer is not ours."),
    "token_audience": (401, "The token is not for this service."),
    "token_claims": (401, "A required claim is missing or wrong."),
    "session_missing": (401, "Not signed in, or the session ended."),
    "csrf": (403, "The CSRF token is missing or wrong."),
    "sign_in_refused": (401, "E-mail, password or one-time code is wrong, or the account is disabled."),
    "totp_required": (401, "Password right; the one-time code is missing."),
    "password_too_weak": (400, "The new password is too short, too common, or holds the name."),
    "totp_setup_required": (403, "A one-time code must be set up for this account first."),
    "demo_off": (404, "The demo is not switched on."),
}
"""Code -> (HTTP status where it is used over HTTP, meaning)."""


class Rejection(Exception):
    """Something the other side sent cannot be done; becomes an error frame or an HTTP error."""

    def __init__(self, code: str, message: str = "", retry_after: float | None = None) -> None:
        super().__init__(message or ERRORS[code][1])
        self.code = code
        self.retry_after = retry_after
