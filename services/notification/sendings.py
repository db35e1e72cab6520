"""A sending: one message to one person by one channel, and what became of it.

What must stay true: its id is made of message, account and channel, so that however many passes make it there is one;
it holds no address and no words; nothing that waits is given up while a channel is away (a try made meanwhile does not
count, only one by which a channel that answered others until then failed); whenever it leaves, it leaves at an hour
at which its reader may be called. What leaves together is one parcel: a message by itself, or all that waited for a
person in one role till the same moment. A sending: {_id, message_id, account, channel, role, event, campaign, region,
group, unit, post, roles, urgent, state: waiting|failed|sent|dead|suppressed, because, code, parcel, failures, tries,
next_at, history: [{what, at, by, because}], made_at, sent_at, together, kept_until}. A message has `told_at` once its
sendings are made.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from services.notification import domain, quieting, webhooks
from services.spine import clock
from services.spine.workdays import Calendar

Sending = dict[str, Any]
PLACE = ("campaign", "region", "group", "unit", "post")
OPEN = ("waiting", "failed")
FAILED = ("failed", "dead")
KEPT_DAYS = 90
OLDEST_DAYS = 7
"""A message found first when it is older than that is read in the inbox and calls nobody."""
MOST_STEPS = 20


class Wishes(NamedTuple):
    """What one person wishes: no channels named means all there are."""

    channels: tuple[str, ...] | None = None
    digest_hour: int | None = None
    quiet: tuple[quieting.Span, ...] = ()
    language: str = "zh"


class Policy(NamedTuple):
    """What holds for everybody in a campaign."""

    quiet: tuple[quieting.Span, ...] = ()
    working_days: bool = False


def wishes(kept: dict[str, Any] | None) -> Wishes:
    """Preferences as they are kept; whoever said nothing is called by every channel, each time."""
    if kept is None:
        return Wishes()
    quiet = (kept["quiet"],) if kept.get("quiet") else ()
    return Wishes(tuple(kept["channels"]), kept["digest_hour"], quiet, kept["language"])


def policy(kept: dict[str, Any]) -> Policy:
    """The rules of a campaign, or of the deployment, as they are kept."""
    return Policy((kept["quiet"],) if kept.get("quiet") else (), bool(kept.get("working_days")))


def is_fresh(message: domain.Message, at: str) -> bool:
    """Whether anybody is still to be called for a message."""
    oldest = clock.moment(at) - timedelta(days=OLDEST_DAYS)
    return not message.get("settled_at") and clock.moment(message["at"]) >= oldest


def place(message: domain.Message) -> dict[str, Any]:
    """Whom access is asked for: the roles of a message's sides, at its place."""
    roles = sorted({role for side in message["sides"] for role in domain.SIDES.get(side, ())})
    return {"roles": roles, **{key: message.get(key) for key in PLACE}}


def asked_of(sending: Sending) -> dict[str, Any]:
    """The same for a message that is on its way."""
    return {key: sending[key] for key in ("roles", *PLACE)}


def make(
    message: domain.Message,
    person: dict[str, Any],
    channel: str,
    wished: Wishes,
    ruled: Policy,
    calendar: Calendar,
    at: str,
    code: str,
    *,
    reachable: bool,
) -> Sending:
    """The sending of a message to a person by a channel: when it leaves, or that it does not."""
    key, role = f"{message['_id']}|{person['login']}|{channel}", person["roles"][0]
    urgent = message.get("class") == "urgent"
    rules = quieting.Rules((*ruled.quiet, *wished.quiet), ruled.working_days, wished.digest_hour)
    now = clock.moment(at)
    leaves = quieting.due(now.astimezone(clock.ZONE), rules, calendar, urgent=urgent)
    next_at = clock.stamp(leaves) if leaves > now else at
    unwanted = wished.channels is not None and channel not in wished.channels
    because = "unwanted" if unwanted else "" if reachable else "no_address"
    return {
        "_id": key,
        "message_id": message["_id"],
        "account": person["login"],
        "channel": channel,
        "role": role,
        "event": message["event"],
        **place(message),
        "urgent": urgent,
        "state": "suppressed" if because else "waiting",
        "because": because,
        "code": code,
        "parcel": _gathered(person["login"], role, channel, next_at) if leaves > now else key,
        "failures": 0,
        "tries": 0,
        "next_at": next_at,
        "history": [],
        "made_at": at,
        "sent_at": None,
        "together": 1,
        "kept_until": now + timedelta(days=KEPT_DAYS),
    }


