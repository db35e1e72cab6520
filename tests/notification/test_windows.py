"""What has its time is found a little at a time, and nothing is left out, whatever the clocks do."""

from typing import Any

import pytest

from services.notification import windows
from services.spine import clock

NOON = clock.moment("2024-01-02T12:00:00.000Z")


def at(seconds: float) -> str:
    return clock.stamp(NOON + clock.seconds(seconds))


class Kept:
    """What has its time so many seconds from noon, and how far it was walked."""

    def __init__(self, db: Any) -> None:
        self.things, self.windows = db.things, windows.Windows()
        self.things.create_index([("kind", 1), ("at", 1)])

    def walk(self, until: float, *more: float) -> list[list[float]]:
        """What has its time by then, when this much more is kept."""
        self.things.insert_many([{"kind": "a", "at": at(one), "n": one} for one in more]) if more else None
        parts = self.windows.walk(self.things, {"kind": "a"}, "at", at(until))
        return [[row["n"] for row in part] for part in parts]


@pytest.fixture
def kept(db, monkeypatch):
    monkeypatch.setattr(windows, "MOST", 20)
    monkeypatch.setattr(windows, "FEWEST", 5)
    return Kept(db)


def flat(parts: list[list[float]]) -> list[float]:
    return [one for part in parts for one in part]


def test_all_that_has_its_time_comes_in_its_order_and_a_little_at_a_time(kept):
    times = [-80 * 86400, -5000, *(n / 7 for n in range(-700, 0))]
    parts = kept.walk(0, *times, 1.0)
    assert flat(parts) == times and max(map(len, parts)) <= windows.MOST
    assert flat(kept.walk(0)) == times, "what nobody worked off is found again"
    kept.things.delete_many({"n": {"$lte": 0}})
    assert kept.walk(0) == [] and kept.walk(2) == [[1.0]]


def test_what_is_older_than_where_time_was_found_empty_comes_first(kept):
    assert kept.walk(100) == [] and kept.windows.reached == at(100)
    assert kept.walk(105, 101, -400 * 86400, 50) == [[-400 * 86400, 50], [101]]


def test_many_of_one_moment_come_together(kept):
    assert flat(kept.walk(10, *[3.0] * 50)) == [3.0] * 50


def test_a_clock_that_went_back_leaves_nothing_out_and_tells_nothing_early(kept):
    assert kept.walk(100) == []
    assert kept.walk(40, 30, 60) == [[30]]
    assert kept.walk(70) == [[30, 60]]
