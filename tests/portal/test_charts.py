"""Bars drawn on the server."""

from services.portal import charts


def test_bars_fill_the_width_in_their_order():
    """Shares follow the counts; what is not there is not drawn."""
    bars = charts.bars({"red": 1, "green": 3, "blue": 0}, ["green", "blue", "red"], width=200)

    assert [(bar.code, bar.x, bar.width) for bar in bars] == [("green", 0, 150), ("red", 150, 50)]


def test_nothing_counted_is_an_empty_picture():
    """No division by nothing."""
    assert charts.bars({}, ["green"]) == []


def test_a_line_runs_from_the_first_day_to_the_last_and_its_highest_is_the_pictures_top():
    """Days are as far apart as they are; what never was anything is not drawn."""
    days = [
        {"writing": 4, "held": 0, "closed": 0},
        {"writing": 2, "held": 1, "closed": 0},
        {"writing": 0, "held": 4, "closed": 0},
    ]
    drawn, top = charts.lines(days, ["writing", "held", "closed"])

    assert top == 4
    assert [line.code for line in drawn] == ["writing", "held"]
    assert drawn[0].points == "0.0,0.0 300.0,100.0 600.0,200.0"
    assert drawn[1].points == "0.0,200.0 300.0,150.0 600.0,0.0"


def test_a_single_day_is_a_line_and_no_day_is_none():
    """One point alone would not be seen."""
    assert charts.lines([{"held": 3}], ["held"])[0][0].points == "0.0,0.0 600.0,0.0"
    assert charts.lines([], ["held"]) == ([], 1)


def test_a_grid_fills_line_after_line():
    """Eleven cells are one more than a line."""
    cells, height = charts.grid(list(range(11)))

    assert [(cell.x, cell.y) for cell in (cells[0], cells[9], cells[10])] == [(0, 0), (288, 0), (0, 32)]
    assert height == 64
    assert charts.grid([]) == ([], 0)
