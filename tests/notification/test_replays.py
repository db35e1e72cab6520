"""What was told is sent to one address once more, without its place being lost; what it cannot take is left out."""

import json

import pytest

from services.notification import (
    delivering,
    guarding,
    letters,
    replays,
    replays_store,
    resending,
    signing,
    store,
    subscribers,
    subscribers_store,
    watching,
    webhooks,
    webhooks_store,
)
from services.spine import contracts, errors, feed

AT = "2024-01-02T08:00:00.000Z"
LOOPBACK = guarding.allowed("127.0.0.0/8")
KNOWN = frozenset({"verdict_issued", "item_reopened"})


@pytest.fixture(autouse=True)
def loopback(secret, monkeypatch):
    monkeypatch.setenv("RECTIFY_WEBHOOKS", "127.0.0.0/8")


@pytest.fixture
def called(db, receiver):
    """An address that has taken six events: by turns of two names, in two regions, a minute apart."""
    feed.prepare(db)
    store.prepare(db)
    for n in range(1, 7):
        name, region = ("verdict_issued", "item_reopened")[n % 2], ("990823", "990881")[n > 3]
        feed.append(
            db,
            [
                {
                    "id": f"e.{n}",
                    "type": f"rectify.{name}",
                    "region": region,
                    "campaign": "c-1",
                    "time": f"2024-01-02T08:0{n}:00.000Z",
                    "data": {},
                }
            ],
        )
    draft = {"code": "oa", "kind": "webhook", "title": "OA", "campaign": "c-1", "after": 6, "url": receiver.url}
    made = subscribers.make(draft, KNOWN, "office", AT, 6)
    key = webhooks_store.sealed(signing.make("shared", b"k" * 32, AT))
    subscribers_store.add(db, subscribers.proved({**made, "keys": [key], "token": None}, "office", AT), AT)
    return db


def oa(db) -> subscribers.Subscriber:
    return subscribers_store.get(db, "oa", {})


def ask(db, replay_id: str = "oa.1", **asked) -> replays.Replay:
    """A replay as the door begins it."""
    between = replays.span(asked, 0, feed.last(db))
    total = replays_store.count(db, replays.within(oa(db), asked), *between)
    made = replays.begin(oa(db), {"reason": "对方恢复备份", **asked}, replay_id, between, total, "office", AT)
    replays_store.add(db, made, AT)
    return made


def replay(db, replay_id: str = "oa.1") -> replays.Replay:
    return replays_store.get(db, "oa", replay_id)


def numbers(receiver) -> list[int]:
    return [json.loads(call["body"])["feedsequence"] for call in receiver.came()]


@pytest.mark.parametrize(
    ("asked", "sent"),
    [
        ({"type": "verdict_issued"}, [2, 4, 6]),
        ({"region": "990881"}, [4, 5, 6]),
        ({"since": "2024-01-02T08:02:00.000Z", "until": "2024-01-02T08:05:00.000Z"}, [2, 3, 4]),
        ({"type": "item_reopened", "region": "9908", "since": "2024-01-02T08:02:00.000Z"}, [3, 5]),
        ({"numbers": [6, 1]}, [1, 6]),
    ],
)
def test_what_was_asked_for_is_counted_before_and_sent_in_order_beside_its_place(called, receiver, asked, sent):
    assert ask(called, **asked)["total"] == len(sent)
    assert resending.turn(called, called, "oa.1") == len(sent) and numbers(receiver) == sent
    done = replay(called)
    assert (done["state"], done["sent"], oa(called)["cursor"]) == ("done", len(sent), 6)
    assert resending.turn(called, called, "oa.1") == 0
    listed = replays_store.listed(called, "oa", {})
    contracts.check("documents/replay_list", listed)


def test_nothing_outside_its_part_is_sent_again(called, receiver):
    changed = subscribers.change(oa(called), {"regions": ["990823"], "reason": "只接一县"}, KNOWN, "office", AT)
    subscribers_store.save(called, oa(called), changed, AT)
    assert ask(called, type="verdict_issued")["total"] == 1
    ask(called, "oa.2", region="990881")
    assert replay(called, "oa.2")["state"] == "done", "what has nothing to send is over at once"
    resending.turn(called, called, "oa.1")
    assert numbers(receiver) == [2]


def test_what_is_told_meanwhile_is_no_part_of_it(called, receiver):
    ask(called, type="verdict_issued")
    later = {"id": "e.7", "type": "rectify.verdict_issued", "region": "990823", "campaign": "c-1", "time": AT}
    feed.append(called, [{**later, "data": {}}])
    resending.turn(called, called, "oa.1")
    assert numbers(receiver) == [2, 4, 6]


def test_one_that_is_not_taken_is_tried_again_by_the_schedule_and_then_given_up(called, receiver):
    ask(called, region="990881")
    receiver.answers(500)
    assert resending.turn(called, called, "oa.1") == 0 and resending.turn(called, called, "oa.1") == 0
    assert numbers(receiver) == [4] and replay(called)["failures"] == 1 and replay(called)["next_at"]
    called.replays.update_one({"_id": "oa.1"}, {"$set": {"next_at": AT}})
    receiver.answers(200)
    assert resending.turn(called, called, "oa.1") == 3 and numbers(receiver) == [4, 4, 5, 6]
    assert oa(called)["failures"] == 0, "what waits for it is not held back"
    receiver.answers(410)
    ask(called, "oa.2", region="990881")
    resending.turn(called, called, "oa.2")
    assert replay(called, "oa.2")["state"] == "failed" and oa(called)["state"] == "active"


