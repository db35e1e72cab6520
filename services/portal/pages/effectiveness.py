"""The effectiveness list: what was, what was done, what is now, derived from closed items and never typed in."""

from typing import Any

from flask import Blueprint, render_template

from services.portal import asking, listing, reference

room = Blueprint("effectiveness", __name__)


@room.get("/effectiveness")
def listed() -> Any:
    """Closed items and their effect."""
    campaign = asking.campaign()
    return render_template(
        "effectiveness.html",
        effects=listing.page("rectification", "/effectiveness", **listing.filters("unit")),
        names=reference.unit_names(campaign),
        roster=reference.own(campaign),
    )
