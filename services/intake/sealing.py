"""Sealing: how an answer is kept so that nobody can tell whose it is, from anything that is stored.

What must stay true: from the store with its journal and its log of operations, from backups of it taken at whatever
moments, from all logs and from the feed, an answer can be linked neither to a code nor to a person.

The danger is order. A database writes down what happens one after another: if the write that spends a code were the
write that shows an answer, the journal (and two backups, and the replica's log of operations) would join them. So:

- A code is spent and its answer kept in ONE write to one document, the box: a process that dies loses neither, and of
  two requests with one code one wins. What the write adds is a mark and a sealed answer.
- The mark is a keyed hash: who has all slips and the whole store cannot tell which code a mark is of.
- The sealed answer is encrypted (AES-256-GCM) and as long as every other. Both lists are kept sorted, so a box tells
  no order; the key is made of the deployment's secret, which is in no database, and of the box's salt.
- When the form closes, the answers are unsealed together, taken apart into single statements, sorted by what they say,
  and written with the day only; the boxes with marks, salts and sealed answers are removed. A sheet is kept nowhere.
- No time, number, address, program or cookie of a respondent is asked for or kept. Until the close the turnout is told
  in steps only.

It does not hold against somebody who watches the running server (the operator of the machine, or of the proxy before
it, sees requests come in); nor who has the deployment's secret AND the journal or a backup from while the form was
open AND knows who got which slip: so backups of the store never hold the secret, and slips are drawn, not dealt.
Words themselves can betray who wrote them: names and numbers are masked before feedback.
A form whose secret was replaced while it was open cannot be unsealed until the former secret is put back.
"""

import hashlib
import hmac
from typing import Any

import orjson
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from services.spine import errors, settings

LENGTH = 8192
NONCE = 12


def mark(code: str, salt: bytes) -> str:
    """What stands for a code in a box."""
    return hmac.new(_key("mark", salt), code.encode(), hashlib.sha256).hexdigest()


def seal(answer: dict[str, Any], salt: bytes, nonce: bytes) -> bytes:
    """An answer sealed, as long as every other; refuses what is too long for that."""
    plain = orjson.dumps(answer)
    if len(plain) > LENGTH:
        raise errors.Refusal("answer_too_long")
    return nonce + AESGCM(_key("answer", salt)).encrypt(nonce, plain.ljust(LENGTH), b"")


def unseal(sealed: bytes, salt: bytes) -> dict[str, Any]:
    """The answer; an accident when the deployment's secret is no longer the one it was sealed with."""
    plain = AESGCM(_key("answer", salt)).decrypt(sealed[:NONCE], sealed[NONCE:], b"")
    opened: dict[str, Any] = orjson.loads(plain)
    return opened


def _key(use: str, salt: bytes) -> bytes:
    return hmac.new(settings.secret().encode(), f"rectify opinion form {use}".encode() + salt, hashlib.sha256).digest()
