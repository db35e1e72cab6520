"""The rules of the ledger.

What must stay true: a unit never closes its own item; without evidence nothing is closed; what was late stays late. An
item: {_id: campaign.unit.key, campaign, unit, region, group, number, problem, source, category, aspect, responsible,
standard, measures: [{what, who, due_on}], due_on, state: open|close_requested|closed, late, closed_on, progress: [{key,
on, text, evidence: [{title, dated_on, sha256, file_name}], by, at}], closeout: {result, effect, requested_by, at},
history: [{what, by, at, reason}], and, if it took one up, candidate}.
"""

from datetime import date, timedelta
from typing import Any, NamedTuple

from services.spine.errors import Refusal
from services.spine.events import Fact

Item = dict[str, Any]
Changed = tuple[Item, list[Fact]]
SOON_DAYS = 7

MOVES = {
    # move: (from states, to state)
    "progress": (("open",), "open"),
    "apply": (("open",), "close_requested"),
    "close": (("close_requested",), "closed"),
    "return": (("close_requested",), "open"),
}
"""The states of an item and the moves between them: the one table that is enforced, and drawn in the README."""


class Hand(NamedTuple):
    """Who acts, and when: account, post, time, and the day it is there."""

    account: str
    name: str
    at: str
    today: str


def same(item: Item, draft: dict[str, Any]) -> bool:
    """Whether a draft says what the item of its key says."""
    keys = ("problem", "source", "category", "responsible", "standard", "measures", "due_on", "aspect")
    beside = ("candidate", "opinion_id")
    return all(item[key] == draft.get(key) for key in keys) and all(item.get(key) == draft.get(key) for key in beside)


def register(plan: dict[str, Any], immediate_days: int, number: int, draft: dict[str, Any], hand: Hand) -> Changed:
    """A problem enters the ledger with the five clear fields."""
    due_on = draft.get("due_on")
    if draft["category"] == "immediate":
        latest = (date.fromisoformat(hand.today) + timedelta(days=immediate_days)).isoformat()
        if due_on and due_on > latest:
            pointer = [{"pointer": "/due_on", "code": "immediate_too_long", "days": immediate_days, "latest": latest}]
            raise Refusal("immediate_too_long", days=immediate_days, latest=latest, errors=pointer)
    if not due_on and draft["category"] != "long_term":
        pointer = [{"pointer": "/due_on", "code": "due_date_needed", "category": draft["category"]}]
        raise Refusal("due_date_needed", category=draft["category"], errors=pointer)
    for place, measure in enumerate(draft["measures"]):
        if due_on and measure["due_on"] > due_on:
            facts = {"code": "measure_after_due", "on": measure["due_on"], "due_on": due_on}
            pointer = [{"pointer": f"/measures/{place}/due_on", **facts}]
            raise Refusal("measure_after_due", on=measure["due_on"], due_on=due_on, errors=pointer)
    key, opinion = item_id(plan, draft["key"]), draft.get("opinion_id")
    if opinion and not opinion.startswith(f"{plan['campaign']}.{plan['unit']}."):
        raise Refusal("not_found", id=opinion)
    item = {
        "_id": key,
        "item_id": key,
        **{key: plan[key] for key in ("campaign", "unit", "region", "group")},
        "number": number,
        **{key: draft[key] for key in ("problem", "source", "category", "responsible", "standard", "measures")},
        "aspect": draft.get("aspect"),
        "due_on": due_on,
        "state": "open",
        "late": False,
        "closed_on": None,
        "progress": [],
        "closeout": None,
        "history": [_entry("registered", hand)],
    }
    said = {"source": item["source"], "due_on": due_on, "measures": len(item["measures"])}
    said |= {"aspect": item["aspect"]} if item["aspect"] else {}
    told = [_fact(item, "item_registered", said)]
    if opinion:
        item |= {"opinion_id": opinion}
    if "candidate" in draft:
        item |= {"candidate": draft["candidate"]}
        told.append(_fact(item, "candidate_adopted", {"candidate_id": draft["candidate"]}))
    return item, told


def item_id(plan: dict[str, Any], key: str) -> str:
    """The id of an item: its unit's, and the key its client chose."""
    return f"{plan['campaign']}.{plan['unit']}.{key}"


