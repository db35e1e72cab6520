"""One turn at an address: what the feed has for it is sent, one call after the other, until one is not taken.

What must stay true: how far it has come is written after a call was taken, so that whoever is killed in between sends
that call once more and leaves none out; a turn is over before another may have the address; of the feed only a few
events are in memory.
"""

import functools
import random
import secrets
import time
from collections.abc import Iterable

import orjson

from services.notification import calling, guarding, signing, subscribers, webhooks, webhooks_store
from services.spine import clock, errors, events, feed, mongo

AT_ONCE = 100
TURN_SECONDS = 30


def turn(db: mongo.Db, source: feed.Db, code: str, may: guarding.Allowed) -> int:
    """Send an address what waits for it; how many calls were taken."""
    reached, owner = feed.last(source), secrets.token_hex(8)
    mine = webhooks_store.take(db, [code], owner, clock.now())
    return sum(work(db, source, one, owner, reached, may) for one in mine)


def work(
    db: mongo.Db,
    source: feed.Db,
    endpoint: subscribers.Subscriber,
    owner: str,
    reached: int,
    may: guarding.Allowed,
) -> int:
    """The same for an address that one has, up to where the feed ends; then somebody else may have it."""
    code, count, ends = endpoint["code"], 0, time.monotonic() + TURN_SECONDS
    try:
        for number, event in _ahead(source, endpoint, reached):
            if time.monotonic() > ends or not _deliver(db, endpoint, owner, number, event, may):
                return count
            count += 1
        if count < AT_ONCE and endpoint["cursor"] < reached:
            webhooks_store.move(db, code, owner, {"cursor": reached})
    finally:
        webhooks_store.release(db, code, owner)
    return count


def _ahead(source: feed.Db, endpoint: subscribers.Subscriber, reached: int) -> Iterable[tuple[int, events.Event]]:
    """What an address has not taken; those that are nearly as far as the feed share what was read of it."""
    cursor = endpoint["cursor"]
    if reached - cursor > AT_ONCE:
        return feed.read(source, cursor, limit=AT_ONCE, within=subscribers.part(endpoint))
    return (one for one in _newest(source, cursor, reached) if subscribers.hears(endpoint, one[1]))


@functools.lru_cache(maxsize=16)
def _newest(source: feed.Db, after: int, reached: int) -> list[tuple[int, events.Event]]:
    return [one for one in feed.read(source, after, limit=AT_ONCE) if one[0] <= reached]


def again(db: mongo.Db, source: feed.Db, endpoint: subscribers.Subscriber, number: int, may: guarding.Allowed) -> bool:
    """Send one event of an address's part once more, beside what waits; whether it was taken."""
    found = next(feed.read(source, number - 1, limit=1, within=subscribers.part(endpoint)), None)
    if found is None or found[0] != number:
        raise errors.Refusal("not_found", id=number)
    return attempt(db, endpoint, number, found[1], may)[1]


def _deliver(
    db: mongo.Db,
    endpoint: subscribers.Subscriber,
    owner: str,
    number: int,
    event: events.Event,
    may: guarding.Allowed,
) -> bool:
    (outcome, taken), code, at = attempt(db, endpoint, number, event, may), endpoint["code"], clock.now()
    if taken:
        endpoint |= {"failures": 0, "cursor": number}
        return webhooks_store.move(db, code, owner, webhooks.taken(number, at))
    changes = webhooks.failed(
        endpoint["failures"], outcome.status, outcome.retry_after, clock.moment(at), random.random()
    )
    if "next_at" in changes:
        changes["next_at"] = clock.stamp(changes["next_at"])
    webhooks_store.move(db, code, owner, {**changes, **webhooks.said_no(outcome.status, outcome.error, at)})
    return False


def attempt(
    db: mongo.Db, endpoint: subscribers.Subscriber, number: int, event: events.Event, may: guarding.Allowed
) -> tuple[calling.Outcome, bool]:
    """Send one event and log it; what came of it, and whether it was taken."""
    body = orjson.dumps({**event, "feedsequence": number})
    outcome = send(endpoint, signing.id_of(event["id"]), body, may)
    at, taken = clock.now(), webhooks.is_taken(outcome.status)
    tried = {"at": at, "status": outcome.status, "error": outcome.error, "ms": outcome.milliseconds, "taken": taken}
    webhooks_store.log(db, endpoint["code"], number, event, tried, clock.moment(at))
    return outcome, taken


def send(endpoint: subscribers.Subscriber, message_id: str, body: bytes, may: guarding.Allowed) -> calling.Outcome:
    """One signed call; an address that is not to be called is one that did not answer."""
    at = clock.now()
    keys = [webhooks_store.opened(key) for key in signing.in_use(endpoint["keys"], at)]
    signed = signing.headers(keys, message_id, int(clock.moment(at).timestamp()), body)
    try:
        return calling.call(endpoint["url"], {"Content-Type": events.CONTENT_TYPE, **signed}, body, may)
    except errors.Refusal as refusal:
        return calling.Outcome(calling.FAILED, refusal.code)
