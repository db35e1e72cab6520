"""Two passes: of each new message the sendings are made, and what is due leaves by its channel.

What must stay true: who is called is asked of access when a sending is made and again when it leaves, so that whoever
left the post meanwhile is not called, and no address is kept here; a parcel is had by one at a time, and that it was
taken is written after it was: whoever is killed in between sends it, and the few beside it, once more under the same
key. More than one at a time is tried only while all are taken.
"""

import itertools
import random
import secrets
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

import eventlet
import jinja2

from services.notification import (
    channels,
    circuits,
    domain,
    guarding,
    parcels,
    sendings,
    sendings_store,
    wording,
)
from services.notification.wording import Person, Wanted
from services.spine import clock, mongo, portions

Place = dict[str, Any]
Ask = Callable[[list[Place]], list[list[Person]]]
TURN_SECONDS = 30
MOST_AT_ONCE = 16


class House(NamedTuple):
    """What a pass stands on: the store, what is said of channels, whom to ask, what may be called, what time it is."""

    db: mongo.Db
    said: dict[str, Any]
    ask: Ask
    may: guarding.Allowed
    now: Callable[[], str] = clock.now


def plan(house: House) -> int:
    """Make the sendings of messages of which nobody has been called yet; how many messages there were."""
    count, some = 0, bool(channels.names(house.said))
    for messages in sendings_store.untold(house.db, house.now()):
        if some:
            _plan(house, messages)
            count += len(messages)
        else:
            sendings_store.told(house.db, messages, house.now())
    return count


def turn(house: House, channel: str) -> int:
    """Send what is due by a channel until the turn is over or the channel does not answer; how many parcels left."""
    if channel in channels.BY_HAND:
        return 0
    circuit, at, ends = sendings_store.circuit(house.db, channel), house.now(), time.monotonic() + TURN_SECONDS
    if circuit["open_until"] and circuit["open_until"] > at:
        return 0
    found, count, size = sendings_store.due(house.db, channel, at), 0, 1
    while time.monotonic() < ends and (few := list(itertools.islice(found, size))):
        fates = _carry(house, channel, circuit, few)
        count += sum(fate.state == "sent" for fate in fates)
        if not all(_goes_on(house, channel, circuit, fate) for fate in fates):
            break
        size = circuits.at_once(circuit, size, MOST_AT_ONCE)
    return count


def still_wanted(house: House, parcels: Sequence[str]) -> dict[str, list[Wanted]]:
    """What of some parcels still calls somebody; the rest is written down as what nobody is called for any more."""
    at = house.now()
    rows = sendings_store.waiting(house.db, parcels, at)
    known = sendings_store.messages(house.db, rows)
    readers = house.ask([sendings.asked_of(one) for one in rows]) if rows else []
    kept: dict[str, list[Wanted]] = {}
    over: dict[str, list[sendings.Sending]] = {}
    for row, persons in zip(rows, readers, strict=True):
        message = known.get(row["message_id"])
        person = next((one for one in persons if one["login"] == row["account"]), None)
        because = sendings.unneeded(message, row["account"]) or ("" if person else "left")
        if person and not because and not person[channels.ROOMS[row["channel"]].ADDRESS]:
            because = "no_address"
        if because or person is None or message is None:
            over.setdefault(because, []).append(row)
        else:
            kept.setdefault(row["parcel"], []).append((row, person, message))
    for because, unwanted in over.items():
        sendings_store.note(house.db, unwanted, sendings.suppressed(because), "suppressed", at)
    return kept


def _plan(house: House, messages: list[domain.Message]) -> None:
    db, at = house.db, house.now()
    fresh = [message for message in messages if sendings.is_fresh(message, at)]
    found = house.ask([sendings.place(message) for message in fresh]) if fresh else []
    wished = sendings_store.wishes(db, {person["login"] for persons in found for person in persons})
    ruled = _policies(house, {one["campaign"] for one in fresh})
    calendar = sendings_store.calendar(db)
    made = [
        sendings.make(
            message,
            person,
            name,
            wished[person["login"]],
            ruled[message["campaign"]],
            calendar,
            at,
            _code(),
            reachable=bool(person[channels.ROOMS[name].ADDRESS]),
        )
        for message, persons in zip(fresh, found, strict=True)
        for person in persons
        if message.get("account") in (None, person["login"])
        for name in channels.names(house.said)
    ]
    mongo.insert_new(db.sendings, made)
    sendings_store.told(db, messages, at)


