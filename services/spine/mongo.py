"""The store: each service has the database that bears its name, and says what it did in the same write.

A record carries its `revision` and its `outbox`. A write names the revision it starts from; whoever was overtaken gets
`Stale` and the door reads, decides and writes once more. The outbox is drained by the relay alone.
"""

import functools
import heapq
import random
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import pymongo
from nameko.extensions import DependencyProvider
from pymongo import UpdateMany, UpdateOne
from pymongo.collection import Collection
from pymongo.cursor import Cursor
from pymongo.database import Database
from pymongo.errors import BulkWriteError, DuplicateKeyError

from services.spine import actor, errors, events, outbox, portions, settings

Document = dict[str, Any]
Db = Database[Document]
DUPLICATE = 11000
OVERTAKEN_TIMES = 12
WRITES = 100


@functools.cache
def client() -> "pymongo.MongoClient[Document]":
    """The process's one client."""
    return pymongo.MongoClient(
        settings.store(),
        serverMonitoringMode="poll",
        serverSelectionTimeoutMS=5000,
        connectTimeoutMS=3000,
        socketTimeoutMS=30000,
        w="majority",
        maxPoolSize=50,
    )


def database(name: str) -> Db:
    """The database of a service (or `feed`)."""
    return client()[settings.database_prefix() + name]


def service_of(db: Db) -> str:
    """The service a database belongs to."""
    return db.name.removeprefix(settings.database_prefix())


class Mongo(DependencyProvider):  # type: ignore[misc]
    """`self.db`: the service's own database, its indexes made by `prepare` before the doors open.

    A worker beside a service shares that service's database by naming it with `of`.
    """

    def __init__(self, prepare: Callable[[Db], None], of: str | None = None) -> None:
        self.prepare = prepare
        self.of = of
        self.relay: outbox.Relay | None = None

    def setup(self) -> None:
        """Make the indexes, once the store answers."""
        self.db = database(self.of or self.container.service_name)
        outbox.patiently(self._prepare)
        if not settings.beside():
            self.relay = outbox.Relay(service_of(self.db), self.db, database("feed"))

    def _prepare(self) -> None:
        self.prepare(self.db)
        self.db.dead_letters.create_index("seen_at")
        self.db.heard.create_index("at", expireAfterSeconds=90 * 86400)

    def start(self) -> None:
        """Start telling."""
        if self.relay:
            self.container.spawn_managed_thread(self.relay.run)

    def stop(self) -> None:
        """Tell what is left, then stop."""
        if self.relay:
            self.relay.stop()

    def get_dependency(self, worker_ctx: Any) -> Db:
        """The database, for one call of a door."""
        return self.db


def once(db: Db, what: str, act: Callable[[], object]) -> None:
    """Do what has to be done once to a store that an earlier version wrote; whoever dies in the middle does it again.

    Not at every start: the embedded store reads a whole collection to find that nothing is left to do.
    """
    if db.done_once.find_one({"_id": what}) is None:
        act()
        insert_new(db.done_once, [{"_id": what}])


def get(collection: Collection[Document], key: str, within: Mapping[str, Any] | None = None) -> Document:
    """The record of that id within a scope; refuses `not_found`."""
    found = collection.find_one({"_id": key})
    if found is None or (within and not actor.lies_within(found, within)):
        raise errors.Refusal("not_found", id=key)
    return found


def among(
    collection: Collection[Document], keys: Sequence[str], project: Mapping[str, int] | None = None
) -> Iterator[Document]:
    """The records of these ids, in no order; a few at a time, for the embedded store holds each record against all the
    ids that one question names."""
    for some in portions.few(keys):
        yield from collection.find({"_id": {"$in": some}}, project)


def parts(found: "Cursor[Document]", size: int) -> Iterator[list[Document]]:
    """What one question finds, so many at a time; the embedded store reads all that matches at every question, so a
    long list is asked for once."""
    return portions.portions(found.batch_size(size), size)


def add(collection: Collection[Document], document: Document, facts: Iterable[events.Fact] = (), *, at: str) -> bool:
    """Write a new record with what it says; False when a record of that id is there already."""
    sealed = _sealed(collection, facts, at, 1)
    try:
        collection.insert_one({**document, "revision": 1, "outbox": sealed})
    except DuplicateKeyError:
        return False
    if sealed:
        outbox.wake(collection, document["_id"])
    return True


