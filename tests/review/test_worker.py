"""Which task a worker takes: the nearest by the book, whatever ticket woke it, one at a time."""

import time
from typing import Any

import pytest

from services.review import lanes, store, tasks, watch, worker
from services.spine import listening, settings

TODAY, NEAR, FAR = "2026-03-10", "2026-03-11", "2026-05-01"


@pytest.fixture
def taken(db, monkeypatch):
    """What a worker over this book takes, in order, without doing it."""
    tasks.prepare(db)
    found: list[str] = []
    monkeypatch.setattr(worker.ReviewWorker, "_work", lambda _, task: found.append(task["_id"]))
    return found


@pytest.fixture
def at_work(db, taken):
    made: Any = worker.ReviewWorker()
    made.db = db
    return made


def ticket(at_work, task):
    """It is woken by the ticket of a task."""
    worker.ReviewWorker.precheck.__wrapped__(at_work, task)  # type: ignore[attr-defined]


def look(at_work):
    """It looks into the book by itself."""
    worker.ReviewWorker.look.__wrapped__(at_work)  # type: ignore[attr-defined]


def test_each_ticket_does_one_task_and_all_are_done_whoever_s_ticket_comes(db, taken, at_work):
    tasks.add(db, {"far": FAR, "near": NEAR, "some day": None}, TODAY, 100.0)
    for each in ("far", "far", "near"):
        ticket(at_work, each)
    assert taken == ["near", "some day", "far"]


def test_what_is_far_has_its_turn_while_what_is_near_never_ends(db, taken, at_work):
    tasks.add(db, {"far": FAR} | {f"near {number}": NEAR for number in range(2 * lanes.FAIR)}, TODAY, 100.0)
    for _ in range(lanes.FAIR):
        ticket(at_work, "far")
    assert taken.count("far") == 1


def test_an_idle_worker_takes_what_waits_without_a_ticket_but_never_two_at_once_or_while_it_closes(
    db, taken, at_work, monkeypatch
):
    tasks.add(db, {"near": NEAR, "far": FAR}, TODAY, 100.0)
    with worker.HAND:
        look(at_work)
    closing = listening.Listener()
    closing.quiet()
    with monkeypatch.context() as patched:
        patched.setattr(listening, "LISTENERS", [closing])
        look(at_work)
    assert taken == []
    look(at_work)
    assert taken == ["near"], "the rest has tickets"


def test_beside_an_embedded_deployment_one_look_does_one_after_the_other(db, taken, at_work, monkeypatch):
    monkeypatch.setattr(settings, "beside", lambda: True)
    tasks.add(db, {"near": NEAR, "far": FAR, "some day": None}, TODAY, 100.0)
    look(at_work)
    assert taken == ["near", "some day", "far"]


def test_a_worker_that_ends_is_counted_no_more(db, at_work):
    worker.ReviewWorker.beat.__wrapped__(at_work)  # type: ignore[attr-defined]
    assert len(watch.board(db, time.time())["workers"]) == 1
    ending = worker.Book(store.prepare, of="review")
    ending.db = db
    ending.stop()
    assert watch.board(db, time.time())["workers"] == []
