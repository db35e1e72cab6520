"""Signing a material on its page: the author and the first responsible person, or on paper for who has no account."""

from typing import Any

from flask import Blueprint, flash, g, request
from flask_babel import gettext

from services.portal import asking, clients, languages, signoff
from services.portal.pages import files, materials

room = Blueprint("signoff", __name__)


@room.post("/materials/<code:material_id>/versions/<int:version>/signatures")
def sign(material_id: str, version: int) -> Any:
    """Sign; pressing twice signs once."""

    def act() -> None:
        signed = signoff.sign(material_id, _version(material_id, version), request.form.get("password", ""))
        done = gettext("签字已齐，材料已生效，预审正在进行。")
        if signed["unsigned"]:
            done = gettext("已签字，还差他人签字。")
        elif signed["state"] == "received":
            done = gettext("签字已齐，材料已生效。")
        flash(done, "done")

    return materials.attempt(material_id, "sign", act)


@room.post("/materials/<code:material_id>/versions/<int:version>/paper-signatures")
def record_paper(material_id: str, version: int) -> Any:
    """The picture of a page signed on paper."""
    if g.get("too_large"):
        return materials.show(material_id, too_large := files.too_large(), "sign"), too_large.status

    def act() -> None:
        signoff.record_paper(f"/materials/{material_id}/versions/{version}/paper-signatures", files.chosen("file"))
        flash(gettext("签字页已登记，等待核对确认。"), "done")

    return materials.attempt(material_id, "sign", act)


@room.post("/materials/<code:material_id>/versions/<int:version>/paper-signatures/confirmation")
def confirm_paper(material_id: str, version: int) -> Any:
    """Whoever compared the page says so."""

    def act() -> None:
        found = _version(material_id, version)
        signoff.confirm(material_id, found, request.form.get("role", ""), request.form.get("password", ""))
        flash(gettext("纸质签字已确认。"), "done")

    return materials.attempt(material_id, "sign", act)


def _version(material_id: str, number: int) -> dict[str, Any]:
    versions = asking.get("intake", f"/materials/{material_id}")["versions"]
    found = next((one for one in versions if one["version"] == number), None)
    if found is None:
        raise clients.refused("not_found", languages.current(), id=material_id)
    return dict(found)
