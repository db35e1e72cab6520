"""What the night has to do with an item: the day it looks at it next, and what it then finds.

What must stay true: an item without a date is never looked at; of one day to be done by it is said once that it is near
and once that it has passed; what has passed is late for good. An item carries `look_on` (a day, or `never`) and `told`:
{round, due_on, stage: soon|late, step_on}, what was said of which day; a round begins with another day, or after a
close-out.
"""

from datetime import date
from typing import Any, NamedTuple

from services.rectification import domain, lists
from services.rectification.domain import Item
from services.spine.events import Fact

NEVER = "never"
"""Sorts behind every day."""


class Found(NamedTuple):
    """An item as the night leaves it, what is said of it, and whether the first step is due."""

    item: Item
    facts: list[Fact]
    step_due: bool


def kept(item: Item) -> Item:
    """An item as it is stored: with the day the night looks at it next; a close-out ends its round."""
    told = item.get("told") or {"round": 0}
    told = {"round": told["round"]} if item["state"] == "closed" else told
    return {**item, "told": told, "look_on": _look_on(item, told)}


def look(item: Item, first_step: int | None, today: str) -> Found:
    """What a night finds; `first_step`: after how many days late the first step is due (None: there is none)."""
    told, facts = item.get("told") or {"round": 0}, list[Fact]()
    if item["state"] not in domain.WORKING or not item["due_on"]:
        return Found(kept(item), [], False)
    if told.get("due_on") != item["due_on"]:
        told = {"round": told["round"] + 1, "due_on": item["due_on"]}
    days = _between(item["due_on"], today)
    if days > 0 and told.get("stage") != "late":
        step_on = None if first_step is None else lists.after(item["due_on"], max(first_step, 1))
        told = {**told, "stage": "late", "step_on": step_on}
        facts = [_fact(item, "item_overdue", {"days_late": days})]
    elif "stage" not in told and item["due_on"] <= domain.soon(today):
        told = {**told, "stage": "soon"}
        facts = [_fact(item, "item_due_soon", {"days_left": -days})]
    due = bool(told.get("step_on")) and told["step_on"] <= today
    told = {**told, "step_on": None} if due else told
    if "stage" not in told:
        told = item.get("told") or {"round": 0}
    return Found(kept({**item, "late": item["late"] or days > 0, "told": told}), facts, due)


def days_late(item: Item, today: str) -> int:
    """How many days an item is late; 0 for one that is not, or is not with its unit, or has no day."""
    return _between(item["due_on"], today) if domain.overdue(item, today) else 0


def _look_on(item: Item, told: dict[str, Any]) -> str:
    if item["state"] not in domain.WORKING or not item["due_on"]:
        return NEVER
    if told.get("due_on") != item["due_on"]:
        return lists.after(item["due_on"], -domain.SOON_DAYS)
    return lists.after(item["due_on"], 1) if told["stage"] == "soon" else told["step_on"] or NEVER


def _between(due_on: str, today: str) -> int:
    return (date.fromisoformat(today) - date.fromisoformat(due_on)).days


def _fact(item: Item, name: str, said: dict[str, Any]) -> Fact:
    return domain.fact(item, name, {"due_on": item["due_on"], **said})
