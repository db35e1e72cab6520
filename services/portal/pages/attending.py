"""After a meeting: its record corrected by addendum, and what was said brought to those who were absent."""

from typing import Any

from flask import Blueprint, request, url_for
from flask_babel import gettext

from services.portal import doing
from services.portal.pages import meetings

room = Blueprint("attending", __name__)


@room.post("/meetings/<code:meeting_id>/corrections")
def correct(meeting_id: str) -> Any:
    """Correct the record, with a reason; what stood before stays to be seen."""
    form = request.form
    wanted = {"key": form.get("key", ""), "reason": form.get("reason", "").strip(), **meetings.attended(form)}
    return _do(meeting_id, "corrections", wanted, gettext("更正已登记，更正前的内容保留。"), "gate")


@room.post("/meetings/<code:meeting_id>/relays/<post>")
def tell(meeting_id: str, post: str) -> Any:
    """The unit records who told an absent member what was said, and when."""
    wanted = {"on": request.form.get("on", ""), "told_by": request.form.get("told_by", "").strip()}
    return _do(meeting_id, f"relays/{post}", wanted, gettext("转达已登记，等本人确认。"), "relays")


@room.post("/meetings/<code:meeting_id>/relays/<post>/confirmation")
def confirm(meeting_id: str, post: str) -> Any:
    """The absent member confirms."""
    return _do(meeting_id, f"relays/{post}/confirmation", {"told": True}, gettext("已确认。"), "relays")


@room.post("/meetings/<code:meeting_id>/relays/<post>/closing")
def close(meeting_id: str, post: str) -> Any:
    """The office closes what waits for somebody who holds the post no longer."""
    wanted = {"reason": request.form.get("reason", "").strip()}
    return _do(meeting_id, f"relays/{post}/closing", wanted, gettext("已注明原因办结。"), "relays")


def _do(meeting_id: str, action: str, wanted: dict[str, Any], done: str, anchor: str) -> Any:
    there = url_for("meetings.show", meeting_id=meeting_id, _anchor=anchor)

    def again(problem: Any) -> Any:
        return meetings.show(meeting_id, problem, action.partition("/")[0])

    return doing.post("registry", f"/meetings/{meeting_id}/{action}", wanted, done, again, there)
