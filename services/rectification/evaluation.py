"""How a unit did with what it had to put right: three methods, one grade, another round where the grade is low.

What must stay true: the unit neither gathers nor decides, and learns the result alone; of fewer people than the least
group nothing is told, and of more only scores in steps of five and counts that are not small; the group proposes, the
office decides, both with reasons; every round is kept. Grades, their thresholds and the methods' weights are policy, in
all rounds that of the campaign's version (`definition`) the first was begun under: {grades: [{code, title, at_least,
points, again}], weights, sample, second_round_days}. An evaluation: {_id: campaign.unit.v<round>, evaluation_id,
campaign, unit, region, group, definition, round, state: gathering|proposed|decided, due_on, items: [item ids],
findings: [{key, method, on, text, score, counts, items: [{item_id, holds}], by, by_account, at}], appraisals:
[{form_id, people, score}], proposal, decision, reopened: [item ids]}.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from services.rectification import closing, grading, lists
from services.rectification.domain import Hand, Item, known
from services.spine.errors import Refusal
from services.spine.events import Fact

Evaluation = dict[str, Any]
Policy = Mapping[str, Any]
Changed = tuple[Evaluation, list[Fact]]
PLACES = ("campaign", "unit", "region", "group")


def begin(place: dict[str, Any], number: int = 1, due_on: str | None = None, items: Sequence[str] = ()) -> Evaluation:
    """An evaluation of a round of which nothing is known yet."""
    key = f"{place['campaign']}.{place['unit']}.v{number}"
    return {
        "_id": key,
        "evaluation_id": key,
        **{name: place[name] for name in PLACES},
        "definition": place.get("definition"),
        "round": number,
        "state": "gathering",
        "due_on": due_on,
        "items": list(items),
        "findings": [],
        "appraisals": [],
        "proposal": None,
        "decision": None,
        "reopened": [],
    }


def record(
    evaluation: Evaluation, draft: dict[str, Any], hand: Hand, own_unit: bool, policy: Policy, items: Sequence[str]
) -> Changed:
    """What a visit came to, or how many of those asked said which grade; the same again changes nothing."""
    _check_open(evaluation, own_unit)
    if known(evaluation["findings"], draft):
        return evaluation, []
    needed = "score" if draft["method"] == "visit" else "counts"
    if needed not in draft:
        raise grading.refusal("field_needed", f"/{needed}", field=needed)
    codes = {grade["code"] for grade in grading.grades(policy)}
    if unknown := sorted(set(draft.get("counts", ())) - codes):
        raise grading.refusal("grade_unknown", "/counts", grade=unknown[0])
    if draft["on"] > hand.today:
        raise grading.refusal("day_in_future", "/on", on=draft["on"])
    if foreign := sorted({one["item_id"] for one in draft.get("items", ())} - set(items)):
        raise Refusal("not_found", id=foreign[0])
    finding = {**draft, "by": hand.name, "by_account": hand.account, "at": hand.at}
    return {**evaluation, "findings": [*evaluation["findings"], finding]}, []


def appraised(evaluation: Evaluation, form: dict[str, Any]) -> Changed:
    """An anonymous form about the unit is closed; heard again it counts once, and after the decision no more."""
    told = any(one["form_id"] == form["form_id"] for one in evaluation["appraisals"])
    if told or evaluation["state"] == "decided":
        return evaluation, []
    kept = {"form_id": form["form_id"], "people": form["answered"], "score": form["score"]}
    return {**evaluation, "appraisals": [*evaluation["appraisals"], kept]}, []


def propose(
    evaluation: Evaluation, draft: dict[str, str], hand: Hand, own_unit: bool, policy: Policy, least: int
) -> Changed:
    """The group proposes a grade once every method has a score; another proposal takes the place of one that waits."""
    _check_open(evaluation, own_unit)
    _again(evaluation, policy, draft["grade"])
    if missing := grading.missing_methods(evaluation, policy, least):
        raise Refusal("methods_missing", methods="、".join(missing))
    stands = evaluation["proposal"]
    if stands and all(stands[key] == draft[key] for key in draft):
        return evaluation, []
    proposal = {**draft, "by": hand.name, "by_account": hand.account, "at": hand.at}
    changed = {**evaluation, "state": "proposed", "proposal": proposal}
    return changed, [_fact(changed, "evaluation_proposed", grade=draft["grade"])]


def decide(evaluation: Evaluation, draft: dict[str, str], hand: Hand, own_unit: bool, policy: Policy) -> Changed:
    """The office decides; a low grade opens another round, with a day and the items that did not hold."""
    stands = evaluation["decision"]
    if stands and all(stands[key] == draft[key] for key in draft):
        return evaluation, []
    _check_open(evaluation, own_unit)
    if evaluation["state"] != "proposed":
        raise Refusal("grade_not_proposed")
    if evaluation["proposal"]["by_account"] == hand.account:
        raise Refusal("proposer_decides")
    again = _again(evaluation, policy, draft["grade"])
    due_on = draft.get("due_on") or lists.after(hand.today, policy["second_round_days"]) if again else None
    if due_on and due_on < hand.today:
        raise grading.refusal("day_past", "/due_on", on=due_on)
    who = {"by": hand.name, "by_account": hand.account, "at": hand.at, "on": hand.today}
    said = {key: draft[key] for key in ("grade", "reason")}
    changed = {**evaluation, "state": "decided", "decision": {**said, "again": again, "due_on": due_on, **who}}
    facts = [_fact(changed, "evaluation_decided", grade=draft["grade"], again=again)]
    if again:
        following = next_round(changed)
        told = {"due_on": due_on, "items": len(following["items"])}
        facts.append(_fact(following, "second_round_opened", **told)._replace(subject=changed["_id"]))
    return changed, facts


def next_round(evaluation: Evaluation) -> Evaluation:
    """The round that a low grade opens: what was found not to hold is put right again by its day."""
    return begin(evaluation, evaluation["round"] + 1, evaluation["decision"]["due_on"], not_holding(evaluation))


def reopened(item: Item, decision: Mapping[str, Any], hand: Hand, limits: Mapping[str, Any]) -> tuple[Item, list[Fact]]:
    """A closed item that did not hold is open again until the round's day, or sooner as its list asks."""
    due_on, days = decision["due_on"], limits["immediate_days"]
    if item["category"] == "immediate":
        due_on = min(due_on, lists.after(hand.today, days))
    draft = {"reason": decision["reason"], "due_on": max(due_on, hand.today)}
    return closing.reopen(item, draft, hand, False, limits["rectification"], days)


