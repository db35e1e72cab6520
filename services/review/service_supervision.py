"""The doors of the group's comment at a meeting."""

from typing import Any

from services.review import hands, holding, store, supervision, supervision_store
from services.spine import doors, errors
from services.spine.actor import Actor
from services.spine.doors import route


class SupervisionDoors(doors.Service):
    """Issued once, added to, read by the unit."""

    @route(
        "POST", "/supervision-comments", accepts="issue_comment", may="comment_meeting", answers="supervision_comment"
    )
    def issue_comment(self, actor: Actor, draft: dict[str, Any]) -> Any:
        """The group's comment on a unit's meeting; the same again is the same comment."""
        meeting, who = store.place(self.db, draft["campaign"], draft["unit"]), hands.reader(actor)
        if not actor.covers(meeting):
            raise errors.Refusal("not_found", id=draft["unit"])
        holding.check_not_barred(meeting["unit"], hands.barred(self.db, actor, meeting["campaign"]))
        known = supervision_store.find(self.db, supervision.comment_id(meeting["campaign"], meeting["unit"]))
        if known:
            supervision.check_same(known, draft)
            return 200, known
        comment, facts = supervision.issue(meeting, draft, store.aspects(self.db, meeting["campaign"]), who)
        if not supervision_store.add(self.db, comment, facts, who.at):
            raise errors.Stale
        return 201, comment

    @route("GET", "/supervision-comments/<comment_id>", may="read_comment", answers="supervision_comment")
    def supervision_comment(self, actor: Actor, comment_id: str) -> Any:
        """The comment as it was issued, with what was added."""
        return supervision_store.get(self.db, comment_id, actor.units)

    @route(
        "POST",
        "/supervision-comments/<comment_id>/addenda",
        accepts="add_to_comment",
        may="comment_meeting",
        answers="supervision_comment",
    )
    def add_to_comment(self, actor: Actor, comment_id: str, draft: dict[str, Any]) -> Any:
        """Something is added to a comment; pressed twice it is added once."""
        comment, who = supervision_store.get(self.db, comment_id, actor.scope), hands.reader(actor)
        holding.check_not_barred(comment["unit"], hands.barred(self.db, actor, comment["campaign"]))
        changed = supervision.add(comment, draft, store.aspects(self.db, comment["campaign"]), who)
        return 201 if changed[1] else 200, supervision_store.save(self.db, comment, changed, who.at)
