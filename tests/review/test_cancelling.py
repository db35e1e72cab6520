"""A meeting that is cancelled: what nobody has judged leaves every queue and hand, and restored it comes back."""

from typing import Any

import pytest

from services.review import (
    domain,
    holding,
    holding_store,
    rounds,
    sampling,
    sampling_store,
    service,
    store,
    supervision,
    tasks,
)
from services.spine import contracts, errors, events
from tests.meeting_said import ON, PLACE, UNIT, cancelled, hear, scheduled
from tests.review.test_sampling import FAILED, PASSED, READER
from tests.stack import CAMPAIGN

TODAY, AT, NOW = "2024-01-02", "2024-01-02T08:00:00.000Z", 100.0
FREE = holding.Barred(frozenset(), frozenset(), frozenset())
ROUND = domain.Round("group", {"days": 2, "unit": "working"}, 1)
FOUND = {"paragraphs": [{"n": 1, "text": "我在学习上不够系统。"}], "findings": [], "fails": [], "near_copies": []}
OPEN = {"campaign": CAMPAIGN, "state": "open"}


def submitted(post: str) -> events.Event:
    """An outline came in."""
    example = contracts.documents()["events/material_submitted"]["examples"][0]
    key = f"{PLACE}.speech_outline.{post}"
    data = {**example, "material_id": key, "unit": UNIT, "group": "G4", "kind": "speech_outline", "post": post}
    fact = events.Fact("material_submitted", key, CAMPAIGN, "990823", {**data, "version": 1})
    return events.seal(fact, source="intake", at=AT, sequence=1)


@pytest.fixture
def doors(db, monkeypatch) -> Any:
    """The doors, the meeting scheduled, with three outlines: one waits, one is pre-checked and held, one is judged."""
    monkeypatch.setattr(tasks, "issue", lambda *_: None)
    service.prepare(db)
    made: Any = service.ReviewService()
    made.db = db
    hear(made, scheduled(1), *(submitted(post) for post in ("02", "03", "04")))
    for post in ("03", "04"):
        task = tasks.claim(db, key(post), "worker", 2.0**33)
        assert task
        checked = domain.prechecked(store.get(db, key(post)), FOUND)[0]
        holder = {"account": "r2", "name": "r2", "at": AT, "until": "2099-01-01"}
        after = {**checked, "holder": holder}
        if post == "04":
            after = domain.give_verdict(after, FAILED, READER, ROUND)[0]
        store.save(db, store.get(db, key(post)), after, [], AT)
        tasks.finish(db, task, 2.0**33 + 1)
    return made


def key(post: str) -> str:
    return f"{PLACE}.speech_outline.{post}.v1"


def states(doors: Any) -> list[str]:
    return [row["state"] for row in doors.db.reviews.find().sort("_id", 1)]


def in_queue(doors: Any, **query: str) -> int:
    asked = store.wanted({**OPEN, **query}, "r2", frozenset(), TODAY)
    return int(store.queue(doors.db, {}, asked, {})["total"])


def test_what_nobody_has_judged_leaves_every_queue_and_hand_and_comes_back_as_it_was(doors):
    db, before = doors.db, list(doors.db.reviews.find({}, {"revision": 0}).sort("_id", 1))
    assert (states(doors), in_queue(doors), in_queue(doors, mine="held")) == (["waiting", "prechecked", "judged"], 2, 1)

    hear(doors, cancelled(2), cancelled(2))
    assert states(doors) == ["cancelled", "cancelled", "judged"]
    assert (in_queue(doors), in_queue(doors, mine="held"), in_queue(doors, mine="free")) == (0, 0, 0)
    assert holding_store.held(db, "r2", TODAY) == 0
    shown = store.wanted({"campaign": CAMPAIGN, "state": "cancelled"}, "r2", frozenset(), TODAY)
    assert store.queue(db, {}, shown, {})["total"] == 2, "they are kept, and shown as cancelled"

    hear(doors, scheduled(3, "restored"), scheduled(3, "restored"))
    after = list(db.reviews.find({}, {"revision": 0}).sort("_id", 1))
    marks = {"cancelled_on": None, "was": None, "holder": None}
    assert [{**row, **marks} for row in after] == [{**row, **marks} for row in before]
    assert (in_queue(doors), in_queue(doors, mine="free")) == (2, 1)


