"""Queues of other systems: what is put in, what a full or forgotten one costs, and that nothing is left out."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from services.notification import (
    forwarding,
    queues,
    queues_store,
    replays,
    replays_store,
    resending,
    subscribers,
    subscribers_store,
)
from services.spine import actor, broker, contracts, feed, speaking, topology

KNOWN = frozenset({"verdict_issued", "material_submitted"})
DRAFT = {"code": "big-screen", "kind": "amqp", "title": "大屏", "campaign": "c-1", "after": 0}
AT = "2024-01-02T08:00:00.000Z"


def made(**more) -> subscribers.Subscriber:
    return {**subscribers.make({**DRAFT, **more}, KNOWN, "office", AT, 100), "token": "hashed"}


def event(number: int, name: str = "verdict_issued", region: str = "990823", campaign: str = "c-1", **said) -> dict:
    about = {"specversion": "1.0", "id": f"e{number}", "type": f"rectify.{name}", "sequence": number}
    return {**about, "region": region, "campaign": campaign, "data": said}


def test_what_is_shown_of_one_fits_its_contract():
    shown = subscribers.shown(made(limits={"messages": 5}), 10)
    contracts.check("documents/subscriber", shown)
    assert (shown["queue"]["name"], shown["queue"]["messages"], shown["queue"]["stands"]) == (
        "subscriber.big-screen",
        5,
        False,
    )


events_of_all_kinds = some.builds(
    event,
    some.integers(1, 9),
    some.sampled_from(["verdict_issued", "material_submitted", "item_overdue"]),
    some.sampled_from(["990823", "990881", "350000"]),
    some.sampled_from(["c-1", "c-2"]),
)
parts = some.fixed_dictionaries(
    {
        "campaign": some.sampled_from([None, "c-1", "c-2"]),
        "types": some.lists(some.sampled_from(sorted(KNOWN)), unique=True),
        "regions": some.lists(some.sampled_from(["99", "990823", "35"]), unique=True),
        "secrecy": some.sampled_from(actor.SECRECY),
    }
)


def test_a_queue_hears_what_the_feed_would_tell_and_nothing_else(db):
    """The rule said twice, to the store and to the forwarder, is one rule."""
    feed.prepare(db)
    number, told = 0, []
    for name in ("verdict_issued", "material_submitted"):
        for region in ("990823", "990881", "350000"):
            for campaign in ("c-1", "c-2"):
                for said in ({}, {"secrecy": "public"}, {"secrecy": "internal"}, {"secrecy": "work_secret"}):
                    number += 1
                    told.append(event(number, name, region, campaign, **said))
    feed.append(db, told)

    @given(parts)
    def the_same(part):
        subscriber = made(**part)
        read = [number for number, _ in feed.read(db, within=subscribers.part(subscriber))]
        assert read == [one["sequence"] for one in told if subscribers.hears(subscriber, one)]

    the_same()


@given(some.lists(some.tuples(some.integers(1, 4), some.integers(0, 9), some.sampled_from([0, 1])), max_size=200))
def test_whatever_becomes_of_a_queue_it_is_told_again_from_what_its_reader_has_not_taken(steps):
    """Sent and taken at will, with a reader attached or not: the place gone back to is never past what is unread."""
    subscriber, sent = {**made(limits={"messages": 20}), "cursor": 0}, list[int]()
    subscriber["queue"], taken = queues.stood(subscriber, AT), 0
    for more, fewer, consumers in steps:
        first = subscriber["cursor"] + 1
        numbers = list(range(first, first + more))[: max(20 - (len(sent) - taken), 0)]
        reached = numbers[-1] if numbers else subscriber["cursor"]
        subscriber = {**subscriber, "queue": queues.sent(subscriber, numbers, reached), "cursor": reached}
        sent += numbers
        taken = min(taken + fewer, len(sent))
        subscriber["queue"] = queues.looked(subscriber["queue"], len(sent) - taken, consumers, None)
        place, again = queues.down(subscriber["queue"])
        in_hand = 20 if consumers else 0
        assert place <= (sent[taken - 1] if taken else 0) and again["filled"] is None
        assert len(subscriber["queue"]["marks"]) <= queues.MOST_MARKS
        assert in_hand or place <= subscriber["cursor"]


@pytest.fixture(scope="module")
def host(rabbit):
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("RECTIFY_BROKER", rabbit.add_virtual_host("queues"))
        topology.declare()
        yield rabbit


class Filling:
    """Somebody who fills queues, of a feed that is the test's own."""

    def __init__(self, db) -> None:
        self.db, self.forwarder = db, forwarding.Forwarder()
        feed.prepare(db)

    def __call__(self, *subscribed: subscribers.Subscriber, look: bool = True) -> dict[str, subscribers.Subscriber]:
        for one in subscribed:
            subscribers_store.add(self.db, one, AT)
        self.forwarder.look_at = 0 if look else self.forwarder.look_at
        self.forwarder.turn(self.db, self.db, 0)
        while self.forwarder.fill(self.db, self.db):
            pass
        return {row["code"]: row for row in self.db.subscribers.find()}

    def decide(self, change) -> None:
        """Somebody decides something at a door."""
        before = self.db.subscribers.find_one({"_id": "big-screen"})
        subscribers_store.save(self.db, before, change(before), AT)

    def stands(self) -> bool:
        """Whether the broker has the queue."""
        return self.forwarder.speaker.look("subscriber.big-screen") is not None


