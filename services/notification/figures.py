"""What waits in notification, counted for those who run it: no words, no addresses, nobody's name."""

from typing import Any

from services.notification import channels, sendings, sendings_store
from services.spine import clock, mongo

Db = mongo.Db


def uncalled(db: Db) -> int:
    """Messages of which nobody has been called yet."""
    return db.messages.count_documents({"told_at": None})


def of_channels(db: Db, now: str) -> list[dict[str, Any]]:
    """Each channel: {channel, away: left alone for now, overdue: seconds since the first that has not left might have,
    states: {waiting, failed, dead}}."""
    return [
        {
            "channel": name,
            "away": (sendings_store.circuit(db, name)["open_until"] or "") > now,
            "overdue": _overdue(db, name, now),
            "states": sendings_store.counts(db, {}, name),
        }
        for name in channels.ROOMS
    ]


def failing(db: Db) -> dict[str, int]:
    """Of each address that is called the failed tries of the call that waits."""
    rows = db.subscribers.find({"kind": "webhook", "state": "active"}, {"failures": 1})
    return {row["_id"]: row["failures"] for row in rows}


def _overdue(db: Db, channel: str, now: str) -> float:
    """Each question is answered by the index, whose order is next_at."""
    due = {"channel": channel, "next_at": {"$lte": now}}
    kinds = [{**due, "state": state, "urgent": urgent} for state in sendings.OPEN for urgent in (True, False)]
    firsts = [db.sendings.find_one(kind, {"next_at": 1}, sort=[("next_at", 1)]) for kind in kinds]
    since = min((row["next_at"] for row in firsts if row), default=now)
    return (clock.moment(now) - clock.moment(since)).total_seconds()