def _carry(house: House, channel: str, circuit: dict[str, Any], few: list[str]) -> list[parcels.Fate]:
    """Send some parcels at once: what became of those that nobody else has and by which somebody is still called."""
    owner = secrets.token_hex(8)
    mine = sendings_store.take(house.db, few, owner, house.now())
    try:
        wanted = list(still_wanted(house, mine).values())
        words = wording.Wording(house.db, house.said, channel, wanted)
        wanted = _let_go(house, wanted, words.wished)
        fates = list(eventlet.GreenPool(MOST_AT_ONCE).imap(partial(_send, house, channel, words), wanted))
        at, sent = house.now(), [[row for row, _, _ in lines] for lines in wanted]
        noted = ((_changes(rows, fate, circuit, at), rows) for rows, fate in zip(sent, fates, strict=True))
        for changes, parts in portions.alike(noted):
            sendings_store.note(house.db, itertools.chain.from_iterable(parts), changes, "tried", at)
        return fates
    finally:
        sendings_store.release(house.db, mine, owner)


def _let_go(house: House, wanted: list[list[Wanted]], wished: dict[str, sendings.Wishes]) -> list[list[Wanted]]:
    """What may leave at this hour; what is tried so late that its reader is not called any more waits once more."""
    db, at = house.db, house.now()
    rows = [row for lines in wanted for row, _, _ in lines if not row["urgent"]]
    ruled = _policies(house, {row["campaign"] for row in rows})
    calendar, off = sendings_store.calendar(db), {}
    for row in rows:
        if changes := sendings.put_off(row, wished[row["account"]], ruled[row["campaign"]], calendar, at):
            off[row["_id"]] = changes
    for changes, keys in portions.alike((changes, key) for key, changes in off.items()):
        sendings_store.put_off(db, keys, changes)
    left = ([line for line in lines if line[0]["_id"] not in off] for lines in wanted)
    return [lines for lines in left if lines]


def _policies(house: House, campaigns: set[str]) -> dict[str, sendings.Policy]:
    return {code: sendings.policy(sendings_store.policy(house.db, code, house.said)) for code in campaigns}


def _send(house: House, channel: str, words: wording.Wording, wanted: list[Wanted]) -> parcels.Fate:
    try:
        fate: parcels.Fate = channels.ROOMS[channel].send(house.said[channel], words.parcel(wanted), house.may)
    except jinja2.TemplateError as fault:
        return parcels.Fate("refused", type(fault).__name__)
    return fate


def _changes(rows: list[sendings.Sending], fate: parcels.Fate, circuit: dict[str, Any], at: str) -> dict[str, Any]:
    if fate.state == "sent":
        return sendings.sent(rows, at)
    if fate.state == "refused":
        return sendings.refused(fate.because)
    if fate.away and circuit["failures"]:
        return sendings.spared(fate.because, circuits.rest(circuit["failures"] + 1), clock.moment(at))
    return sendings.failed(rows[0], fate.status, fate.because, fate.retry_after, clock.moment(at), random.random())


def _goes_on(house: House, channel: str, circuit: dict[str, Any], fate: parcels.Fate) -> bool:
    """Whether the turn goes on after a parcel; the circuit of the channel learns what became of it."""
    if fate.away:
        at = clock.moment(house.now())
        changed = circuits.failed(circuit, fate.status, fate.retry_after, at, random.random())
        until = changed["open_until"]
        circuit.update(changed, open_until=clock.stamp(until) if until else None)
        sendings_store.set_circuit(house.db, channel, circuit)
        return until is None
    if circuit["failures"]:
        circuit.update(circuits.CLOSED)
        sendings_store.set_circuit(house.db, channel, circuit)
        sendings_store.hurry(house.db, channel, house.now())
    return True


def _code() -> str:
    return "".join(secrets.choice(parcels.CODE_SIGNS) for _ in range(parcels.CODE_LENGTH))
