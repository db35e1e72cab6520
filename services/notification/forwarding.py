"""Fills the queues of other systems from the feed, each with its part of it, and looks after them.

What must stay true: one process fills, in the feed's order; how far a queue was filled is written after the broker has
confirmed it, so whoever is killed in between puts a few in twice and leaves none out; a full queue holds up nobody but
its own reader.
"""

import itertools
import secrets
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import orjson
import structlog

from services.notification import managing, queues, queues_store, subscribers
from services.spine import broker, clock, events, feed, mongo, speaking

MESSAGES_AT_ONCE = 1000
"""As few as are surely confirmed while the lease lasts."""
TURN_SECONDS = 1.0
PAUSE = 0.02
LOOK_SECONDS = 3.0
log = structlog.get_logger()
PREVIOUS = "rectify-previous"
"""The header that says which number its reader was told before this one: with another in hand it has missed some."""
Batch = list[tuple[int, events.Event]]
Row = subscribers.Subscriber


class Forwarder:
    """Who fills the queues; one for a process."""

    def __init__(self) -> None:
        self.owner = secrets.token_hex(8)
        self.speaker = speaking.Speaker()
        self.room: dict[str, int] = {}
        self.seen, self.look_at = 0, 0.0

    def turn(self, db: mongo.Db, source: feed.Db, seconds: float = TURN_SECONDS) -> int:
        """Fill and look after the queues for a while; how many messages were put in."""
        ends, count = time.monotonic() + seconds, 0
        if not queues_store.all_of_them(db) or not queues_store.lead(db, self.owner, clock.now()):
            return 0
        try:
            self.speaker.beat()
            while True:
                if time.monotonic() >= self.look_at:
                    self.tend(db)
                told = self.fill(db, source)
                count += told
                if time.monotonic() >= ends:
                    return count
                if not told:
                    time.sleep(PAUSE)
        except broker.AWAY as reason:
            log.warning("queues_wait", reason=repr(reason)[:200])
            self.look_at = 0.0
            self.speaker.drop()
            return count

    def tend(self, db: mongo.Db) -> None:
        """Have every queue stand that is to stand, and no other; see what is in it and who reads it."""
        self.look_at, self.seen, unacked = time.monotonic() + LOOK_SECONDS, 0, managing.unacked()
        for row in queues_store.all_of_them(db):
            self._keep(db, row, unacked.get(row["queue"]["name"]))

    def fill(self, db: mongo.Db, source: feed.Db) -> int:
        """Put in what the feed has for each, read once for all that are as far; how many messages."""
        reached, count, moved = feed.last(source), 0, False
        if reached == self.seen:
            return 0
        told = (row for row in queues_store.due(db, reached) if subscribers.is_told(row, clock.today()))
        for cursor, several in itertools.groupby(told, key=lambda row: int(row["cursor"])):
            group = list(several)
            if not queues_store.lead(db, self.owner, clock.now()):
                return count
            batch = list(feed.read(source, cursor, limit=max(MESSAGES_AT_ONCE // len(group), 1)))
            outcome = self._put(group, batch, reached)
            queues_store.move(db, outcome)
            moved = moved or any(after > row["cursor"] for row, after, _ in outcome)
            count += sum(queue["sent"] - row["queue"]["sent"] for row, _, queue in outcome)
        self.seen = 0 if moved else reached
        return count

    def _keep(self, db: mongo.Db, row: Row, unacked: int | None) -> None:
        if row["queue"]["filled"] is not None:
            row = self._look(db, row, unacked)
        wanted = subscribers.is_told(row, clock.today())
        if row["queue"]["filled"] not in (None, queues.part(row) if wanted else None):
            row = self._take_away(db, row, "queue_withdrawn")
        if wanted and row["queue"]["filled"] is None:
            self._stand(db, row)

    def _put(self, group: list[Row], batch: Batch, end: int) -> list[tuple[Row, int, queues.Queue]]:
        heard = {row["code"]: [number for number, event in batch if subscribers.hears(row, event)] for row in group}
        going = {row["code"]: heard[row["code"]][: self._room(row, len(heard[row["code"]]))] for row in group}
        wanted = {number for numbers in going.values() for number in numbers}
        bodies = {
            number: (event, orjson.dumps({**event, "feedsequence": number}), queues.headers(event, number))
            for number, event in batch
            if number in wanted
        }
        letters = [letter for row in group for letter in _letters(row, going[row["code"]], bodies)]
        refused, at = self.speaker.publish(letters), clock.now()
        outcome = []
        for row in group:
            code, queue = row["code"], row["queue"]
            lost = (place for place, number in enumerate(going[code]) if _name(code, number) in refused)
            taken = going[code][: next(lost, len(going[code]))]
            self.room[code] = self.room.get(code, 0) - len(taken) if taken == going[code] else 0
            whole = taken == heard[code]
            reached = (batch[-1][0] if batch else end) if whole else taken[-1] if taken else row["cursor"]
            held = None if whole else queue["held_since"] or at
            outcome.append((row, reached, {**queues.sent(row, taken, reached), "held_since": held}))
        return outcome

    def _room(self, row: Row, wanted: int) -> int:
        """How many more it may hold; looked up only when so many might not go in."""
        code, queue = row["code"], row["queue"]
        if wanted > self.room.get(code, 0):
            seen = self.speaker.look(queue["name"])
            self.room[code] = max(queue["messages"] - seen[0], 0) if seen else 0
        return self.room[code] if wanted else 0

    def _look(self, db: mongo.Db, row: Row, unacked: int | None) -> Row:
        queue, seen, at = row["queue"], self.speaker.look(row["queue"]["name"]), clock.now()
        if seen is None:
            return self._down(db, row, "queue_gone")
        found = queues.looked(queue, *seen, unacked)
        self.room[row["code"]] = max(queue["messages"] - found["ready"], 0)
        more = {"read_at": at} if found["taken"] > queue["taken"] else {}
        if found != queue:
            queues_store.note(db, row, found, **more)
        row = {**row, "queue": found, **more}
        idle_since = clock.stamp(clock.moment(at) - timedelta(days=queue["idle_days"]))
        if queues.is_forgotten(row, idle_since):
            return self._take_away(db, row, "queue_forgotten", state="disabled", reason="idle")
        return row

    def _stand(self, db: mongo.Db, row: Row) -> None:
        channel, name = self.speaker.beside(), row["queue"]["name"]
        channel.queue_delete(name)
        channel.queue_declare(name, durable=True, auto_delete=False, arguments=queues.arguments(row["queue"]))
        for key in queues.bindings(row):
            channel.queue_bind(name, broker.OTHERS.name, key)
        queues_store.note(db, row, queues.stood(row, clock.now()))

    def _take_away(self, db: mongo.Db, row: Row, what: str, **more: Any) -> Row:
        self.speaker.beside().queue_delete(row["queue"]["name"])
        return self._down(db, row, what, **more)

    def _down(self, db: mongo.Db, row: Row, what: str, **more: Any) -> Row:
        cursor, queue = queues.down(row["queue"])
        queues_store.take_down(db, row, cursor, queue, what, clock.now(), **more)
        return {**row, "queue": queue, "cursor": min(cursor, row["cursor"]), **more}


def _letters(row: Row, numbers: list[int], bodies: dict[int, Any]) -> Iterator[speaking.Letter]:
    previous = row["queue"]["previous"]
    for number in numbers:
        event, body, headers = bodies[number]
        headers = headers if previous is None else {**headers, PREVIOUS: previous}
        key = queues.routing_key(event, row["code"])
        yield speaking.Letter(_name(row["code"], number), broker.OTHERS.name, key, body, events.CONTENT_TYPE, headers)
        previous = number


def _name(code: str, number: int) -> str:
    return f"{code}:{number}"
