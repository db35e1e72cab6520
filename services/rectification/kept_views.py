"""Views of the ledger that people keep, filters under a name, and what those who follow one are told of it.

What must stay true: a view is filters and nothing else. What it shows, and what is counted of it, is what its reader
may see at that moment; whoever may see nothing of its place any more is told nothing, and finds that said beside the
view. Of a view somebody is told once a day (or on Mondays), in counts alone. A view: {_id, view_id, campaign, account,
name, query, shared: {role, region} or None, saved_at, removed_at}. A following: {_id: view and account, view_id,
campaign, account, grants: held when it began, every, told_on, next_on: None when it ended, state}.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from services.rectification import lists
from services.spine import errors
from services.spine.actor import GROUP_SIDE, MAY, OFFICES, UNIT_SIDE
from services.spine.events import Fact

View = dict[str, Any]
Following = dict[str, Any]
Grant = Mapping[str, Any]
MOST = 30
"""So many views one keeps in a campaign."""
NO_ONE_REGION = "000000"
MOVES = {
    **dict.fromkeys((*UNIT_SIDE, "member"), ("plan", "unit")),
    **dict.fromkeys(GROUP_SIDE, ("group",)),
    **{role: (role, "asking") for role in OFFICES},
    "group_leader": ("group", "asking"),
}
"""On whom an item waits, where it waits on the side of a role."""
HELD = ("role", "campaign", "scope", "since", "until")


def keep(draft: Mapping[str, Any], account: str, grants: Sequence[Grant], at: str) -> View:
    """A view somebody keeps; the same key again is the same one."""
    key = f"{draft['campaign']}.{_hash(account, draft['key'])}"
    view = {"_id": key, "view_id": key, "campaign": draft["campaign"], "account": account, "query": draft["query"]}
    return rename({**view, "saved_at": at, "removed_at": None}, draft, grants)


def check_room(kept: int) -> None:
    """Refuse another view to somebody who keeps many."""
    if kept >= MOST:
        raise errors.Refusal("too_many_views", most=MOST)


def rename(view: View, draft: Mapping[str, Any], grants: Sequence[Grant]) -> View:
    """It bears another name, and from now on it is shared with these readers and no others."""
    role = draft.get("share_with")
    shared = {"role": role, "region": _office(grants)} if role else None
    return {**view, "name": draft["name"].strip(), "shared": shared}


def _office(grants: Sequence[Grant]) -> str | None:
    """The region in which somebody shares: the county of its office, all of them for the office."""
    offices = [one for one in grants if one["role"] in OFFICES]
    if not offices:
        raise errors.Refusal("not_permitted", permission="share_view")
    regions = [one["scope"]["of"] for one in offices if one["role"] == "county_office"]
    return regions[0] if len(regions) == len(offices) else None


def shared_with(view: View, grants: Sequence[Grant]) -> list[Grant]:
    """By which grants a view of somebody else's may be theirs to see, apart from the region it is shared in."""
    return [one for one in grants if view["shared"] and one["role"] == view["shared"]["role"]]


def places(view: View) -> dict[str, str]:
    """The place a view is about."""
    named = {key: view["query"][key] for key in ("unit", "region", "group") if key in view["query"]}
    return {"campaign": view["campaign"], **named}


def held(grants: Sequence[Grant], campaign: str) -> list[dict[str, Any]]:
    """What of somebody's grants is kept beside what is followed in a campaign."""
    mine = [one for one in grants if one.get("campaign") == campaign and one["role"] in MAY["read_item"]]
    return [{key: one.get(key) for key in HELD} for one in mine]


def follow(view: View, account: str, grants: Sequence[Grant], every: str, today: str) -> Following:
    """Somebody wants to be told of a view, first on the next of its days."""
    places = {"view_id": view["view_id"], "campaign": view["campaign"], "account": account}
    begun = {"every": every, "told_on": None, "since": today, "next_on": after(every, today), "state": "active"}
    return {"_id": follower(view["view_id"], account), **places, "grants": list(grants), **begun}


def follower(view_id: str, account: str) -> str:
    """The id of what an account follows."""
    return f"{view_id}.{_hash(view_id, account)}"


def after(every: str, today: str) -> str:
    """The next day on which one is told: the next one, or the next Monday.

    >>> after("weekly", "2026-03-02")
    '2026-03-09'
    """
    return lists.after(today, 1 if every == "daily" else 7 - date.fromisoformat(today).weekday())


def digest(
    one: Following, grants: Sequence[Grant], region: str, counts: Mapping[str, Any] | None, today: str
) -> tuple[Following, list[Fact]]:
    """What somebody is told of a view on its day; nothing when nothing of its place may be seen (`counts` None)."""
    following = {**one, "next_on": after(one["every"], today), "state": "out_of_scope" if counts is None else "active"}
    if counts is None:
        return following, []
    grant = grants[0]
    place = {grant["scope"]["kind"]: grant["scope"]["of"].partition("/")[0]}
    place = {"unit" if kind == "post" else kind: code for kind, code in place.items()}
    said = {key: one[key] for key in ("view_id", "account", "every")} | {"role": grant["role"]}
    said |= {key: place[key] for key in ("unit", "group") if key in place}
    said |= {"on": today, "since": one["since"], **counts}
    told = {**following, "told_on": today, "since": today}
    return told, [Fact("view_digested", one["_id"], one["campaign"], region, said)]


def shown(view: View, account: str, following: Following | None, *, reached: bool) -> dict[str, Any]:
    """A view as its reader sees it."""
    keys = ("view_id", "campaign", "name", "query", "shared", "saved_at")
    telling = {key: following[key] for key in ("every", "next_on", "told_on", "state")} if following else None
    return {
        **{key: view[key] for key in keys},
        "own": view["account"] == account,
        "reached": reached,
        "following": telling,
    }


def _hash(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
