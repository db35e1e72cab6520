"""A unit's plan (整改方案): its goals, and its ledger as it stands, laid before its group.

What must stay true: what is approved is exactly what was seen, told by its hash; whatever changes of it afterwards
makes it stale, and it says which items; every round is kept; a unit does not approve its own. Of an item that is all
its unit may say otherwise but the remarks; its source is never another. A plan:
{_id: campaign.unit, plan_id, campaign, unit, region, group, state: drafting|submitted|approved|returned|stale, goals,
hash, items: [{item_id, number, hash}], rounds: [{what, hash, by, account, at, reason, goals: of what was submitted}]}.
"""

from collections.abc import Sequence
from typing import Any

from services.rectification.domain import Hand, Item, fingerprint
from services.spine.errors import Refusal
from services.spine.events import Fact

Plan = dict[str, Any]
Changed = tuple[Plan, list[Fact]]
PLANNED = ("problem", "category", "aspect", "responsible", "owner_post", "standard", "measures", "due_on")
TOLD_BESIDE = ("source_note", "shows", "causes", "leader", "department")
LAID_DOWN = ("key", "deliverable", "due_on")
STANDING = ("submitted", "approved")


def begin(place: dict[str, Any]) -> Plan:
    """The plan of a unit that has submitted none."""
    key = f"{place['campaign']}.{place['unit']}"
    where = {name: place[name] for name in ("campaign", "unit", "region", "group")}
    return {
        "_id": key,
        "plan_id": key,
        **where,
        "state": "drafting",
        "goals": "",
        "hash": None,
        "items": [],
        "rounds": [],
    }


def lines(items: Sequence[Item]) -> list[dict[str, Any]]:
    """The items of a unit, each with the hash of what its plan says of it."""
    return [
        {"item_id": item["item_id"], "number": item["number"], "hash": fingerprint(_said(item))}
        for item in sorted(items, key=lambda one: (one["number"], one["item_id"]))
    ]


def content(goals: str, items: Sequence[Item]) -> str:
    """The hash of a whole plan."""
    return fingerprint([goals, lines(items)])


def submit(plan: Plan, items: Sequence[Item], draft: dict[str, Any], hand: Hand) -> Changed:
    """The unit lays it before its group, once every item is clear; the same again changes nothing."""
    if not items:
        raise Refusal("plan_empty")
    if unclear := [item["number"] for item in items if item.get("lacking")]:
        raise Refusal("items_not_clear", numbers=unclear, count=len(unclear))
    content_hash = content(draft["goals"], items)
    if plan["state"] in STANDING and plan["hash"] == content_hash:
        return plan, []
    kept = {"goals": draft["goals"], "hash": content_hash, "items": lines(items)}
    rounds = _round(plan, "submitted", content_hash, hand, goals=draft["goals"])
    changed = {**plan, **kept, "state": "submitted", "rounds": rounds}
    return changed, [_fact(changed, "plan_submitted")]


def decide(plan: Plan, items: Sequence[Item], draft: dict[str, Any], hand: Hand, own_unit: bool) -> Changed:
    """The group approves exactly what it saw, or returns it with a reason; the same again changes nothing."""
    if own_unit:
        raise Refusal("own_plan")
    to = "approved" if draft["passed"] else "returned"
    if plan["state"] == to and plan["hash"] == draft["hash"] and plan["rounds"][-1]["reason"] == draft["reason"]:
        return plan, []
    if plan["state"] != "submitted":
        raise Refusal("plan_not_submitted", state=plan["state"])
    if not draft["hash"] == plan["hash"] == content(plan["goals"], items):
        raise Refusal("plan_changed")
    if next(one for one in reversed(plan["rounds"]) if one["what"] == "submitted")["account"] == hand.account:
        raise Refusal("applicant_verifies")
    changed = {**plan, "state": to, "rounds": _round(plan, to, plan["hash"], hand, draft["reason"])}
    return changed, [_fact(changed, "plan_decided", outcome=to)]


def look_again(plan: Plan, items: Sequence[Item], at: str) -> Changed:
    """What was submitted or approved and no longer stands there is stale."""
    changes = changed_items(plan, items)
    if plan["state"] not in STANDING or not changes:
        return plan, []
    now = content(plan["goals"], items)
    one = {"what": "stale", "hash": now, "by": None, "account": None, "at": at, "reason": ""}
    changed = {**plan, "state": "stale", "rounds": [*plan["rounds"], one]}
    return changed, [_fact(changed, "plan_stale", changed=len(changes))]


