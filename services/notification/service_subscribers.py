"""The doors at which other systems are made subscribers, and the portal asks what a subscriber's token opens."""

import secrets
from typing import Any

from services.notification import (
    calling,
    service_webhooks,
    signing,
    subscribers,
    subscribers_store,
    watching,
    webhooks_store,
)
from services.spine import actor as actors
from services.spine import clock, contracts, doors, errors, feed, mongo, settings
from services.spine.actor import Actor
from services.spine.doors import route

CLAIMS_SECONDS = 60
NAMED = "subscriber:"


class SubscriberDoors(doors.Service):
    """Subscribers."""

    @route("GET", "/subscribers", accepts="find_subscribers", may="keep_subscribers", answers="subscriber_list")
    def all_subscribers(self, actor: Actor, query: dict[str, str]) -> Any:
        """The subscribers of one's campaigns, each with how far it lags behind."""
        found = subscribers_store.listed(self.db, actor.scope, query)
        return {**found, "rows": [_shown(row) for row in found["rows"]]}

    @route("POST", "/subscribers", accepts="make_subscriber", may="keep_subscribers", answers="subscriber")
    def make_subscriber(self, actor: Actor, draft: dict[str, Any]) -> Any:
        """A new subscriber; what it proves itself with is answered once and kept nowhere."""
        if not actor.covers({"campaign": draft["campaign"]}):
            raise errors.Refusal("not_found", id=draft["campaign"])
        at, last = clock.now(), feed.last(mongo.database("feed"))
        made = subscribers.make(draft, known(), actor.id, at, last)
        if made["kind"] == "amqp" and settings.embedded():
            raise errors.Refusal("subscriber_needs_broker", subscriber=made["code"])
        if made["kind"] == "webhook":
            calling.check(made["url"], service_webhooks.allowed())
            key = signing.make("shared", secrets.token_bytes(signing.KEY_BYTES), at)
            made, once = {**made, "keys": [webhooks_store.sealed(key)], "token": None}, {"key": signing.given_out(key)}
        else:
            token = subscribers.TOKEN + secrets.token_hex(32)
            made, once = {**made, "token": subscribers_store.hash_of(token)}, {"token": token}
        subscribers_store.add(self.db, made, at)
        return 201, {**subscribers.shown(made, last), **once}

    @route("GET", "/subscribers/<code>", may="keep_subscribers", answers="subscriber")
    def subscriber(self, actor: Actor, code: str) -> Any:
        """One subscriber."""
        return _shown(subscribers_store.get(self.db, code, actor.scope))

    @route(
        "POST",
        "/subscribers/<code>/changes",
        accepts="change_subscriber",
        may="keep_subscribers",
        answers="subscriber",
    )
    def change_subscriber(self, actor: Actor, code: str, draft: dict[str, Any]) -> Any:
        """It is told of another part from now on, is stopped, or goes on where it stopped."""
        found, at = subscribers_store.get(self.db, code, actor.scope), clock.now()
        changed = subscribers.change(found, draft, known(), actor.id, at)
        subscribers_store.save(self.db, found, changed, at)
        return _shown(changed)

    @route("POST", "/subscribers/<code>/token", accepts="renew_token", may="keep_subscribers", answers="subscriber")
    def renew_token(self, actor: Actor, code: str, draft: dict[str, str]) -> Any:
        """Another token, answered once; the one before opens nothing any more."""
        found, at = subscribers_store.get(self.db, code, actor.scope), clock.now()
        subscribers.check_living(found)
        token = subscribers.TOKEN + secrets.token_hex(32)
        renewed = {**found, "token": subscribers_store.hash_of(token)}
        renewed = subscribers.noted(renewed, "token", draft["reason"], actor.id, at)
        subscribers_store.save(self.db, found, renewed, at)
        return {**_shown(renewed), "token": token}

    @route("POST", "/subscribers/<code>/end", accepts="end_subscriber", may="keep_subscribers", answers="subscriber")
    def end_subscriber(self, actor: Actor, code: str, draft: dict[str, str]) -> Any:
        """It is told nothing any more, at once; ending it twice changes nothing."""
        found, at = subscribers_store.get(self.db, code, actor.scope), clock.now()
        ended = subscribers.end(found, draft["reason"], actor.id, at)
        subscribers_store.save(self.db, found, ended, at)
        return _shown(ended)

    @route("POST", "/subscriber-claims", accepts="exchange_session")
    def subscriber_claims(self, draft: dict[str, str]) -> Any:
        """Claims that open the feed's one door, for a subscriber's token."""
        found = subscribers_store.of_token(self.db, draft["token"])
        if found is None or not subscribers.is_told(found, clock.today()):
            raise errors.Refusal("not_signed_in")
        expires = int(clock.moment(clock.now()).timestamp()) + CLAIMS_SECONDS
        return {
            "claims": actors.sign(NAMED + found["code"], found["title"], [subscribers.grant(found)], expires=expires)
        }


def reader(db: mongo.Db, actor: Actor) -> subscribers.Subscriber | None:
    """The subscriber that asks, None when it is somebody else; one that is told nothing any more is not signed in."""
    if actor.roles != {actors.FEED}:
        return None
    found = subscribers_store.find(db, actor.id.removeprefix(NAMED))
    if found is None or not subscribers.is_told(found, clock.today()):
        raise errors.Refusal("not_signed_in")
    return found


def known() -> frozenset[str]:
    """The events that are told."""
    names = (name.removeprefix("events/") for name in contracts.documents() if name.startswith("events/"))
    return frozenset(names) - {"envelope"}


def _shown(subscriber: subscribers.Subscriber) -> dict[str, Any]:
    source = mongo.database("feed")
    shown = subscribers.shown(subscriber, feed.last(source))
    return {**shown, "behind_since": watching.since(source, subscriber["cursor"]) if shown["lag"] else None}