def not_holding(evaluation: Evaluation) -> list[str]:
    """The items that did not hold when they were looked at last."""
    last = {one["item_id"]: one["holds"] for finding in evaluation["findings"] for one in finding.get("items", ())}
    return sorted(item for item, holds in last.items() if not holds)


def shown(evaluation: Evaluation, policy: Policy, least: int, today: str, inside: bool) -> dict[str, Any]:
    """An evaluation as people see it; its unit learns what was decided, and nothing of interviews but their score."""
    keys = ("evaluation_id", *PLACES, "round", "state", "due_on", "items")
    late = bool(evaluation["due_on"] and evaluation["due_on"] < today and evaluation["state"] != "decided")
    face = {
        **{key: evaluation[key] for key in keys},
        "late": late,
        "missing": grading.missing_methods(evaluation, policy, least),
        "grades": grading.grades(policy),
        "second_round_days": policy["second_round_days"],
    }
    decision, proposal = (_open(evaluation[key]) for key in ("decision", "proposal"))
    if inside and not decision:
        nothing: dict[str, Any] = {"findings": [], "methods": {}, "computed": None}
        return {**face, "state": "gathering", "missing": [], **nothing, "proposal": None, "decision": None}
    found, visits = grading.methods(evaluation, policy, least), ("visit",) if inside else grading.METHODS
    findings = [_told(one) for one in evaluation["findings"] if one["method"] in visits]
    rest = {"proposal": None if inside else proposal, "decision": decision}
    return {**face, "findings": findings, "methods": found, "computed": grading.computed(found, policy), **rest}


def row(evaluation: Evaluation, policy: Policy, today: str) -> dict[str, Any]:
    """An evaluation in a list, as everybody in its scope may see it."""
    decision = evaluation["decision"] or {"grade": None, "again": False}
    state = evaluation["state"] if evaluation["state"] == "decided" else "gathering"
    late = bool(evaluation["due_on"] and evaluation["due_on"] < today and state != "decided")
    kept = {key: evaluation[key] for key in ("evaluation_id", *PLACES, "round", "due_on")}
    title = grading.title(policy, decision["grade"]) if decision["grade"] else None
    grade = {"grade": decision["grade"], "title": title, "again": decision["again"]}
    return {**kept, "state": state, "late": late, **grade}


def _told(finding: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in finding.items() if key not in ("counts", "by_account")}


def _open(said: dict[str, Any] | None) -> dict[str, Any] | None:
    return said and {key: value for key, value in said.items() if key != "by_account"}


def _check_open(evaluation: Evaluation, own_unit: bool) -> None:
    if own_unit:
        raise Refusal("own_evaluation")
    if evaluation["state"] == "decided":
        raise Refusal("evaluation_decided_already")


def _again(evaluation: Evaluation, policy: Policy, grade: str) -> bool:
    """Whether a grade opens another round; refuses one with nothing in it to put right."""
    again = bool(grading.grade(policy, grade)["again"])
    if again and not not_holding(evaluation):
        raise Refusal("nothing_to_redo")
    return again


def _fact(evaluation: Evaluation, name: str, **more: Any) -> Fact:
    said = {**{key: evaluation[key] for key in ("evaluation_id", "unit", "group", "round")}, **more}
    return Fact(name, evaluation["_id"], evaluation["campaign"], evaluation["region"], said)
