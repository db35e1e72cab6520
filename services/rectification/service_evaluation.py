"""The doors of evaluations: what was seen and said, the proposal, the decision, another round; and the samples."""

import functools
from typing import Any

from services.rectification import drawing, evaluation, evaluation_store, store
from services.rectification.service_candidates import hand_of
from services.spine import clock, doors, errors
from services.spine.actor import Actor
from services.spine.doors import on_event, route
from services.spine.events import Event


class EvaluationDoors(doors.Service):
    """Gathered by the group, decided by the office."""

    @route("GET", "/evaluations", accepts="find_evaluations", may="read_item", answers="evaluation_list")
    def evaluations(self, actor: Actor, query: dict[str, str]) -> Any:
        """Units, each with its latest evaluation."""
        policy_of = functools.cache(functools.partial(store.evaluating, self.db))
        return evaluation_store.listed(self.db, actor.units, query, policy_of, clock.today())

    @route("GET", "/evaluations/<evaluation_id>", may="read_item", answers="evaluation")
    def evaluation_of_unit(self, actor: Actor, evaluation_id: str) -> Any:
        """One round of a unit's evaluation."""
        return self._shown(actor, evaluation_store.get(self.db, evaluation_id, actor.units))

    @route(
        "POST", "/evaluations/<evaluation_id>/findings", accepts="record_finding", may="evaluate", answers="evaluation"
    )
    def record_finding(self, actor: Actor, evaluation_id: str, draft: dict[str, Any]) -> Any:
        """What a visit came to, or how many of those asked said which grade."""
        found, hand, own = self._at(actor, evaluation_id)
        items = [item["item_id"] for item in store.of_unit(self.db, found["campaign"], found["unit"])]
        changed = evaluation.record(found, draft, hand, own, self._policy(found), items)
        return self._shown(actor, evaluation_store.save(self.db, found, changed, hand.at))

    @route(
        "POST",
        "/evaluations/<evaluation_id>/proposal",
        accepts="propose_grade",
        may="propose_grade",
        answers="evaluation",
    )
    def propose_grade(self, actor: Actor, evaluation_id: str, draft: dict[str, str]) -> Any:
        """The group proposes a grade."""
        found, hand, own = self._at(actor, evaluation_id)
        least = store.plan(self.db, found["campaign"], found["unit"])["small_group"]
        changed = evaluation.propose(found, draft, hand, own, self._policy(found), least)
        return self._shown(actor, evaluation_store.save(self.db, found, changed, hand.at))

    @route(
        "POST",
        "/evaluations/<evaluation_id>/decision",
        accepts="decide_grade",
        may="decide_grade",
        answers="evaluation",
    )
    def decide_grade(self, actor: Actor, evaluation_id: str, draft: dict[str, str]) -> Any:
        """The office decides; a low grade opens another round."""
        found, hand, own = self._at(actor, evaluation_id)
        changed = evaluation.decide(found, draft, hand, own, self._policy(found))
        return self._shown(actor, evaluation_store.save(self.db, found, changed, hand.at))

    @route(
        "POST",
        "/evaluation-samples",
        accepts="draw_evaluation_sample",
        may="decide_grade",
        answers="evaluation_sample",
    )
    def draw_evaluation_sample(self, actor: Actor, draft: dict[str, str]) -> Any:
        """Draw the sample of a seed; drawn again it is the same."""
        if not actor.covers(draft):
            raise errors.Refusal("not_found", id=draft.get("region", draft["campaign"]))
        rules = self._policy(draft)["sample"]
        sample = evaluation_store.draw(self.db, draft, rules, hand_of(actor))
        return 201, drawing.shown(sample, sample["units"])

    @route(
        "GET",
        "/evaluation-samples",
        accepts="find_evaluation_samples",
        may="evaluate",
        answers="evaluation_sample_list",
    )
    def evaluation_samples(self, actor: Actor, query: dict[str, str]) -> Any:
        """Samples, with those of their units that lie in the scope."""
        found = evaluation_store.samples(self.db, actor.units, query)
        rows = []
        for sample in found["rows"]:
            units = [one for one in sample["units"] if actor.covers({**one, "campaign": sample["campaign"]})]
            rows.append(drawing.shown(sample, units))
        return {**found, "rows": rows}

    @on_event("intake", "opinion_form_closed")
    def on_opinion_form_closed(self, event: Event) -> None:
        """An anonymous appraisal has its score."""
        evaluation_store.appraised(self.db, event, clock.now())

    @on_event("rectification", "second_round_opened")
    def on_second_round_opened(self, event: Event) -> None:
        """A low grade: the next round begins, and what did not hold is open again."""
        rules_of = functools.partial(store.plan_of, self.db)
        evaluation_store.open_round(self.db, event["subject"], rules_of, clock.now(), clock.today())

    def _at(self, actor: Actor, evaluation_id: str) -> Any:
        found = evaluation_store.get(self.db, evaluation_id, actor.units)
        return found, hand_of(actor), actor.has_been_of(found["unit"])

    def _shown(self, actor: Actor, found: evaluation.Evaluation) -> Any:
        place, inside = store.plan(self.db, found["campaign"], found["unit"]), actor.belongs_to(found["unit"])
        return evaluation.shown(found, self._policy(found), place["small_group"], clock.today(), inside)

    def _policy(self, found: dict[str, Any]) -> evaluation.Policy:
        policy = store.evaluating(self.db, found["campaign"], found.get("definition"))
        if not policy:
            raise errors.Refusal("no_evaluation")
        return policy
