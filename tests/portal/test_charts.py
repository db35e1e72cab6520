"""Bars drawn on the server."""

from services.portal import charts


def test_bars_fill_the_width_in_their_order():
    """Shares follow the counts; what is not there is not drawn."""
    bars = charts.bars({"red": 1, "green": 3, "blue": 0}, ["green", "blue", "red"], width=200)

    assert [(bar.code, bar.x, bar.width) for bar in bars] == [("green", 0, 150), ("red", 150, 50)]


def test_nothing_counted_is_an_empty_picture():
    """No division by nothing."""
    assert charts.bars({}, ["green"]) == []
