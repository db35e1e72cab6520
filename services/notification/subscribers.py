"""Who of the other systems is told what: a subscriber reads the feed by a token, or is called at an address.

What must stay true: of token and secrets nothing is shown again once they were made; a subscriber is told of its own
campaign, types, regions and secrecy and of nothing else, and of nothing at all once it was stopped, ended or is over. A
subscriber: {_id: code, code, kind: feed|webhook|amqp, title, campaign (None: all), types, regions (both empty: all),
secrecy (the highest it is told of), until, url, state: unproved|active|stopped|disabled|ended, reason, token (its hash;
feed, amqp), cursor: the last number it read or took, read_at, made_by, made_at, changes: [{by, at, what, reason}]}; one
that is called has more: see webhooks; one that has a queue: see queues.
"""

from collections.abc import Mapping
from typing import Any

from services.notification import queues
from services.spine import actor, clock, errors, events

Subscriber = dict[str, Any]
TOKEN = "rfs_"
STATES = ("unproved", "active", "stopped", "disabled", "ended")
PART = ("campaign", "types", "regions", "secrecy", "until")
SHOWN = ("code", "kind", "title", *PART, "state", "reason", "cursor", "read_at", "made_by", "made_at", "changes")
CALLED = ("url", "failures", "next_at", "failed_at", "failed_because")
MOST_CHANGES, NOTED_SECONDS = 50, 10


def make(draft: Mapping[str, Any], known: frozenset[str], by: str, at: str, last: int) -> Subscriber:
    """A new subscriber, from the feed's end on or after an earlier number; one that is called proves itself first."""
    check_types(draft.get("types", []), known)
    if draft.get("after", 0) > last:
        raise errors.Refusal("cursor_ahead", after=draft["after"], last=last)
    kept = {"types": [], "regions": [], "secrecy": "internal", "until": None, **draft}
    kept |= {"cursor": draft.get("after", last), "read_at": None, "made_by": by, "made_at": at, "changes": []}
    state = "unproved" if draft["kind"] == "webhook" else "active"
    kept.pop("after", None)
    limits = kept.pop("limits", {})
    called = {
        "failures": 0,
        "next_at": None,
        "owner": None,
        "lease_until": None,
        "keys": [],
        "url": draft.get("url", ""),
    }
    kept |= called if draft["kind"] == "webhook" else {"url": None}
    kept |= {"queue": queues.fresh(draft["code"], limits)} if draft["kind"] == "amqp" else {}
    return {"_id": draft["code"], **kept, "state": state, "reason": ""}


def change(subscriber: Subscriber, draft: Mapping[str, Any], known: frozenset[str], by: str, at: str) -> Subscriber:
    """What it is told of is another part from now on, or it is stopped for a while, or goes on."""
    check_living(subscriber)
    check_types(draft.get("types", []), known)
    asked = {key: value for key, value in draft.items() if key != "reason"}
    if "state" in asked and subscriber["state"] == "unproved":
        raise errors.Refusal("subscriber_unproved", subscriber=subscriber["code"])
    changed = {key: value for key, value in asked.items() if subscriber.get(key) != value}
    if not changed:
        return subscriber
    what = ",".join(sorted(changed))
    if changed.get("state") == "active":
        changed |= {"failures": 0, "next_at": None}
    why = {"reason": draft["reason"] if changed["state"] == "stopped" else ""} if "state" in changed else {}
    return noted({**subscriber, **changed, **why}, what, draft["reason"], by, at)


def proved(subscriber: Subscriber, by: str, at: str) -> Subscriber:
    """It has shown that it wants to be called; what was stopped or disabled goes on where it was."""
    gone_on = {**subscriber, "state": "active", "reason": "", "failures": 0, "next_at": None}
    return noted(gone_on, "proved", "", by, at)


def rewound(subscriber: Subscriber, after: int, last: int, reason: str, by: str, at: str) -> Subscriber:
    """It is told all after a number once more; whoever is just calling it stops."""
    if after > last:
        raise errors.Refusal("cursor_ahead", after=after, last=last)
    back = {**subscriber, "cursor": after, "owner": None, "lease_until": None, "failures": 0, "next_at": None}
    return noted(back, "replay", reason, by, at)


def end(subscriber: Subscriber, reason: str, by: str, at: str) -> Subscriber:
    """It is told nothing any more and its token opens nothing; ending it twice changes nothing."""
    if subscriber["state"] == "ended":
        return subscriber
    return noted({**subscriber, "state": "ended", "reason": reason, "token": None}, "ended", reason, by, at)


def noted(subscriber: Subscriber, what: str, reason: str, by: str, at: str) -> Subscriber:
    """The subscriber with one more line of who changed what and why."""
    line = {"what": what, "reason": reason, "by": by, "at": at}
    return {**subscriber, "changes": [*subscriber["changes"], line][-MOST_CHANGES:]}


