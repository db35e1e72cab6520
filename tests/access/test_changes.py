"""Changes of persons: one grant ends the day before the other begins, and both accounts remember it."""

import itertools

import pytest

from services.access import changes, domain, service, store
from services.spine import actor, events
from services.spine.errors import Refusal

AT = "2024-01-02T08:00:00.000Z"
PLACE = {"campaign": "a-campaign", "scope": {"kind": "unit", "of": "990823-NYNC"}}
CHANGE = {**PLACE, "from": "old", "to": "new", "on": "2024-01-10", "reason": "职务调整"}


def account(login: str, *roles: str) -> domain.Account:
    return domain.open_account(login, "岗位", "hash", [{"role": role, **PLACE} for role in roles], "by", AT)


def may_read(one: domain.Account, today: str) -> bool:
    claims = {"sub": one["login"], "name": one["name"], "grants": one["grants"]}
    try:
        return actor.Actor(claims, "read_material", today).covers({"campaign": "a-campaign", "unit": "990823-NYNC"})
    except Refusal:
        return False


def test_one_ends_the_day_before_the_other_begins():
    old, new = account("old", "secretary", "liaison"), account("new")
    given = changes.give(new, changes.held(old, CHANGE), CHANGE, "sec", AT)
    ended = changes.end(old, CHANGE, "sec", AT)
    days = {day: (may_read(ended, day), may_read(given, day)) for day in ("2024-01-09", "2024-01-10")}
    assert days == {"2024-01-09": (True, False), "2024-01-10": (False, True)}
    assert {grant["role"] for grant in given["grants"]} == {"secretary", "liaison"}
    assert [(one["what"], one["other"], one["reason"]) for one in ended["changes"]] == [
        ("ended", "new", "职务调整")
    ] * 2
    assert changes.end(ended, CHANGE, "sec", AT) == ended
    assert changes.give(given, changes.held(ended, CHANGE), CHANGE, "sec", AT) == given, "the second click"


def test_who_begins_later_is_not_yet_of_the_unit_and_was_never():
    given = changes.give(account("new"), changes.held(account("old", "secretary"), CHANGE), CHANGE, "sec", AT)
    both = {**given, "grants": [*given["grants"], {"role": "supervisor", "campaign": "a-campaign", "until": None}]}
    both["grants"][-1]["scope"] = {"kind": "group", "of": "G4"}
    claims = {"sub": "new", "name": "new", "grants": both["grants"]}
    early = actor.Actor(claims, "hold", "2024-01-09")
    assert (early.own_units, early.former_units) == (frozenset(), frozenset())


def test_other_places_and_the_administrators_rule_stay():
    elsewhere = domain.give_grant(account("old"), {"role": "liaison", **PLACE, "campaign": "another"}, "by", AT)
    assert changes.held(elsewhere, CHANGE) == []
    admin = {"role": "auditor", "scope": {"kind": "system", "of": "*"}}
    auditor = domain.open_account("new", "x", "hash", [admin], "by", AT)
    with pytest.raises(Refusal, match="admins_exclude_each_other"):
        changes.give(auditor, changes.held(account("old", "liaison"), CHANGE), CHANGE, "sec", AT)
    with pytest.raises(Refusal, match="successor_of_nobody"):
        changes.check({key: value for key, value in CHANGE.items() if key != "from"})
    with pytest.raises(Refusal, match="successor_is_the_same"):
        changes.check({**CHANGE, "to": "old"})


def test_the_end_of_an_attachment_reaches_everybody_in_the_place(db):
    store.prepare(db)
    for login in ("a", "b"):
        store.add(db, account(login, "liaison"), AT)
    store.add(db, account("c"), AT)
    assert [one["login"] for one in store.holders(db, CHANGE, None)] == ["a", "b"]
    assert [one["login"] for one in store.holders(db, CHANGE, "b")] == ["b"]


