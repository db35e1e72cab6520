"""The group's comment at the meeting, over the doors: issued once, and each problem on the ledger or explained."""

import concurrent.futures
import json
from types import SimpleNamespace

import pytest

from services.spine import clock
from tests.stack import CAMPAIGN, Refused, grant, problem

UNIT, OTHER = "990823-NYNC", "990881-LY"
MEETING = f"{CAMPAIGN}.{UNIT}"
COMMENT = f"{MEETING}.comment"
DRAFT = {
    "campaign": CAMPAIGN,
    "unit": UNIT,
    "overall": "准备充分，批评有辣味。",
    "merits": ["主要负责人带头揭短"],
    "problems": [{"text": "建后管护没有责任人", "aspect": "responsibility"}, {"text": "下乡调研走过场"}],
    "requirements": ["月底前报整改方案"],
}


@pytest.fixture(scope="module")
def people(opened):
    group = grant("supervisor", "group", "G4")
    return SimpleNamespace(
        office=opened.person("office", grant("office", "campaign", CAMPAIGN)),
        county=opened.person("county", grant("county_office", "region", "990823")),
        supervisor=opened.person("supervisor", group),
        leader=opened.person("leader", grant("group_leader", "group", "G4")),
        former=opened.person("former", group, {**grant("liaison", "unit", UNIT), "until": "2020-01-01"}),
        stranger=opened.person("stranger", grant("supervisor", "group", "G1")),
        liaison=opened.person("liaison", grant("liaison", "unit", UNIT)),
        secretary=opened.person("secretary", grant("secretary", "unit", UNIT)),
        member=opened.person("member", grant("member", "post", f"{UNIT}/02")),
        neighbour=opened.person("neighbour", grant("liaison", "unit", OTHER)),
        admin=opened.person("admin", grant("system_admin", "system", "*", None)),
    )


def refused(code, ask, *arguments):
    with pytest.raises(Refused) as no:
        ask(*arguments)
    assert no.value.code == code, no.value.problem
    return no.value.problem


def issue(who, **changed):
    return who.post("review", "/supervision-comments", {**DRAFT, **changed})


def say(who, number, deed, reason):
    return who.post("rectification", f"/candidates/{COMMENT}.p{number}/{deed}", {"reason": reason})


def candidates(who, **query):
    return who.get("rectification", "/candidates", campaign=CAMPAIGN, **query)["rows"]


def take_up(who, key, number, unit=UNIT):
    draft = {**problem(unit, key), "source": "supervision", "candidate": f"{COMMENT}.p{number}"}
    return who.ask("POST", "rectification", "/items", json=draft)


def letters(who, event):
    return [row for row in who.get("notification", "/messages")["rows"] if row["event"] == event]


def test_nobody_comments_before_the_meeting(opened, people):
    refused("comment_too_early", issue, people.leader)
    people.office.post("registry", f"/meetings/{MEETING}/schedule", {"on": clock.today(), "reason": "提前"})
    opened.settled()
    assert refused("aspect_unknown", lambda: issue(people.leader, problems=[{"text": "x", "aspect": "none_such"}]))
    assert refused("invalid", lambda: issue(people.leader, problems=[]))["errors"][0]["pointer"] == "/problems"


def test_the_comment_is_the_units_own_groups_and_nobody_elses(people):
    for who in (people.office, people.county, people.liaison, people.secretary, people.member, people.admin):
        refused("not_permitted", issue, who)
    refused("not_found", issue, people.stranger)
    refused("own_former_unit", issue, people.former)
    kept = people.supervisor.post("review", "/recusals", {"campaign": CAMPAIGN, "unit": UNIT, "reason": "近亲属任职"})
    refused("recused", issue, people.supervisor)
    people.supervisor.post("review", f"/recusals/{kept['recusal_id']}/end", {"reason": "已调离"})


def test_pressed_by_many_at_once_it_is_issued_once_and_another_is_refused(opened, people):
    with concurrent.futures.ThreadPoolExecutor(4) as hands:
        asked = [people.leader, people.supervisor] * 2
        answers = list(hands.map(lambda who: who.ask("POST", "review", "/supervision-comments", json=DRAFT), asked))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 201]
    assert len({answer.json()["by"] for answer in answers}) == 1
    no = refused("comment_issued", lambda: issue(people.supervisor, overall="一般"))
    assert no["params"]["by"] == answers[0].json()["by"]
    opened.settled()
    aspects = people.liaison.get("registry", f"/meetings/{MEETING}")["aspects"]
    assert (aspects[8]["state"], aspects[6]["state"]) == ("done", "open")


def test_it_is_read_by_whom_it_concerns_and_by_nobody_else(people):
    path = f"/supervision-comments/{COMMENT}"
    for who in (people.member, people.secretary, people.supervisor, people.county, people.office):
        assert [one["id"] for one in who.get("review", path)["problems"]] == [f"{COMMENT}.p1", f"{COMMENT}.p2"]
    for who in (people.neighbour, people.stranger):
        refused("not_found", who.get, "review", path)
        assert candidates(who) == []
    refused("not_permitted", people.admin.get, "review", path)
    refused("not_permitted", people.admin.get, "rectification", "/candidates")
    assert len(candidates(people.member)) == len(candidates(people.county)) == 2


