"""Who may what where: claims that cannot be forged, grants that end, scopes that hide what lies outside."""

import pytest

from services.spine import actor, errors

pytestmark = pytest.mark.usefixtures("secret")
C = "minchuan-2023-theme"
LATER = 4_000_000_000


def grant(role: str, kind: str, of: str, until: str | None = None) -> dict:
    return {"role": role, "campaign": C, "scope": {"kind": kind, "of": of}, "until": until}


def asking(*grants: dict, permission: str = "read_material", today: str = "2026-03-01") -> actor.Actor:
    return actor.Actor({"sub": "a", "name": "联络员", "grants": list(grants)}, permission, today)


RECORD = {"campaign": C, "unit": "990823-NYNC", "region": "990823", "group": "G4", "post": "02"}


@pytest.mark.parametrize(
    ("given", "sees"),
    [
        (grant("office", "campaign", C), True),
        (grant("county_office", "region", "990823"), True),
        (grant("county_office", "region", "990881"), False),
        (grant("supervisor", "group", "G4"), True),
        (grant("supervisor", "group", "G5"), False),
        (grant("liaison", "unit", "990823-NYNC"), True),
        (grant("liaison", "unit", "990881-LY"), False),
        (grant("member", "post", "990823-NYNC/02"), True),
        (grant("member", "post", "990823-NYNC/03"), False),
        ({**grant("office", "campaign", "another"), "campaign": "another"}, False),
    ],
)
def test_a_grant_reaches_as_far_as_its_scope(given, sees):
    assert asking(given).covers(RECORD) is sees


def test_a_member_sees_the_teams_material_but_no_colleagues(db):
    db.materials.insert_many([{**RECORD, "_id": post, "post": post} for post in ("02", "03", "team")])
    scope = asking(grant("member", "post", "990823-NYNC/02")).scope

    assert sorted(row["_id"] for row in db.materials.find(scope)) == ["02", "team"]


def test_a_member_hands_in_his_own_material_and_not_the_teams():
    member = asking(grant("member", "post", "990823-NYNC/02"), permission="submit")
    assert member.covers(RECORD)
    assert not member.covers({**RECORD, "post": "team"})


def test_a_member_works_on_what_is_of_his_post_and_keeps_evidence_for_his_unit():
    member = asking(grant("member", "post", "990823-NYNC/02"), permission="progress_item")
    held = [["02"], ["01", "02"], ["03"], ["team"], [], None]
    assert [member.covers({**RECORD, "post": posts}) for posts in held] == [True, True, False, False, False, False]
    keeper = asking(grant("member", "post", "990823-NYNC/02"), permission="attach_file")
    unit = {key: value for key, value in RECORD.items() if key != "post"}
    assert keeper.covers(unit) and not keeper.covers({**unit, "unit": "990823-LY"})


def test_a_role_in_one_campaign_lends_nothing_to_another():
    elsewhere = {"role": "office", "campaign": "other", "scope": {"kind": "campaign", "of": "other"}, "until": None}
    both = asking(elsewhere, grant("liaison", "unit", "990823-NYNC"), permission="record_aspect")
    assert both.covers(RECORD) and not both.may("waive", RECORD)
    assert asking(grant("office", "campaign", C), permission="record_aspect").may("waive", RECORD)


@pytest.mark.parametrize("permission", actor.READING)
@pytest.mark.parametrize(
    ("role", "kind", "of", "reads"),
    [
        ("office", "campaign", C, True),
        ("county_office", "region", "990823", False),
        ("checker", "campaign", C, False),
        ("supervisor", "group", "G4", True),
        ("group_leader", "group", "G4", True),
        ("secretary", "unit", "990823-NYNC", True),
        ("liaison", "unit", "990823-NYNC", True),
        ("member", "post", "990823-NYNC/02", True),
        ("member", "post", "990823-NYNC/03", False),
    ],
)
def test_a_work_secret_is_read_by_those_it_concerns(permission, role, kind, of, reads):
    if role not in actor.MAY[permission]:
        return
    asks = asking(grant(role, kind, of), permission=permission)
    record = {**RECORD, "post": "02", "secrecy": "work_secret"}
    assert asks.covers(record) is reads
    assert asks.covers({**record, "post": "team"}) is (reads and role != "member")
    assert asks.covers({**record, "post": "team", "secrecy": "internal"})