@pytest.fixture
def filled(host, db):
    filling = Filling(db)
    yield filling
    for row in db.subscribers.find({"kind": "amqp"}):
        filling.forwarder.speaker.beside().queue_delete(row["queue"]["name"])
    filling.forwarder.speaker.drop()


def came(fill: Filling, code: str, most: int = 1000, name: str = "") -> list[Any]:
    """What is in a queue, taken from it."""
    channel, found = fill.forwarder.speaker.beside(), list[Any]()
    while len(found) < most and (message := channel.basic_get(name or f"subscriber.{code}", no_ack=True)):
        found.append(message)
    return found


def numbers_of(messages) -> list[int]:
    return [json.loads(message.body)["feedsequence"] for message in messages]


@pytest.mark.rabbitmq
def test_each_queue_gets_its_part_in_order_with_the_attributes_in_the_headers(filled):
    feed.append(filled.db, [event(n, region="990823" if n % 2 else "990881") for n in range(1, 8)])
    feed.append(filled.db, [event(8, campaign="c-2"), event(9, "material_submitted", secrecy="work_secret")])
    rows = filled(made(), made(code="county", regions=["990881"]), made(code="late", after=6))
    messages = came(filled, "big-screen")
    assert numbers_of(messages) == [1, 2, 3, 4, 5, 6, 7]
    assert numbers_of(came(filled, "county")) == [2, 4, 6] and numbers_of(came(filled, "late")) == [7]
    assert {row["cursor"] for row in rows.values()} == {9}
    first, second = messages[:2]
    assert first.delivery_info["routing_key"] == "verdict_issued.990823.big-screen"
    assert first.properties["content_type"] == "application/cloudevents+json"
    body, headers = json.loads(second.body), second.headers
    assert {f"cloudEvents:{key}" for key in body if key != "data"} == {k for k in headers if k.startswith("cloudEv")}
    assert all(headers[f"cloudEvents:{key}"] == value for key, value in body.items() if key != "data")
    assert "rectify-previous" not in first.headers and headers["rectify-previous"] == 1


