"""Working days in China, moved ones included."""

from datetime import date

from services.spine.workdays import PUBLISHED as calendar


def test_a_saturday_worked_to_make_up_for_a_holiday_counts():
    assert calendar.worked(date(2024, 2, 4))  # a Sunday, worked for the Spring Festival
    assert not calendar.worked(date(2024, 2, 12))  # a Monday, off
    assert calendar.shift(date(2024, 2, 9), 1, "working") == date(2024, 2, 18)  # the Sunday that is worked


def test_working_days_are_counted_backwards_too():
    assert calendar.shift(date(2024, 1, 2), -1, "working") == date(2023, 12, 29)
    assert calendar.shift(date(2024, 1, 2), -1) == date(2024, 1, 1)


def test_a_year_not_yet_published_counts_monday_to_friday_and_says_so():
    day = date(2090, 1, 2)  # a Monday
    assert calendar.worked(day) and not calendar.known(day.year)
    assert calendar.shift(date(2090, 1, 6), 1, "working") == date(2090, 1, 9)
