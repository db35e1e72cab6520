"""The doors at which an office cancels a meeting that was still to be held, and takes that back."""

from typing import Any

from services.registry import (
    cancelling,
    meeting_lines,
    organisation_store,
    organisations,
    posts_store,
    schedule_store,
    store,
)
from services.spine import clock, doors, errors
from services.spine.actor import Actor
from services.spine.doors import route


class CancellingDoors(doors.Service):
    """Cancels meetings and restores them."""

    @route(
        "POST", "/meetings/<meeting_id>/cancellation", accepts="cancel_meeting", may="cancel_meeting", answers="meeting"
    )
    def cancel_meeting(self, actor: Actor, meeting_id: str, draft: dict[str, str]) -> Any:
        """The unit does not meet in this campaign; nothing is asked of it any more."""
        meeting, at, today = store.meeting(self.db, meeting_id, actor.scope), clock.now(), clock.today()
        actor.check_apart(meeting["unit"])
        reason = draft["reason"].strip()
        changed = cancelling.cancel(meeting, cancelling.DECIDED, today, reason, actor.name, at)
        return meeting_lines.shown(store.save(self.db, meeting, changed, at), today)

    @route(
        "POST", "/meetings/<meeting_id>/restoration", accepts="restore_meeting", may="restore_meeting",
        answers="meeting",
    )  # fmt: skip
    def restore_meeting(self, actor: Actor, meeting_id: str, draft: dict[str, str]) -> Any:
        """A meeting was cancelled by mistake: the unit meets after all."""
        meeting, at, today = store.meeting(self.db, meeting_id, actor.scope), clock.now(), clock.today()
        actor.check_apart(meeting["unit"])
        if gone := organisation_store.ended(self.db, meeting["unit"]):
            raise errors.Refusal("organisation_ended", organisation=meeting["unit"], on=gone["on"])
        campaign, calendar = store.campaign(self.db, meeting["campaign"]), schedule_store.calendar(self.db)
        team = posts_store.kept(self.db, [meeting["unit"]]).get(meeting["unit"], {"posts": []})
        said = {"reason": draft["reason"].strip(), "by": actor.name, "at": at}
        posts = organisations.posts_on(team, today)
        changed = cancelling.restore(meeting, campaign, posts, said, today, calendar)
        return meeting_lines.shown(store.save(self.db, meeting, changed, at), today)
