"""The broker: one topic exchange on which everything is said, a queue for each hearing method and each lane of tasks.

The same on RabbitMQ (quorum queues, confirms, delivery limit) and in the memory of one process. A speaker owns its
connection and, when anything goes wrong, drops it without ceremony; a listener acknowledges only what has been settled.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import eventlet
import kombu
import orjson
import structlog
from amqp.exceptions import AMQPError
from eventlet.event import Event as Signal
from eventlet.semaphore import Semaphore
from kombu.exceptions import KombuError
from kombu.transport import memory
from nameko.extensions import Entrypoint, SharedExtension

from services.spine import events, settings

EXCHANGE = kombu.Exchange("rectify.events", type="topic", durable=True)
DEAD = kombu.Exchange("rectify.dead", type="fanout", durable=True)
DEAD_QUEUE = kombu.Queue("rectify.dead", DEAD, durable=True, queue_arguments={"x-queue-type": "quorum"})
QUORUM = {"x-queue-type": "quorum", "x-delivery-limit": 20, "x-dead-letter-exchange": "rectify.dead"}
AWAY = (OSError, AMQPError, KombuError)
HEARTBEAT = 20
log = structlog.get_logger()


def hearing_queue(service: str, method: str, name: str) -> kombu.Queue:
    """The queue of one hearing method: every event of that name, from all regions."""
    return kombu.Queue(f"{service}.{method}", EXCHANGE, routing_key=f"{name}.#", durable=True, queue_arguments=QUORUM)


def task_queue(name: str) -> kombu.Queue:
    """A queue of tickets, reached by its own name."""
    return kombu.Queue(name, durable=True, queue_arguments=QUORUM)


def connect() -> kombu.Connection:
    """A fresh connection to the deployment's broker."""
    if settings.embedded():
        return kombu.Connection(settings.broker(), transport_options={"polling_interval": settings.poll()})
    return kombu.Connection(
        settings.broker(), heartbeat=HEARTBEAT, connect_timeout=5, transport_options={"confirm_publish": True}
    )


class Bell:
    """Wakes the listeners of this process when something was put into a queue of its memory."""

    def __init__(self) -> None:
        self.signal = Signal()

    def ring(self) -> None:
        """Wake all who wait."""
        rung, self.signal = self.signal, Signal()
        rung.send()

    def wait(self, seconds: float) -> None:
        """Sleep until the bell rings, at most `seconds`."""
        with eventlet.Timeout(seconds, False):
            self.signal.wait()


BELL = Bell()


class Speaker:
    """Publishes, each message confirmed by the broker before it counts as told."""

    def __init__(self) -> None:
        self.connection: kombu.Connection | None = None
        self.producer: kombu.Producer | None = None

    def tell(self, told: Iterable[events.Event]) -> None:
        """Publish events to whoever hears them; raises one of AWAY when the broker did not confirm."""
        for event in told:
            self._publish(
                orjson.dumps(event),
                exchange=EXCHANGE,
                routing_key=events.routing_key(event),
                content_type=events.CONTENT_TYPE,
                message_id=event["id"],
            )
        BELL.ring()

    def hand(self, queue: str, body: bytes, headers: dict[str, str] | None = None) -> None:
        """Put one JSON message into one queue; the broker refuses it when that queue does not exist."""
        how = {"exchange": "", "routing_key": queue, "mandatory": True, "headers": headers or {}}
        self._publish(body, content_type="application/json", **how)
        BELL.ring()

    def beat(self) -> None:
        """Keep an idle connection alive: read the broker's heartbeats, send our own."""
        if self.connection is not None and not settings.embedded():
            with suppress(TimeoutError):
                self.connection.drain_events(timeout=0.001)
            self.connection.heartbeat_check()

    def drop(self) -> None:
        """Forget the connection; a broken one is not asked to close, for it would not answer."""
        connection, self.connection, self.producer = self.connection, None, None
        if connection is not None:
            connection.collect()

    def _publish(self, body: bytes, **how: Any) -> None:
        if self.producer is None:
            self.connection = connect()
            channel = self.connection.channel()
            EXCHANGE.bind(channel).declare()
            self.producer = kombu.Producer(channel)
        limits = {} if settings.embedded() else {"timeout": 10, "confirm_timeout": 10}
        self.producer.publish(body, content_encoding="utf-8", delivery_mode=2, **how, **limits)