def test_nobody_judges_holds_or_writes_on_what_is_cancelled(doors):
    hear(doors, cancelled(2))
    checked, judged = (store.get(doors.db, key(post)) for post in ("03", "04"))
    policy = {"most_held": 9, "lease": {"days": 1, "unit": "working"}}
    place = store.place(doors.db, CAMPAIGN, UNIT)
    for act in (
        lambda: domain.give_verdict(checked, PASSED, READER, ROUND),
        lambda: holding.claim(checked, READER, FREE, policy, 0),
        lambda: rounds.note(checked, {"text": "例子不具体"}, READER),
        lambda: rounds.withdraw(judged, judged["verdict"], READER, "看错了", 1, as_high=True, meeting_held=False),
        lambda: rounds.extend(judged, {"due_on": "2026-03-20", "reason": "出差"}, READER, 1, office=False),
        lambda: supervision.issue(place, {"overall": "认真"}, (), READER),
    ):
        with pytest.raises(errors.Refusal) as no:
            act()
        assert (no.value.code, no.value.params) == ("meeting_cancelled", {"on": ON})


def test_its_pre_checks_are_given_up_and_wait_again_when_it_is_restored(doors):
    db = doors.db
    hear(doors, cancelled(2))
    assert db.tasks.find_one({"_id": key("02")})["state"] == "cancelled"
    assert (tasks.lost(db, TODAY, 2.0**33), tasks.nearest(db, 2.0**33)) == ([], [])
    assert tasks.claim(db, key("02"), "worker", 2.0**33) is None
    hear(doors, scheduled(3, "restored"))
    assert tasks.nearest(db, 2.0**33) == [key("02")]
    assert db.tasks.find_one({"_id": key("03")})["state"] == "done"


@pytest.mark.parametrize("ends", ["finish", "fail", "dies"])
def test_a_worker_in_the_middle_changes_nothing_and_the_text_is_read_when_it_is_restored(doors, ends):
    db = doors.db
    task = tasks.claim(db, key("02"), "worker", 2.0**33)
    assert task
    hear(doors, cancelled(2))
    assert domain.prechecked(store.get(db, key("02")), FOUND) == (store.get(db, key("02")), [])
    if ends == "finish":
        tasks.finish(db, task, 2.0**33 + 1)
    elif ends == "fail":
        tasks.fail(db, task, "no such word", 2.0**33 + 1)
    assert tasks.lost(db, TODAY, 2.0**34) == []
    assert db.tasks.find_one({"_id": key("02")})["state"] == "cancelled"
    hear(doors, scheduled(3, "restored"))
    assert tasks.claim(db, key("02"), "another", 2.0**34)
    assert domain.prechecked(store.get(db, key("02")), FOUND)[0]["state"] == "prechecked"


def test_a_worker_that_was_through_just_before_leaves_nothing_waiting_for_good(doors):
    """It wrote nothing, for the review was cancelled already, and finished before its task was."""
    db = doors.db
    task = tasks.claim(db, key("02"), "worker", 2.0**33)
    assert task
    tasks.finish(db, task, 2.0**33 + 1)
    hear(doors, cancelled(2), scheduled(3, "restored"))
    assert states(doors)[0] == "waiting" and tasks.nearest(db, 2.0**33) == [key("02")]


def test_what_comes_in_behind_it_is_cancelled_too(doors):
    hear(doors, cancelled(2), submitted("05"))
    assert store.get(doors.db, key("05"))["state"] == "cancelled"
    assert doors.db.tasks.find_one({"_id": key("05")})["state"] == "cancelled"
    hear(doors, scheduled(3, "restored"))
    assert store.get(doors.db, key("05"))["state"] == "waiting"
    assert set(tasks.nearest(doors.db, 2.0**33)) == {key("02"), key("05")}


def test_a_sample_leaves_it_out_and_what_was_drawn_is_not_read_again(doors):
    db = doors.db
    drawn = sampling.hand_out([store.get(db, key("04"))], ["G4", "G7"], {}, "s", AT)
    sampling_store.keep(db, drawn)
    asked = {"campaign": CAMPAIGN}
    assert sampling_store.page(db, {}, None, asked)["total"] == 1
    hear(doors, cancelled(2))
    assert sampling_store.decided(db, CAMPAIGN, "s") == []
    assert sampling_store.page(db, {}, None, asked)["total"] == 0
    with pytest.raises(errors.Refusal, match="meeting_cancelled"):
        sampling.judge(db.rereadings.find_one(), store.get(db, key("04")), PASSED, READER)
    hear(doors, scheduled(3, "restored"))
    assert sampling_store.decided(db, CAMPAIGN, "s") == [(key("04"), "G4")]
    assert sampling_store.page(db, {}, None, asked)["total"] == 1


def test_of_two_sayings_the_later_holds_in_whatever_order_they_come(doors):
    hear(doors, scheduled(5, "regrouped"), cancelled(4))
    assert states(doors)[:2] == ["cancelled", "cancelled"], "what else is said of it takes nothing back"
    hear(doors, scheduled(7, "restored"), cancelled(6), cancelled(4))
    assert states(doors)[:2] == ["waiting", "prechecked"]
    hear(doors, cancelled(8), scheduled(7, "restored"))
    assert states(doors)[:2] == ["cancelled", "cancelled"]
