"""What a unit makes clear about an item, before it is planned and after; measures that several items share.

What must stay true: once an item is planned, its list and its day are not its unit's to change, and what is to be
changed at once never leaves its list that way; what was reached stays reached, and a milestone whose day has passed
keeps its day until it is; a measure of one key is one measure in all items of its unit that are still worked on.
"""

from collections.abc import Iterable
from typing import Any

from services.rectification import domain, lists, owners
from services.rectification.domain import WORKING, Changed, Hand, Item, begin, changes, entry, fact
from services.rectification.lists import Rules
from services.spine.errors import Refusal

Change = tuple[Item, Item, list[Any]]


def revise(item: Item, draft: dict[str, Any], hand: Hand, rules: Rules, immediate_days: int) -> Changed:
    """The unit says something else, or what was missing; with all five clear fields it is planned from now on."""
    stands, _ = begin(item, "revise", hand)
    said = {**draft, **({"milestones": _milestones(stands, draft, hand.today)} if "milestones" in draft else {})}
    named = {key: value for key, value in said.items() if stands[key] != value}
    if not named:
        return item, []
    _check_own(stands, named)
    changed = {**stands, **named, **({"listed_on": hand.today} if "category" in named else {})}
    _check_days(changed, named, changed["listed_on"] or stands.get("registered_on") or hand.today, immediate_days)
    changed |= lists.dated(changed, rules)
    if stands["state"] == "open":
        lists.check_clear(changed, rules, lists.lacking(stands, rules))
    else:
        changed["lacking"] = lists.lacking(changed, rules)
    if stands["state"] == "registered" and not changed["lacking"]:
        changed |= domain.planned(changed, hand.today, rules)
        changed["history"] = [*stands["history"], entry("planned", hand, **changes(stands, changed))]
        return changed, [domain.item_planned(changed)]
    changed["history"] = [*stands["history"], entry("revised", hand, **changes(stands, changed))]
    return changed, [_revised(changed)]


def spread(item: Item, others: Iterable[Item], hand: Hand) -> list[Change]:
    """The measures of an item in the other items of its unit that share them and are still worked on: before, after
    and what is said of each that changes. Refuses a day that is too late for one of them."""
    keyed = {one["key"]: one for one in item["measures"] if one.get("key")}
    found: list[Change] = []
    for other in others:
        if other["_id"] == item["_id"] or other["state"] not in WORKING:
            continue
        measures = [keyed.get(one.get("key"), one) for one in other["measures"]]
        if measures == other["measures"]:
            continue
        late = next((one for one in measures if other["due_on"] and one["due_on"] > other["due_on"]), None)
        if late:
            raise Refusal("measure_shared", number=other["number"], on=late["due_on"], due_on=other["due_on"])
        stands, _ = begin(other, "revise", hand)
        changed = {**stands, "measures": measures}
        changed["history"] = [*stands["history"], entry("measure_changed", hand, **changes(stands, changed))]
        found.append((other, changed, [_revised(changed)]))
    return found


def shown(items: Iterable[Item]) -> list[Change]:
    """The items of a unit that are worked on and have less to do by evidence on others that share their measures:
    before, after and what is said of each."""
    whole, given = list(items), dict[str, set[str]]()
    for one in whole:
        for name in owners.put_on_record(one):
            given.setdefault(name, set()).add(one["_id"])
    found: list[Change] = []
    for one in (one for one in whole if one["state"] in WORKING):
        keys = {measure.get("key") for measure in one["measures"]}
        after = {**one, "shown_elsewhere": sorted(key for key in keys & given.keys() if given[key] - {one["_id"]})}
        if owners.parts(after) != owners.parts(one):
            found.append((one, after, [domain.item_progressed(one, after)]))
    return found


def rejoined(before: Item, changed: Changed, others: Iterable[Item], hand: Hand) -> Changed:
    """An item that is worked on again after a close-out: the measures it shares are what they are by now in the others
    of its unit that are."""
    item, facts = changed
    if before["state"] in WORKING or item["state"] not in WORKING:
        return changed
    there = (other for other in others if other["_id"] != item["_id"] and other["state"] in WORKING)
    keyed = {one["key"]: one for other in there for one in other["measures"] if one.get("key")}
    after = {**item, "measures": [keyed.get(one.get("key"), one) for one in item["measures"]]}
    if after["measures"] == item["measures"]:
        return changed
    *earlier, last = item["history"]
    after["history"] = [*earlier, entry("measure_changed", hand, **changes(item, after)), last]
    return after, [*facts, _revised(after)]


def _check_own(item: Item, named: dict[str, Any]) -> None:
    planned = item["state"] == "open"
    fixed = {"category": "list_by_asking"} if planned or item["category"] == "immediate" else {}
    fixed |= {"due_on": "day_by_asking"} if planned and item["due_on"] else {}
    if faults := [{"pointer": f"/{key}", "code": code} for key, code in fixed.items() if key in named]:
        raise Refusal(str(faults[0]["code"]), errors=faults)


def _check_days(item: Item, named: dict[str, Any], since: str, immediate_days: int) -> None:
    """What is named keeps its days; what is not named was in order when it was said. A unit names its list or its day
    only before an item is planned, so its days are counted from when it came onto its list."""
    lists.check_keys(item)
    if {"category", "due_on"} & set(named):
        lists.check_limit(item, since, immediate_days)
    lists.check_parts(item, lists.PARTS if "due_on" in named else [part for part in lists.PARTS if part in named])


def _milestones(item: Item, draft: dict[str, Any], today: str) -> list[dict[str, Any]]:
    done = {one["key"]: one for one in item["milestones"] if one["done_on"]}
    said = {one["key"]: one for one in draft["milestones"]}
    for key, one in done.items():
        if {**one, **said.get(key, {"key": None})} != one:
            raise Refusal("milestone_done", key=key)
    if item["state"] == "open":
        _check_missed(item["milestones"], draft["milestones"], today)
    return [done.get(one["key"]) or {**one, "done_on": None} for one in draft["milestones"]]


def _check_missed(before: list[dict[str, Any]], said: list[dict[str, Any]], today: str) -> None:
    """Nothing that was to be reached by a day that has passed is moved or taken away, nor promised for one."""
    days = {one["key"]: one["due_on"] for one in said}
    for one in before:
        if not one["done_on"] and one["due_on"] < today and days.get(one["key"]) != one["due_on"]:
            raise Refusal("milestone_missed", what=one["deliverable"], on=one["due_on"])
    known = {one["key"]: one["due_on"] for one in before}
    for place, one in enumerate(said):
        if one["due_on"] < today and known.get(one["key"]) != one["due_on"]:
            pointer = {"pointer": f"/milestones/{place}/due_on", "code": "day_past", "on": one["due_on"]}
            raise Refusal("day_past", on=one["due_on"], errors=[pointer])


def _revised(item: Item) -> Any:
    said = {"state": item["state"], "due_on": item["due_on"], "measures": len(item["measures"])}
    said |= owners.said(item)
    return fact(item, "item_revised", said)