def key(parcel: Sequence[Sending]) -> str:
    """What a parcel is known by to its receiver: the same however often it is tried, and telling nothing."""
    return "-".join(sorted(one["code"] for one in parcel)[:3]) + f"-{len(parcel)}"


def put_off(sending: Sending, wished: Wishes, ruled: Policy, calendar: Calendar, at: str) -> dict[str, Any]:
    """What changes when its hour comes in one at which its reader is not called: the next that may be; nothing when it
    may leave. What was never tried is gathered with all that waits till then."""
    rules, now = quieting.Rules((*ruled.quiet, *wished.quiet), ruled.working_days), clock.moment(at)
    leaves = quieting.due(now.astimezone(clock.ZONE), rules, calendar, urgent=sending["urgent"])
    if leaves <= now:
        return {}
    next_at = clock.stamp(leaves)
    gathered = _gathered(sending["account"], sending["role"], sending["channel"], next_at)
    return {"next_at": next_at, "parcel": sending["parcel"] if sending["tries"] else gathered}


def unneeded(message: domain.Message | None, account: str) -> str:
    """Why nobody is to be called any more for a message; empty when somebody is."""
    if message is None:
        return "message_gone"
    if message.get("settled_at"):
        return "settled"
    return "read" if account in message["read_by"] else ""


def sent(parcel: Sequence[Sending], at: str) -> dict[str, Any]:
    """What changes when a parcel was taken."""
    return {"state": "sent", "because": "", "sent_at": at, "failures": 0, "together": len(parcel)}


def suppressed(because: str) -> dict[str, Any]:
    """What changes when nobody is called after all."""
    return {"state": "suppressed", "because": because}


def failed(
    sending: Sending, status: int, because: str, retry_after: str, at: datetime, chance: float
) -> dict[str, Any]:
    """What changes when a parcel was not taken: when it is tried again, on the schedule of calls to other systems."""
    changes = webhooks.failed(sending["failures"], status, retry_after, at, chance)
    if "next_at" not in changes:
        return refused(because or changes["reason"])
    return {"state": "failed", "because": because, **changes, "next_at": clock.stamp(changes["next_at"])}


def spared(because: str, rest: float, at: datetime) -> dict[str, Any]:
    """What changes when a channel that was away already did not take it: nothing is counted against it, and it waits
    twice as long as the channel rests, so that the next try is another's, if another waits."""
    return {"state": "failed", "because": because, "next_at": clock.stamp(at + timedelta(seconds=2 * rest))}


def refused(because: str) -> dict[str, Any]:
    """What changes when it is not tried any more by itself."""
    return {"state": "dead", "because": because}


def again(sending: Sending, reason: str, by: str, at: str) -> dict[str, Any]:
    """What changes when a person has it tried once more, from the beginning and by itself."""
    history = [*sending["history"], {"what": "resent", "at": at, "by": by, "because": reason}][-MOST_STEPS:]
    fresh = {"state": "waiting", "because": "", "failures": 0, "next_at": at}
    return {**fresh, "parcel": sending["_id"], "history": history}


def _gathered(account: str, role: str, channel: str, next_at: str) -> str:
    """The parcel of all that waits for a person in one role till the same moment."""
    return f"{account}|{role}|{channel}|{next_at}"
