"""Askings for another list or another day: the unit asks, somebody else decides.

What must stay true: what is changed at once is never postponed, only put on another list; nobody decides what that
person asked for; being late is not undone by another day; nothing asked for outlives its item's closing. An asking:
{number, kind: retype|postpone, to, due_on, reason, asked_by, asked_by_account, at, decided: {passed, reason, by, at,
lapsed: when the item was closed first} or None}.
"""

from typing import Any

from services.rectification import lists
from services.rectification.domain import Changed, Hand, Item, begin, changes, entry, fact, item_planned, planned
from services.rectification.lists import Rules
from services.spine.errors import Refusal
from services.spine.events import Fact

ASKED = {"retype": "retype_asked", "postpone": "item_postponement_asked"}
DECIDED = {"retype": "retype_decided", "postpone": "item_postponement_decided"}


def ask(item: Item, draft: dict[str, Any], hand: Hand, rules: Rules, immediate_days: int) -> Changed:
    """The unit asks; the same while it waits changes nothing, and another has to wait for it."""
    waiting = next((one for one in item.get("requests", ()) if not one["decided"]), None)
    asked = {"due_on": None, **draft}
    if waiting and asked.items() <= waiting.items():
        return item, []
    if waiting:
        raise Refusal("request_waiting", number=waiting["number"])
    stands, state = begin(item, "ask", hand)
    _check(stands, asked, hand, rules, immediate_days)
    number = len(stands["requests"]) + 1
    asking = {"number": number, **asked, "asked_by": hand.name, "asked_by_account": hand.account, "at": hand.at}
    history = [*stands["history"], entry(f"{draft['kind']}_asked", hand, draft["reason"], **_aim(asked))]
    changed = {**stands, "state": state, "requests": [*stands["requests"], {**asking, "decided": None}]}
    told = fact(item, ASKED[draft["kind"]], {"number": number, "to": draft["to"]})
    return {**changed, "history": history}, [told]


def decide(
    item: Item,
    number: int,
    draft: dict[str, Any],
    hand: Hand,
    own_unit: bool,
    rules: Rules,
    immediate_days: int,
) -> Changed:
    """Somebody else grants or refuses; the same decision again changes nothing."""
    if own_unit:
        raise Refusal("own_item")
    asking = next((one for one in item.get("requests", ()) if one["number"] == number), None)
    if asking is None:
        raise Refusal("not_found", id=str(number))
    if asking["decided"]:
        if draft.items() <= asking["decided"].items():
            return item, []
        raise Refusal("request_decided", number=number)
    stands, state = begin(item, "decide", hand)
    if asking["asked_by_account"] == hand.account:
        raise Refusal("asker_decides")
    decided = {**draft, "by": hand.name, "at": hand.at}
    kept = [{**one, "decided": decided} if one["number"] == number else one for one in stands["requests"]]
    changed = {**stands, "state": state, "requests": kept}
    if draft["passed"]:
        _check(stands, asking, hand, rules, immediate_days)
        changed |= _granted(stands, asking, hand.today, rules)
        changed |= lists.dated(changed, rules)
    what = f"{asking['kind']}_{'granted' if draft['passed'] else 'refused'}"
    history = [*stands["history"], entry(what, hand, draft["reason"], **_aim(asking), **changes(stands, changed))]
    facts = [_told(changed, asking, "granted" if draft["passed"] else "refused")]
    if changed["state"] != stands["state"]:
        history, facts = [*history, entry("planned", hand)], [*facts, item_planned(changed)]
    return {**changed, "history": history}, facts


def lapse(item: Item, hand: Hand) -> Changed:
    """The item was closed: what was asked for waits for nobody any more."""
    waiting = [one for one in item.get("requests", ()) if not one["decided"]]
    over = {"passed": False, "lapsed": True, "reason": item["closeout"]["reason"], "by": hand.name, "at": hand.at}
    kept = [{**one, "decided": one["decided"] or over} for one in item.get("requests", ())]
    return {**item, "requests": kept}, [_told(item, one, "lapsed") for one in waiting]


def _told(item: Item, asking: dict[str, Any], outcome: str) -> Fact:
    said = {"number": asking["number"], "outcome": outcome, "due_on": item["due_on"]}
    said |= {"late": item["late"]} if asking["kind"] == "postpone" else {}
    return fact(item, DECIDED[asking["kind"]], said)


def _granted(item: Item, asking: dict[str, Any], today: str, rules: Rules) -> Item:
    if asking["kind"] == "postpone":
        return {"due_on": asking["to"]}
    moved = {**item, "category": asking["to"], "due_on": asking["due_on"] or item["due_on"]}
    granted = {**{key: moved[key] for key in ("category", "due_on")}, "listed_on": today}
    if item["state"] == "open":
        return {**granted, "look_back_on": lists.look_back(moved, today, rules)}
    missing = lists.lacking(moved, rules)
    return {**granted, "lacking": missing, **({} if missing else planned(moved, today, rules))}


def _check(item: Item, asked: dict[str, Any], hand: Hand, rules: Rules, immediate_days: int) -> None:
    """What is asked for can be granted."""
    if asked["kind"] == "postpone":
        if item["category"] == "immediate":
            raise Refusal("immediate_never_postponed")
        if item["state"] == "registered":
            raise Refusal("wrong_state", state=item["state"], move="ask")
        if not item["due_on"]:
            raise Refusal("no_day_to_postpone")
        if asked["to"] <= max(item["due_on"], hand.today):
            raise Refusal("day_not_later", on=asked["to"], due_on=item["due_on"])
        return
    if asked["to"] == item["category"]:
        raise Refusal("same_list", category=asked["to"])
    moved = {**item, "category": asked["to"], "due_on": asked["due_on"] or item["due_on"]}
    planned_before = item["state"] == "open"
    if planned_before and not moved["due_on"] and asked["to"] != "long_term":
        pointer = [{"pointer": "/due_on", "code": "due_date_needed", "category": asked["to"]}]
        raise Refusal("due_date_needed", category=asked["to"], errors=pointer)
    if asked["due_on"] and asked["due_on"] < hand.today:
        pointer = [{"pointer": "/due_on", "code": "day_past", "on": asked["due_on"]}]
        raise Refusal("day_past", on=asked["due_on"], errors=pointer)
    lists.check_limit(moved, hand.today, immediate_days)
    lists.check_parts(moved, lists.PARTS if asked["due_on"] else ())
    if planned_before:
        lists.check_clear(moved, rules)


def _aim(asked: dict[str, Any]) -> dict[str, Any]:
    if asked["kind"] == "postpone":
        return {"due_on": asked["to"]}
    return {"category": asked["to"], **({"due_on": asked["due_on"]} if asked["due_on"] else {})}
