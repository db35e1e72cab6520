"""The words of messages: an office puts its own in the place of ours, sees them filled in, goes back."""

from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext

from services.portal import asking, clients, doing
from services.portal.pages import calls

room = Blueprint("letters", __name__)


@room.get("/campaigns/<code:campaign>/letters")
def listed(campaign: str) -> Any:
    """All letters, and where the office's own words stand."""
    rows = asking.get("notification", f"/letters/{campaign}")["rows"]
    events: dict[str, dict[str, bool]] = {}
    for row in rows:
        events.setdefault(row["event"], {})[row["language"]] = row["own"]
    return render_template("letters.html", campaign=campaign, events=events, title=calls.title)


@room.get("/campaigns/<code:campaign>/letters/<code:event>/<code:language>")
def show(campaign: str, event: str, language: str, problem: clients.Declined | None = None, said: Any = None) -> Any:
    """One letter: what stands, how it looks filled in, the fields it may use, all versions."""
    found = asking.get("notification", _path(campaign, event, language))
    stands = found["versions"][found["standing"] - 1]["text"] if found["standing"] else found["ours"]
    text = _text() or stands
    if said is None and problem is None:
        said = asking.post("notification", f"{_path(campaign, event, language)}/preview", {"text": text}).body["rows"]
    return render_template(
        "letter.html",
        campaign=campaign,
        found=found,
        text=text,
        said=said or [],
        title=calls.title(event),
        spoken=calls.spoken,
        problem=problem,
        entered=request.form,
    )


@room.post("/campaigns/<code:campaign>/letters/<code:event>/<code:language>")
def write(campaign: str, event: str, language: str) -> Any:
    """Look at what is written, or have it stand from now on."""

    def again(problem: clients.Declined) -> Any:
        return show(campaign, event, language, problem)

    if "preview" in request.form:
        try:
            path = f"{_path(campaign, event, language)}/preview"
            said = asking.post("notification", path, {"text": _text()}).body["rows"]
        except clients.Declined as problem:
            if problem.status in (401, 404):
                raise
            return again(problem), problem.status
        return show(campaign, event, language, said=said)
    wanted = {"text": _text(), "note": request.form.get("note", "").strip()}
    done, there = gettext("新的用语已启用。"), _there(campaign, event, language)
    return doing.post("notification", f"{_path(campaign, event, language)}/versions", wanted, done, again, there)


@room.post("/campaigns/<code:campaign>/letters/<code:event>/<code:language>/standing")
def choose(campaign: str, event: str, language: str) -> Any:
    """An earlier version stands again, or ours."""
    wanted = {"version": request.form.get("version", 0, int), "note": request.form.get("note", "").strip()}
    path, done = f"{_path(campaign, event, language)}/standing", gettext("已换回所选的用语。")
    there = _there(campaign, event, language)
    return doing.post(
        "notification", path, wanted, done, lambda problem: show(campaign, event, language, problem), there
    )


def _text() -> str:
    return request.form.get("text", "").replace("\r\n", "\n")


def _path(campaign: str, event: str, language: str) -> str:
    return f"/letters/{campaign}/{event}/{language}"


def _there(campaign: str, event: str, language: str) -> str:
    return url_for("letters.show", campaign=campaign, event=event, language=language)
