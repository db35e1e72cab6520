"""A holiday file is taken whole or not at all; whoever counts working days hears of it."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registry import calendar_file, clashes, schedule
from services.spine import contracts
from services.spine.errors import Refusal
from services.spine.workdays import PUBLISHED, Calendar

FILE = "日期,上班,名称\n2027-02-05,否,春节\n2027-02-08,否,春节\n2027-02-13,是,春节调休\n"
DAYS = calendar_file.read(FILE.encode("gb18030"), "安排.csv")
CALENDAR = Calendar(DAYS)


def faults(data: str, name: str = "a.csv") -> list[tuple[str, str]]:
    with pytest.raises(Refusal) as refused:
        calendar_file.read(data.encode(), name)
    assert all(one["detail"] for one in refused.value.body("zh")["errors"])
    return [(one["pointer"], one["code"]) for one in refused.value.errors]


def test_a_file_is_read_as_a_spreadsheet_and_as_json():
    assert [(day["on"], day["worked"]) for day in DAYS] == [
        ("2027-02-05", False), ("2027-02-08", False), ("2027-02-13", True),
    ]  # fmt: skip
    json = '{"days": [{"date": "2027-02-05", "worked": false, "name": "春节"}]}'
    assert calendar_file.read(json.encode(), "a.json") == DAYS[:1]


def test_all_faults_are_told_at_once_by_row_and_column():
    found = faults("date,worked,name\n2027-2-5,no,春节\n2027-02-06,maybe,\n2027-02-07,no,春节\n2027-02-07,no,春节\n")
    assert found == [
        ("/rows/2/date", "calendar_date_wrong"),
        ("/rows/3/worked", "calendar_worked_wrong"),
        ("/rows/3/name", "calendar_name_wrong"),
        ("/rows/5/date", "calendar_day_twice"),
    ]
    assert faults("date,name\n") == [("/rows/1/worked", "calendar_column_missing")]
    assert faults("") == [(f"/rows/1/{column}", "calendar_column_missing") for column in calendar_file.COLUMNS]
    assert faults("date,worked,name\n2027-02-13,yes,调休\n") == [("/rows", "calendar_year_without_holiday")]
    assert faults("[1]", "a.json") == [("/file", "calendar_unreadable")]


def test_a_file_replaces_what_was_loaded_of_its_years_and_the_same_again_changes_nothing():
    first = calendar_file.over(None, DAYS, "办", "office", "t", "")
    other = [{"on": "2028-01-03", "worked": False, "name": "元旦"}]
    second = calendar_file.over(first, other, "办", "office", "t", "")
    assert (second["version"], second["days"]) == (2, [*DAYS, *other])
    assert calendar_file.over(second, DAYS[:1], "办", "office", "t", "")["days"] == [DAYS[0], *other]
    assert calendar_file.over(second, DAYS, "办", "office", "t", "") is second
    assert contracts.validator("events/calendar_loaded").is_valid(dict(calendar_file.loaded(second).data))


def test_the_page_says_which_year_is_known_from_where():
    first = calendar_file.over(None, DAYS, "办", "office", "t", "")
    assert [(row["year"], row["source"]) for row in calendar_file.shown([first], "2026-11-01")["years"]] == [
        (2025, "published"), (2026, "published"), (2027, "file"),
    ]  # fmt: skip
    assert calendar_file.shown([], "2026-11-01")["years"][-1] == {"year": 2027, "source": "unknown"}
    holidays = calendar_file.over(None, DAYS[:2], "办", "office", "t", "")
    assert calendar_file.shown([holidays], "2026-11-01")["years"][-1] == {"year": 2027, "source": "holidays"}


def test_a_year_of_which_only_the_holidays_are_loaded_passes_over_them_and_says_that_weekends_may_move():
    row = schedule.due("2027-02-15", {"days": -6, "unit": "working"}, Calendar(DAYS[:2]))["counted"]
    assert (row["calendar_known"], row["unknown"]) == (False, [2027])
    assert [span["first"] for span in row["skipped"]] == ["2027-02-05", "2027-02-08"]
    across = schedule.due("2027-01-04", {"days": -3, "unit": "working"})["counted"]
    assert across["unknown"] == [2027], "2026 is published"


def test_a_count_of_working_days_names_the_holidays_it_passed_and_the_weekends_worked():
    row = schedule.due("2027-02-15", {"days": -6, "unit": "working"}, CALENDAR)
    assert row["due_on"] == "2027-02-04" and row["counted"]["calendar_known"]
    words = {"zh": "春节", "en": "春节"}
    assert row["counted"]["skipped"] == [
        {"first": "2027-02-05", "last": "2027-02-05", "name": words},
        {"first": "2027-02-08", "last": "2027-02-08", "name": words},
    ]
    assert [span["first"] for span in row["counted"]["moved"]] == ["2027-02-13"]
    published = schedule.due("2024-02-19", {"days": -2, "unit": "working"})["counted"]
    assert published["skipped"] == [
        {"first": "2024-02-10", "last": "2024-02-17", "name": {"zh": "春节", "en": "Spring Festival"}}
    ]


@given(st.dates(date(2026, 12, 1), date(2027, 4, 1)), st.integers(-30, 30).filter(bool))
def test_between_a_day_and_its_count_lie_just_so_many_working_days(start, days):
    end = CALENDAR.shift(start, days, "working")
    step = timedelta(days=1 if days > 0 else -1)
    between = [start + step * number for number in range(1, abs((end - start).days) + 1)]
    assert sum(CALENDAR.worked(day) for day in between) == abs(days) and CALENDAR.worked(end)
    found = CALENDAR.passed(start, end)
    for key, worked in (("skipped", False), ("moved", True)):
        for span in found[key]:
            assert CALENDAR.worked(date.fromisoformat(span["first"])) is worked
            assert date.fromisoformat(span["first"]) in between and date.fromisoformat(span["last"]) in between


def test_clashes_are_several_meetings_of_a_group_on_a_day_and_meetings_when_nobody_works():
    unit = {"meeting_id": "c.u", "unit": "u", "unit_name": "甲"}
    days = [
        {"group": "G1", "on": "2024-01-02", "units": [unit, unit]},
        {"group": "G1", "on": "2024-01-01", "units": [unit]},
        {"group": "G2", "on": "2024-01-06", "units": [unit]},
        {"group": "G2", "on": "2024-02-04", "units": [unit]},
    ]
    found = clashes.find(days, PUBLISHED)
    assert [(row["what"], row["on"]) for row in found] == [
        ("holiday", "2024-01-01"), ("same_day", "2024-01-02"), ("weekend", "2024-01-06"),
    ]  # fmt: skip
