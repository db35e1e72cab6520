"""The higher meets before the lower, unless the office approves."""

from typing import Any

import pytest

from services.registry import clashes, definition, planning, waves
from services.registry.roster_lines import Line, of
from services.registry.telling import Meeting
from services.spine import contracts
from services.spine.errors import Refusal
from services.spine.workdays import PUBLISHED
from tests.registry.test_domain import LOADED, UNIT

WAVES: list[dict[str, Any]] = [
    {"code": "county", "title": "县级", "levels": ["county"], "held_by": "2023-12-25"},
    {"code": "township", "title": "乡镇", "levels": ["township"], "opens_on": "2023-12-20", "gap": 3},
]
COMMITTEE = {**UNIT, "unit_code": "990823-01", "name": "中共青溪县委员会"}
TOWN = {**UNIT, "unit_code": "990823-T1", "name": "中共青溪县柳河镇委员会", "level": "township"}
CAMPAIGN = {**definition.define({**LOADED, "waves": WAVES}, [COMMITTEE, TOWN]), "state": "open"}


def line(meeting: Meeting, **values: Any) -> Line:
    return of({**meeting, **values})


def test_a_unit_is_planned_on_its_waves_last_day_and_stays_in_its_wave():
    above, town = (planning.plan(CAMPAIGN, unit, "G4") for unit in (COMMITTEE, TOWN))
    assert (above["meeting_on"], town["meeting_on"]) == ("2023-12-25", "2024-01-10")
    for unit, day, code in ((above, "2023-12-26", "late"), (town, "2023-12-19", "early")):
        with pytest.raises(Refusal) as refused:
            waves.check_window(CAMPAIGN, unit, day)
        assert refused.value.code == f"meeting_day_too_{code}"


def test_a_day_before_the_superiors_is_refused_with_that_day_and_the_first_that_is_free():
    above, town = (planning.plan(CAMPAIGN, unit, "G4") for unit in (COMMITTEE, TOWN))
    found = waves.superior(CAMPAIGN, line(town), [line(town), line(above)])
    assert found == line(above)
    waves.check_superior(CAMPAIGN, town, found, "2023-12-28")
    with pytest.raises(Refusal) as refused:
        waves.check_superior(CAMPAIGN, town, found, "2023-12-27")
    assert refused.value.params["day"] == "2023-12-25" and refused.value.params["earliest"] == "2023-12-28"


def test_a_unit_of_the_same_wave_is_no_superior_unless_the_record_names_it():
    above, other = planning.plan(CAMPAIGN, COMMITTEE, "G4"), planning.plan(CAMPAIGN, UNIT, "G4")
    assert waves.superior(CAMPAIGN, line(other), [line(above)]) is None
    assert waves.superior(CAMPAIGN, line(other, superior="990823-01"), [line(above)]) == line(above)


def test_who_is_to_meet_outside_its_wave_is_a_clash_with_the_waves_days_until_it_has_met():
    above, town = (planning.plan(CAMPAIGN, unit, "G4") for unit in (COMMITTEE, TOWN))
    late, early = line(above, meeting_on="2023-12-26"), line(town, meeting_on="2023-12-19")
    found = clashes.find([], PUBLISHED, clashes.outside(CAMPAIGN, [late, early, line(above), line(town)]))
    assert [(row["what"], row["on"], row["earliest"], row["latest"]) for row in found] == [
        ("outside_wave", "2023-12-19", "2023-12-20", "2024-01-10"),
        ("outside_wave", "2023-12-26", CAMPAIGN["opens_on"], "2023-12-25"),
    ]
    assert contracts.validator("documents/clash_list").is_valid({"total": 2, "page": 1, "size": 50, "rows": found})
    assert clashes.outside(CAMPAIGN, [late._replace(held_on="2023-12-26")]) == []
    assert waves.missed(CAMPAIGN, {**above, "meeting_on": "2023-12-26"}) == {
        "first": CAMPAIGN["opens_on"],
        "last": "2023-12-25",
    }
    assert waves.missed(CAMPAIGN, above) is None


def test_a_superior_that_moves_behind_its_units_is_a_clash_of_each_that_is_not_held():
    above, town, third = (
        line(planning.plan(CAMPAIGN, {**TOWN, "unit_code": code}, "G4"), meeting_on=day)
        for code, day in (("990823-01", "2023-12-25"), ("990823-T1", "2023-12-28"), ("990823-T2", "2023-12-30"))
    )
    held = third._replace(unit="990823-T3", meeting_on="2023-12-27", held_on="2023-12-27")
    units = [third, town, held, above]

    def early(day: str) -> list[clashes.Row]:
        moved = above._replace(meeting_on=day)
        return clashes.early(CAMPAIGN, units, dict.fromkeys(("990823-T1", "990823-T2", "990823-T3"), moved))

    assert early("2023-12-25") == [], "three days between are enough"
    found = clashes.find([], PUBLISHED, early("2023-12-26"))
    assert [(row["what"], row["on"], row["earliest"]) for row in found] == [
        ("before_superior", "2023-12-28", "2023-12-29")
    ]
    assert found[0]["superior"] == {"unit": "990823-01", "unit_name": above.name, "on": "2023-12-26"}
    assert [[unit["unit"] for unit in row["units"]] for row in early("2024-01-02")] == [["990823-T1"], ["990823-T2"]]
    met = above._replace(held_on="2023-12-26")
    assert len(clashes.early(CAMPAIGN, units, {"990823-T1": met})) == 1, "the day it met counts"
    contracts.check("documents/clash_list", {"total": 1, "page": 1, "size": 50, "rows": found})


def test_an_earlier_day_that_the_office_allowed_is_no_clash_until_the_superior_goes_further():
    """It is allowed as it was asked for: another day, or a superior that meets later still, is looked at anew."""
    above, town = (planning.plan(CAMPAIGN, unit, "G4") for unit in (COMMITTEE, TOWN))
    first = waves.check_superior(CAMPAIGN, town, line(above), "2023-12-27", approved=True)
    assert first == "2023-12-28"
    moved = reschedule(town, "2023-12-27", first)
    assert moved["history"][-1]["before_superior"] == first

    def clash(unit: Meeting, superior_on: str) -> bool:
        superior = line(above, meeting_on=superior_on)
        return bool(clashes.early(CAMPAIGN, [line(unit)], {str(TOWN["unit_code"]): superior}))

    assert [clash(moved, day) for day in ("2023-12-24", "2023-12-25", "2023-12-26")] == [False, False, True]
    assert waves.check_superior(CAMPAIGN, moved, line(above), "2023-12-27") == "", "it stands where it may"
    with pytest.raises(Refusal, match="before_superior"):
        waves.check_superior(CAMPAIGN, moved, line(above), "2023-12-26")
    again = reschedule(moved, "2023-12-27", "2023-12-29")
    assert [entry["what"] for entry in again["history"]] == ["rescheduled", "early_allowed"]
    assert not clash(again, "2023-12-26") and clash(again, "2023-12-27")
    back = reschedule(reschedule(again, "2024-01-05"), "2023-12-27")
    assert clash(back, "2023-12-25"), "what was allowed ended when it moved"


def reschedule(meeting: Meeting, on: str, early: str = "") -> Meeting:
    days = ("2023-12-20T08:00:00.000Z", "2023-12-20", PUBLISHED)
    return planning.reschedule(meeting, CAMPAIGN, on, "工作安排", "主任", *days, early)[0]
