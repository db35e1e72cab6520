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
)
from services.notification.service_channels import ChannelDoors
from services.notification.service_column import ColumnDoors
from services.notification.service_delivery import DeliveryDoors
from services.notification.service_figures import Figures
from services.notification.service_hearing import HearingDoors
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
from services.spine.doors import Answer, route
from services.spine.mongo import Mongo

LOOK_SECONDS = 0.3
WAITING = threading.BoundedSemaphore(8)


class NotificationService(
    HearingDoors,
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
        within = subscribers.part(reader) if reader else subscribers.seen(actor)
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
