"""Identity of customers and visitors, sign-in and rights of staff, rate limits. No web framework, no SQL."""

from app.auth.errors import AuthError, TokenError
from app.auth.identity import Identity, IdentityVerifier, RemoteKeys, keys_from_file, keys_from_jwks, mint_customer
from app.auth.keys import Keyring, load_or_create
from app.auth.ratelimit import Limiter
from app.auth.roles import RIGHTS, Right, Role, may
from app.auth.sessions import InMemorySessionStore, SessionStore, StaffSession
from app.auth.staff import StaffIdentity, mint_staff, verify_staff
from app.auth.tokens import IdentityKey
from app.auth.visitors import Visitors

__all__ = [
    "RIGHTS",
    "AuthError",
    "Identity",
    "IdentityKey",
    "IdentityVerifier",
    "InMemorySessionStore",
    "Keyring",
    "Limiter",
    "RemoteKeys",
    "Right",
    "Role",
    "SessionStore",
    "StaffIdentity",
    "StaffSession",
    "TokenError",
    "Visitors",
    "keys_from_file",
    "keys_from_jwks",
    "load_or_create",
    "may",
    "mint_customer",
    "mint_staff",
    "verify_staff",
]
