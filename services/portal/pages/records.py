"""What comes after a record counts, on its material's page: addenda with their signatures, receipts of a report."""

from typing import Any

from flask import Blueprint, flash, g, request
from flask_babel import gettext

from services.portal import asking, clients, languages, signoff
from services.portal.pages import files, materials

room = Blueprint("records", __name__)


@room.post("/materials/<code:material_id>/addenda")
def attach(material_id: str) -> Any:
    """Put right what is wrong in a locked record, beside it."""
    if g.get("too_large"):
        return materials.show(material_id, too_large := files.too_large(), "addenda"), too_large.status

    def act() -> None:
        fields: dict[str, str | clients.Upload] = {
            name: request.form.get(name, "").strip() for name in ("text", "reason")
        }
        if upload := files.chosen("file"):
            fields["file"] = upload
        number = asking.hand_in("intake", f"/materials/{material_id}/addenda", fields).body["number"]
        flash(gettext("补正 %(n)s 已登记，签字后生效。", n=number), "done")

    return materials.attempt(material_id, "addenda", act)


@room.post("/materials/<code:material_id>/addenda/<int:number>/signatures")
def sign(material_id: str, number: int) -> Any:
    """Sign an addendum; pressing twice signs once."""

    def act() -> None:
        signed = signoff.sign_addendum(_addendum(material_id, number), material_id, request.form.get("password", ""))
        missing = bool(signed["unsigned"])
        flash(gettext("已签字，还差他人签字。") if missing else gettext("签字已齐，补正已生效。"), "done")

    return materials.attempt(material_id, "addenda", act)


@room.post("/materials/<code:material_id>/addenda/<int:number>/paper-signatures")
def record_paper(material_id: str, number: int) -> Any:
    """The picture of an addendum signed on paper."""
    if g.get("too_large"):
        return materials.show(material_id, too_large := files.too_large(), "addenda"), too_large.status

    def act() -> None:
        signoff.record_paper(f"/materials/{material_id}/addenda/{number}/paper-signatures", files.chosen("file"))
        flash(gettext("签字页已登记，等待核对确认。"), "done")

    return materials.attempt(material_id, "addenda", act)


@room.post("/materials/<code:material_id>/addenda/<int:number>/paper-signatures/confirmation")
def confirm_paper(material_id: str, number: int) -> Any:
    """Whoever compared an addendum's page says so."""

    def act() -> None:
        role, password = request.form.get("role", ""), request.form.get("password", "")
        signoff.confirm_addendum(_addendum(material_id, number), material_id, role, password)
        flash(gettext("纸质签字已确认。"), "done")

    return materials.attempt(material_id, "addenda", act)


@room.post("/materials/<code:material_id>/versions/<int:version>/receipts")
def receipt(material_id: str, version: int) -> Any:
    """An addressee has received a report, or sends it back."""

    def act() -> None:
        names = ("addressee", "outcome", "name", "on", "reason")
        wanted = {name: request.form.get(name, "").strip() for name in names}
        asking.post("intake", f"/materials/{material_id}/versions/{version}/receipts", wanted)
        back = wanted["outcome"] == "returned"
        flash(gettext("已登记退回，单位要提交新版。") if back else gettext("签收已登记。"), "done")

    return materials.attempt(material_id, "receipts", act)


def _addendum(material_id: str, number: int) -> dict[str, Any]:
    known = asking.get("intake", f"/materials/{material_id}")["addenda"]
    found = next((one for one in known if one["number"] == number), None)
    if found is None:
        raise clients.refused("not_found", languages.current(), id=material_id)
    return dict(found)
