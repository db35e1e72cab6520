"""What else happens to versions on a material's page: taken back with a reason, an earlier one handed in again."""

import json
from typing import Any

from flask import Blueprint, flash, request
from flask_babel import gettext

from services.portal import asking
from services.portal.pages import materials

room = Blueprint("versions", __name__)


@room.post("/materials/<code:material_id>/versions/<int:version>/withdrawal")
def withdraw(material_id: str, version: int) -> Any:
    """Take a version back; who has it in hand already keeps it."""
    path, reason = f"/materials/{material_id}/versions/{version}/withdrawal", request.form.get("reason", "").strip()

    def act() -> None:
        granted = asking.post("intake", path, {"reason": reason}).body["granted"]
        asked = gettext("已申请撤回，正在确认是否有人开始审阅。")
        flash(gettext("第 %(n)s 版已撤回。", n=version) if granted else asked, "done")

    return materials.attempt(material_id, "withdraw", act)


@room.post("/materials/<code:material_id>/again")
def again(material_id: str) -> Any:
    """Hand an earlier version in again as the next one."""
    number, answers = request.form.get("again", ""), materials.answers()
    wanted: dict[str, Any] = {"note": request.form.get("note", "").strip()}
    follows = request.form.get("follows", "")
    wanted["follows"] = int(follows) if follows.isascii() and follows.isdigit() else 0
    if request.form.get("secrecy"):
        wanted["secrecy"] = request.form["secrecy"]
    if answers:
        wanted["answers"] = json.dumps(answers, ensure_ascii=False)
    path = f"/materials/{material_id}/versions/{number if number.isascii() and number.isdigit() else 0}/again"

    def act() -> None:
        materials.tell_of(material_id, asking.post("intake", path, wanted).body)

    return materials.attempt(material_id, "hand_in", act)