def add_all(
    collection: Collection[Document],
    documents: Iterable[Document],
    say: Callable[[Document], Iterable[events.Fact]] = lambda _: (),
    *,
    at: str = "",
) -> None:
    """Write new records, each with what it says (nothing, unless told), those that are not there already."""
    told = [{**one, "revision": 1, "outbox": _sealed(collection, say(one), at, 1)} for one in documents]
    insert_new(collection, told)
    for one in told:
        if one["outbox"]:
            outbox.wake(collection, one["_id"])


def insert_new(collection: Collection[Document], documents: list[Document]) -> int:
    """Insert what is not there already, all in one word; how many that was."""
    try:
        return len(collection.insert_many(documents, ordered=False).inserted_ids) if documents else 0
    except BulkWriteError as failure:
        if any(fault["code"] != DUPLICATE for fault in failure.details["writeErrors"]):
            raise
        return int(failure.details["nInserted"])


def save(
    collection: Collection[Document], before: Document, after: Document, facts: Iterable[events.Fact] = (), *, at: str
) -> Document:
    """Write the changed record with what it says, if nobody was faster; raises Stale otherwise.

    Returns the record as written. A write that changes nothing and says nothing is not made.
    """
    update = _update(collection, before, after, facts, at)
    if update is None:
        return before
    result = collection.update_one({"_id": before["_id"], "revision": before["revision"]}, update)
    if not result.matched_count:
        raise errors.Stale
    if "$push" in update:
        outbox.wake(collection, before["_id"])
    return {**after, "revision": update["$set"]["revision"]}


def save_all(
    collection: Collection[Document], changes: Iterable[tuple[Document, Document, Iterable[events.Fact]]], *, at: str
) -> tuple[int, int]:
    """The same for many records (before, after, facts) in one word; how many were written, and how many overtaken.

    Those that change alike share a write: it takes the embedded store a third of the time.
    """
    updates = ((_update(collection, before, after, facts, at), before["_id"]) for before, after, facts in changes)
    alike = portions.alike((update, key) for update, key in updates if update)
    writes = [write for update, keys in alike for write in _writes(update, keys)]
    written = write_all(collection, writes)
    for update, keys in alike:
        for key in keys if "$push" in update else ():
            outbox.wake(collection, key)
    return written, sum(len(keys) for _, keys in alike) - written


def write_all(collection: Collection[Document], writes: Iterable[UpdateOne | UpdateMany]) -> int:
    """Changes in no order, some at a time; how many records they met. The embedded store waits for the disk at each,
    so that thousands in one word would not be answered in time where the disk is slow."""
    return sum(collection.bulk_write(some, ordered=False).matched_count for some in portions.portions(writes, WRITES))


def _writes(update: Document, keys: list[Any]) -> Iterator[UpdateOne | UpdateMany]:
    for some in portions.few(keys):
        kind = UpdateMany if len(some) > 1 else UpdateOne
        yield kind({"_id": {"$in": some}, "revision": update["$set"]["revision"] - 1}, update)


def _update(
    collection: Collection[Document], before: Document, after: Document, facts: Iterable[events.Fact], at: str
) -> Document | None:
    """What a write changes and says; None when that is nothing."""
    fixed = ("_id", "revision", "outbox")
    changed = {key: value for key, value in after.items() if key not in fixed and before.get(key, _ABSENT) != value}
    revision = before["revision"] + 1
    sealed = _sealed(collection, facts, at, revision)
    if not changed and not sealed:
        return None
    update: Document = {"$set": {**changed, "revision": revision}}
    return {**update, "$push": {"outbox": {"$each": sealed}}} if sealed else update


def again(act: Callable[[], Any]) -> Any:
    """Read, decide, write; if someone else was faster, once more. Raises Stale when that goes on for too long."""
    for overtaken in range(1, OVERTAKEN_TIMES):
        try:
            return act()
        except errors.Stale:
            time.sleep(random.uniform(0, 0.01 * overtaken))
    return act()


