"""Coaching and questions over the doors: who may what where, confirmed by the unit, answered and told."""

from types import SimpleNamespace
from typing import Any

import pytest

from services.spine import clock
from tests.stack import CAMPAIGN, Refused, grant

UNIT, OTHER = "990823-NYNC", "990881-LY"
SESSION: dict[str, Any] = {
    "campaign": CAMPAIGN,
    "key": "t01",
    "kind": "training",
    "on": clock.today(),
    "title": "集中培训",
}
SESSION |= {"aspects": ["talks", "attendance"], "taught_by": "主题教育办副主任"}
TRAINING = f"/coaching-sessions/{CAMPAIGN}.c.t01"
QUESTION = {"campaign": CAMPAIGN, "key": "leave", "unit": UNIT, "text": "能否书面发言？", "aspects": ["attendance"]}


@pytest.fixture(scope="module")
def people(embedded):
    embedded.load([UNIT, OTHER])
    embedded.settled()
    return SimpleNamespace(
        office=embedded.person("office", grant("office", "campaign", CAMPAIGN)),
        county=embedded.person("county", grant("county_office", "region", "990823")),
        supervisor=embedded.person("supervisor", grant("supervisor", "group", "G4")),
        stranger=embedded.person("stranger", grant("supervisor", "group", "G1")),
        liaison=embedded.person("liaison", grant("liaison", "unit", UNIT)),
        member=embedded.person("member", grant("member", "post", f"{UNIT}/02")),
        neighbour=embedded.person("neighbour", grant("liaison", "unit", OTHER)),
    )


def refused(code, ask, *arguments, **query):
    with pytest.raises(Refused) as no:
        ask(*arguments, **query)
    assert no.value.code == code, no.value.problem
    return no.value.problem


def listed(who, path, **query):
    return who.get("registry", path, campaign=CAMPAIGN, **query)


def test_a_training_is_entered_once_and_only_by_those_who_coach(people):
    refused("not_permitted", people.liaison.post, "registry", "/coaching-sessions", SESSION)
    people.office.post("registry", "/coaching-sessions", SESSION)
    again = people.office.post("registry", "/coaching-sessions", SESSION)
    assert again["versions"][-1]["version"] == 1 and listed(people.office, "/coaching-sessions")["total"] == 1
    refused("key_taken", people.office.post, "registry", "/coaching-sessions", {**SESSION, "title": "另一次"})
    everyone = {"everyone": {"role": "secretary"}}
    assert people.office.post("registry", f"{TRAINING}/attendance", everyone)["changed"] == 2
    assert people.office.post("registry", f"{TRAINING}/attendance", everyone)["changed"] == 0
    refused("not_permitted", people.county.post, "registry", f"{TRAINING}/attendance", everyone)
    assert [row["unit"] for row in people.county.get("registry", f"{TRAINING}/attendance")["rows"]] == [UNIT]


def test_a_group_visits_only_its_own_units_and_others_do_not_find_the_visit(people):
    visit = {**SESSION, "key": "v01", "kind": "visit", "unit": OTHER, "aspects": ["outlines"]}
    refused("unit_not_yours", people.supervisor.post, "registry", "/coaching-sessions", visit)
    people.supervisor.post("registry", "/coaching-sessions", {**visit, "unit": UNIT})
    path = f"/coaching-sessions/{CAMPAIGN}.c.v01"
    rows = {"rows": [{"unit": UNIT, "posts": ["01", "02"]}]}
    assert people.supervisor.post("registry", f"{path}/attendance", rows)["posts"] == 2
    assert people.member.get("registry", path)["attendance"]["awaited"] == 1
    assert people.county.get("registry", path)["yours"] is False
    for who in (people.stranger, people.neighbour):
        refused("not_found", who.get, "registry", path)


