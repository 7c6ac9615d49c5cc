"""Errors of identity and staff authentication: a small tree with stable codes."""

from __future__ import annotations


class AuthError(Exception):
    """Base. `code` is part of the wire contract; the message is for logs and never holds token content."""

    code = "auth_failed"

    def __init__(self, detail: str = "") -> None:
        super().__init__(f"{self.code}: {detail}" if detail else self.code)


class TokenError(AuthError):
    """A token that is not accepted."""

    code = "token_invalid"


class TokenMissing(TokenError):
    code = "token_missing"


class TokenTooLong(TokenError):
    code = "token_too_long"


class TokenMalformed(TokenError):
    code = "token_malformed"


class TokenAlgorithm(TokenError):
    """The algorithm in the header is not the one its key is bound to."""

    code = "token_algorithm"


class TokenSignature(TokenError):
    """Wrong signature, or a key id that is not configured."""

    code = "token_signature"


class TokenExpired(TokenError):
    """Expired, or not valid yet."""

    code = "token_expired"


class TokenIssuer(TokenError):
    code = "token_issuer"


class TokenAudience(TokenError):
    code = "token_audience"


class TokenClaims(TokenError):
    """A required claim is missing, of the wrong type, or lives longer than allowed."""

    code = "token_claims"


class KeyDocumentError(AuthError):
    """A JWKS document or a key file that cannot be used; a fault of the installation, not of the customer."""

    code = "key_document"


class PasswordTooWeak(AuthError):
    code = "password_too_weak"