def check_living(subscriber: Subscriber) -> None:
    """Refuse what is asked of a subscriber that was ended."""
    if subscriber["state"] == "ended":
        raise errors.Refusal("subscriber_ended", subscriber=subscriber["code"])


def check_types(types: list[str], known: frozenset[str]) -> None:
    """Refuse an event that is never told."""
    places = [
        {"pointer": f"/types/{place}", "code": "unknown_event_type", "type": name}
        for place, name in enumerate(types)
        if name not in known
    ]
    if places:
        raise errors.Refusal("unknown_event_type", type=places[0]["type"], errors=places)


def is_told(subscriber: Subscriber, today: str) -> bool:
    """Whether it is told anything today."""
    return subscriber["state"] == "active" and (subscriber["until"] or today) >= today


def has_come(subscriber: Subscriber, cursor: int, at: str) -> bool:
    """Whether a reader of the feed is written down as having read: it has come further, or a while has passed."""
    recent = clock.stamp(clock.moment(at) - clock.seconds(NOTED_SECONDS))
    return cursor != subscriber["cursor"] or (subscriber["read_at"] or "") < recent


def part(subscriber: Subscriber) -> dict[str, Any]:
    """The part of the feed a subscriber is told, as a filter of the store."""
    found = up_to(subscriber["secrecy"])
    if subscriber["campaign"]:
        found["event.campaign"] = subscriber["campaign"]
    if subscriber["types"]:
        found["name"] = {"$in": subscriber["types"]}
    if subscriber["regions"]:
        found["region"] = {"$regex": f"^({'|'.join(subscriber['regions'])})"}
    return found


def up_to(secrecy: str) -> dict[str, Any]:
    """The part of the feed that is no more secret than that, as a filter of the store."""
    return {"event.data.secrecy": {"$in": actor.up_to(secrecy)}}


def seen(reader: actor.Actor) -> dict[str, Any]:
    """The part of the feed an account sees: its campaign, its region if it is a region's, work secrets if it may."""
    parts = []
    for grant in reader.grants:
        part = up_to(actor.told_up_to(grant["role"]))
        if grant["scope"]["kind"] != "system":
            part["event.campaign"] = grant["campaign"]
        if grant["scope"]["kind"] == "region":
            part["region"] = grant["scope"]["of"]
        parts.append(part)
    return parts[0] if len(parts) == 1 else {"$or": parts}


def hears(subscriber: Subscriber, event: Mapping[str, Any]) -> bool:
    """Whether an event lies in the part of the feed a subscriber is told: what `part` says to the store."""
    return (
        event["data"].get("secrecy") in actor.up_to(subscriber["secrecy"])
        and subscriber["campaign"] in (None, event["campaign"])
        and (not subscriber["types"] or events.name_of(dict(event)) in subscriber["types"])
        and (not subscriber["regions"] or event["region"].startswith(tuple(subscriber["regions"])))
    )


def grant(subscriber: Subscriber) -> dict[str, Any]:
    """What a subscriber's token opens: the feed and snapshots, each as far as its part of the feed reaches."""
    scope = (
        {"kind": "campaign", "of": subscriber["campaign"]} if subscriber["campaign"] else {"kind": "system", "of": "*"}
    )
    part = {key: subscriber[key] for key in ("types", "regions", "secrecy")}
    return {
        "role": actor.FEED,
        "campaign": subscriber["campaign"],
        "scope": scope,
        "until": subscriber["until"],
        "part": part,
    }


def shown(subscriber: Subscriber, last: int) -> dict[str, Any]:
    """A subscriber as those see it who keep them, with how far it lags behind the feed's end."""
    called = {key: subscriber.get(key) for key in CALLED} if subscriber["kind"] == "webhook" else {}
    called |= {"queue": queues.shown(subscriber["queue"])} if subscriber["kind"] == "amqp" else {}
    return {**{key: subscriber[key] for key in SHOWN}, **called, "lag": max(last - subscriber["cursor"], 0)}


def matter(code: str) -> str:
    """What a message that it is called no more is about."""
    return f"subscriber:{code}"


def disabled_message(subscriber: Subscriber, at: str) -> dict[str, Any]:
    """The message to those who keep it, once each time it is called no more."""
    code, failed = subscriber["code"], subscriber.get("failed_at") or at
    told = f"subscriber_disabled:{code}:{failed}"
    params = {"code": code, "reason": subscriber["reason"], "tries": subscriber.get("failures", 0)}
    params["because"] = subscriber.get("failed_because") or ""
    places = {"campaign": subscriber["campaign"], "region": None, "group": None, "unit": None, "post": None}
    about = {"params": params, "link": {"page": "subscriber", "id": code}, "at": at, "matter": matter(code)}
    open_ = {"read_by": [], "sequence": 0, "settled_at": None}
    sides = ["office", "operator"]
    return {"_id": told, "message_id": told, "event": "subscriber_disabled", "sides": sides, **places, **about, **open_}
