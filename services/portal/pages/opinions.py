"""Entering and withdrawing opinions, from the page of a material or from the page on which it is read."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask_babel import gettext, ngettext

from services.portal import asking, clients, opinions
from services.portal.pages import materials, reading

room = Blueprint("opinions", __name__)


@room.post("/materials/<code:material_id>/opinions")
def enter(material_id: str) -> Any:
    """Enter opinions, one a line; the same again changes nothing."""
    campaign, unit, _, post = _parts(material_id)
    lines = [line.strip() for line in request.form.get("opinions", "").splitlines()]
    source = request.form.get("source", "")
    said = [{"source": source, "text": line} for line in lines if line]
    try:
        answer = asking.post(
            "intake", "/opinions", {"campaign": campaign, "unit": unit, "post": post, "opinions": said}
        ).body
    except clients.Declined as problem:
        return _refused(material_id, problem)
    if answer["added"]:
        flash(ngettext("收下 %(num)d 条意见。", "收下 %(num)d 条意见。", answer["added"]), "done")
    if answer["known"]:
        told = ngettext("%(num)d 条以前录入过，没有重复。", "%(num)d 条以前录入过，没有重复。", answer["known"])
        flash(told, "info")
    if answer["withdrawn"]:
        told = ngettext("%(num)d 条以前撤销过，没有再收。", "%(num)d 条以前撤销过，没有再收。", answer["withdrawn"])
        flash(told, "info")
    return _back(material_id)


@room.post("/materials/<code:material_id>/opinions/<code:opinion_id>/withdrawal")
def withdraw(material_id: str, opinion_id: str) -> Any:
    """An opinion need not be answered any more, with the reason."""
    try:
        asking.post("intake", f"/opinions/{opinion_id}/withdrawal", {"reason": request.form.get("reason", "").strip()})
    except clients.Declined as problem:
        return _refused(material_id, problem)
    flash(gettext("意见已撤销，记录保留。"), "done")
    return _back(material_id)


def _parts(material_id: str) -> list[str]:
    parts = material_id.split(".")
    if len(parts) != 4 or parts[2] not in opinions.KINDS:
        abort(404)
    return parts


def _review(material_id: str) -> str:
    """The review from whose page this was sent, if it was."""
    review_id = request.form.get("review", "")
    return review_id if review_id.startswith(f"{material_id}.v") and review_id.rsplit(".v", 1)[1].isdigit() else ""


def _refused(material_id: str, problem: clients.Declined) -> Any:
    if problem.status in (401, 404):
        raise problem
    if review_id := _review(material_id):
        return reading.read(review_id, problem, "opinions"), problem.status
    return materials.show(material_id, problem, "opinions"), problem.status


def _back(material_id: str) -> Any:
    if review_id := _review(material_id):
        return redirect(url_for("reading.read", review_id=review_id, _anchor="opinions"), 303)
    return redirect(url_for("materials.show", material_id=material_id, _anchor="opinions"), 303)
