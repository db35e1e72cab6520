"""One turn at a replay: a few of its events are sent, each under the id it had, until one is not taken.

What must stay true: how far it has come is written after an event was taken; to whom nothing is told now, nothing is
sent: the replay waits.
"""

import random
import secrets
import time
from collections.abc import Callable

from services.notification import delivering, guarding, replays, replays_store, subscribers, subscribers_store
from services.notification import webhooks as calls
from services.spine import clock, errors, events, feed, mongo, settings

AT_ONCE = 100
TURN_SECONDS = 30
WAITS_SECONDS = 30
Send = Callable[[mongo.Db, subscribers.Subscriber, int, events.Event], tuple[int, str]]
"""Sends one event once more: the status and for how long the receiver asks to be left alone; 2xx is taken."""


def to_address(db: mongo.Db, subscriber: subscribers.Subscriber, number: int, event: events.Event) -> tuple[int, str]:
    """One call, signed and logged."""
    may = guarding.allowed(settings.webhooks())
    outcome, _ = delivering.attempt(db, subscriber, number, event, may)
    return outcome.status, outcome.retry_after


SENDERS: dict[str, Send] = {"webhook": to_address}
"""How each kind of subscriber is sent something once more; who reads by itself reads again by itself."""


def check(subscriber: subscribers.Subscriber) -> None:
    """Refuse what nobody can be sent."""
    subscribers.check_living(subscriber)
    if subscriber["kind"] not in SENDERS:
        raise errors.Refusal("subscriber_not_called", subscriber=subscriber["code"])
    if subscriber["state"] == "unproved":
        raise errors.Refusal("subscriber_unproved", subscriber=subscriber["code"])


def turn(db: mongo.Db, source: feed.Db, replay_id: str) -> int:
    """Send what a replay has next; how many events were taken."""
    owner, count, ends = secrets.token_hex(8), 0, time.monotonic() + TURN_SECONDS
    replay = replays_store.take(db, replay_id, owner, clock.now())
    if replay is None:
        return 0
    try:
        to = subscribers_store.find(db, replay["code"])
        if to is None or to["state"] == "ended":
            _move(db, replay, owner, {"state": "stopped", "ended_at": clock.now()})
        elif not subscribers.is_told(to, clock.today()):
            _move(db, replay, owner, {"next_at": clock.stamp(clock.moment(clock.now()) + clock.seconds(WAITS_SECONDS))})
        else:
            count = _send(db, source, replay, to, owner, ends)
    finally:
        replays_store.release(db, replay_id, owner)
    return count


def _send(
    db: mongo.Db, source: feed.Db, replay: replays.Replay, to: subscribers.Subscriber, owner: str, ends: float
) -> int:
    count, wanted = 0, replays.within(to, replay)
    for number, event in feed.read(source, replay["cursor"], limit=AT_ONCE, within=wanted):
        if number > replay["through"]:
            break
        if time.monotonic() > ends:
            return count
        status, retry_after = SENDERS[to["kind"]](db, to, number, event)
        if not calls.is_taken(status):
            _move(db, replay, owner, _failed(replay, status, retry_after))
            return count
        if not _move(db, replay, owner, {"cursor": number, "failures": 0, "next_at": None}, 1):
            return count
        replay["failures"], count = 0, count + 1
    if count < AT_ONCE:
        _move(db, replay, owner, {"state": "done", "ended_at": clock.now()})
    return count


def _failed(replay: replays.Replay, status: int, retry_after: str) -> dict[str, object]:
    at = clock.now()
    changes = calls.failed(replay["failures"], status, retry_after, clock.moment(at), random.random())
    if "next_at" not in changes:
        return {"state": "failed", "ended_at": at, "failures": changes["failures"]}
    return {**changes, "next_at": clock.stamp(changes["next_at"])}


def _move(db: mongo.Db, replay: replays.Replay, owner: str, changes: dict[str, object], sent: int = 0) -> bool:
    return replays_store.move(db, replay["_id"], owner, changes, sent)
