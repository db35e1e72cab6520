"""The queue's side of a door: what has arrived goes to one worker together, and each message has its own fate.

A message is settled only after its effect is stored. A refusal is buried at once with its reason; an accident is tried
again after growing pauses, the message still unacknowledged, and buried when that does not help; while the store is
away, or others keep being faster, it is tried for ever. Buried means a document in the service's `dead_letters`, which
operators see and put back. None of this holds up the other messages of a batch.
"""

import time
import traceback
import uuid
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

import eventlet
import kombu
import orjson
import prometheus_client as prometheus
import structlog
from pymongo.collection import Collection
from pymongo.errors import AutoReconnect

from services.spine import broker, clock, errors, listening, mongo, outbox

LONGEST_LETTER = 100_000
LETTER = "rectify-letter"
PAUSES = (0.2, 1.0, 3.0, 10.0, 30.0)
BREATH = 0.02
FAIR = 8
HEARD = prometheus.Counter("rectify_heard_total", "Messages settled", ["service", "door", "outcome"])
log = structlog.get_logger()
Fate = Exception | None


class Later(Exception):
    """The house closes before this message's turn came: it comes again."""


class Arrival:
    """A message that came, decoded once, with how often it was tried."""

    __slots__ = ("body", "fault", "ledger", "message", "queue", "tries")

    def __init__(self, message: Any, ledger: listening.Ledger, queue: str) -> None:
        self.message, self.ledger, self.queue, self.tries = message, ledger, queue, 0
        self.body: Any = None
        self.fault = ""
        try:
            self.body = orjson.loads(message.body)
        except orjson.JSONDecodeError as fault:
            self.fault = f"not JSON: {fault}"


