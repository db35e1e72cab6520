"""The rules of accounts."""

import itertools

import pytest

from services.access import domain, passwords
from services.spine import contracts
from services.spine.actor import ADMINISTRATORS
from services.spine.errors import Refusal

AT = "2024-01-02T08:00:00Z"


def grant(role: str, of: str = "") -> dict:
    kind = domain.REACHES.get(role, ("system",))[0]
    return {"role": role, "scope": {"kind": kind, "of": of or domain.WRITTEN[kind][1]}}


def account(*roles: str) -> domain.Account:
    return domain.open_account("login", "岗位", "hash", [grant(role) for role in roles], "by", AT)


@pytest.mark.parametrize("pair", list(itertools.permutations(ADMINISTRATORS, 2)))
def test_no_one_holds_two_of_the_three_administrators(pair):
    with pytest.raises(Refusal, match="admins_exclude_each_other"):
        account(*pair)


@pytest.mark.parametrize("pair", [("auditor", "liaison"), ("office", "system_admin")])
def test_an_administrator_holds_no_business_role(pair):
    with pytest.raises(Refusal, match="admins_exclude_each_other"):
        account(*pair)


def test_a_grant_remembers_who_gave_it_and_when_and_replaces_its_older_self():
    changed = domain.give_grant(account("liaison"), {**grant("liaison"), "until": "2024-12-31"}, "admin", AT)
    assert [(one["until"], one["by"], one["given_at"]) for one in changed["grants"]] == [("2024-12-31", "admin", AT)]
    assert len(domain.give_grant(changed, grant("liaison", "990881-LY"), "admin", AT)["grants"]) == 2


def test_an_account_that_ended_gets_no_grants_and_ends_once():
    ended = domain.end(account("liaison"), "岗位调整", "admin", AT)
    assert domain.end(ended, "again", "other", "later") == ended
    with pytest.raises(Refusal, match="account_ended"):
        domain.give_grant(ended, grant("member"), "admin", AT)


def test_a_password_is_long_enough_and_made_up_ones_differ():
    with pytest.raises(Refusal, match="password_too_short"):
        domain.check_password("123456789")
    assert len({passwords.made_up() for _ in range(50)}) == 50


def test_a_password_is_kept_as_a_hash_that_only_it_fits():
    kept = passwords.hashed("correct horse battery")
    assert "horse" not in kept and kept.startswith("$argon2id$")
    assert passwords.right("correct horse battery", kept)
    assert not passwords.right("wrong", kept) and not passwords.right("wrong", None)


@pytest.mark.parametrize(
    ("role", "kind", "of", "code"),
    [
        ("office", "region", "990823", "scope_not_of_role"),
        ("liaison", "system", "*", "scope_not_of_role"),
        ("subscriber", "unit", "990823-NYNC", "scope_not_of_role"),
        ("checker", "group", "G4", "scope_not_of_role"),
        ("system_admin", "campaign", "a-campaign", "scope_not_of_role"),
        ("supervisor", "group", "第四组", "scope_malformed"),
        ("liaison", "unit", "nonsense", "scope_malformed"),
    ],
)
def test_a_grant_reaches_only_where_its_role_can(role, kind, of, code):
    with pytest.raises(Refusal) as refused:
        domain.open_account("x", "x", "hash", [{"role": role, "scope": {"kind": kind, "of": of}}], "by", AT)
    assert refused.value.code == code


def test_what_an_account_holds_from_now_on_is_said_and_nothing_of_its_name_or_password():
    opened = account("liaison")
    given = domain.give_grant(opened, grant("secretary"), "admin", AT)
    ended = domain.end(given, "调离", "admin", AT)
    assert domain.told(given, given) == [] == domain.told(given, {**given, "password": "other"})
    for before, after, roles in ((opened, given, ["liaison", "secretary"]), (given, ended, [])):
        [fact] = domain.told(before, after)
        contracts.check(f"events/{fact.name}", fact.data)
        assert [one["role"] for one in fact.data["grants"]] == roles and "name" not in fact.data
