"""Our own doors under measurement: one that hears events, each remembered in the store, and one that takes tickets.

A service like any other, started by the house's own runner:
`python -m tests.bench.ours publish|tickets|relay|tell|pace|hand|heard|ticket`
"""

import os
import sys

if __name__ == "__main__" and sys.argv[1] in ("heard", "ticket"):
    os.environ.setdefault("EVENTLET_NO_GREENDNS", "yes")
    import eventlet

    eventlet.monkey_patch()

import time
import uuid
from typing import Any

import orjson

from services.review import tasks
from services.spine import broker, contracts, events, feed, mongo, outbox, run, speaking
from services.spine.doors import on_event, on_task
from services.spine.mongo import Mongo
from tests.bench import tally

TICKETS, TOLD = "bench.tasks", "bench_heard.on_material_submitted"
RELAYED = 2000


def prepare(db: mongo.Db) -> None:
    """What is told here waits in these documents."""
    outbox.kept(db.told)


class HeardBench:
    """Hears."""

    name = "bench_heard"
    db = Mongo(prepare)

    @on_event("intake", "material_submitted")
    def on_material_submitted(self, event: events.Event) -> None:
        """One event."""
        tally.stroke(event["data"]["version"] - 1)


class TicketBench:
    """Takes tickets."""

    name = "bench_ticket"
    db = Mongo(prepare)

    @on_task(TICKETS, prefetch=200)
    def take(self, task: str) -> None:
        """One ticket."""
        tally.stroke(int(task[0]))


def event(kind: int) -> events.Event:
    """An event of about a kilobyte with an id of its own; version 1 asks for nothing, version 2 for work."""
    data = {**contracts.documents()["events/material_submitted"]["examples"][0], "version": kind + 1}
    fact = events.Fact("material_submitted", data["material_id"], "minchuan-2023-theme", "990823", data)
    sealed = events.seal(fact, source="intake", at="2026-03-01T08:30:00.000Z", sequence=1)
    heavy = {**sealed, "id": f"material_submitted:{uuid.uuid4()}:1"}
    heavy["data"]["note"] = "x" * max(1024 - len(orjson.dumps(heavy)) - 10, 0)
    return heavy


def publish(count: int) -> None:
    """Tell events; print how many a second the broker confirmed."""
    _declare()
    speaker = speaking.Speaker()
    _all_taken(speaker, [event(tally.IDLE)])
    _all_taken(speaker, [event(tally.WORK)])
    told = [event(tally.IDLE) for _ in range(count)]
    start = time.perf_counter()
    for first in range(0, count, outbox.BATCH):
        _all_taken(speaker, told[first : first + outbox.BATCH])
    print(count / (time.perf_counter() - start))


def tickets(count: int) -> None:
    """Hand out tickets; print how many a second the broker confirmed."""
    _declare()
    speaker, pad = speaking.Speaker(), {"pad": tally.PAD}
    for kind in (tally.IDLE, tally.WORK):
        speaker.hand(TICKETS, [_ticket(kind)], pad)
    bodies = [_ticket(tally.IDLE) for _ in range(count)]
    start = time.perf_counter()
    speaker.hand(TICKETS, bodies, pad)
    print(count / (time.perf_counter() - start))


def relay(count: int) -> None:
    """Have the relay tell what waits in documents, with feed and striking out; print how many events a second."""
    _declare()
    feed_db, db = mongo.database("feed"), mongo.database("bench_relay")
    feed.prepare(feed_db)
    prepare(db)
    db.told.drop()
    db.told.insert_many([{"_id": number, "outbox": [event(tally.IDLE)]} for number in range(count)])
    relayed = outbox.Relay("bench_relay", db, feed_db)
    relayed.fresh.extend(("told", number) for number in range(count))
    start = time.perf_counter()
    relayed._tell_fresh()
    print(count / (time.perf_counter() - start))
    assert not db.told.count_documents({"outbox.0.id": {"$gt": ""}})


def tell() -> None:
    """Tell the events that come as JSON on stdin."""
    _all_taken(speaking.Speaker(), orjson.loads(sys.stdin.buffer.read()))


def pace(rate: float) -> None:
    """Tell the events that come as JSON on stdin, so many a second; print when each was told."""
    speaker, told = speaking.Speaker(), orjson.loads(sys.stdin.buffer.read())
    begin = time.time()
    for number, each in enumerate(told):
        time.sleep(max(begin + number / rate - time.time(), 0))
        print(time.time())
        _all_taken(speaker, [each])


def hand() -> None:
    """Hand out the tickets of the pre-check tasks that come as JSON on stdin."""
    tasks.issue(mongo.database("review"), orjson.loads(sys.stdin.buffer.read()), time.time())


def _ticket(kind: int) -> bytes:
    return orjson.dumps({"task": f"{kind}.minchuan-2023-theme.990823-NYNC.speech_outline.02.v1"})


def _all_taken(speaker: speaking.Speaker, told: list[events.Event]) -> None:
    if refused := speaker.tell(told):
        raise RuntimeError(f"the broker did not take {len(refused)}")


def _declare() -> None:
    with broker.connect() as connection:
        channel: Any = connection.channel()
        broker.EXCHANGE.bind(channel).declare()
        for queue in (
            broker.DEAD_QUEUE,
            broker.task_queue(TICKETS),
            broker.hearing_queue("bench_heard", "on_material_submitted", "material_submitted"),
        ):
            queue.bind(channel).declare()


if __name__ == "__main__":
    what = sys.argv[1]
    if what in ("heard", "ticket"):
        run.WORKERS[f"bench_{what}"] = f"tests.bench.ours:{what.capitalize()}Bench"
        sys.exit(run.main([f"bench_{what}"]))
    if what in ("tell", "hand"):
        {"tell": tell, "hand": hand}[what]()
        sys.exit()
    if what == "pace":
        pace(float(sys.argv[2]))
        sys.exit()
    {"publish": publish, "tickets": tickets, "relay": relay}[what](int(sys.argv[2]))
