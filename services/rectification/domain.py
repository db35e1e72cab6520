"""The rules of the ledger.

What must stay true: a unit never closes its own item; without evidence nothing is closed; what was late stays late; of
what was done and decided nothing is lost. An item: {_id: campaign.unit.key, campaign, unit, region, group, number,
problem, source, category, aspect, responsible, owner_post, standard, measures: [{key, what, who, post, due_on, with}],
milestones: [{key, deliverable, due_on, done_on, entered_on: when it was said to be done}], due_on, first_due_on,
state (see MOVES), particulars: {what the official sheet tells beside}, lacking: [clear fields], late, registered_on,
closed_on, progress: [{key, on, text, evidence: [{title, dated_on, sha256, file_name}], percent, milestones, by, at}],
interim: [...] (see interim), plan_due_on, report_due_on, look_back_on, milestone_due_on, calm_until (see OWED),
closeout and earlier_closeouts (see closing), recheck_on, rechecks, rebounds (see rechecks), requests (see requests),
told_before: {progress, interim, since} (see came_back), back_since: that day where it is yellow for it, listed_on:
when it came onto its list, shown_elsewhere: keys of measures for which others have evidence, history: [{what, by, at,
reason, changes: [{field, from, to}]}], registered_as: hash of what was registered and, if it took one up, candidate,
definition and unit_rules: under which version of the campaign and which of its unit's own rules it was registered}.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from services.rectification import lists, owners
from services.rectification.lists import BEFORE, Rules
from services.spine.errors import Refusal
from services.spine.events import Fact

Item = dict[str, Any]
Changed = tuple[Item, list[Fact]]
WORKING = ("registered", "open")
STATED = (
    "problem", "category", "aspect", "responsible", "owner_post", "standard", "measures", "milestones", "due_on",
    "particulars",
)  # fmt: skip
"""What is said of an item and may be said otherwise: of each its history keeps what stood before."""


OWED = ("plan_due_on", "report_due_on", "look_back_on", "milestone_due_on", "calm_until", "back_since")
"""The days by which a unit owes something of an item that is with it, and the last before it is due soon: past one of
them it is yellow by itself."""


class Move(NamedTuple):
    """One move of an item: from which states, to which ("" where it is), by whom, and what it needs."""

    sources: tuple[str, ...]
    to: str
    by: str
    needs: str


MOVES = {
    "register": Move((), "registered", "unit, group or any office", "what, source, list; an office by a sheet"),
    "plan": Move(("registered",), "open", "unit", "who, standard, measures, date"),
    "revise": Move(
        WORKING,
        "",
        "unit",
        "list and date by asking once it is open, off the immediate list always; a missed milestone stays",
    ),
    "progress": Move(("open",), "open", "unit or owner", "what was done on a day"),
    "interim": Move(("open",), "open", "unit or owner", "long-term, evidence"),
    "ask": Move(WORKING, "", "unit", "another list or day, with a reason"),
    "decide": Move(WORKING, "", "group leader or any office", "somebody else than asked"),
    "apply": Move(("open",), "close_requested", "unit", "new evidence with a file, milestones, an interim result"),
    "pass": Move(("close_requested",), "close_requested", "each level but the last", "somebody else than applied"),
    "close": Move(("close_requested",), "closed", "the last level", "somebody else than applied or passed it"),
    "return": Move(("close_requested",), "open", "the level awaited or who passed one", "reason and date"),
    "recheck": Move(("closed",), "closed", "group or any office", "it holds"),
    "rebound": Move(("closed",), "open", "group or any office", "it came back, reason and date"),
    "reopen": Move(("closed",), "open", "group or any office", "reason and date"),
    "judge": Move(
        ("closed",), "closed", "group or office", "its line of the effectiveness list as it was seen, reason"
    ),
    "reword": Move(("closed",), "closed", "unit", "its line was returned"),
}
"""The states of an item and the moves between them: the one table that is enforced, and drawn in the README."""


class Hand(NamedTuple):
    """Who acts, and when: account, post, time, and the day it is there."""

    account: str
    name: str
    at: str
    today: str


def drawn() -> str:
    """The table as the README draws it: a diagram of states, each move with who makes it and what it needs."""
    lines = ["stateDiagram-v2"]
    for name, move in MOVES.items():
        for source in move.sources or ("[*]",):
            lines.append(f"    {source} --> {move.to or source}: {name} · {move.by} · {move.needs}")
    return "\n".join(lines)


BEGUN: dict[str, Any] = {
    "late": False,
    "closed_on": None,
    "progress": [],
    "interim": [],
    "closeout": None,
    "earlier_closeouts": [],
    "requests": [],
    "rechecks": [],
    "rebounds": 0,
    "milestones": [],
    "owner_post": None,
    "particulars": {},
    "definition": None,
    "unit_rules": None,
    "lacking": [],
    "report_due_on": None,
    "look_back_on": None,
    "recheck_on": None,
    "plan_due_on": None,
    "told_before": None,
    "back_since": None,
    "listed_on": None,
    "look_backs_missed": [],
}
"""What is not there yet."""


def same(item: Item, draft: dict[str, Any]) -> bool:
    """Whether a draft says what the item of its key was registered as."""
    return bool(item["registered_as"] == fingerprint(draft))


def fingerprint(said: Any) -> str:
    """The hash of exactly what is said, in whatever order."""
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def register(plan: dict[str, Any], immediate_days: int, number: int, draft: dict[str, Any], hand: Hand) -> Changed:
    """A problem enters the ledger; it counts as planned if the five clear fields are there."""
    rules: Rules = plan.get("rectification") or BEFORE
    key, opinion = item_id(plan, draft["key"]), draft.get("opinion_id")
    if opinion and not opinion.startswith(f"{plan['campaign']}.{plan['unit']}."):
        raise Refusal("not_found", id=opinion)
    item = {
        **BEGUN,
        "_id": key,
        "item_id": key,
        **{key: plan[key] for key in ("campaign", "unit", "region", "group")},
        **{key: plan.get(key) for key in ("definition", "unit_rules")},
        "number": number,
        **{key: draft[key] for key in ("problem", "source", "category")},
        **{key: draft.get(key, "") for key in ("responsible", "standard")},
        "owner_post": draft.get("owner_post"),
        "measures": draft.get("measures", []),
        "milestones": [{**one, "done_on": None} for one in draft.get("milestones", ())],
        "particulars": draft.get("particulars", {}),
        "aspect": draft.get("aspect"),
        "due_on": draft.get("due_on"),
        "state": "registered",
        "registered_on": hand.today,
        "listed_on": hand.today,
        "registered_as": fingerprint(draft),
        "history": [entry("registered", hand)],
        "plan_due_on": lists.plan_by(hand.today, rules),
    }
    owners.check(item, plan)
    lists.check_keys(item)
    lists.check_limit(item, hand.today, immediate_days)
    lists.check_parts(item)
    item |= {"lacking": lists.lacking(item, rules), **lists.dated(item, rules)}
    item |= {} if item["lacking"] else planned(item, hand.today, rules)
    said = {"source": item["source"], "due_on": item["due_on"], "measures": len(item["measures"])}
    said |= owners.said(item) | ({"aspect": item["aspect"]} if item["aspect"] else {})
    told = [fact(item, "item_registered", {**said, "state": item["state"], "lacking": len(item["lacking"])})]
    if opinion:
        item |= {"opinion_id": opinion}
    if "candidate" in draft:
        item |= {"candidate": draft["candidate"]}
        told.append(fact(item, "candidate_adopted", {"candidate_id": draft["candidate"]}))
    return item, told


def check_words(draft: dict[str, Any], others: Iterable[Item]) -> None:
    """No other item has the same words, however they are spaced; one of the same candidate is told as that."""
    words, candidate = "".join(draft["problem"].split()), draft.get("candidate")
    for other in others:
        taken_up = candidate and other.get("candidate") == candidate
        if "".join(other["problem"].split()) == words and not taken_up:
            told = {"number": other["number"], "item_id": other["item_id"]}
            raise Refusal("problem_stands", errors=[{"pointer": "/problem", "code": "problem_stands", **told}], **told)


def planned(item: Item, today: str, rules: Rules) -> Item:
    """What changes when an item is clear enough to count as planned."""
    next_on = {"report_due_on": lists.first_report(today, rules), "look_back_on": lists.look_back(item, today, rules)}
    return {"state": MOVES["plan"].to, "lacking": [], "plan_due_on": None, **next_on}


def item_planned(item: Item) -> Fact:
    """What is said of an item that counts as planned."""
    said = {"due_on": item["due_on"], "measures": len(item["measures"]), **owners.said(item)}
    return fact(item, "item_planned", said)


def item_id(plan: dict[str, Any], key: str) -> str:
    """The id of an item: its unit's, and the key its client chose."""
    return f"{plan['campaign']}.{plan['unit']}.{key}"


