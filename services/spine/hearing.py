"""The queue's side of a door: each message is settled only after its effect is stored.

A refusal is buried at once with its reason; an accident is tried again in place after growing pauses, the message
still unacknowledged, and buried when that does not help; while the store is away, or others keep being faster, it is
tried for ever. Buried means a document in the service's `dead_letters`, which operators see and put back.
"""

import traceback
import uuid
from functools import partial
from typing import Any

import eventlet
import kombu
import orjson
import prometheus_client as prometheus
import structlog
from pymongo.collection import Collection
from pymongo.errors import AutoReconnect

from services.spine import broker, clock, errors, mongo, outbox

LONGEST_LETTER = 100_000
LETTER = "rectify-letter"
PAUSES = (0.2, 1.0, 3.0, 10.0, 30.0)
HEARD = prometheus.Counter("rectify_heard_total", "Messages settled", ["service", "door", "outcome"])
log = structlog.get_logger()


class Hearing(broker.Door):
    """An event door's queue and its care for each message."""

    def __init__(self, name: str) -> None:
        super().__init__(expected_exceptions=(errors.Refusal, errors.Stale))
        self.name = name

    def make_queue(self) -> kombu.Queue:
        return broker.hearing_queue(self.container.service_name, self.method_name, self.name)

    def letters(self) -> Collection[mongo.Document]:
        """Where this service keeps what it buried."""
        db: mongo.Db = next(one.db for one in self.container.dependencies if isinstance(one, mongo.Mongo))
        return db.dead_letters

    def arrive(self, message: Any) -> None:
        self.listener.unsettled += 1
        try:
            body = orjson.loads(_text(message))
        except orjson.JSONDecodeError as fault:
            eventlet.spawn(self._bury, message, None, f"not JSON: {fault}", "")
            return
        self._attempt(message, body, 0)

    def _attempt(self, message: Any, body: Any, tries: int) -> None:
        if tries and (self.listener.closing or message.channel.connection is None):
            return  # it comes again: at the next start, or over the new connection
        settle = partial(self._settle, message, body, tries)
        self.container.spawn_worker(self, (body,), {}, handle_result=settle)

    def _settle(self, message: Any, body: Any, tries: int, _: Any, result: Any, exc_info: Any) -> Any:
        if exc_info is None:
            letter = (message.headers or {}).get(LETTER)
            if letter:
                outbox.patiently(lambda: self.letters().delete_one({"_id": letter}))
            self._done(message, "done")
        elif isinstance(exc_info[1], errors.Refusal):
            self._bury(message, body, str(exc_info[1]), "")
        elif tries < len(PAUSES) or isinstance(exc_info[1], AutoReconnect | errors.Stale):
            pause = PAUSES[min(tries, len(PAUSES) - 1)]
            eventlet.spawn_after(pause, self._attempt, message, body, tries + 1)
            HEARD.labels(self.container.service_name, self.method_name, "again").inc()
        else:
            self._bury(message, body, repr(exc_info[1]), "".join(traceback.format_exception(*exc_info)))
        return result, None

    def _bury(self, message: Any, body: Any, reason: str, trace: str) -> None:
        about = body.get("id") or body.get("task") if isinstance(body, dict) else None
        key = f"{self.method_name}|{str(about)[:300] if about else uuid.uuid4().hex}"
        letter = {
            "queue": self.queue.name,
            "body": _text(message)[:LONGEST_LETTER],
            "reason": reason[:2000],
            "traceback": trace[-8000:],
            "seen_at": clock.now(),
        }
        outbox.patiently(lambda: self.letters().replace_one({"_id": key}, letter, upsert=True))
        log.error("buried", service=self.container.service_name, door=self.method_name, reason=reason[:300])
        self._done(message, "buried")

    def _done(self, message: Any, outcome: str) -> None:
        self.listener.settle(message)
        HEARD.labels(self.container.service_name, self.method_name, outcome).inc()


class Ticket(Hearing):
    """A task door: one at a time in each process, for the work is the processor's."""

    prefetch = 1

    def make_queue(self) -> kombu.Queue:
        return broker.task_queue(self.name)


def _text(message: Any) -> str:
    """A message as it came, as text that can be kept whatever it holds."""
    return message.body.decode("utf-8", "replace") if isinstance(message.body, bytes) else str(message.body)
