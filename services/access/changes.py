"""Changes of persons: from a day on somebody else holds what one held, or nobody does (the end of an attachment).

What must stay true: the old grant ends the day before the new one begins; the account remembers what was changed, from
which day, why and by whom. A change: {what: ended|given, role, campaign, scope, on, reason, by, at, other, until: up to
which day it would have been held, where a group or a post ended it}.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from services.access import domain
from services.spine import errors

Change = dict[str, Any]
SAME = ("role", "campaign", "scope")


def held(account: domain.Account, change: Change) -> list[dict[str, Any]]:
    """The grants of a place that the account holds up to the day of the change, or beyond it."""
    return [grant for grant in account["grants"] if _about(grant, change) and _until(grant) >= _before(change["on"])]


def end(account: domain.Account, change: Change, by: str, at: str) -> domain.Account:
    """What the account holds of a place ends the day before; ended twice it changes nothing."""
    over = [grant for grant in held(account, change) if _until(grant) > _before(change["on"])]
    if not over:
        return account
    grants = [{**grant, "until": _before(change["on"])} if grant in over else grant for grant in account["grants"]]
    told = [_told("ended", grant, change, change.get("to"), by, at) for grant in over]
    return {**account, "grants": grants, "changes": [*account.get("changes", []), *told]}


def give(account: domain.Account, grants: list[dict[str, Any]], change: Change, by: str, at: str) -> domain.Account:
    """The account holds the same from that day on; what it holds on that day already stays as it is."""
    for grant in grants:
        wanted = {key: grant[key] for key in SAME}
        same = [one for one in account["grants"] if all(one[key] == value for key, value in wanted.items())]
        if any((one.get("since") or "") <= change["on"] <= _until(one) for one in same):
            continue
        account = domain.give_grant(account, {**wanted, "since": change["on"]}, by, at)
        told = _told("given", grant, change, change.get("from"), by, at)
        account = {**account, "changes": [*account.get("changes", []), told]}
    return account


def vacate(account: domain.Account, said: Change, at: str, now: str) -> domain.Account:
    """Somebody else is in a post, or nobody: what the account held by it ends the day before. What was given after that
    was said (`at`), or begins on that day, is the successor's."""
    place = place_of(said)
    mine = [grant for grant in account["grants"] if (grant["role"], grant["scope"]) == (said["role"], place)]
    return _leave(account, [grant for grant in mine if grant["given_at"] <= at], said["on"], now)


def dismiss(account: domain.Account, campaign: str, said: Change, at: str, now: str) -> domain.Account:
    """A group's attachment is over: what the account held by it in that campaign ends with its last day."""
    place = campaign, {"kind": "group", "of": said["group"]}
    mine = [grant for grant in account["grants"] if (grant["campaign"], grant["scope"]) == place]
    after = (date.fromisoformat(said["until"]) + timedelta(days=1)).isoformat()
    return _leave(account, [grant for grant in mine if grant["given_at"] <= at], after, now)


def resume(account: domain.Account, campaign: str, group: str, now: str) -> domain.Account:
    """A group's last day was set right: what the account held by it until the wrong one it holds as before; what people
    ended or gave since stays so."""
    place, told, grants = (campaign, {"kind": "group", "of": group}), [], []
    for grant in account["grants"]:
        same = [one for one in account.get("changes", ()) if all(one[key] == grant[key] for key in SAME)]
        if (grant["campaign"], grant["scope"]) == place and same and _dismissed(grant, same[-1]):
            grants.append({**grant, "until": same[-1].get("until"), "given_at": now})
            told.append(_told("given", grant, {"on": same[-1]["on"], "reason": ""}, None, "registry", now))
        else:
            grants.append(grant)
    if account["ended"] or not told:
        return account
    return {**account, "grants": grants, "changes": [*account["changes"], *told]}


def _dismissed(grant: dict[str, Any], last: dict[str, Any]) -> bool:
    """Whether a grant is over because of what was heard last of its place."""
    return (last["what"], last["by"], _until(grant)) == ("ended", "registry", _before(last["on"]))


