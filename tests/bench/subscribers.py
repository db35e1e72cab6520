"""Other systems told of what was committed: `python -m tests.bench.subscribers [--quick]`.

From a committed change (a document with its event in its outbox) over the relay and the feed to 1, 10 and 100
subscribers, by each way of being told, beside a plain kombu publisher that waits for each confirm and knows of no
store; then an outbox of 100,000 drained. Nothing is asserted. The notification service is a process of its own, and so
is the portal through which the feed is read.
"""

import argparse
import os
import resource
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from services.console import calling
from services.spine import clock, events, feed, mongo, outbox, settings
from tests.bench import ground, subscriber_ways
from tests.broker import free_port

AT_FULL = {1: 1000, 10: 300, 100: 40}
"""Events committed as fast as it goes, by the number of subscribers."""
PACED = {1: (60, 10.0), 10: (60, 10.0), 100: (20, 2.0)}
"""Events one after the other, and how many a second: what one waits for."""
PATIENCE = 90
console = Console(width=140)


def options() -> argparse.Namespace:
    """What was asked for."""
    asked = argparse.ArgumentParser(prog="python -m tests.bench.subscribers", description=__doc__)
    asked.add_argument("--quick", action="store_true", help="few events: does it all still run?")
    asked.add_argument("--subscribers", default="1,10,100", help="numbers of subscribers (1,10,100)")
    asked.add_argument("--ways", default="", help="ways whose name contains one of these, comma between")
    asked.add_argument("--outbox", type=int, default=100_000, help="events that wait in the outbox (100000)")
    return asked.parse_args()


