"""Passwords: argon2id, away from the event loop, because hashing takes a deliberate while."""

import base64
import secrets
import threading

import argon2
from eventlet import tpool

_hasher = argon2.PasswordHasher()
_at_once = threading.BoundedSemaphore(2)  # each takes 64 MiB for as long as it lasts


def made_up() -> str:
    """A password nobody has to invent: 100 bits, easy to type."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(5)) for _ in range(4))


def hashed(password: str) -> str:
    """The hash to keep."""
    with _at_once:
        return str(tpool.execute(_hasher.hash, password))


def _unknown() -> str:
    """A hash that no password has, as dear to try as a real one: made at random, so that no start waits for it."""
    salt, made = (base64.b64encode(secrets.token_bytes(size)).decode().rstrip("=") for size in (16, 32))
    return f"$argon2id$v=19$m={_hasher.memory_cost},t={_hasher.time_cost},p={_hasher.parallelism}${salt}${made}"


_nobody = _unknown()


def right(password: str, kept: str | None) -> bool:
    """Whether the password belongs to the hash; without an account it takes just as long."""
    try:
        with _at_once:
            tpool.execute(_hasher.verify, kept or _nobody, password)
    except argon2.exceptions.VerificationError:
        return False
    return kept is not None
