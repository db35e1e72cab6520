"""Two passes: of each new message the sendings are made, and what is due leaves by its channel.

What must stay true: who is called is asked of access when a sending is made and again when it leaves, so that whoever
left the post meanwhile is not called, and no address is kept here; a parcel is had by one at a time, and that it was
taken is written after it was: whoever is killed in between sends it once more under the same key.
"""

import random
import secrets
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import jinja2

from services.notification import (
    channels,
    circuits,
    domain,
    guarding,
    letters,
    letters_store,
    parcels,
    sendings,
    sendings_store,
)
from services.spine import clock, mongo

Place = dict[str, Any]
Person = dict[str, Any]
Ask = Callable[[list[Place]], list[list[Person]]]
TURN_SECONDS = 30
MOST_PARCELS = 500


class House(NamedTuple):
    """What a pass stands on: the store, what is said of channels, whom to ask, what may be called, what time it is."""

    db: mongo.Db
    said: dict[str, Any]
    ask: Ask
    may: guarding.Allowed
    now: Callable[[], str] = clock.now


def plan(house: House) -> int:
    """Make the sendings of some messages of which nobody has been called yet; how many messages there were."""
    if not channels.names(house.said):
        sendings_store.pass_over(house.db, house.now())
        return 0
    untold = sendings_store.untold(house.db)
    for start in range(0, len(untold), sendings_store.AT_ONCE):
        _plan(house, untold[start : start + sendings_store.AT_ONCE])
    return len(untold)


def turn(house: House, channel: str) -> int:
    """Send what is due by a channel until the turn is over or the channel does not answer; how many parcels left."""
    if channel in channels.BY_HAND:
        return 0
    circuit, at, ends = sendings_store.circuit(house.db, channel), house.now(), time.monotonic() + TURN_SECONDS
    if circuit["open_until"] and circuit["open_until"] > at:
        return 0
    count = 0
    for parcel in sendings_store.due(house.db, channel, at, circuits.at_once(circuit, MOST_PARCELS)):
        if time.monotonic() > ends:
            break
        fate = _carry(house, channel, parcel)
        count += fate is not None and fate.state == "sent"
        if fate is not None and not _goes_on(house, channel, circuit, fate):
            break
    return count


def still_wanted(house: House, parcel: str) -> list[tuple[sendings.Sending, Person, domain.Message]]:
    """What of a parcel still calls somebody; the rest is written down as what nobody is called for any more."""
    at = house.now()
    rows = sendings_store.waiting(house.db, parcel, at)
    known = sendings_store.messages(house.db, rows)
    readers = house.ask([sendings.asked_of(one) for one in rows]) if rows else []
    kept = []
    for row, persons in zip(rows, readers, strict=True):
        message = known.get(row["message_id"])
        person = next((one for one in persons if one["login"] == row["account"]), None)
        because = sendings.unneeded(message, row["account"]) or ("" if person else "left")
        if person and not because and not person[channels.ROOMS[row["channel"]].ADDRESS]:
            because = "no_address"
        if because or person is None or message is None:
            sendings_store.note(house.db, [row], sendings.suppressed(because), "suppressed", at)
        else:
            kept.append((row, person, message))
    return kept


def _plan(house: House, messages: list[domain.Message]) -> None:
    db, at = house.db, house.now()
    fresh = [message for message in messages if sendings.is_fresh(message, at)]
    found = house.ask([sendings.place(message) for message in fresh]) if fresh else []
    wished = sendings_store.wishes(db, {person["login"] for persons in found for person in persons})
    kept = {code: sendings_store.policy(db, code, house.said) for code in {one["campaign"] for one in fresh}}
    calendar = sendings_store.calendar(db)
    made = [
        sendings.make(
            message,
            person,
            name,
            wished[person["login"]],
            sendings.policy(kept[message["campaign"]]),
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


def _carry(house: House, channel: str, parcel: str) -> parcels.Fate | None:
    """Send one parcel; None when somebody else has it or nobody is called by it any more."""
    owner = secrets.token_hex(8)
    if not sendings_store.take(house.db, parcel, owner, house.now()):
        return None
    try:
        wanted = still_wanted(house, parcel)
        if not wanted:
            return None
        fate = _send(house, channel, wanted)
        at = house.now()
        rows = [row for row, _, _ in wanted]
        sendings_store.note(house.db, rows, _changes(rows, fate, at), "tried", at)
        return fate
    finally:
        sendings_store.release(house.db, parcel, owner)


def _send(house: House, channel: str, wanted: list[tuple[sendings.Sending, Person, domain.Message]]) -> parcels.Fate:
    said, room = house.said, channels.ROOMS[channel]
    rows, (first, person, _) = [row for row, _, _ in wanted], wanted[0]
    language = sendings_store.wishes(house.db, [first["account"]])[first["account"]].language
    sealed = (sendings.key(rows), person[room.ADDRESS])
    leads = (first["code"], said.get("address", ""), language)
    try:
        if channels.is_outside(said, channel):
            made = parcels.outside(*sealed, len(rows), *leads)
        else:
            own = letters_store.standing(house.db, {message["campaign"] for _, _, message in wanted})
            words = [letters.of(message, language, own) for _, _, message in wanted]
            made = parcels.inside(*sealed, words, *leads)
    except jinja2.TemplateError as fault:
        return parcels.Fate("refused", type(fault).__name__)
    fate: parcels.Fate = room.send(said[channel], made, house.may)
    return fate


def _changes(rows: list[sendings.Sending], fate: parcels.Fate, at: str) -> dict[str, Any]:
    if fate.state == "sent":
        return sendings.sent(rows, at)
    if fate.state == "refused":
        return sendings.refused(fate.because)
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
