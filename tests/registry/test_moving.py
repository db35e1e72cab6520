"""Where a day moves, the history of its meeting says so, whatever moved it."""

from services.registry import definition, domain, moving, planning, replanning, telling
from services.spine import contracts
from services.spine.workdays import Calendar
from tests.registry.test_domain import CAMPAIGN, NOW, UNIT, meeting
from tests.registry.test_inheritance import asked, tightened

TALKS = [
    {**row, "offset": {"days": -6, "unit": "working"}} if row["code"] == "talks" else row
    for row in definition.REFERENCE["checklist"]
]
WORKING = {**CAMPAIGN, "checklist": TALKS}
HOLIDAY = {"version": 3, "by": "市办", "at": NOW, "note": "国办发明电"}
CALENDAR = Calendar([{"on": "2024-01-04", "worked": False, "name": "调整"}])
SCHEMA = contracts.documents()["documents/meeting"]["properties"]["history"]["items"]["properties"]


def planned() -> telling.Meeting:
    return domain.announce(planning.plan(WORKING, UNIT, "G4"))[0]


def test_days_that_follow_a_loaded_calendar_stand_in_the_history_with_who_loaded_it():
    changed, facts = planning.recount(planned(), WORKING, HOLIDAY, "2023-12-20", CALENDAR)
    (entry,) = changed["history"]
    said = {"what": "calendar_loaded", "by": "市办", "at": NOW, "reason": "国办发明电", "calendar": 3}
    moved = {"what": "aspect", "code": "talks", "posts": 1, "from": "2024-01-02", "to": "2023-12-29", "past": False}
    assert entry == {**said, "from": "2024-01-10", "to": "2024-01-10", "changes": [moved]}
    assert entry.keys() <= SCHEMA.keys() and [fact.name for fact in facts] == ["meeting_scheduled"]
    assert planning.recount(changed, WORKING, HOLIDAY, "2023-12-20", CALENDAR) == (changed, [])


def test_a_calendar_that_moves_no_day_says_nothing():
    changed, facts = planning.recount(planned(), WORKING, HOLIDAY, "2023-12-20", Calendar([]))
    assert (changed["calendar"], changed["history"], facts) == (3, [], [])


def test_days_that_follow_a_stricter_rule_stand_in_the_history_with_who_asked_and_why():
    campaign, said = tightened(offsets={"plan": -20}), asked(offsets={"plan": -20})
    changed, _ = planning.tighten(meeting(), campaign, said, "2023-12-20")
    (entry,) = changed["history"]
    assert (entry["what"], entry["by"], entry["at"], entry["reason"]) == ("tightened", "县办", NOW, "县委要求")
    assert {(one["what"], one["code"], one["from"], one["to"]) for one in entry["changes"]} >= {
        ("aspect", "plan", "2023-12-26", "2023-12-21")
    }
    assert entry["changes"] == moving.differing(meeting(), changed, "2023-12-20")
    assert planning.tighten(changed, campaign, said, "2023-12-20") == (changed, [])


def test_a_stricter_rule_that_moves_no_day_says_nothing():
    campaign = tightened(policy={"quorum": {"of": 4, "needed": 3}})
    assert planning.tighten(meeting(), campaign, asked(), "2023-12-20") == (meeting(), [])


def test_a_meeting_whose_days_moved_so_still_follows_the_last_day_of_its_campaign():
    """Nobody chose its day: what moved beside it is no choice of a day."""
    changed, _ = planning.recount(planned(), WORKING, HOLIDAY, "2023-12-20", CALENDAR)
    later = {**WORKING, "version": 2, "all_meetings_held_by": "2024-01-12"}
    assert replanning.lay_anew(changed, later, "", "", NOW, "2023-12-20")[0]["meeting_on"] == "2024-01-12"
