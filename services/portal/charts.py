"""Bars drawn on the server: the share of each part as a rectangle of a small picture, with the table as its text.

Pure: counts in, rectangles out. No script and no style in the page is needed to draw them.
"""

from collections.abc import Mapping
from typing import NamedTuple

WIDTH = 240


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
