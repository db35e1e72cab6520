"""Problems from every source over the doors: each waits for the ledger, and whoever may walks its chain both ways."""

import json
from types import SimpleNamespace

import pytest

from services.spine import clock
from tests.stack import CAMPAIGN, Refused, campaign_folder, document, grant, problem

UNIT, OTHER, BEFORE = "990823-NYNC", "990881-LY", "minchuan-2022-annual"
OUTLINE = f"{CAMPAIGN}.{UNIT}.speech_outline.03"
CANAL, LATER = "1.2公里灌渠水毁半年未修复，靠抽水浇灌", "灌渠水毁后一年多没有修好，仍靠抽水浇灌"
PASSED = {code: {"passed": True} for code in ("problems", "examples", "persuasion", "causes", "measures")}
SAID = {"source": "anonymous_appraisal", "text": "分管同志下乡听汇报多、进田头少"}


@pytest.fixture(scope="module")
def people(opened):
    unit = grant("liaison", "unit", UNIT)
    found = SimpleNamespace(
        office=opened.person(
            "office", grant("office", "campaign", CAMPAIGN), grant("office", "campaign", BEFORE, BEFORE)
        ),
        county=opened.person("county", grant("county_office", "region", "990823")),
        supervisor=opened.person("supervisor", grant("supervisor", "group", "G4")),
        stranger=opened.person("stranger", grant("supervisor", "group", "G1")),
        liaison=opened.person("liaison", unit),
        before=opened.person("before", grant("liaison", "unit", UNIT, BEFORE)),
        third=opened.person("third", grant("member", "post", f"{UNIT}/03")),
        fourth=opened.person("fourth", grant("member", "post", f"{UNIT}/04")),
        neighbour=opened.person("neighbour", grant("liaison", "unit", OTHER)),
        admin=opened.person("admin", grant("system_admin", "system", "*", None)),
    )
    folder = campaign_folder([UNIT, OTHER], opens_on="2022-12-01", held_by="2023-01-10")
    folder["campaign"]["campaign_code"] = BEFORE
    found.office.post("registry", "/campaigns", folder)
    found.office.post("registry", f"/campaigns/{BEFORE}/open", {})
    opened.settled()
    draft = {**problem(UNIT, "c01"), "campaign": BEFORE, "problem": CANAL}
    found.before.post("rectification", "/items", draft)
    opened.settled()
    return found


def refused(code, ask, *arguments, **named):
    with pytest.raises(Refused) as no:
        ask(*arguments, **named)
    assert no.value.code == code, no.value.problem


def candidates(who, **query):
    return who.get("rectification", "/candidates", campaign=CAMPAIGN, **query)["rows"]


def chain(who, item_id):
    return who.get("rectification", f"/items/{item_id}/chain")


def finding(who, key="f01", source="inspection", unit=UNIT, **more):
    draft = {"campaign": CAMPAIGN, "unit": unit, "key": key, "source": source, "problem": "补贴核验抽查不足", **more}
    return who.post("rectification", "/findings", draft)


def test_an_opinion_waits_for_the_ledger_of_whom_it_concerns_and_no_word_of_it_is_kept_there(opened, people):
    draft = {"campaign": CAMPAIGN, "unit": UNIT, "post": "03", "opinions": [SAID]}
    (key,) = people.liaison.post("intake", "/opinions", draft)["opinion_ids"]
    opened.settled()
    for who in (people.liaison, people.supervisor, people.county, people.office, people.third):
        assert [row["candidate_id"] for row in candidates(who, source="opinion")] == [key]
    for who in (people.fourth, people.stranger, people.neighbour):
        assert candidates(who, source="opinion") == []
    kept = json.dumps(list(opened.database("rectification").candidates.find()), ensure_ascii=False, default=str)
    assert "田头" not in kept and clock.today() not in kept, "neither what was said nor when"
    people.liaison.post("intake", f"/opinions/{key}/withdrawal", {"reason": "重复"})
    opened.settled()
    assert [row["state"] for row in candidates(people.liaison, source="opinion")] == ["withdrawn"]
    refused(
        "candidate_not_open", people.liaison.post, "rectification", f"/candidates/{key}/explanation", {"reason": "x"}
    )


