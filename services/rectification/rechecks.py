"""Looks back after the closing (回头看): whether what was put right holds.

What must stay true: the unit does not look back on itself; what came back is open again and counted for good; each look
is kept, and one before its day does not take that day's place. A recheck: {due_on: the day it served, or None, on,
result: held|rebounded, reason, by, at}.
"""

from typing import Any

from services.rectification import closing, lists
from services.rectification.domain import Changed, Hand, Item, begin, entry, fact
from services.rectification.lists import Rules
from services.spine.errors import Refusal


def record(item: Item, draft: dict[str, Any], hand: Hand, own_unit: bool, rules: Rules, immediate_days: int) -> Changed:
    """What was closed was looked at again; the same look again changes nothing."""
    if own_unit:
        raise Refusal("own_item")
    look = {key: draft[key] for key in ("on", "result", "reason")}
    if item.get("rechecks") and look.items() <= item["rechecks"][-1].items():
        return item, []
    stands, _ = begin(item, "recheck" if draft["result"] == "held" else "rebound", hand)
    on = draft["on"]
    if not item["closed_on"] <= on <= hand.today:
        code = "day_in_future" if on > hand.today else "before_closing"
        raise Refusal(code, on=on, errors=[{"pointer": "/on", "code": code, "on": on}])
    planned = stands["recheck_on"]
    served = planned if planned and planned <= on else None
    rechecks = [*stands["rechecks"], {"due_on": served, **look, "by": hand.name, "at": hand.at}]
    changed = {**stands, "rechecks": rechecks}
    said = {"result": draft["result"], "rechecks": len(rechecks)}
    if draft["result"] == "held":
        changed |= {"recheck_on": lists.next_recheck(stands, rules) if served else planned}
        changed |= {"history": [*stands["history"], entry("recheck_held", hand, draft["reason"])]}
        return changed, [fact(item, "recheck_recorded", {**said, "recheck_on": changed["recheck_on"]})]
    changed |= {"rebounds": stands["rebounds"] + 1}
    again, facts = closing.opened_again(changed, "rebounded", draft, hand, rules, immediate_days)
    return again, [fact(item, "recheck_recorded", {**said, "recheck_on": None}), *facts]
