"""Days and times as pages say them."""

import pytest

from services.portal import app, counting, days, languages
from services.registry import schedule


def test_days_inside_a_sentence_are_said_like_everywhere_else():
    """Letters carry days as they are stored; what only looks like one stays."""
    assert days.written("会议已于 2026-11-25 召开") == "会议已于 2026年11月25日 召开"
    assert (
        days.written("定于2026-11-25，见 G4-2026-11-25 与 2026-13-45")
        == "定于2026年11月25日，见 G4-2026-11-25 与 2026-13-45"
    )
    assert days.written(None) == ""


def test_a_cell_of_a_workbook_shows_the_time_where_the_campaign_lives():
    """And still sorts."""
    assert days.sortable("2024-01-05T16:30:00.000Z") == "2024-01-06 00:30"
    assert days.sortable(None) == ""


@pytest.mark.usefixtures("secret")
def test_the_day_of_a_time_in_the_small_hours_is_that_of_the_campaign_and_a_day_stays_itself():
    with app.create().test_request_context():
        assert days.day("2024-01-05T17:10:00.000Z") == "2024年1月6日"
        assert days.short("2024-01-05T17:10:00.000Z") == "1月6日" and days.short("2024-01-05") == "1月5日"


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh", "T（1月4日）− 3 个工作日，按周末推算，2090年调休安排尚未载入"),
        ("en", "T (4 Jan) − 3 working days, weekends assumed, the moved working days of 2090 are not loaded yet"),
    ],
)
@pytest.mark.usefixtures("secret")
def test_a_date_in_a_year_nobody_loaded_says_that_weekends_were_assumed(language, words):
    counted = schedule.due("2090-01-04", {"days": -3, "unit": "working"})["counted"]
    with app.create().test_request_context("/", headers={"Cookie": f"{languages.COOKIE}={language}"}):
        assert counting.counted({**counted, "unknown": [2090]}) == words
        assert counting.counted({key: value for key, value in counted.items() if key != "unknown"}) == words
