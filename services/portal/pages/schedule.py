"""The schedule: who asks for another day, which days clash, which days are worked, and calendars to take along."""

from typing import Any

from flask import Blueprint, Response, abort, flash, g, render_template, request, url_for
from flask_babel import gettext

from services.portal import asking, clients, doing, languages, listing, reference
from services.portal.pages import files

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
    """Load a holiday file."""

    def act() -> None:
        if g.get("too_large"):
            raise files.too_large()
        upload = files.chosen("file")
        if upload is None:
            raise clients.refused("file_missing", languages.current())
        asking.hand_in("registry", "/workdays", {"file": upload, "note": request.form.get("note", "").strip()})
        flash(gettext("节假日安排已载入，各单位按工作日推算的日期随之重新推算。"), "done")

    return doing.attempt(act, workdays, url_for(".workdays"))


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
