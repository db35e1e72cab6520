"""Bulletins: the board's numbers kept as they were, made with one press and handed out as Word."""

import uuid
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext

from services.portal import asking, clients, listing, reference, sessions
from services.portal.pages import files

room = Blueprint("bulletins", __name__)


@room.get("/board/bulletins")
def listed(problem: clients.Declined | None = None) -> Any:
    """All bulletins in the reader's scope, and the button that makes one."""
    asking.needs("make_bulletin")
    campaign = asking.campaign()
    if campaign is None:
        return render_template("no_campaign.html")
    own = reference.own(campaign, "make_bulletin")
    return render_template(
        "bulletins.html",
        view="bulletins",
        campaign=campaign,
        definition=reference.campaign(campaign),
        bulletins=listing.page("registry", f"/campaigns/{campaign}/bulletins"),
        regions=reference.region_names(campaign),
        own_regions=own["regions"],
        whole=_whole(asking.viewer(), campaign),
        fresh_key=uuid.uuid4().hex,
        problem=problem,
        entered=request.form,
    )


@room.post("/board/bulletins")
def make() -> Any:
    """Keep the numbers of this moment; the same press makes one bulletin."""
    asking.needs("make_bulletin")
    campaign, form = asking.campaign(), request.form
    wanted = {"key": form.get("key", ""), "title": form.get("title", "").strip()}
    if form.get("region"):
        wanted["region"] = form["region"]
    try:
        made = asking.post("registry", f"/campaigns/{campaign}/bulletins", wanted).body
    except clients.Declined as problem:
        if problem.status == 401:
            raise
        return listed(problem), problem.status
    flash(gettext("第 %(n)s 期简报已编发，数字已固定。", n=made["number"]), "done")
    return redirect(url_for(".listed"), 303)


@room.get("/board/bulletins/<code:bulletin_id>")
def show(bulletin_id: str) -> Any:
    """The list in which a bulletin stands."""
    return redirect(url_for(".listed", campaign=bulletin_id.partition(".")[0]))


@room.get("/board/bulletins/<code:bulletin_id>.docx")
def word(bulletin_id: str) -> Any:
    """A bulletin's Word document."""
    return files.passed_on("registry", f"/bulletins/{clients.quoted(bulletin_id)}/word")


def _whole(viewer: sessions.Viewer, campaign: str) -> bool:
    return any(kind == "campaign" for kind, _ in viewer.parts(campaign, "make_bulletin"))
