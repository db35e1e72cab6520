"""Who has to talk with whom before the meeting (谈心谈话), by the campaign's rules, and how far that has come.

What must stay true: what is owed follows from the unit's posts alone, so nobody keeps a list of it; with `confirmed` in
the rules a talk counts when the other side has confirmed it. An owed row: {rule, from_post, with_post (None: those he
supervises), needed, confirmed, unconfirmed, state: missing|unconfirmed|confirmed, on: the day it was fulfilled}.
"""

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any

Talk = dict[str, Any]
Row = dict[str, Any]
RULES = {"secretary_with_members": True, "members_with_each_other": True, "supervised": 1, "confirmed": True}
STATES = ("missing", "unconfirmed", "confirmed")


def rules(plan: dict[str, Any]) -> dict[str, Any]:
    """The campaign's rules of talks with the day they are due."""
    return {**RULES, "due_on": None, **plan.get("preparation", {}).get("talks", {})}


def posts(plan: dict[str, Any]) -> list[dict[str, str]]:
    """The unit's posts; where none were said, those that owe a material, the first of them the secretary's."""
    if plan.get("posts"):
        return list(plan["posts"])
    codes = sorted({row["post"] for row in plan["required"]} - {"team"})
    return [{"post": code, "role": "member" if place else "secretary"} for place, code in enumerate(codes)]


def owed(plan: dict[str, Any], talks: Sequence[Talk]) -> list[Row]:
    """Every talk the rules ask for, the secretary's first, each with how far it has come; none once cancelled."""
    held: dict[tuple[str, ...], list[Talk]] = {}
    for talk in talks:
        if not talk["withdrawn"]:
            held.setdefault(tuple(sorted(talk["post"])), []).append(talk)
    if plan.get("cancelled_on"):
        return []
    return [_row(rule, pair, needed, held.get(tuple(sorted(pair)), [])) for rule, pair, needed in _asked(plan)]


def counts(plan: dict[str, Any], rows: Sequence[Row]) -> dict[str, Any]:
    """How many are owed, how many of them stand where, and whether that is all that is asked."""
    states = [row["state"] for row in rows]
    done = states.count("confirmed") if rules(plan)["confirmed"] else len(states) - states.count("missing")
    return {"owed": len(rows), **{state: states.count(state) for state in STATES}, "complete": 0 < len(rows) == done}


def _asked(plan: dict[str, Any]) -> Iterator[tuple[str, tuple[str, ...], int]]:
    wanted, team = rules(plan), posts(plan)
    members = sorted(post["post"] for post in team if post["role"] != "secretary")
    if wanted["secretary_with_members"]:
        first = (post["post"] for post in team if post["role"] == "secretary")
        yield from (("secretary_with_members", (secretary, one), 1) for secretary in first for one in members)
    if wanted["members_with_each_other"]:
        yield from (("members_with_each_other", pair, 1) for pair in combinations(members, 2))
    if wanted["supervised"]:
        yield from (("supervised", (one,), wanted["supervised"]) for one in members)


def _row(rule: str, pair: tuple[str, ...], needed: int, talks: list[Talk]) -> Row:
    """One owed row; of several talks with the same person one counts."""
    first: dict[bool, dict[str, str]] = {True: {}, False: {}}
    for talk in sorted(talks, key=lambda talk: str(talk["versions"][-1]["on"])):
        last = talk["versions"][-1]
        first[not awaited(last)].setdefault(talk["with_outside"] or "", last["on"])
    sure = sorted(first[True].values())
    said = sorted(on for whom, on in first[False].items() if whom not in first[True])
    days = [*sure, *said]
    state = STATES[2] if len(sure) >= needed else STATES[1] if len(days) >= needed else STATES[0]
    return {
        "rule": rule,
        "from_post": pair[0],
        "with_post": pair[1] if len(pair) > 1 else None,
        "needed": needed,
        "confirmed": len(sure),
        "unconfirmed": len(said),
        "state": state,
        "on": max(days[:needed]) if len(days) >= needed else None,
    }


def awaited(version: dict[str, Any]) -> list[str]:
    """The posts one of which still has to confirm this version."""
    return [] if version["confirmed"] else list(version["awaits"])
