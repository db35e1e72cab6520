"""A night as it is kept: whose it is, how far it has come, what it found.

What must stay true: one works at a time (a lease that is renewed with every part and passes on when its holder is
gone); a night that is done is done. `nights`: the lease {_id: lease, owner, until}, each night {_id: day, state:
running|done, found: {count by what it found}, begun_at, ended_at}, and the parts of it that go from unit to unit
{_id: campaign.month.mark, after, done}.
"""

import time
from typing import Any

from pymongo.errors import DuplicateKeyError

from services.spine import mongo

Db = mongo.Db
Night = dict[str, Any]
LEASE_SECONDS = 60


def hold(db: Db, owner: str) -> bool:
    """Take or keep the night for some seconds; False while somebody else is at it."""
    now = time.time()
    mine = {"_id": "lease", "$or": [{"owner": owner}, {"until": {"$lte": now}}]}
    try:
        db.nights.update_one(mine, {"$set": {"owner": owner, "until": now + LEASE_SECONDS}}, upsert=True)
    except DuplicateKeyError:
        return False
    return True


def let_go(db: Db, owner: str) -> None:
    """Whoever comes next need not wait."""
    db.nights.update_one({"_id": "lease", "owner": owner}, {"$set": {"until": 0}})


def begin(db: Db, today: str, at: str) -> Night:
    """The night of a day, as far as it has come."""
    fresh: Night = {"state": "running", "found": {}, "begun_at": at, "ended_at": None}
    db.nights.update_one({"_id": today}, {"$setOnInsert": fresh}, upsert=True)
    return mongo.get(db.nights, today)


def add(db: Db, today: str, found: dict[str, int]) -> None:
    """What another part of it found."""
    if found:
        db.nights.update_one({"_id": today}, {"$inc": {f"found.{what}": count for what, count in found.items()}})


def end(db: Db, today: str, at: str) -> Night:
    """The night is through."""
    db.nights.update_one({"_id": today, "state": "running"}, {"$set": {"state": "done", "ended_at": at}})
    return mongo.get(db.nights, today)


def again(db: Db, today: str) -> None:
    """A night that is through is gone through once more, for what came in since."""
    db.nights.update_one({"_id": today, "state": "done"}, {"$set": {"state": "running"}})


def part(db: Db, key: str) -> dict[str, Any]:
    """How far a part from unit to unit has come: {after, done}."""
    return db.nights.find_one({"_id": key}) or {"_id": key, "after": "", "done": False}


def go_on(db: Db, key: str, after: str, *, done: bool) -> None:
    """Such a part has come as far as a unit, or through."""
    db.nights.update_one({"_id": key}, {"$set": {"after": after, "done": done}}, upsert=True)
