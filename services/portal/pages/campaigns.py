"""Campaigns: the definition as it was loaded, the twelve aspects with their offsets, and the button that opens it."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext

from services.portal import asking, clients, reference

room = Blueprint("campaigns", __name__)


@room.get("/campaigns")
def listed() -> Any:
    """All campaigns this person works in; a single one is opened at once."""
    campaigns = asking.get("registry", "/campaigns")["rows"]
    if len(campaigns) == 1:
        return redirect(url_for(".show", campaign=campaigns[0]["campaign_code"]))
    return render_template("campaigns.html", campaigns=campaigns)


@room.get("/campaigns/<code:campaign>")
def show(campaign: str, problem: clients.Declined | None = None) -> Any:
    """One campaign's definition."""
    definition = asking.get("registry", f"/campaigns/{campaign}")
    return render_template(
        "campaign.html",
        campaign=campaign,
        definition=definition,
        roster=reference.roster(campaign),
        standards=reference.titles(campaign, "standards"),
        lists=reference.titles(campaign, "lists"),
        problem=problem,
        may_open=asking.viewer().may("open_campaign") and definition.get("state") == "draft",
        work=asking.find("registry", f"/campaigns/{campaign}/opening")
        if definition.get("state") == "opening"
        else None,
    )


@room.get("/campaigns/<code:campaign>/opening")
def state(campaign: str) -> Any:
    """How many units were told that the campaign opens, for the page that waits."""
    found = asking.get("registry", f"/campaigns/{campaign}/opening")
    return {"state": found["state"], "worked": found["worked"]}


@room.post("/campaigns/<code:campaign>/open")
def start(campaign: str) -> Any:
    """Open the campaign: from now on its dates hold and its units are told."""
    try:
        opened = asking.post("registry", f"/campaigns/{campaign}/open").body
    except clients.Declined as problem:
        if problem.status in (401, 404):
            raise
        return show(campaign, problem), problem.status
    reference.forget()
    if opened["state"] == "open":
        flash(gettext("活动已启动，各单位的十二项日期已生效。"), "done")
    return redirect(url_for(".show", campaign=campaign), 303)
