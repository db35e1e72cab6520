"""The doors of the effectiveness list: reviewed line by line, published in issues, withdrawn with the closures."""

from typing import Any

from services.rectification import domain, effects, issue_paper, issue_store, issues, store
from services.rectification.service_candidates import hand_of
from services.spine import clock, doors, errors, http, official_word
from services.spine.actor import Actor
from services.spine.doors import on_event, route
from services.spine.events import Event


class EffectDoors(doors.Service):
    """Derived, accepted, published, withdrawn."""

    @route("GET", "/effectiveness", accepts="find_effectiveness", may="read_item", answers="effect_list")
    def effectiveness(self, actor: Actor, query: dict[str, str]) -> Any:
        """What closed items changed, each line with its review."""
        return store.effects_of(self.db, actor.units, query, clock.today())

    @route("GET", "/items/<item_id>/effect", may="read_item", answers="effect_line")
    def effect(self, actor: Actor, item_id: str) -> Any:
        """A closed item as a line of the list."""
        item = store.get(self.db, item_id, actor.units)
        if item["state"] != "closed":
            raise errors.Refusal("not_found", id=item_id)
        return effects.line(item)

    @route("POST", "/items/<item_id>/effect/review", accepts="judge_effect", may="judge_effect", answers="item")
    def judge_effect(self, actor: Actor, item_id: str, draft: dict[str, Any]) -> Any:
        """The group accepts a line, or returns it with a reason."""
        item, hand = store.get(self.db, item_id, actor.units), hand_of(actor)
        changed = effects.judge(item, draft, hand, actor.has_been_of(item["unit"]))
        return domain.shown(store.save(self.db, item, changed, hand.at), hand.today)

    @route("POST", "/items/<item_id>/effect", accepts="reword_effect", may="reword_effect", answers="item")
    def reword_effect(self, actor: Actor, item_id: str, draft: dict[str, Any]) -> Any:
        """The unit puts a returned line in other words."""
        item, hand = store.get(self.db, item_id, actor.units), hand_of(actor)
        return domain.shown(store.save(self.db, item, effects.reword(item, draft, hand), hand.at), hand.today)

    @route("GET", "/effect-issues", accepts="find_effect_issues", may="read_item", answers="effect_issue_list")
    def effect_issues(self, actor: Actor, query: dict[str, str]) -> Any:
        """Issues that were published."""
        return issue_store.listed(self.db, actor.units, query)

    @route(
        "GET", "/effect-issues/draft", accepts="draft_effect_issue", may="publish_effects", answers="effect_issue_draft"
    )
    def effect_issue_draft(self, actor: Actor, query: dict[str, str]) -> Any:
        """What would be published now."""
        return issue_store.draft(self.db, self._place_of_issue(actor, query))

    @route("POST", "/effect-issues", accepts="publish_effects", may="publish_effects", answers="effect_issue")
    def publish_effects(self, actor: Actor, draft: dict[str, Any]) -> Any:
        """Publish exactly what was seen as the next issue; the same again is the same issue."""
        place, hand = self._place_of_issue(actor, draft), hand_of(actor)
        if known := issue_store.published(self.db, place, draft["hash"]):
            return 200, issues.shown(known)
        drafted = issue_store.draft(self.db, place)
        own = all(actor.has_been_of(line["unit"]) for line in drafted["lines"])
        issue, facts = issues.publish(drafted, draft, place, hand, own)
        issue_store.add(self.db, issue, facts, hand.at)
        return 201, issues.shown(issue)

    @route("GET", "/effect-issues/<issue_id>", may="read_item", answers="effect_issue")
    def effect_issue(self, actor: Actor, issue_id: str) -> Any:
        """One issue as it was published, and what was withdrawn since."""
        return issues.shown(issue_store.get(self.db, issue_id, actor.units))

    @route("GET", "/effect-issues/<issue_id>/word", may="read_item")
    def effect_issue_word(self, actor: Actor, issue_id: str) -> Any:
        """The same as a Word document."""
        issue = issue_store.get(self.db, issue_id, actor.units)
        name = f"{issue['title']}-{issue['number']}.docx"
        return http.download(official_word.write(issue_paper.blocks(issue), wide=True), official_word.MEDIA_TYPE, name)

    @on_event("rectification", "effects_published")
    def on_effects_published(self, event: Event) -> None:
        """A closing may have been undone while its line was being published."""
        issue_store.withdraw(self.db, {"_id": event["data"]["issue_id"]}, clock.now())

    def _place_of_issue(self, actor: Actor, asked: dict[str, Any]) -> dict[str, Any]:
        place = issue_store.place(self.db, asked["campaign"], asked["kind"], asked["of"])
        if not actor.covers(place):
            raise errors.Refusal("not_found", id=asked["of"])
        return place
