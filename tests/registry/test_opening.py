"""A campaign opens, however many units it has: some at once, many in the background, each told once."""

import time
from contextlib import nullcontext

import pytest

from services.registry import (
    definition,
    definition_store,
    laying,
    openings,
    organisations,
    planning,
    service_opening,
    store,
    versions,
)
from services.registry.service import RegistryService
from services.spine import contracts, mongo
from services.spine.actor import Actor
from services.spine.errors import Refusal
from tests.registry.test_definition_store import AT, CODE, LOADED
from tests.registry.test_definition_store import UNITS as MANY

UNITS = MANY[:23]


@pytest.fixture
def loaded(db):
    """A campaign of 23 units that was not opened."""
    store.prepare(db)
    campaign = store.load_campaign(db, {**definition.define(LOADED, UNITS), "groups": []}, AT)
    store.load_meetings(db, campaign, [planning.plan(campaign, unit, "G4") for unit in UNITS], AT)
    return db


@pytest.fixture
def doors(loaded, monkeypatch):
    """The registry's doors, where 23 units are many."""
    monkeypatch.setattr(service_opening, "AT_ONCE", 20)
    monkeypatch.setattr(laying, "AT_ONCE", 10)
    service = RegistryService()
    service.db = loaded
    return service


def office(campaign=CODE, permission="open_campaign"):
    grant = {"role": "office", "campaign": campaign, "scope": {"kind": "campaign", "of": campaign}, "until": None}
    return Actor({"sub": "office", "name": "市办", "grants": [grant]}, permission, "2023-12-20")


def told(db):
    """How often each unit was told; and what the campaign said."""
    times = [len(row["outbox"]) for row in db.meetings.find({"campaign": CODE})]
    return times, [event["type"] for event in db.campaigns.find_one({"_id": CODE})["outbox"]]


def go_on(db, seconds=60):
    claimed = definition_store.claim(db, "openings", time.time())
    assert claimed, "nothing to do"
    laying.open_up(db, claimed, time.monotonic() + seconds)


def end(db):
    for code in openings.unfinished(db):
        laying.end_opening(db, code)


def test_few_units_are_told_while_the_office_waits(doors, loaded, monkeypatch):
    monkeypatch.setattr(service_opening, "AT_ONCE", 23)
    for _ in range(2):
        assert doors.open_campaign(office(), CODE) == {"campaign_code": CODE, "state": "open", "units": 23}
    assert told(loaded) == ([1] * 23, ["rectify.campaign_opened"])
    assert loaded.openings.count_documents({}) == 0


def test_many_units_are_told_in_the_background_and_the_campaign_is_open_after_the_last(doors, loaded):
    for _ in range(2):
        status, answer = doors.open_campaign(office(), CODE)
        contracts.check("documents/opened", answer)
        assert (status, answer["state"]) == (202, "opening")
    go_on(loaded, -1)
    seen = doors.opening(office(), CODE)
    contracts.check("documents/opening", seen)
    assert (seen["state"], seen["worked"], seen["total"]) == ("opening", 10, 23)
    assert told(loaded)[1] == []
    go_on(loaded)
    assert doors.opening(office(), CODE)["state"] == "open"
    assert told(loaded) == ([1] * 23, ["rectify.campaign_opened"])


def test_pressed_again_when_it_is_open_nobody_is_told_twice(doors, loaded):
    doors.open_campaign(office(), CODE)
    go_on(loaded)
    assert doors.open_campaign(office(), CODE)[1]["state"] == "open"
    go_on(loaded)
    assert told(loaded) == ([1] * 23, ["rectify.campaign_opened"])


@pytest.mark.parametrize("killed", ["before the work began", "before saying how far it came", "before it was open"])
def test_whoever_is_killed_loses_nothing_and_doubles_nothing(doors, loaded, killed, monkeypatch):
    doors.open_campaign(office(), CODE)
    if killed == "before the work began":
        loaded.openings.delete_many({})
        end(loaded)
    elif killed == "before saying how far it came":
        go_on(loaded, -1)
        loaded.openings.update_one({"_id": CODE}, {"$set": {"after": "", "worked": 0}})
    else:
        with monkeypatch.context() as dying:
            dying.setattr(laying, "end_opening", lambda *_: None)
            go_on(loaded)
        assert store.campaign(loaded, CODE)["state"] == "opening"
        end(loaded)
    if store.campaign(loaded, CODE)["state"] == "opening":
        go_on(loaded)
    assert store.campaign(loaded, CODE)["state"] == "open" and openings.unfinished(loaded) == []
    assert told(loaded) == ([1] * 23, ["rectify.campaign_opened"])


def test_a_unit_that_comes_in_meanwhile_is_told_too(doors, loaded):
    doors.open_campaign(office(), CODE)
    go_on(loaded, -1)
    campaign = store.campaign(loaded, CODE)
    folder, tree = ({**UNITS[0], "unit_code": f"990823-0000{last}", "name": last} for last in "AB")
    store.load_meetings(loaded, campaign, [planning.plan(campaign, folder, "G4")], AT)
    store.join(loaded, campaign, [planning.plan(campaign, tree, "G4")], AT)
    assert loaded.meetings.find_one({"unit": tree["unit_code"]})["announced"]
    go_on(loaded)
    assert store.campaign(loaded, CODE)["state"] == "opening", "one unit is left"
    go_on(loaded)
    assert told(loaded) == ([1] * 25, ["rectify.campaign_opened"])
    assert doors.opening(office(), CODE) == {"campaign_code": CODE, "state": "open", "total": 25, "worked": 25}