def page(
    collection: Collection[Document],
    wanted: Mapping[str, Any],
    sort: list[tuple[str, int]],
    query: Mapping[str, str],
    project: Mapping[str, int] | None = None,
    along: list[tuple[str, int]] | None = None,
) -> Document:
    """One page of a list: {total, page, size, rows}; `page` counts from 1, `size` is at most 500 (50 unless asked).

    It is read `along` an index, where one is named.
    """
    number, size = _asked(query)
    before = (number - 1) * size
    found = collection.find(wanted, project or {"outbox": 0}).sort(sort).skip(before).limit(size)
    rows = list(found.hint(along) if along else found)
    last = len(rows) < size and (rows or number == 1)
    hint: Document = {"hint": along} if along else {}
    total = before + len(rows) if last else collection.count_documents(wanted, **hint)
    return {"total": total, "page": number, "size": size, "rows": rows}


def page_of(rows: Sequence[Document], query: Mapping[str, str]) -> Document:
    """The same of a list that had to be worked out whole."""
    number, size = _asked(query)
    return {"total": len(rows), "page": number, "size": size, "rows": rows[(number - 1) * size : number * size]}


def first_of(rows: Sequence[Any], query: Mapping[str, str], key: Callable[[Any], Any]) -> Document:
    """The same of a long list in no order, of which most pages show the beginning."""
    number, size = _asked(query)
    found = heapq.nsmallest(number * size, rows, key)
    return {"total": len(rows), "page": number, "size": size, "rows": found[(number - 1) * size :]}


def _asked(query: Mapping[str, str]) -> tuple[int, int]:
    return max(int(query.get("page", 1)), 1), min(max(int(query.get("size", 50)), 1), 500)


_ABSENT = object()


def _sealed(
    collection: Collection[Document], facts: Iterable[events.Fact], at: str, revision: int
) -> list[events.Event]:
    source, said, told = service_of(collection.database), list(facts), []
    for place, fact in enumerate(said):
        again = sum(other.name == fact.name and other.subject == fact.subject for other in said[:place])
        told.append(events.seal(fact, source=source, at=at, sequence=revision, again=again))
    return told


def remember(collection: Collection[Document], key: str, said: Document, sequence: int) -> bool:
    """Keep what another service said about a subject, unless something newer is known; whether it is the newest."""
    try:
        wanted = {"_id": key, "sequence": {"$lte": sequence}}
        collection.update_one(wanted, {"$set": {**said, "sequence": sequence}}, upsert=True)
    except DuplicateKeyError:
        return False
    return True


def remember_part(collection: Collection[Document], event: events.Event, part: str, value: Any) -> None:
    """Keep what an event says of one part of its subject, unless something newer is known of that part: what is said
    by events of several names comes in any order. Raises Stale while the subject itself is not known."""
    key, said, sequence = event["subject"], f"{part}_said", event["sequence"]
    older = {"_id": key, "$or": [{said: {"$exists": False}}, {said: {"$lte": sequence}}]}
    newest = collection.update_one(older, {"$set": {part: value, said: sequence}}).matched_count
    if not newest and not collection.find_one({"_id": key}, {"_id": 1}):
        raise errors.Stale


def move(
    collection: Collection[Document], wanted: Mapping[str, Any], said: Mapping[str, Any], also: Mapping[str, Any] = {}
) -> None:
    """Take over into a service's own records what it was told of the place they belong to; what moves changes `also`.

    Read, then written where it is otherwise: for a question with a `$ne` the embedded store reads all that the first
    word of it finds, a whole campaign, and nearly always nothing moves.
    """
    found = list(collection.find(wanted, dict.fromkeys(said, 1)))
    for key, value in said.items():
        for some in portions.few([one["_id"] for one in found if one.get(key) != value]):
            others = {"_id": {"$in": some}, **wanted, key: {"$ne": value}}
            collection.update_many(others, {"$set": {key: value, **also}, "$inc": {"revision": 1}})


def take(
    collection: Collection[Document],
    wanted: Mapping[str, Any],
    update: Mapping[str, Any],
    sort: Sequence[tuple[str, int]] = (),
) -> Document | None:
    """The first record of those wanted, as it was before this asker alone updated it; None where there is none.

    Read, then written while it is still wanted: the embedded store reads a whole collection for one question that
    changes and answers.
    """
    while found := collection.find_one(wanted, sort=list(sort) or None):
        if collection.update_one({**wanted, "_id": found["_id"]}, update).modified_count:
            return found
    return None


def literally(words: str) -> str:
    """A reader's words as a pattern that means just them."""
    return re.escape(words)