def test_what_comes_after_is_added_once_and_numbered_on(opened, people):
    path, added = f"/supervision-comments/{COMMENT}/addenda", {"note": "会后核实", "problems": [{"text": "没有时限"}]}
    refused("not_permitted", people.liaison.post, "review", path, added)
    refused("not_found", people.stranger.post, "review", path, added)
    refused("own_former_unit", people.former.post, "review", path, added)
    statuses = [people.leader.ask("POST", "review", path, json=added).status_code for _ in range(2)]
    assert statuses == [201, 200]
    comment = people.liaison.get("review", f"/supervision-comments/{COMMENT}")
    assert [one["problems"][0]["id"] for one in comment["addenda"]] == [f"{COMMENT}.p3"]
    assert comment["overall"] == DRAFT["overall"]
    opened.settled()
    rows = candidates(people.liaison, state="open", unit=UNIT, group="G4", region="990823")
    assert [(row["number"], row["aspect"]) for row in rows] == [(1, "responsibility"), (2, None), (3, None)]
    assert candidates(people.liaison, group="G1") == []


def test_of_many_presses_one_item_takes_a_problem_up(opened, people):
    refused("candidate_unknown", lambda: _done(take_up(people.neighbour, "p01", 1, OTHER)))
    refused("candidate_unknown", lambda: _done(take_up(people.liaison, "p01", 99)))
    with concurrent.futures.ThreadPoolExecutor(6) as hands:
        answers = list(hands.map(lambda key: take_up(people.liaison, key, 1), ["p01", "p02"] * 3))
    taken = {answer.json()["item_id"] for answer in answers if answer.status_code < 300}
    assert len(taken) == 1 and [answer.status_code for answer in answers].count(201) == 1
    assert {answer.json()["code"] for answer in answers if answer.status_code >= 300} == {"already_adopted"}
    (row,) = candidates(people.liaison, state="adopted")
    assert {row["item_id"]} == taken
    item = people.supervisor.get("rectification", f"/items/{row['item_id']}")
    assert (item["source"], item["candidate"]) == ("supervision", row["candidate_id"])
    refused("candidate_not_open", say, people.liaison, 1, "explanation", "不列")


def test_the_unit_explains_and_the_group_asks_again(opened, people):
    for who in (people.supervisor, people.office, people.member):
        refused("not_permitted", say, who, 2, "explanation", "不列")
    refused("not_found", say, people.neighbour, 2, "explanation", "不列")
    refused("candidate_not_explained", say, people.leader, 2, "reopening", "不行")
    for _ in range(2):
        assert say(people.liaison, 2, "explanation", "去年已列")["state"] == "explained"
    refused("candidate_not_open", say, people.liaison, 2, "explanation", "别的理由")

    for who in (people.liaison, people.office, people.member):
        refused("not_permitted", say, who, 2, "reopening", "没有办结")
    refused("not_found", say, people.stranger, 2, "reopening", "没有办结")
    for _ in range(2):
        again = say(people.supervisor, 2, "reopening", "没有办结")
    assert (again["state"], len(again["reopenings"])) == ("open", 1)
    assert again["reopenings"][0]["explanation"]["reason"] == "去年已列"
    assert say(people.secretary, 2, "explanation", "已与巡察整改合并")["state"] == "explained"


def test_an_explained_problem_is_taken_up_after_all_and_keeps_what_was_said(opened, people):
    assert take_up(people.liaison, "p05", 2).status_code == 201
    row = candidates(people.liaison, state="adopted")[1]
    assert (row["explanation"]["reason"], len(row["reopenings"])) == ("已与巡察整改合并", 1)


def test_a_crash_between_item_and_candidate_heals_when_the_events_are_told_again(opened, people):
    assert take_up(people.liaison, "p06", 3).status_code == 201
    opened.settled()
    db = opened.database("rectification")
    crashed = {"$set": {"state": "open", "item_id": None}}
    db.candidates.update_one({"_id": f"{COMMENT}.p3"}, crashed)
    assert take_up(people.liaison, "p07", 3).json()["code"] == "already_adopted"
    db.heard.delete_many({"_id": {"$regex": "on_candidate_adopted"}})
    people.admin.post("notification", "/replay", {"after": 0, "type": "candidate_adopted"})
    opened.settled()
    assert candidates(people.liaison, state="open") == []

    db.candidates.update_one({"_id": f"{COMMENT}.p3"}, crashed)
    assert take_up(people.liaison, "p06", 3).status_code == 200
    assert candidates(people.liaison, state="open") == []


def test_the_side_that_must_act_is_told_and_no_word_of_it_leaves(opened, people):
    opened.settled()
    comments, explained = (
        letters(people.liaison, "supervision_commented"),
        letters(people.leader, "candidate_explained"),
    )
    assert [row["link"] for row in comments] == [{"page": "comment", "id": MEETING}] * 2
    assert (len(explained), len(letters(people.liaison, "candidate_reopened"))) == (2, 1)
    assert letters(people.leader, "supervision_commented") == letters(people.liaison, "candidate_explained") == []
    told = json.dumps(list(opened.database("feed").events.find({}, {"_id": 0})), ensure_ascii=False, default=str)
    written = json.dumps([*comments, *explained], ensure_ascii=False)
    for word in ("管护", "走过场", "辣味", "核实", "时限", "去年已列", "没有办结", "巡察"):
        assert word not in told and word not in written


def test_telling_everything_again_changes_nothing(opened, people):
    before = (people.liaison.get("review", f"/supervision-comments/{COMMENT}"), candidates(people.liaison))
    people.admin.post("notification", "/replay", {"after": 0})
    opened.settled()
    assert (people.liaison.get("review", f"/supervision-comments/{COMMENT}"), candidates(people.liaison)) == before
    for service in ("review", "rectification", "registry", "notification"):
        assert opened.database(service).dead_letters.count_documents({}) == 0


def _done(answer):
    if answer.status_code >= 300:
        raise Refused(answer)
