"""The board: where all units stand, by stage and region; every number opens exactly the list it counts."""

from typing import Any

from flask import Blueprint, render_template

from services.portal import asking, charts, reference, wording

room = Blueprint("board", __name__)


@room.get("/board")
def show() -> Any:
    """Units by stage for each region and group, and the colours of the ledger."""
    campaign = asking.campaign()
    if campaign is None:
        return render_template("no_campaign.html")
    board = asking.get("registry", f"/campaigns/{campaign}/board")
    return render_template(
        "board.html",
        campaign=campaign,
        definition=reference.campaign(campaign),
        board=board,
        stage_sums={entry["stage"]: entry["count"] for entry in board["stages"]},
        colours=asking.find("rectification", "/items/counts", by="region"),
        regions=reference.region_names(campaign),
        stages=list(wording.STAGES),
        colour_codes=list(wording.COLOURS),
        bars=charts.bars,
        width=charts.WIDTH,
    )
