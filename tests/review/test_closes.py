"""The close of an answer: it moves with the meeting, and the office moves it alone."""

import pytest

from services.review import closes, domain, rounds, service, store
from services.spine import clock, contracts, errors
from tests.review.test_rounds import AT, JUDGED, review

OFFICE = domain.Reader("office", "市主题教育办", AT, "2026-03-04")


def returned(version=1, meeting_on="2026-03-05", closes_on="2026-03-05", due_on="2026-03-05"):
    verdict = {**JUDGED, "comments": [], "due_on": due_on, "closes_on": closes_on}
    return review(version, state="judged", meeting_on=meeting_on, secrecy="internal", verdict=verdict)


def days(one):
    return one["verdict"]["due_on"], one["verdict"]["closes_on"]


@pytest.mark.parametrize(
    ("was", "meeting_on", "now"),
    [
        ({}, "2026-03-20", ("2026-03-05", "2026-03-20")),
        ({"closes_on": "2026-03-03", "due_on": "2026-03-03"}, "2026-03-20", ("2026-03-03", "2026-03-18")),
        ({"meeting_on": "2026-03-20", "closes_on": "2026-03-18"}, "2026-03-09", ("2026-03-05", "2026-03-07")),
        ({"meeting_on": "2026-03-20", "closes_on": "2026-03-18"}, "2026-03-05", ("2026-03-04", "2026-03-04")),
        ({"meeting_on": None, "closes_on": None}, "2026-03-10", ("2026-03-05", "2026-03-08")),
        ({}, "2026-03-03", ("2026-03-05", "2026-03-05")),
    ],
)
def test_the_close_moves_with_the_meeting_and_the_answer_is_due_by_then(was, meeting_on, now):
    """As far as the meeting does, never past it or into the past; a meeting that is over moves nothing."""
    before = returned(**was)
    moved, facts = closes.follow(before, {"meeting_on": meeting_on, "group": "G5"}, 2, "2026-03-04")
    assert (days(moved), moved["meeting_on"]) == (now, meeting_on)
    assert [(one.name, one.data["closes_on"], one.data["group"]) for one in facts] == (
        [("answer_extended", now[1], "G5")] if now != days(before) else []
    )
    for one in facts:
        contracts.check(f"events/{one.name}", one.data)


def test_a_postponed_meeting_is_told_to_answers_that_are_owed_and_once(db, monkeypatch):
    """Neither to what was answered by a later version nor to what has passed."""
    monkeypatch.setattr(clock, "today", lambda: "2026-03-06")
    store.prepare(db)
    store.remember_campaign(db, {"campaign": "c", "sequence": 1, "data": {"aspects": [], "version": 1}})
    passed = review(1, state="judged", meeting_on="2026-03-05", verdict={**JUDGED, "outcome": "passed"})
    other = {key: passed[key].replace(".02", ".03") for key in ("_id", "review_id", "material_id")}
    known = {"revision": 1, "outbox": []}
    db.reviews.insert_many([{**one, **known} for one in (returned(1), returned(2), {**passed, **other})])
    said = {"unit": "990823-NYNC", "group": "G4", "meeting_on": "2026-03-20"}

    for _ in range(2):
        store.remember_meeting(db, {"campaign": "c", "region": "990823", "sequence": 2, "data": said})

    first, second, third = db.reviews.find(sort=[("_id", 1)])
    assert {one["meeting_on"] for one in (first, second, third)} == {"2026-03-20"}
    assert (days(first), days(second)) == (("2026-03-05", "2026-03-05"), ("2026-03-05", "2026-03-20"))
    assert [[event["type"] for event in one["outbox"]] for one in (first, second, third)] == [
        [],
        ["rectify.answer_extended"],
        [],
    ]


def test_the_office_moves_the_close_alone():
    """To another day before the meeting, the second time nothing; what is wrong with it is told at its field."""
    before, only = returned(meeting_on="2026-03-20"), {"closes_on": "2026-03-12", "reason": "作者住院"}
    contracts.check("requests/extend_answer", only)
    later, (said,) = rounds.extend(before, only, OFFICE, 1, office=True)
    assert (days(later), said.data["closes_on"]) == (("2026-03-05", "2026-03-12"), "2026-03-12")
    assert rounds.extend(later, only, OFFICE, 1, office=True) == (later, [])
    for day, code in (("2026-03-21", "extension_past_meeting"), ("2026-03-04", "extension_past_close")):
        with pytest.raises(errors.Refusal, match=code) as no:
            rounds.extend(before, {**only, "closes_on": day}, OFFICE, 1, office=True)
        assert no.value.errors[0]["pointer"] == "/closes_on"
    with pytest.raises(errors.Refusal, match="not_permitted"):
        rounds.extend(before, only, OFFICE, 1, office=False)
    with pytest.raises(errors.Refusal):
        contracts.check("requests/extend_answer", {"reason": "作者住院"})


def test_a_meeting_that_is_said_again_reads_what_its_own_unit_has_alone(db):
    service.prepare(db)
    for name in ("reviews", "opinions", "supervision_comments"):
        db[name].insert_many([{"campaign": "c", "unit": f"u{n % 10}", "post": f"{n}", "state": "x"} for n in range(50)])
        looked = db[name].find({"campaign": "c", "unit": "u3"}).explain()["executionStats"]
        assert looked["totalDocsExamined"] == 5, name
