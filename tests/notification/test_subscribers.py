"""Subscribers: each is told of its own part of the feed and nothing else, and of nothing once it was stopped."""

import pytest

from services.notification import subscribers, subscribers_store
from services.spine import actor, contracts, errors, feed
from tests.stack import grant

KNOWN = frozenset({"verdict_issued", "material_submitted"})
DRAFT = {"code": "big-screen", "kind": "feed", "title": "大屏", "campaign": "c-1"}
AT = "2024-01-02T08:00:00.000Z"


def made(**more) -> subscribers.Subscriber:
    return {**subscribers.make({**DRAFT, **more}, KNOWN, "office", AT, 7), "token": "hashed"}


def event(number: int, name: str = "verdict_issued", region: str = "990823", campaign: str = "c-1", **said) -> dict:
    return {"id": f"e{number}", "type": f"rectify.{name}", "region": region, "campaign": campaign, "data": said}


def told(db, subscriber) -> list[int]:
    return [number for number, _ in feed.read(db, within=subscribers.part(subscriber))]


def test_a_subscriber_is_told_of_its_campaign_types_regions_and_secrecy_and_of_nothing_else(db):
    feed.prepare(db)
    feed.append(
        db,
        [
            event(1),
            event(2, campaign="c-2"),
            event(3, region="990881"),
            event(4, "material_submitted", secrecy="work_secret"),
            event(5, "material_submitted", secrecy="internal"),
        ],
    )
    assert told(db, made()) == [1, 3, 5]
    assert told(db, made(secrecy="work_secret")) == [1, 3, 4, 5]
    assert told(db, made(secrecy="public")) == [1, 3]
    assert told(db, made(campaign=None)) == [1, 2, 3, 5]
    assert told(db, made(regions=["990823"])) == [1, 5]
    assert told(db, made(regions=["9908", "12"], types=["verdict_issued"])) == [1, 3]


def read_by(db, *grants: dict) -> list[int]:
    who = actor.Actor({"sub": "a", "name": "a", "grants": list(grants)}, "read_events", AT[:10])
    return [number for number, _ in feed.read(db, within=subscribers.seen(who))]


def test_an_account_reads_of_the_feed_its_part_and_what_happens_to_a_work_secret_if_it_may_read_that(db):
    feed.prepare(db)
    kept = [event(1), event(2, region="990881"), event(3, campaign="c-2"), event(4, secrecy="public")]
    feed.append(db, [*kept, event(5, secrecy="work_secret"), event(6, region="990881", secrecy="work_secret")])
    county = grant("county_office", "region", "990881", "c-1")
    assert read_by(db, grant("office", "campaign", "c-1", "c-1")) == [1, 2, 4, 5, 6]
    assert read_by(db, grant("subscriber", "campaign", "c-1", "c-1")) == [1, 2, 4]
    assert read_by(db, county) == [2]
    assert read_by(db, county, grant("office", "campaign", "c-2", "c-2")) == [2, 3]
    assert read_by(db, grant("system_admin", "system", "*", None)) == [1, 2, 3, 4]
    assert read_by(db, grant("service", "system", "*", None)) == [1, 2, 3, 4, 5, 6]


def test_that_one_read_the_same_again_is_written_down_after_a_while_only():
    one = {"cursor": 7, "read_at": "2024-01-02T08:00:00.000Z"}
    assert subscribers.has_come(one, 8, "2024-01-02T08:00:00.001Z")
    assert not subscribers.has_come(one, 7, "2024-01-02T08:00:09.000Z")
    assert subscribers.has_come(one, 7, "2024-01-02T08:00:11.000Z")
    assert subscribers.has_come({**one, "read_at": None}, 7, "2024-01-02T08:00:00.000Z")


def test_one_that_reads_is_active_at_once_and_one_that_is_called_proves_itself_first():
    assert made()["state"] == "active"
    called = made(kind="webhook")
    assert called["state"] == "unproved" and not subscribers.is_told(called, "2024-01-02")
    for state in ("active", "stopped"):
        with pytest.raises(errors.Refusal, match="subscriber_unproved"):
            subscribers.change(called, {"state": state, "reason": "试运行"}, KNOWN, "office", AT)
    assert subscribers.is_told(subscribers.proved(called, "office", AT), "2024-01-02")


def test_an_event_that_is_never_told_is_refused_by_its_place():
    with pytest.raises(errors.Refusal, match="unknown_event_type") as refusal:
        made(types=["verdict_issued", "verdict_lost"])
    assert [place["pointer"] for place in refusal.value.errors] == ["/types/1"]


def test_it_begins_at_the_end_of_the_feed_unless_told_where():
    assert made()["cursor"] == 7 and made(after=0)["cursor"] == 0
    with pytest.raises(errors.Refusal, match="cursor_ahead"):
        made(after=8)


def test_a_stopped_one_is_told_nothing_until_it_goes_on_and_each_change_is_noted_with_its_reason():
    stopped = subscribers.change(made(), {"state": "stopped", "reason": "对方检修"}, KNOWN, "office", AT)
    assert not subscribers.is_told(stopped, "2024-01-02") and stopped["reason"] == "对方检修"
    again = subscribers.change(stopped, {"state": "active", "reason": "检修完"}, KNOWN, "office", AT)
    assert subscribers.is_told(again, "2024-01-02") and (again["reason"], again["cursor"]) == ("", 7)
    assert [line["what"] for line in again["changes"]] == ["state", "state"]
    assert subscribers.change(again, {"state": "active", "reason": "再点一次"}, KNOWN, "office", AT) == again


def test_an_ended_one_stays_ended_and_its_token_is_forgotten():
    ended = subscribers.end(made(), "已下线", "office", AT)
    assert ended["token"] is None and subscribers.end(ended, "再一次", "office", AT) == ended
    with pytest.raises(errors.Refusal, match="subscriber_ended"):
        subscribers.change(ended, {"state": "active", "reason": "恢复"}, KNOWN, "office", AT)


def test_after_its_last_day_it_is_told_nothing():
    short = made(until="2024-01-02")
    assert subscribers.is_told(short, "2024-01-02") and not subscribers.is_told(short, "2024-01-03")


def test_what_is_shown_fits_its_contract_and_holds_no_token():
    shown = subscribers.shown(made(types=["verdict_issued"]), 10)
    contracts.check("documents/subscriber", shown)
    assert shown["lag"] == 3 and "token" not in shown


def test_a_code_is_given_once_and_a_token_found_by_its_hash_only(db):
    hashed = subscribers_store.hash_of("rfs_secret")
    subscribers_store.add(db, {**made(), "token": hashed}, AT)
    with pytest.raises(errors.Refusal, match="subscriber_taken"):
        subscribers_store.add(db, made(), AT)
    assert (subscribers_store.of_token(db, "rfs_secret") or {})["code"] == "big-screen"
    assert subscribers_store.of_token(db, hashed) is None
    assert "rfs_secret" not in str(list(db.subscribers.find()))
    with pytest.raises(errors.Refusal, match="not_found"):
        subscribers_store.get(db, "big-screen", {"campaign": "c-2"})
