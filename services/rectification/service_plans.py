"""The doors of plans: a unit's ledger laid before its group, approved as exactly that."""

from typing import Any

from services.rectification import (
    candidate_store,
    issue_store,
    plan_store,
    plans,
    recurrence_store,
    reporting_store,
    store,
)
from services.rectification.service_candidates import hand_of
from services.spine import clock, doors
from services.spine.actor import Actor
from services.spine.doors import on_event, route
from services.spine.events import Event


class PlanDoors(doors.Service):
    """Submitted, approved or returned, stale when the ledger moves on."""

    @route("GET", "/plans", accepts="find_plans", may="read_item", answers="plan_list")
    def plans(self, actor: Actor, query: dict[str, str]) -> Any:
        """The plans that were submitted."""
        return plan_store.listed(self.db, actor.units, query)

    @route("GET", "/plans/<plan_id>", may="read_item", answers="plan")
    def plan(self, actor: Actor, plan_id: str) -> Any:
        """One unit's plan beside its ledger as it stands."""
        plan = plan_store.get(self.db, plan_id, actor.units)
        return plans.shown(plan, store.of_unit(self.db, plan["campaign"], plan["unit"]))

    @route("POST", "/plans/<plan_id>/submission", accepts="submit_plan", may="submit_plan", answers="plan")
    def submit_plan(self, actor: Actor, plan_id: str, draft: dict[str, Any]) -> Any:
        """The unit lays its plan before its group."""
        plan, hand = plan_store.get(self.db, plan_id, actor.units), hand_of(actor)
        items = store.of_unit(self.db, plan["campaign"], plan["unit"])
        changed = plan_store.save(self.db, plan, plans.submit(plan, items, draft, hand), hand.at)
        return plans.shown(changed, items)

    @route("POST", "/plans/<plan_id>/decision", accepts="decide_plan", may="decide_plan", answers="plan")
    def decide_plan(self, actor: Actor, plan_id: str, draft: dict[str, Any]) -> Any:
        """The group approves exactly what it saw, or returns it."""
        plan, hand = plan_store.get(self.db, plan_id, actor.units), hand_of(actor)
        items = store.of_unit(self.db, plan["campaign"], plan["unit"])
        decided = plans.decide(plan, items, draft, hand, actor.has_been_of(plan["unit"]))
        return plans.shown(plan_store.save(self.db, plan, decided, hand.at), items)

    @on_event("rectification", "item_registered", together=True)
    def on_item_registered(self, told: list[Event]) -> None:
        """The ledger has one item more than what was submitted."""
        self._reads_otherwise(told)

    @on_event("rectification", "item_planned", together=True)
    def on_item_planned(self, told: list[Event]) -> None:
        """An item is clear now and reads otherwise than it did."""
        self._reads_otherwise(told)

    @on_event("rectification", "item_revised", together=True)
    def on_item_revised(self, told: list[Event]) -> None:
        """An item reads otherwise."""
        self._reads_otherwise(told)

    @on_event("rectification", "retype_decided", together=True)
    def on_retype_decided(self, told: list[Event]) -> None:
        """An item may stand on another list."""
        self._look_again(told)

    @on_event("rectification", "item_postponement_decided", together=True)
    def on_item_postponement_decided(self, told: list[Event]) -> None:
        """An item may have another day."""
        self._look_again(told)

    @on_event("rectification", "item_reopened", together=True)
    def on_item_reopened(self, told: list[Event]) -> None:
        """Items that were closed have a new day; what was published of their closings is withdrawn."""
        self._look_again(told)
        reopened = [event["data"]["item_id"] for event in told]
        issue_store.withdraw(self.db, {"lines.item_id": {"$in": reopened}}, clock.now())

    @on_event("rectification", "closeout_decided", together=True)
    def on_closeout_decided(self, told: list[Event]) -> None:
        """An item that was sent back may have another day."""
        self._look_again(told)

    def _reads_otherwise(self, told: list[Event]) -> None:
        """Items are new or read otherwise: plans are looked at, their words are kept, and whether an earlier ledger
        knew the problems."""
        self._look_again(told)
        for event in told:
            item = store.get(self.db, event["data"]["item_id"])
            recurrence_store.look(self.db, item)
            candidate_store.follow(self.db, item)

    def _look_again(self, told: list[Event]) -> None:
        """A ledger is read once, however much happened to it."""
        for campaign, ledgers in store.ledgers(self.db, told).items():
            for unit, items in ledgers.items():
                plan_store.look_again(self.db, f"{campaign}.{unit}", items, clock.now())
            reporting_store.follow(self.db, campaign, ledgers, clock.today(), clock.now())
            store.show(self.db, ledgers.values(), clock.now())
