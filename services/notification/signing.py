"""Signatures of Standard Webhooks: by them a receiver knows that a call is ours, whole, and not an old one again.

What must stay true: every key that is in use signs, so that a receiver can change to the next without missing a call; a
key says by its beginning what it is (whsec_ is shared, HMAC-SHA256, v1; whsk_ stays here and its whpk_ is given out,
ed25519, v1a). Source: github.com/standard-webhooks/standard-webhooks, specification 1.0.0.
"""

import base64
import hashlib
import hmac
from collections.abc import Iterable
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

SHARED, PRIVATE, PUBLIC = "whsec_", "whsk_", "whpk_"
KEY_BYTES = 32
OVERLAP_HOURS = 24
"""How long the key before still signs after a new one was made."""

Key = dict[str, Any]
"""A key: {kind: shared|private, key, made_at, until: None for the one that was made last}."""


def make(kind: str, chance: bytes, at: str) -> Key:
    """A new key from 32 bytes of chance."""
    begins = SHARED if kind == "shared" else PRIVATE
    return {"kind": kind, "key": begins + _written(chance), "made_at": at, "until": None}


def rotate(keys: Iterable[Key], new: Key, until: str) -> list[Key]:
    """The new key signs from now on, and until then the one before, too; no older one does any more."""
    return [*({**key, "until": until} for key in keys if key["until"] is None), new]


def in_use(keys: Iterable[Key], at: str) -> list[Key]:
    """The keys that sign at that time, the newest first."""
    return sorted((key for key in keys if (key["until"] or at) >= at), key=lambda key: key["made_at"], reverse=True)


def given_out(key: Key) -> str:
    """What the receiver is given to verify with: the shared key itself, of a private one its public half."""
    if key["kind"] == "shared":
        return str(key["key"])
    public = _private(key["key"]).public_key().public_bytes_raw()
    return PUBLIC + _written(public)


def id_of(event_id: str) -> str:
    """The webhook-id of an event: the same however often it is sent, with no full stop, which parts what is signed."""
    return "msg_" + hashlib.sha256(event_id.encode()).hexdigest()[:40]


def headers(keys: Iterable[Key], message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The three headers of a call sent at `timestamp` (seconds since 1970); each key in use has its signature there."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    signatures = " ".join(_sign(key["key"], signed) for key in keys)
    return {"webhook-id": message_id, "webhook-timestamp": str(timestamp), "webhook-signature": signatures}


def _sign(key: str, signed: bytes) -> str:
    if key.startswith(PRIVATE):
        return "v1a," + _written(_private(key).sign(signed))
    return "v1," + _written(hmac.new(base64.b64decode(key.removeprefix(SHARED)), signed, hashlib.sha256).digest())


def _private(key: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(base64.b64decode(key.removeprefix(PRIVATE)))


def _written(some: bytes) -> str:
    return base64.b64encode(some).decode()
