"""Kept views: filters under a name, found by whom they are for; who follows one is told counts once a day, and nothing
where nothing may be seen any more."""

from typing import Any

import pytest

from services.rectification import kept_views, kept_views_store, nightly
from services.spine.errors import Refusal
from tests.rectification.acting import CAMPAIGN, OTHER, REGION, UNIT, actor, answered, doors, said, set_day
from tests.rectification.test_states import FIELDS

OVERDUE = {"overdue": "1", "sort": "due"}


@pytest.fixture
def service(db, monkeypatch):
    served = doors(db, monkeypatch)
    for number, unit, who in ((1, UNIT, "liaison"), (2, UNIT, "liaison"), (3, OTHER, "stranger")):
        draft = {
            "campaign": CAMPAIGN,
            "unit": unit,
            "key": f"p{number}",
            "problem": f"水毁{number}处",
            "source": "other",
        }
        served.register(actor(who, "register_item"), {**draft, "category": "phased", **FIELDS, "due_on": "2024-03-31"})
    return served


def keep(service: Any, who: str = "liaison", key: str = "k1", **more: Any) -> Any:
    draft = {"campaign": CAMPAIGN, "key": key, "name": "逾期的", "query": OVERDUE, **more}
    return answered("view", service.keep_view(actor(who, "keep_view"), draft))


def found(service: Any, who: str) -> list[str]:
    rows = answered("view_list", service.views_kept(actor(who, "keep_view"), {"campaign": CAMPAIGN}))["rows"]
    return [row["view_id"] for row in rows]


def follow(service: Any, view: Any, who: str = "liaison", every: str | None = "daily") -> Any:
    return answered("view", service.follow_view(actor(who, "keep_view"), view["view_id"], {"every": every}))


def night(service: Any, monkeypatch: Any, today: str) -> list[dict[str, Any]]:
    """What a night says of views, each event checked against its schema."""
    set_day(monkeypatch, today)
    nightly.run(service.db, today, "one")
    return [event["data"] for event in said(service.db, "followings") if event["data"]["on"] == today]


def grants(service: Any, who: str, sequence: int, *roles: str, until: str | None = None) -> None:
    held = [
        {"role": role, "campaign": CAMPAIGN, "scope": {"kind": "unit", "of": UNIT}, "since": None, "until": until}
        for role in roles
    ]
    event = {"id": f"g{sequence}", "campaign": "all-campaigns", "sequence": sequence}
    service.on_grants_changed.__wrapped__(service, {**event, "data": {"account": who, "grants": held}})


def refused(code: str, act: Any, *given: Any) -> None:
    with pytest.raises(Refusal) as refusal:
        act(*given)
    assert refusal.value.code == code


def test_the_same_key_is_the_same_view_and_nobody_else_finds_it(service):
    view = keep(service)
    assert keep(service, name="别的名字") == view and view["own"] and view["reached"] and view["following"] is None
    assert found(service, "liaison") == [view["view_id"]]
    for other in ("secretary", "office", "stranger"):
        assert found(service, other) == []
        refused("not_found", service.view_kept, actor(other, "keep_view"), view["view_id"])
        refused("not_found", service.follow_view, actor(other, "keep_view"), view["view_id"], {"every": "daily"})
    refused("not_found", service.views_kept, actor("liaison", "keep_view"), {"campaign": "another"})


def test_an_office_shares_with_a_role_of_its_own_scope_and_takes_it_back(service):
    wide = keep(service, "office", share_with="liaison")
    county = keep(service, "county_office", share_with="liaison")
    assert wide["shared"] == {"role": "liaison", "region": None} and county["shared"]["region"] == REGION
    for reader in ("liaison", "stranger"):
        assert set(found(service, reader)) == {wide["view_id"], county["view_id"]}
    assert found(service, "supervisor") == []
    service.db.meetings.update_many({"unit": OTHER}, {"$set": {"region": "990881"}})
    assert found(service, "stranger") == [wide["view_id"]]
    service.rename_view(actor("office", "keep_view"), wide["view_id"], {"name": "自己看"})
    assert found(service, "liaison") == [county["view_id"]]


def test_others_open_and_follow_a_shared_view_and_change_nothing_of_it(service):
    view = keep(service, "office", share_with="liaison")
    reader = actor("liaison", "keep_view")
    assert not service.view_kept(reader, view["view_id"])["own"]
    refused("view_of_others", service.rename_view, reader, view["view_id"], {"name": "我的"})
    refused("view_of_others", service.remove_view, reader, view["view_id"], {})
    with pytest.raises(Refusal, match="not_permitted"):
        keep(service, "liaison", "k2", share_with="member")


def test_one_keeps_so_many_and_no_more_until_one_is_removed(service):
    kept = [keep(service, key=f"k{number}") for number in range(kept_views.MOST)]
    with pytest.raises(Refusal, match="too_many_views"):
        keep(service, key="more")
    assert keep(service, key="k0") == kept[0]
    service.remove_view(actor("liaison", "keep_view"), kept[0]["view_id"], {})
    assert keep(service, key="more")["view_id"] in found(service, "liaison")
    refused("not_found", service.view_kept, actor("liaison", "keep_view"), kept[0]["view_id"])