def record_progress(item: Item, draft: dict[str, Any], hand: Hand, rules: Rules = BEFORE) -> Changed:
    """What was done on a day, with evidence; the same entry again changes nothing. How far it is said to be counts for
    nothing; a milestone is reached with evidence."""
    if known(item["progress"], draft):
        return item, []
    stands, _ = begin(item, "progress", hand)
    check_evidence(draft, hand)
    reached = draft.get("milestones", ())
    if unknown := set(reached) - {one["key"] for one in stands["milestones"]}:
        raise Refusal("milestone_unknown", key=sorted(unknown)[0])
    if strange := set(draft.get("measures", ())) - set(map(measure_name, stands["measures"])):
        raise Refusal("measure_unknown", name=sorted(strange)[0])
    if reached and not draft["evidence"]:
        raise Refusal("milestone_without_evidence")
    done = {"done_on": draft["on"], "entered_on": hand.today}
    milestones = [
        {**one, **done} if one["key"] in reached and not one["done_on"] else one for one in stands["milestones"]
    ]
    progress = [*stands["progress"], {**draft, "by": hand.name, "at": hand.at}]
    due_on = lists.report_after(stands["report_due_on"], draft["on"], hand.today, rules)
    changed = {**stands, "progress": progress, "milestones": milestones, "report_due_on": due_on}
    changed |= lists.dated(changed, rules)
    return changed, [item_progressed(stands, changed)]


