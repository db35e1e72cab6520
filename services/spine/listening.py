"""Listening: one connection of a container brings messages to its doors and takes their acknowledgements back.

What must stay true: a message is acknowledged only after it was settled. All that has arrived is handed on at once,
nothing lingers to fill a batch; what was settled in order is acknowledged in one word.
"""

import time
from collections.abc import Callable, Iterable
from typing import Any

import kombu
import structlog
from eventlet.event import Event as Signal
from eventlet.semaphore import Semaphore
from kombu.transport import memory
from nameko.extensions import Entrypoint, SharedExtension

from services.spine import broker, settings

AT_ONCE = 16384
log = structlog.get_logger()


class Ledger:
    """What one channel has delivered and was not told to be settled yet, in order."""

    def __init__(self, channel: Any, writing: Semaphore) -> None:
        self.channel, self.writing = channel, writing
        self.open: dict[Any, None] = {}

    def came(self, message: Any) -> None:
        """A message was delivered."""
        self.open[message.delivery_tag] = None

    def settle(self, messages: Iterable[Any]) -> None:
        """Acknowledge; if the connection has gone meanwhile the messages simply come again and are remembered."""
        tags = [message.delivery_tag for message in messages]
        for tag in tags:
            self.open.pop(tag, None)
        try:
            with self.writing:
                self._acknowledge(tags)
        except broker.AWAY as reason:
            log.info("connection_gone", reason=repr(reason)[:120])

    def _acknowledge(self, tags: list[Any]) -> None:
        """What lies before everything open goes in one word, the rest one by one."""
        first = None if settings.embedded() else next(iter(self.open), float("inf"))
        if first is not None and (before := [tag for tag in tags if tag < first]):
            self.channel.basic_ack(max(before), multiple=True)
        for tag in tags:
            if first is None or tag > first:
                self.channel.basic_ack(tag)


class Listener(SharedExtension):  # type: ignore[misc]
    """One connection of a container, a channel for each of its doors."""

    def __init__(self) -> None:
        self.doors: list[Door] = []
        self.ready = Signal()
        self.writing = Semaphore()
        self.closing = False
        self.cancels: list[Callable[[], None]] = []

    @property
    def unsettled(self) -> int:
        """How many messages have come and were not settled yet."""
        return sum(len(door.ledger.open) for door in self.doors)

    def start(self) -> None:
        """Begin to listen, once every door of the container is known."""
        if self.doors:
            LISTENERS.append(self)
            self.container.spawn_managed_thread(self._run)

    def quiet(self) -> None:
        """Take nothing new, but keep the connection so that running work can still be acknowledged."""
        self.closing = True

    def _run(self) -> None:
        pause = 0.2
        while not self.closing:
            connection = broker.connect()
            try:
                self.cancels = [cancel for door in self.doors for cancel in self._consume(connection, door)]
                pause = 0.2
                if not self.ready.ready():
                    self.ready.send()
                self._drain(connection)
            except broker.AWAY as reason:
                log.warning("broker_away", service=self.container.service_name, reason=repr(reason)[:120], pause=pause)
                connection.collect()  # a broken connection is not asked to close, for it would not answer
                time.sleep(pause)
                pause = min(pause * 2, 10)

    def _consume(self, connection: kombu.Connection, door: "Door") -> list[Callable[[], None]]:
        channel = connection.channel()
        channel.basic_qos(0, door.prefetch, False)
        if not settings.embedded():
            channel.auto_decode = False
            _read_generously(channel)
            broker.DEAD_QUEUE.bind(channel).declare()
        door.begin(Ledger(channel, self.writing))
        for queue in door.queues:
            queue.bind(channel).declare()
            channel.basic_consume(
                queue=queue.name, no_ack=False, callback=door.receiver(queue.name), consumer_tag=queue.name
            )
        return [lambda name=queue.name: channel.basic_cancel(name) for queue in door.queues]  # type: ignore[misc]

    def _drain(self, connection: kombu.Connection) -> None:
        checked = time.monotonic()
        while True:
            if self.closing:
                while self.cancels:
                    with self.writing:
                        self.cancels.pop()()
            try:
                connection.drain_events(timeout=0 if settings.embedded() else 1)
            except TimeoutError:
                if settings.embedded():
                    broker.BELL.wait(0.2)
            if not settings.embedded() and time.monotonic() - checked > broker.HEARTBEAT / 4:
                checked = time.monotonic()
                with self.writing:
                    connection.heartbeat_check()


LISTENERS: list[Listener] = []


def idle() -> bool:
    """Whether the memory broker is empty: nothing queued, nothing being worked on (embedded only)."""
    queued = sum(queue.qsize() for queue in memory.Channel.queues.values())
    return queued == 0 and not any(listener.unsettled for listener in LISTENERS)


def closing() -> bool:
    """Whether this process takes nothing new any more."""
    return any(listener.closing for listener in LISTENERS)


def _read_generously(channel: Any) -> None:
    """Have the socket read what is there: py-amqp asks nine times for each message, each time for a few bytes."""
    transport = channel.connection.transport
    receive = transport.sock.recv
    transport._quick_recv = lambda least: receive(max(least, AT_ONCE))


class Door(Entrypoint):  # type: ignore[misc]
    """What events and tasks have in common: queues, and messages that are settled only after their effect is stored."""

    listener = Listener()
    prefetch = 200

    def setup(self) -> None:
        """Make this door known to the listener."""
        self.queues = self.make_queues(self.container.service_name, self.method_name)
        self.ledger = Ledger(None, self.listener.writing)
        self.listener.doors.append(self)

    def stop(self) -> None:
        """Close before the container waits for running work."""
        self.listener.quiet()

    def make_queues(self, service: str, method: str) -> list[kombu.Queue]:
        """The queues this door listens to."""
        raise NotImplementedError

    def begin(self, ledger: Ledger) -> None:
        """A connection stands: what the one before brought comes again."""
        self.ledger = ledger

    def receiver(self, queue: str) -> Callable[[Any], None]:
        """What takes a message from one of the queues."""
        raise NotImplementedError
