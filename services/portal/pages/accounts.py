"""Accounts for the security administrator: who may sign in, with which roles, where, and until when."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext

from services.portal import asking, clients, languages, wording
from services.spine import actor

room = Blueprint("accounts", __name__)
WRITTEN = {
    "campaign": ("", ""), "region": ("[0-9]{6}", "990823"), "group": ("G[0-9]{1,3}", "G4"),
    "unit": ("[0-9]{6}-[A-Z0-9]{1,12}", "990823-NYNC"),
    "post": ("[0-9]{6}-[A-Z0-9]{1,12}/[0-9]{2,3}", "990823-NYNC/02"), "system": ("", ""),
}  # fmt: skip
"""How the code of each kind of scope is written, and an example; none where the kind says it all."""
SCOPE_OF_ROLE = {
    "office": "campaign", "county_office": "region", "supervisor": "group", "group_leader": "group",
    "secretary": "unit", "liaison": "unit", "member": "post", "system_admin": "system",
    "security_admin": "system", "auditor": "system", "subscriber": "campaign", "checker": "campaign",
}  # fmt: skip


@room.get("/accounts")
def listed(problem: clients.Declined | None = None, about: str = "", made: dict[str, Any] | None = None) -> Any:
    """All accounts; after one is made, its password, shown once."""
    accounts = list(asking.everything("access", "/accounts"))
    wanted = request.args.get("q", "").strip().lower()
    return render_template(
        "accounts.html",
        accounts=[row for row in accounts if wanted in row["login"].lower() or wanted in row["name"].lower()],
        total=len(accounts),
        roles=[role for role in wording.ROLES if role in actor.ROLES and role != "service"],
        kind_of=SCOPE_OF_ROLE,
        written=WRITTEN,
        known=_known(accounts),
        problem=problem,
        about=about,
        made=made,
        entered=request.form,
    )


@room.post("/accounts")
def create() -> Any:
    """Make an account with one grant; the password is made by the system and shown this once."""
    form = request.form
    wanted = {"login": form.get("login", "").strip(), "name": form.get("name", "").strip(), "grants": [_grant()]}
    try:
        made = asking.post("access", "/accounts", wanted).body
    except clients.Declined as problem:
        if problem.status == 401:
            raise
        return listed(problem, "create"), problem.status
    return listed(made={**made, "name": wanted["name"]}, about="made")


@room.post("/accounts/<code:login>/grants")
def grant(login: str) -> Any:
    """Give an account one more role."""
    return _do(login, "grants", _grant(), gettext("已授权：%(login)s。", login=login))


@room.post("/accounts/<code:login>/password")
def reset(login: str) -> Any:
    """Make a new password for somebody who lost theirs; it is shown this once."""
    try:
        made = asking.post("access", f"/accounts/{login}/password").body
    except clients.Declined as problem:
        if problem.status == 401:
            raise
        return listed(problem, f"{login}:password"), problem.status
    return listed(made=made, about="reset")


@room.post("/accounts/<code:login>/end")
def end(login: str) -> Any:
    """End an account: its sessions end with it, its record stays."""
    reason = {"reason": request.form.get("reason", "").strip()}
    return _do(login, "end", reason, gettext("账号 %(login)s 已停用。", login=login))


@room.post("/accounts/changes")
def change() -> Any:
    """From a day on somebody else holds what one held, or nobody does."""
    form = {key: value.strip() for key, value in request.form.items() if value.strip()}
    wanted: dict[str, Any] = {key: form[key] for key in ("from", "to", "on") if key in form}
    wanted |= {"campaign": form.get("campaign", ""), "reason": form.get("reason", "")}
    wanted["scope"] = {"kind": form.get("kind", ""), "of": form.get("of", "")}
    try:
        done = asking.post("access", "/grants/changes", wanted).body
    except clients.Declined as problem:
        if problem.status == 401:
            raise
        return listed(problem, "change"), problem.status
    who = languages.listed(done["ended"])
    flash(gettext("职务变动已登记：%(who)s 的授权到 %(day)s 前一天止。", who=who, day=done["on"]), "done")
    return redirect(url_for(".listed"), 303)


def _do(login: str, action: str, wanted: dict[str, Any], done: str) -> Any:
    try:
        asking.post("access", f"/accounts/{login}/{action}", wanted)
    except clients.Declined as problem:
        if problem.status == 401:
            raise
        return listed(problem, f"{login}:{action}"), problem.status
    flash(done, "done")
    return redirect(url_for(".listed", _anchor=f"account-{login}"), 303)


def _known(accounts: list[dict[str, Any]]) -> dict[str, list[str]]:
    """Campaigns and codes that stand in grants already: what an administrator may see of them."""
    known: dict[str, set[str]] = {kind: set() for kind in WRITTEN}
    for grant in (grant for account in accounts for grant in account["grants"]):
        known["campaign"].add(grant.get("campaign") or "")
        if WRITTEN.get(grant["scope"]["kind"], ("", ""))[1]:
            known[grant["scope"]["kind"]].add(grant["scope"]["of"])
    return {kind: sorted(codes - {""}) for kind, codes in known.items()}


def _grant() -> dict[str, Any]:
    form = request.form
    role = form.get("role", "")
    kind = form.get("kind") or SCOPE_OF_ROLE.get(role, "system")
    campaign = form.get("campaign_other", "").strip() or form.get("campaign", "").strip() or None
    of = {"campaign": campaign or "", "system": "*"}.get(kind) or form.get("of", "").strip()
    return {
        "role": role,
        "campaign": None if kind == "system" else campaign,
        "scope": {"kind": kind, "of": of},
        "until": form.get("until") or None,
    }
