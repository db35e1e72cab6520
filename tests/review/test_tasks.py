"""The book of tasks: nothing is lost, nothing is done twice, and tickets do not pile up."""

import pytest

from services.review import tasks
from services.spine import broker
from services.spine.errors import Refusal


@pytest.fixture
def book(db):
    tasks.prepare(db)
    tasks.add(db, "t1", 100.0)
    return db


def test_of_two_workers_one_has_the_task(book):
    assert tasks.claim(book, "t1", "a", 101.0)
    assert tasks.claim(book, "t1", "b", 101.0) is None


def test_a_task_that_failed_waits_longer_each_time_and_is_set_aside_in_the_end(book):
    now, pauses = 101.0, []
    for _ in range(tasks.MOST_ATTEMPTS):
        task = tasks.claim(book, "t1", "a", now)
        assert task
        tasks.fail(book, task, "intake away", now)
        assert tasks.claim(book, "t1", "a", now + 0.1) is None, "a ticket that comes early changes nothing"
        pauses.append(book.tasks.find_one({"_id": "t1"})["due_at"] - now)
        now += 1000
    assert pauses[:-1] == sorted(pauses[:-1]) and pauses[0] < pauses[1]
    assert book.tasks.find_one({"_id": "t1"})["state"] == "dead"
    assert [entry["reason"] for entry in book.tasks.find_one({"_id": "t1"})["history"]] == ["intake away"] * 4


def test_a_worker_that_was_slow_to_die_changes_nothing(book):
    slow = tasks.claim(book, "t1", "a", 101.0)
    assert slow
    assert tasks.lost(book, 101.0 + tasks.LEASE_SECONDS + 1) == ["t1"]
    quick = tasks.claim(book, "t1", "b", 200.0)
    assert quick
    tasks.finish(book, slow, 201.0)
    tasks.fail(book, slow, "too late", 201.0)
    assert book.tasks.find_one({"_id": "t1"})["owner"] == "b"
    tasks.finish(book, quick, 202.0)
    assert book.tasks.find_one({"_id": "t1"})["state"] == "done"


def test_a_task_whose_workers_keep_dying_is_set_aside_with_every_death_on_record(book):
    now = 101.0
    for number in range(tasks.MOST_CLAIMS):
        assert tasks.claim(book, "t1", f"worker {number}", now)
        now += tasks.LEASE_SECONDS + 1
        tasks.lost(book, now)
    task = book.tasks.find_one({"_id": "t1"})
    assert (task["state"], task["attempts"], len(task["history"])) == ("dead", 0, tasks.MOST_CLAIMS)


def test_tickets_for_a_waiting_task_come_ever_more_rarely(book, monkeypatch):
    handed = []

    class Silent:
        def hand(self, queue: str, body: bytes) -> None:
            handed.append(body)

        def drop(self) -> None:
            pass

    monkeypatch.setattr(broker, "Speaker", Silent)
    for second in range(0, 4 * 3600, 3):
        lost = tasks.lost(book, 100.0 + second)
        if lost:
            tasks.issue(book, lost, 100.0 + second)
    assert 10 < len(handed) < 40, "a night without workers does not fill the queue"


def test_only_a_dead_task_is_tried_again_and_with_a_reason(book):
    with pytest.raises(Refusal, match="task_not_dead"):
        tasks.retry(book, "t1", "why not", "operator", 101.0)
    book.tasks.update_one({"_id": "t1"}, {"$set": {"state": "dead"}})
    tasks.retry(book, "t1", "intake is back", "operator", 101.0)
    task = book.tasks.find_one({"_id": "t1"})
    assert (task["state"], task["claims"], task["history"][-1]["reason"]) == ("waiting", 0, "intake is back")


def test_after_a_restart_of_everything_nothing_waits_for_a_worker_that_is_gone(book):
    tasks.claim(book, "t1", "a", 101.0)
    tasks.begin_anew(book)
    assert tasks.lost(book, 102.0) == ["t1"]
