"""The doors for other programs that check texts: reading one, and adding to it what was found."""

from typing import Any

from services.review import flags, store
from services.spine import clock, doors
from services.spine.actor import Actor
from services.spine.doors import route


class FlagDoors(doors.Service):
    """Other checkers beside the pre-check."""

    @route("GET", "/reviews/<review_id>/text", may="check_text", answers="text_to_check")
    def text_to_check(self, actor: Actor, review_id: str) -> Any:
        """A version's text, for a program that checks it."""
        review = store.get(self.db, review_id, actor.scope)
        return flags.text(review, store.begun_with(self.db, review)["aspects"])

    @route("POST", "/reviews/<review_id>/flags", accepts="flag_material", may="check_text", answers="flagged")
    def flag_material(self, actor: Actor, review_id: str, draft: dict[str, Any]) -> Any:
        """What a program found in a version, in place of what the same source found before; until the verdict."""
        review, at = store.get(self.db, review_id, actor.scope), clock.now()
        changed, facts = flags.add(review, draft, actor.id, at)
        store.save(self.db, review, changed, facts, at)
        return {"review_id": review_id, "source": draft["source"], "findings": len(draft["findings"])}
