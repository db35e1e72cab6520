"""The group's comment at a meeting: once, from that day on, added to and never changed, its words told to nobody."""

import json

import pytest

from services.review import store, supervision, supervision_store
from services.review.domain import Reader
from services.spine.errors import Refusal

DAY = "2024-01-09"
MEETING = {"campaign": "a-campaign", "unit": "990823-NYNC", "region": "990823", "group": "G4", "meeting_on": DAY}
COMMENT = "a-campaign.990823-NYNC.comment"
DRAFT = {
    "campaign": "a-campaign",
    "unit": "990823-NYNC",
    "overall": "准备充分",
    "merits": ["带头揭短"],
    "problems": [{"text": "管护没有责任人", "aspect": "style"}, {"text": "调研走过场"}],
}
ADDED = {"note": "会后核实", "problems": [{"text": "措施没有时限"}], "requirements": ["月底前补齐"]}


def who(today: str = DAY) -> Reader:
    return Reader("leader", "组长", f"{today}T08:00:00.000Z", today)


def issued(**changed: object) -> supervision.Changed:
    return supervision.issue(MEETING, {**DRAFT, **changed}, {"style"}, who())


def test_a_comment_is_not_issued_before_its_meeting():
    with pytest.raises(Refusal, match="comment_too_early"):
        supervision.issue(MEETING, DRAFT, {"style"}, who("2024-01-08"))
    assert supervision.issue({**MEETING, "held": True}, DRAFT, {"style"}, who("2024-01-08"))


def test_each_problem_has_an_id_of_its_own_for_good():
    comment, _ = issued()
    more, _ = supervision.add(comment, ADDED, {"style"}, who())
    problems = [one["id"] for part in (more, *more["addenda"]) for one in part["problems"]]
    assert problems == [f"{COMMENT}.p1", f"{COMMENT}.p2", f"{COMMENT}.p3"]


def test_an_aspect_is_one_of_the_campaigns():
    with pytest.raises(Refusal) as no:
        issued(problems=[{"text": "x"}, {"text": "y", "aspect": "others"}])
    assert no.value.errors[0]["pointer"] == "/problems/1/aspect"


def test_the_event_carries_ids_codes_and_counts_and_no_word():
    comment, (first,) = issued()
    _, (second,) = supervision.add(comment, ADDED, {"style"}, who())
    problems = [{"id": f"{COMMENT}.p1", "aspect": "style"}, {"id": f"{COMMENT}.p2", "aspect": None}]
    assert (first.data["addendum"], first.data["merits"], first.data["problems"]) == (0, 1, problems)
    assert (second.data["addendum"], second.data["requirements"]) == (1, 1)
    told = json.dumps([dict(first.data), dict(second.data)], ensure_ascii=False)
    assert not any(word in told for word in ("准备", "管护", "核实", "时限", "组长"))


def test_the_same_comment_again_is_the_same_and_another_is_refused():
    comment, _ = issued()
    supervision.check_same(comment, DRAFT)
    another = [("overall", "一般"), ("merits", []), ("problems", [{"text": "别的"}]), ("requirements", ["改"])]
    for name, value in another:
        with pytest.raises(Refusal, match="comment_issued"):
            supervision.check_same(comment, {**DRAFT, name: value})


def test_what_is_added_leaves_what_was_issued_and_is_added_once():
    comment, _ = issued()
    once, facts = supervision.add(comment, ADDED, {"style"}, who())
    assert {**once, "addenda": []} == comment and len(facts) == 1
    assert supervision.add(once, ADDED, {"style"}, who("2024-01-10")) == (once, [])
    assert len(supervision.add(once, {"note": "另有一点"}, {"style"}, who())[0]["addenda"]) == 2


def test_comment_and_event_are_one_write_and_two_at_once_are_one_comment(db):
    store.prepare(db)
    comment, facts = issued()
    assert [supervision_store.add(db, comment, facts, who().at) for _ in range(2)] == [True, False]
    kept = supervision_store.get(db, COMMENT, {"group": "G4"})
    supervision_store.save(db, kept, supervision.add(kept, ADDED, {"style"}, who()), who().at)
    (row,) = db.supervision_comments.find()
    assert [(event["sequence"], event["data"]["addendum"]) for event in row["outbox"]] == [(1, 0), (2, 1)]


def test_a_comment_follows_its_unit_to_another_group(db):
    store.prepare(db)
    supervision_store.add(db, issued()[0], [], who().at)
    said = {"unit": "990823-NYNC", "group": "G5", "meeting_on": DAY}
    store.remember_meeting(db, {"campaign": "a-campaign", "region": "990823", "sequence": 2, "data": said})
    assert supervision_store.get(db, COMMENT, {"group": "G5"})
    with pytest.raises(Refusal, match="not_found"):
        supervision_store.get(db, COMMENT, {"group": "G4"})
