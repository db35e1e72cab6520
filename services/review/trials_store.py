"""Trials as they are kept, so that their comparison can be looked at again: the newest of each campaign."""

from typing import Any

from services.review.trials import Trial
from services.spine import actor, mongo

Db = mongo.Db
MOST = 50
NEWEST = [("at", -1), ("_id", 1)]
WITHOUT_ROWS = dict.fromkeys(("rows", "totals", "agreement", "refusal"), 0)


def prepare(db: Db) -> None:
    """Indexes."""
    db.trials.create_index([("campaign", 1), ("at", -1)])


def begin(db: Db, trial: Trial) -> None:
    """Keep that a trial runs, in place of the same one made before; the oldest go."""
    db.trials.replace_one({"_id": trial["_id"]}, trial, upsert=True)
    old = db.trials.find({"campaign": trial["campaign"]}, {"_id": 1}).sort(NEWEST).skip(MOST)
    if ids := [row["_id"] for row in old]:
        db.trials.delete_many({"_id": {"$in": ids}})


def end(db: Db, trial: Trial, said: dict[str, Any]) -> Trial:
    """Keep how a trial ended."""
    db.trials.update_one({"_id": trial["_id"]}, {"$set": said})
    return {**trial, **said}


def get(db: Db, trial_id: str, within: dict[str, Any]) -> Trial:
    """A trial over a campaign within a scope."""
    return mongo.get(db.trials, trial_id, within)


def listed(db: Db, within: dict[str, Any], query: dict[str, str]) -> dict[str, Any]:
    """One page of trials without their rows, the newest first."""
    wanted = {"campaign": query["campaign"]} if "campaign" in query else {}
    return mongo.page(db.trials, actor.both(within, wanted), NEWEST, query, WITHOUT_ROWS)
