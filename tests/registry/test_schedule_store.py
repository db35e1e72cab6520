"""What the schedule finds in the store: who waits longest, whose dates are still to be counted, who stands above."""

import pytest

from services.registry import calendar_file, definition, planning, postponing, schedule_store, store
from services.spine import errors
from tests.registry.test_domain import CAMPAIGN, NOW, UNIT
from tests.registry.test_waves import CAMPAIGN as CASCADE
from tests.registry.test_waves import COMMITTEE, TOWN

HOLIDAY = [{"on": "2024-01-04", "worked": False, "name": "调整"}]
HERE = {"campaign": "a-campaign"}


@pytest.fixture
def units(db):
    """Three units of a running campaign, the talks due six working days before the meeting."""
    store.prepare(db)
    checklist = [{**row, "offset": {"days": -6, "unit": "working"}} for row in definition.REFERENCE["checklist"][3:4]]
    campaign = {**CAMPAIGN, "checklist": checklist}
    codes = ("990823-A", "990823-B", "990823-C")
    planned = [planning.plan(campaign, {**UNIT, "unit_code": code}, "G4") for code in codes]
    store.load_meetings(db, campaign, planned, NOW)
    return campaign


def ask(db, unit: str, at: str) -> None:
    before = store.meeting(db, f"a-campaign.{unit}")
    words = ("2024-01-08", "全会", "联络员", "liaison", at, "2023-12-20")
    store.save(db, before, postponing.ask(before, CAMPAIGN, *words), at)


def test_who_has_waited_longest_stands_first(db, units):
    ask(db, "990823-B", "2023-12-20T01:00:00.000Z")
    ask(db, "990823-A", "2023-12-20T02:00:00.000Z")
    rows = schedule_store.postponements(db, HERE, "a-campaign", {})["rows"]
    assert [row["unit"] for row in rows] == ["990823-B", "990823-A"]
    assert schedule_store.postponements(db, HERE, "a-campaign", {"state": "decided"})["rows"] == []


def test_dates_are_counted_anew_some_at_a_time_and_a_unit_once(db, units):
    """Whoever is stopped between two batches goes on where he was: a unit bears the calendar it was counted with."""
    version = calendar_file.over(None, HOLIDAY, "办", "office", NOW, "")
    schedule_store.load(db, version, NOW)
    calendar = schedule_store.calendar(db)
    counted = []
    while found := schedule_store.uncounted(db, 1, 2):
        assert len(found) <= 2
        for meeting in found:
            counted.append(meeting["unit"])
            store.save(db, meeting, planning.recount(meeting, units, version, "2023-12-20", calendar), NOW)
    assert sorted(counted) == ["990823-A", "990823-B", "990823-C"]
    first = store.meeting(db, "a-campaign.990823-A")
    row, (entry,) = first["aspects"][0], first["history"]
    assert row["due_on"] == "2023-12-29" and "调整" in str(row["counted"])
    assert [(one["from"], one["to"]) for one in entry["changes"]] == [("2024-01-02", "2023-12-29")]


def test_two_who_load_at_once_make_two_versions(db, units):
    first = calendar_file.over(None, HOLIDAY, "办", "office", NOW, "")
    schedule_store.load(db, first, NOW)
    with pytest.raises(errors.Stale):
        schedule_store.load(db, {**first, "note": "又一份"}, NOW)
    assert [one["version"] for one in schedule_store.versions(db)] == [1]


def test_the_team_above_is_the_regions_committee_of_an_earlier_wave(db):
    store.prepare(db)
    planned = [planning.plan(CASCADE, unit, "G4") for unit in (UNIT, TOWN, COMMITTEE)]
    store.load_meetings(db, CASCADE, planned, NOW)
    found = schedule_store.superior(db, CASCADE, store.meeting(db, "a-campaign.990823-T1"))
    assert found and found.unit == "990823-01"
    assert schedule_store.superior(db, CASCADE, store.meeting(db, "a-campaign.990823-NYNC")) is None


def test_who_stands_above_is_found_wherever_the_unit_that_is_looked_at_lies(db):
    store.prepare(db)
    city = {**COMMITTEE, "unit_code": "990800-01", "region_code": "990800", "level": "city"}
    units = [{**COMMITTEE, "superior": "990800-01"}, city, TOWN, {**UNIT, "superior": "990823-01"}]
    store.load_meetings(db, CASCADE, [planning.plan(CASCADE, unit, "G4") for unit in units], NOW)
    here = "a-campaign"
    for within, query, told in (
        ({"campaign": here}, {}, {"990823-01": "990800-01", "990823-T1": "990823-01", "990823-NYNC": "990823-01"}),
        ({"campaign": here, "unit": "990823-T1"}, {}, {"990823-T1": "990823-01"}),
        ({"campaign": here, "unit": "990823-NYNC"}, {}, {"990823-NYNC": "990823-01"}),
        ({"campaign": here, "group": "G5"}, {}, {}),
        ({"campaign": here}, {"region": "990800"}, {}),
    ):
        lines = schedule_store.lines(db, within, here, query)
        found = schedule_store.superiors(db, CASCADE, lines)
        assert {unit: line.unit for unit, line in found.items()} == told, within
