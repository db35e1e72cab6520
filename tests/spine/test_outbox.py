"""The relay: what waits is told, however much it is, and struck out only when it was taken."""

from collections.abc import Iterable
from typing import Any

import pytest

from services.spine import events, feed, outbox, portions, speaking

AT = "2026-03-01T08:00:00.000Z"
HELD = {"unit": "990823-NYNC", "group": "G4", "held_on": "2026-03-01", "expected": 7, "present": 6}


class Broker(speaking.Speaker):
    """Takes all but what it was told to refuse, and notes in what order it came."""

    def __init__(self) -> None:
        super().__init__()
        self.refuses: set[str] = set()
        self.came: list[str] = []

    def tell(self, told: Iterable[events.Event]) -> set[str]:
        """What it did not take."""
        ids = [event["id"] for event in told]
        self.came += [each for each in ids if each not in self.refuses]
        return self.refuses & set(ids)


@pytest.fixture
def relay(db, monkeypatch):
    monkeypatch.setattr(outbox, "BATCH", 20)
    monkeypatch.setattr(portions, "FEW", 7)
    outbox.kept(db.things)
    feed.prepare(db)
    made = outbox.Relay("registry", db, db)
    made.speaker = Broker()
    yield made
    outbox._relays[db.name].remove(made)


def write(relay: Any, count: int) -> list[str]:
    """So many records with two events each, left behind by somebody."""
    facts = [events.Fact("meeting_held", f"m{number}", "c", "990823", HELD) for number in range(count)]
    told = [[events.seal(fact, source="registry", at=AT, sequence=n) for n in (1, 2)] for fact in facts]
    relay.db.things.insert_many([{"_id": f"m{number}", "outbox": pair} for number, pair in enumerate(told)])
    return [event["id"] for pair in told for event in pair]


def left(relay: Any) -> list[str]:
    return [event["id"] for row in relay.db.things.find() for event in row["outbox"]]


def test_what_was_left_behind_is_told_in_the_order_of_each_record_and_struck_out(relay):
    ids = write(relay, 90)
    relay._sweep()
    assert sorted(relay.speaker.came) == sorted(ids) and left(relay) == []
    first = {each: place for place, each in enumerate(relay.speaker.came)}
    assert all(first[f"meeting_held:m{n}:1"] < first[f"meeting_held:m{n}:2"] for n in range(90))
    assert feed.last(relay.feed) == len(ids)


def test_what_is_not_taken_waits_with_what_follows_it_and_holds_up_nobody_else(relay):
    write(relay, 60)
    relay.speaker.refuses = {f"meeting_held:m{n}:1" for n in range(30)}
    relay._sweep()
    assert left(relay) == [f"meeting_held:m{n}:{k}" for n in range(30) for k in (1, 2)]
    relay.speaker.refuses = set()
    relay._sweep()
    assert left(relay) == [] and feed.last(relay.feed) == 120