def item_progressed(before: Item, after: Item) -> Fact:
    """What is said of an item for which something was put on record."""
    said: dict[str, Any] = {"entries": len(after["progress"]), "evidence": len(evidence_of(after))}
    said |= {"parts": parts} if (parts := owners.parts(after)) != owners.parts(before) else {}
    return fact(after, "item_progressed", said)


def check_evidence(draft: dict[str, Any], hand: Hand) -> None:
    """Nothing was done in the future, and no evidence is of a day to come."""
    if draft["on"] > hand.today:
        pointer = [{"pointer": "/on", "code": "day_in_future", "on": draft["on"]}]
        raise Refusal("day_in_future", on=draft["on"], errors=pointer)
    for place, evidence in enumerate(draft["evidence"]):
        if evidence["dated_on"] > hand.today:
            pointer = [
                {"pointer": f"/evidence/{place}/dated_on", "code": "evidence_in_future", "on": evidence["dated_on"]}
            ]
            raise Refusal("evidence_in_future", on=evidence["dated_on"], errors=pointer)


def known(entries: Sequence[Item], draft: dict[str, Any]) -> bool:
    """Whether an entry of that key is there and says the same; refuses another of its key."""
    found = next((one for one in entries if one["key"] == draft["key"]), None)
    if found and any(found.get(key) != draft[key] for key in draft):
        raise Refusal("key_taken", key=draft["key"])
    return found is not None


def measure_name(measure: dict[str, Any]) -> str:
    """What progress calls a measure by: its key, or its words where it has none."""
    return str(measure.get("key") or measure["what"])


def evidence_of(item: Item) -> list[dict[str, Any]]:
    """All evidence of an item, oldest entry first."""
    entries = [*item["progress"], *item.get("interim", ())]
    return [evidence for one in entries for evidence in one["evidence"]]


def fresh_evidence(item: Item) -> list[dict[str, Any]]:
    """The evidence that came in since an item was last sent back or opened again; all of one that never was. A piece
    that was there before is not new by being entered again."""
    told = item.get("told_before") or {}
    since = {key: item.get(key, ())[told.get(key, 0) :] for key in ("progress", "interim")}
    before = {key: item.get(key, ())[: told.get(key, 0)] for key in ("progress", "interim")}
    known = {mark(one) for one in evidence_of(before)}
    return [one for one in evidence_of(since) if mark(one) not in known]


