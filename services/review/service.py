"""The doors of review."""

import time
from typing import Any

from services.review import domain, store, tasks
from services.review.service_tasks import TaskDoors
from services.review.service_texts import TextDoors
from services.spine import clock, errors
from services.spine.actor import Actor
from services.spine.doors import on_event, route
from services.spine.events import Event
from services.spine.mongo import Mongo


class ReviewService(TaskDoors, TextDoors):
    """Has versions pre-checked and lets a group judge them."""

    name = "review"
    db = Mongo(store.prepare)

    @route("GET", "/reviews", accepts="find_reviews", may="read_review", answers="review_list")
    def reviews(self, actor: Actor, query: dict[str, str]) -> Any:
        """The reading queue, the nearest meeting first."""
        return store.queue(self.db, actor.scope, query)

    @route("GET", "/reviews/<review_id>", may="read_review", answers="review")
    def review(self, actor: Actor, review_id: str, language: str) -> Any:
        """One version with text, findings and verdict; a foreign text is shown only by the passage that matches."""
        review = store.get(self.db, review_id, actor.scope)
        copies, refusal = [_seen_by(actor, one) for one in review["near_copies"]], review["refusal"]
        if refusal:
            refusal = {**refusal, "detail": errors.text(refusal["code"], language, refusal["params"])}
        return {**review, "near_copies": copies, "refusal": refusal}

    @route("POST", "/reviews/<review_id>/verdict", accepts="give_verdict", may="judge", answers="verdict")
    def give_verdict(self, actor: Actor, review_id: str, draft: dict[str, Any]) -> Any:
        """A verdict by the five standards."""
        review, at = store.get(self.db, review_id, actor.scope), clock.now()
        if actor.belongs_to(review["unit"]):
            raise errors.Refusal("own_material")
        limit = store.campaign(self.db, review["campaign"])["answer_within"]
        newest = store.newest(self.db, review["material_id"])
        reader = domain.Reader(actor.id, actor.name, at, clock.today())
        changed, facts = domain.give_verdict(review, draft["standards"], reader, limit, newest)
        store.save(self.db, review, changed, facts, at)
        verdict = changed["verdict"]
        return {"review_id": review_id, **{key: verdict[key] for key in ("outcome", "due_on", "comments")}}

    @on_event("registry", "campaign_opened")
    def on_campaign_opened(self, event: Event) -> None:
        """The campaign's aspects and limits are known."""
        store.remember_campaign(self.db, event)

    @on_event("registry", "meeting_scheduled")
    def on_meeting_scheduled(self, event: Event) -> None:
        """The queue is ordered by meeting day."""
        store.remember_meeting(self.db, event)

    @on_event("intake", "material_submitted", together=True)
    def on_material_submitted(self, events: list[Event]) -> None:
        """Versions came in: each gets a review and a task."""
        days, now = store.meeting_days(self.db, events), time.time()
        reviews = [domain.begin(event, days[f"{event['campaign']}.{event['data']['unit']}"]) for event in events]
        store.open_reviews(self.db, reviews, clock.now())
        tasks.add(self.db, {review["_id"]: review["meeting_on"] for review in reviews}, clock.today(), now)
        tasks.issue(self.db, [review["_id"] for review in reviews], now)


def _seen_by(actor: Actor, copy: dict[str, Any]) -> dict[str, Any]:
    if copy["whose"] == "model":
        return copy
    if actor.covers(copy):
        return {**copy, "whose": copy["unit"]}
    shown: dict[str, Any] = {key: copy[key] for key in ("share", "passages", "submitted_at") if key in copy}
    return {**shown, "whose": "another_unit"}
