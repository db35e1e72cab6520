"""From a committed change to a subscriber's queue on RabbitMQ: `python -m tests.bench.amqp_subscribers [--quick]`.

The whole way, as in production: a document with its event in one write, the relay, the feed, the forwarder in a process
of notification, quorum queues, a consumer of each. Beside it a plain kombu publisher that awaits a confirm for each
message, into the same queues, of the same bytes, without a store. Latency is measured at a rate both can keep, then
how fast a burst goes through. Nothing is asserted.
"""

import argparse
import os
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import kombu
import orjson
from rich.console import Console
from rich.table import Table

from services.spine import broker, clock, contracts, events, feed, mongo, outbox
from tests.bench import ground
from tests.broker import Broker
from tests.stack import Stack, wait_until

NAME = "aspect_recorded"
RATES = {1: 10.0, 10: 10.0, 100: 2.0}
"""Events a second while latency is measured."""
console = Console(width=120)


def main() -> None:
    """Run and print the table."""
    asked = argparse.ArgumentParser(prog="python -m tests.bench.amqp_subscribers", description=__doc__)
    asked.add_argument("--quick", action="store_true", help="few events: does it still run?")
    asked.add_argument("--subscribers", default="1,10,100", help="how many (1,10,100)")
    given = asked.parse_args()
    table = Table(title=ground.head())
    for heading in ("subscribers", "way", "ms median", "ms 99th", "events a second", "deliveries a second"):
        table.add_column(heading, justify="right")
    for count in (int(one) for one in given.subscribers.split(",")):
        slow, burst = (20, 50) if given.quick else (200, max(2000 // count, 200))
        with tempfile.TemporaryDirectory() as folder, Broker(Path(folder)) as node:
            for way, row in _run(Path(folder), node, count, slow, burst):
                table.add_row(str(count), way, *row)
    console.print(table, f"load at the end {ground.load()}")


class Readers:
    """All subscribers' consumers on one connection: when each event came to each."""

    def __init__(self, url: str, queues: list[str]) -> None:
        self.came: list[tuple[str, float]] = []
        self.connection = kombu.Connection(url)
        channel = self.connection.channel()
        channel.basic_qos(0, 500, False)
        for name in queues:
            channel.basic_consume(name, callback=self._take)
        self.channel, self.going = channel, True
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()

    def _take(self, message: Any) -> None:
        self.came.append((message.headers["cloudEvents:id"], time.time()))
        self.channel.basic_ack(message.delivery_info["delivery_tag"])

    def _read(self) -> None:
        while self.going:
            try:
                self.connection.drain_events(timeout=0.2)
            except TimeoutError:
                continue

    def stop(self) -> None:
        """Read no more."""
        self.going = False
        self.thread.join()
        self.connection.release()


def _run(folder: Path, node: Broker, count: int, slow: int, burst: int) -> Iterator[tuple[str, list[str]]]:
    stack = Stack(folder / "stack", node.url)
    try:
        stack.store.start()
        stack.run("topology", "declare")
        stack.serve("notification")
        office = stack.operator()
        for number in range(count):
            draft = {"code": f"s-{number}", "kind": "amqp", "title": "bench", "campaign": None, "types": [NAME]}
            office.post("notification", "/subscribers", draft)
        queues = [f"subscriber.s-{number}" for number in range(count)]
        known = stack.store.client.notification.subscribers
        wait_until(lambda: known.count_documents({"queue.filled": {"$ne": None}}) == count, 120)
        readers = Readers(node.url, queues)
        with _committing(stack) as commit:
            yield "committed change to queue", _measure(commit, readers, count, slow, burst)
        with _plain(node.url, queues) as publish:
            yield "kombu, a confirm each", _measure(publish, readers, count, slow, burst)
        readers.stop()
    finally:
        stack.stop()


def _measure(tell: Callable[[str], None], readers: Readers, count: int, slow: int, burst: int) -> list[str]:
    began: dict[str, float] = {}

    def go(number: int, rate: float) -> float:
        readers.came, start = [], time.time()
        for place in range(number):
            time.sleep(max(0.0, start + place / rate - time.time()) if rate else 0)
            key = f"{id(tell)}-{rate}-{place}"
            began[key] = time.time()
            tell(key)
        wait_until(lambda: len(readers.came) >= number * count, 300, lambda: len(readers.came))
        return max(at for _, at in readers.came) - start

    go(slow, RATES.get(count, 5.0))
    waits = sorted((at - began[key.rpartition(":")[0].rpartition(":")[2] or key]) * 1000 for key, at in readers.came)
    took = go(burst, 0)
    figures = (statistics.median(waits), waits[int(len(waits) * 0.99)], burst / took, burst * count / took)
    return [f"{figure:,.0f}" for figure in figures]


@contextmanager
def _committing(stack: Stack) -> Iterator[Callable[[str], None]]:
    """Somebody who writes documents with their event, and a relay that tells."""
    os.environ.update(stack.environment)
    mongo.client.cache_clear()
    db, source, example = mongo.database("bench"), mongo.database("feed"), _example()
    outbox.kept(db.records)
    feed.prepare(source)
    relay = outbox.Relay("bench", db, source)
    outbox.SPEAKING.set()
    threading.Thread(target=relay.run, daemon=True).start()

    def commit(key: str) -> None:
        fact = events.Fact(NAME, key, "minchuan-2023-theme", "990823", example)
        mongo.add(db.records, {"_id": key}, [fact], at=clock.now())

    yield commit
    relay.stop()


@contextmanager
def _plain(url: str, queues: list[str]) -> Iterator[Callable[[str], None]]:
    """Somebody who publishes as kombu's documentation shows, and awaits each confirm."""
    with kombu.Connection(url, transport_options={"confirm_publish": True}) as connection:
        producer = kombu.Producer(connection.channel())
        fact = events.Fact(NAME, "s", "minchuan-2023-theme", "990823", _example())
        body = orjson.dumps(events.seal(fact, source="bench", at=clock.now(), sequence=1))

        def publish(key: str) -> None:
            for queue in queues:
                producer.publish(
                    body,
                    exchange=broker.OTHERS.name,
                    routing_key=f"{NAME}.990823.{queue.partition('.')[2]}",
                    content_type=events.CONTENT_TYPE,
                    content_encoding="utf-8",
                    headers={"cloudEvents:id": key},
                    delivery_mode=2,
                )

        yield publish


def _example() -> dict[str, Any]:
    example: dict[str, Any] = contracts.documents()[f"events/{NAME}"]["examples"][0]
    return example


if __name__ == "__main__":
    main()
