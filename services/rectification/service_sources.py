"""The doors by which problems come in: heard from intake and review, found and entered, carried over from before."""

from typing import Any

from services.rectification import candidate_store, chain, leftovers_store, sources, store
from services.rectification.service_candidates import hand_of
from services.spine import clock, doors, errors
from services.spine.actor import UNIT_SIDE, Actor, lies_within
from services.spine.doors import on_event, route
from services.spine.events import Event


class SourceDoors(doors.Service):
    """Every problem that was named anywhere is a candidate."""

    @route("POST", "/findings", accepts="enter_finding", may="enter_finding", answers="candidate")
    def enter_finding(self, actor: Actor, draft: dict[str, Any]) -> Any:
        """An office or the group found a problem at an inspection, the unit in a talk or in criticism."""
        place, above = self._place(actor, draft)
        found = sources.find(place, draft, hand_of(actor), above)
        fresh = candidate_store.find(self.db, found[0]["_id"]) is None
        kept = candidate_store.enter(self.db, found, clock.now())
        return 201 if fresh else 200, chain.candidate(kept, actor)

    @route("GET", "/leftovers", accepts="find_leftovers", may="read_item", answers="leftover_list")
    def leftovers(self, actor: Actor, query: dict[str, str]) -> Any:
        """What earlier campaigns left undone on a unit's ledger, and what became of it in this one."""
        campaign, unit = query["campaign"], query["unit"]
        self._place(actor, query)
        rows, today = leftovers_store.find(self.db, campaign, unit), clock.today()
        became = leftovers_store.became(self.db, campaign, rows)
        states = {
            key: {name: one[name] for name in ("candidate_id", "state", "item_id")} for key, one in became.items()
        }
        return {"rows": [{**chain.short(row, today, actor), "carried": states.get(row["_id"])} for row in rows]}

    @route("POST", "/leftovers", accepts="carry_over", may="carry_over", answers="carried_over")
    def carry_over(self, actor: Actor, draft: dict[str, Any]) -> Any:
        """Carry over what an earlier campaign left undone: each is put on the ledger again, or explained."""
        place, above = self._place(actor, draft)
        hand = hand_of(actor)
        chosen = leftovers_store.chosen(self.db, draft["campaign"], draft["unit"], draft["item_ids"])
        for item in chosen:
            candidate_store.enter(self.db, sources.carry(place, item, hand, above), hand.at)
        return {"carried": len(chosen), "known": len(draft["item_ids"]) - len(chosen)}

    @on_event("review", "supervision_commented")
    def on_supervision_commented(self, event: Event) -> None:
        """The group has commented: each problem is a candidate."""
        candidate_store.add(self.db, sources.of_comment(event, candidate_store.group_of(self.db, event)))

    @on_event("review", "verdict_issued")
    def on_verdict_issued(self, event: Event) -> None:
        """A material has passed: each problem it names is a candidate."""
        begun = sources.of_passed(event, candidate_store.group_of(self.db, event))
        candidate_store.tell(self.db, begun, event, clock.now())

    @on_event("review", "verdict_withdrawn")
    def on_verdict_withdrawn(self, event: Event) -> None:
        """It has not passed after all: what nobody took up of it is withdrawn."""
        gone = {"because": "verdict_withdrawn", "side": event["data"].get("level", "group")}
        candidate_store.take_back(self.db, event["data"]["review_id"], event, clock.now(), gone)

    @on_event("intake", "opinion_changed")
    def on_opinion_changed(self, event: Event) -> None:
        """An opinion is there, or is no longer; its words stay where they are."""
        begun = sources.of_opinion(event, candidate_store.group_of(self.db, event))
        candidate_store.tell(self.db, begun, event, clock.now(), sources.gone(event))

    @on_event("intake", "criticism_changed")
    def on_criticism_changed(self, event: Event) -> None:
        """A criticism list is on record, or another version of it: each line is a candidate, its words stay there."""
        begun = sources.of_criticism(event, candidate_store.group_of(self.db, event))
        candidate_store.tell_list(self.db, begun, event, clock.now())

    def _place(self, actor: Actor, draft: dict[str, Any]) -> tuple[dict[str, Any], bool]:
        """Where a unit belongs, and whether the actor is above it; a unit outside the scope is not found."""
        place = store.plan(self.db, draft["campaign"], draft["unit"])
        here = [role for role, part in actor.parts if lies_within(place, part)]
        if not here:
            raise errors.Refusal("not_found", id=draft["unit"])
        return place, not set(here) & set(UNIT_SIDE)
