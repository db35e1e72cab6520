"""Days and times as pages say them."""

from services.portal import days


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
