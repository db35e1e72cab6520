"""The day of a meeting on a page for a tablet: attendance, agenda, who criticised whom, the closing statement.

What must stay true: every button works without script; with it, an entry is kept in the browser until the registry has
said what became of it, however long the line is down, and what was refused is shown with its reason and never dropped.
"""

import uuid
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, render_template, request, url_for
from flask_babel import gettext
from werkzeug import exceptions

from services.portal import asking, clients, doing, reference, refusals
from services.portal.pages import supervision
from services.spine import clock

room = Blueprint("meeting_day", __name__)
MOST = 200
WAITS = (409, 429)
"""Somebody writes at the same moment, or too much is sent at once: it may be taken later."""
SETTING = ("place", "host", "recorder")


@room.get("/meetings/<code:meeting_id>/day")
def show(meeting_id: str, problem: clients.Declined | None = None) -> Any:
    """The day as far as it is this person's to see; for the unit's hands with its buttons."""
    day = asking.get("registry", f"/meetings/{meeting_id}/day")
    comments = asking.viewer().may("comment_meeting") and not day["cancelled_on"]
    comment_open = comments and not asking.find("review", f"/supervision-comments/{meeting_id}.comment")
    return render_template(
        "meeting_day.html",
        day=day,
        meeting_id=meeting_id,
        unit=day["unit"],
        writes=asking.viewer().may("record_day") and day["gate"]["open"] and not day["locked"],
        groups=reference.group_names(day["campaign"]),
        said={(one["critic"], one["target"]): one for one in day["criticism"]["given"]},
        problem=problem,
        comment_open=comment_open,
        **(supervision.blank(day["campaign"], day["meeting_on"], day["locked"]) if comment_open else {}),
    )


@room.post("/meetings/<code:meeting_id>/day")
def write(meeting_id: str) -> Any:
    """One button, without script."""
    there = url_for(".show", meeting_id=meeting_id, _anchor=request.form.get("what"))

    def act() -> None:
        (row,) = asking.post("registry", f"/meetings/{meeting_id}/day", {"entries": [_entry(request.form)]}).body[
            "rows"
        ]
        flash(
            refusals.said(row["code"], row["params"]) if row["code"] else gettext("已登记。"),
            "" if row["code"] else "done",
        )

    return doing.attempt(act, lambda problem: show(meeting_id, problem), there)


@room.post("/meetings/<code:meeting_id>/day/entries")
def send(meeting_id: str) -> Any:
    """What waited in a browser: each entry with what became of it, in words where it was refused."""
    sent = request.get_json(silent=True)
    if not isinstance(sent, list) or not all(isinstance(one, dict) for one in sent[:MOST]):
        raise exceptions.BadRequest
    rows = _written(meeting_id, [_entry(one) for one in sent[:MOST]])
    return {"rows": [{**row, "text": row.get("text") or _why(row)} for row in rows]}


def _written(meeting_id: str, entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What became of entries, in their order, as far as it is known: the others wait where they are. One that is not
    as it should be is found among many by halves, so that it takes no other with it."""
    try:
        rows: list[dict[str, Any]] = asking.post("registry", f"/meetings/{meeting_id}/day", {"entries": entries}).body[
            "rows"
        ]
        return rows
    except clients.Declined as problem:
        if problem.status == 401 or problem.status >= 500:
            raise
        if problem.status in WAITS:
            return []
        if problem.status != 422 or len(entries) == 1:
            told = refusals.sentence(problem)
            return [{"id": entry["id"], "state": "refused", "text": told} for entry in entries]
    half = len(entries) // 2
    first = _written(meeting_id, entries[:half])
    return first + (_written(meeting_id, entries[half:]) if len(first) == half else [])


def _why(row: Mapping[str, Any]) -> str:
    return refusals.said(row["code"], row["params"]) if row.get("code") else ""


def _entry(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The entry that a form's fields mean; what is wrong with it is for the registry to say."""
    what = str(fields.get("what", ""))
    entry: dict[str, Any] = {"id": fields.get("id") or str(uuid.uuid4()), "what": what}
    entry["at"] = fields.get("at") or clock.now()
    if fields.get("saw") is not None:
        entry["saw"] = fields["saw"]
    if what == "attendance":
        entry |= {"post": fields.get("post"), "present": fields.get("present") == "yes"}
        if not entry["present"]:
            entry |= {"reason": str(fields.get("reason", "")).strip(), "written": bool(fields.get("written"))}
    elif what == "step":
        entry |= {"step": fields.get("step"), "back": bool(fields.get("back"))}
    elif what == "criticism":
        critic, target, done = [*str(fields.get("pair", "")).split("/"), "", ""][:3]
        entry |= {"critic": critic, "target": target, "done": done == "yes"}
    elif what == "statement":
        entry["text"] = str(fields.get("text", "")).strip()
    elif what == "setting":
        entry |= {key: str(fields.get(key, "")).strip() for key in SETTING}
    return entry
