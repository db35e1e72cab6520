"""Watching: what operators see is what stands in the book."""

import pytest

from services.review import tasks, watch


@pytest.fixture
def book(db):
    tasks.prepare(db)
    tasks.add(db, {"near": "2026-03-10", "far": "2026-05-01", "done": "2026-03-10"}, "2026-03-10", 100.0)
    return db


def test_the_board_counts_by_lane_and_says_who_works_on_what(book):
    watch.seen(book, {"owner": "a", "host": "h", "pid": 1}, 118.0)
    watch.seen(book, {"owner": "gone", "host": "h", "pid": 2}, 18.0)
    task = tasks.claim(book, "done", "a", 100.0)
    assert task
    tasks.finish(book, task, 100.5)
    tasks.claim(book, "near", "a", 110.0)
    board = watch.board(book, 120.0)

    lanes = {row["lane"]: row for row in board["lanes"]}
    assert (lanes["urgent"]["waiting"], lanes["urgent"]["running"], lanes["urgent"]["rate_per_minute"]) == (0, 1, 0.2)
    assert (lanes["later"]["waiting"], lanes["later"]["oldest_seconds"]) == (1, 20.0)
    assert [(worker["owner"], worker["task"], worker["lane"]) for worker in board["workers"]] == [
        ("a", "near", "urgent")
    ]
    assert (board["estimate"]["waiting"], board["estimate"]["seconds"]) == (1, 0.5)
    assert watch.counts(book, 120.0) == {"waiting": 1, "running": 1, "done": 1, "dead": 0, "oldest_seconds": 20.0}


def test_an_empty_book_is_shown_as_one(db):
    tasks.prepare(db)
    board = watch.board(db, 1.0)
    assert [row["lane"] for row in board["lanes"]] == ["urgent", "soon", "later", "suspect"]
    assert not any(row["waiting"] or row["oldest_seconds"] for row in board["lanes"])
    assert board["estimate"]["words"]["en"] == "Nothing waits."
