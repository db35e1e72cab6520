"""The doors of notification."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import orjson

from services.notification import (
    domain,
    letters,
    letters_store,
    service_subscribers,
    store,
    subscribers,
    subscribers_store,
    tips_store,
)
from services.notification.service_channels import ChannelDoors
from services.notification.service_column import ColumnDoors
from services.notification.service_delivery import DeliveryDoors
from services.notification.service_figures import Figures
from services.notification.service_queues import QueueDoors
from services.notification.service_reminders import ReminderDoors
from services.notification.service_replays import ReplayDoors
from services.notification.service_subscribers import SubscriberDoors
from services.notification.service_templates import TemplateDoors
from services.notification.service_tips import TipDoors
from services.notification.service_watch import SubscriberWatch
from services.notification.service_webhooks import WebhookDoors
from services.spine import clock, contracts, errors, events, feed, mongo, recovery
from services.spine.actor import Actor
from services.spine.doors import Answer, on_event, route
from services.spine.events import Event
from services.spine.mongo import Mongo

LOOK_SECONDS = 0.3
WAITING = threading.BoundedSemaphore(8)


class NotificationService(
    ColumnDoors,
    ReminderDoors,
    SubscriberDoors,
    WebhookDoors,
    QueueDoors,
    TipDoors,
    ChannelDoors,
    DeliveryDoors,
    TemplateDoors,
    ReplayDoors,
    SubscriberWatch,
    Figures,
):
    """Tells people what waits for them, and other systems what has happened."""

    name = "notification"
    db = Mongo(store.prepare)

    @route("GET", "/messages", accepts="find_messages", may="read_messages", answers="message_list")
    def messages(self, actor: Actor, query: dict[str, str], language: str) -> Any:
        """The reader's inbox."""
        found = store.inbox(self.db, _addressed(actor), actor.id, query)
        own = letters_store.standing(self.db, {row["campaign"] for row in found["rows"]})
        return {**found, "rows": [_shown(row, actor.id, language, own) for row in found["rows"]]}

    @route("POST", "/messages/<message_id>/read", may="read_messages")
    def mark_read(self, actor: Actor, message_id: str) -> Any:
        """A message was read."""
        store.mark_read(self.db, message_id, _addressed(actor), actor.id)

    @route("GET", "/events", accepts="read_events", may="read_events")
    def read_events(self, actor: Actor, query: dict[str, str]) -> Any:
        """The feed after a cursor; waits a while for something new when asked to."""
        name, after = query.get("type", "").removeprefix(events.PREFIX), int(query.get("after", 0))
        if name and f"events/{name}" not in contracts.documents():
            raise errors.Refusal("unknown_event_type", type=name)
        source, limit, region = mongo.database("feed"), int(query.get("limit", 200)), query.get("region", "")
        if after > feed.last(source):
            raise errors.Refusal("cursor_ahead", after=after, last=feed.last(source))
        reader = service_subscribers.reader(self.db, actor)
        if reader and reader["kind"] == "feed" and subscribers.has_come(reader, after, clock.now()):
            subscribers_store.mark_read(self.db, reader["code"], after, clock.now())
        within = subscribers.part(reader) if reader else _seen(actor)
        with _patience(int(query.get("wait", 0))) as until:
            while True:
                reached = feed.last(source)
                found = list(feed.read(source, after, name, region, limit, within=within))
                if found or time.monotonic() >= until:
                    break
                time.sleep(LOOK_SECONDS)
        batch = [{**event, "feedsequence": number} for number, event in found]
        last_read = found[-1][0] if found else after
        next_after = last_read if len(found) == limit else max(last_read, reached)
        headers = {"X-Next-After": str(next_after), "Cache-Control": "no-store"}
        if after < (through := feed.compacted(source)):
            headers["X-Compacted-Through"] = str(through)
        return Answer(orjson.dumps(batch), "application/cloudevents-batch+json", headers)

    @route("POST", "/replay", accepts="tell_again", may="operate", answers="told")
    def replay(self, actor: Actor, draft: dict[str, Any]) -> Any:
        """Put events of the feed on the broker once more; hearers remember what they heard."""
        after, name, region, since = (draft.get(key, "") for key in ("after", "type", "region", "since"))
        return {"told": recovery.tell_again(mongo.database("feed"), after or 0, name, region, since)}

    @on_event("registry", "meeting_scheduled", together=True)
    def on_meeting_scheduled(self, told: list[Event]) -> None:
        """The unit is told its day; that a material was waived is no news of it, a postponement is told by itself."""
        tips_store.remember_units(self.db, told)
        self._write([event for event in told if "because" not in event["data"]])
        self.keep_days(told)

    @on_event("registry", "postponement_asked", together=True)
    def on_postponement_asked(self, told: list[Event]) -> None:
        """The offices are told that a unit asks for another day."""
        self._write(told)
        self.keep_days(told)

    @on_event("registry", "postponement_decided", together=True)
    def on_postponement_decided(self, told: list[Event]) -> None:
        """Unit and group are told what the office decided; nobody is asked any more."""
        self._write(told)
        self._settle(told)
        self.keep_days(told)

    @on_event("registry", "meeting_held", together=True)
    def on_meeting_held(self, told: list[Event]) -> None:
        """The group is told that the meeting was held; the column has a draft."""
        self._write(told)
        self.draft_articles(told)
        self.keep_days(told)

    @on_event("registry", "meeting_corrected", together=True)
    def on_meeting_corrected(self, told: list[Event]) -> None:
        """The group is told that the record of a meeting was corrected; the column's draft is flagged."""
        self._write(told)
        self.correct_articles(told)

    @on_event("registry", "relay_awaited", together=True)
    def on_relay_awaited(self, told: list[Event]) -> None:
        """An absent member and the unit are told that what was said is to be brought to the absent."""
        self._write(told)

    @on_event("registry", "question_answered", together=True)
    def on_question_answered(self, told: list[Event]) -> None:
        """The unit that asked is told that there is an answer."""
        self._write([event for event in told if "unit" in event["data"]])

    @on_event("review", "material_prechecked", together=True)
    def on_material_prechecked(self, told: list[Event]) -> None:
        """The group is told that something waits to be read."""
        self._write(told)
        self.keep_days(told)

    @on_event("review", "verdict_issued", together=True)
    def on_verdict_issued(self, told: list[Event]) -> None:
        """The unit is told the verdict."""
        self._write(told)
        self.keep_days(told)

    @on_event("review", "verdict_withdrawn", together=True)
    def on_verdict_withdrawn(self, told: list[Event]) -> None:
        """The unit is told that a verdict was taken back."""
        self._write(told)
        self.keep_days(told)

    @on_event("review", "answer_extended", together=True)
    def on_answer_extended(self, told: list[Event]) -> None:
        """The unit is told that it has more time."""
        self._write(told)
        self.keep_days(told)

    @on_event("review", "supervision_commented", together=True)
    def on_supervision_commented(self, told: list[Event]) -> None:
        """The unit is told that the group has commented."""
        self._write(told)
        self.keep_days(told)

    @on_event("rectification", "candidate_found", together=True)
    def on_candidate_found(self, told: list[Event]) -> None:
        """The unit is told what somebody above it found or carried over."""
        self._write([event for event in told if event["data"]["side"] == "above"])

    @on_event("rectification", "candidate_explained", together=True)
    def on_candidate_explained(self, told: list[Event]) -> None:
        """The group is told that a problem is not to go on the ledger."""
        self._write(told)

    @on_event("rectification", "candidate_reopened", together=True)
    def on_candidate_reopened(self, told: list[Event]) -> None:
        """The unit is told that its explanation was not taken."""
        self._write(told)

    @on_event("rectification", "closeout_requested", together=True)
    def on_closeout_requested(self, told: list[Event]) -> None:
        """The group is told that something waits to be verified."""
        self._write(told)
        self.keep_days(told)

    @on_event("rectification", "closeout_decided", together=True)
    def on_closeout_decided(self, told: list[Event]) -> None:
        """The unit is told what the group decided."""
        self._write(told)
        self.keep_days(told)

    @on_event("rectification", "closeout_passed", together=True)
    def on_closeout_passed(self, told: list[Event]) -> None:
        """The next level is told that it decides now."""
        self._write(told)

    @on_event("rectification", "item_reopened", together=True)
    def on_item_reopened(self, told: list[Event]) -> None:
        """The unit is told that a closed item is open again."""
        self._write(told)
        self.keep_days(told)

    @on_event("rectification", "retype_asked", together=True)
    def on_retype_asked(self, told: list[Event]) -> None:
        """The group's leader and the offices are told that another list is asked for."""
        self._write(told)

    @on_event("rectification", "retype_decided", together=True)
    def on_retype_decided(self, told: list[Event]) -> None:
        """The unit is told, unless the item was closed first; nobody is asked any more."""
        self._write([event for event in told if event["data"]["outcome"] != "lapsed"])
        self._settle(told)
        self.keep_days(told)

    @on_event("rectification", "item_postponement_asked", together=True)
    def on_item_postponement_asked(self, told: list[Event]) -> None:
        """The group's leader and the offices are told that more time is asked for."""
        self._write(told)
        self.keep_days(told)

    @on_event("rectification", "item_postponement_decided", together=True)
    def on_item_postponement_decided(self, told: list[Event]) -> None:
        """The unit is told, unless the item was closed first; nobody is asked any more."""
        self._write([event for event in told if event["data"]["outcome"] != "lapsed"])
        self._settle(told)
        self.keep_days(told)

    @on_event("rectification", "plan_submitted", together=True)
    def on_plan_submitted(self, told: list[Event]) -> None:
        """The group is told that a plan waits for it."""
        self._write(told)

    @on_event("rectification", "plan_decided", together=True)
    def on_plan_decided(self, told: list[Event]) -> None:
        """The unit is told what became of its plan; the column's draft counts its measures."""
        self._write(told)
        self._settle(told)
        self.count_measures(told)

    @on_event("rectification", "plan_stale", together=True)
    def on_plan_stale(self, told: list[Event]) -> None:
        """Unit and group are told that what was submitted no longer stands there."""
        self._write(told)
        self._settle(told)

    @on_event("rectification", "item_due_soon", together=True)
    def on_item_due_soon(self, told: list[Event]) -> None:
        """The unit is told that the day of an item is near."""
        self._write(told)

    @on_event("rectification", "item_overdue", together=True)
    def on_item_overdue(self, told: list[Event]) -> None:
        """Unit and group are told that the day of an item has passed."""
        self._write(told)

    @on_event("rectification", "escalation_proposed", together=True)
    def on_escalation_proposed(self, told: list[Event]) -> None:
        """Whoever signs is told that a document waits."""
        self._write(told)

    @on_event("rectification", "escalation_issued", together=True)
    def on_escalation_issued(self, told: list[Event]) -> None:
        """The first responsible person is told that there is a document to acknowledge."""
        self._write(told)
        self._settle(told)
        self.keep_days(told)

    @on_event("rectification", "escalation_acknowledged", together=True)
    def on_escalation_acknowledged(self, told: list[Event]) -> None:
        """Offices and group are told that the unit has it; nobody is asked any more."""
        self._write(told)
        self._settle(told)
        self.keep_days(told)

    @on_event("rectification", "escalation_withdrawn", together=True)
    def on_escalation_withdrawn(self, told: list[Event]) -> None:
        """Nobody is asked any more; the unit is told where it had the document."""
        self._write([event for event in told if event["data"]["was"] == "issued"])
        self._settle(told)
        self.keep_days(told)

    @on_event("rectification", "report_due", together=True)
    def on_report_due(self, told: list[Event]) -> None:
        """The unit is reminded of its monthly report."""
        self._write(told)

    @on_event("rectification", "report_missing", together=True)
    def on_report_missing(self, told: list[Event]) -> None:
        """Unit and group are told that a report is missing, on the days the policy has for it."""
        self._write([event for event in told if "reminder" in event["data"]])

    @on_event("rectification", "effect_judged", together=True)
    def on_effect_judged(self, told: list[Event]) -> None:
        """The unit is told what became of its line of the effectiveness list."""
        self._write(told)

    @on_event("rectification", "effect_reworded", together=True)
    def on_effect_reworded(self, told: list[Event]) -> None:
        """The group is told that a returned line reads otherwise."""
        self._write(told)

    @on_event("rectification", "effects_published", together=True)
    def on_effects_published(self, told: list[Event]) -> None:
        """A unit is told that its effects are published; a region's issue is no one unit's news."""
        self._write([event for event in told if "unit" in event["data"]])

    @on_event("rectification", "effect_withdrawn", together=True)
    def on_effect_withdrawn(self, told: list[Event]) -> None:
        """Unit and offices are told that something published no longer holds."""
        self._write(told)

    @on_event("rectification", "evaluation_proposed", together=True)
    def on_evaluation_proposed(self, told: list[Event]) -> None:
        """The offices are told that a grade waits for them."""
        self._write(told)

    @on_event("rectification", "evaluation_decided", together=True)
    def on_evaluation_decided(self, told: list[Event]) -> None:
        """Unit and group are told that the grade is decided."""
        self._write(told)
        self.keep_days(told)

    @on_event("rectification", "second_round_opened", together=True)
    def on_second_round_opened(self, told: list[Event]) -> None:
        """Unit and group are told that another round begins, and by when."""
        self._write(told)
        self.keep_days(told)

    @on_event("rectification", "view_digested", together=True)
    def on_view_digested(self, told: list[Event]) -> None:
        """Whoever follows a view of the ledger is told what there is of it."""
        self._write(told)

    @on_event("intake", "signature_awaited", together=True)
    def on_signature_awaited(self, told: list[Event]) -> None:
        """Whoever signs next is told; whoever was asked before has signed."""
        self._write(told)
        self._settle(told)

    @on_event("intake", "signature_settled", together=True)
    def on_signature_settled(self, told: list[Event]) -> None:
        """Nobody is asked to sign this any more."""
        self._settle(told)

    @on_event("intake", "receipt_given", together=True)
    def on_receipt_given(self, told: list[Event]) -> None:
        """First responsible person and liaison are told that a report was sent back."""
        self._write([event for event in told if event["data"]["outcome"] == "returned"])
        self.keep_days(told)

    def _settle(self, told: list[Event]) -> None:
        store.settle(self.db, [(domain.matter(event), event["sequence"], event["time"]) for event in told])

    def _write(self, told: list[Event]) -> None:
        store.add(self.db, [domain.write(event, events.name_of(event)) for event in told])


