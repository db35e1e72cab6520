"""The rules of reading.

What must stay true: the five standards are a veto, not a score; a named person decides and the pre-check only advises;
a version is judged once, and only while it is the current one. A review: {_id: material_id.v<n>, material_id, campaign,
unit, region, group, kind, post, version, sha256, media, state: waiting|prechecked|unreadable|judged|superseded,
meeting_on, submitted_at, paragraphs, structure, findings, fails, near_copies, refusal, verdict}.
"""

from datetime import date
from typing import Any, NamedTuple

from services.spine import errors, workdays
from services.spine.events import Fact

Review = dict[str, Any]
STANDARDS = ("problems", "examples", "persuasion", "causes", "measures")
READABLE = ("prechecked", "unreadable")
PLACES = ("material_id", "unit", "group", "kind", "post", "version")
MANY = 2


def begin(event: dict[str, Any], meeting_on: str | None) -> Review:
    """The review of a version that was just handed in."""
    said = event["data"]
    review_id = f"{said['material_id']}.v{said['version']}"
    return {
        "_id": review_id,
        "review_id": review_id,
        "campaign": event["campaign"],
        "region": event["region"],
        **{key: said[key] for key in (*PLACES, "sha256", "media")},
        "state": "waiting",
        "meeting_on": meeting_on,
        "submitted_at": event["time"],
        "paragraphs": [],
        "structure": [],
        "findings": [],
        "fails": [],
        "near_copies": [],
        "refusal": None,
        "verdict": None,
    }


def prechecked(review: Review, found: dict[str, Any]) -> tuple[Review, list[Fact]]:
    """The pre-check's findings are there; a second pre-check of the same version changes nothing."""
    if review["state"] != "waiting":
        return review, []
    refusal = found.get("refusal")
    keys = ("paragraphs", "structure", "findings", "fails", "near_copies", "rules_version")
    changed = {**review, **{key: found[key] for key in keys if key in found}, "refusal": refusal}
    changed["state"] = "unreadable" if refusal else "prechecked"
    said = {
        **{key: review[key] for key in (*PLACES, "review_id")},
        "readable": refusal is None,
        "fails": changed["fails"],
        "findings": len(changed["findings"]),
        "near_copies": len(changed["near_copies"]),
        "refusal": refusal["code"] if refusal else None,
    }
    return changed, [_fact(review, "material_prechecked", said)]


def supersede(review: Review) -> Review:
    """A newer version came before this one was judged."""
    return review if review["state"] in ("judged", "superseded") else {**review, "state": "superseded"}


def judge(standards: dict[str, dict[str, Any]]) -> str:
    """One failed standard sends a material back; copying, or more than two, means it is written anew."""
    failed = [one for one in standards.values() if not one["passed"]]
    if not failed:
        return "passed"
    return "rewrite" if len(failed) > MANY or any(one.get("copied") for one in failed) else "returned"


class Reader(NamedTuple):
    """Who decides, and when: account, post, time, and the day it is there."""

    account: str
    name: str
    at: str
    today: str


def give_verdict(
    review: Review, standards: dict[str, dict[str, Any]], reader: Reader, limit: dict[str, Any], newest: int
) -> tuple[Review, list[Fact]]:
    """A named person's verdict: a reason for each failed standard, and the day by which an answer is due."""
    if review["verdict"]:
        given = review["verdict"]
        raise errors.Refusal(
            "already_judged", version=review["version"], at=given["at"], by=given["by"], outcome=given["outcome"]
        )
    if review["state"] == "superseded" or newest > review["version"]:
        raise errors.Refusal("superseded", version=review["version"], newer=newest)
    if review["state"] not in READABLE:
        raise errors.Refusal("not_prechecked")
    silent = [
        code for code in STANDARDS if not standards[code]["passed"] and not standards[code].get("reason", "").strip()
    ]
    if silent:
        faults = [{"pointer": f"/standards/{code}/reason", "code": "reason_needed"} for code in silent]
        raise errors.Refusal("verdict_without_reason", standards="、".join(silent), errors=faults)
    for code in STANDARDS:
        _check_quotation(review, code, standards[code])
    outcome = judge(standards)
    failed = [code for code in STANDARDS if not standards[code]["passed"]]
    comments = [_comment(review, code, standards[code]) for code in failed]
    due_on = None
    if outcome != "passed":
        due_on = workdays.shift(date.fromisoformat(reader.today), limit["days"], limit["unit"]).isoformat()
        if review["meeting_on"] and review["meeting_on"] >= reader.today:
            due_on = min(due_on, review["meeting_on"])
    verdict = {"outcome": outcome, "by": reader.name, "by_account": reader.account, "at": reader.at, "due_on": due_on}
    changed = {**review, "state": "judged", "verdict": {**verdict, "standards": standards, "comments": comments}}
    said = {
        **{key: review[key] for key in (*PLACES, "review_id")},
        "outcome": outcome,
        "failed": failed,
        "comments": [comment["id"] for comment in comments],
        "due_on": due_on,
    }
    return changed, [_fact(review, "verdict_issued", said)]


def _check_quotation(review: Review, code: str, one: dict[str, Any]) -> None:
    """What is quoted stands in the text, in the paragraph that is named."""
    quotation, number = (one.get("quotation") or "").strip(), one.get("paragraph")
    if not quotation or not review["paragraphs"]:
        return
    if not any(quotation in row["text"] for row in review["paragraphs"] if number in (None, row["n"])):
        facts = {"code": "quotation_not_in_text", "version": review["version"], "quotation": quotation[:80]}
        pointer = [{"pointer": f"/standards/{code}/quotation", **facts}]
        raise errors.Refusal(**facts, errors=pointer)


def row(review: Review) -> dict[str, Any]:
    """A review as a line of the queue."""
    keys = (*PLACES, "review_id", "campaign", "region", "state", "fails", "meeting_on", "submitted_at", "refusal")
    counts = {"findings": len(review["findings"]), "near_copies": len(review["near_copies"])}
    verdict = review["verdict"] or {}
    return {
        **{key: review[key] for key in keys},
        **counts,
        "outcome": verdict.get("outcome"),
        "judged_at": verdict.get("at"),
    }


def _comment(review: Review, code: str, one: dict[str, Any]) -> dict[str, Any]:
    keys = ("reason", "quotation", "paragraph", "would_pass")
    return {"id": f"{review['_id']}.{code}", "standard": code, **{key: one.get(key) for key in keys}}


def _fact(review: Review, name: str, data: dict[str, Any]) -> Fact:
    return Fact(name, review["_id"], review["campaign"], review["region"], data)
