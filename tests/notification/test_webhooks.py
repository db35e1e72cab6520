"""Calls to another system: in order, none left out, tried again as the specification says, taken by its receivers."""

import json
import sys
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook

from services.notification import (
    delivering,
    guarding,
    signing,
    subscribers,
    subscribers_store,
    webhooks,
    webhooks_store,
)
from services.spine import errors, feed

pytestmark = pytest.mark.usefixtures("secret")
AT = datetime(2024, 1, 2, 8, tzinfo=UTC)
STAMP = "2024-01-02T08:00:00.000Z"
LOOPBACK = guarding.allowed("127.0.0.0/8")
KEY = signing.make("shared", b"k" * 32, STAMP)
ROUTINE = 500


def pause(failures: int, status: int = ROUTINE, retry_after: str = "", chance: float = 0.5) -> float:
    changed = webhooks.failed(failures, status, retry_after, AT, chance)
    return (changed["next_at"] - AT).total_seconds()


def test_a_call_is_tried_again_on_the_specifications_schedule_about_so_long():
    assert [pause(tries) for tries in range(9)] == [5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400]
    assert (pause(1, chance=0), pause(1, chance=1)) == (270, 330)


def test_after_the_last_try_or_when_it_is_gone_an_address_is_called_no_more():
    assert webhooks.failed(9, ROUTINE, "", AT, 0.5)["reason"] == "exhausted"
    assert webhooks.failed(0, 410, "", AT, 0.5)["reason"] == "gone"


def test_who_asks_to_be_left_alone_is_left_alone_a_day_at_most():
    assert pause(0, 503, "120") == 120
    assert pause(0, 503, (AT + timedelta(minutes=9)).strftime("%a, %d %b %Y %H:%M:%S GMT")) == 540
    assert pause(0, 429) == pause(0, 502) == 60
    for nonsense in ("soon", "-5", "", "٣", "1e9"):
        assert pause(0, 503, nonsense) == 5
    assert pause(0, 503, "9" * 30) == 86400 * 1.2


@pytest.fixture
def called(db, receiver):
    """An address that is called, at the beginning of a feed of five events."""
    feed.prepare(db)
    tell(db, 1, 6)
    draft = {"code": "oa", "kind": "webhook", "title": "OA", "campaign": "c-1", "after": 0, "url": receiver.url}
    made = subscribers.make(draft, frozenset(), "office", STAMP, 5)
    proved = subscribers.proved({**made, "keys": [webhooks_store.sealed(KEY)], "token": None}, "office", STAMP)
    subscribers_store.add(db, proved, STAMP)
    return db


def tell(db, first: int, last: int) -> None:
    said = [
        {"id": f"e.{n}", "type": "rectify.verdict_issued", "region": "990823", "data": {}} for n in range(first, last)
    ]
    feed.append(db, [{**one, "campaign": "c-1"} for one in said])


def turn(db) -> int:
    return delivering.turn(db, db, "oa", LOOPBACK)


def oa(db) -> dict:
    return db.subscribers.find_one({"_id": "oa"})


def wait_over(db) -> None:
    db.subscribers.update_one({"_id": "oa"}, {"$set": {"next_at": STAMP}})


def numbers(receiver) -> list[int]:
    return [json.loads(call["body"])["feedsequence"] for call in receiver.came()]


def test_all_that_is_told_arrives_in_order_and_the_receivers_package_takes_each(called, receiver):
    assert turn(called) == 5 and turn(called) == 0
    assert numbers(receiver) == [1, 2, 3, 4, 5] and oa(called)["cursor"] == 5
    for call in receiver.came():
        assert call["headers"]["Content-Type"] == "application/cloudevents+json"
        assert Webhook(KEY["key"]).verify(call["body"], call["headers"])


def test_a_call_that_is_not_taken_holds_back_those_behind_it_and_none_is_left_out(called, receiver):
    receiver.answers(500)
    assert turn(called) == 0 and numbers(receiver) == [1]
    assert turn(called) == 0 and len(receiver.came()) == 1, "not before its pause is over"
    wait_over(called)
    receiver.answers(204)
    assert turn(called) == 5 and numbers(receiver) == [1, 1, 2, 3, 4, 5]
    first, again = (call["headers"]["webhook-id"] for call in receiver.came()[:2])
    assert first == again and (oa(called)["failures"], oa(called)["next_at"]) == (0, None)
    logged = called.deliveries.find_one({"_id": "oa:1"})
    assert (logged["tries"], logged["taken"], [one["status"] for one in logged["attempts"]]) == (2, True, [500, 204])