def test_the_problems_of_a_material_wait_once_it_has_passed_with_their_words_at_review(opened, people):
    people.liaison.hand_in(OUTLINE, "so-01.txt", document("so-01.txt"))
    opened.settled()
    assert candidates(people.liaison, source="self_criticism") == []
    people.supervisor.post("review", f"/reviews/{OUTLINE}.v1/verdict", {"standards": PASSED})
    opened.settled()
    rows = candidates(people.liaison, source="self_criticism", state="open", origin=f"{OUTLINE}.v1")
    named = people.supervisor.get("review", f"/reviews/{OUTLINE}.v1/problems")["rows"]
    assert [row["candidate_id"] for row in rows] == [one["id"] for one in named] and len(rows) > 2
    assert all(one["text"] for one in named)
    assert candidates(people.third, source="self_criticism") and not candidates(people.fourth, source="self_criticism")
    refused("not_found", people.fourth.get, "review", f"/reviews/{OUTLINE}.v1/problems")
    refused("not_found", people.stranger.get, "review", f"/reviews/{OUTLINE}.v1/problems")


def test_a_finding_is_entered_by_whom_it_is_for_and_the_unit_is_told_of_one_from_above(opened, people):
    for who, source in ((people.liaison, "inspection"), (people.supervisor, "talk"), (people.third, "talk")):
        refused("not_permitted", finding, who, source=source)
    refused("not_found", finding, people.stranger)
    refused("not_found", finding, people.neighbour, source="talk")
    refused("invalid", finding, people.office, source="opinion")
    assert finding(people.supervisor)["entered"]["side"] == "above"
    assert finding(people.supervisor)["candidate_id"] == f"{CAMPAIGN}.{UNIT}.finding.f01"
    refused("key_taken", finding, people.county, problem="另一个问题")
    talk = f"{CAMPAIGN}.{UNIT}.t.01-04.2024-01-02"
    finding(people.liaison, "f02", "talk", talk_id=talk)
    opened.settled()
    seen = {who: candidates(getattr(people, who), source="talk")[0]["origin"] for who in ("liaison", "fourth", "third")}
    assert seen == {"liaison": talk, "fourth": talk, "third": None}, "who talked with whom is theirs to know"
    assert candidates(people.county, source="talk")[0]["origin"] is None
    letters = people.liaison.get("notification", "/messages")["rows"]
    found = [row for row in letters if row["event"] == "candidate_found"]
    assert len(found) == 1 and "补贴" not in json.dumps(found, ensure_ascii=False)


def test_what_was_left_undone_is_carried_over_once_and_linked_both_ways(opened, people):
    place, old = {"campaign": CAMPAIGN, "unit": UNIT}, f"{BEFORE}.{UNIT}.c01"
    (row,) = people.liaison.get("rectification", "/leftovers", **place)["rows"]
    assert (row["item_id"], row["problem"], row["carried"], row["open"]) == (old, CANAL, None, False)
    for who in (people.stranger, people.neighbour):
        refused("not_found", who.get, "rectification", "/leftovers", **place)
    draft = {**place, "item_ids": [old]}
    for who in (people.supervisor, people.third):
        refused("not_permitted", who.post, "rectification", "/leftovers", draft)
    refused("not_found", people.neighbour.post, "rectification", "/leftovers", draft)
    elsewhere = {**draft, "item_ids": [old, f"{BEFORE}.{OTHER}.c01"]}
    refused("not_found", people.office.post, "rectification", "/leftovers", elsewhere)
    answers = [people.office.post("rectification", "/leftovers", draft) for _ in range(2)]
    assert answers == [{"carried": 1, "known": 0}, {"carried": 0, "known": 1}]
    (waiting,) = candidates(people.liaison, source="last_year")
    assert (waiting["problem"], waiting["origin"]) == (CANAL, old)
    taken = {
        **problem(UNIT, "p01"),
        "source": "last_year",
        "candidate": waiting["candidate_id"],
        "problem": "管护没有落实",
    }
    refused("source_differs", people.liaison.post, "rectification", "/items", {**taken, "source": "other"})
    item = people.liaison.post("rectification", "/items", taken)["item_id"]
    opened.settled()
    (row,) = people.liaison.get("rectification", "/leftovers", **place)["rows"]
    assert row["carried"]["item_id"] == item
    ((link),) = chain(people.liaison, item)["earlier"]
    assert (link["item_id"], link["carried"], link["open"], link["measures"][0]["what"]) == (old, True, False, "做")
    assert chain(people.office, item)["earlier"][0]["open"], "who has a role there may open it"
    assert [one["item_id"] for one in chain(people.office, old)["later"]] == [item]
    assert chain(people.before, old)["later"] == [], "of what came later nobody is told without a role there"


