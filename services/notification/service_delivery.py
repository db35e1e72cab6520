"""The doors at which is seen what became of each sending and what was given up is sent again; the passes that send."""

from typing import Any

import eventlet
import requests
import structlog

from services.notification import (
    addressees,
    channels,
    packages,
    posting,
    resends_store,
    sendings,
    sendings_store,
    service_webhooks,
)
from services.spine import clock, doors, errors
from services.spine.actor import Actor
from services.spine.doors import every, route

MOST_RESENT = 1000
TURNS = eventlet.GreenPool(8)
BUSY: set[str] = set()
"""The channels that have a turn in this process."""
log = structlog.get_logger()


class DeliveryDoors(doors.Service):
    """What becomes of messages on their way to persons."""

    @route("GET", "/sendings", accepts="find_sendings", may="keep_delivery", answers="sending_list")
    def all_sendings(self, actor: Actor, query: dict[str, str]) -> Any:
        """What was sent, waits, failed or was given up, the newest first; no words and no addresses."""
        found = sendings_store.listed(self.db, actor.scope, query)
        return {**found, "rows": [_shown(row) for row in found["rows"]]}

    @route("POST", "/sendings/resend", accepts="resend_sendings", may="keep_delivery", answers="resent")
    def resend_sendings(self, actor: Actor, draft: dict[str, Any]) -> Any:
        """These, or all given up that a filter names, are tried once more; who had it done and why stays on record."""
        count = resends_store.resend(self.db, actor.scope, draft, actor.id, clock.now(), MOST_RESENT)
        return {"resent": count, "more": count == MOST_RESENT}

    @route("GET", "/resends", accepts="find_resends", may="keep_delivery", answers="resend_list")
    def all_resends(self, actor: Actor, query: dict[str, str]) -> Any:
        """What was sent again by hand, by whom, why and how many, the newest first; kept for good."""
        return resends_store.listed(self.db, actor.scope, query)

    @route("GET", "/channels", may="keep_delivery", answers="channel_list")
    def all_channels(self, actor: Actor) -> Any:
        """The channels there are, whether each answers, and how much waits for it."""
        said, rows = channels.configured(), []
        for name in channels.names(said):
            circuit, kind = sendings_store.circuit(self.db, name), channels.is_outside(said, name)
            about = {"channel": name, "class": "outside" if kind else "inside"}
            counted = sendings_store.counts(self.db, actor.scope, name)
            rows.append({**about, **{key: circuit[key] for key in ("failures", "open_until")}, **counted})
        return {"rows": rows}

    @route("GET", "/codes/<code>", may="read_messages", answers="code_leads")
    def follow_code(self, actor: Actor, code: str) -> Any:
        """Where a code that came with a call leads the person who was called; to all others it is not found."""
        found = sendings_store.of_code(self.db, code, actor.id)
        message = found and self.db.messages.find_one({"_id": found["message_id"]})
        if not found or not message:
            raise errors.Refusal("not_found", id=code)
        alone = found["together"] == 1
        return {"message_id": found["message_id"] if alone else None, "link": message["link"] if alone else None}

    @route("POST", "/packages", accepts="take_package", may="set_delivery", answers="package")
    def take_package(self, actor: Actor, draft: dict[str, str]) -> Any:
        """What waits for the public account is taken along under a key; the same key takes the same."""
        if not actor.covers({"campaign": draft["campaign"]}):
            raise errors.Refusal("not_found", id=draft["campaign"])
        house = self._house()
        packages.take(house, draft["key"], draft["campaign"], actor.id)
        found = packages.lines(house, draft["key"], draft["campaign"])
        return {**draft, "rows": [dict(zip(packages.COLUMNS, line, strict=True)) for line in found]}

    @every(3)
    def make_sendings(self) -> None:
        """Of new messages the sendings are made, by one replica at a time."""
        try:
            posting.plan(self._house())
        except requests.RequestException as away:
            log.warning("access_away", reason=repr(away)[:200])

    @every(2, everywhere=True)
    def send_what_is_due(self) -> None:
        """Every channel gets its turn; in each replica, for a parcel is had by one at a time."""
        for name in channels.names(channels.configured()):
            if name not in BUSY:
                TURNS.spawn_n(self._turn, self._house(), name)

    def _turn(self, house: posting.House, channel: str) -> None:
        BUSY.add(channel)
        try:
            posting.turn(house, channel)
        except requests.RequestException as away:
            log.warning("access_away", reason=repr(away)[:200])
        finally:
            BUSY.discard(channel)

    def _house(self) -> posting.House:
        return posting.House(self.db, channels.configured(), addressees.ask, service_webhooks.allowed())


def _shown(sending: sendings.Sending) -> dict[str, Any]:
    keys = ("message_id", "account", "channel", "role", "event", "campaign", "unit", "urgent", "state", "because")
    told = ("tries", "next_at", "made_at", "sent_at", "together", "history")
    return {"sending_id": sending["_id"], **{key: sending[key] for key in (*keys, *told)}}
