"""Passwords: argon2id, away from the event loop, because hashing takes a deliberate while."""

import secrets

import argon2
from eventlet import tpool

_hasher = argon2.PasswordHasher()
_nobody = _hasher.hash(secrets.token_hex(16))


def made_up() -> str:
    """A password nobody has to invent: 100 bits, easy to type."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(5)) for _ in range(4))


def hashed(password: str) -> str:
    """The hash to keep."""
    return str(tpool.execute(_hasher.hash, password))


def right(password: str, kept: str | None) -> bool:
    """Whether the password belongs to the hash; without an account it takes just as long."""
    try:
        tpool.execute(_hasher.verify, kept or _nobody, password)
    except argon2.exceptions.VerificationError:
        return False
    return kept is not None
