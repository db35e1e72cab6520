"""What a holiday file comes to is shown before it is loaded, and just that is loaded, against the real store."""

import time

import pytest

from services.registry import (
    calendar_file,
    calendar_preview,
    definition,
    definition_store,
    laying,
    planning,
    schedule_store,
    store,
)
from services.spine import errors
from tests.registry.test_domain import CAMPAIGN, NOW, UNIT

TODAY, LATER = "2023-12-20", "2023-12-30"
HOLIDAY = [{"on": "2024-01-04", "worked": False, "name": "调整"}]
CHECKLIST = [{**row, "offset": {"days": -6, "unit": "working"}} for row in definition.REFERENCE["checklist"][3:4]]
CODES = [f"990823-U{number:03d}" for number in range(110)]


@pytest.fixture
def units(db):
    """Campaigns of 5 units and of 110, the talks due six working days before the meeting."""
    store.prepare(db)
    for code, units in (("a-campaign", CODES[:5]), ("b-campaign", CODES)):
        campaign = {**CAMPAIGN, "_id": code, "campaign_code": code, "campaign": code, "checklist": CHECKLIST}
        campaign = store.load_campaign(db, {**campaign, "groups": []}, NOW)
        planned = [planning.plan(campaign, {**UNIT, "unit_code": unit}, "G4") for unit in units]
        store.load_meetings(db, campaign, planned, NOW)
    return db


def version(db, days=HOLIDAY) -> calendar_file.Version:
    return calendar_file.over(schedule_store.standing(db), days, "办", "office", NOW, "")


def look(db, on: str = TODAY) -> int:
    """Worked through, some units at a time."""
    number = calendar_preview.begin(db, version(db), on)
    while work := definition_store.claim(db, "previews", time.time()):
        laying.preview(db, work, 0)
    return number


def test_it_tells_how_many_units_of_each_campaign_move_and_which_from_when_to_when(units):
    look(units)
    found = calendar_preview.shown(units)
    assert (found["state"], found["total"], found["worked"]) == ("done", 115, 115)
    assert found["counts"] == {"moved": 115, "past": 0, "held": 0, "same": 0}
    assert [(one["campaign"], one["moved"]) for one in found["campaigns"]] == [("a-campaign", 5), ("b-campaign", 110)]
    page = calendar_preview.effects(units, "b-campaign", {"page": "2", "size": "60"})
    assert (page["total"], [row["unit"] for row in page["rows"]]) == (110, CODES[60:])
    (line,) = [line for line in page["rows"][0]["changes"] if line["what"] == "aspect"]
    assert (line["from"], line["to"]) == ("2024-01-02", "2023-12-29")
    assert schedule_store.standing(units) is None, "nothing is loaded by looking"


def test_new_days_that_are_over_already_are_told(units):
    look(units, LATER)
    assert calendar_preview.shown(units)["counts"]["past"] == 115
    assert calendar_preview.effects(units, "a-campaign", {"what": "past"})["total"] == 5


def test_what_was_looked_at_is_loaded_once_and_nothing_else(units):
    number = look(units)
    confirmed = calendar_preview.confirmed(units, number, TODAY)
    assert confirmed["days"] == HOLIDAY
    schedule_store.load(units, confirmed, NOW)
    assert calendar_preview.shown(units)["state"] == "loaded"


def moved_day(db):
    before = store.meeting(db, f"a-campaign.{CODES[0]}")
    changed = planning.reschedule(before, CAMPAIGN, "2024-01-08", "安排", "办", NOW, TODAY)
    store.save(db, before, changed, NOW)


def stricter_rule(db):
    campaign = store.campaign(db, "b-campaign")
    asked = {
        "kind": "region",
        "of": "990823",
        "policy": {},
        "offsets": {"talks": -9},
        "by": "办",
        "at": NOW,
        "reason": "",
    }
    store.save_campaign(db, campaign, {**campaign, "policy_overrides": [asked]}, [], NOW)


def other_calendar(db):
    schedule_store.load(db, version(db, [{"on": "2024-01-05", "worked": False, "name": "x"}]), NOW)


def another_look(db):
    calendar_preview.begin(db, version(db, [{"on": "2024-01-05", "worked": False, "name": "x"}]), TODAY)


@pytest.mark.parametrize("happened", [moved_day, stricter_rule, other_calendar, another_look])
def test_what_is_no_longer_as_it_was_shown_is_refused(units, happened):
    number = look(units)
    happened(units)
    with pytest.raises(errors.Refusal, match="workdays_preview_stale"):
        calendar_preview.confirmed(units, number, TODAY)


def test_neither_on_another_day_nor_before_all_units_are_worked_out(units):
    number = look(units)
    with pytest.raises(errors.Refusal, match="workdays_preview_stale"):
        calendar_preview.confirmed(units, number, "2023-12-21")
    number = calendar_preview.begin(units, version(units), TODAY)
    with pytest.raises(errors.Refusal, match="workdays_preview_running"):
        calendar_preview.confirmed(units, number, TODAY)
