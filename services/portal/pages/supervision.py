"""The group's comments at the meeting: what was done well, what is lacking, what is asked; the unit reads them too."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext

from services.portal import asking, clients, reference
from services.spine import clock

room = Blueprint("supervision", __name__)
ROWS = 12
SHOWN = 3


@room.get("/meetings/<code:meeting_id>/comment")
def show(meeting_id: str, problem: clients.Declined | None = None, about: str = "") -> Any:
    """The comment as it was issued with what was added, or the form for it."""
    meeting = asking.get("registry", f"/meetings/{meeting_id}")
    campaign, unit = meeting_id.split(".", 1)
    comment = asking.find("review", f"/supervision-comments/{meeting_id}.comment")
    candidates = (
        asking.rows("rectification", "/candidates", campaign=campaign, unit=unit, source="supervision", size=100)
        if comment
        else []
    )
    return render_template(
        "supervision.html",
        meeting=meeting, campaign=campaign, unit=unit, comment=comment,
        candidates={one["candidate_id"]: one for one in candidates}, names=reference.unit_names(campaign),
        groups=reference.group_names(campaign), may_comment=asking.viewer().may("comment_meeting"),
        problem=problem, about=about, **blank(campaign, meeting["meeting_on"], bool(meeting["held"])),
    )  # fmt: skip


def blank(campaign: str, meeting_on: str, held: bool) -> dict[str, Any]:
    """What the form of a comment is made of, on whichever page it stands."""
    return {
        "aspects": reference.titles(campaign, "aspects"),
        "rows": range(ROWS),
        "shown": SHOWN,
        "early": not held and meeting_on > clock.today(),
        "entered": request.form,
    }


@room.post("/meetings/<code:meeting_id>/comment")
def issue(meeting_id: str) -> Any:
    """Issue the comment, once for a meeting."""
    campaign, unit = meeting_id.split(".", 1)
    wanted = {
        "campaign": campaign,
        "unit": unit,
        "overall": request.form.get("overall", "").strip(),
        "merits": _lines("merit"),
        "problems": _problems(),
        "requirements": _lines("requirement"),
    }
    done = gettext("督导点评已印发，每个问题已成为整改台账的待列问题。")
    return _do(meeting_id, "/supervision-comments", wanted, done, "issue")


@room.post("/meetings/<code:meeting_id>/comment/addenda")
def add(meeting_id: str) -> Any:
    """Add to a comment that was issued."""
    wanted: dict[str, Any] = {"note": request.form.get("note", "").strip()}
    wanted |= {"problems": _problems(), "requirements": _lines("requirement")}
    path = f"/supervision-comments/{meeting_id}.comment/addenda"
    return _do(meeting_id, path, wanted, gettext("补充意见已印发。"), "addenda")


def _do(meeting_id: str, path: str, wanted: dict[str, Any], done: str, about: str) -> Any:
    try:
        asking.post("review", path, wanted)
    except clients.Declined as problem:
        if problem.status in (401, 404):
            raise
        return show(meeting_id, problem, about), problem.status
    flash(done, "done")
    there = url_for(".show", meeting_id=meeting_id)
    return {"to": there} if request.accept_mimetypes.best == "application/json" else redirect(there, 303)


def _lines(name: str) -> list[str]:
    """The rows of one kind that were filled in."""
    texts = (request.form.get(f"{name}-{row}", "").strip() for row in range(ROWS))
    return [text for text in texts if text]


def _problems() -> list[dict[str, str]]:
    found = []
    for row in range(ROWS):
        text, aspect = request.form.get(f"problem-{row}", "").strip(), request.form.get(f"aspect-{row}", "")
        if text:
            found.append({"text": text, **({"aspect": aspect} if aspect else {})})
    return found