def mark(evidence: dict[str, Any]) -> tuple[str, ...]:
    """What makes a piece of evidence the same as another: its file, or where it has none its title and its day."""
    return (evidence["sha256"],) if evidence.get("sha256") else (evidence["title"], evidence["dated_on"])


def filed(evidence: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those pieces of evidence that have a file."""
    return [one for one in evidence if one.get("sha256")]


def applied_for(item: Item) -> str:
    """The hash of exactly what a close-out awaits a decision on: what was applied for, with which evidence, and what
    was decided so far."""
    return fingerprint([item["closeout"], evidence_of(item)])


def came_back(item: Item, today: str) -> dict[str, Any]:
    """What is kept of an item that is sent back or opened again: how many entries there are, with which it is not
    applied for anew, and since when its work was not good enough."""
    told = {key: len(item[key]) for key in ("progress", "interim")}
    return {"told_before": {**told, "since": lists.after(today, -1)}}


def colour(item: Item, today: str) -> str:
    """Green closed on time, yellow closed late, red overdue; yellow, too, what is due soon, was late and has another
    day by now or was applied for within it, came back and is not applied for anew (where the policy says so), or of
    which the plan, a report, a look back or a milestone is missing; blue otherwise. No date, no red.

    What was applied for in time does not turn red while somebody else verifies.
    """
    if item["state"] == "closed":
        return "yellow" if item["late"] else "green"
    if item["state"] == "close_requested":
        return "blue" if not item["late"] else "red" if item["closeout"]["overdue"] else "yellow"
    if overdue(item, today):
        return "red"
    return "yellow" if item["late"] or any(day < today for day in owed(item)) else "blue"


def owed(item: Item) -> list[str]:
    """The days past which an item that is with its unit is yellow."""
    return [item[key] for key in OWED if item.get(key)]


def overdue(item: Item, today: str) -> bool:
    """Whether it should have been put right by now and is with its unit."""
    return item["state"] in WORKING and bool(item["due_on"] and item["due_on"] < today)


def shown(item: Item, today: str) -> dict[str, Any]:
    """An item as people see it."""
    whole = {key: item[key] for key in item if not key.endswith("_key")}
    late, fresh = item["late"] or overdue(item, today), fresh_evidence(item)
    return {
        **whole,
        "closeout": {**item["closeout"], "hash": applied_for(item)} if item["closeout"] else None,
        "look_backs_missed": lists.missed(item, today),
        "colour": colour(item, today),
        "late": late,
        "evidence": len(evidence_of(item)),
        "fresh": len(fresh),
        "fresh_files": len(filed(fresh)),
    }


def begin(item: Item, move: str, hand: Hand) -> tuple[Item, str]:
    """An item as it stands when somebody makes a move, and the state it comes to; from now on it is known if it is
    late, and which look back was missed, whatever day it is given."""
    allowed, to = MOVES[move][:2]
    if item["state"] not in allowed:
        raise Refusal("wrong_state", state=item["state"], move=move)
    late = item["late"] or overdue(item, hand.today)
    return {**item, "late": late, "look_backs_missed": lists.missed(item, hand.today)}, to or item["state"]


def entry(what: str, hand: Hand, reason: str = "", **more: Any) -> dict[str, Any]:
    """A line of an item's history."""
    return {"what": what, "by": hand.name, "at": hand.at, "reason": reason, **more}


def changes(before: Item, after: Item) -> dict[str, Any]:
    """What a line of history keeps of that which was stated otherwise: the value before, and the one that took its
    place."""
    found = [{"field": key, "from": before[key], "to": after[key]} for key in STATED if before[key] != after[key]]
    return {"changes": found} if found else {}


def fact(item: Item, name: str, data: dict[str, Any]) -> Fact:
    """What is said of an item."""
    said = {**{key: item[key] for key in ("item_id", "unit", "group", "category")}, **data}
    return Fact(name, item["_id"], item["campaign"], item["region"], said)
