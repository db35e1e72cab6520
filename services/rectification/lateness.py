"""What the night has to do with an item: the day it looks at it next, and what it then finds.

What must stay true: an item without any day is never looked at; of one day to be done by it is said once that it is
near and once that it has passed; what has passed is late for good. An item carries `look_on` (a day, or `never`) and
`told`: {round, due_on, stage: soon|late, step_on, owed: {what: day}}, what was said of which day; a round begins with
another day, or after a close-out.
"""

from datetime import date
from typing import Any, NamedTuple

from services.rectification import domain, lists
from services.rectification.domain import Item
from services.spine.events import Fact

NEVER = "never"
"""Sorts behind every day."""
OWED = {
    "plan": ("registered", "plan_due_on"),
    "look_back": ("open", "look_back_on"),
    "milestone": ("open", "milestone_due_on"),
    "recheck": ("closed", "recheck_on"),
}
"""What is owed of an item on a day beside its own: in which state, and where the day stands. What its unit owes is said
once the day has passed, a look back after the closing once it has come."""


class Found(NamedTuple):
    """An item as the night leaves it, what is said of it, and whether the first step is due."""

    item: Item
    facts: list[Fact]
    step_due: bool


def kept(item: Item) -> Item:
    """An item as it is stored: with the day the night looks at it next; a close-out ends its round."""
    told = item.get("told") or {"round": 0}
    told = _round(told, told["round"]) if item["state"] == "closed" else told
    return {**item, "told": told, "look_on": _look_on(item, told)}


def look(item: Item, first_step: int | None, today: str) -> Found:
    """What a night finds; `first_step`: after how many days late the first step is due (None: there is none)."""
    item, facts = _look_at_owed(item, today)
    told = item.get("told") or {"round": 0}
    if item["state"] not in domain.WORKING or not item["due_on"]:
        return Found(kept(item), facts, False)
    if told.get("due_on") != item["due_on"]:
        told = {**_round(told, told["round"] + 1), "due_on": item["due_on"]}
    days = _between(item["due_on"], today)
    if days > 0 and told.get("stage") != "late":
        step_on = None if first_step is None else lists.after(item["due_on"], max(first_step, 1))
        told = {**told, "stage": "late", "step_on": step_on}
        facts += [_fact(item, "item_overdue", {"days_late": days})]
    elif "stage" not in told and soon_on(item) <= today:
        told = {**told, "stage": "soon"}
        facts += [_fact(item, "item_due_soon", {"days_left": -days})]
    due = bool(told.get("step_on")) and told["step_on"] <= today
    told = {**told, "step_on": None} if due else told
    if "stage" not in told:
        told = item.get("told") or {"round": 0}
    return Found(kept({**item, "late": item["late"] or days > 0, "told": told}), facts, due)


def soon_on(item: Item) -> str:
    """From which day on an item that has one of its own is due soon."""
    return lists.after(item["calm_until"], 1)


def days_late(item: Item, today: str) -> int:
    """How many days an item is late; 0 for one that is not, or is not with its unit, or has no day."""
    return _between(item["due_on"], today) if domain.overdue(item, today) else 0


def _look_at_owed(item: Item, today: str) -> tuple[Item, list[Fact]]:
    """What is owed and not said yet; a look back that was missed stays on record."""
    told = item.get("told") or {"round": 0}
    fresh = {what: on for what, on, said_on in _owed(item, told) if said_on <= today}
    if not fresh:
        return item, []
    missed = {"look_backs_missed": lists.missed(item, today)} if "look_back" in fresh else {}
    facts = [domain.fact(item, "item_day_passed", {"what": what, "on": on}) for what, on in fresh.items()]
    return {**item, **missed, "told": {**told, "owed": {**told.get("owed", {}), **fresh}}}, facts


def _owed(item: Item, told: dict[str, Any]) -> list[tuple[str, str, str]]:
    """What is owed and not said yet: what, on which day, and when it is said."""
    known = told.get("owed", {})
    owed = [(what, item.get(key)) for what, (state, key) in OWED.items() if item["state"] == state]
    return [
        (what, on, on if what == "recheck" else lists.after(on, 1)) for what, on in owed if on and known.get(what) != on
    ]


def _round(told: dict[str, Any], number: int) -> dict[str, Any]:
    return {"round": number, **({"owed": told["owed"]} if "owed" in told else {})}


def _look_on(item: Item, told: dict[str, Any]) -> str:
    return min([_look_at_due(item, told), *(said_on for _, _, said_on in _owed(item, told))])


def _look_at_due(item: Item, told: dict[str, Any]) -> str:
    if item["state"] not in domain.WORKING or not item["due_on"]:
        return NEVER
    if told.get("due_on") != item["due_on"]:
        return soon_on(item)
    return lists.after(item["due_on"], 1) if told["stage"] == "soon" else told["step_on"] or NEVER


def _between(due_on: str, today: str) -> int:
    return (date.fromisoformat(today) - date.fromisoformat(due_on)).days


def _fact(item: Item, name: str, said: dict[str, Any]) -> Fact:
    return domain.fact(item, name, {"due_on": item["due_on"], **said})