@pytest.mark.rabbitmq
def test_a_full_queue_takes_no_more_holds_up_nobody_else_and_goes_on_where_it_stopped(filled):
    feed.append(filled.db, [event(n) for n in range(1, 31)])
    rows = filled(made(limits={"messages": 10}), made(code="other"))
    assert (rows["big-screen"]["cursor"], rows["other"]["cursor"]) == (10, 30)
    assert rows["big-screen"]["queue"]["held_since"] and not rows["other"]["queue"]["held_since"]
    first = came(filled, "big-screen", 4)
    rows = filled()
    assert rows["big-screen"]["cursor"] == 14 and rows["big-screen"]["read_at"]
    for _ in range(9):
        first += came(filled, "big-screen")
        rows = filled()
    assert numbers_of(first) == list(range(1, 31)) and not rows["big-screen"]["queue"]["held_since"]


@pytest.mark.rabbitmq
def test_the_broker_itself_takes_no_more_than_the_limit_whoever_sends(filled):
    filled(made(limits={"messages": 10}))
    letters = [
        speaking.Letter(f"{n}", broker.OTHERS.name, "verdict_issued.990823.big-screen", b"{}", "application/json")
        for n in range(speaking.IN_FLIGHT)
    ]
    filled.forwarder.speaker.publish(letters)
    again = filled.forwarder.speaker.publish(letters)
    assert len(again) == len(letters), "at most what was under way goes in beyond it"
    assert len(came(filled, "big-screen")) <= 10 + speaking.IN_FLIGHT


@pytest.mark.rabbitmq
def test_what_is_for_a_queue_that_is_gone_is_kept_aside_and_told_again_from_the_first_it_has_not_taken(filled):
    feed.append(filled.db, [event(n) for n in range(1, 6)])
    filled(made())
    assert numbers_of(came(filled, "big-screen", 2)) == [1, 2]
    filled()
    filled.forwarder.speaker.beside().queue_delete("subscriber.big-screen")
    feed.append(filled.db, [event(6)])
    filled(look=False)
    assert numbers_of(came(filled, "", name="rectify.unheard")) == [6]
    row = filled()["big-screen"]
    assert set(range(3, 7)) <= set(numbers_of(came(filled, "big-screen")))
    assert [line["what"] for line in row["changes"]] == ["queue_gone"]


@pytest.mark.rabbitmq
def test_what_waits_for_somebody_who_is_stopped_ended_or_told_less_is_taken_out(filled):
    feed.append(filled.db, [event(n, region="990823" if n % 2 else "990881") for n in range(1, 6)])
    filled(made())
    less = {"regions": ["990881"], "reason": "只接一县"}
    filled.decide(lambda row: subscribers.change(row, less, KNOWN, "office", AT))
    filled()
    assert numbers_of(came(filled, "big-screen")) == [2, 4]
    filled.decide(lambda row: subscribers.end(row, "下线", "office", AT))
    feed.append(filled.db, [event(6, region="990881")])
    assert filled()["big-screen"]["queue"]["filled"] is None and not filled.stands()


@pytest.mark.rabbitmq
def test_a_queue_nobody_comes_for_is_taken_away_and_its_reader_finds_all_of_it_again(filled):
    feed.append(filled.db, [event(n) for n in range(1, 6)])
    filled(made())
    filled.db.subscribers.update_one({}, {"$set": {"queue.stood_at": "2020-01-01T00:00:00.000Z"}})
    row = filled()["big-screen"]
    assert (row["state"], row["reason"], row["cursor"]) == ("disabled", "idle", 0)
    assert not filled.stands()
    going_on = {"state": "active", "reason": "对方恢复"}
    filled.decide(lambda row: subscribers.change(row, going_on, KNOWN, "office", AT))
    filled()
    assert numbers_of(came(filled, "big-screen")) == [1, 2, 3, 4, 5]


