"""Replays: what was told between two moments, of a kind, in a region, is sent to one subscriber once more.

What must stay true: nothing is sent that is not of the subscriber's part; under the ids it had, in the feed's order,
beside what waits for it, whose place stays as it is; a replay ends, by itself, by somebody or by the receiver's no. A
replay: {_id, replay_id, code, campaign, since, until, type, region, numbers: those alone, cursor: how far it has come,
through, total, sent, state: running|done|stopped|failed, failures, next_at, owner, lease_until, reason, by, at,
ended_at}.
"""

from collections.abc import Mapping
from typing import Any

from services.notification import subscribers
from services.spine import actor, errors, feed

Replay = dict[str, Any]
ASKED = ("since", "until", "type", "region")


def check(draft: Mapping[str, Any], known: frozenset[str]) -> None:
    """Refuse a replay of everything, of an event that is never told, or of a span that ends before it begins."""
    if not any(draft.get(key) for key in (*ASKED, "numbers")):
        raise errors.Refusal("replay_of_nothing", errors=[{"pointer": "/since", "code": "replay_of_nothing"}])
    if draft.get("type") and draft["type"] not in known:
        raise errors.Refusal("unknown_event_type", type=draft["type"])
    if draft.get("since") and draft.get("until") and draft["until"] <= draft["since"]:
        raise errors.Refusal("until_before_since", errors=[{"pointer": "/until", "code": "until_before_since"}])


def within(subscriber: subscribers.Subscriber, asked: Mapping[str, Any]) -> dict[str, Any]:
    """What of a subscriber's part is asked for, as a filter of the feed."""
    wanted = feed.wanted(*(asked.get(key) or "" for key in ("type", "region", "since", "until")))
    found = actor.both(subscribers.part(subscriber), wanted)
    return {"$and": [found, {"n": {"$in": asked["numbers"]}}]} if asked.get("numbers") else found


def span(asked: Mapping[str, Any], before: int, last: int) -> tuple[int, int]:
    """After which number it begins and at which it ends; `before` is where the feed stood before it."""
    numbers = asked.get("numbers")
    return (min(numbers) - 1, min(max(numbers), last)) if numbers else (before, last)


def begin(
    subscriber: subscribers.Subscriber,
    draft: Mapping[str, Any],
    replay_id: str,
    between: tuple[int, int],
    total: int,
    by: str,
    at: str,
) -> Replay:
    """A replay that is to be worked off."""
    asked = {key: draft.get(key) for key in (*ASKED, "numbers")}
    about = {"replay_id": replay_id, "code": subscriber["code"], "campaign": subscriber["campaign"], **asked}
    place = {"cursor": between[0], "through": between[1], "total": total, "sent": 0}
    waits = {"failures": 0, "next_at": None, "owner": None, "lease_until": None}
    state = {"state": "running" if total else "done", "reason": draft["reason"], "by": by, "at": at, "ended_at": None}
    return {"_id": replay_id, **about, **place, **waits, **state}


def stop(replay: Replay, at: str) -> Replay:
    """It is sent no further; what has ended stays as it ended."""
    return {**replay, "state": "stopped", "ended_at": at, "owner": None} if replay["state"] == "running" else replay
