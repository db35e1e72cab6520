"""The doors of review."""

import time
from typing import Any

from services.review import (
    cancelling_store,
    closes,
    domain,
    hands,
    holding,
    holding_store,
    naming,
    opinions_store,
    reading,
    recalling,
    rounds,
    service_opinions,
    store,
    tasks,
)
from services.review.service_flags import FlagDoors
from services.review.service_holding import HoldingDoors
from services.review.service_opinions import OpinionDoors
from services.review.service_rounds import RoundDoors
from services.review.service_rules import RuleDoors
from services.review.service_sampling import SamplingDoors
from services.review.service_supervision import SupervisionDoors
from services.review.service_tasks import TaskDoors
from services.review.service_texts import TextDoors
from services.spine import clock, errors, mongo
from services.spine.actor import Actor
from services.spine.doors import on_event, route
from services.spine.events import Event
from services.spine.mongo import Mongo


def prepare(db: mongo.Db) -> None:
    """Indexes."""
    store.prepare(db)
    holding_store.prepare(db)
    opinions_store.prepare(db)


class ReviewService(
    FlagDoors, HoldingDoors, OpinionDoors, RoundDoors, RuleDoors, SamplingDoors, SupervisionDoors, TaskDoors, TextDoors
):
    """Has versions pre-checked and lets a group judge them."""

    name = "review"
    db = Mongo(prepare)

    @route("GET", "/reviews", accepts="find_reviews", may="read_review", answers="review_list")
    def reviews(self, actor: Actor, query: dict[str, str]) -> Any:
        """The reading queue, the nearest meeting first."""
        barred = hands.barred(self.db, actor, query.get("campaign", "")).all if "mine" in query else frozenset()
        asked, today = store.wanted(query, actor.id, barred, clock.today()), clock.today()
        found = store.queue(self.db, actor.scope, asked, query)
        numbers = store.rounds(self.db, found["rows"])
        rows = [
            domain.row(row, numbers[row["_id"]], today, inside=actor.may("see_reading", row)) for row in found["rows"]
        ]
        return {**found, "rows": rows}

    @route("GET", "/reviews/<review_id>", may="read_review", answers="review")
    def review(self, actor: Actor, review_id: str, language: str) -> Any:
        """One version with text, findings and verdict; a foreign text is shown only by the passage that matches."""
        review = store.get(self.db, review_id, actor.scope)
        barred = hands.barred(self.db, actor, review["campaign"])
        hands.check_concern(actor, review, barred)
        inside, refusal = hands.inside(actor, review, barred), review["refusal"]
        former, talks = store.former(self.db, review), store.talks(self.db, review["material_id"])
        number = store.rounds(self.db, [review])[review_id]
        needed = rounds.talk_needed(number, former, hands.policy(self.db, review["campaign"])["rounds"], talks)
        if refusal:
            refusal = {**refusal, "detail": errors.text(refusal["code"], language, refusal["params"])}
        shown = {**review, "holder": holding.holder(review, clock.today())}
        shown = shown if inside else reading.as_the_author_sees_it(shown)
        copies = [reading.copy_as_seen(one, covered=actor.covers(one)) for one in store.copies(self.db, review)]
        beside = {"talks": talks if inside else [], "talk_needed": needed, "round": number, "owed": rounds.owed(former)}
        beside["levels_done"] = domain.levels_done(review)
        beside["barred"] = holding.why_not(review, actor.id, barred) if actor.may("hold", review) else None
        return {**shown, **beside, "near_copies": copies, "refusal": refusal}

    @route("GET", "/reviews/<review_id>/problems", may="read_review", answers="named_problems")
    def problems(self, actor: Actor, review_id: str) -> Any:
        """The problems that a version names, with their words."""
        review = store.get(self.db, review_id, actor.scope)
        hands.check_concern(actor, review, hands.barred(self.db, actor, review["campaign"]))
        return {"review_id": review_id, "secrecy": review["secrecy"], "rows": naming.problems(review)}

    @route("POST", "/reviews/<review_id>/verdict", accepts="give_verdict", may="judge", answers="verdict")
    def give_verdict(self, actor: Actor, review_id: str, draft: dict[str, Any]) -> Any:
        """A verdict by the five standards, with what becomes of the former round's comments."""
        review, who = store.get(self.db, review_id, actor.scope), hands.reader(actor)
        level = hands.level(actor, review, draft.get("level"))
        if level != "secretary":
            holding.check_may_read(review, actor.id, hands.barred(self.db, actor, review["campaign"]))
        if not review["verdict"] and level == "group":
            holding.check_free(review, who.account, who.today)
        changed, facts = domain.give_verdict(*self._round(review, draft, who, level))
        store.save(self.db, review, changed, facts, who.at)
        given = changed["readings"][-1]
        return {"review_id": review_id, **{key: given[key] for key in ("level", "outcome", "due_on", "comments")}}

    def _round(
        self, review: domain.Review, draft: dict[str, Any], who: domain.Reader, level: str
    ) -> tuple[domain.Review, dict[str, Any], domain.Reader, domain.Round]:
        """All that a verdict of this round has to respect."""
        campaign, former = store.begun_with(self.db, review), store.former(self.db, review)
        policy, newest = reading.policy(campaign), store.newest(self.db, review["material_id"])
        if level != "secretary" and not review["verdict"] and newest == review["version"]:
            review = rounds.respond(review, former, draft.get("responses", {}), who)
        number, talks = store.rounds(self.db, [review])[review["_id"]], store.talks(self.db, review["material_id"])
        now = domain.Round(
            level,
            store.answer_within(self.db, review),
            newest,
            closes_on=closes.before(review["meeting_on"], policy["close_days_before"], who.today),
            talk_owed=number if rounds.talk_needed(number, former, policy["rounds"], talks) else None,
            reopened=tuple(rounds.reopened(review, former)),
            calendar=store.calendar(self.db),
        )
        return review, draft["standards"], who, now

    @on_event("registry", "campaign_opened")
    def on_campaign_opened(self, event: Event) -> None:
        """The campaign's aspects and limits are known."""
        store.remember_campaign(self.db, event)

    @on_event("registry", "campaign_revised")
    def on_campaign_revised(self, event: Event) -> None:
        """Another version is in force for reviews that begin from now on."""
        store.remember_campaign(self.db, event)

    @on_event("registry", "calendar_loaded")
    def on_calendar_loaded(self, event: Event) -> None:
        """Which days are worked, as an office loaded it."""
        store.remember_calendar(self.db, event)

    @on_event("registry", "meeting_scheduled")
    def on_meeting_scheduled(self, event: Event) -> None:
        """The queue is ordered by meeting day, and answers that are owed are taken until then."""
        store.remember_meeting(self.db, event)
        if event["data"].get("because") == "restored":
            mongo.remember_part(self.db.meetings, event, "cancelled_on", None)
            self._follow(event)

    @on_event("registry", "meeting_cancelled")
    def on_meeting_cancelled(self, event: Event) -> None:
        """A unit does not meet: what nobody has judged of it is read no further."""
        mongo.remember_part(self.db.meetings, event, "cancelled_on", event["data"]["on"])
        self._follow(event)

    @on_event("registry", "group_ended")
    def on_group_ended(self, event: Event) -> None:
        """The attachment of a group is over: nobody holds anything for it any more."""
        holding_store.put_down(self.db, event["campaign"], event["data"]["group"])

    @on_event("registry", "meeting_held")
    def on_meeting_held(self, event: Event) -> None:
        """The unit has met: its verdicts stand."""
        store.remember_held(self.db, event)

    @on_event("registry", "meeting_corrected")
    def on_meeting_corrected(self, event: Event) -> None:
        """Its record was corrected: the unit has met all the same."""
        store.remember_held(self.db, event)

    @on_event("intake", "material_submitted", together=True)
    def on_material_submitted(self, events: list[Event]) -> None:
        """Versions came in: each of a kind that is read gets a review and a task."""
        said, now = zip(events, store.campaigns(self.db, events), strict=True), time.time()
        read = [(event, campaign) for event, campaign in said if reading.is_read(event["data"]["kind"], campaign)]
        if not read:
            return
        meetings = store.meetings(self.db, events)
        reviews = [
            domain.begin(event, meetings.get(f"{event['campaign']}.{event['data']['unit']}"), campaign)
            for event, campaign in read
        ]
        store.open_reviews(self.db, reviews, clock.now())
        tasks.add(self.db, {review["_id"]: review["meeting_on"] for review in reviews}, clock.today(), now)
        tasks.issue(self.db, [review["_id"] for review in reviews], now)
        for key, meeting in store.meetings(self.db, events).items():
            if meeting.get("cancelled_on"):
                cancelling_store.follow(self.db, key, clock.today(), clock.now(), now)

    @on_event("intake", "withdrawal_asked")
    def on_withdrawal_asked(self, event: Event) -> None:
        """A unit wants a version back: it may while nobody has begun to read."""
        said = event["data"]
        review = store.find(self.db, f"{said['material_id']}.v{said['version']}")
        if review is None:
            raise errors.Stale  # it is still on its way here
        changed, facts = recalling.recall(review, said["back_to"])
        store.save(self.db, review, changed, facts, clock.now())

    def _follow(self, event: Event) -> None:
        """What is read for a meeting follows it; what comes back meets the opinions that came or went meanwhile."""
        key = f"{event['campaign']}.{event['data']['unit']}"
        cancelling_store.follow(self.db, key, clock.today(), clock.now(), time.time())
        for place in store.unjudged(self.db, event["campaign"], event["data"]["unit"]):
            service_opinions.once_more(self.db, place)
