"""What an earlier version did not keep of the ledger is brought in later, unit by unit and a little at a time.

What must stay true: nothing is held up by it, and whoever goes on begins where the last one stopped; a store that had
no items then has nothing to catch up with. sums_begun: {_id: what ("all" for the sums, the first of them), after: unit,
done}.
"""

import time
from collections.abc import Callable

from services.spine import mongo

Db = mongo.Db
AT_ONCE = 50
NAMES = {"sums": "all"}


def begin(db: Db, what: str) -> None:
    """Something is kept from now on."""
    mongo.once(db, what, lambda: _begin(db, what))


def _begin(db: Db, what: str) -> None:
    if db.items.find_one({}, {"_id": 1}) is None:
        mongo.insert_new(db.sums_begun, [{"_id": NAMES.get(what, what), "done": True}])


def done(db: Db, what: str) -> bool:
    """Whether it is kept of all items."""
    return db.sums_begun.find_one({"_id": NAMES.get(what, what), "done": {"$ne": False}}) is not None


def go_on(db: Db, what: str, act: Callable[[str, str], None], until: float) -> bool:
    """Do it for some units at a time (campaign, unit), until a moment (monotonic); whether it is done for all."""
    key = {"_id": NAMES.get(what, what)}
    while not done(db, what) and time.monotonic() < until:
        after = (db.sums_begun.find_one(key) or {"after": ""})["after"]
        found = db.meetings.find({"_id": {"$gt": after}}, {"campaign": 1, "unit": 1}).sort("_id", 1).limit(AT_ONCE)
        units = list(found)
        for place in units:
            act(place["campaign"], place["unit"])
        reached = {"after": units[-1]["_id"] if units else after, "done": len(units) < AT_ONCE}
        db.sums_begun.update_one(key, {"$set": reached}, upsert=True)
    return done(db, what)