def test_a_grant_that_has_ended_opens_nothing():
    given = grant("supervisor", "group", "G4", until="2026-02-28")
    assert asking(given, today="2026-02-28").roles == {"supervisor"}
    with pytest.raises(errors.Refusal, match="not_permitted"):
        asking(given, today="2026-03-01")


@pytest.mark.parametrize("role", actor.ADMINISTRATORS)
def test_none_of_the_three_administrators_sees_business_text(role):
    system = {"role": role, "campaign": None, "scope": {"kind": "system", "of": "*"}, "until": None}
    no_text = ("read_events", "read_workdays", "read_messages")
    business = [name for name in actor.MAY if name.startswith("read_") and name not in no_text]
    for permission in [*business, "submit", "judge", "verify_item", "record_meeting"]:
        with pytest.raises(errors.Refusal, match="not_permitted"):
            asking(system, permission=permission)


def test_a_unit_never_verifies_and_of_its_people_only_the_secretary_reads():
    unit = {"liaison", "secretary", "member"}
    assert not set(actor.MAY["verify_item"]) & unit
    assert set(actor.MAY["judge"]) & unit == {"secretary"}


def test_a_grant_of_another_role_does_not_widen_a_permission():
    both = (grant("liaison", "unit", "990823-NYNC"), grant("supervisor", "group", "G5"))
    assert not asking(*both, permission="submit").covers({**RECORD, "unit": "x", "group": "G5"})


def test_claims_are_read_back_and_forged_or_old_ones_refused():
    token = actor.sign("a", "联络员", [grant("liaison", "unit", "990823-NYNC")], expires=LATER)
    assert actor.read(token, at=1)["name"] == "联络员"
    head, body, signature = token.split(".")
    for wrong in (f"{head}.{body}.{signature[::-1]}", f"{head}.{body}.", "nonsense", "", f"e30.{body}.{signature}"):
        with pytest.raises(errors.Refusal, match="not_signed_in"):
            actor.read(wrong, at=1)
    with pytest.raises(errors.Refusal, match="not_signed_in"):
        actor.read(token, at=LATER + 1)


RECORDS = [
    {"_id": f"{unit}{post}{side}", "unit": unit, "post": post, "group": "G4", "sides": [side, "office"]}
    for unit in ("a", "b")
    for post in ("01", "team", None)
    for side in ("unit", "group")
]
FILTERS: list[dict] = [
    {},
    {"unit": "a"},
    {"unit": "a", "post": {"$in": ["01", "team", None]}},
    {"sides": {"$in": ["group"]}},
    {"sides": {"$in": ["nobody"]}},
    {"$or": [{"unit": "a"}, {"post": "team"}], "sides": {"$in": ["group"]}},
    {"$and": [{"$or": [{"unit": "a"}, {"unit": "b"}]}, {"unit": "b", "post": None}]},
    {"group": "G5"},
]


@pytest.mark.parametrize("asked", FILTERS, ids=str)
def test_one_record_is_held_to_a_scope_as_the_store_holds_all(db, asked):
    db.records.insert_many(RECORDS)
    found = {row["_id"] for row in db.records.find(asked)}
    assert {row["_id"] for row in RECORDS if actor.lies_within(row, asked)} == found


def test_what_is_asked_for_twice_in_the_same_words_stays_flat_and_otherwise_both_must_hold():
    """A store finds no index behind an $and, and nearly every list names the campaign that its scope names, too."""
    assert actor.both({"campaign": C, "unit": "a"}, {"campaign": C, "state": "open"}) == {
        "campaign": C,
        "unit": "a",
        "state": "open",
    }
    assert actor.both({"unit": "a"}, {"unit": "b"}) == {"$and": [{"unit": "a"}, {"unit": "b"}]}
