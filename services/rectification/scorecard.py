"""How a unit did, on one page for its secretary's work report: counts, lateness, what came back, the grade, the effect.

What must stay true: it is counted from the ledger when it is asked for and typed by nobody; last year's items come
first; what was ever late says so, closed or not. Tallies: {total, closed, on_time, late, open, overdue, rebounds}.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from services.rectification import domain, grading
from services.rectification.domain import Item

Tally = dict[str, int]
CATEGORIES = ("immediate", "phased", "long_term")
TAKEN = ("item_id", "campaign", "number", "problem", "category", "responsible", "due_on", "state", "closed_on")


def earlier(others: Sequence[tuple[tuple[str, str], Item]], this: tuple[str, str], taken_over: set[str]) -> list[Item]:
    """Of other ledgers, each item with when its meeting was: those of the last one before this, and what is still open
    of earlier ones; what was taken over into this ledger stands there."""
    before = [(when, item) for when, item in others if when < this and item["_id"] not in taken_over]
    last = max((when for when, _ in before), default=this)
    return [item for when, item in before if when == last or item["state"] != "closed"]


def tally(items: Sequence[Item], today: str) -> Tally:
    """Items counted; one that was late at any time is late, though it is closed by now."""
    closed = [item for item in items if item["state"] == "closed"]
    return {
        "total": len(items),
        "closed": len(closed),
        "on_time": sum(not item["late"] for item in closed),
        "late": sum(item["late"] or domain.overdue(item, today) for item in items),
        "open": len(items) - len(closed),
        "overdue": sum(domain.overdue(item, today) for item in items),
        "rebounds": sum(item.get("rebounds", 0) for item in items),
    }


def row(item: Item, earlier: bool, today: str) -> dict[str, Any]:
    """A line of the extract of the ledger."""
    overdue = domain.overdue(item, today)
    first = item.get("first_due_on") or item["due_on"]
    told = {"first_due_on": first, "late": item["late"] or overdue, "overdue": overdue, "earlier": earlier}
    return {**{key: item[key] for key in TAKEN}, **told, "rebounds": item.get("rebounds", 0)}


def card(place: Mapping[str, Any], own: Sequence[Item], before: Sequence[Item], today: str) -> dict[str, Any]:
    """What the ledger says: last year's items (of earlier campaigns, or taken over into this one) and this year's."""
    carried = [item for item in own if item["source"] == "last_year"]
    fresh = [item for item in own if item["source"] != "last_year"]
    rows = [*(row(item, True, today) for item in [*before, *carried]), *(row(item, False, today) for item in fresh)]
    rows.sort(key=lambda one: (not one["earlier"], not one["overdue"], not one["late"], one["campaign"], one["number"]))
    return {
        "card_id": f"{place['campaign']}.{place['unit']}",
        **{key: place[key] for key in ("campaign", "unit", "region", "group")},
        "on": today,
        "earlier": tally([*before, *carried], today),
        "lists": [
            {"category": code, **tally([item for item in fresh if item["category"] == code], today)}
            for code in CATEGORIES
        ],
        "whole": tally(fresh, today),
        "rows": rows,
    }


def effects(own: Sequence[Item], issues: Sequence[Mapping[str, Any]], unit: str) -> Tally:
    """What came of it: lines accepted, published (each item once) and withdrawn, rules established."""
    closed = [item["closeout"] for item in own if item["state"] == "closed"]
    gone = {(issue["issue_id"], one["item_id"]) for issue in issues for one in issue["withdrawn"]}
    lines = {(issue["issue_id"], one["item_id"]) for issue in issues for one in issue["lines"] if one["unit"] == unit}
    return {
        "accepted": sum((one.get("line") or {}).get("state") == "accepted" for one in closed),
        "published": len({item for _, item in lines - gone}),
        "withdrawn": len({item for _, item in lines & gone}),
        "rules": sum(bool(one["effect"].get("rule")) for one in closed),
    }


def grades(evaluations: Sequence[Mapping[str, Any]], policies: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The grades that were decided, round by round, each by its policy."""
    told = []
    for one, policy in zip(evaluations, policies, strict=True):
        if said := one["decision"]:
            told.append(
                {
                    "round": one["round"],
                    "title": grading.title(policy, said["grade"]),
                    **{k: said[k] for k in ("grade", "again", "on", "due_on")},
                }
            )
    return told


def climbed(documents: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Documents of the ladder that were issued, counted by step."""
    counted: dict[str, dict[str, Any]] = {}
    for one in documents:
        step = counted.setdefault(one["step"], {"step": one["step"], "title": one["rules"]["title"], "count": 0})
        step["count"] += 1
    return list(counted.values())
