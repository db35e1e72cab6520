"""The ladder: documents that ask ever more firmly for what is late, each proposed by the night and signed by a person.

What must stay true: nothing goes out that nobody of the step's level signed; the next step comes only when the last was
not acknowledged in time; what was closed, asked to be closed or given another day is
let go; a number given is never given again, and numbers run by the words printed before them, so that no two documents
bear the same. The steps are policy: {mark, marks: [{of: level, region or group, mark: its own words}], steps: [{code,
title, text, after_days, signer, acknowledge_within, grace_days}]}. An escalation: {_id: item.e<round>-<rung>-<times>,
escalation_id, item_id, campaign, unit, region, group, category, item_number, round, rung, times, step, rules: its step
of the policy with the mark and marks, due_on, proposed_on, signer, state:
proposed|issued|acknowledged|withdrawn|lapsed, signed, look_on, office, year, number, serial, issued_on, acknowledge_by,
promise_by, names, paper, sha256, receipt: {answer, promised_on, in_time, by, on, at}, withdrawal: {reason, by, at},
history}.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from services.rectification import lateness, lists
from services.rectification.domain import WORKING, Hand, Item
from services.spine.errors import Refusal
from services.spine.events import Fact
from services.spine.workdays import PUBLISHED, Calendar

Escalation = dict[str, Any]
Policy = Mapping[str, Any]
Changed = tuple[Escalation, list[Fact]]
NEVER = lateness.NEVER
LEVELS = {"group_leader": "group", "county_office": "region", "office": "campaign"}
"""Who signs, the lowest first, and whose paper it is then: whoever stands higher may sign for the level below."""
PLACES = ("item_id", "campaign", "unit", "region", "group", "category")


class Looked(NamedTuple):
    """An escalation as the night leaves it, what is said of it, and the one it proposes next."""

    escalation: Escalation
    facts: list[Fact]
    next: Escalation | None


def first_step(policy: Policy) -> int | None:
    """After how many days late the first step is due; None where a campaign has no ladder."""
    steps = policy.get("steps") or ()
    return steps[0]["after_days"] if steps else None


def propose(item: Item, policy: Policy, rung: int, times: int, today: str) -> Escalation:
    """A document the night proposes; its id follows from what it is, so proposing it twice is proposing it once."""
    step = policy["steps"][rung - 1]
    key = f"{item['item_id']}.e{item['told']['round']}-{rung}-{times}"
    return {
        "_id": key,
        "escalation_id": key,
        **{name: item[name] for name in PLACES},
        "item_number": item["number"],
        "round": item["told"]["round"],
        "rung": rung,
        "times": times,
        "step": step["code"],
        "rules": {**step, **{key: policy[key] for key in ("mark", "marks") if key in policy}},
        "due_on": item["due_on"],
        "proposed_on": today,
        "signer": step["signer"],
        "state": "proposed",
        "signed": False,
        "look_on": lists.after(today, 1),
        **dict.fromkeys(("office", "year", "number", "issued_on", "acknowledge_by", "promise_by", "sha256")),
        "paper": [],
        "receipt": None,
        "withdrawal": None,
        "history": [{"what": "proposed", "by": None, "on": today, "at": None}],
    }


def proposed(escalation: Escalation) -> list[Fact]:
    """What is said when a document is proposed."""
    return [_fact(escalation, "escalation_proposed", {"signer": escalation["signer"]})]


def look(escalation: Escalation, item: Item | None, policy: Policy, today: str) -> Looked:
    """What a night makes of a document whose day has come."""
    steps, state = policy.get("steps") or (), escalation["state"]
    another = item is None or item["state"] == "closed" or (item.get("told") or {}).get("round") != escalation["round"]
    if item is None or another or item["due_on"] != escalation["due_on"]:
        return Looked(*_let_go(escalation, NEVER), None)
    if item["state"] not in WORKING:
        return Looked(*_let_go(escalation, lists.after(today, 1)), None)
    if state == "proposed":
        return Looked({**escalation, "look_on": lists.after(today, 1)}, [], None)
    again = state in ("withdrawn", "lapsed")
    rung, times = (escalation["rung"], escalation["times"] + 1) if again else (escalation["rung"] + 1, 1)
    if rung > len(steps) or (escalation["receipt"] or {}).get("in_time"):
        return Looked({**escalation, "look_on": NEVER}, [], None)
    due = lists.after(item["due_on"], steps[rung - 1]["after_days"])
    if due > today:
        return Looked({**escalation, "look_on": due}, [], None)
    return Looked({**escalation, "look_on": NEVER}, [], propose(item, policy, rung, times, today))


def check_signer(escalation: Escalation, roles: Sequence[str]) -> str:
    """The role by which somebody signs: that of the step's level or one above it."""
    held = next((role for role in _enough(escalation) if role in roles), None)
    if held is None:
        raise Refusal("signer_too_low", level=escalation["signer"])
    return held


def signed_by(role: str) -> list[str]:
    """The levels of the documents a role may sign: its own and those below."""
    levels = list(LEVELS)
    return levels[: levels.index(role) + 1]


def as_signed(escalation: Escalation, roles: Sequence[str]) -> Escalation:
    """A document as whoever has these roles signs it, else as its step's level does: whose it is, its words before the
    number (those of that very region or group, else of the level, else of all)."""
    role = next((role for role in _enough(escalation) if role in roles), escalation["signer"])
    place, rules = LEVELS[role], escalation["rules"]
    marks = {one["of"]: one["mark"] for one in rules.get("marks", ())}
    mark = marks.get(escalation[place]) or marks.get(role) or rules["mark"]
    office = f"{escalation['campaign']}/{place}:{escalation[place]}"
    return {**escalation, "office": office, "rules": {**rules, "mark": mark}}


