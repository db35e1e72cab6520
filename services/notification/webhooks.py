"""Calls to another system: when a call is tried again, when an address is left alone, and what is said in a call.

What must stay true: calls go in the feed's order, so one that fails holds back those behind it; nothing is left out and
nothing forgotten while an address is away or disabled. A subscriber that is called has besides: {url, keys: [see
signing, sealed], failures: tries of the call that waits, next_at: not before, owner, lease_until: who calls it now}.
"""

from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import orjson

from services.notification import subscribers
from services.spine import errors

PAUSES = (0, 5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400)
"""Seconds before each try, the example schedule of the specification: about three days in all."""
JITTER = 0.2
BUSY = (429, 502, 504)
BUSY_SECONDS = 60
LONGEST_PAUSE = 86400
PROOF = "rectify.webhook_proof"


def is_taken(status: int) -> bool:
    """Whether the receiver took it: any 2xx and nothing else."""
    return 200 <= status < 300


def taken(cursor: int, at: str) -> dict[str, Any]:
    """What changes when all up to a number was taken."""
    return {"cursor": cursor, "read_at": at, "failures": 0, "next_at": None}


def failed(failures: int, status: int, retry_after: str, at: datetime, chance: float) -> dict[str, Any]:
    """What changes when a call was not taken: when it is tried again, or that it is not tried any more."""
    if status == 410:
        return {"state": "disabled", "reason": "gone", "failures": failures + 1}
    if failures + 1 >= len(PAUSES):
        return {"state": "disabled", "reason": "exhausted", "failures": failures + 1}
    pause = PAUSES[failures + 1] * (1 - JITTER / 2 + JITTER * chance)
    until = at + timedelta(seconds=max(pause, asked_pause(status, retry_after, at)))
    return {"failures": failures + 1, "next_at": until}


def asked_pause(status: int, retry_after: str, at: datetime) -> float:
    """How many seconds the receiver asks to be left alone, a day at most; 0 when it does not."""
    asked = max(_asked(retry_after, at), BUSY_SECONDS if status in BUSY else 0)
    return min(asked, LONGEST_PAUSE * (1 + JITTER))


def said_no(status: int, error: str, at: str) -> dict[str, Any]:
    """What is kept of the last call that was not taken."""
    return {"failed_at": at, "failed_because": str(status) if status else error}


def skipped(endpoint: dict[str, Any], waits: int | None, number: int, reason: str, by: str, at: str) -> dict[str, Any]:
    """The event that holds an address up is left out; only that one, the next that waits."""
    if waits != number:
        raise errors.Refusal("not_what_waits", n=number, waits=waits or 0)
    past = {**endpoint, "cursor": number, "owner": None, "lease_until": None, "failures": 0, "next_at": None}
    return subscribers.noted(past, f"skipped {number}", reason, by, at)


def moved(endpoint: dict[str, Any], url: str, reason: str, by: str, at: str) -> dict[str, Any]:
    """It is to be called at another address, which proves itself first."""
    if endpoint["url"] == url:
        return endpoint
    waits = {"state": "unproved", "reason": "", "owner": None, "lease_until": None, "failures": 0, "next_at": None}
    return subscribers.noted({**endpoint, **waits, "url": url}, "url", reason, by, at)


def proof(code: str, challenge: str, at: str) -> dict[str, Any]:
    """What is sent to an address that is to prove that it wants to be called: it answers with the challenge."""
    return {"type": PROOF, "time": at, "subject": code, "challenge": challenge}


def proves(status: int, body: bytes, challenge: str) -> bool:
    """Whether an answer gives the challenge back: {"challenge": "…"}."""
    try:
        said = orjson.loads(body)
    except orjson.JSONDecodeError:
        return False
    return is_taken(status) and isinstance(said, dict) and said.get("challenge") == challenge


def _asked(retry_after: str, at: datetime) -> float:
    """How long the receiver asks to be left alone: in seconds or till a date; nonsense asks for nothing."""
    if retry_after.isascii() and retry_after.isdigit():
        return float(retry_after[:9])
    try:
        return (parsedate_to_datetime(retry_after) - at).total_seconds()
    except (ValueError, TypeError):
        return 0
