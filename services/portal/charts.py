"""Pictures drawn on the server: bars, lines over days, a grid of cells; the table beside a picture is its text.

Pure: counts in, places out. No script and no style in the page is needed to draw them.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

WIDTH = 240
LINES_WIDTH, LINES_HEIGHT = 600, 200
COLUMNS, CELL = 10, 32


class Bar(NamedTuple):
    """A rectangle of the picture: where it starts, how wide it is, what it stands for."""

    x: float
    width: float
    code: str
    number: int


def bars(counts: Mapping[str, int], order: list[str], total: int | None = None, width: int = WIDTH) -> list[Bar]:
    """Lay parts side by side in their order; the whole width is `total`, or all parts together."""
    whole = total if total is not None else sum(counts.get(code, 0) for code in order)
    laid: list[Bar] = []
    at = 0.0
    for code in order:
        count = counts.get(code, 0)
        if count and whole:
            share = round(width * count / whole, 2)
            laid.append(Bar(round(at, 2), share, code, count))
            at += share
    return laid


class Line(NamedTuple):
    """A line through all days: what it stands for, and its points as SVG writes them."""

    code: str
    points: str


def lines(days: Sequence[Mapping[str, int]], codes: Sequence[str]) -> tuple[list[Line], int]:
    """A line for each code from the first day to the last, and the number that is as high as the picture."""
    top = max((day[code] for day in days for code in codes), default=0) or 1
    width = LINES_WIDTH / max(1, len(days) - 1)
    level = list(days) * 2 if len(days) == 1 else days
    return [
        Line(
            code,
            " ".join(f"{at * width:.1f},{LINES_HEIGHT * (1 - day[code] / top):.1f}" for at, day in enumerate(level)),
        )
        for code in codes
        if any(day[code] for day in days)
    ], top


class Cell(NamedTuple):
    """A cell of a grid: where it is, and what it stands for."""

    x: int
    y: int
    row: Any


def grid(rows: Sequence[Any]) -> tuple[list[Cell], int]:
    """Cells side by side, line under line, and how high they are together."""
    cells = [Cell(at % COLUMNS * CELL, at // COLUMNS * CELL, row) for at, row in enumerate(rows)]
    return cells, -(-len(rows) // COLUMNS) * CELL