def record_progress(item: Item, draft: dict[str, Any], hand: Hand) -> Changed:
    """What was done on a day, with evidence; the same entry again changes nothing."""
    known = next((entry for entry in item["progress"] if entry["key"] == draft["key"]), None)
    if known:
        if any(known[key] != draft[key] for key in draft):
            raise Refusal("key_taken", key=draft["key"])
        return item, []
    _move(item, "progress")
    if draft["on"] > hand.today:
        pointer = [{"pointer": "/on", "code": "day_in_future", "on": draft["on"]}]
        raise Refusal("day_in_future", on=draft["on"], errors=pointer)
    for place, evidence in enumerate(draft["evidence"]):
        if evidence["dated_on"] > hand.today:
            pointer = [
                {"pointer": f"/evidence/{place}/dated_on", "code": "evidence_in_future", "on": evidence["dated_on"]}
            ]
            raise Refusal("evidence_in_future", on=evidence["dated_on"], errors=pointer)
    progress = [*item["progress"], {**draft, "by": hand.name, "at": hand.at}]
    changed = {**item, "progress": progress}
    return changed, [_fact(item, "item_progressed", {"entries": len(progress), "evidence": len(evidence_of(changed))})]


def apply(item: Item, draft: dict[str, Any], hand: Hand) -> Changed:
    """The unit applies for close-out; nothing without evidence. Applying late makes the item late for good."""
    state = _move(item, "apply")
    if not evidence_of(item):
        raise Refusal("evidence_missing")
    closeout = {
        **draft,
        "requested_by": hand.name,
        "requested_by_account": hand.account,
        "at": hand.at,
        "on": hand.today,
    }
    late = item["late"] or bool(item["due_on"] and hand.today > item["due_on"])
    history = [*item["history"], _entry("applied", hand)]
    changed = {**item, "state": state, "closeout": closeout, "late": late, "history": history}
    return changed, [_fact(item, "closeout_requested", {"evidence": len(evidence_of(item))})]


def verify(item: Item, passed: bool, reason: str, hand: Hand, own_unit: bool) -> Changed:
    """Someone else verifies: closed, or sent back with a reason."""
    if own_unit:
        raise Refusal("own_item")
    state = _move(item, "close" if passed else "return")
    if item["closeout"]["requested_by_account"] == hand.account:
        raise Refusal("applicant_verifies")
    history = [*item["history"], _entry("closed" if passed else "sent_back", hand, reason)]
    changed = {**item, "state": state, "history": history}
    if passed:
        changed |= {
            "closed_on": hand.today,
            "closeout": {**item["closeout"], "verified_by": hand.name, "reason": reason},
        }
    outcome = "closed" if passed else "returned"
    return changed, [_fact(item, "closeout_decided", {"outcome": outcome, "on_time": not item["late"]})]


def evidence_of(item: Item) -> list[dict[str, Any]]:
    """All evidence of an item, oldest entry first."""
    return [evidence for entry in item["progress"] for evidence in entry["evidence"]]


def colour(item: Item, today: str) -> str:
    """Green closed on time, yellow closed late or due within a week, red overdue, blue otherwise; no date, no alarm.

    What was applied for in time does not turn red while somebody else verifies.
    """
    if item["state"] == "closed":
        return "yellow" if item["late"] else "green"
    if item["state"] == "close_requested":
        return "red" if item["late"] else "blue"
    if not item["due_on"]:
        return "blue"
    if item["due_on"] < today:
        return "red"
    return "yellow" if item["due_on"] <= soon(today) else "blue"


def soon(today: str) -> str:
    """The last day that counts as soon."""
    return (date.fromisoformat(today) + timedelta(days=SOON_DAYS)).isoformat()


def shown(item: Item, today: str) -> dict[str, Any]:
    """An item as people see it."""
    late = item["late"] or colour(item, today) == "red"
    return {**item, "colour": colour(item, today), "late": late, "evidence": len(evidence_of(item))}


def effect(item: Item) -> dict[str, Any]:
    """A closed item as a line of the effectiveness list."""
    keys = ("item_id", "campaign", "unit", "region", "group", "number", "problem", "category", "closed_on")
    changed = {key: item["closeout"]["effect"].get(key, "") for key in ("before", "after", "rule", "benefits")}
    result = {"result": item["closeout"]["result"], "evidence": evidence_of(item), "on_time": not item["late"]}
    return {**{key: item[key] for key in keys}, **changed, **result}


def _move(item: Item, move: str) -> str:
    allowed, state = MOVES[move]
    if item["state"] not in allowed:
        raise Refusal("wrong_state", state=item["state"], move=move)
    return state


def _entry(what: str, hand: Hand, reason: str = "") -> dict[str, str]:
    return {"what": what, "by": hand.name, "at": hand.at, "reason": reason}


def _fact(item: Item, name: str, data: dict[str, Any]) -> Fact:
    said = {**{key: item[key] for key in ("item_id", "unit", "group", "category")}, **data}
    return Fact(name, item["_id"], item["campaign"], item["region"], said)