def terms(escalation: Escalation, today: str, calendar: Calendar = PUBLISHED) -> dict[str, str]:
    """Until when a document that is issued today is to be acknowledged, and what may be promised at most."""
    within = escalation["rules"]["acknowledge_within"]
    by = calendar.shift(date.fromisoformat(today), within["days"], within["unit"]).isoformat()
    return {"acknowledge_by": by, "promise_by": lists.after(by, escalation["rules"]["grace_days"])}


def check_late(item: Item, today: str) -> None:
    """Nobody is written to for what is not late any more."""
    if not lateness.days_late(item, today):
        raise Refusal("item_not_late", number=item["number"])


def issue(escalation: Escalation, given: dict[str, Any], hand: Hand) -> Changed:
    """A person signs: the document has its number and goes out. `given`: {office, rules, year, number, serial,
    acknowledge_by, promise_by, names, paper, sha256}."""
    if escalation["state"] != "proposed":
        raise Refusal("escalation_settled", state=escalation["state"])
    changed = {
        **escalation,
        **given,
        "state": "issued",
        "signed": True,
        "issued_on": hand.today,
        "look_on": lists.after(given["acknowledge_by"], 1),
        "history": [*escalation["history"], _entry("issued", hand)],
    }
    said = {key: changed[key] for key in ("year", "number", "acknowledge_by")}
    return changed, [_fact(changed, "escalation_issued", said)]


def acknowledge(escalation: Escalation, draft: dict[str, str], hand: Hand) -> Changed:
    """The first responsible person has it, answers, and promises a day; the same again changes nothing."""
    known = escalation["receipt"]
    if known and all(known[key] == draft[key] for key in draft):
        return escalation, []
    if escalation["state"] != "issued":
        raise Refusal("escalation_settled", state=escalation["state"])
    promised, latest = draft["promised_on"], escalation["promise_by"]
    if not hand.today <= promised <= max(latest, hand.today):
        pointer = [
            {"pointer": "/promised_on", "code": "promise_out_of_range", "earliest": hand.today, "latest": latest}
        ]
        raise Refusal("promise_out_of_range", earliest=hand.today, latest=latest, errors=pointer)
    in_time = hand.today <= escalation["acknowledge_by"]
    receipt = {**draft, "in_time": in_time, "by": hand.name, "on": hand.today, "at": hand.at}
    changed = {
        **escalation,
        "state": "acknowledged",
        "receipt": receipt,
        "history": [*escalation["history"], _entry("acknowledged", hand)],
    }
    said = {"in_time": in_time, "promised_on": promised}
    return changed, [_fact(changed, "escalation_acknowledged", said)]


def withdraw(escalation: Escalation, reason: str, hand: Hand) -> Changed:
    """Whoever signs takes a proposal or a document back; if the item stays late the step comes again after its grace.
    The same again changes nothing, and what was acknowledged stands."""
    if escalation["state"] == "withdrawn" and escalation["withdrawal"]["reason"] == reason:
        return escalation, []
    if escalation["state"] not in ("proposed", "issued"):
        raise Refusal("escalation_settled", state=escalation["state"])
    changed = {
        **escalation,
        "state": "withdrawn",
        "withdrawal": {"reason": reason, "by": hand.name, "at": hand.at},
        "look_on": lists.after(hand.today, escalation["rules"]["grace_days"]),
        "history": [*escalation["history"], _entry("withdrawn", hand)],
    }
    return changed, [_fact(changed, "escalation_withdrawn", {"was": escalation["state"]})]


def rungs(policy: Policy, item: Item, taken: Sequence[Escalation]) -> list[dict[str, Any]]:
    """The ladder of an item, step by step: {code, title, after_days, signer, from_on, documents: [ids]}."""
    told, current = item.get("told") or {}, []
    for number, step in enumerate(policy.get("steps") or (), 1):
        here = [one["_id"] for one in taken if one["rung"] == number and one["round"] == told.get("round")]
        from_on = lists.after(item["due_on"], step["after_days"]) if item["due_on"] else None
        keys = ("code", "title", "after_days", "signer")
        current.append({**{key: step[key] for key in keys}, "from_on": from_on, "documents": here})
    return current


def check_proof(proof: Mapping[str, Any] | None, account: str, about: str, sha256: str, now: float) -> None:
    """Refuse what does not prove that this account gave its password again for this very text, just now."""
    deed, given = {"purpose": "sign", "about": about, "sha256": sha256, "by": account}, proof or {}
    if any(given.get(key) != deed[key] for key in deed) or given.get("exp", 0) < now:
        raise Refusal("proof_unknown")


def shown(escalation: Escalation) -> dict[str, Any]:
    """A document as people see it."""
    return {key: value for key, value in escalation.items() if key not in ("_id", "outbox", "revision", "look_on")}


def _enough(escalation: Escalation) -> list[str]:
    levels = list(LEVELS)
    return levels[levels.index(escalation["signer"]) :]


def _let_go(escalation: Escalation, look_on: str) -> Changed:
    if escalation["state"] != "proposed":
        return {**escalation, "look_on": look_on}, []
    lapsed = {**escalation, "state": "lapsed", "look_on": look_on}
    return lapsed, [_fact(lapsed, "escalation_withdrawn", {"was": "proposed"})]


def _entry(what: str, hand: Hand) -> dict[str, Any]:
    return {"what": what, "by": hand.name, "on": hand.today, "at": hand.at}


def _fact(escalation: Escalation, name: str, more: dict[str, Any]) -> Fact:
    keys = ("escalation_id", "item_id", "unit", "group", "category", "step", "rung", "state")
    said = {**{key: escalation[key] for key in keys}, **more}
    return Fact(name, escalation["_id"], escalation["campaign"], escalation["region"], said)
