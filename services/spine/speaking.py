"""Speaking: puts messages on the broker, hundreds of them in flight, and knows of each whether the broker has it.

What must stay true: a message counts as told only when the broker has confirmed it, and an event that somebody
promises to hear only when a queue took it. A speaker owns its connection and, when anything goes wrong, drops it
without ceremony: what it could not tell is told again by whoever asked.
"""

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import takewhile
from typing import Any, NamedTuple

import amqp
import kombu
import orjson
import structlog
from eventlet.semaphore import Semaphore
from kombu.exceptions import KombuError

from services.spine import broker, events, settings

IN_FLIGHT = 400
PATIENCE = 10.0
JSON = "application/json"
log = structlog.get_logger()


class NotTaken(KombuError):  # type: ignore[misc]
    """The broker refused a message, or had no queue to put it in."""


class Letter(NamedTuple):
    """One message on its way: a name by which its fate is told, where to, what."""

    name: str
    exchange: str
    key: str
    body: bytes
    content_type: str
    headers: dict[str, Any] | None = None


class Speaker:
    """Publishes; what the broker did not take is named."""

    def __init__(self) -> None:
        self.connection: kombu.Connection | None = None
        self.channel: Any = None
        self._asking: Any = None
        self.used = 0.0
        self._sent = 0
        self._open: dict[int, str] = {}
        self._refused: set[str] = set()

    def tell(self, told: Iterable[events.Event]) -> set[str]:
        """Publish events to whoever hears them; the ids of those that did not reach who promises to hear them.

        Raises one of AWAY when the broker does not confirm.
        """
        letters = [
            Letter(
                event["id"],
                broker.EXCHANGE.name,
                events.routing_key(event),
                orjson.dumps(event),
                events.CONTENT_TYPE,
            )
            for event in told
        ]
        refused = self.publish(letters)
        if refused:
            log.warning("not_taken", events=sorted(refused)[:5], count=len(refused))
        return refused

    def hand(self, queue: str, bodies: Sequence[bytes], headers: dict[str, str] | None = None) -> None:
        """Put JSON messages into one queue; raises NotTaken when that queue does not exist or is full."""
        letters = [Letter(str(place), "", queue, body, JSON, headers) for place, body in enumerate(bodies)]
        if refused := self.publish(letters):
            raise NotTaken(f"{len(refused)} of {len(letters)} messages were not taken by {queue}")

    def beat(self) -> None:
        """Keep an idle connection alive: read the broker's heartbeats, send our own."""
        if self.connection is not None and not settings.embedded():
            with suppress(TimeoutError):
                self.connection.drain_events(timeout=0.001)
            self.connection.heartbeat_check()

    def drop(self) -> None:
        """Forget the connection; a broken one is not asked to close, for it would not answer."""
        connection, self.connection, self.channel = self.connection, None, None
        self._asking = None
        self._open.clear()
        if connection is not None:
            connection.collect()

    def beside(self) -> Any:
        """A channel on its connection for what is asked of the broker rather than said."""
        if self.channel is None:
            self._open_channel()
        if self._asking is None and self.connection is not None:
            self._asking = self.connection.channel()
        return self._asking

    def look(self, queue: str) -> tuple[int, int] | None:
        """How many messages wait in a queue and how many read it; None when it does not stand."""
        try:
            _, waiting, readers = self.beside().queue_declare(queue, passive=True)
        except amqp.exceptions.NotFound:
            self._asking = None
            return None
        return waiting, readers

    def publish(self, letters: Sequence[Letter]) -> set[str]:
        """Publish letters in their order; the names of those that were not taken. Raises one of AWAY."""
        if not letters:
            return set()
        if self.channel is None:
            self._open_channel()
        self.used, self._refused = time.monotonic(), set()
        if settings.embedded():
            self._put(letters)
            return set()
        with self.channel.connection.transport.having_timeout(PATIENCE):
            for letter in letters:
                self._send(letter)
                if len(self._open) >= IN_FLIGHT:
                    self._await_confirms(IN_FLIGHT // 2)
        self._await_confirms(0)
        return self._refused

    def _open_channel(self) -> None:
        self.connection = broker.connect()
        self.channel = self.connection.channel()
        broker.EXCHANGE.bind(self.channel).declare()
        if not settings.embedded():
            self.channel.confirm_select()
            self.channel.events["basic_ack"].add(self._confirmed)
            self.channel.events["basic_nack"].add(self._denied)
            self.channel.events["basic_return"].add(self._returned)
        self._sent = 0

    def _put(self, letters: Sequence[Letter]) -> None:
        producer = kombu.Producer(self.channel)
        for letter in letters:
            producer.publish(
                letter.body,
                exchange=letter.exchange,
                routing_key=letter.key,
                content_type=letter.content_type,
                content_encoding="utf-8",
                headers=letter.headers or {},
            )
        broker.BELL.ring()

    def _send(self, letter: Letter) -> None:
        message = amqp.Message(
            letter.body,
            content_type=letter.content_type,
            content_encoding="utf-8",
            delivery_mode=2,
            message_id=letter.name,
            application_headers=letter.headers or {},
        )
        self._sent += 1
        self._open[self._sent] = letter.name
        self.channel.send_method(
            amqp.spec.Basic.Publish, "Bssbb", (0, letter.exchange, letter.key, True, False), message
        )

    def _await_confirms(self, most: int) -> None:
        while len(self._open) > most:
            self.channel.connection.drain_events(timeout=PATIENCE)

    def _settled(self, tag: int, multiple: bool) -> list[str]:
        tags = list(takewhile(lambda each: each <= tag, self._open)) if multiple else [tag]
        return [name for each in tags if (name := self._open.pop(each, None)) is not None]

    def _confirmed(self, tag: int, multiple: bool) -> None:
        self._settled(tag, multiple)

    def _denied(self, tag: int, multiple: bool) -> None:
        self._refused.update(self._settled(tag, multiple))

    def _returned(self, reason: Any, exchange: str, key: str, message: Any) -> None:
        """No queue is bound: that is nobody's loss when nobody promises to hear it."""
        if exchange != broker.EXCHANGE.name or key.partition(".")[0] in broker.heard_by_somebody():
            self._refused.add(message.properties["message_id"])


_shared, _speaking = Speaker(), Semaphore()


@contextmanager
def speaking() -> Iterator[Speaker]:
    """The process's speaker for a few words, one asker at a time; after a long silence over a fresh connection."""
    with _speaking:
        if time.monotonic() - _shared.used > broker.HEARTBEAT:
            _shared.drop()
        try:
            yield _shared
        except BaseException:
            _shared.drop()
            raise
