"""Where a person is reached, and who reads what is addressed to a place."""

import pytest

from services.access import contacts, domain, store
from services.spine import contracts, errors

AT = "2024-01-02T08:00:00.000Z"
TODAY = "2024-01-02"
PLACE = {
    "roles": ["liaison", "member", "secretary", "supervisor"],
    "campaign": "c-1",
    "region": "990823",
    "group": "G4",
    "unit": "990823-NYNC",
    "post": None,
}


def open_account(db, login: str, role: str, kind: str, of: str, **more: str) -> None:
    grant = {"role": role, "campaign": "c-1", "scope": {"kind": kind, "of": of}, **more}
    store.add(db, domain.open_account(login, login, "hash", [grant], "security", AT), AT)


@pytest.fixture
def peopled(db):
    store.prepare(db)
    open_account(db, "liaison", "liaison", "unit", "990823-NYNC")
    open_account(db, "member-02", "member", "post", "990823-NYNC/02")
    open_account(db, "member-03", "member", "post", "990823-NYNC/03")
    open_account(db, "supervisor", "supervisor", "group", "G4")
    open_account(db, "elsewhere", "liaison", "unit", "990881-LY")
    open_account(db, "before", "secretary", "unit", "990823-NYNC", until="2024-01-01")
    open_account(db, "later", "secretary", "unit", "990823-NYNC", since="2024-01-03")
    open_account(db, "office", "office", "campaign", "c-1")
    open_account(db, "ended", "liaison", "unit", "990823-NYNC")
    ended = store.get(db, "ended")
    store.save(db, ended, domain.end(ended, "离职", "security", AT), AT)
    return db


def readers(db, **place) -> dict[str, list[str]]:
    asked = PLACE | place
    held = {one["login"]: contacts.held(one, asked, TODAY) for one in store.around(db, asked)}
    return {login: roles for login, roles in held.items() if roles}


def test_who_holds_a_side_of_a_place_today_is_found_and_nobody_else(peopled):
    expected = {"liaison": ["liaison"], "member-02": ["member"], "member-03": ["member"], "supervisor": ["supervisor"]}
    assert readers(peopled) == expected
    assert readers(peopled, roles=["office", "county_office"]) == {"office": ["office"]}
    assert readers(peopled, campaign="c-2") == {}


def test_what_is_addressed_to_a_post_is_its_members_own(peopled):
    assert set(readers(peopled, roles=["member"], post="02")) == {"member-02"}
    assert set(readers(peopled, roles=["member"], post="team")) == {"member-02", "member-03"}


def test_a_person_writes_addresses_and_takes_them_away():
    account = {"login": "li", "name": "li", "grants": []}
    assert contacts.of(account) == {"email": "", "mobile": ""}
    reached = contacts.change(account, {"email": "li@minchuan.example"})
    assert contacts.of(contacts.change(reached, {"mobile": "13900000001"})) == {
        "email": "li@minchuan.example",
        "mobile": "13900000001",
    }
    assert contacts.of(contacts.change(reached, {"email": ""}))["email"] == ""
    assert "contact" not in domain.shown({**reached, "ended": None}), "administrators do not see it"


@pytest.mark.parametrize(
    "wrong",
    [
        {"email": "li"},
        {"email": "li@x"},
        {"email": "a@b.cn, c@d.cn"},
        {"mobile": "1390000"},
        {"mobile": "+0123456"},
        {},
    ],
)
def test_what_is_no_address_is_refused(wrong):
    with pytest.raises(errors.Refusal, match="invalid"):
        contracts.check("requests/change_contact", wrong)
