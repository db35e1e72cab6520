"""More asked of a place reaches its units whoever dies in between, against the real store."""

import time

import pytest

from services.registry import definition, domain, inheritance, organisations, planning, store, tightening
from services.spine import clock
from tests.registry.test_domain import CAMPAIGN, NOW, UNIT

CODE = "a-campaign"
TOWN = "990823-T1"
BRANCHES = [f"990823-Z{number:03d}" for number in range(250)]
NEVER, LONG = 0.0, 60.0


def below(code: str, parent: str | None, level: str = "branch") -> dict:
    return organisations.added(code, {"name": code, "level": level, "parent": parent, "region": "990823"}, {"by": "办"})


@pytest.fixture
def town(db, monkeypatch):
    """A running campaign of a township's 250 branches, half of them by way of a village, and of one elsewhere."""
    monkeypatch.setattr(clock, "today", lambda: "2023-12-05")
    store.prepare(db)
    tightening.prepare(db)
    db.organisations.insert_many(
        [below("990823-01", None, "county"), below(TOWN, "990823-01", "township"), below("990823-V1", TOWN)]
        + [below(code, ("990823-V1", TOWN)[number % 2]) for number, code in enumerate(BRANCHES)]
    )
    campaign = store.load_campaign(db, {**CAMPAIGN, "groups": []}, NOW)
    units = [{**UNIT, "unit_code": code, "level": "branch"} for code in (*BRANCHES, "990823-ELSE")]
    planned = [domain.announce(planning.plan(campaign, unit, "G4"))[0] for unit in units]
    store.load_meetings(db, campaign, planned, NOW)
    return db


def ask(db, kind: str = "organisation", of: str = TOWN) -> tuple[dict, definition.Campaign, definition.Campaign]:
    """What is kept of it, and the campaign before and after."""
    campaign = store.campaign(db, CODE)
    said = {"policy": {}, "offsets": {"plan": -20}, "reason": "镇党委要求", "by": "镇办", "at": NOW}
    asked = {"kind": kind, "of": of, **said}
    place = tightening.place(db, CODE, kind, of)
    changed = inheritance.tighten(campaign, asked, place["region"], place.get("line", ()))
    return tightening.begin(db, campaign, asked), campaign, changed


def followed(db) -> list[str]:
    """The units whose plan is due by what was asked for."""
    return sorted(one["unit"] for one in db.meetings.find() if one["aspects"][0]["due_on"] == "2023-12-21")


def lease_over(db) -> None:
    db.tightenings.update_many({}, {"$set": {"until": 0}})


def test_what_a_township_asks_for_reaches_all_below_it_in_the_tree_whatever_lies_between(town):
    work, before, after = ask(town)
    store.save_campaign(town, before, after, [], NOW)
    tightening.follow(town, work, time.monotonic() + LONG)
    assert followed(town) == BRANCHES
    meeting = store.meeting(town, f"{CODE}.{BRANCHES[0]}")
    assert meeting["above"] == ["990823-V1", TOWN, "990823-01"]
    assert [(one["what"], one["by"], one["reason"]) for one in meeting["history"]] == [
        ("tightened", "镇办", "镇党委要求")
    ]
    assert town.tightenings.count_documents({}) == 0


def test_who_dies_between_asking_and_the_first_unit_is_gone_on_for(town):
    _, before, after = ask(town)
    store.save_campaign(town, before, after, [], NOW)
    tightening.resume(town, time.monotonic() + LONG)
    assert followed(town) == [], "whoever asked is still at it"
    lease_over(town)
    tightening.resume(town, time.monotonic() + LONG)
    assert followed(town) == BRANCHES and town.tightenings.count_documents({}) == 0


def test_who_dies_over_the_units_is_gone_on_for_and_none_follows_twice(town):
    work, before, after = ask(town)
    store.save_campaign(town, before, after, [], NOW)
    tightening.follow(town, work, NEVER)
    assert followed(town) == BRANCHES[: tightening.AT_ONCE]
    town.tightenings.update_one({}, {"$set": {"after": ""}})  # as if it had died before it wrote how far it had come
    tightening.resume(town, time.monotonic() + LONG)
    assert followed(town) == BRANCHES
    assert {len(one["history"]) for one in town.meetings.find({"unit": {"$in": BRANCHES}})} == {1}


def test_what_was_never_asked_because_the_asker_died_before_moves_nothing(town):
    ask(town)
    lease_over(town)
    tightening.resume(town, time.monotonic() + LONG)
    assert followed(town) == []
    changed = store.campaign(town, CODE)
    store.save_campaign(town, changed, {**changed, "title": "另一题目"}, [], NOW)
    lease_over(town)
    tightening.resume(town, time.monotonic() + LONG)
    assert followed(town) == [] and town.tightenings.count_documents({}) == 0


def test_where_no_tree_is_known_the_teams_that_are_told_to_stand_above_are_followed(town):
    town.organisations.delete_many({})
    for meeting in store.meetings_of(town, CODE, BRANCHES[1:3]):
        store.save(town, meeting, ({**meeting, "superior": BRANCHES[0]}, []), NOW)
    work, before, after = ask(town, of=BRANCHES[0])
    store.save_campaign(town, before, after, [], NOW)
    tightening.follow(town, work, time.monotonic() + LONG)
    assert followed(town) == BRANCHES[:3]
