"""Criticism lists of a unit: who has something to say to whom, how much of it was said last year; not what it is."""

from typing import Any

from flask import Blueprint, render_template

from services.portal import asking, reference

room = Blueprint("criticism", __name__)


@room.get("/meetings/<code:meeting_id>/criticism")
def show(meeting_id: str) -> Any:
    """The matrix to those who may see it, and how far each list covers the others."""
    campaign, _, unit = meeting_id.partition(".")
    told = asking.get("intake", "/criticism", campaign=campaign, unit=unit)
    return render_template(
        "criticism.html",
        meeting_id=meeting_id,
        campaign=campaign,
        unit=unit,
        names=reference.unit_names(campaign),
        told=told,
        pairs={(one["critic"], one["target"]): one for one in told["pairs"] or ()},
    )
