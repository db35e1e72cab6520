"""One turn at a replay: a few of its events are sent, each under the id it had, until one is not taken.

What must stay true: how far it has come is written after an event was taken; to whom nothing is told now, nothing is
sent: the replay waits. A queue is left half empty for what is new, and one that does not stand or is that full is
waited for; what is taken away with a queue of what was sent again is not sent a third time.
"""

import itertools
import random
import secrets
import time
from collections.abc import Callable
from typing import NamedTuple

from services.notification import (
    delivering,
    forwarding,
    guarding,
    refilling,
    replays,
    replays_store,
    subscribers,
    subscribers_store,
)
from services.notification import webhooks as calls
from services.spine import broker, clock, errors, feed, mongo, settings, speaking

TURN_SECONDS = 30
WAITS_SECONDS = 30


class Outcome(NamedTuple):
    """How many of some events were taken, from the first on; where not all, what was answered and for how long the
    receiver asks to be left alone, or that it is only waited for."""

    taken: int
    status: int = 0
    retry_after: str = ""
    waits: bool = False


class Sender(NamedTuple):
    """Sends some events once more, so many at a time and so many in a turn."""

    send: Callable[[mongo.Db, subscribers.Subscriber, forwarding.Batch], Outcome]
    at_once: int
    a_turn: int


def to_address(db: mongo.Db, subscriber: subscribers.Subscriber, batch: forwarding.Batch) -> Outcome:
    """One call for each, signed and logged."""
    may = guarding.allowed(settings.webhooks())
    for place, (number, event) in enumerate(batch):
        outcome, taken = delivering.attempt(db, subscriber, number, event, may)
        if not taken:
            return Outcome(place, outcome.status, outcome.retry_after)
    return Outcome(len(batch))


def to_queue(db: mongo.Db, subscriber: subscribers.Subscriber, batch: forwarding.Batch) -> Outcome:
    """Into its own queue, as many as may be."""
    try:
        with speaking.speaking() as speaker:
            return Outcome(refilling.put(speaker, subscriber, batch), waits=True)
    except broker.AWAY:
        return Outcome(0, waits=True)


SENDERS = {"webhook": Sender(to_address, 1, 100), "amqp": Sender(to_queue, 500, 5000)}
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
            _move(db, replay, owner, _waits())
        else:
            count = _send(db, source, replay, to, owner, ends)
    finally:
        replays_store.release(db, replay_id, owner)
    return count


def _send(
    db: mongo.Db, source: feed.Db, replay: replays.Replay, to: subscribers.Subscriber, owner: str, ends: float
) -> int:
    count, sender = 0, SENDERS[to["kind"]]
    read = feed.read(source, replay["cursor"], limit=sender.a_turn, within=replays.within(to, replay))
    found = itertools.takewhile(lambda one: one[0] <= replay["through"], read)
    while batch := list(itertools.islice(found, sender.at_once)):
        if time.monotonic() > ends:
            return count
        outcome = sender.send(db, to, batch)
        if outcome.taken:
            number, _ = batch[outcome.taken - 1]
            if not _move(db, replay, owner, {"cursor": number, "failures": 0, "next_at": None}, outcome.taken):
                return count
            replay["failures"], count = 0, count + outcome.taken
        if outcome.taken < len(batch):
            _move(db, replay, owner, _waits() if outcome.waits else _failed(replay, outcome))
            return count
    if count < sender.a_turn:
        _move(db, replay, owner, {"state": "done", "ended_at": clock.now()})
    return count


def _waits() -> dict[str, object]:
    return {"next_at": clock.stamp(clock.moment(clock.now()) + clock.seconds(WAITS_SECONDS))}


def _failed(replay: replays.Replay, outcome: Outcome) -> dict[str, object]:
    at = clock.now()
    changes = calls.failed(replay["failures"], outcome.status, outcome.retry_after, clock.moment(at), random.random())
    if "next_at" not in changes:
        return {"state": "failed", "ended_at": at, "failures": changes["failures"]}
    return {**changes, "next_at": clock.stamp(changes["next_at"])}


def _move(db: mongo.Db, replay: replays.Replay, owner: str, changes: dict[str, object], sent: int = 0) -> bool:
    return replays_store.move(db, replay["_id"], owner, changes, sent)
