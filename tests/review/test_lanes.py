"""Lanes: what is done first, and what is said of the rest."""

import pytest

from services.review import lanes


@pytest.mark.parametrize(
    ("meeting_on", "lane"),
    [
        ("2026-03-01", "urgent"),
        ("2026-03-12", "urgent"),
        ("2026-03-13", "soon"),
        ("2026-03-17", "soon"),
        ("2026-03-18", "later"),
        (None, "soon"),
    ],
)
def test_the_nearer_the_meeting_the_sooner_it_is_read(meeting_on, lane):
    assert lanes.lane(meeting_on, "2026-03-10") == lane


def test_what_two_workers_died_on_waits_by_itself():
    assert lanes.lane("2026-03-10", "2026-03-10", deaths=1) == "urgent"
    assert lanes.lane("2026-03-10", "2026-03-10", deaths=2) == "suspect"


def test_an_estimate_says_when_and_with_how_many_more_how_much_sooner():
    found = lanes.estimate(12_240, 1, 1 / 12)
    assert found["seconds"] == 1020
    assert found["with_more"] == {"workers": 4, "seconds": 204.0}
    assert found["words"] == {
        "zh": "12,240 份等待，每个进程每秒 12 份，约 17 分钟做完；再加 4 个约 4 分钟。",
        "en": "12,240 waiting, 12 a second and worker, done in 17 minutes; 4 more would make it 4 minutes.",
    }


@pytest.mark.parametrize(
    ("waiting", "workers", "each", "words"),
    [
        (0, 3, 0.1, "没有等待预审的材料。"),
        (5, 0, 0.1, "5 份等待，没有预审进程在运行。"),
        (5, 2, None, "5 份等待，2 个预审进程，快慢还不知道。"),
        (1, 2, 2.5, "1 份等待，每个进程每份 2.5 秒，约 2 秒做完。"),
    ],
)
def test_what_is_not_known_is_not_estimated(waiting, workers, each, words):
    assert lanes.estimate(waiting, workers, each)["words"]["zh"] == words
