"""The doors at which something is sent to one subscriber once more, or left out, or sent to another address."""

import secrets
from typing import Any

import eventlet

from services.notification import (
    calling,
    compacting,
    replays,
    replays_store,
    resending,
    service_subscribers,
    service_webhooks,
    subscribers,
    subscribers_store,
    webhooks,
)
from services.spine import clock, doors, feed, mongo
from services.spine.actor import Actor
from services.spine.doors import every, route

TURNS = eventlet.GreenPool(4)
"""How many replays one process works at, beside what is new."""


class ReplayDoors(doors.Service):
    """Replays, and what an operator does about an address that does not take what it is sent."""

    @route(
        "GET",
        "/subscribers/<code>/replays",
        accepts="page",
        may="keep_subscribers",
        answers="replay_list",
    )
    def all_replays(self, actor: Actor, code: str, query: dict[str, str]) -> Any:
        """The replays to a subscriber, the newest first."""
        subscribers_store.get(self.db, code, actor.scope)
        return replays_store.listed(self.db, code, query)

    @route(
        "GET",
        "/subscribers/<code>/replays/count",
        accepts="count_replay",
        may="keep_subscribers",
        answers="replay_count",
    )
    def count_replay(self, actor: Actor, code: str, query: dict[str, str]) -> Any:
        """How many events a replay would send, before it is asked for."""
        _, between, total = self._asked(actor, code, query)
        return {"count": total, "through": between[1]}

    @route("POST", "/subscribers/<code>/replays", accepts="ask_replay", may="keep_subscribers", answers="replay")
    def ask_replay(self, actor: Actor, code: str, draft: dict[str, Any]) -> Any:
        """What was told between two moments, of a kind, in a region, or by number, is sent once more."""
        at = clock.now()
        found, between, total = self._asked(actor, code, draft)
        resending.check(found)
        made = replays.begin(found, draft, f"{code}.{secrets.token_hex(6)}", between, total, actor.id, at)
        noted = subscribers.noted(found, f"replay of {total}", draft["reason"], actor.id, at)
        subscribers_store.save(self.db, found, noted, at)
        replays_store.add(self.db, made, at)
        return 201, _shown(made)

    @route(
        "POST",
        "/subscribers/<code>/replays/<replay_id>/stop",
        accepts="replay_call",
        may="keep_subscribers",
        answers="replay",
    )
    def stop_replay(self, actor: Actor, code: str, replay_id: str, draft: dict[str, str]) -> Any:
        """A replay is sent no further."""
        found, at = subscribers_store.get(self.db, code, actor.scope), clock.now()
        before = replays_store.get(self.db, code, replay_id)
        stopped = replays.stop(before, at)
        if stopped != before:
            noted = subscribers.noted(found, "replay stopped", draft["reason"], actor.id, at)
            subscribers_store.save(self.db, found, noted, at)
        replays_store.save(self.db, before, stopped, at)
        return _shown(stopped)

    @route("POST", "/subscribers/<code>/skip", accepts="skip_event", may="keep_subscribers", answers="subscriber")
    def skip_event(self, actor: Actor, code: str, draft: dict[str, Any]) -> Any:
        """The event that an address does not take is left out, with a reason; what follows it is sent."""
        found, source, at = service_webhooks.called(self.db, actor, code), mongo.database("feed"), clock.now()
        waits = next(feed.read(source, found["cursor"], limit=1, within=subscribers.part(found)), (None,))[0]
        changed = webhooks.skipped(found, waits, draft["number"], draft["reason"], actor.id, at)
        subscribers_store.save(self.db, found, changed, at)
        return subscribers.shown(changed, feed.last(source))

    @route(
        "POST", "/subscribers/<code>/address", accepts="change_address", may="keep_subscribers", answers="subscriber"
    )
    def change_address(self, actor: Actor, code: str, draft: dict[str, str]) -> Any:
        """It is to be called at another address, which has to prove itself first; nothing is left out meanwhile."""
        found, at = service_webhooks.called(self.db, actor, code), clock.now()
        calling.check(draft["url"], service_webhooks.allowed())
        changed = webhooks.moved(found, draft["url"], draft["reason"], actor.id, at)
        subscribers_store.save(self.db, found, changed, at)
        return subscribers.shown(changed, feed.last(mongo.database("feed")))

    @every(1, everywhere=True)
    def work_replays(self) -> None:
        """Every replay that has something to send gets its turn."""
        for replay_id in replays_store.due(self.db, clock.now()):
            if TURNS.free() > 0:
                TURNS.spawn_n(resending.turn, self.db, mongo.database("feed"), replay_id)

    def _asked(
        self, actor: Actor, code: str, asked: dict[str, Any]
    ) -> tuple[subscribers.Subscriber, tuple[int, int], int]:
        """The subscriber, the numbers between which a replay lies, and how many events it has."""
        found, source = subscribers_store.get(self.db, code, actor.scope), mongo.database("feed")
        replays.check(asked, service_subscribers.known())
        begins = compacting.before(source, clock.local_day(asked["since"])) if asked.get("since") else 0
        between = replays.span(asked, begins, feed.last(source))
        return found, between, replays_store.count(source, replays.within(found, asked), *between)


def _shown(replay: replays.Replay) -> dict[str, Any]:
    hidden = ("_id", "owner", "lease_until", "revision", "outbox")
    return {key: value for key, value in replay.items() if key not in hidden}
