"""Units by a few letters of their names, for a box that many units would not fit in."""

from typing import Any

from flask import Blueprint, request

from services.portal import asking, reference
from services.spine import actor

room = Blueprint("unit_search", __name__)


@room.get("/units.json")
def found() -> Any:
    """The first units in the reader's scope whose name or code has the words."""
    permission = request.args.get("permission", "read_campaign")
    asking.needs(permission if permission in actor.MAY else "read_campaign")
    campaign = asking.campaign() or ""
    rows = reference.search(campaign, request.args.get("q", ""), permission)
    places = reference.region_names(campaign)
    return {
        "rows": [
            {"code": row["unit_code"], "name": row["name"], "region": places.get(row["region"], row["region"])}
            for row in rows
        ]
    }