class Hearing(listening.Door):
    """An event door's queue and its care for each message."""

    def __init__(self, name: str) -> None:
        super().__init__(expected_exceptions=(errors.Refusal, errors.Stale, Later))
        self.name = name
        self.waiting: deque[Arrival] = deque()
        self.running = 0

    def make_queues(self, service: str, method: str) -> list[kombu.Queue]:
        return [broker.hearing_queue(service, method, self.name)]

    def letters(self) -> Collection[mongo.Document]:
        """Where this service keeps what it buried."""
        db: mongo.Db = next(one.db for one in self.container.dependencies if isinstance(one, mongo.Mongo))
        return db.dead_letters

    def begin(self, ledger: listening.Ledger) -> None:
        super().begin(ledger)
        self.waiting.clear()

    def receiver(self, queue: str) -> Callable[[Any], None]:
        """Take a message; a worker starts when the socket has nothing more to read."""

        def arrive(message: Any) -> None:
            self.ledger.came(message)
            self.waiting.append(Arrival(message, self.ledger, queue))
            if not self.running:
                self.running = 1
                eventlet.spawn(self._go)

        return arrive

    def _go(self) -> None:
        """Give the next batch to a worker; one batch of a door at a time keeps the order of what was said."""
        batch = [] if self.listener.closing else self.take()
        readable = [arrival for arrival in batch if not arrival.fault]
        for arrival in batch:
            if arrival.fault:
                eventlet.spawn(self._bury, arrival, arrival.fault, "")
        if not readable:
            self.running = 0
            return
        bodies = [arrival.body for arrival in readable]
        self.container.spawn_worker(self, (bodies, self._closing), {}, handle_result=partial(self._settle, readable))

    def take(self) -> list[Arrival]:
        """The next batch: half of what may be out, so that the other half is on its way meanwhile."""
        return [self.waiting.popleft() for _ in range(min(len(self.waiting), max(self.prefetch // 2, 1)))]

    def _closing(self) -> bool:
        return bool(self.listener.closing)

    def _settle(self, batch: list[Arrival], _: Any, fates: list[Fate] | None, exc_info: Any) -> Any:
        done = []
        for arrival, fate in zip(batch, fates or [exc_info[1]] * len(batch), strict=True):
            if fate is None:
                done.append(arrival)
            else:
                self._care(arrival, fate)
        self._done(done, "done")
        if self.waiting and not self.listener.closing:
            eventlet.spawn(self._go)
        else:
            self.running = 0
        return None, None

    def _care(self, arrival: Arrival, fate: Exception) -> None:
        """What becomes of a message that was not settled."""
        if isinstance(fate, Later):
            return
        if isinstance(fate, errors.Refusal):
            eventlet.spawn(self._bury, arrival, str(fate), "")
        elif arrival.tries < len(PAUSES) or isinstance(fate, AutoReconnect | errors.Stale):
            pause = PAUSES[min(arrival.tries, len(PAUSES) - 1)]
            arrival.tries += 1
            log.warning("tried_again", door=self.method_name, reason=repr(fate)[:300], pause=pause)
            eventlet.spawn_after(pause, self._again, arrival)
            HEARD.labels(self.container.service_name, self.method_name, "again").inc()
        else:
            eventlet.spawn(self._bury, arrival, repr(fate), "".join(traceback.format_exception(fate)))

    def _again(self, arrival: Arrival) -> None:
        if self.listener.closing or arrival.ledger is not self.ledger:
            return  # it comes again: at the next start, or over the new connection
        self.waiting.append(arrival)
        if not self.running:
            self.running = 1
            self._go()

    def _bury(self, arrival: Arrival, reason: str, trace: str) -> None:
        body = arrival.body
        about = body.get("id") or body.get("task") if isinstance(body, dict) else None
        key = f"{self.method_name}|{str(about)[:300] if about else uuid.uuid4().hex}"
        letter = {
            "queue": arrival.queue,
            "body": _text(arrival.message)[:LONGEST_LETTER],
            "reason": reason[:2000],
            "traceback": trace[-8000:],
            "seen_at": clock.now(),
        }
        outbox.patiently(lambda: self.letters().replace_one({"_id": key}, letter, upsert=True))
        log.error("buried", service=self.container.service_name, door=self.method_name, reason=reason[:300])
        self._done([arrival], "buried")

    def _done(self, arrivals: list[Arrival], outcome: str) -> None:
        """Acknowledge; a letter that was put back and is now heard goes."""
        back = [key for each in arrivals if outcome == "done" and (key := (each.message.headers or {}).get(LETTER))]
        if back:
            outbox.patiently(lambda: self.letters().delete_many({"_id": {"$in": back}}))
        for ledger in {id(each.ledger): each.ledger for each in arrivals}.values():
            ledger.settle([each.message for each in arrivals if each.ledger is ledger])
        HEARD.labels(self.container.service_name, self.method_name, outcome).inc(len(arrivals))


class Ticket(Hearing):
    """A task door: its lanes in the order they were named, each ticket by itself where the work is long (prefetch 1).

    One in FAIR goes to whoever came first, so that no lane is forgotten.
    """

    def __init__(self, lanes: Sequence[str], prefetch: int) -> None:
        super().__init__(lanes[0])
        self.lanes, self.prefetch, self.taken = list(lanes), prefetch, 0

    def make_queues(self, service: str, method: str) -> list[kombu.Queue]:
        return [broker.task_queue(lane) for lane in self.lanes]

    def take(self) -> list[Arrival]:
        if len(self.lanes) > 1 and self.waiting:
            self.taken += 1
            if self.taken % FAIR:
                first = min(self.waiting, key=lambda arrival: self.lanes.index(arrival.queue))
                self.waiting.remove(first)
                self.waiting.appendleft(first)
        return super().take()


def one_by_one(act: Callable[[Any], None], bodies: Sequence[Any], closing: Callable[[], bool]) -> list[Fate]:
    """Do something with each; what went wrong with each, None where nothing did. Others get a turn now and then."""
    fates: list[Fate] = []
    breathed = time.monotonic()
    for body in bodies:
        if closing() and fates:
            fates.append(Later())
            continue
        try:
            act(body)
        except Exception as fate:  # noqa: BLE001  (every message has its own fate; whoever called looks at it)
            fates.append(fate)
        else:
            fates.append(None)
        if time.monotonic() - breathed > BREATH:
            eventlet.sleep(0)
            breathed = time.monotonic()
    return fates


class Memory(NamedTuple):
    """What a door has heard."""

    collection: Collection[mongo.Document]
    door: str

    def key(self, event: Any) -> str:
        """By what an event is remembered."""
        return f"{event['id']}|{self.door}"

    def known(self, keys: Sequence[str]) -> set[str]:
        """Those that were heard before."""
        return {row["_id"] for row in self.collection.find({"_id": {"$in": list(keys)}}, {"_id": 1})}

    def keep(self, keys: Sequence[str]) -> None:
        """Remember, after the effect is stored."""
        at = clock.moment(clock.now())
        mongo.insert_new(self.collection, [{"_id": key, "at": at} for key in keys])


def once(
    act: Callable[[Any], Any],
    told: Sequence[Any],
    check: Callable[[Any], None],
    memory: Memory,
    closing: Callable[[], bool],
    *,
    together: bool = False,
) -> list[Fate]:
    """Hear each event once, in order: one look at what is known, one word of what was heard now; the fate of each."""
    fates = one_by_one(check, told, closing)
    sound = {memory.key(event): place for place, event in reversed(list(enumerate(told))) if fates[place] is None}
    known = memory.known(list(sound))
    fresh = sorted((place, key) for key, place in sound.items() if key not in known)
    new = [told[place] for place, _ in fresh]
    if not new:
        return fates
    results = one_by_one(act, [new] if together else new, closing)
    if together:
        results = results * len(new) if results == [None] else one_by_one(act, [[event] for event in new], closing)
    if kept := [key for (_, key), fate in zip(fresh, results, strict=True) if fate is None]:
        memory.keep(kept)
    for (place, _), fate in zip(fresh, results, strict=True):
        fates[place] = fate
    return fates


def _text(message: Any) -> str:
    """A message as it came, as text that can be kept whatever it holds."""
    return message.body.decode("utf-8", "replace") if isinstance(message.body, bytes) else str(message.body)
