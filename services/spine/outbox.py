"""The relay: tells what waits in the outbox field of documents, appends it to the feed, then strikes it out.

Feed first, broker second, strike last: whatever moment the process dies, an event is told again rather than lost.
What a process wrote itself is told at once; what somebody left behind is swept up after a few seconds. Nothing is
told before the process's own ears are open (SPEAKING).
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from itertools import takewhile
from typing import Any

import structlog
from pymongo import UpdateMany
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import AutoReconnect, PyMongoError

from services.spine import broker, clock, feed, portions, settings, speaking

Db = Database[dict[str, Any]]
SWEEP_SECONDS = 3.0
BESIDE_SECONDS = 0.5
LEFT_BEHIND_SECONDS = 5.0
BATCH = 200
log = structlog.get_logger()

SPEAKING = threading.Event()
_relays: dict[str, list["Relay"]] = {}
_collections: dict[str, set[str]] = {}


def kept(collection: Collection[dict[str, Any]]) -> None:
    """Declare that documents of this collection carry an outbox (called while preparing the store)."""
    collection.create_index("outbox.0.id", sparse=True)
    _collections.setdefault(collection.database.name, set()).add(collection.name)


def wake(collection: Collection[dict[str, Any]], key: Any) -> None:
    """Something waits in this document's outbox."""
    for relay in _relays.get(collection.database.name, [])[:1]:
        relay.fresh.append((collection.name, key))
        relay.bell.set()


def waiting(db: Db) -> tuple[int, str | None]:
    """How many documents have something to tell, and since when the oldest of them waits."""
    count, oldest = 0, None
    for name in _collections.get(db.name, ()):
        for row in db[name].find({"outbox.0.id": {"$gt": ""}}, {"outbox": {"$slice": 1}}):
            count += 1
            since = row["outbox"][0]["time"]
            oldest = since if oldest is None else min(oldest, since)
    return count, oldest


def idle() -> bool:
    """Whether no relay of this process is in the middle of telling."""
    return not any(relay.busy or relay.fresh for relays in _relays.values() for relay in relays)


def patiently(attempt: Callable[[], Any]) -> Any:
    """Do what needs the store, waiting for it as long as it is away."""
    pause = 0.2
    while True:
        try:
            return attempt()
        except AutoReconnect as reason:
            log.warning("store_away", reason=str(reason)[:200], pause=pause)
            time.sleep(pause)
            pause = min(pause * 2, 10)


class Relay:
    """Tells what one service's documents have to say."""

    def __init__(self, service: str, db: Db, feed_db: Db) -> None:
        self.service = service
        self.db = db
        self.feed = feed_db
        self.speaker = speaking.Speaker()
        self.fresh: deque[tuple[str, Any]] = deque()
        self.bell = threading.Event()
        self.bell.set()  # whoever was here before may have left something behind
        self.busy = False
        alone = settings.embedded()  # then what others left behind is what workers and nights beside it have done
        self.sweep_seconds = BESIDE_SECONDS if alone and service == "review" else SWEEP_SECONDS
        self.left_behind = 0.0 if alone else LEFT_BEHIND_SECONDS
        self.stopped, self.ended = threading.Event(), threading.Event()
        _relays.setdefault(db.name, []).append(self)

    def run(self) -> None:
        """Tell until stopped, and once more what is fresh then; when broker or store are away, wait and go on."""
        SPEAKING.wait()
        pause, next_sweep = 0.2, 0.0
        while not self.stopped.is_set():
            self.bell.wait(self.sweep_seconds if not self.fresh else 0)
            self.bell.clear()
            try:
                self.busy = True
                self.speaker.beat()
                self._tell_fresh()
                if time.monotonic() >= next_sweep:
                    self._sweep()
                    next_sweep = time.monotonic() + self.sweep_seconds
                pause = 0.2
            except (PyMongoError, *broker.AWAY) as reason:
                log.warning("relay_waits", service=self.service, reason=repr(reason)[:200], pause=pause)
                self.speaker.drop()
                self.stopped.wait(pause)
                pause = min(pause * 2, 10)
            finally:
                self.busy = False
        self.speaker.drop()
        self.ended.set()

    def stop(self, seconds: float = 5) -> None:
        """Tell what is fresh, then stop; what cannot be told now is told at the next start."""
        self.stopped.set()
        self.bell.set()
        if SPEAKING.is_set():
            self.ended.wait(seconds)
        _relays[self.db.name].remove(self)

    def _tell_fresh(self) -> None:
        while self.fresh:
            batch = [self.fresh[index] for index in range(min(BATCH, len(self.fresh)))]
            for name in {name for name, _ in batch}:
                self._tell(name, [key for owner, key in batch if owner == name])
            for _ in batch:
                self.fresh.popleft()

    def _sweep(self) -> None:
        before = clock.stamp(clock.moment(clock.now()) - clock.seconds(self.left_behind))
        for name in _collections.get(self.db.name, ()):
            waits = {"outbox.0.id": {"$gt": ""}, "outbox.0.time": {"$lt": before}}
            left = self.db[name].find(waits, {"_id": 1}).batch_size(BATCH)
            for some in portions.portions(left, BATCH):
                self._tell(name, [document["_id"] for document in some])

    def _tell(self, name: str, keys: list[Any]) -> None:
        found = (self.db[name].find({"_id": {"$in": some}}, {"outbox": 1}) for some in portions.few(keys))
        documents = [document for some in found for document in some]
        told = [event for document in documents for event in document.get("outbox", ())]
        if not told:
            return
        feed.append(self.feed, told)
        struck = _struck(documents, self.speaker.tell(told))
        if writes := [_strike(some) for some in portions.few(struck)]:
            self.db[name].bulk_write(writes, ordered=False)


def _struck(documents: list[dict[str, Any]], refused: set[str]) -> list[tuple[Any, list[str]]]:
    """What of each was told, up to the first event that was not taken: what follows it is told after it again."""
    ids = {one["_id"]: [event["id"] for event in one.get("outbox", ())] for one in documents}
    told = [(key, list(takewhile(lambda each: each not in refused, known))) for key, known in ids.items()]
    return [one for one in told if one[1]]


def _strike(told: list[tuple[Any, list[str]]]) -> UpdateMany:
    """Strike it out of some documents in one word; no event is in two."""
    ids = [each for _, known in told for each in known]
    return UpdateMany({"_id": {"$in": [key for key, _ in told]}}, {"$pull": {"outbox": {"id": {"$in": ids}}}})
