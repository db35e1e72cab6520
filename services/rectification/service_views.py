"""The doors of the ledger as it is looked through: long lists in an order, and what they come to."""

import functools
from typing import Any

from services.rectification import bulk, columns_store, domain, owners, pages_store, revising, store, summing
from services.rectification.service_candidates import hand_of
from services.spine import clock, doors, mongo
from services.spine.actor import Actor
from services.spine.doors import on_event, route
from services.spine.errors import Refusal
from services.spine.events import Event


class ViewDoors(doors.Service):
    """Under any filter, at the cost of one page."""

    @route("GET", "/ledger", accepts="find_ledger", may="read_item", answers="ledger_page")
    def ledger(self, actor: Actor, query: dict[str, str]) -> Any:
        """The ledger in an order, page after page."""
        today = clock.today()
        found = pages_store.page(self.db, actor.units, query, today)
        return {**found, "rows": [domain.shown(row, today) for row in found["rows"]]}

    @route("GET", "/ledger/summary", accepts="sum_ledger", may="read_item", answers="ledger_summary")
    def ledger_summary(self, actor: Actor, query: dict[str, str]) -> Any:
        """The ledger by colour, by whose move it is, and week by week."""
        return summing.summary(self.db, actor.units, query, clock.today())

    @route("POST", "/ledger/revision", accepts="revise_items", may="revise_item", answers="revised_items")
    def revise_items(self, actor: Actor, draft: dict[str, Any]) -> Any:
        """One field of many items is said otherwise; only looked at unless confirmed."""
        return {"rows": [mongo.again(functools.partial(self._revise, actor, one, draft)) for one in draft["items"]]}

    def _revise(self, actor: Actor, asked: dict[str, Any], draft: dict[str, Any]) -> dict[str, Any]:
        before, item = "", None
        try:
            item, hand = store.get(self.db, asked["item_id"], actor.units), hand_of(actor)
            before = bulk.stands(item, draft)
            bulk.check_seen(item, draft, asked.get("was"))
            place = store.plan_of(self.db, item)
            said = bulk.draft(item, draft)
            owners.check(said, place, item)
            changed = revising.revise(item, said, hand, place["rectification"], place["immediate_days"])
            if draft["confirm"] and changed[1]:
                store.share(self.db, changed[0], hand, before=item)
                store.save(self.db, item, changed, hand.at)
        except Refusal as refusal:
            return bulk.row(asked["item_id"], "refused", before, refusal, item)
        outcome = "same" if not changed[1] else "done" if draft["confirm"] else "would"
        return bulk.row(asked["item_id"], outcome, before, None, item)

    @on_event("rectification", "interim_recorded")
    def on_interim_recorded(self, event: Event) -> None:
        """A long-term item is looked back on another day."""
        self._sum_again(event)

    @on_event("rectification", "closeout_passed")
    def on_closeout_passed(self, event: Event) -> None:
        """It is the next level's move."""
        self._sum_again(event)

    @on_event("rectification", "recheck_recorded")
    def on_recheck_recorded(self, event: Event) -> None:
        """An item may be open again."""
        self._sum_again(event)

    @on_event("rectification", "retype_asked")
    def on_retype_asked(self, event: Event) -> None:
        """It is the move of whoever decides."""
        self._sum_again(event)

    @on_event("rectification", "item_postponement_asked")
    def on_item_postponement_asked(self, event: Event) -> None:
        """It is the move of whoever decides."""
        self._sum_again(event)

    def _sum_again(self, event: Event) -> None:
        """The sums follow an item, if the door did not come so far."""
        columns_store.refresh(self.db, event["campaign"], event["data"]["unit"])
