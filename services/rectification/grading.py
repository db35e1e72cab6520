"""What an evaluation's methods came to, and which grade that is by the policy's weights and thresholds.

What must stay true: of fewer people than the least group nothing is told; of more only scores in steps of five and
counts that are not small, and where one is small only how many there were at least: no answer is a person's. Shapes
stand with `evaluation`.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from services.spine.errors import Refusal

Evaluation = dict[str, Any]
Policy = Mapping[str, Any]
METHODS = ("visit", "interviews", "appraisal")
STEP = 5
"""Scores of people's answers are told in such steps, so that none is a single person's."""


def methods(evaluation: Evaluation, policy: Policy, least: int) -> dict[str, dict[str, Any]]:
    """What each method came to, as far as it may be told."""
    return {method: _method(evaluation, method, policy, least) for method in METHODS}


def computed(found: Mapping[str, dict[str, Any]], policy: Policy) -> dict[str, Any] | None:
    """Score and grade by the policy's weights and thresholds, of the methods that have a score."""
    weights = {method: policy["weights"][method] for method in METHODS if found[method]["score"] is not None}
    if not sum(weights.values()):
        return None
    score = round(sum(found[method]["score"] * weight for method, weight in weights.items()) / sum(weights.values()))
    reached = next((one for one in grades(policy) if score >= one["at_least"]), grades(policy)[-1])
    return {"score": score, "grade": reached["code"]}


def missing_methods(evaluation: Evaluation, policy: Policy, least: int) -> list[str]:
    """The methods that count and came to no score yet: not used, or too few people answered."""
    found = methods(evaluation, policy, least)
    return [method for method in METHODS if policy["weights"][method] and found[method]["score"] is None]


def grades(policy: Policy) -> list[dict[str, Any]]:
    """The grades, the best first."""
    return list(policy["grades"])


def grade(policy: Policy, code: str) -> dict[str, Any]:
    """The grade of that code; refuses one the policy does not know."""
    found = next((one for one in grades(policy) if one["code"] == code), None)
    if found is None:
        raise refusal("grade_unknown", "/grade", grade=code)
    return found


def title(policy: Policy, code: str) -> dict[str, str]:
    """What a grade is called; its code where the policy does not know it."""
    known = (one["title"] for one in policy.get("grades", ()) if one["code"] == code)
    return next(known, {"zh": code, "en": code})


def _method(evaluation: Evaluation, method: str, policy: Policy, least: int) -> dict[str, Any]:
    found = [one for one in evaluation["findings"] if one["method"] == method]
    if method == "visit":
        score = round(sum(one["score"] for one in found) / len(found)) if found else None
        return {"records": len(found), "people": None, "counts": None, "score": score}
    forms = evaluation["appraisals"] if method == "appraisal" else []
    if forms:
        last = ([one for one in forms if one["score"] is not None] or forms)[-1]
        told = {"people": last["people"], "counts": None, "score": last["score"], "form_id": last["form_id"]}
        return {"records": len(forms), **told}
    counted: Counter[str] = Counter()
    for one in found:
        counted.update(one["counts"])
    people = sum(counted.values())
    if people < least:
        return {"records": len(found), "people": None, "counts": None, "score": None}
    score = stepped(sum(one["points"] * counted[one["code"]] for one in grades(policy)) / people)
    counts = {one["code"]: _at_least(counted[one["code"]], least) for one in grades(policy)}
    if None in counts.values():
        people = max(least, sum(number or 0 for number in counts.values()))
    return {"records": len(found), "people": people, "counts": counts, "score": score}


def stepped(score: float) -> int:
    """A score of people's answers as it is told."""
    return min(100, round(score / STEP) * STEP)


def _at_least(number: int, least: int) -> int | None:
    return number if number == 0 or number >= least else None


def refusal(code: str, pointer: str, **facts: Any) -> Refusal:
    """A refusal that points at a field."""
    return Refusal(code, errors=[{"pointer": pointer, "code": code, **facts}], **facts)
