"""The monthly report: who did not report is marked by itself, and who reported late stays marked."""

import pytest

from services.rectification import reporting
from services.spine import contracts

PLACE = {"campaign": "c", "unit": "990823-NY", "region": "990823", "group": "G1"}
DAY, REMINDERS = 25, [-3, 0, 3]


def count(report, days, today):
    return reporting.stand(report, reporting.counted(days, report["due_on"]), today)


def march(days, today="2026-03-20"):
    return count(reporting.begin(PLACE, "2026-03", DAY), days, today)


@pytest.mark.parametrize(
    ("today", "month"), [("2026-03-25", "2026-03"), ("2026-03-26", "2026-04"), ("2026-12-31", "2027-01")]
)
def test_the_month_awaited_is_this_one_until_its_day_has_passed(today, month):
    assert reporting.month_of(today, DAY) == month


@pytest.mark.parametrize(
    ("today", "reached"),
    [
        ("2026-03-19", [("2026-02-26", "2026-02", None), ("2026-02-28", "2026-02", 3)]),
        ("2026-03-20", [("2026-02-26", "2026-02", None), ("2026-03-20", "2026-03", -3)]),
        ("2026-03-25", [("2026-02-26", "2026-02", None), ("2026-03-25", "2026-03", 0)]),
        ("2026-03-29", [("2026-03-25", "2026-03", 0), ("2026-03-26", "2026-03", None)]),
        ("2026-03-30", [("2026-03-26", "2026-03", None), ("2026-03-30", "2026-03", 3)]),
    ],
)
def test_a_night_works_off_the_marks_reached_last_with_moved_working_days(today, reached):
    assert [tuple(mark) for mark in reporting.marks(today, DAY, REMINDERS)][-2:] == reached


def test_without_reminders_only_the_passing_of_the_day_is_said():
    assert {mark.days for mark in reporting.marks("2026-03-30", DAY, [])} == {None}


def test_a_unit_has_reported_when_no_open_item_waits_for_it():
    assert march([])["state"] == march(["2026-04-25", None])["state"] == "reported"
    waiting = march(["2026-03-25", "2026-04-25", None])
    assert (waiting["state"], waiting["items"], waiting["missing"], waiting["missed"]) == ("waiting", 2, 1, None)


def test_who_did_not_report_is_marked_by_itself_and_who_reported_late_stays_marked():
    missing = count(march(["2026-03-25"]), ["2026-03-25"], "2026-03-26")
    assert (missing["state"], missing["missed"]) == ("missing", 1)
    late = count(missing, ["2026-04-25"], "2026-03-27")
    assert (late["state"], late["missing"], late["missed"]) == ("late", 0, 1)
    in_time = count(march(["2026-04-25"]), ["2026-04-25"], "2026-03-26")
    assert count(in_time, ["2026-04-25"], "2026-03-28")["state"] == "reported"


def test_a_unit_is_told_each_mark_once_and_nothing_where_nothing_is_missing():
    told, facts = reporting.remind(march(["2026-03-25"]), -3)
    assert [fact.name for fact in facts] == ["report_due"]
    assert reporting.remind(told, -3) == (told, [])
    assert [fact.name for fact in reporting.remind(told, None)[1]] == ["report_missing"]
    assert [fact.name for fact in reporting.remind(told, 3)[1]] == ["report_missing"]
    assert reporting.remind(march([]), 0)[1] == []
    for days in (-3, 0, 3, None):
        for fact in reporting.remind(march(["2026-03-25"]), days)[1]:
            contracts.check(f"events/{fact.name}", dict(fact.data))
