"""Reference templates: how a material is usually laid out, to look at, as Word, and all of a unit's as a package."""

from typing import Any

from flask import Blueprint, render_template

from services.portal import asking, reference
from services.portal.pages import files, materials

room = Blueprint("templates", __name__)


@room.get("/materials/<code:material_id>/template")
def show(material_id: str) -> Any:
    """The template of a material on a page."""
    campaign, unit, kind, post = materials.parts(material_id)
    body = {"material_id": material_id, "names": reference.names(campaign, unit)}
    found = asking.post("intake", f"/kinds/{kind}/template/preview", body).body
    return render_template(
        "template.html",
        material_id=material_id,
        kind=kind,
        unit=unit,
        post=post,
        blocks=found["blocks"],
        own=found["own"],
    )


@room.get("/materials/<code:material_id>/template.docx")
def word(material_id: str) -> Any:
    """The same as a Word document."""
    campaign, unit, kind, _ = materials.parts(material_id)
    body = {"material_id": material_id, "names": reference.names(campaign, unit)}
    return files.passed_on("intake", f"/kinds/{kind}/template", body)


@room.get("/meetings/<code:meeting_id>/templates.zip")
def package(meeting_id: str) -> Any:
    """The templates of all that a unit owes and the reader may read."""
    campaign, _, unit = meeting_id.partition(".")
    return files.passed_on(
        "intake", f"/units/{unit}/templates", {"campaign": campaign, "names": reference.names(campaign, unit)}
    )