def test_gone_disables_the_address_and_what_it_missed_waits_for_it(called, receiver):
    receiver.answers(410)
    turn(called)
    assert (oa(called)["state"], oa(called)["reason"], oa(called)["cursor"]) == ("disabled", "gone", 0)
    assert turn(called) == 0 and webhooks_store.due(called, 5, STAMP) == []


def test_who_is_killed_between_a_call_and_its_note_sends_that_one_again_and_leaves_none_out(
    called, receiver, monkeypatch
):
    with monkeypatch.context() as killed:
        killed.setattr(webhooks_store, "move", lambda *_: sys.exit("killed"))
        killed.setattr(webhooks_store, "release", lambda *_: None)
        with pytest.raises(SystemExit):
            turn(called)
    assert turn(called) == 0, "it is still had by whoever was killed"
    called.subscribers.update_one({"_id": "oa"}, {"$set": {"lease_until": STAMP}})
    assert turn(called) == 5 and numbers(receiver) == [1, 1, 2, 3, 4, 5]


def test_one_address_is_had_by_one_at_a_time(called):
    now = "2024-01-02T09:00:00.000Z"
    assert webhooks_store.take(called, ["oa"], "a", now) and not webhooks_store.take(called, ["oa"], "b", now)
    assert not webhooks_store.move(called, "oa", "b", {"cursor": 5})
    assert webhooks_store.take(called, ["oa"], "b", "2024-01-02T09:01:00.001Z"), "whoever died has it a minute at most"
    assert not webhooks_store.move(called, "oa", "a", {"cursor": 5}) and oa(called)["cursor"] == 0


def test_of_addresses_that_move_alike_one_that_is_somebody_elses_now_stays(called):
    rows = [{**oa(called), "_id": f"oa{n}", "code": f"oa{n}", "owner": "a"} for n in range(4)]
    called.subscribers.insert_many([*rows[:3], {**rows[3], "owner": "b"}])
    alike = [webhooks_store.Move(f"oa{n}", {"owner": "a", "state": "active"}, {"cursor": 5}) for n in range(4)]
    assert webhooks_store._move(called, alike) == [True, True, True, False]
    assert [called.subscribers.find_one({"_id": f"oa{n}"})["cursor"] for n in range(4)] == [5, 5, 5, 0]


def test_keys_are_kept_sealed(called):
    assert KEY["key"] not in str(oa(called)) and webhooks_store.opened(oa(called)["keys"][0]) == KEY


def test_an_address_that_leads_inside_now_is_not_called(called, receiver):
    assert delivering.turn(called, called, "oa", guarding.Allowed()) == 0
    assert receiver.came() == [] and oa(called)["failures"] == 1


def test_all_after_a_number_is_sent_again_under_the_same_ids(called, receiver):
    turn(called)
    before = oa(called)
    subscribers_store.save(called, before, subscribers.rewound(before, 3, 5, "对方恢复备份", "office", STAMP), STAMP)
    assert turn(called) == 2 and numbers(receiver) == [1, 2, 3, 4, 5, 4, 5]
    ids = [call["headers"]["webhook-id"] for call in receiver.came()]
    assert ids[5:] == ids[3:5]


def test_only_the_challenge_itself_proves_an_address():
    assert webhooks.proves(200, b'{"challenge": "abc"}', "abc")
    for status, body in (
        (500, b'{"challenge": "abc"}'),
        (200, b"abc"),
        (200, b'["abc"]'),
        (200, b'{"challenge": "x"}'),
    ):
        assert not webhooks.proves(status, body, "abc")


def test_one_event_is_sent_again_by_itself_if_it_is_of_the_addresss_part(called, receiver):
    turn(called)
    assert delivering.again(called, called, oa(called), 2, LOOPBACK)
    assert numbers(receiver) == [1, 2, 3, 4, 5, 2] and oa(called)["cursor"] == 5
    assert called.deliveries.find_one({"_id": "oa:2"})["tries"] == 2
    for number, part in ((9, {}), (2, {"regions": ["12"]}), (2, {"campaign": "c-2"})):
        with pytest.raises(errors.Refusal, match="not_found"):
            delivering.again(called, called, oa(called) | part, number, LOOPBACK)