def test_a_unit_that_somebody_changes_just_before_it_is_told_keeps_the_change(doors, loaded, monkeypatch):
    doors.open_campaign(office(), CODE)
    saved = mongo.save_all

    def overtaken(*args, **more):
        if not loaded.meetings.find_one({"note": "a"}):
            loaded.meetings.update_one(
                {"unit": UNITS[0]["unit_code"]}, {"$set": {"note": "a"}, "$inc": {"revision": 1}}
            )
        return saved(*args, **more)

    monkeypatch.setattr(mongo, "save_all", overtaken)
    go_on(loaded)
    first = loaded.meetings.find_one({"unit": UNITS[0]["unit_code"]})
    assert (first["note"], first["announced"]) == ("a", True)
    assert told(loaded) == ([1] * 23, ["rectify.campaign_opened"])


def test_another_campaigns_office_neither_opens_nor_looks(doors, loaded):
    for act in (doors.open_campaign, doors.opening):
        with pytest.raises(Refusal, match="not_found"):
            act(office("another"), CODE)
    with pytest.raises(Refusal, match="not_found"):
        doors.opening(office(permission="read_campaign"), CODE)  # nobody opened it
    assert told(loaded) == ([0] * 23, [])


def test_the_parts_of_an_opening_are_found_by_index(loaded):
    assert "COLLSCAN" not in str(loaded.openings.find({"state": "running", "until": {"$lte": 1}}).explain())


def test_a_draft_may_give_words_to_a_county_without_a_name_where_units_are_and_to_no_other(doors, loaded):
    campaign = loaded.campaigns.find_one({"_id": CODE})
    region, rules = UNITS[0]["region_code"], campaign["policy"]["rectification"]
    assert region not in [row["region_code"] for row in campaign["regions"]]
    for of in ("990899", region):
        ladder = {**rules["escalation"], "marks": [{"of": of, "mark": "云督"}]}
        policy = {**campaign["policy"], "rectification": {**rules, "escalation": ladder}}
        asked = {"revision": 0, "definition": {**versions.definition_of(campaign), "policy": policy}}
        with nullcontext() if of == region else pytest.raises(Refusal, match="definition_faulty"):
            doors.edit_draft(office(permission="edit_campaign"), CODE, asked)


def test_a_unit_that_a_folder_adds_to_an_open_campaign_is_told_as_it_comes_in(doors, loaded):
    doors.open_campaign(office(), CODE)
    go_on(loaded)
    late = {**UNITS[0], "unit_code": "990823-0000A", "name": "后来的"}
    request = {"campaign": LOADED, "units": [*UNITS, late]}
    request["groups"] = [{"group_code": "G4", "name": "四组", "units": [one["unit_code"] for one in request["units"]]}]
    answers = [doors.take_in(office(permission="load_campaign"), request) for _ in range(2)]
    assert [(status, answer["added"]) for status, answer in answers] == [(201, 1), (200, 0)]
    assert loaded.meetings.find_one({"unit": late["unit_code"]})["announced"]
    assert told(loaded) == ([1] * 24, ["rectify.campaign_opened"])


def test_a_copy_leaves_out_units_that_have_ended_and_lists_them_and_has_the_posts_of_today(doors, loaded):
    first, second, third = (str(unit["unit_code"]) for unit in UNITS[:3])
    place = {"region": "990823", "level": "county", "team": "党组"}
    for code, more in (
        (first, {"state": "merged", "ended_on": "2024-03-01", "into": second}),
        (second, {"name": "新名称"}),
    ):
        loaded.organisations.insert_one(
            {**organisations.added(code, {"name": code, **place}, {"what": "imported"}), **more}
        )
    posts = [{"post": "01", "title": "新书记", "role": "secretary", "from": "2024-01-01", "until": None}]
    loaded.teams.insert_one({"_id": third, "posts": posts, "history": []})
    grants = [office(code).grants[0] for code in (CODE, "next")]
    both = Actor({"sub": "office", "name": "市办", "grants": grants}, "load_campaign", "2024-12-01")
    loaded.campaigns.update_one({"_id": CODE}, {"$set": {"groups": [{"group_code": "G4", "name": "第四督导组"}]}})

    wanted = {"campaign_code": "next", "title": "明年", "opens_on": "2024-12-02"}
    for added in (22, 0):
        _, answer = doors.copy_campaign(both, CODE, wanted)
        contracts.check("documents/loaded", answer)
        assert (answer["units"], answer["added"]) == (22, added)
        gone = {"unit": first, "name": first, "state": "merged", "on": "2024-03-01", "into": second}
        assert answer["left_out"] == {"total": 1, "rows": [gone]}
    copied = {row["unit"]: row for row in loaded.meetings.find({"campaign": "next"})}
    assert first not in copied and first not in loaded.campaigns.find_one({"_id": "next"})["groups"][0]["units"]
    assert copied[second]["unit_name"] == "新名称" and copied[third]["posts"][0]["title"] == "新书记"