def test_the_unit_confirms_and_who_was_not_there_is_not_reached(people):
    mine = f"/coaching-attendance/{CAMPAIGN}.c.v01.{UNIT}"
    refused("not_permitted", people.member.post, "registry", f"{mine}/confirmation", {"posts": ["01"]})
    refused("not_found", people.neighbour.post, "registry", f"{mine}/confirmation", {"posts": ["01"]})
    for _ in range(2):
        row = people.liaison.post("registry", f"{mine}/confirmation", {"posts": ["01"], "note": "副局长请假"})
    assert (row["state"], row["count"], len(row["history"])) == ("differs", 1, 2)
    refused("not_permitted", people.liaison.get, "registry", f"/campaigns/{CAMPAIGN}/coaching-reach")
    for who in (people.office, people.county, people.supervisor):
        reach = who.get("registry", f"/campaigns/{CAMPAIGN}/coaching-reach", aspect="outlines", who="member")
        for cell in reach["rows"]:
            asked = {"aspect": cell["aspect"], "who": cell["who"]}
            assert who.get("registry", f"/campaigns/{CAMPAIGN}/unreached", **asked)["total"] == cell["unreached"]
    unit = people.office.get("registry", f"/campaigns/{CAMPAIGN}/unreached", aspect="outlines")
    assert [row["unit"] for row in unit["rows"]] == [OTHER]
    removal = {"posts": ["02"], "reason": "请假未到"}
    assert people.supervisor.post("registry", f"{mine}/removals", removal)["state"] == "confirmed"


def test_a_question_is_answered_the_unit_is_told_and_all_find_the_answer(people, embedded):
    path = f"/questions/{CAMPAIGN}.q.leave"
    refused("not_permitted", people.member.post, "registry", "/questions", QUESTION)
    refused("not_found", people.neighbour.post, "registry", "/questions", QUESTION)
    refused("question_without_unit", people.liaison.post, "registry", "/questions", {
        key: QUESTION[key] for key in QUESTION if key != "unit"
    })  # fmt: skip
    for _ in range(2):
        people.liaison.post("registry", "/questions", QUESTION)
    assert listed(people.supervisor, "/questions", state="open")["total"] == 1
    refused("not_found", people.neighbour.get, "registry", path)
    answer = {"text": "可以，会后由他人转达批评意见。", "public": True, "follows": 0}
    refused("not_permitted", people.liaison.post, "registry", f"{path}/answers", answer)
    refused("not_found", people.stranger.post, "registry", f"{path}/answers", answer)
    for _ in range(2):
        people.supervisor.post("registry", f"{path}/answers", answer)
    seen = people.neighbour.get("registry", path)
    assert (seen["unit"], seen["asked"], len(seen["answers"])) == (None, None, 1)
    (found,) = listed(people.neighbour, "/questions", q="批评意见怎么转达")["rows"]
    assert found["question_id"] == f"{CAMPAIGN}.q.leave"
    counts = people.neighbour.get("registry", f"/campaigns/{CAMPAIGN}/question-counts")["aspects"]
    assert counts == [{"aspect": "attendance", "count": 1}]
    embedded.settled()
    letters = people.liaison.get("notification", "/messages", unread=1)["rows"]
    told = [row for row in letters if row["event"] == "question_answered"]
    assert [row["link"]["id"] for row in told] == [f"{CAMPAIGN}.q.leave"]
    newer = {**answer, "text": "先报督导组同意。", "follows": 1, "reason": "按新通知"}
    assert len(people.county.post("registry", f"{path}/answers", newer)["answers"]) == 2
    refused("answered_by_higher", people.supervisor.post, "registry", f"{path}/answers", {**newer, "follows": 2,
            "text": "不用报。"})  # fmt: skip


def test_an_office_puts_a_question_there_with_its_answer(people):
    told: dict[str, Any] = {"campaign": CAMPAIGN, "key": "cases", "text": "典型案例从哪里找？", "aspects": []}
    answer = {"text": "从本系统近年通报中找。", "public": True}
    told |= {"standards": ["examples"], "answer": answer}
    people.office.post("registry", "/questions", told)
    assert listed(people.neighbour, "/questions", standard="examples")["total"] == 1
