"""How a unit did, on one page for its secretary's work report; printed, as Word and as PDF."""

from typing import Any

from flask import Blueprint, Response, render_template

from services.portal import asking, clients, reference
from services.portal.pages import files

room = Blueprint("scorecards", __name__)


@room.get("/scorecards/<code:card_id>")
def show(card_id: str) -> Any:
    """The page."""
    card = asking.get("rectification", f"/scorecards/{card_id}")
    return render_template(
        "scorecard.html",
        card=card, names=reference.unit_names(card["campaign"]), lists=reference.titles(card["campaign"], "lists"),
    )  # fmt: skip


@room.get("/scorecards/<code:card_id>.docx")
def word(card_id: str) -> Response:
    """The same as a Word document."""
    return _paper(card_id, "word")


@room.get("/scorecards/<code:card_id>.pdf")
def pdf(card_id: str) -> Response:
    """The same as a PDF document."""
    return _paper(card_id, "pdf")


def _paper(card_id: str, made: str) -> Response:
    campaign, _, unit = card_id.partition(".")
    name = reference.unit_names(campaign).get(unit, unit)
    return files.passed_on("rectification", f"/scorecards/{clients.quoted(card_id)}/{made}", unit_name=name)
