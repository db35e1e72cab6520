"""Cancelling: a meeting that was still to be held is not held any more in its campaign.

What must stay true: only a meeting that is not held is cancelled, once; what was handed in, heard and entered for it
stays. While it is cancelled nothing that works over units touches it; restored, by the campaign's office and only where
an office had decided it, it stands under all that holds by then. A meeting's `cancelled`: {on, because: merged | closed
| decided, reason, by, at, into: the unit it went into, or None}.
"""

from collections.abc import Sequence

from services.registry import aspects, gates, planning, postponing, replanning, telling
from services.registry.telling import Campaign, Changed, Meeting
from services.spine import errors
from services.spine.workdays import Calendar

DECIDED = "decided"


def cancel(meeting: Meeting, because: str, on: str, reason: str, by: str, at: str, into: str | None = None) -> Changed:
    """The meeting is not held any more; cancelled again for the same it stays as it is."""
    known = meeting.get("cancelled")
    if known and (known["because"], known["reason"], known["into"]) == (because, reason, into):
        return meeting, []
    gates.check_to_be_held(meeting)
    changed, over = postponing.lapse(meeting, by, at)
    told = {"on": on, "because": because, "reason": reason, "by": by, "at": at, "into": into}
    entry = {"what": "cancelled", "by": by, "at": at, "reason": reason, "from": "", "to": into or ""}
    changed = {**changed, "cancelled": told, "history": [*meeting["history"], entry]}
    changed["stage"] = aspects.stage(changed)
    if not meeting["announced"]:
        return changed, []
    said = {"unit": meeting["unit"], "group": meeting["group"], "on": on, "because": because}
    fact = telling.fact(meeting, "meeting_cancelled", {**said, **({"into": into} if into else {})})
    return changed, [*over, fact]


def restore(
    meeting: Meeting,
    campaign: Campaign,
    posts: Sequence[dict[str, str]],
    said: dict[str, str],
    today: str,
    calendar: Calendar,
) -> Changed:
    """What an office decided by mistake is taken back: the meeting is laid out under what holds now, for the posts of
    today (none known: its own). `said`: {reason, by, at}. One that is not cancelled stays as it is."""
    known = meeting.get("cancelled")
    if not known:
        return meeting, []
    if known["because"] != DECIDED:
        raise errors.Refusal("meeting_cancelled_with_unit")
    entry = {"what": "restored", **said, "from": "", "to": ""}
    back = {**meeting, "cancelled": None, "history": [*meeting["history"], entry]}
    laid, _ = replanning.lay_anew(back, campaign, said["reason"], said["by"], said["at"], known["on"], calendar)
    laid = {**laid, "posts": list(posts) or laid["posts"]}
    laid = planning.laid_out(laid, campaign, laid["meeting_on"], known["on"], calendar)
    changed, facts = aspects.follow_materials(laid, today)
    changed = {**changed, "announced": meeting["announced"] or campaign["state"] != "draft"}
    changed["stage"] = aspects.stage(changed)
    return changed, [*facts, telling.scheduled(changed, because="restored")] if changed["announced"] else []
