"""Another system that calls people (a portal of the office, a messenger): told by a call that may be signed.

What must stay true: the call's id is the same however often it is tried; addresses are looked at as those of
subscribers are, before anything is connected to.
"""

from collections.abc import Mapping
from typing import Any

import orjson

from services.notification import calling, guarding, signing, webhooks
from services.notification.parcels import SENT, Fate, Parcel
from services.spine import clock, errors

ADDRESS = "mobile"
REFUSES = (400, 410, 413, 422)
"""Answers that mean this parcel and not the channel."""


def send(configured: dict[str, Any], parcel: Parcel, may: guarding.Allowed) -> Fate:
    """Call the other system."""
    said = {
        "to": parcel.to,
        "subject": parcel.subject,
        "text": parcel.text,
        "count": parcel.number,
        "code": parcel.code,
    }
    body, at = orjson.dumps(said), clock.now()
    keys = [signing.Key(kind="shared", key=configured["key"], made_at=at, until=None)] if "key" in configured else []
    signed = signing.headers(keys, signing.id_of(parcel.key), int(clock.moment(at).timestamp()), body)
    return fate(post(configured["url"], {"Content-Type": "application/json", **signed}, body, may))


def post(url: str, headers: Mapping[str, str], body: bytes, may: guarding.Allowed) -> calling.Outcome:
    """One call; an address that is not to be called is one that did not answer."""
    try:
        return calling.call(url, headers, body, may)
    except errors.Refusal as refusal:
        return calling.Outcome(calling.FAILED, refusal.code)


def fate(outcome: calling.Outcome) -> Fate:
    """What a call came to."""
    if webhooks.is_taken(outcome.status):
        return SENT
    because = outcome.error or f"HTTP {outcome.status}"
    if outcome.status in REFUSES:
        return Fate("refused", because, outcome.status)
    return Fate("later", because, outcome.status, outcome.retry_after, away=True)