def test_who_left_a_post_holds_nothing_by_it_any_more_but_the_liaison_and_the_successor_do():
    said = {"unit": "990823-NYNC", "role": "secretary", "post": "01", "what": "succeeded", "on": "2024-01-10"}
    old, told_at = account("old", "secretary", "liaison"), "2024-01-10T09:00:00.000Z"
    left = changes.vacate(old, said, told_at, told_at)
    assert {grant["role"]: grant["until"] for grant in left["grants"]} == {"secretary": "2024-01-09", "liaison": None}
    assert changes.vacate(left, said, told_at, told_at) == left, "heard twice"
    later = {**said, "on": "2024-01-10"}
    successor = domain.give_grant(account("new"), {"role": "secretary", **PLACE}, "sec", "2024-01-10T10:00:00.000Z")
    assert changes.vacate(successor, later, told_at, told_at) == successor, "given after it was said"
    prepared = domain.give_grant(
        account("new"), {"role": "secretary", **PLACE, "since": "2024-01-10"}, "sec", "2024-01-08T10:00:00.000Z"
    )
    assert changes.vacate(prepared, later, told_at, told_at) == prepared, "begins on that day"
    assert changes.place_of({**said, "role": "member"}) == {"kind": "post", "of": "990823-NYNC/01"}


def test_whose_group_is_over_holds_nothing_by_it_in_that_campaign():
    place = {"campaign": "a-campaign", "scope": {"kind": "group", "of": "G4"}}
    grants = [{"role": "supervisor", **place}, {"role": "supervisor", **place, "campaign": "another"}]
    one = domain.open_account("attached", "岗位", "hash", grants, "by", AT)
    said, told_at = {"group": "G4", "until": "2024-01-31"}, "2024-02-01T00:00:30.000Z"
    over = changes.dismiss(one, "a-campaign", said, told_at, told_at)
    assert [grant["until"] for grant in over["grants"]] == ["2024-01-31", None]
    assert changes.dismiss(over, "a-campaign", said, told_at, told_at) == over, "heard twice"


def test_what_ended_with_a_wrong_day_of_a_group_is_held_again_but_not_what_people_ended():
    place = {"campaign": "a-campaign", "scope": {"kind": "group", "of": "G4"}}
    grants = [{"role": "supervisor", **place, "until": "2024-03-31"}, {"role": "group_leader", **place}]
    one = domain.open_account("attached", "岗位", "hash", grants, "by", AT)
    said, told_at = {"group": "G4", "until": "2024-01-10"}, "2024-01-15T00:00:30.000Z"
    over = changes.dismiss(one, "a-campaign", said, told_at, told_at)
    back = changes.resume(over, "a-campaign", "G4", "2024-01-15T01:00:00.000Z")
    assert [grant["until"] for grant in back["grants"]] == ["2024-03-31", None]
    assert [entry["what"] for entry in back["changes"]] == ["ended", "ended", "given", "given"]
    assert changes.resume(back, "a-campaign", "G4", AT) == back, "heard twice"
    assert changes.dismiss(back, "a-campaign", said, told_at, told_at) == back, "what is told again is not heard anew"
    for other in (("another", "G4"), ("a-campaign", "G5")):
        assert changes.resume(over, *other, AT) == over
    change = {"campaign": "a-campaign", "scope": place["scope"], "on": "2024-01-11", "reason": "离岗"}
    ended = changes.end(one, change, "sec", AT)
    assert changes.resume(ended, "a-campaign", "G4", AT) == ended
    gone = {**over, "ended": {"at": AT}}
    assert changes.resume(gone, "a-campaign", "G4", AT) == gone


MERGED = {"unit": "990823-SL", "into": "990823-NYNC", "on": "2024-01-10", "campaigns": ["a-campaign"]}


