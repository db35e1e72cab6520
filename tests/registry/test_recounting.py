"""What follows a meeting is counted from the day it was held."""

from typing import Any

from services.registry import aspects, attendance, domain, outside, planning, telling
from services.spine import contracts
from tests.registry.test_domain import CAMPAIGN, NOW, UNIT, meeting, record

OFFICE = outside.Around(office=True)


def ready() -> telling.Meeting:
    """A meeting with all it waits for and nothing of what follows it."""
    planned = meeting()
    for row in planned["required"]:
        if row["stage"] == "before":
            planned = domain.material_moved(planned, row["kind"], row["post"], 1, "passed", "2023-12-15")[0]
    return domain.talks_moved(planned, 1, "2023-12-15")[0]


def held(on: str) -> telling.Changed:
    said = {**record(6), "held_on": on, "outside_reason": "防汛"}
    found = domain.hold(ready(), CAMPAIGN, said, "办", NOW, "2024-02-20", OFFICE)
    for fact in found[1]:
        contracts.check(f"events/{fact.name}", fact.data)
    return found


def correct(was: telling.Meeting, on: str, today: str) -> telling.Changed:
    draft = {"key": on, "reason": "日期写错", "held_on": on}
    return attendance.correct(was, CAMPAIGN, draft, "办", NOW, today, OFFICE)


def due(one: telling.Meeting) -> dict[Any, str]:
    papers: dict[Any, str] = {row["kind"]: row["due_on"] for row in one["required"] if row["stage"] == "after"}
    return {row["number"]: row["due_on"] for row in one["aspects"] if row["number"] > 6} | papers


def test_every_day_after_the_meeting_is_counted_from_the_day_it_was_held_and_the_old_ones_are_kept():
    early, facts = held("2023-12-22")
    days = {"minutes": "2023-12-25", "meeting_report": "2024-01-06", "ledger": "2024-01-06"}
    assert {9: "2023-12-25", 10: "2024-01-06", 12: "2024-01-06"}.items() <= due(early).items() >= days.items()
    assert early["aspects"][9]["counted"]["from"] == "2023-12-22"
    assert early["aspects"][:8] == ready()["aspects"][:6] + early["aspects"][6:8]
    entry = early["history"][-1]
    assert (entry["what"], entry["from"], entry["to"]) == ("recounted", "2024-01-10", "2023-12-22")
    assert {"number": 10, "from": "2024-01-25", "to": "2024-01-06"} in entry["dates"]
    said = [fact.data for fact in facts if fact.name == "meeting_scheduled"]
    assert [(one["because"], one["meeting_on"]) for one in said] == [("held", "2024-01-10")]
    assert {row["kind"]: row["due_on"] for row in said[0]["required"]}["minutes"] == "2023-12-25"


def test_on_the_planned_day_nothing_moves_and_nothing_is_said():
    on_time, facts = held("2024-01-10")
    assert due(on_time) == due(meeting()) and on_time["history"] == []
    assert "meeting_scheduled" not in [fact.name for fact in facts]


def test_a_late_meeting_was_late_and_only_what_was_overdue_on_its_day_stays_late():
    late, _ = held("2024-01-20")
    assert [(row["number"], row["due_on"], row["late"]) for row in late["aspects"][6:10]] == [
        (7, "2024-01-10", True),
        (8, "2024-01-10", True),
        (9, "2024-01-23", True),
        (10, "2024-02-04", False),
    ]
    assert {row["kind"]: row["late"] for row in late["required"] if row["stage"] == "after"} == {
        **dict.fromkeys(("meeting_report", "notification", "rectification_plan", "ledger", "filing_list"), False),
        "minutes": True,
    }


def test_a_corrected_day_moves_what_follows_and_nobody_loses_lateness_by_it():
    was, _ = held("2024-01-10")
    later, facts = correct(was, "2024-01-12", "2024-01-14")
    assert due(later)["minutes"] == "2024-01-15" and [fact.name for fact in facts].count("meeting_scheduled") == 1
    late = {row["kind"]: row["late"] for row in later["required"] if row["stage"] == "after"}
    assert (late["minutes"], late["ledger"]) == (True, False), "overdue since the 13th when it was corrected"
    reported = aspects.record(was, 11, "done", "2024-01-25", "已通报", "办", "2024-01-26")[0]
    earlier, _ = correct(reported, "2024-01-08", "2024-01-26")
    assert (earlier["aspects"][10]["due_on"], earlier["aspects"][10]["late"]) == ("2024-01-23", True)
    again, facts = correct(earlier, "2024-01-08", "2024-01-26")
    assert (again, facts) == (earlier, []), "the same correction twice"


def test_a_correction_of_who_came_moves_no_day():
    was, _ = held("2023-12-22")
    part = {key: record(5, 1)[key] for key in ("present", "absences")}
    changed, facts = attendance.correct(was, CAMPAIGN, {"key": "c", "reason": "误", **part}, "办", NOW, "2024-01-30")
    assert due(changed) == due(was) and "meeting_scheduled" not in [fact.name for fact in facts]


def test_a_unit_loaded_again_after_its_meeting_keeps_the_days_counted_from_it():
    was, _ = held("2023-12-22")
    assert due(planning.replan(was, planning.plan(CAMPAIGN, UNIT, "G4"), CAMPAIGN)[0]) == due(was)
