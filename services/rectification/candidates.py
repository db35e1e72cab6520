"""Problems on their way to the ledger: each is put on it, joined to an item of it, or explained; none is dropped.

What must stay true: the unit explains and the group may not take it; what was said is kept; what is on the ledger is
settled. The words stand where they were said (a comment, an opinion, a material); only what was entered here is kept
here. A candidate: {_id, candidate_id, campaign, unit, region, group, post: whom it is about, if not the unit as a
whole, source, number, aspect, origin: what it came from, problem: its words, if they were entered here, entered: {by,
at, basis, side} or None, state: open|adopted|explained|withdrawn, told: how far its origin was heard, item_id, joined:
{by, at} or None, explanation: {reason, by, at} or None, reopenings: [{reason, by, at, explanation, item_id}],
withdrawals: [{because, side: whose deed it was, if known, at, stood: its state before, again_at}]}.
"""

from typing import Any

from services.rectification.domain import Hand, Item
from services.spine.errors import Refusal
from services.spine.events import Fact

Candidate = dict[str, Any]
Changed = tuple[Candidate, list[Fact]]
Gone = dict[str, Any]
"""Why what a candidate came from is there no more, and whose deed that was: {because, side}."""


def check_adoptable(candidate: Candidate | None, draft: dict[str, Any], item: Item | None) -> None:
    """A unit's ledger takes problems of its own, each once and as what it is; `item`: the one that took it up."""
    places = ("campaign", "unit")
    if candidate is None or any(candidate[key] != draft[key] for key in places):
        pointer = [{"pointer": "/candidate", "code": "candidate_unknown", "candidate": draft["candidate"]}]
        raise Refusal("candidate_unknown", candidate=draft["candidate"], errors=pointer)
    if item:
        raise Refusal("already_adopted", number=item["number"], item_id=item["item_id"])
    if draft["source"] != candidate["source"]:
        facts = {"code": "source_differs", "source": candidate["source"]}
        raise Refusal(**facts, errors=[{"pointer": "/source", **facts}])


def join(candidate: Candidate, item: Item, hand: Hand) -> Changed:
    """It is dealt with by an item that stands on the unit's ledger already; the same again changes nothing."""
    if (candidate["state"], candidate["item_id"]) == ("adopted", item["_id"]):
        return candidate, []
    if candidate["state"] == "adopted":
        raise Refusal("candidate_not_open", stands=candidate["state"])
    if (item["campaign"], item["unit"]) != (candidate["campaign"], candidate["unit"]):
        raise Refusal("not_found", id=item["_id"])
    if item["state"] == "closed":
        raise Refusal("item_closed", number=item["number"])
    joined = {"by": hand.name, "at": hand.at}
    changed = {**candidate, "state": "adopted", "item_id": item["_id"], "joined": joined}
    said = {"item_id": item["_id"], "candidate_id": candidate["_id"], "category": item["category"]}
    said |= {key: candidate[key] for key in ("unit", "group")}
    return changed, [Fact("candidate_adopted", candidate["_id"], candidate["campaign"], candidate["region"], said)]


def explain(candidate: Candidate, reason: str, hand: Hand) -> Changed:
    """The unit says why it does not go on the ledger; the same again changes nothing."""
    if candidate["state"] == "explained" and candidate["explanation"]["reason"] == reason:
        return candidate, []
    if candidate["state"] != "open":
        raise Refusal("candidate_not_open", stands=candidate["state"])
    changed = {**candidate, "state": "explained", "explanation": _said(reason, hand)}
    return changed, [_fact(changed, "candidate_explained")]


def reopen(candidate: Candidate, reason: str, hand: Hand) -> Changed:
    """The group does not take that it was explained, joined or withdrawn: it waits again, what was said is kept."""
    if candidate["state"] == "open" and candidate["reopenings"] and candidate["reopenings"][-1]["reason"] == reason:
        return candidate, []
    if candidate["state"] not in ("explained", "withdrawn") and not candidate["joined"]:
        raise Refusal("candidate_not_explained", stands=candidate["state"])
    kept = {**_said(reason, hand), "explanation": candidate["explanation"], "item_id": candidate["item_id"]}
    waits = {"state": "open", "explanation": None, "item_id": None, "joined": None}
    changed = {**candidate, **waits, "reopenings": [*candidate["reopenings"], kept]}
    return changed, [_fact(changed, "candidate_reopened")]


def stand(candidate: Candidate, sequence: int, at: str, gone: Gone | None = None) -> Changed:
    """What it came from was taken back, or stands (again); each is kept, and of one that waited the group is told.

    What was decided of it stays as it is, and what the group opened again waits on, whoever took its origin back.
    """
    if sequence <= candidate["told"]:
        return candidate, []
    heard, state, told = {**candidate, "told": sequence}, candidate["state"], candidate["withdrawals"]
    away = state == "withdrawn" or any(not one["again_at"] for one in told)
    if away == bool(gone):
        return heard, []
    if not gone:
        heard |= {"withdrawals": [{**one, "again_at": one["again_at"] or at} for one in told]}
        return heard | {"state": "open" if state == "withdrawn" else state}, []
    heard |= {"withdrawals": [*told, {**gone, "at": at, "stood": state, "again_at": None}]}
    if state != "open":
        return heard, []
    heard |= {"state": "open" if candidate["reopenings"] else "withdrawn"}
    return heard, [_fact(heard, "candidate_withdrawn", {**gone, "state": heard["state"]})]


def _said(reason: str, hand: Hand) -> dict[str, str]:
    return {"reason": reason, "by": hand.name, "at": hand.at}


def _fact(candidate: Candidate, name: str, more: Gone | None = None) -> Fact:
    said = {key: candidate[key] for key in ("candidate_id", "unit", "group")}
    said |= {"reopenings": len(candidate["reopenings"]), **(more or {})}
    return Fact(name, candidate["_id"], candidate["campaign"], candidate["region"], said)
