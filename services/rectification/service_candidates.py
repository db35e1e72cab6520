"""The doors of the candidates: the problems of a group's comment until they are on the ledger or explained."""

from typing import Any

from services.rectification import candidate_store, candidates, domain
from services.spine import clock, doors
from services.spine.actor import Actor
from services.spine.doors import on_event, route
from services.spine.events import Event


class CandidateDoors(doors.Service):
    """Put on the ledger or explained, never dropped."""

    @route("GET", "/candidates", accepts="find_candidates", may="read_item", answers="candidate_list")
    def candidates(self, actor: Actor, query: dict[str, str]) -> Any:
        """Candidates and what became of them."""
        return candidate_store.listed(self.db, actor.units, query)

    @route(
        "POST",
        "/candidates/<candidate_id>/explanation",
        accepts="explain_candidate",
        may="explain_candidate",
        answers="candidate",
    )
    def explain(self, actor: Actor, candidate_id: str, draft: dict[str, str]) -> Any:
        """The unit says why it does not go on the ledger."""
        candidate, hand = candidate_store.get(self.db, candidate_id, actor.scope), hand_of(actor)
        changed = candidates.explain(candidate, draft["reason"], hand)
        return candidate_store.save(self.db, candidate, changed, hand.at)

    @route(
        "POST",
        "/candidates/<candidate_id>/reopening",
        accepts="reopen_candidate",
        may="reopen_candidate",
        answers="candidate",
    )
    def reopen(self, actor: Actor, candidate_id: str, draft: dict[str, str]) -> Any:
        """The group does not take the explanation."""
        candidate, hand = candidate_store.get(self.db, candidate_id, actor.scope), hand_of(actor)
        changed = candidates.reopen(candidate, draft["reason"], hand)
        return candidate_store.save(self.db, candidate, changed, hand.at)

    @on_event("review", "supervision_commented")
    def on_supervision_commented(self, event: Event) -> None:
        """The group has commented: each problem is a candidate."""
        candidate_store.add(self.db, event)

    @on_event("rectification", "candidate_adopted")
    def on_candidate_adopted(self, event: Event) -> None:
        """An item took a candidate up: the candidate follows, if the door did not come so far."""
        candidate_store.adopt(self.db, event["data"]["candidate_id"], event["data"]["item_id"])


def hand_of(actor: Actor) -> domain.Hand:
    """Who acts, and when."""
    return domain.Hand(actor.id, actor.name, clock.now(), clock.today())