@contextmanager
def speaking() -> Iterator[Speaker]:
    """A speaker for a few words."""
    speaker = Speaker()
    try:
        yield speaker
    finally:
        speaker.drop()


class Listener(SharedExtension):  # type: ignore[misc]
    """One connection of a container that brings messages to its doors and takes their acknowledgements back."""

    def __init__(self) -> None:
        self.doors: list[Door] = []
        self.ready = Signal()
        self.writing = Semaphore()
        self.unsettled = 0
        self.closing = False
        self.consumers: list[kombu.Consumer] = []

    def start(self) -> None:
        """Begin to listen, once every door of the container is known."""
        if self.doors:
            LISTENERS.append(self)
            self.container.spawn_managed_thread(self._run)

    def quiet(self) -> None:
        """Take nothing new, but keep the connection so that running work can still be acknowledged."""
        self.closing = True

    def stop(self) -> None:
        """Let go; what was not acknowledged comes again."""
        super().stop()

    def settle(self, message: Any) -> None:
        """Acknowledge; if the connection has gone meanwhile the message simply comes again and is remembered."""
        self.unsettled -= 1
        self._guarded(message.ack)

    def _guarded(self, act: Callable[[], Any]) -> None:
        try:
            with self.writing:
                act()
        except AWAY as reason:
            log.info("connection_gone", service=self.container.service_name, reason=repr(reason)[:120])

    def _run(self) -> None:
        pause = 0.2
        while not self.closing:
            connection = connect()
            try:
                self.consumers = [self._consume(connection, door) for door in self.doors]
                self.unsettled, pause = 0, 0.2
                if not self.ready.ready():
                    self.ready.send()
                self._drain(connection)
            except AWAY as reason:
                log.warning("broker_away", service=self.container.service_name, reason=repr(reason)[:120], pause=pause)
                connection.collect()  # a broken connection is not asked to close, for it would not answer
                time.sleep(pause)
                pause = min(pause * 2, 10)

    def _consume(self, connection: kombu.Connection, door: "Door") -> kombu.Consumer:
        channel = connection.channel()
        channel.basic_qos(0, door.prefetch, False)
        if not settings.embedded():
            DEAD_QUEUE.bind(channel).declare()
        consumer = kombu.Consumer(channel, [door.queue], on_message=door.arrive, accept=None, auto_declare=True)
        consumer.consume()
        return consumer

    def _drain(self, connection: kombu.Connection) -> None:
        checked = time.monotonic()
        while True:
            if self.closing:
                while self.consumers:
                    self.consumers.pop().cancel()
            try:
                connection.drain_events(timeout=0 if settings.embedded() else 1)
            except TimeoutError:
                if settings.embedded():
                    BELL.wait(0.2)
            if not settings.embedded() and time.monotonic() - checked > HEARTBEAT / 4:
                checked = time.monotonic()
                with self.writing:
                    connection.heartbeat_check()


LISTENERS: list[Listener] = []


def idle() -> bool:
    """Whether the memory broker is empty: nothing queued, nothing being worked on (embedded only)."""
    queued = sum(queue.qsize() for queue in memory.Channel.queues.values())
    return queued == 0 and not any(listener.unsettled for listener in LISTENERS)


class Door(Entrypoint):  # type: ignore[misc]
    """What events and tasks have in common: a queue, and a message that is settled only after its effect is stored."""

    listener = Listener()
    prefetch = 50

    def setup(self) -> None:
        """Make this door known to the listener."""
        self.queue = self.make_queue()
        self.listener.doors.append(self)

    def stop(self) -> None:
        """Close before the container waits for running work."""
        self.listener.quiet()

    def make_queue(self) -> kombu.Queue:
        """The queue this door listens to."""
        raise NotImplementedError

    def arrive(self, message: Any) -> None:
        """A message came."""
        raise NotImplementedError
