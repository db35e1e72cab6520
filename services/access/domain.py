"""The rules of accounts: what a grant is, which roles exclude each other, when someone has tried too often.

Shape of an account: {_id: login, name, password: argon2 hash, grants: [{role, campaign, scope, since, until, by,
given_at}], contact: [see contacts], changes: [see changes], ended: {by, at, reason} or None, opened_at}.
"""

import re
from collections.abc import Sequence
from typing import Any

from services.spine import errors
from services.spine.actor import ADMINISTRATORS
from services.spine.events import Fact

Account = dict[str, Any]
SHORTEST_PASSWORD = 10
ATTEMPTS_ALLOWED = 5
ATTEMPT_WINDOW_MINUTES = 15
SESSION_HOURS = 12
PROOF_MINUTES = 5
REACHES = {
    "office": ("campaign",),
    "county_office": ("region",),
    "supervisor": ("group",),
    "group_leader": ("group",),
    "secretary": ("unit",),
    "liaison": ("unit",),
    "member": ("post",),
    "subscriber": ("campaign", "region"),
    "checker": ("campaign",),
}
"""The kinds of scope a role can have; an administrator's is the system."""
WRITTEN = {
    "system": (r"\*", "*"),
    "campaign": (r"[a-z0-9][a-z0-9-]{2,59}", "minchuan-2023-theme"),
    "region": (r"\d{6}", "990823"),
    "group": (r"G\d{1,3}", "G4"),
    "unit": (r"\d{6}-[A-Z0-9]{1,12}", "990823-NYNC"),
    "post": (r"\d{6}-[A-Z0-9]{1,12}/\d{2,3}", "990823-NYNC/02"),
}
"""How the code of each kind of scope is written, with an example."""


def open_account(
    login: str, name: str, password_hash: str, grants: Sequence[dict[str, Any]], by: str, at: str
) -> Account:
    """A new account; the three administrators exclude each other and any business role."""
    account: Account = {"_id": login, "login": login, "name": name, "password": password_hash, "grants": []}
    account |= {"ended": None, "opened_at": at, "opened_by": by}
    for grant in grants:
        account = give_grant(account, grant, by, at)
    return account


def give_grant(account: Account, grant: dict[str, Any], by: str, at: str) -> Account:
    """One more grant; the same role with the same scope replaces the older one."""
    if account["ended"]:
        raise errors.Refusal("account_ended", login=account["login"])
    asked = grant["role"]
    _check_scope(asked, grant["scope"])
    for held in (held["role"] for held in account["grants"]):
        if held != asked and (held in ADMINISTRATORS or asked in ADMINISTRATORS):
            raise errors.Refusal("admins_exclude_each_other", held=held, asked=asked)
    given = {"campaign": None, "until": None, **grant, "by": by, "given_at": at}
    same = ("role", "campaign", "scope")
    others = [one for one in account["grants"] if any(one[key] != given[key] for key in same)]
    return {**account, "grants": [*others, given]}


def _check_scope(role: str, scope: dict[str, str]) -> None:
    """Refuse a scope that is not of the role's kind, and a code that cannot be one of its kind."""
    if scope["kind"] not in REACHES.get(role, ("system",)):
        pointer = [{"pointer": "/scope/kind", "code": "scope_not_of_role", "role": role, "kind": scope["kind"]}]
        raise errors.Refusal("scope_not_of_role", role=role, kind=scope["kind"], errors=pointer)
    pattern, example = WRITTEN[scope["kind"]]
    if not re.fullmatch(pattern, scope["of"]):
        pointer = [{"pointer": "/scope/of", "code": "scope_malformed", **scope, "example": example}]
        raise errors.Refusal("scope_malformed", **scope, example=example, errors=pointer)


def end(account: Account, reason: str, by: str, at: str) -> Account:
    """The account ends; ending it twice changes nothing."""
    return account if account["ended"] else {**account, "ended": {"by": by, "at": at, "reason": reason}}


def told(before: Account, after: Account) -> list[Fact]:
    """That an account holds something else from now on; nothing of one that is only opened."""
    if (before["grants"], before["ended"]) == (after["grants"], after["ended"]):
        return []
    keys = ("role", "campaign", "scope", "since", "until")
    grants = [] if after["ended"] else [{key: one.get(key) for key in keys} for one in after["grants"]]
    said = {"account": after["login"], "grants": grants}
    return [Fact("grants_changed", after["login"], "all-campaigns", "000000", said)]


def check_password(password: str) -> None:
    """Refuse a password that is too short."""
    if len(password) < SHORTEST_PASSWORD:
        pointer = [{"pointer": "/password", "code": "password_too_short", "least": SHORTEST_PASSWORD}]
        raise errors.Refusal("password_too_short", least=SHORTEST_PASSWORD, errors=pointer)


def shown(account: Account) -> dict[str, Any]:
    """An account as administrators see it."""
    kept = {key: account[key] for key in ("login", "name", "grants")}
    return {**kept, "active": account["ended"] is None, "changes": account.get("changes", [])}