def take_over(account: domain.Account, said: Change, now: str) -> domain.Account:
    """A unit went into another one: who is that one's first responsible person or liaison in a campaign where work of
    the former is open is the former's, too, from that day on and as long; what was given, or ended, since stays so."""
    if account["ended"]:
        return account
    new = {"kind": "unit", "of": said["into"]}
    held = [grant for grant in account["grants"] if grant["scope"] == new and grant["campaign"] in said["campaigns"]]
    for grant in held:
        wanted = {**{key: grant[key] for key in SAME}, "scope": {"kind": "unit", "of": said["unit"]}}
        since = max(said["on"], grant.get("since") or "")
        if _until(grant) < since or _had(account, wanted, since):
            continue
        given = {**wanted, "since": since, "until": grant.get("until")}
        account = domain.give_grant(account, given, "registry", now)
        told = _told("given", wanted, {"on": since, "reason": ""}, None, "registry", now)
        account = {**account, "changes": [*account.get("changes", []), told]}
    return account


def onward(former: Change, latter: Change) -> Change:
    """What a unit's work comes to when its successor went into another one: it is of that one from the later day on."""
    return {**former, "into": latter["into"], "on": max(former["on"], latter["on"])}


def _had(account: domain.Account, wanted: dict[str, Any], on: str) -> bool:
    """Whether the account holds that on a day, or was given it for that day before."""
    same = [
        one
        for one in (*account["grants"], *account.get("changes", ()))
        if all(one[key] == value for key, value in wanted.items())
    ]
    return any(one["on"] == on if "what" in one else (one.get("since") or "") <= on <= _until(one) for one in same)


def members(accounts: Sequence[domain.Account], campaign: str, group: str, today: str) -> list[dict[str, Any]]:
    """Who holds a group of a campaign by these accounts, today or later: {account, name, role, since, until}."""
    place = campaign, {"kind": "group", "of": group}
    rows = [
        {"account": account["login"], "name": account["name"], "role": grant["role"]}
        | {key: grant.get(key) or None for key in ("since", "until")}
        for account in accounts
        for grant in account["grants"]
        if account["ended"] is None and (grant["campaign"], grant["scope"]) == place and _until(grant) >= today
    ]
    return sorted(rows, key=lambda row: (row["role"], row["account"], row["since"] or ""))


def place_of(said: Change) -> dict[str, str]:
    """The scope that goes with a post: the unit of its first responsible person, else the post itself."""
    if said["role"] == "secretary":
        return {"kind": "unit", "of": said["unit"]}
    return {"kind": "post", "of": f"{said['unit']}/{said['post']}"}


def _leave(account: domain.Account, grants: list[dict[str, Any]], on: str, now: str) -> domain.Account:
    """These grants end the day before; one that begins then, or ended before, is left alone."""
    over = [grant for grant in grants if (grant.get("since") or "") < on and _until(grant) > _before(on)]
    if not over:
        return account
    kept = [{**grant, "until": _before(on)} if grant in over else grant for grant in account["grants"]]
    said = {"on": on, "reason": ""}
    told = [
        {**_told("ended", grant, said, None, "registry", now), "until": grant.get("until") or None} for grant in over
    ]
    return {**account, "grants": kept, "changes": [*account.get("changes", []), *told]}


def check(change: Change) -> None:
    """Refuse a change to oneself, and a successor to nobody in particular."""
    if change.get("to") and not change.get("from"):
        raise errors.Refusal("successor_of_nobody", errors=[{"pointer": "/from", "code": "successor_of_nobody"}])
    if change.get("to") and change["to"] == change["from"]:
        raise errors.Refusal("successor_is_the_same", errors=[{"pointer": "/to", "code": "successor_is_the_same"}])


def _about(grant: dict[str, Any], change: Change) -> bool:
    return (grant["campaign"], grant["scope"]) == (change["campaign"], change["scope"])


def _until(grant: dict[str, Any]) -> str:
    return str(grant.get("until") or "9999-12-31")


def _before(on: str) -> str:
    return (date.fromisoformat(on) - timedelta(days=1)).isoformat()


def _told(what: str, grant: dict[str, Any], change: Change, other: str | None, by: str, at: str) -> dict[str, Any]:
    about = {key: grant[key] for key in SAME}
    return {"what": what, **about, "on": change["on"], "reason": change["reason"], "by": by, "at": at, "other": other}