def test_a_problem_of_an_earlier_year_is_known_again_and_listed_for_the_group(opened, people):
    item = people.liaison.post("rectification", "/items", {**problem(UNIT, "p02"), "problem": LATER})["item_id"]
    people.neighbour.post("rectification", "/items", {**problem(OTHER, "p02"), "problem": LATER})
    opened.settled()
    (link,) = chain(people.supervisor, item)["earlier"]
    assert link["likeness"] > 0.42 and not link["carried"]
    rows = people.supervisor.get("rectification", "/recurrences", campaign=CAMPAIGN)["rows"]
    assert [(row["item"]["item_id"], row["years"]) for row in rows if not row["earlier"][0]["carried"]] == [(item, 2)]
    assert people.stranger.get("rectification", "/recurrences")["rows"] == []
    for who in (people.stranger, people.neighbour):
        refused("not_found", who.get, "rectification", f"/items/{item}/chain")
    refused("not_permitted", people.admin.get, "rectification", "/recurrences")


def test_several_problems_are_joined_to_one_item_and_its_chain_tells_each_what_it_may_see(opened, people):
    item, waiting = f"{CAMPAIGN}.{UNIT}.p02", candidates(people.liaison, state="open")
    mine = next(row["candidate_id"] for row in waiting if row["source"] == "self_criticism")
    talk = next(row["candidate_id"] for row in waiting if row["source"] == "talk")
    for who in (people.supervisor, people.third, people.office):
        refused("not_permitted", who.post, "rectification", f"/candidates/{talk}/joining", {"item_id": item})
    refused("not_found", people.neighbour.post, "rectification", f"/candidates/{talk}/joining", {"item_id": item})
    for key in (mine, talk, talk):
        kept = people.liaison.post("rectification", f"/candidates/{key}/joining", {"item_id": item})
        assert (kept["state"], kept["item_id"]) == ("adopted", item)
    opened.settled()
    assert [row["source"] for row in chain(people.liaison, item)["origins"]] == ["self_criticism", "talk"]
    assert [row["source"] for row in chain(people.fourth, item)["origins"]] == ["talk"], "a colleague's outline is his"
    again = people.supervisor.post("rectification", f"/candidates/{talk}/reopening", {"reason": "不是一回事"})
    assert (again["state"], again["reopenings"][0]["item_id"]) == ("open", item)
    assert [row["source"] for row in chain(people.liaison, item)["origins"]] == ["self_criticism"]


def test_telling_everything_again_changes_nothing_and_no_word_is_told(opened, people):
    before = (candidates(people.office), people.office.get("rectification", "/recurrences", campaign=CAMPAIGN))
    people.admin.post("notification", "/replay", {"after": 0})
    opened.settled()
    assert (candidates(people.office), people.office.get("rectification", "/recurrences", campaign=CAMPAIGN)) == before
    told = json.dumps(list(opened.database("feed").events.find({}, {"_id": 0})), ensure_ascii=False, default=str)
    for word in ("田头", "灌渠", "补贴", "管护"):
        assert word not in told
    for service in ("rectification", "notification", "review"):
        assert opened.database(service).dead_letters.count_documents({}) == 0
