"""A day's reading opened at once: the texts I hold for one meeting day, one after another on one page that prints."""

from typing import Any

from flask import Blueprint, render_template, request
from werkzeug import exceptions

from services.portal import asking, desk, marking, reference, wording
from services.spine import clock

room = Blueprint("day", __name__)
MOST = 40


@room.get("/reviews/day")
def show() -> Any:
    """All texts I hold for a meeting day, with findings and their places."""
    asking.needs("hold")
    on = _asked(request.args.get("on", ""))
    campaign = asking.campaign()
    mine = asking.find("review", "/reviews", campaign=campaign, mine="held", meeting_on=on, size=MOST) or {
        "rows": [],
        "total": 0,
    }
    free = asking.find("review", "/reviews", campaign=campaign, mine="free", meeting_on=on, size=1)
    found = asking.many("review", [f"/reviews/{row['review_id']}" for row in mine["rows"]])
    return render_template(
        "day.html",
        on=on, texts=[_laid_out(number, one) for number, one in enumerate(found, 1) if one], total=mine["total"],
        free=free["total"] if free else 0, names=reference.unit_names(campaign), standards=list(wording.STANDARDS),
    )  # fmt: skip


def _asked(text: str) -> str:
    try:
        return clock.day(text).isoformat()
    except ValueError:
        raise exceptions.NotFound from None


def _laid_out(number: int, review: dict[str, Any]) -> dict[str, Any]:
    """A review with its paragraphs marked; ids are led by its number, so that many fit on one page."""
    findings = desk.in_order(review, list(desk.standards(review)))
    named = [{**one, "id": f"{number}-{one['id']}"} for one in findings]
    paragraphs = marking.annotate(review.get("paragraphs") or [], named)
    return {"number": number, "review": review, "findings": named, "paragraphs": paragraphs}
