"""The doors at which an address proves itself and gets keys, its log, and the stroke at which addresses are called."""

import secrets
import time
from typing import Any

import eventlet
import orjson

from services.notification import (
    delivering,
    guarding,
    signing,
    subscribers,
    subscribers_store,
    webhooks,
    webhooks_store,
)
from services.spine import clock, doors, errors, feed, mongo, settings
from services.spine.actor import Actor
from services.spine.doors import every, route

TURNS = eventlet.GreenPool(200)
"""How many addresses one process calls at a time, each as slow as it likes; the rest wait for the next look."""
STROKE, LOOK_SECONDS = 0.5, 0.1


class WebhookDoors(doors.Service):
    """Other systems that are called."""

    @route("POST", "/subscribers/<code>/proof", accepts="prove_address", may="keep_subscribers", answers="subscriber")
    def prove_address(self, actor: Actor, code: str, draft: dict[str, Any]) -> Any:
        """The address is called with a challenge; when it gives that back, it is called from now on."""
        found, at, challenge = called(self.db, actor, code), clock.now(), secrets.token_urlsafe(24)
        body = orjson.dumps(webhooks.proof(code, challenge, at))
        outcome = delivering.send(found, f"msg_{secrets.token_hex(20)}", body, allowed())
        if not webhooks.proves(outcome.status, outcome.body, challenge):
            raise errors.Refusal("webhook_unproved", status=outcome.status, because=outcome.error)
        proved = subscribers.proved(found, actor.id, at)
        subscribers_store.save(self.db, found, proved, at)
        return subscribers.shown(proved, feed.last(mongo.database("feed")))

    @route("POST", "/subscribers/<code>/keys", accepts="make_key", may="keep_subscribers", answers="subscriber")
    def make_key(self, actor: Actor, code: str, draft: dict[str, str]) -> Any:
        """Another key, answered once; for a day the one before signs beside it."""
        found, at = called(self.db, actor, code), clock.now()
        key = signing.make(draft["kind"], secrets.token_bytes(signing.KEY_BYTES), at)
        until = clock.stamp(clock.moment(at) + clock.seconds(signing.OVERLAP_HOURS * 3600))
        keys = signing.rotate(found["keys"], webhooks_store.sealed(key), until)
        changed = subscribers.noted({**found, "keys": keys}, "keys", draft["reason"], actor.id, at)
        subscribers_store.save(self.db, found, changed, at)
        return {**subscribers.shown(changed, feed.last(mongo.database("feed"))), "key": signing.given_out(key)}

    @route(
        "GET",
        "/subscribers/<code>/deliveries",
        accepts="find_deliveries",
        may="keep_subscribers",
        answers="delivery_list",
    )
    def deliveries(self, actor: Actor, code: str, query: dict[str, str]) -> Any:
        """What was sent to an address, the newest first, with every try."""
        called(self.db, actor, code)
        return webhooks_store.deliveries(self.db, code, query)

    @route(
        "POST",
        "/subscribers/<code>/deliveries/<int:number>/replay",
        accepts="replay_call",
        may="keep_subscribers",
        answers="call_replayed",
    )
    def replay_call(self, actor: Actor, code: str, number: int, draft: dict[str, str]) -> Any:
        """One event is sent once more now, under the id it had; how far the address has come stays as it is."""
        found, at = called(self.db, actor, code), clock.now()
        if found["state"] == "unproved":
            raise errors.Refusal("subscriber_unproved", subscriber=code)
        noted = subscribers.noted(found, f"replay {number}", draft["reason"], actor.id, at)
        taken = delivering.again(self.db, mongo.database("feed"), found, number, allowed())
        subscribers_store.save(self.db, found, noted, at)
        return {"code": code, "n": number, "taken": taken}

    @route("POST", "/subscribers/<code>/replay", accepts="replay_calls", may="keep_subscribers", answers="subscriber")
    def replay_calls(self, actor: Actor, code: str, draft: dict[str, Any]) -> Any:
        """All after a number is sent once more, in order, under the ids it had."""
        found, at, last = called(self.db, actor, code, "amqp"), clock.now(), feed.last(mongo.database("feed"))
        changed = subscribers.rewound(found, draft["after"], last, draft["reason"], actor.id, at)
        subscribers_store.save(self.db, found, changed, at)
        return subscribers.shown(changed, last)

    @every(STROKE, everywhere=True)
    def call_addresses(self) -> None:
        """Every address that has something to take gets its turn, as soon as the feed has something new."""
        source, ends, seen = mongo.database("feed"), time.monotonic() + STROKE, -1
        while time.monotonic() < ends and (seen >= 0 or webhooks_store.some(self.db)):
            reached = feed.last(source)
            if reached != seen:
                self._call(source, reached)
            seen = reached
            time.sleep(LOOK_SECONDS)

    def _call(self, source: feed.Db, reached: int) -> None:
        due, owner = webhooks_store.due(self.db, reached, clock.now()), secrets.token_hex(8)
        for one in webhooks_store.take(self.db, due[: TURNS.free()], owner, clock.now()):
            TURNS.spawn_n(delivering.work, self.db, source, one, owner, reached, allowed())


def called(db: mongo.Db, actor: Actor, code: str, *others: str) -> subscribers.Subscriber:
    """A subscriber that is called, or of one of the other kinds, within the scope."""
    found = subscribers_store.get(db, code, actor.scope)
    subscribers.check_living(found)
    if found["kind"] not in ("webhook", *others):
        raise errors.Refusal("subscriber_not_called", subscriber=code)
    return found


def allowed() -> guarding.Allowed:
    """What operators allow to be called."""
    return guarding.allowed(settings.webhooks())
