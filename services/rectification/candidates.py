"""The problems of a group's comment on their way to the ledger: each is put on it, or explained; none is dropped.

What must stay true: the unit explains and the group may not take it; what was said is kept; what is on the ledger is
settled. The words stand in the comment, which review keeps. A candidate: {_id: comment.p<n>, candidate_id, campaign,
unit, region, group, number, aspect, state: open|adopted|explained, item_id, explanation: {reason, by, at} or None,
reopenings: [{reason, by, at, explanation}]}.
"""

from typing import Any

from services.rectification.domain import Hand, Item
from services.spine.errors import Refusal
from services.spine.events import Fact

Candidate = dict[str, Any]
Changed = tuple[Candidate, list[Fact]]


def begin(event: dict[str, Any], group: str) -> list[Candidate]:
    """The candidates of a comment that was issued, or of what was added to it."""
    return [
        {
            "_id": one["id"],
            "candidate_id": one["id"],
            "campaign": event["campaign"],
            "unit": event["data"]["unit"],
            "region": event["region"],
            "group": group,
            "number": int(one["id"].rpartition(".p")[2]),
            "aspect": one["aspect"],
            "state": "open",
            "item_id": None,
            "explanation": None,
            "reopenings": [],
        }
        for one in event["data"]["problems"]
    ]


def check_adoptable(candidate: Candidate | None, draft: dict[str, Any], item: Item | None) -> None:
    """A unit's ledger takes problems of its own comment, each once; `item`: the one that took it up."""
    places = ("campaign", "unit")
    if candidate is None or any(candidate[key] != draft[key] for key in places):
        pointer = [{"pointer": "/candidate", "code": "candidate_unknown", "candidate": draft["candidate"]}]
        raise Refusal("candidate_unknown", candidate=draft["candidate"], errors=pointer)
    if item:
        raise Refusal("already_adopted", number=item["number"], item_id=item["item_id"])


def explain(candidate: Candidate, reason: str, hand: Hand) -> Changed:
    """The unit says why it does not go on the ledger; the same again changes nothing."""
    if candidate["state"] == "explained" and candidate["explanation"]["reason"] == reason:
        return candidate, []
    if candidate["state"] != "open":
        raise Refusal("candidate_not_open", stands=candidate["state"])
    changed = {**candidate, "state": "explained", "explanation": _said(reason, hand)}
    return changed, [_fact(changed, "candidate_explained")]


def reopen(candidate: Candidate, reason: str, hand: Hand) -> Changed:
    """The group does not take the explanation: it waits again, and the explanation is kept beside the reason."""
    if candidate["state"] == "open" and candidate["reopenings"] and candidate["reopenings"][-1]["reason"] == reason:
        return candidate, []
    if candidate["state"] != "explained":
        raise Refusal("candidate_not_explained", stands=candidate["state"])
    entry = {**_said(reason, hand), "explanation": candidate["explanation"]}
    changed = {**candidate, "state": "open", "explanation": None, "reopenings": [*candidate["reopenings"], entry]}
    return changed, [_fact(changed, "candidate_reopened")]


def _said(reason: str, hand: Hand) -> dict[str, str]:
    return {"reason": reason, "by": hand.name, "at": hand.at}


def _fact(candidate: Candidate, name: str) -> Fact:
    said = {key: candidate[key] for key in ("candidate_id", "unit", "group")}
    said |= {"reopenings": len(candidate["reopenings"])}
    return Fact(name, candidate["_id"], candidate["campaign"], candidate["region"], said)
