"""The doors of the candidates: problems from every source until they are on the ledger or explained."""

from typing import Any

from services.rectification import candidate_store, candidates, chain, domain, recurrence_store, store
from services.rectification.candidates import Candidate
from services.spine import clock, doors
from services.spine.actor import Actor
from services.spine.doors import on_event, route
from services.spine.events import Event


class CandidateDoors(doors.Service):
    """Put on the ledger, joined to an item of it, or explained, never dropped."""

    @route("GET", "/candidates", accepts="find_candidates", may="read_item", answers="candidate_list")
    def candidates(self, actor: Actor, query: dict[str, str]) -> Any:
        """Candidates and what became of them."""
        found = candidate_store.listed(self.db, actor.scope, query)
        met = recurrence_store.items(self.db, chain.met_by(found["rows"]))
        return {**found, "rows": [chain.candidate(row, actor, met) for row in found["rows"]]}

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
        return self._seen(actor, candidate_store.save(self.db, candidate, changed, hand.at))

    @route(
        "POST",
        "/candidates/<candidate_id>/joining",
        accepts="join_candidate",
        may="explain_candidate",
        answers="candidate",
    )
    def join(self, actor: Actor, candidate_id: str, draft: dict[str, str]) -> Any:
        """An item that is on the unit's ledger already deals with it, too."""
        candidate, hand = candidate_store.get(self.db, candidate_id, actor.scope), hand_of(actor)
        item = store.get(self.db, draft["item_id"], actor.units)
        changed = candidates.join(candidate, item, hand)
        return self._seen(actor, candidate_store.save(self.db, candidate, changed, hand.at))

    @route(
        "POST",
        "/candidates/<candidate_id>/reopening",
        accepts="reopen_candidate",
        may="reopen_candidate",
        answers="candidate",
    )
    def reopen(self, actor: Actor, candidate_id: str, draft: dict[str, str]) -> Any:
        """The group does not take the explanation, or the item it was joined to."""
        candidate, hand = candidate_store.get(self.db, candidate_id, actor.scope), hand_of(actor)
        actor.check_apart(candidate["unit"])
        changed = candidates.reopen(candidate, draft["reason"], hand)
        return self._seen(actor, candidate_store.save(self.db, candidate, changed, hand.at))

    @on_event("rectification", "candidate_adopted")
    def on_candidate_adopted(self, event: Event) -> None:
        """An item took a candidate up: the candidate follows, if the door did not come so far."""
        candidate_store.follow(self.db, store.get(self.db, event["data"]["item_id"]))

    def _seen(self, actor: Actor, row: Candidate) -> dict[str, Any]:
        return chain.candidate(row, actor, recurrence_store.items(self.db, chain.met_by([row])))


def hand_of(actor: Actor) -> domain.Hand:
    """Who acts, and when."""
    return domain.Hand(actor.id, actor.name, clock.now(), clock.today())