def test_who_follows_a_view_is_told_counts_once_a_day_however_often_the_night_is_worked_off(service, monkeypatch):
    mine = keep(service, query={"sort": "due"})
    assert follow(service, mine)["following"]["next_on"] == "2024-01-21"
    assert night(service, monkeypatch, "2024-01-20") == []
    first = {"view_id": mine["view_id"], "account": "liaison", "role": "liaison", "unit": UNIT, "every": "daily"}
    counts = {"total": 2, "red": 0, "yellow": 0, "waiting": 2, "more": False}
    told = [{**first, "on": "2024-01-21", "since": "2024-01-20", "fresh": 2, **counts}]
    assert night(service, monkeypatch, "2024-01-21") == told
    service.db.nights.delete_many({})
    assert night(service, monkeypatch, "2024-01-21") == told
    late = night(service, monkeypatch, "2024-04-02")
    assert late == [{**first, "on": "2024-04-02", "since": "2024-01-21", "fresh": 0, **counts, "red": 2}]


def test_two_nights_at_once_tell_it_once(service):
    follow(service, keep(service))
    one = service.db.followings.find_one()
    assert [kept_views_store.tell(service.db, [one], "2024-01-21", "2024-01-21T01:00:00.000Z") for _ in "ab"] == [1, 1]
    assert len(said(service.db, "followings")) == 1


def test_once_a_week_is_on_mondays_and_a_monday_that_was_missed_is_made_up_for(service, monkeypatch):
    view = keep(service)
    assert follow(service, view, every="weekly")["following"]["next_on"] == "2024-01-22"
    assert night(service, monkeypatch, "2024-01-21") == []
    assert [one["on"] for one in night(service, monkeypatch, "2024-01-23")] == ["2024-01-23"]
    assert service.db.followings.find_one()["next_on"] == "2024-01-29"


def test_each_is_told_what_lies_in_the_own_scope(service, monkeypatch):
    view = keep(service, "office", share_with="supervisor", query={})
    for who in ("office", "supervisor", "elsewhere"):
        follow(service, view, who)
    told = {one["account"]: one for one in night(service, monkeypatch, "2024-01-21")}
    assert {who: one["total"] for who, one in told.items()} == {"office": 3, "supervisor": 2, "elsewhere": 1}
    assert told["supervisor"]["group"] == "G4" and "unit" not in told["supervisor"]
    assert {one["waiting"] for one in told.values()} == {0}
    regions = {event["data"]["account"]: event["region"] for event in said(service.db, "followings")}
    assert set(regions.values()) == {kept_views.NO_ONE_REGION}


def test_who_may_see_nothing_of_it_any_more_is_told_nothing_and_finds_that_said(service, monkeypatch):
    view = keep(service)
    follow(service, view)
    grants(service, "liaison", 5, "liaison", until="2024-01-20")
    assert night(service, monkeypatch, "2024-01-21") == []
    assert service.db.followings.find_one()["state"] == "out_of_scope"
    row = service.view_kept(actor("liaison", "keep_view"), view["view_id"])
    assert row["following"]["state"] == "out_of_scope" and row["following"]["told_on"] is None
    grants(service, "liaison", 4, "liaison")
    assert night(service, monkeypatch, "2024-01-22") == [], "what was said before is older"
    grants(service, "liaison", 6, "liaison", "secretary")
    assert [one["since"] for one in night(service, monkeypatch, "2024-01-23")] == ["2024-01-20"]


def test_a_view_of_a_place_outside_the_scope_says_so_and_tells_nothing(service, monkeypatch):
    view = keep(service, query={"unit": OTHER})
    assert view["reached"] is False
    follow(service, view)
    assert night(service, monkeypatch, "2024-01-21") == []


def test_what_is_no_longer_shared_followed_or_there_is_told_to_nobody(service, monkeypatch):
    shared, removed, left = (keep(service, "office", key, share_with="liaison") for key in ("k1", "k2", "k3"))
    for view in (shared, removed, left):
        follow(service, view)
    service.rename_view(actor("office", "keep_view"), shared["view_id"], {"name": "自己看"})
    service.remove_view(actor("office", "keep_view"), removed["view_id"], {})
    assert follow(service, left, every=None)["following"] is None
    assert follow(service, left, every=None)["following"] is None
    assert night(service, monkeypatch, "2024-01-21") == []


def test_asking_for_it_again_tells_nothing_twice_and_another_rhythm_begins_anew(service, monkeypatch):
    view = keep(service)
    follow(service, view)
    night(service, monkeypatch, "2024-01-21")
    assert follow(service, view)["following"]["next_on"] == "2024-01-22"
    assert follow(service, view, every="weekly")["following"]["next_on"] == "2024-01-22"
    assert service.db.followings.count_documents({}) == 1