def test_whoever_answers_for_a_successor_works_on_what_went_into_it_from_that_day():
    member = {"role": "member", "campaign": "a-campaign", "scope": {"kind": "post", "of": "990823-NYNC/02"}}
    one = domain.give_grant(account("new", "secretary"), {"role": "liaison", **PLACE, "campaign": "another"}, "sec", AT)
    one = domain.give_grant(one, member, "sec", AT)
    after = changes.take_over(one, MERGED, AT)
    fresh = [grant for grant in after["grants"] if grant["scope"]["of"] == "990823-SL"]
    assert [(grant["role"], grant["campaign"], grant["since"], grant["until"]) for grant in fresh] == [
        ("secretary", "a-campaign", "2024-01-10", None)
    ]
    assert changes.take_over(after, MERGED, AT) == after, "heard twice"
    place = {"campaign": "a-campaign", "scope": {"kind": "unit", "of": "990823-SL"}}
    ended = changes.end(after, {**CHANGE, **place, "on": "2024-01-10"}, "sec", AT)
    assert changes.take_over(ended, MERGED, AT) == ended, "told again after the administrator took it back"
    assert changes.take_over({**one, "ended": AT}, MERGED, AT) == {**one, "ended": AT}


B_TO_C = {"unit": "990823-NYNC", "into": "990823-LY", "on": "2024-02-01", "campaigns": ["b-campaign"]}
C_TO_D = {"unit": "990823-LY", "into": "990823-ZR", "on": "2024-01-20", "campaigns": []}


@pytest.mark.parametrize("heard", list(itertools.permutations([MERGED, B_TO_C, C_TO_D])))
def test_what_went_into_a_unit_before_goes_on_with_it_in_whatever_order_that_is_heard(db, heard):
    store.prepare(db)
    for unit in ("990823-NYNC", "990823-LY", "990823-ZR"):
        scope = {"kind": "unit", "of": unit}
        grants = [{"role": "liaison", "campaign": code, "scope": scope} for code in ("a-campaign", "b-campaign")]
        store.add(db, domain.open_account(unit.lower(), "岗位", "hash", grants, "by", AT), AT)
    doors = service.AccessService()
    doors.db = db
    for number, said in enumerate((*heard, *heard[:2]), 1):
        fact = events.Fact("organisation_merged", said["unit"], "all-campaigns", "990823", said)
        assert doors.on_organisation_merged([events.seal(fact, source="registry", at=AT, sequence=number)]) == [None]
    held = {
        login: sorted(
            (grant["scope"]["of"], grant["campaign"], grant["since"])
            for grant in store.get(db, login)["grants"]
            if grant.get("since")
        )
        for login in ("990823-nync", "990823-ly", "990823-zr")
    }
    assert held == {
        "990823-nync": [("990823-SL", "a-campaign", "2024-01-10")],
        "990823-ly": [("990823-NYNC", "b-campaign", "2024-02-01"), ("990823-SL", "a-campaign", "2024-02-01")],
        "990823-zr": [("990823-NYNC", "b-campaign", "2024-02-01"), ("990823-SL", "a-campaign", "2024-02-01")],
    }


def test_who_is_of_a_group_is_listed_leaders_first_without_who_has_left():
    def member(login: str, role: str, campaign: str = "a-campaign", of: str = "G4", **days) -> domain.Account:
        grant = {"role": role, "campaign": campaign, "scope": {"kind": "group", "of": of}, **days}
        return domain.open_account(login, login, "hash", [grant], "by", AT)

    accounts = [
        member("a", "supervisor", until="2024-01-31"),
        member("b", "group_leader"),
        member("gone", "supervisor", until="2024-01-01"),
        member("elsewhere", "supervisor", campaign="b-campaign"),
        member("other", "supervisor", of="G5"),
        {**member("ended", "supervisor"), "ended": AT},
    ]
    rows = changes.members(accounts, "a-campaign", "G4", "2024-01-02")
    assert [(row["account"], row["role"], row["until"]) for row in rows] == [
        ("b", "group_leader", None),
        ("a", "supervisor", "2024-01-31"),
    ]
