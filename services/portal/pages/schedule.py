"""The schedule: who asks for another day, which days clash, which days are worked, and calendars to take along."""

from functools import partial
from typing import Any

from flask import Blueprint, Response, abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext

from services.portal import asking, clients, doing, languages, listing, numerals, reference
from services.portal.pages import definition, files

room = Blueprint("schedule", __name__)
PLACES = ("region", "group")


@room.get("/schedule")
def asked() -> Any:
    """Units that ask for another day, who has waited longest first, or those that were answered."""
    asking.needs("read_board")
    campaign = asking.campaign()
    if campaign is None:
        return render_template("no_campaign.html")
    state = "decided" if request.args.get("state") == "decided" else "asked"
    path = f"/campaigns/{campaign}/postponements"
    found = listing.page("registry", path, state=state, **listing.filters(*PLACES))
    return render_template("schedule_asked.html", found=found, asked_state=state, **_places(campaign))


@room.get("/schedule/clashes")
def clashes() -> Any:
    """Days on which a group has several meetings, or nobody works."""
    asking.needs("read_board")
    campaign = asking.campaign()
    if campaign is None:
        return render_template("no_campaign.html")
    found = listing.page("registry", f"/campaigns/{campaign}/clashes", **listing.filters("what", *PLACES))
    return render_template("schedule_clashes.html", found=found, **_places(campaign))


@room.get("/schedule/workdays")
def workdays(problem: clients.Declined | None = None) -> Any:
    """Which years are known from where, what a file moved, and the form for the next file."""
    asking.needs("read_workdays")
    found = asking.get("registry", "/workdays")
    return render_template("workdays.html", found=found, problem=problem, entered=request.form)


@room.post("/schedule/workdays")
def load() -> Any:
    """Have it worked out what a holiday file comes to, before it is loaded."""

    def act() -> None:
        if g.get("too_large"):
            raise files.too_large()
        upload = files.chosen("file")
        if upload is None:
            raise clients.refused("file_missing", languages.current())
        note = request.form.get("note", "").strip()
        asking.hand_in("registry", "/workdays/preview", {"file": upload, "note": note})

    return doing.attempt(act, workdays, url_for(".preview"))


@room.get("/schedule/workdays/preview")
def preview(problem: clients.Declined | None = None) -> Any:
    """How many units a holiday file moves, which of the own campaign, and the button that loads it."""
    asking.needs("load_workdays")
    found = asking.find("registry", "/workdays/preview")
    if found is None:
        return redirect(url_for(".workdays"), 303)
    campaign, units = asking.campaign() if asking.viewer().may("read_board") else None, None
    what = "past" if request.args.get("what") == "past" else "moved"
    mine = next((one for one in found["campaigns"] if one["campaign"] == campaign), None)
    if mine and found["state"] != "running":
        units = listing.page("registry", f"/campaigns/{campaign}/workdays-preview/units", what=what)
    return render_template(
        "workdays_preview.html", found=found, mine=mine, units=units, chosen=what, problem=problem, campaign=campaign,
        lines=partial(definition.listed_changes, campaign or ""),
        regions=reference.region_names(campaign) if units else {},
    )  # fmt: skip


@room.get("/schedule/workdays/preview/state")
def preview_state() -> Any:
    """How far it was worked out, for the page that waits."""
    found = asking.get("registry", "/workdays/preview")
    return {"state": found["state"], "worked": found["worked"]}


@room.post("/schedule/workdays/confirmation")
def confirm() -> Any:
    """Load what was looked at."""

    def act() -> None:
        asking.post("registry", "/workdays/confirmation", {"preview": numerals.read(request.form.get("preview", ""))})
        flash(gettext("节假日安排已载入，各单位按工作日推算的日期随之重新推算。"), "done")

    return doing.attempt(act, preview, url_for(".workdays"))


@room.get("/schedule.ics")
def calendar() -> Response:
    """Meetings and due days within this person's scope, to put in a calendar."""
    campaign = asking.campaign() or abort(404)
    return files.passed_on("registry", "/calendar.ics", campaign=campaign)


def _places(campaign: str) -> dict[str, Any]:
    return {
        "roster": reference.own(campaign, "read_board"),
        "regions": reference.region_names(campaign),
        "groups": reference.group_names(campaign),
    }
