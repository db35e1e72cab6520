"""A queue for another system: what goes into it, how much it may hold, and how far its reader has come.

What must stay true: whatever becomes of a queue (full, forgotten, taken away, deleted by hand), what its reader has not
taken from it is told again; what was put into it for a part of the feed the subscriber is told no longer does not stay
in it. A subscriber of kind amqp has besides `queue`: {name, messages, megabytes, idle_days: its limits; filled: the
part it was filled with, None while it does not stand; stood_at; sent: how many were put in since; taken: how many of
them left it; sure: how many its reader has taken for certain, what it has in hand aside; marks: [[sent, number of the
feed]], to find the place again; previous: the number put in last; ready, unacked, consumers: what was seen; held_since:
full since}.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from services.spine import broker, events

LIMITS = {"messages": 10_000, "megabytes": 64, "idle_days": 14}
SEEN = ("ready", "unacked", "consumers", "held_since")
PREFIX = "cloudEvents:"
MOST_MARKS = 60

Queue = dict[str, Any]
Subscriber = dict[str, Any]


def fresh(code: str, limits: Mapping[str, int]) -> Queue:
    """A queue that does not stand yet."""
    seen: dict[str, Any] = dict.fromkeys(SEEN)
    return {"name": broker.SUBSCRIBER + code, **LIMITS, **limits, **seen, **_down()}


def shown(queue: Queue) -> dict[str, Any]:
    """A queue as those see it who keep the subscriber."""
    return {key: queue[key] for key in ("name", *LIMITS, *SEEN)} | {"stands": queue["filled"] is not None}


def arguments(queue: Queue) -> dict[str, Any]:
    """What the broker is told of it: a full queue takes nothing more, and what waits, waits in the feed."""
    return {
        "x-queue-type": "quorum",
        "x-max-length": queue["messages"],
        "x-max-length-bytes": queue["megabytes"] << 20,
        "x-overflow": "reject-publish",
    }


def bindings(subscriber: Subscriber) -> list[str]:
    """Routing keys it is bound by: its events, addressed to it."""
    return [f"{name}.#.{subscriber['code']}" for name in subscriber["types"] or ["#"]]


def routing_key(event: events.Event, code: str) -> str:
    """`verdict_issued.990823.big-screen`: event, region, and for whom."""
    return f"{events.routing_key(event)}.{code}"


def headers(event: events.Event, number: int) -> dict[str, Any]:
    """The event's attributes as CloudEvents' binding for AMQP names them, beside the body that has them as well."""
    return {PREFIX + key: value for key, value in event.items() if key != "data"} | {PREFIX + "feedsequence": number}


def part(subscriber: Subscriber) -> dict[str, Any]:
    """What its queue is filled with."""
    return {key: subscriber[key] for key in ("campaign", "types", "regions", "secrecy")}


def stood(subscriber: Subscriber, at: str) -> Queue:
    """It stands and is empty."""
    marks = [[0, subscriber["cursor"]]]
    return {**subscriber["queue"], **_down(), "filled": part(subscriber), "stood_at": at, "marks": marks}


def sent(subscriber: Subscriber, numbers: Sequence[int], reached: int) -> Queue:
    """So many more were put in; `reached` is how far the feed was gone through."""
    cursor = subscriber["cursor"]
    queue: Queue = subscriber["queue"]
    if not numbers:
        return queue
    marks = [*queue["marks"]] if queue["marks"][-1][1] == cursor else [*queue["marks"], [queue["sent"], cursor]]
    marks = _thinned([*marks, [queue["sent"] + len(numbers), reached]])
    return {**queue, "sent": queue["sent"] + len(numbers), "previous": numbers[-1], "marks": marks}


def looked(queue: Queue, ready: int, consumers: int, unacked: int | None) -> Queue:
    """What is seen in it now."""
    taken = max(queue["sent"] - ready, 0)
    sure = max(queue["sure"], taken - (queue["messages"] if consumers else 0))
    seen = {"taken": taken, "sure": sure, "ready": ready, "consumers": consumers, "unacked": unacked}
    before = [mark for mark in queue["marks"] if mark[0] <= sure]
    return {**queue, **seen, "marks": [before[-1], *queue["marks"][len(before) :]]}


def down(queue: Queue) -> tuple[int, Queue]:
    """It stands no more: the number after which all is told again, and the queue."""
    place = [mark for mark in queue["marks"] if mark[0] <= queue["sure"]][-1][1]
    return place, {**queue, **_down()}


def is_forgotten(subscriber: Subscriber, before: str) -> bool:
    """Whether something waits in it and nobody has come for it since then."""
    queue = subscriber["queue"]
    came = max(subscriber["read_at"] or "", queue["stood_at"])
    return bool(queue["ready"] and not queue["consumers"] and came < before)


def _down() -> dict[str, Any]:
    nothing = {"filled": None, "stood_at": None, "previous": None, "held_since": None, "unacked": None}
    return {**nothing, "sent": 0, "taken": 0, "sure": 0, "marks": [], "ready": 0, "consumers": 0}


def _thinned(marks: list[list[int]]) -> list[list[int]]:
    """Fewer marks, each at or before the place it stands for."""
    if len(marks) <= MOST_MARKS:
        return marks
    pairs = [marks[place : place + 2] for place in range(0, len(marks) - 1, 2)]
    return [*([pair[0][0], min(number for _, number in pair)] for pair in pairs), marks[-1]]
