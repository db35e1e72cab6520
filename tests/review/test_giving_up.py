"""A pre-check that was given up holds nobody up: people read and judge without it."""

import pytest

from services.review import domain, giving_up, store, tasks
from tests.review.test_rounds import AT, READER, review, text

PASSED = dict.fromkeys(domain.STANDARDS, {"passed": True})
NOW = domain.Round("group", {"days": 2, "unit": "natural"}, 1)
FINDINGS = {"paragraphs": text("一、整改措施"), "findings": [], "fails": ["measures"], "near_copies": []}


@pytest.fixture
def given_up(db):
    store.prepare(db)
    waiting = {**review(1), "state": "waiting", "paragraphs": [], "findings": [], "fails": [], "near_copies": []}
    waiting |= {"levels": ["group"], "revision": 1, "structure": []}
    db.reviews.insert_many([waiting, {**waiting, "_id": "other"}])
    db.signatures.insert_one({"_id": waiting["_id"], "paragraphs": text("一、整改措施", "尽快补上台账。")})
    tasks.add(db, {waiting["_id"]: None, "other": None}, AT[:10], 100.0)
    now = 101.0
    for _ in range(tasks.MOST_ATTEMPTS):
        task = tasks.claim(db, waiting["_id"], "a", now)
        assert task
        tasks.fail(db, task, "no such word", now)
        giving_up.leave_all(db, AT)
        now += 1000
    return db


def test_what_was_given_up_is_read_and_judged_by_people_who_are_told(given_up):
    found = given_up.reviews.find_one({"_id": review(1)["_id"]})
    assert (found["state"], found["refusal"]["code"]) == ("unreadable", "precheck_failed")
    assert [one["text"] for one in found["paragraphs"]] == ["一、整改措施", "尽快补上台账。"], "what was read is shown"
    assert [event["data"]["refusal"] for event in found["outbox"]] == ["precheck_failed"]
    judged, facts = domain.give_verdict(found, PASSED, READER, NOW)
    assert judged["state"] == "judged" and [fact.name for fact in facts] == ["verdict_issued"]
    assert given_up.reviews.find_one({"_id": "other"})["state"] == "waiting"


def test_told_once_however_often_it_is_looked_for(given_up):
    before = given_up.reviews.find_one({"_id": review(1)["_id"]})
    assert not tasks.to_leave(given_up), "nothing that was left to people is looked at again"
    giving_up.leave_all(given_up, AT)
    assert given_up.reviews.find_one({"_id": review(1)["_id"]}) == before
    tasks.retry(given_up, before["_id"], "the word is known now", "operator", AT[:10], 9000.0)
    assert "to_leave" not in given_up.tasks.find_one({"_id": before["_id"]})


def test_an_operator_s_retry_still_brings_findings_unless_somebody_judged_meanwhile(given_up):
    found = given_up.reviews.find_one({"_id": review(1)["_id"]})
    changed, facts = domain.prechecked(found, FINDINGS)
    assert (changed["state"], changed["refusal"], changed["fails"]) == ("prechecked", None, ["measures"])
    assert facts[0].data["readable"]
    assert domain.prechecked(changed, FINDINGS) == (changed, [])
    judged, _ = domain.give_verdict(found, PASSED, READER, NOW)
    assert domain.prechecked(judged, FINDINGS) == (judged, [])
    scan = {**found, "refusal": {"code": "no_text_layer", "params": {}}}
    assert domain.prechecked(scan, FINDINGS) == (scan, []), "what a file is does not change"
