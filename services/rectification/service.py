"""The doors of rectification."""

from typing import Any

from services.rectification import candidate_store, candidates, closing, domain, lists, places_store, store
from services.rectification.service_candidates import CandidateDoors, hand_of
from services.rectification.service_chain import ChainDoors
from services.rectification.service_effects import EffectDoors
from services.rectification.service_escalation import EscalationDoors
from services.rectification.service_evaluation import EvaluationDoors
from services.rectification.service_kept_views import KeptViewDoors
from services.rectification.service_plans import PlanDoors
from services.rectification.service_reports import ReportDoors
from services.rectification.service_scorecard import ScorecardDoors
from services.rectification.service_sheet import SheetDoors
from services.rectification.service_snapshots import SnapshotDoors
from services.rectification.service_sources import SourceDoors
from services.rectification.service_states import StateDoors, with_files
from services.rectification.service_views import ViewDoors
from services.spine import clock, errors, mongo
from services.spine.actor import Actor, lies_within
from services.spine.doors import on_event, route
from services.spine.events import Event
from services.spine.mongo import Mongo


class RectificationService(
    ViewDoors,
    KeptViewDoors,
    StateDoors,
    PlanDoors,
    CandidateDoors,
    SheetDoors,
    ChainDoors,
    SourceDoors,
    EscalationDoors,
    ReportDoors,
    EffectDoors,
    EvaluationDoors,
    ScorecardDoors,
    SnapshotDoors,
):
    """Keeps the ledger."""

    name = "rectification"
    db = Mongo(store.prepare)

    @route("POST", "/items", accepts="register_item", may="register_item", answers="item")
    def register(self, actor: Actor, draft: dict[str, Any]) -> Any:
        """A problem enters the ledger; the same key again is the same item, the same words are asked about."""
        again, draft = draft.get("again", False), {key: said for key, said in draft.items() if key != "again"}
        plan, hand = store.plan(self.db, draft["campaign"], draft["unit"]), hand_of(actor)
        if not actor.covers(plan):
            raise errors.Refusal("not_found", id=draft["unit"])
        known = store.find(self.db, domain.item_id(plan, draft["key"]))
        if known:
            if not domain.same(known, draft):
                raise errors.Refusal("key_taken", key=draft["key"])
            candidate_store.follow(self.db, known)
            return 200, domain.shown(known, hand.today)
        if candidate := draft.get("candidate"):
            taken_up = candidate_store.item_of(self.db, candidate)
            candidates.check_adoptable(candidate_store.find(self.db, candidate), draft, taken_up)
        if not again:
            domain.check_words(draft, store.still_open(self.db, draft["campaign"], draft["unit"]))
        number = store.next_number(self.db, draft["campaign"], draft["unit"])
        item, facts = domain.register(plan, plan["immediate_days"], number, draft, hand)
        store.share(self.db, item, hand, own=actor.belongs_to(item["unit"]))
        if not store.add(self.db, item, facts, hand.at):
            raise errors.Stale
        candidate_store.follow(self.db, item)
        return 201, domain.shown(item, hand.today)

    @route("GET", "/items/counts", accepts="count_items", may="read_item", answers="item_counts")
    def counts(self, actor: Actor, query: dict[str, str]) -> Any:
        """The ledger counted by colour."""
        return store.counts(self.db, actor.units, query, clock.today())

    @route("GET", "/items/<item_id>", may="read_item", answers="item")
    def item(self, actor: Actor, item_id: str) -> Any:
        """One item with its whole course and, where a close-out waits, by when it is put right if it is sent back."""
        item, today = store.get(self.db, item_id, actor.units), clock.today()
        if item["state"] != "close_requested":
            return domain.shown(item, today)
        return_by = lists.return_by(item["category"], today, self.rules(item)["rectification"])
        return {**domain.shown(item, today), "return_by": return_by}

    @route("POST", "/items/<item_id>/progress", accepts="record_progress", may="progress_item", answers="item")
    def record_progress(self, actor: Actor, item_id: str, draft: dict[str, Any]) -> Any:
        """What was done, with evidence."""
        item, hand = self.worked_on(actor, item_id), hand_of(actor)
        changed = domain.record_progress(item, with_files(draft, item), hand, self.rules(item)["rectification"])
        return domain.shown(store.save(self.db, item, changed, hand.at), hand.today)

    @route("POST", "/items/<item_id>/closeout", accepts="apply_closeout", may="close_item", answers="item")
    def apply(self, actor: Actor, item_id: str, draft: dict[str, Any]) -> Any:
        """The unit applies for close-out."""
        item, hand = store.get(self.db, item_id, actor.units), hand_of(actor)
        place = self.rules(item)
        changed = closing.apply(item, draft, hand, place["rectification"], place.get("level", ""))
        return domain.shown(store.save(self.db, item, changed, hand.at), hand.today)

    @route("POST", "/items/<item_id>/verification", accepts="verify_closeout", may="verify_item", answers="item")
    def verify(self, actor: Actor, item_id: str, draft: dict[str, Any]) -> Any:
        """Somebody else of the level that is awaited closes the item, passes it on or sends it back."""
        item, hand = store.get(self.db, item_id, actor.units), hand_of(actor)
        own, roles = actor.has_been_of(item["unit"]), [role for role, part in actor.parts if lies_within(item, part)]
        changed = closing.verify(item, draft, hand, own, roles, self.rules(item)["rectification"])
        return domain.shown(store.save(self.db, item, store.back(self.db, item, changed, hand), hand.at), hand.today)

    @on_event("registry", "campaign_opened")
    def on_campaign_opened(self, event: Event) -> None:
        """The lists' limits are known."""
        store.remember_campaign(self.db, event)

    @on_event("registry", "campaign_revised")
    def on_campaign_revised(self, event: Event) -> None:
        """Other limits hold for items that are registered from now on."""
        store.remember_campaign(self.db, event)

    @on_event("registry", "meeting_scheduled")
    def on_meeting_scheduled(self, event: Event) -> None:
        """It is known where a unit belongs."""
        places_store.remember(self.db, event)

    @on_event("registry", "meeting_cancelled")
    def on_meeting_cancelled(self, event: Event) -> None:
        """A unit does not meet: its ledger goes on, and nothing else is asked of it."""
        mongo.remember_part(self.db.meetings, event, "cancelled_on", event["data"]["on"])
