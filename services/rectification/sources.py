"""Where problems come from: opinions that were collected, materials that passed, criticism lists, the group's comment,
what somebody found and entered, and what an earlier campaign left undone.

What must stay true: each becomes a candidate once, under an id that follows from what it came from; of an opinion and
of criticism nothing is kept but that it is there, and it is not known whom criticism is about: its candidates bear the
post of whoever wrote the list. A candidate is described in `candidates`. Pure.
"""

import hashlib
from typing import Any

from services.rectification.candidates import Candidate, Changed, Gone
from services.rectification.domain import Hand, Item
from services.spine.errors import Refusal
from services.spine.events import Fact

ABOVE = ("inspection",)
WITHIN = ("talk", "criticism", "self_criticism")
NEW: dict[str, Any] = {
    "post": None,
    "number": 0,
    "aspect": None,
    "origin": None,
    "problem": None,
    "entered": None,
    "state": "open",
    "told": 0,
    "item_id": None,
    "joined": None,
    "explanation": None,
    "reopenings": [],
    "withdrawals": [],
}


def of_comment(event: dict[str, Any], group: str) -> list[Candidate]:
    """The candidates of a comment that was issued, or of what was added to it."""
    place, said = _place(event, group), event["data"]
    return [
        _of_problem(place, "supervision", said["comment_id"], int(one["id"].rpartition(".p")[2]), one)
        for one in said["problems"]
    ]


def of_passed(event: dict[str, Any], group: str) -> list[Candidate]:
    """The problems that a material names which passed."""
    said = event["data"]
    place = {**_place(event, group), "post": None if said["post"] == "team" else said["post"]}
    told = {"told": event["sequence"]}
    return [
        {**_of_problem(place, "self_criticism", said["review_id"], number, one), **told}
        for number, one in enumerate(said.get("problems", []), 1)
    ]


def of_opinion(event: dict[str, Any], group: str) -> list[Candidate]:
    """An opinion: that it is there, as it was before it went, if it has; no word of it, and not when it came."""
    said = event["data"]
    place = {**_place(event, group), "post": None if said["post"] == "team" else said["post"]}
    told = event["sequence"] - (not said["stands"])
    return [_new(place, "opinion", said["opinion_id"], origin=said["opinion_id"], told=told)]


def gone(event: dict[str, Any]) -> Gone | None:
    """Why an opinion stands no more, and who took it back, if that is said."""
    said = event["data"]
    return None if said["stands"] else {"because": said.get("because", "withdrawn"), "side": said.get("side")}


def of_criticism(event: dict[str, Any], group: str) -> list[Candidate]:
    """The lines of a criticism list that stand: that each is there, and who wrote it."""
    said = event["data"]
    place, told = {**_place(event, group), "post": said["post"]}, {"told": event["sequence"]}
    return [
        {**_of_problem(place, "criticism", said["material_id"], number, one), **told}
        for number, one in enumerate(said["lines"], 1)
    ]


def find(place: dict[str, Any], draft: dict[str, Any], hand: Hand, above: bool) -> Changed:
    """Somebody found a problem: an office or the group at an inspection, the unit in a talk or in criticism."""
    if draft["source"] not in (ABOVE if above else WITHIN):
        raise Refusal("not_permitted", permission=f"enter_finding as {draft['source']}")
    if draft.get("talk_id") and not draft["talk_id"].startswith(f"{place['campaign']}.{place['unit']}."):
        raise Refusal("not_found", id=draft["talk_id"])
    key = f"{place['campaign']}.{place['unit']}.finding.{draft['key']}"
    words = {"problem": draft["problem"], "aspect": draft.get("aspect"), "origin": draft.get("talk_id")}
    entered = _entered(hand, above, draft.get("basis", ""))
    candidate = _new(place, draft["source"], key, **words, entered=entered)
    return candidate, [_found(candidate)]


def carry(place: dict[str, Any], item: Item, hand: Hand, above: bool) -> Changed:
    """An item that an earlier campaign left undone, to be put on this one's ledger or explained."""
    mark = hashlib.sha256(item["_id"].encode()).hexdigest()[:16]
    key, entered = f"{place['campaign']}.{place['unit']}.earlier.e{mark}", _entered(hand, above, "")
    candidate = _new(place, "last_year", key, origin=item["_id"], aspect=item["aspect"], entered=entered)
    return candidate, [_found(candidate)]


def same(candidate: Candidate, other: Candidate) -> bool:
    """Whether a problem that was entered says what the one of its key says."""
    said, rests = ("source", "problem", "aspect", "origin"), (candidate["entered"], other["entered"])
    return all(candidate[key] == other[key] for key in said) and rests[0]["basis"] == rests[1]["basis"]


def parties(candidate: Candidate) -> list[str]:
    """The posts of the talk a problem came from."""
    if candidate["source"] != "talk" or not candidate["origin"]:
        return []
    return str(candidate["origin"]).split(".")[3].split("-")


def _of_problem(place: dict[str, Any], source: str, origin: str, number: int, one: dict[str, Any]) -> Candidate:
    return _new(place, source, one["id"], origin=origin, number=number, aspect=one["aspect"])


def _new(place: dict[str, Any], source: str, key: str, **more: Any) -> Candidate:
    where = {name: place[name] for name in ("campaign", "unit", "region", "group")} | {"post": place.get("post")}
    return {"_id": key, "candidate_id": key, **NEW, **where, "source": source, **more}


def _place(event: dict[str, Any], group: str) -> dict[str, Any]:
    return {"campaign": event["campaign"], "unit": event["data"]["unit"], "region": event["region"], "group": group}


def _entered(hand: Hand, above: bool, basis: str) -> dict[str, str]:
    return {"by": hand.name, "at": hand.at, "basis": basis, "side": "above" if above else "unit"}


def _found(candidate: Candidate) -> Fact:
    said = {key: candidate[key] for key in ("candidate_id", "unit", "group", "source", "aspect")}
    said |= {"side": candidate["entered"]["side"]}
    return Fact("candidate_found", candidate["_id"], candidate["campaign"], candidate["region"], said)
