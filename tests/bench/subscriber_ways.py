"""The ways in which other systems are told, as the measuring process sees them: so many subscribers, each of whom notes
when it had which event.

What must stay true: subscribers live in a process of their own; what they note is the time at which they had an event,
against the time at which the change was committed (`time` of the event). A way: started with (ground, number of
subscribers), it gives something with `had()`, lines of (subscriber, event number, milliseconds late), and `stop()`.
`python -m tests.bench.subscriber_ways feed|amqp|kombu …` is the subscribers' process.
"""

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import kombu
import orjson
import urllib3

from services.kit.rectify_kit import follow
from services.notification import signing, subscribers, subscribers_store, webhooks_store
from services.spine import broker, clock, feed, mongo, settings
from tests.bench.ground import Ground, put_down
from tests.broker import free_port
from tests.stack import wait_until

EXCHANGE = kombu.Exchange("bench.plain", "topic", durable=True)
Note = Callable[[str, dict[str, Any]], None]


class Way:
    """So many subscribers in a process of their own."""

    def __init__(self, ground: Ground, kind: str, *told: str) -> None:
        self.log = ground.folder / f"{kind}-{time.monotonic_ns()}"
        self.log.touch()
        program = ["tests.bench.called"] if kind == "webhook" else ["tests.bench.subscriber_ways", kind]
        command = [sys.executable, "-W", "ignore", "-m", *program, str(self.log), *told]
        self.process = ground.spawn(command, f"{kind}.log")
        self.portal: subprocess.Popen[bytes] | None = None

    def had(self) -> list[tuple[str, int, float]]:
        """Who had which event how many milliseconds after its change was committed."""
        lines = (line.split() for line in self.log.read_text().splitlines())
        return [(line[0], int(line[1]), float(line[2])) for line in lines if len(line) == 3]

    def ready(self) -> str:
        """The first word of the subscribers, once they are there."""
        place = self.log.with_suffix(".ready")
        while not place.exists() or not place.read_text().endswith("\n"):
            if self.process.poll() is not None:
                raise RuntimeError(f"the subscribers did not start: see {self.log.parent}")
            time.sleep(0.05)
        return place.read_text().strip()

    def stop(self) -> None:
        """They go, and their queues with them."""
        put_down([one for one in (self.process, self.portal) if one])
        found = list(mongo.database("notification").subscribers.find({"kind": "amqp"}))
        mongo.database("notification").subscribers.delete_many({})
        with broker.connect() as connection:
            channel = connection.channel()
            for one in found:
                channel.queue_delete(one["queue"]["name"])


def webhooks(ground: Ground, count: int) -> Way:
    """Addresses that are called."""
    way = Way(ground, "webhook")
    url = way.ready()
    for number in range(count):
        made = _subscriber(f"s{number}", "webhook", url=f"{url}/s{number}")
        key = signing.make("shared", b"k" * 32, clock.now())
        made |= {"keys": [webhooks_store.sealed(key)], "state": "active"}
        subscribers_store.add(mongo.database("notification"), made, clock.now())
    return way


def queues(ground: Ground, count: int) -> Way:
    """Readers of queues of their own, filled by the notification service."""
    db = mongo.database("notification")
    for number in range(count):
        subscribers_store.add(db, _subscriber(f"s{number}", "amqp"), clock.now())
    wait_until(lambda: db.subscribers.count_documents({"queue.filled": {"$ne": None}}) == count, 120, "queues")
    way = Way(ground, "amqp", str(count))
    way.ready()
    return way


def feeds(ground: Ground, count: int) -> Way:
    """Readers of the feed as other systems are: the kit's `follow`, each with a token of its own, through a portal that
    is started as it is shipped. It lets a few wait; the others ask once a second."""
    for number in range(count):
        made = _subscriber(f"s{number}", "feed")
        made["token"] = subscribers_store.hash_of(f"{subscribers.TOKEN}s{number}")
        subscribers_store.add(mongo.database("notification"), made, clock.now())
    bound = f"127.0.0.1:{free_port()}"
    command = [sys.executable, "-W", "ignore", "-m", "gunicorn", "--bind", bound]
    command += ["--config", "python:services.console.gunicorn_settings", "services.portal.app:create()"]
    portal, patience = ground.spawn(command, "portal.log"), urllib3.Retry(30, backoff_factor=0.1, backoff_max=1)
    urllib3.request("GET", f"http://{bound}/api/v1/events", retries=patience)
    way = Way(ground, "feed", f"http://{bound}", str(count), str(feed.last(mongo.database("feed"))))
    way.portal = portal
    way.ready()
    return way


