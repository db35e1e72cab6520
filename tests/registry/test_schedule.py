"""Every date is counted backwards from the meeting day, and shows how."""

from services.registry import definition, schedule

CHECKLIST = definition.REFERENCE["checklist"]


def test_the_twelve_aspects_are_counted_from_the_meeting_day():
    rows = schedule.lay_out(CHECKLIST, "2024-01-10")

    assert [row["number"] for row in rows] == list(range(1, 13))
    due = {row["code"]: row["due_on"] for row in rows}
    assert due["plan"] == "2023-12-26"
    assert due["outlines"] == "2024-01-03"
    assert due["attendance"] == "2024-01-10"
    assert due["rectification"] == "2024-01-25"


def test_each_date_shows_how_it_was_counted():
    row = schedule.lay_out(CHECKLIST, "2024-01-10")[0]
    assert row["counted"] == {"from": "2024-01-10", "days": -15, "unit": "natural", "calendar_known": True}


def test_working_days_pass_over_holidays_and_say_when_the_calendar_is_not_known_yet():
    assert schedule.due("2024-01-02", {"days": -2, "unit": "working"})["due_on"] == "2023-12-28"
    assert not schedule.due("2090-01-10", {"days": -2, "unit": "working"})["counted"]["calendar_known"]


def test_what_was_done_before_a_date_moved_stays_done_and_late():
    before = schedule.lay_out(CHECKLIST, "2024-01-10")
    before[0] |= {"state": "done", "done_on": "2023-12-28", "late": True, "note": "方案", "by": "联络员"}

    after = schedule.lay_out(CHECKLIST, "2024-01-20", before)

    assert after[0]["due_on"] == "2024-01-05"
    assert (after[0]["state"], after[0]["late"]) == ("done", True)
    assert after[1]["state"] == "open"