def changed_items(plan: Plan, items: Sequence[Item]) -> list[dict[str, Any]]:
    """Which items are not as they were submitted."""
    before = {one["item_id"]: one["hash"] for one in plan["items"]}
    now = [one for one in lines(items) if before.get(one["item_id"]) != one["hash"]] if plan["hash"] else []
    kinds = {True: "changed", False: "added"}
    return [
        {**{key: one[key] for key in ("item_id", "number")}, "change": kinds[one["item_id"] in before]} for one in now
    ]


def compared(plan: Plan, items: Sequence[Item]) -> dict[str, Any] | None:
    """What reads otherwise than in the round before this one: the last that was decided, or else laid down earlier;
    each item with what stood there and what stands there now. None before there is such a round."""
    decided = [at for at, one in enumerate(plan["rounds"]) if one["what"] in ("approved", "returned")]
    laid = [one for one in plan["rounds"][: max(decided, default=None)] if one["what"] == "submitted"]
    if not decided and not changed_items(plan, items):
        laid = laid[:-1]
    if not laid:
        return None
    since = laid[-1]["at"]
    rows = [{**{key: item[key] for key in ("item_id", "number")}, **_since(item, since)} for item in items]
    goals = laid[-1].get("goals", plan["goals"])
    return {
        "at": since,
        "goals": goals if goals != plan["goals"] else None,
        "items": [row for row in rows if row["change"] == "added" or row["changes"]],
    }


def shown(plan: Plan, items: Sequence[Item]) -> Plan:
    """A plan as people see it, beside the ledger as it stands."""
    rounds = [{key: value for key, value in one.items() if key != "account"} for one in plan["rounds"]]
    unclear = [
        {"item_id": item["item_id"], "number": item["number"], "fields": item["lacking"]}
        for item in items
        if item.get("lacking")
    ]
    beside = {"now": content(plan["goals"], items), "changed": changed_items(plan, items), "lacking": unclear}
    return {**plan, "rounds": rounds, **beside, "compared": compared(plan, items)}


def _said(item: Item) -> list[Any]:
    beside = _seen("particulars", item.get("particulars"))
    milestones = [list(one.values()) for one in _seen("milestones", item.get("milestones", ()))]
    return [*(item[key] for key in PLANNED), milestones, *([beside] if beside else [])]


def _seen(field: str, value: Any) -> Any:
    """What a reader of the plan sees of a field: of milestones not whether they are reached, no remarks."""
    if field == "milestones":
        return [{key: one[key] for key in LAID_DOWN} for one in value]
    if field == "particulars":
        return {key: value[key] for key in TOLD_BESIDE if (value or {}).get(key)}
    return value


def _since(item: Item, at: str) -> dict[str, Any]:
    """How an item came to read otherwise after a moment: as its history tells, first and last."""
    lines = [line for line in item["history"] if line["at"] > at]
    if any(line["what"] == "registered" for line in lines):
        return {"change": "added", "changes": []}
    told: dict[str, dict[str, Any]] = {}
    fields = (*PLANNED, "milestones", "particulars")
    for one in (one for line in lines for one in line.get("changes", ()) if one["field"] in fields):
        before, after = (_seen(one["field"], one[key]) for key in ("from", "to"))
        told[one["field"]] = {"from": before, **told.get(one["field"], {}), "field": one["field"], "to": after}
    return {"change": "changed", "changes": [one for one in told.values() if one["from"] != one["to"]]}


def _round(plan: Plan, what: str, content_hash: str, hand: Hand, reason: str = "", **more: str) -> list[dict[str, Any]]:
    who = {"by": hand.name, "account": hand.account, "at": hand.at}
    return [*plan["rounds"], {"what": what, "hash": content_hash, **who, "reason": reason, **more}]


def _fact(plan: Plan, name: str, **more: Any) -> Fact:
    said = {**{key: plan[key] for key in ("plan_id", "unit", "group", "hash")}, "items": len(plan["items"]), **more}
    return Fact(name, plan["_id"], plan["campaign"], plan["region"], said)