def main() -> int:
    """Run and print the tables."""
    asked = options()
    share = 10 if asked.quick else 1
    numbers = [int(one) for one in asked.subscribers.split(",")]
    ways = [name for name in subscriber_ways.WAYS if any(word in name for word in asked.ways.split(","))]
    head = ground.head()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, ground.Ground(Path(folder)) as here:
        os.environ.update(here.told(RECTIFY_NOTIFICATION_URL=f"http://127.0.0.1:{free_port()}"))
        service = _start(here)
        relay = _relay()
        try:
            _print(here, service, ways, numbers, share, f"{head}\nRabbitMQ {here.broker_version()}, embedded store")
            _drain(here, relay, asked.outbox // (share * 5 if asked.quick else 1))
        finally:
            ground.put_down([service])
    console.print(f"load at the end {ground.load()}")
    return 0


def _print(here: ground.Ground, service: Any, ways: list[str], numbers: list[int], share: int, head: str) -> None:
    heads = ("events/s", "told/s", "processor ms", "median ms", "99th ms", "doubled")
    table = Table("subscribers", "told by", *heads, box=box.MARKDOWN)
    for number in numbers:
        for name in ways:
            way = subscriber_ways.WAYS[name](here, number)
            tell = _published if name.startswith("kombu") else _committed
            spent, count = _spent(here, service, way.portal), max(AT_FULL.get(number, 40) // share, 10)
            try:
                rate, doubled = _full(way, tell, number, count)
                each = (_spent(here, service, way.portal) - spent) * 1000 / (count * number)
                late = _paced(way, tell, number, *PACED.get(number, (20, 2.0)), share)
            except RuntimeError as slow:
                table.add_row(str(number), name, str(slow))
                continue
            finally:
                way.stop()
            cells = (statistics.median(late), statistics.quantiles(late, n=100)[98])
            shown = (f"{rate:,.0f}", f"{rate * number:,.0f}", f"{each:.1f}", *(f"{one:,.0f}" for one in cells))
            table.add_row(str(number), name, *shown, str(doubled))
            print(time.strftime("%H:%M:%S"), number, name, *shown, ground.load(), file=sys.stderr, flush=True)
    console.print(head)
    console.print(table)


def _spent(here: ground.Ground, service: Any, portal: Any) -> float:
    """Seconds of the processor used by store, notification, portal and this process, which commits and relays."""
    return sum(ground.used(one) for one in (here.store.process, service, portal)) + time.process_time()


def _full(way: subscriber_ways.Way, tell: Callable[[int, int], None], number: int, count: int) -> tuple[float, int]:
    """Events a second from the first commit until everybody had the last, and how many came twice."""
    before, start = len(way.had()), time.perf_counter()
    tell(0, count)
    _await(way, before + count * number)
    took = time.perf_counter() - start
    had = [(who, n) for who, n, _ in way.had()[before:]]
    return count / took, len(had) - len(set(had))


def _paced(
    way: subscriber_ways.Way, tell: Callable[[int, int], None], number: int, whole: int, pace: float, share: int
) -> list[float]:
    """How late each subscriber had each event, in milliseconds."""
    before, begin, count = len(way.had()), time.time(), max(whole // share, 3)
    for n in range(count):
        time.sleep(max(begin + n / pace - time.time(), 0))
        tell(10_000 + n, 1)
    _await(way, before + count * number)
    return [late for _, _, late in way.had()[before:]]


def _await(way: subscriber_ways.Way, count: int) -> None:
    end = time.monotonic() + PATIENCE
    while len(way.had()) < count:
        if time.monotonic() > end:
            raise RuntimeError(f"{len(way.had())} of {count} arrived within {PATIENCE} s")
        time.sleep(0.02)


def _committed(first: int, count: int) -> None:
    """Commit so many changes, each with its event; the relay of this process is woken as in a service."""
    db, mark = mongo.database("bench_relay"), time.monotonic_ns()
    for n in range(first, first + count):
        event = _event(n, f"{mark}.{n}")
        db.told.insert_one({"_id": f"{mark}.{n}", "revision": 1, "outbox": [event]})
        outbox.wake(db.told, f"{mark}.{n}")


def _published(first: int, count: int) -> None:
    subscriber_ways.publish(settings.broker(), [_event(n, str(n)) for n in range(first, first + count)])


def _event(n: int, key: str) -> events.Event:
    subject = f"minchuan-2023-theme.990823-NYNC.{key}"
    return {
        "specversion": "1.0",
        "id": f"aspect_recorded:{subject}:1",
        "source": "/rectify/rectification",
        "type": "rectify.aspect_recorded",
        "subject": subject,
        "time": clock.now(),
        "datacontenttype": "application/json",
        "dataschema": "urn:rectify:events:aspect_recorded:1",
        "campaign": "minchuan-2023-theme",
        "region": "990823",
        "sequence": 1,
        "data": {"n": n, "unit": "990823-NYNC", "group": "G4", "note": "x" * 500},
    }


def _relay() -> outbox.Relay:
    """The relay of a service, in this process."""
    db, source = mongo.database("bench_relay"), mongo.database("feed")
    feed.prepare(source)
    outbox.kept(db.told)
    relay = outbox.Relay("bench_relay", db, source)
    outbox.SPEAKING.set()
    threading.Thread(target=relay.run, daemon=True).start()
    return relay


def _drain(here: ground.Ground, relay: outbox.Relay, count: int) -> None:
    """An outbox of so many, as a night without a broker leaves it behind: swept up by a relay that knows of none."""
    relay.stop()
    db, source = mongo.database("bench_relay"), mongo.database("feed")
    for first in range(0, count, 1000):
        part: list[dict[str, Any]] = [
            {"_id": f"d.{n}", "outbox": [_event(n, f"d.{n}")]} for n in range(first, min(first + 1000, count))
        ]
        db.told.insert_many(part)
    again = outbox.Relay("bench_relay", db, source)
    again.left_behind = 0.0
    before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter()
    spent = ground.used(here.store.process) + time.process_time()
    again._sweep()
    took = time.perf_counter() - start
    each = (ground.used(here.store.process) + time.process_time() - spent) * 1000 / count
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    left = db.told.count_documents({"outbox.0.id": {"$gt": ""}})
    console.print(f"outbox of {count:,}: drained in {took:.1f} s, {count / took:,.0f} events/s, {each:.2f} ms of the "
                  f"processor each, {left} left, memory grew by {grown:.0f} MB")  # fmt: skip
    again.stop()


def _start(here: ground.Ground) -> Any:
    """The notification service, in a process of its own, as it runs beside a broker."""
    here.declare()
    more = {"RECTIFY_WEBHOOKS": "127.0.0.0/8", "RECTIFY_NOTIFICATION_URL": settings.url("notification")}
    command = [sys.executable, "-W", "ignore", "-m", "services.spine.run", "notification"]
    service = here.spawn(command, "notification.log", **more)
    caller, end = calling.as_system(), time.monotonic() + 30
    while True:
        try:
            caller.get("notification", "/events", limit="1")
            return service
        except Exception:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)


if __name__ == "__main__":
    sys.exit(main())
