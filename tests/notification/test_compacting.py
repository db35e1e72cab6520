"""The feed's old part: of each record the last event of a kind is left, and no reader is led astray."""

import pytest

from services.notification import compacting, subscribers
from services.registry import progressing
from services.spine import errors, feed


def told(number: int, subject: str = "a", name: str = "item_progressed") -> dict:
    return {
        "id": f"{name}:{subject}:{number}",
        "type": f"rectify.{name}",
        "subject": subject,
        "campaign": "c-1",
        "region": "990823",
        "time": f"2024-01-02T08:00:{number:02d}.000Z",
        "data": {},
    }


@pytest.fixture
def source(db):
    """A feed of which 1 to 6 are old."""
    feed.prepare(db)
    feed.append(db, [told(1), told(2, "b"), told(3), told(4, "a", "item_reopened"), told(5), told(6, "b")])
    compacting.note_the_day(db, "2024-01-02")
    feed.append(db, [told(7), told(8, "b")])
    return db


def numbers(db, after: int = 0, **asked) -> list[int]:
    return [number for number, _ in feed.read(db, after, **asked)]


def test_of_each_record_the_last_event_of_a_kind_is_left_and_the_order_stays(source):
    assert compacting.night(source, "2024-03-01", 30) == 3
    assert numbers(source) == [4, 5, 6, 7, 8]
    assert compacting.night(source, "2024-03-01", 30) == 0, "the night after finds nothing"
    assert (feed.compacted(source), compacting.night(source, "2024-01-31", 30)) == (6, 0)


def test_what_is_younger_stays_and_so_does_all_when_no_days_are_set(source):
    assert compacting.night(source, "2024-01-31", 30) == 0 and len(numbers(source)) == 8
    assert compacting.night(source, "2024-03-01", 0) == 0 and feed.compacted(source) == 0


def test_what_was_left_goes_when_something_newer_of_its_record_is_old_too(source):
    compacting.night(source, "2024-03-01", 30)
    compacting.compact(source, 8)
    assert numbers(source) == [4, 7, 8]


def test_a_cursor_inside_the_old_part_still_reads_in_order(source):
    compacting.night(source, "2024-03-01", 30)
    assert (numbers(source, 2), numbers(source, 5)) == ([4, 5, 6, 7, 8], [6, 7, 8])
    assert [n for n, _ in feed.read(source, within=subscribers.part(SUBSCRIBER))] == [4, 5, 6, 7, 8]


SUBSCRIBER = {"campaign": "c-1", "types": [], "regions": ["9908"], "secrecy": "internal"}


def test_the_end_is_found_behind_gaps_by_whoever_comes_new_and_whoever_last_looked_before(source):
    source.events.insert_many([{"n": n, "name": "x", "event": {"subject": "x"}} for n in range(9, 1200)])
    feed._seen[source.client] = {source.name: 3}
    compacting.compact(source, 1000)
    for seen in (3, 700, 0):
        feed._seen[source.client] = {source.name: seen}
        assert feed.last(source) == 1199
    feed.append(source, [told(10, "new")])
    assert feed.last(source) == 1200


def test_whoever_is_killed_in_the_night_goes_on_where_it_stopped(source, monkeypatch):
    source.events.insert_many([{"n": n, "name": "x", "event": {"subject": "x"}} for n in range(9, 1200)])
    real = type(source.events).bulk_write
    monkeypatch.setattr(type(source.events), "bulk_write", lambda *_, **__: (_ for _ in ()).throw(SystemExit))
    with pytest.raises(SystemExit):
        compacting.compact(source, 1199)
    assert feed.last(source) == 1199 and feed.compacted(source) == 1199
    monkeypatch.setattr(type(source.events), "bulk_write", real)
    compacting.compact(source, 1199)
    assert numbers(source) == [4, 7, 8, 1199]


def test_what_is_to_go_is_looked_for_by_an_index(source):
    compacting.compact(source, 6)
    source.events.insert_many([{"n": n, "name": "x", "event": {"subject": f"x{n}"}} for n in range(9, 600)])
    looked = source.events.find(compacting.older("b", "item_progressed", 8)).explain()["executionStats"]
    assert looked["totalDocsExamined"] <= 2


def test_where_the_feed_stood_before_a_day_is_known_once_it_was_noted(source):
    compacting.note_the_day(source, "2024-01-05")
    assert [compacting.before(source, day) for day in ("2024-01-02", "2024-01-03", "2024-01-06")] == [0, 6, 8]


def test_the_board_is_not_counted_anew_from_a_feed_that_was_made_small(source):
    compacting.night(source, "2024-03-01", 30)
    with pytest.raises(errors.Refusal, match="feed_compacted"):
        progressing.rebuild(source, source)