def test_a_stopped_replay_sends_nothing_and_one_to_a_stopped_subscriber_waits(called, receiver):
    ask(called, region="990881")
    replays_store.save(called, replay(called), replays.stop(replay(called), AT), AT)
    assert resending.turn(called, called, "oa.1") == 0 and replays.stop(replay(called), "later") == replay(called)
    ask(called, "oa.2", region="990881")
    called.subscribers.update_one({"_id": "oa"}, {"$set": {"state": "stopped"}})
    assert resending.turn(called, called, "oa.2") == 0 and replay(called, "oa.2")["state"] == "running"
    called.subscribers.update_one({"_id": "oa"}, {"$set": {"state": "active"}})
    called.replays.update_one({"_id": "oa.2"}, {"$set": {"next_at": None}})
    assert resending.turn(called, called, "oa.2") == 3 and numbers(receiver) == [4, 5, 6]


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({}, "replay_of_nothing"),
        ({"type": "verdict_lost"}, "unknown_event_type"),
        ({"since": AT, "until": AT}, "until_before_since"),
    ],
)
def test_a_replay_of_nothing_or_of_what_is_never_told_is_refused(asked, code):
    with pytest.raises(errors.Refusal, match=code):
        replays.check(asked, KNOWN)


def test_who_reads_by_itself_or_has_ended_or_is_unproved_is_sent_nothing():
    reads = subscribers.make({"code": "r", "kind": "feed", "title": "R", "campaign": None}, KNOWN, "office", AT, 0)
    unproved = subscribers.make(
        {"code": "w", "kind": "webhook", "title": "W", "campaign": None}, KNOWN, "office", AT, 0
    )
    for one, code in (
        (reads, "subscriber_not_called"),
        (unproved, "subscriber_unproved"),
        (subscribers.end(unproved, "下线", "office", AT), "subscriber_ended"),
    ):
        with pytest.raises(errors.Refusal, match=code):
            resending.check(one)


def rewind(db, after: int) -> None:
    subscribers_store.save(db, oa(db), subscribers.rewound(oa(db), after, 6, "重来", "office", AT), AT)


def test_an_event_that_holds_an_address_up_is_left_out_by_its_number_and_what_follows_is_sent(called, receiver):
    rewind(called, 3)
    receiver.answers(500)
    delivering.turn(called, called, "oa", LOOPBACK)
    held = oa(called)
    assert (held["failures"], held["failed_because"]) == (1, "500") and held["failed_at"]
    for waits, number in ((4, 3), (4, 5), (None, 4)):
        with pytest.raises(errors.Refusal, match="not_what_waits"):
            webhooks.skipped(held, waits, number, "不认识", "office", AT)
    past = webhooks.skipped(held, 4, 4, "对方无法处理", "office", AT)
    subscribers_store.save(called, held, past, AT)
    receiver.answers(200)
    assert delivering.turn(called, called, "oa", LOOPBACK) == 2 and numbers(receiver) == [4, 5, 6]
    assert oa(called)["changes"][-1] == {"what": "skipped 4", "reason": "对方无法处理", "by": "office", "at": AT}


def test_another_address_proves_itself_before_it_is_called_and_misses_nothing(called, receiver):
    rewind(called, 3)
    moved = webhooks.moved(oa(called), f"http://127.0.0.1:{receiver.port}/other", "迁移", "office", AT)
    subscribers_store.save(called, oa(called), moved, AT)
    assert moved["state"] == "unproved" and delivering.turn(called, called, "oa", LOOPBACK) == 0
    assert webhooks.moved(moved, moved["url"], "再点一次", "office", AT) == moved
    subscribers_store.save(called, oa(called), subscribers.proved(oa(called), "office", AT), AT)
    assert delivering.turn(called, called, "oa", LOOPBACK) == 3
    assert {call["path"] for call in receiver.came()} == {"/other"}


def test_who_keeps_a_disabled_one_is_told_once_until_it_is_called_again(called, receiver):
    rewind(called, 3)
    receiver.answers(410)
    delivering.turn(called, called, "oa", LOOPBACK)
    for _ in range(2):
        for one in watching.newly_disabled(called):
            store.add(called, [subscribers.disabled_message(one, AT)])
        kept = list(called.messages.find())
    assert [message["event"] for message in kept] == ["subscriber_disabled"]
    watching.note_told(called, "oa", AT)
    assert watching.newly_disabled(called) == [] and watching.called_again(called) == []
    back = subscribers.change(oa(called), {"state": "active", "reason": "对方已恢复"}, KNOWN, "office", AT)
    subscribers_store.save(called, oa(called), back, AT)
    assert watching.called_again(called) == ["oa"]
    watching.settle(called, "oa", subscribers.matter("oa"), AT)
    assert called.messages.find_one()["settled_at"] == AT and watching.called_again(called) == []


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("reason", ["gone", "exhausted"])
def test_the_message_says_which_one_and_why(language, reason):
    one = {"code": "oa", "campaign": None, "reason": reason, "failures": 10, "failed_because": "500"}
    subject, text = letters.render("subscriber_disabled", language, subscribers.disabled_message(one, AT)["params"])
    assert "oa" in subject and ("410" if reason == "gone" else "500") in text


def test_how_far_each_is_behind_is_measured_by_number_and_by_age(called):
    rewind(called, 3)
    assert watching.since(called, 3) == "2024-01-02T08:04:00.000Z" and watching.since(called, 6) is None
    assert watching.lags(called, called, "2024-01-02T08:05:00.000Z") == [
        {"code": "oa", "kind": "webhook", "lag": 3, "seconds": 60.0}
    ]
    assert watching.states(called) == {"unproved": 0, "active": 1, "stopped": 0, "disabled": 0, "ended": 0}