@contextmanager
def _patience(seconds: int) -> Iterator[float]:
    """Until when this asker may wait: a few may, the rest are answered at once, or nobody else would be."""
    waits = seconds > 0 and WAITING.acquire(blocking=False)
    try:
        yield time.monotonic() + (seconds if waits else 0)
    finally:
        if waits:
            WAITING.release()


def _addressed(actor: Actor) -> dict[str, Any]:
    mine = {"account": {"$in": [None, actor.id]}}
    parts = [{**part, "sides": {"$in": domain.addressed_to({role})}, **mine} for role, part in actor.parts]
    return parts[0] if len(parts) == 1 else {"$or": parts}


def _seen(actor: Actor) -> dict[str, Any]:
    """The part of the feed a reader may see: its campaign, and its region if it is a region's."""
    parts = []
    for grant in actor.grants:
        wide = grant["scope"]["kind"] == "system"
        part = {} if wide else {"event.campaign": grant["campaign"]}
        parts.append(part | ({"region": grant["scope"]["of"]} if grant["scope"]["kind"] == "region" else {}))
    if {} in parts:
        return {}
    return parts[0] if len(parts) == 1 else {"$or": parts}


def _shown(message: dict[str, Any], account: str, language: str, own: letters.Own) -> dict[str, Any]:
    subject, text = letters.of(message, language, own)
    keys = ("message_id", "event", "campaign", "unit", "group", "region", "at", "link")
    return {
        **{key: message[key] for key in keys},
        "subject": subject,
        "text": text,
        "read": account in message["read_by"],
        "settled": bool(message.get("settled_at")),
    }
