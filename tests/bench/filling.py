"""A runner's queue as the measuring process sees it: emptied, looked into, filled with copies of its own words.

What must stay true: a copy differs from its pattern only in its ids, and like it survives a restart of the broker.
"""

import re
import uuid
from itertools import takewhile
from typing import Any

import amqp
import kombu

UNIQUE = re.compile(rb"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|\b[0-9a-f]{32}\b")
IN_FLIGHT, PATIENCE = 1000, 30
CARRIED = ("content_type", "content_encoding", "delivery_mode", "priority", "message_id", "correlation_id", "type")
Ids = dict[bytes, bytes]


class Queue:
    """One queue, over a connection of its own."""

    def __init__(self, url: str, name: str) -> None:
        self.name, self.sent = name, 0
        self.connection = kombu.Connection(url)
        self.channel = self.connection.channel()
        self.channel.auto_decode = False
        self.channel.confirm_select()
        self.open: dict[int, None] = {}
        self.channel.events["basic_ack"].add(self._confirmed)

    def close(self) -> None:
        """Let go."""
        self.connection.close()

    def empty(self) -> None:
        """Nothing of an earlier run is left."""
        while self.channel.queue_purge(self.name):
            pass

    def pattern(self) -> Any:
        """The next message, taken out of the queue."""
        message = self.channel.basic_get(self.name, no_ack=True)
        if message is None or message.properties.get("delivery_mode") != 2:
            raise LookupError(f"{self.name} holds no durable message to copy")
        return message

    def fill(self, pattern: Any, count: int) -> None:
        """Put in so many copies, all confirmed by the broker."""
        body = pattern.body if isinstance(pattern.body, bytes) else pattern.body.encode()
        headers = pattern.properties.get("application_headers") or {}
        carried = {key: value for key, value in pattern.properties.items() if key in CARRIED}
        texts = [body, *(str(each).encode() for each in (*headers.values(), *carried.values()))]
        ids = {found for text in texts for found in UNIQUE.findall(text)}
        for _ in range(count):
            fresh = {old: _like(old) for old in ids}
            message = amqp.Message(
                _renamed(body, fresh),
                application_headers={key: _with(value, fresh) for key, value in headers.items()},
                **{key: _with(value, fresh) for key, value in carried.items()},
            )
            self.sent += 1
            self.open[self.sent] = None
            self.channel.send_method(amqp.spec.Basic.Publish, "Bssbb", (0, "", self.name, False, False), message)
            if len(self.open) > IN_FLIGHT:
                self._confirm(IN_FLIGHT // 2)
        self._confirm(0)

    def _confirm(self, most: int) -> None:
        while len(self.open) > most:
            self.connection.drain_events(timeout=PATIENCE)

    def _confirmed(self, tag: int, multiple: bool) -> None:
        for each in list(takewhile(lambda known: known <= tag, self.open)) if multiple else [tag]:
            self.open.pop(each, None)


def _like(old: bytes) -> bytes:
    new = uuid.uuid4()
    return (str(new) if b"-" in old else new.hex).encode()


def _renamed(text: bytes, fresh: Ids) -> bytes:
    for old, new in fresh.items():
        text = text.replace(old, new)
    return text


def _with(value: Any, fresh: Ids) -> Any:
    return _renamed(value.encode(), fresh).decode() if isinstance(value, str) else value
