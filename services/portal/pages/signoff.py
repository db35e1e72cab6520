"""Signing a material on its page: the author and the first responsible person, or on paper for who has no account."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, g, redirect, request, url_for
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

    return _do(material_id, act)


@room.post("/materials/<code:material_id>/versions/<int:version>/paper-signatures")
def record_paper(material_id: str, version: int) -> Any:
    """The picture of a page signed on paper."""
    if g.get("too_large"):
        return materials.show(material_id, too_large := files.too_large(), "sign"), too_large.status

    def act() -> None:
        upload = request.files.get("file")
        if upload is None or not upload.filename:
            raise clients.refused("file_missing", languages.current())
        fields: dict[str, str | clients.Upload] = {
            "file": (upload.filename, upload.read(), upload.mimetype or "application/octet-stream"),
            **{name: request.form.get(name, "").strip() for name in ("role", "reason")},
        }
        asking.hand_in("intake", f"/materials/{material_id}/versions/{version}/paper-signatures", fields)
        flash(gettext("签字页已登记，等待核对确认。"), "done")

    return _do(material_id, act)


@room.post("/materials/<code:material_id>/versions/<int:version>/paper-signatures/confirmation")
def confirm_paper(material_id: str, version: int) -> Any:
    """Whoever compared the page says so."""

    def act() -> None:
        found = _version(material_id, version)
        signoff.confirm(material_id, found, request.form.get("role", ""), request.form.get("password", ""))
        flash(gettext("纸质签字已确认。"), "done")

    return _do(material_id, act)


def _version(material_id: str, number: int) -> dict[str, Any]:
    versions = asking.get("intake", f"/materials/{material_id}")["versions"]
    found = next((one for one in versions if one["version"] == number), None)
    if found is None:
        raise clients.refused("not_found", languages.current(), id=material_id)
    return dict(found)


def _do(material_id: str, act: Callable[[], None]) -> Any:
    try:
        act()
    except clients.Declined as problem:
        if problem.status in (401, 404):
            raise
        return materials.show(material_id, problem, "sign"), problem.status
    return redirect(url_for("materials.show", material_id=material_id), 303)