def plain(ground: Ground, count: int) -> Way:
    """Queues of a plain kombu consumer, told by a publisher that waits for each confirm: nothing of ours."""
    way = Way(ground, "kombu", str(count))
    way.ready()
    return way


WAYS: dict[str, Callable[[Ground, int], Way]] = {
    "amqp": queues,
    "webhook": webhooks,
    "feed": feeds,
    "kombu, a confirm each": plain,
}
"""What is measured beside each other; another way of being told is added here."""


def _subscriber(code: str, kind: str, **more: str) -> subscribers.Subscriber:
    draft = {"code": code, "kind": kind, "title": code, "campaign": None, **more}
    last = feed.last(mongo.database("feed"))
    return {**subscribers.make(draft, frozenset(), "bench", clock.now(), last), "token": None}


def publish(url: str, events: list[dict[str, Any]]) -> None:
    """Plain kombu: each event once the broker has confirmed the one before."""
    with kombu.Connection(url, transport_options={"confirm_publish": True}) as connection:
        producer = kombu.Producer(connection, EXCHANGE)
        for event in events:
            producer.publish({**event, "time": clock.now()}, routing_key="aspect_recorded", delivery_mode=2)


def _read(note: Note, ready: Callable[[str], None], address: str, count: str, after: str) -> None:
    def read(code: str) -> None:
        for batch, _ in follow(address, subscribers.TOKEN + code, int(after), limit=1000):
            for event in batch:
                note(code, event)

    for number in range(int(count)):
        threading.Thread(target=read, args=(f"s{number}",), daemon=True).start()
    ready("reading")
    threading.Event().wait()


def _consume(note: Note, ready: Callable[[str], None], count: str) -> None:
    """Queues of its own, as kombu's documentation shows."""
    with kombu.Connection(settings.broker()) as connection:
        channel = connection.channel()
        for number in range(int(count)):
            queue = kombu.Queue(
                f"bench.plain.{number}", EXCHANGE, "#", durable=True, queue_arguments={"x-queue-type": "quorum"}
            )
            queue.bind(channel).declare()
            queue.bind(channel).purge()
        _take(connection, channel, note, ready, [f"bench.plain.{number}" for number in range(int(count))])


def _read_queues(note: Note, ready: Callable[[str], None], count: str) -> None:
    """The queues that are filled by the notification service."""
    with kombu.Connection(settings.broker()) as connection:
        names = [f"{broker.SUBSCRIBER}s{number}" for number in range(int(count))]
        _take(connection, connection.channel(), note, ready, names)


def _take(connection: Any, channel: Any, note: Note, ready: Callable[[str], None], names: list[str]) -> None:
    def taker(code: str) -> Callable[[Any], None]:
        def take(message: Any) -> None:
            note(code, orjson.loads(message.body))
            channel.basic_ack(message.delivery_info["delivery_tag"])

        return take

    channel.basic_qos(0, 500, False)
    for number, name in enumerate(names):
        channel.basic_consume(name, callback=taker(f"s{number}"))
    ready("consuming")
    while True:
        connection.drain_events()


def main(kind: str, log: str, *told: str) -> None:
    """Be the subscribers, until killed."""
    place = Path(log)
    with place.open("a", buffering=1) as out:

        def note(code: str, event: dict[str, Any]) -> None:
            late = (time.time() - clock.moment(event["time"]).timestamp()) * 1000
            out.write(f"{code} {event['data']['n']} {late:.1f}\n")

        def ready(word: str) -> None:
            place.with_suffix(".ready").write_text(f"{word}\n")

        be: dict[str, Callable[..., None]] = {"feed": _read, "kombu": _consume, "amqp": _read_queues}
        be[kind](note, ready, *told)


if __name__ == "__main__":
    main(*sys.argv[1:])
