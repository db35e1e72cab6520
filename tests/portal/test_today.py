"""The first page shows of a unit's problems what presses, however many there are."""

from typing import Any

import pytest

from services.portal import asking
from services.portal.pages import today


@pytest.mark.parametrize(
    ("red", "yellow", "shown"),
    [
        (0, 0, ["blue"] * 3),
        (2, 1, ["red", "red", "yellow"]),
        (4, 9, ["red"] * 4 + ["yellow"] * 2),
        (700, 1, ["red"] * 6),
    ],
)
def test_what_is_red_comes_first_then_what_is_yellow_else_what_is_due_first(monkeypatch, red, yellow, shown):
    ledger = [{"colour": "blue"}] * 900 + [{"colour": "yellow"}] * yellow + [{"colour": "red"}] * red

    def rows(service: str, path: str, size: int, colour: str = "", **place: Any) -> list[dict[str, str]]:
        assert (service, path, place) == ("rectification", "/ledger", {"unit": "990823-NY", "sort": "due"})
        return [one for one in ledger if colour in ("", one["colour"])][:size]

    monkeypatch.setattr(asking, "rows", rows)
    told = today._open({"unit": "990823-NY", "sort": "due"}, {"red": red, "yellow": yellow})
    assert [one["colour"] for one in told] == shown
