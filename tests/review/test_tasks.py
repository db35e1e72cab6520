"""The book of tasks: nothing is lost, nothing is done twice, and tickets do not pile up."""

import pytest

from services.review import lanes, tasks
from services.spine import speaking
from services.spine.errors import Refusal

TODAY = "2026-03-10"


@pytest.fixture
def book(db):
    tasks.prepare(db)
    tasks.add(db, {"t1": None}, TODAY, 100.0)
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
    assert tasks.lost(book, TODAY, 101.0 + tasks.LEASE_SECONDS + 1) == ["t1"]
    quick = tasks.claim(book, "t1", "b", 200.0)
    assert quick
    tasks.finish(book, slow, 201.0)
    tasks.fail(book, slow, "too late", 201.0)
    assert book.tasks.find_one({"_id": "t1"})["owner"] == "b"
    tasks.finish(book, quick, 202.0)
    assert book.tasks.find_one({"_id": "t1"})["state"] == "done"


def test_a_task_whose_workers_keep_dying_waits_by_itself_and_is_set_aside_with_every_death_on_record(book):
    now, lane = 101.0, []
    for number in range(tasks.MOST_DEATHS):
        claimed = tasks.claim(book, "t1", f"worker {number}", now)
        assert claimed
        lane.append(claimed["lane"])
        now += tasks.LEASE_SECONDS + 1
        tasks.lost(book, TODAY, now)
    task = book.tasks.find_one({"_id": "t1"})
    assert lane == ["soon", "soon", "suspect", "suspect", "suspect"], "alone from its third claim on"
    assert (task["state"], task["attempts"], task["deaths"]) == ("dead", 0, tasks.MOST_DEATHS)
    assert [entry["reason"] for entry in task["history"]] == [f"worker {n}" for n in range(tasks.MOST_DEATHS)]


@pytest.fixture
def handed(monkeypatch):
    """The tickets that were handed out, by queue."""
    tickets: list[tuple[str, bytes]] = []

    def hand(self, queue, bodies, headers=None):
        tickets.extend((queue, body) for body in bodies)

    monkeypatch.setattr(speaking.Speaker, "hand", hand)
    return tickets


def test_tickets_for_a_waiting_task_come_ever_more_rarely(book, handed):
    for second in range(0, 4 * 3600, 15):
        lost = tasks.lost(book, TODAY, 100.0 + second)
        if lost:
            tasks.issue(book, lost, 100.0 + second)
    assert 10 < len(handed) < 40, "a night without workers does not fill the queue"


def test_a_ticket_goes_to_the_lane_of_its_meeting_and_moves_with_it(book, handed):
    tasks.add(book, {"near": "2026-03-11", "far": "2026-05-01"}, TODAY, 100.0)
    tasks.issue(book, ["near", "far"], 100.0)
    assert sorted(queue for queue, _ in handed) == [lanes.queue("later"), lanes.queue("urgent")]

    tasks.move(book, ["far", "near"], "2026-03-16", TODAY)
    assert {row["lane"] for row in book.tasks.find({"_id": {"$in": ["near", "far"]}})} == {"soon"}
    assert set(tasks.lost(book, TODAY, 101.0)) == {"t1", "near", "far"}, "each gets a ticket in its new lane"


def test_a_lane_is_that_of_the_day_on_which_a_task_waits_not_of_the_day_it_came(book, handed):
    """What waits for days comes nearer, and what is done once more stands where its meeting is by then."""
    tasks.add(book, {"waits": "2026-03-19", "done": "2026-03-19", "dead": "2026-05-01"}, TODAY, 100.0)
    assert {row["lane"] for row in book.tasks.find({"meeting_on": {"$ne": None}})} == {"later"}
    for day, lane in ((TODAY, "later"), ("2026-03-12", "soon"), ("2026-03-17", "urgent")):
        waiting = tasks.lost(book, day, 101.0)
        assert book.tasks.find_one({"_id": "waits"})["lane"] == lane
    assert {"waits", "t1"} <= set(waiting)
    tasks.issue(book, ["waits"], 101.0)
    assert handed[-1][0] == lanes.queue("urgent")

    book.reviews.insert_many([{"_id": "done", "meeting_on": "2026-03-18"}, {"_id": "dead", "meeting_on": "2026-03-18"}])
    for task in "done", "dead":
        book.tasks.update_one({"_id": task}, {"$set": {"state": task, "lane": "later", "deaths": 1}})
    tasks.once_more(book, "done", "opinions", "2026-03-17", 102.0)
    tasks.retry(book, "dead", "intake is back", "operator", "2026-03-17", 102.0)
    again = {
        row["_id"]: (row["lane"], row["meeting_on"]) for row in book.tasks.find({"_id": {"$in": ["done", "dead"]}})
    }
    assert again == dict.fromkeys(("done", "dead"), ("urgent", "2026-03-18"))


def test_a_meeting_moved_while_its_text_is_read_is_known_when_that_fails(book):
    tasks.add(book, {"far": "2026-05-01"}, TODAY, 100.0)
    running = tasks.claim(book, "far", "a", 101.0)
    assert running
    tasks.move(book, ["far"], "2026-03-11", TODAY)
    tasks.fail(book, running, "intake away", 102.0)
    assert book.tasks.find_one({"_id": "far"})["lane"] == "urgent"


def test_who_looks_into_the_book_finds_the_nearest_meeting_first(book):
    tasks.add(book, {"far": "2026-05-01", "near": "2026-03-11"}, TODAY, 90.0)
    taken = []
    while line := tasks.nearest(book, 101.0):
        taken.append(line)
        tasks.claim(book, line[0], "a", 101.0)
    assert taken == [["near"], ["t1"], ["far"]]


def test_what_is_nearer_than_a_ticket_s_own_task_is_found(book):
    """The urgent one's ticket may lie with a worker that has something long in hand: whoever is free first takes it."""
    tasks.add(book, {"far": "2026-05-01", "near": "2026-03-11", "nearer": "2026-03-10"}, TODAY, 90.0)
    tasks.add(book, {"later": "2026-03-11"}, TODAY, 200.0)
    assert sorted(tasks.nearer(book, "t1", 101.0)) == ["near", "nearer"], "not what is to be tried again later"
    assert tasks.nearer(book, "near", 101.0) == []
    tasks.claim(book, "near", "a", 101.0)
    tasks.claim(book, "nearer", "a", 101.0)
    assert (tasks.nearer(book, "t1", 101.0), tasks.nearer(book, "far", 101.0)) == ([], ["t1"])


def test_only_a_dead_task_is_tried_again_and_with_a_reason(book):
    with pytest.raises(Refusal, match="task_not_dead"):
        tasks.retry(book, "t1", "why not", "operator", TODAY, 101.0)
    book.tasks.update_one({"_id": "t1"}, {"$set": {"state": "dead", "deaths": 5}})
    tasks.retry(book, "t1", "intake is back", "operator", TODAY, 101.0)
    task = book.tasks.find_one({"_id": "t1"})
    assert (task["state"], task["attempts"], task["history"][-1]["reason"]) == ("waiting", 0, "intake is back")
    assert task["deaths"] == lanes.SUSPECT_DEATHS, "what killed workers goes on alone"


def test_after_a_restart_of_everything_nothing_waits_for_a_worker_that_is_gone(book):
    tasks.claim(book, "t1", "a", 101.0)
    tasks.begin_anew(book)
    assert tasks.lost(book, TODAY, 102.0) == ["t1"]