@pytest.mark.rabbitmq
def test_one_sent_back_is_told_again_from_there_and_one_process_fills_at_a_time(filled):
    feed.append(filled.db, [event(n) for n in range(1, 4)])
    filled(made())
    filled.decide(lambda row: subscribers.rewound(row, 1, 3, "对方恢复备份", "office", AT))
    filled()
    assert numbers_of(came(filled, "big-screen")) == [1, 2, 3, 2, 3]
    assert forwarding.Forwarder().turn(filled.db, filled.db, 0) == 0
    assert not queues_store.lead(filled.db, "another", AT)


def ask(fill: Filling, **asked: Any) -> None:
    """A replay as the door begins it, and a turn at it."""
    source, row = fill.db, fill.db.subscribers.find_one({"_id": "big-screen"})
    between = replays.span(asked, 0, feed.last(source))
    total = replays_store.count(source, replays.within(row, asked), *between)
    made = replays.begin(row, {"reason": "对方恢复备份", **asked}, "r", between, total, "office", AT)
    replays_store.add(source, made, AT)
    resending.turn(source, source, "r")


@pytest.mark.rabbitmq
def test_what_is_sent_again_goes_into_its_queue_under_its_ids_marked_so_and_its_place_stays(filled):
    feed.append(filled.db, [event(n, region="990823" if n % 2 else "990881") for n in range(1, 8)])
    feed.append(filled.db, [event(8, campaign="c-2")])
    filled(made())
    first = came(filled, "big-screen")
    before = filled()["big-screen"]
    ask(filled, region="990881")
    done = replays_store.get(filled.db, "big-screen", "r")
    assert (done["state"], done["sent"], done["total"]) == ("done", 3, 3)
    assert filled()["big-screen"]["cursor"] == before["cursor"] == 8
    again = came(filled, "big-screen")
    assert numbers_of(again) == [2, 4, 6]
    for one, known in zip(again, first[1::2], strict=False):
        assert (one.body, one.properties["message_id"]) == (known.body, known.properties["message_id"])
        assert one.delivery_info["routing_key"] == known.delivery_info["routing_key"]
        assert one.headers["rectify-again"] and "rectify-previous" not in one.headers
    feed.append(filled.db, [event(9)])
    filled()
    (new,) = came(filled, "big-screen")
    assert (numbers_of([new]), new.headers["rectify-previous"]) == ([9], 7)


@pytest.mark.rabbitmq
def test_a_replay_leaves_half_of_a_queue_for_what_is_new_and_waits_for_its_reader(filled):
    feed.append(filled.db, [event(n) for n in range(1, 9)])
    filled(made(limits={"messages": 6}, after=8))
    ask(filled, type="verdict_issued")
    waits = replays_store.get(filled.db, "big-screen", "r")
    assert (waits["state"], waits["sent"], waits["failures"]) == ("running", 3, 0) and waits["next_at"]
    assert resending.turn(filled.db, filled.db, "r") == 0, "not before a while has passed"
    feed.append(filled.db, [event(9)])
    filled()
    found = came(filled, "big-screen")
    while replays_store.get(filled.db, "big-screen", "r")["state"] == "running":
        filled.db.replays.update_one({"_id": "r"}, {"$set": {"next_at": None}})
        resending.turn(filled.db, filled.db, "r")
        found += came(filled, "big-screen")
    assert numbers_of(found) == [1, 2, 3, 9, 4, 5, 6, 7, 8]


@pytest.mark.rabbitmq
def test_a_replay_into_a_queue_that_does_not_stand_waits_and_puts_nothing_aside(filled):
    feed.append(filled.db, [event(n) for n in range(1, 4)])
    filled(made(after=3))
    filled.forwarder.speaker.beside().queue_delete("subscriber.big-screen")
    came(filled, "", name="rectify.unheard")
    ask(filled, type="verdict_issued")
    assert replays_store.get(filled.db, "big-screen", "r")["sent"] == 0
    assert came(filled, "", name="rectify.unheard") == []
    filled()
    filled.db.replays.update_one({"_id": "r"}, {"$set": {"next_at": None}})
    assert resending.turn(filled.db, filled.db, "r") == 3
