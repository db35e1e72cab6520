"""Accounts made at the terminal: for the first administrator, and for whoever is locked out."""

import re
from typing import Any

from services.console import calling, telling, welcome
from services.spine import actor


def grant(role: str, campaign: str, scope: str, until: str | None) -> dict[str, Any]:
    """A grant in words becomes a grant; Trouble (misused) when the words make none."""
    if role not in actor.ROLES:
        raise telling.Trouble("misused", reason=f"没有这个角色 no such role: {role}")
    if role in actor.ADMINISTRATORS:
        return {"role": role, "campaign": None, "scope": calling.SYSTEM, "until": until}
    if not campaign:
        raise telling.Trouble("misused", reason=f"角色 {role} 需要 --campaign (role {role} needs --campaign)")
    kind, _, code = (scope or f"campaign:{campaign}").partition(":")
    if not re.fullmatch("campaign|region|group|unit|post", kind) or not code:
        raise telling.Trouble("misused", reason=f"--scope 应写成 kind:code (should be kind:code): {scope}")
    return {"role": role, "campaign": campaign, "scope": {"kind": kind, "of": code}, "until": until}


def add(login: str, name: str, given: dict[str, Any]) -> dict[str, Any]:
    """Make the account; {login, password}, the password for this once."""
    password = welcome.new_password()
    caller = calling.as_system("security_admin")
    caller.post("access", "/accounts", {"login": login, "name": name, "password": password, "grants": [given]})
    return {"login": login, "password": password}
