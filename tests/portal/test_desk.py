"""What lies beside the text: answers in both forms, flags that keep apart, and what is offered to whom."""

import dataclasses
from typing import Any

import pytest

from services.portal import asking, desk, sessions

REVIEW: dict[str, Any] = {"review_id": "c.u.speech_outline.02.v1", "unit": "u", "state": "prechecked", "verdict": None}
VERDICT = {"outcome": "returned", "by_account": "reader"}


def viewer(role: str, login: str = "reader") -> sessions.Viewer:
    """Somebody with one role."""
    return sessions.Viewer(login, login, ({"role": role, "campaign": "c", "scope": {"kind": "group", "of": "G4"}},), "")


@pytest.fixture
def at_the_desk(monkeypatch):
    """Seat somebody."""
    return lambda person: monkeypatch.setattr(asking, "viewer", lambda: person)


def test_an_answer_is_shown_alike_however_it_was_kept():
    """One sentence, as it once was, or what was done and where."""
    assert desk.answer("已改") == {"how": "", "where": "", "text": "已改"}
    assert desk.answer({"how": "accepted", "text": "已改"}) == {"how": "accepted", "where": "", "text": "已改"}
    assert desk.answer(None)["text"] == ""


def test_flags_of_other_checkers_keep_their_source_and_ids_of_their_own():
    """Two checkers may both number from one."""
    findings = [{"id": "f1", "standard": "causes", "reason": {"zh": "因", "en": "why"}}]
    flags = [{"source": name, "version": "1", "findings": findings} for name in ("甲", "乙")]

    found = desk.flagged({"flags": flags})

    assert [one["source"] for one in found] == ["甲", "乙"]
    assert len({one["id"] for one in found}) == 2


@pytest.mark.parametrize(("account", "mine", "judge"), [("reader", True, True), ("other", False, False)])
def test_what_another_holds_is_not_offered_to_judge(at_the_desk, account, mine, judge):
    """To the group's readers."""
    at_the_desk(viewer("supervisor"))
    standing = desk.standing({**REVIEW, "holder": {"account": account, "name": account}})

    assert (standing.mine, standing.judge) == (mine, judge)


def test_a_verdict_is_taken_back_at_its_level_or_above(at_the_desk):
    """And offered to nobody else; more time is the leader's and the office's."""
    judged = {**REVIEW, "state": "judged", "verdict": VERDICT}
    offered = {}
    for who in (viewer("supervisor"), viewer("supervisor", "other"), viewer("group_leader", "x"), viewer("liaison")):
        at_the_desk(who)
        standing = desk.standing(judged)
        offered[(who.roles[0], who.login)] = (standing.withdraw, standing.extend)

    assert offered == {
        ("supervisor", "reader"): (True, False),
        ("supervisor", "other"): (True, False),
        ("group_leader", "x"): (True, True),
        ("liaison", "reader"): (False, False),
    }
    at_the_desk(viewer("secretary"))
    of_secretary = {**judged, "verdict": {**VERDICT, "level": "secretary"}}
    assert (desk.standing(judged).withdraw, desk.standing(of_secretary).withdraw) == (False, True)


def test_who_was_of_the_unit_is_offered_no_decision_about_its_materials_at_the_office_either(at_the_desk):
    """What was held there until lately opens nothing, and shuts the office's forms."""
    judged = {**REVIEW, "state": "judged", "verdict": VERDICT}
    passed = {**REVIEW, "levels": ["group", "office"], "levels_done": ["group"]}
    office, of_unit = viewer("office"), {"role": "liaison", "campaign": "c", "scope": {"kind": "unit", "of": "u"}}
    for who, offered in ((office, True), (dataclasses.replace(office, ended=(of_unit,)), False)):
        at_the_desk(who)
        found = desk.standing(judged)
        assert (found.withdraw, found.extend, desk.standing(REVIEW).judge) == (offered,) * 3
        assert bool(desk.standing(passed).handed_on) == offered


def test_a_passing_that_was_handed_on_is_offered_back_at_its_level_or_above_and_not_to_be_given_again(at_the_desk):
    """Until there is a verdict; whoever it concerns is offered nothing."""
    passed = {**REVIEW, "levels": ["secretary", "group"], "levels_done": ["secretary"]}
    for role, offered in (("secretary", "secretary"), ("supervisor", "secretary"), ("liaison", None)):
        at_the_desk(viewer(role))
        assert desk.standing(passed).handed_on == offered
        assert desk.standing(passed).judge == (role == "supervisor")
        assert desk.standing({**passed, "levels_done": []}).handed_on is None
        assert desk.standing({**passed, "verdict": VERDICT, "state": "judged"}).handed_on is None
    at_the_desk(viewer("supervisor"))
    assert desk.standing({**passed, "levels_done": ["secretary", "group"]}).handed_on == "group"
    assert desk.standing({**passed, "barred": "recused"}).handed_on is None


def test_whom_a_material_concerns_is_offered_neither_claim_nor_verdict(at_the_desk):
    """And is told why; the leader may still hand it to others."""
    at_the_desk(viewer("group_leader"))
    standing = desk.standing({**REVIEW, "barred": "recused"})

    assert (standing.reads, standing.judge, standing.leader, standing.barred) == (False, False, True, "recused")
    assert desk.standing({**REVIEW, "barred": None}).reads


def test_a_verdict_is_not_offered_back_once_the_meetings_day_is_over(at_the_desk):
    """It stands then."""
    at_the_desk(viewer("supervisor"))
    judged = {**REVIEW, "state": "judged", "verdict": VERDICT}

    assert desk.standing({**judged, "meeting_on": "2999-01-01"}).withdraw
    assert not desk.standing({**judged, "meeting_on": "2020-01-01"}).withdraw


def test_an_answer_is_found_in_whichever_version_gave_it(monkeypatch):
    """Also when the author handed in once more before anybody read."""
    versions = [{"version": 2, "answers": {"a": {"how": "accepted", "text": "已改"}}}, {"version": 3, "answers": {}}]
    monkeypatch.setattr(asking, "find", lambda *_, **__: {"versions": versions})
    owed = {"id": "a", "standard": "measures", "reason": "没有日期"}

    (row,) = desk.answered({"version": 3, "material_id": "m", "owed": [owed], "carried": []})

    assert row["answer"]["text"] == "已改"


def test_a_secretary_reads_only_where_that_level_is_asked(at_the_desk):
    """And only until it was read at that level."""
    at_the_desk(viewer("secretary"))
    asked = {**REVIEW, "levels": ["secretary", "group"]}

    assert not desk.standing(REVIEW).judge
    assert desk.standing(asked).judge
    assert not desk.standing({**asked, "levels_done": ["secretary"]}).judge
