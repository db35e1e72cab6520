"""Pages that lay one text beside another, or out to print: differences to earlier versions, near-copies, the form."""

from typing import Any

from flask import Blueprint, abort, render_template, request

from services.portal import asking, desk, marking, opinions, reference, twins

room = Blueprint("beside", __name__)
CHANGES = ("changed", "moved", "added", "removed")


@room.get("/reviews/<code:review_id>/differences")
def differences(review_id: str) -> Any:
    """What changed since an earlier version, paragraph by paragraph and word by word."""
    review = asking.get("review", f"/reviews/{review_id}")
    version = int(review["version"])
    asked = request.args.get("against", "")
    against = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 4 else version - 1
    if version > 1 and not 1 <= against < version:
        abort(404)
    if version == 1:
        return render_template("differences.html", review=review, found=None, against=None, **_place(review))
    found = asking.get("review", f"/reviews/{review_id}/differences", against=against)
    only = bool(request.args.get("only"))
    return render_template(
        "differences.html",
        review=review, found=found, against=against, only=only,
        rows=_folded(found["rows"]) if only else found["rows"], **_place(review),
    )  # fmt: skip


@room.get("/reviews/<code:review_id>/copies")
def copies(review_id: str) -> Any:
    """What this text shares with others, passage beside passage."""
    review = asking.get("review", f"/reviews/{review_id}")
    shown = [
        {
            **one,
            "rows": twins.beside(one.get("passages") or []),
            "days": twins.days_apart(review.get("submitted_at"), one.get("submitted_at")),
        }
        for one in review.get("near_copies") or []
    ]
    return render_template("copies.html", review=review, copies=shown, **_place(review))


@room.get("/reviews/<code:review_id>/print")
def form(review_id: str) -> Any:
    """The text with numbered findings, the opinions it must answer and the five standards to tick, for paper."""
    review = asking.get("review", f"/reviews/{review_id}")
    if not asking.viewer().has(*desk.GROUP, "office", "county_office"):
        abort(403)
    standards = desk.standards(review)
    findings = desk.in_order(review, list(standards))
    said = [one for one in opinions.beside(review["material_id"], review) or () if not one["withdrawn"]]
    numbers = {str(one["id"]): number for number, one in enumerate(findings, 1)}
    return render_template(
        "print.html",
        review=review, standards=standards, findings=findings, numbers=numbers, answered=desk.answered(review),
        opinions=said, paragraphs=marking.annotate(review.get("paragraphs") or [], findings), **_place(review),
    )  # fmt: skip


def _place(review: dict[str, Any]) -> dict[str, Any]:
    campaign, unit = str(review["review_id"]).split(".")[:2]
    return {"review_id": review["review_id"], "unit": unit, "names": reference.unit_names(campaign)}


def _folded(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Only what changed; what stayed the same in between is told by its number of paragraphs."""
    folded: list[dict[str, Any]] = []
    for row in rows:
        if row["kind"] in CHANGES:
            folded.append(row)
        elif folded and folded[-1]["kind"] == "folded":
            folded[-1]["count"] += 1
        else:
            folded.append({"kind": "folded", "count": 1})
    return folded
