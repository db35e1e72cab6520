"""One field of many items said otherwise at once: looked at first, then done, each item by itself.

What must stay true: what is done was seen before. Each item comes with the value that was seen (`was`); where another
stands by now nothing is changed. Done twice is done once: a value that is there already is left as it is.
"""

from typing import Any

from services.rectification.domain import Item
from services.spine.errors import Refusal

OF_MEASURE = {"measure_what": "what", "measure_who": "who", "measure_due_on": "due_on"}


def stands(item: Item, change: dict[str, Any]) -> str:
    """What stands in the field of an item."""
    if change["field"] not in OF_MEASURE:
        return str(item[change["field"]] or "")
    return str(_measure(item, change)[OF_MEASURE[change["field"]]] or "")


def draft(item: Item, change: dict[str, Any]) -> dict[str, Any]:
    """The revision that says it otherwise; no day and no post are said by nothing."""
    if change["field"] not in OF_MEASURE:
        return {change["field"]: change["value"] or (None if change["field"] in ("due_on", "owner_post") else "")}
    changed = {**_measure(item, change), OF_MEASURE[change["field"]]: change["value"]}
    at = change.get("at", 0)
    return {"measures": [changed if place == at else one for place, one in enumerate(item["measures"])]}


def check_seen(item: Item, change: dict[str, Any], was: str | None) -> None:
    """Nobody changed it since it was seen."""
    if was is not None and stands(item, change) not in (was, change["value"]):
        raise Refusal("changed_meanwhile")


def row(
    item_id: str, outcome: str, before: str = "", refusal: Refusal | None = None, item: Item | None = None
) -> dict[str, Any]:
    """What becomes of one item: `would` change, `done`, the `same` as before, or `refused` and why; with its number and
    problem, if it was found."""
    no = {"code": refusal.code, "params": refusal.params} if refusal else None
    named = {key: item[key] for key in ("number", "problem")} if item else {}
    return {"item_id": item_id, "outcome": outcome, "before": before, "refusal": no, **named}


def _measure(item: Item, change: dict[str, Any]) -> dict[str, Any]:
    at = change.get("at", 0)
    if at >= len(item["measures"]):
        raise Refusal("not_found", id=f"{item['item_id']}/measures/{at}")
    return dict(item["measures"][at])
