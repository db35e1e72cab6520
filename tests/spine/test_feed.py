"""The feed: one strict order, each event once."""

import threading

import pytest
from pymongo.collection import Collection

from services.spine import feed
from tests.stack import Store


def told(number: int, name: str = "item_registered", region: str = "990823") -> dict:
    """An event as it is told."""
    return {
        "id": f"{name}:{number}",
        "type": f"rectify.{name}",
        "region": region,
        "time": f"2026-03-01T08:00:{number:02d}.000Z",
    }


@pytest.fixture
def source(db):
    feed.prepare(db)
    return db


def test_an_event_told_twice_stands_once_in_the_feed(source):
    feed.append(source, [told(1), told(2)])
    feed.append(source, [told(2), told(3), told(1), told(4)])

    assert [event["id"] for _, event in feed.read(source)] == [told(n)["id"] for n in (1, 2, 3, 4)]


def test_a_reader_who_remembers_the_last_number_misses_nothing_however_many_write_at_once(source):
    seen: list[str] = []

    def write(start: int) -> None:
        for number in range(start, start + 15):
            feed.append(source, [told(number)])

    writing = [threading.Thread(target=write, args=(start,)) for start in (0, 20, 40)]
    for thread in writing:
        thread.start()
    after = 0
    while any(thread.is_alive() for thread in writing) or after < feed.last(source):
        for number, event in feed.read(source, after, limit=3):
            assert number > after
            after = number
            seen.append(event["id"])

    assert sorted(seen) == sorted(told(start + n)["id"] for start in (0, 20, 40) for n in range(15))


def test_the_end_of_the_feed_is_found_by_keys_alone_however_long_it_is(source, monkeypatch):
    source.events.insert_many([{"n": number} for number in range(1, 701)])
    find_one, asked = Collection.find_one, []

    def noted(collection, *wanted, **how):
        asked.append(wanted[0])
        return find_one(collection, *wanted, **how)

    monkeypatch.setattr(Collection, "find_one", noted)
    assert feed.last(source) == 700
    assert len(asked) <= 20
    assert all(source.events.find(one).explain()["executionStats"]["totalDocsExamined"] <= 1 for one in asked)


def test_a_reader_asks_by_name_region_and_time(source):
    feed.append(source, [told(1), told(2, "meeting_held"), told(3, region="990881"), told(4)])

    assert [number for number, _ in feed.read(source, name="meeting_held")] == [2]
    assert [number for number, _ in feed.read(source, region="990881")] == [3]
    assert [number for number, _ in feed.read(source, region="9908")] == [1, 2, 3, 4]
    assert [number for number, _ in feed.read(source, since="2026-03-01T08:00:03.000Z")] == [3, 4]
    assert [number for number, _ in feed.read(source, after=2, limit=1)] == [3]


def test_what_a_reader_asks_for_never_widens_what_he_may_see(source):
    feed.append(source, [told(1), told(2, region="990881")])

    assert [number for number, _ in feed.read(source, region="9908", within={"region": "990823"})] == [1]
    assert list(feed.read(source, region="990881", within={"region": "990823"})) == []


def test_where_a_feed_ends_is_not_taken_from_another_store(tmp_path, source):
    feed.append(source, [told(n) for n in range(3)])
    assert feed.last(source) == 3
    other = Store(tmp_path / "other").start()
    try:
        empty = other.client[source.name]
        feed.append(empty, [told(7)])
        assert [number for number, _ in feed.read(empty, 0)] == [1] and feed.last(source) == 3
    finally:
        other.stop()
