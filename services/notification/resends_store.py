"""What a person has sent again, and the record of it: who had it done, why, of what, and how many it were.

What must stay true: the record is written before anything is sent again and outlives what was: a sending and its
history go when their time is over. One for each campaign, so that an office reads what was done in its own: {_id:
"at|by|campaign", campaign, at, by, reason, chosen: whether each was ticked, filter: what was named instead, count}.
"""

from collections import defaultdict
from typing import Any

from services.notification import sendings, sendings_store
from services.spine import actor, mongo

Db = mongo.Db
FILTERS = ("channel", "event", "account")


def prepare(db: Db) -> None:
    """Indexes; a record has no end."""
    db.resends.create_index([("campaign", 1), ("at", -1)])
    db.resends.create_index([("at", -1), ("_id", 1)])


def resend(db: Db, scope: dict[str, Any], draft: dict[str, Any], by: str, at: str, most: int) -> int:
    """Have these sendings, or all that a filter names, tried once more; how many. Done twice it changes nothing."""
    states = {"state": {"$in": sendings.FAILED}} if "ids" in draft else {"state": "dead"}
    wanted = {"_id": {"$in": draft["ids"]}} if "ids" in draft else sendings_store.named(draft)
    found: dict[str, list[sendings.Sending]] = defaultdict(list)
    for row in db.sendings.find(actor.both(scope, {**wanted, **states})).sort("_id", 1).limit(most):
        found[row["campaign"]].append(row)
    return sum(_resend(db, campaign, rows, draft, by, at) for campaign, rows in found.items())


def listed(db: Db, scope: dict[str, Any], query: dict[str, str]) -> dict[str, Any]:
    """One page of what was sent again, the newest first."""
    found = mongo.page(db.resends, actor.both(scope, sendings_store.named(query)), [("at", -1), ("_id", 1)], query)
    return {**found, "rows": [{key: value for key, value in row.items() if key != "_id"} for row in found["rows"]]}


def _resend(db: Db, campaign: str, rows: list[sendings.Sending], draft: dict[str, Any], by: str, at: str) -> int:
    named = {key: draft[key] for key in FILTERS if draft.get(key)}
    told = {"campaign": campaign, "at": at, "by": by, "reason": draft["reason"], "chosen": "ids" in draft}
    key = f"{at}|{by}|{campaign}"
    mongo.insert_new(db.resends, [{"_id": key, **told, "filter": named, "count": len(rows)}])
    count = 0
    for row in rows:
        after = sendings.again(row, draft["reason"], by, at)
        changes = {part: after[part] for part in ("state", "because", "failures", "next_at", "parcel", "history")}
        still = {"_id": row["_id"], "state": row["state"]}
        count += db.sendings.update_one(still, {"$set": changes}).modified_count
    if count < len(rows):
        db.resends.update_one({"_id": key}, {"$set": {"count": count}})
    return count
