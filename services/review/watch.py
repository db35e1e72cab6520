"""Watching the pre-check tasks: how many wait in which lane and since when, who works, how long the rest will take.

What operators look at and by what workers are added. Counting touches only what is open and the newest of what is
done, so it costs the same in a campaign's last week as in its first.
"""

from typing import Any

from services.review import lanes, tasks
from services.spine import mongo

Db = mongo.Db


def seen(db: Db, worker: dict[str, Any], now: float) -> None:
    """A worker says that it is there and what it has in hand."""
    key = {"_id": worker["owner"]}
    db.workers.update_one(key, {"$set": {**worker, "seen_at": now}, "$setOnInsert": {"started_at": now}}, upsert=True)


def left(db: Db, owner: str) -> None:
    """A worker ends."""
    db.workers.delete_one({"_id": owner})


def counts(db: Db, now: float) -> dict[str, Any]:
    """Depth, in flight, dead and oldest age over all lanes."""
    lanes_now = by_lane(db, now)
    totals = {state: sum(lane[state] for lane in lanes_now) for state in ("waiting", "running", "dead")}
    oldest = max(lane["oldest_seconds"] for lane in lanes_now)
    return {**totals, "done": db.tasks.count_documents({"state": "done"}), "oldest_seconds": oldest}


def by_lane(db: Db, now: float) -> list[dict[str, Any]]:
    """[{lane, waiting, running, dead, oldest_seconds, rate_per_minute}], the nearest lane first."""
    opened = {"$match": {"state": {"$in": ["waiting", "running", "dead"]}}}
    count: dict[str, Any] = {"$group": {"_id": {"lane": "$lane", "state": "$state"}, "count": {"$sum": 1}}}
    found = {(row["_id"]["lane"], row["_id"]["state"]): row["count"] for row in db.tasks.aggregate([opened, count])}
    recent = {"state": "done", "done_at": {"$gt": now - tasks.RATE_SECONDS}}
    done = {
        row["_id"]: row["count"]
        for row in db.tasks.aggregate([{"$match": recent}, {"$group": {"_id": "$lane", "count": {"$sum": 1}}}])
    }
    rows = []
    for lane in lanes.LANES:
        oldest = db.tasks.find_one({"state": "waiting", "lane": lane}, sort=[("due_at", 1)])
        states: dict[str, Any] = {state: found.get((lane, state), 0) for state in ("waiting", "running", "dead")}
        age = round(max(now - oldest["added_at"], 0), 1) if oldest else 0
        rate = round(done.get(lane, 0) * 60 / tasks.RATE_SECONDS, 1)
        rows.append({"lane": lane, **states, "oldest_seconds": age, "rate_per_minute": rate})
    return rows


def board(db: Db, now: float) -> dict[str, Any]:
    """What operators see: {lanes, workers, estimate}."""
    busy = {row["owner"]: row for row in db.tasks.find({"state": "running"}, {"owner": 1, "lane": 1}).limit(500)}
    alive = db.workers.find({"seen_at": {"$gt": now - tasks.SILENT_SECONDS}}).sort("started_at", 1).limit(200)
    workers = [_worker(row, busy.get(row["_id"])) for row in alive]
    shown = by_lane(db, now)
    waiting = sum(lane["waiting"] for lane in shown)
    return {"lanes": shown, "workers": workers, "estimate": lanes.estimate(waiting, len(workers), seconds_each(db))}


def _worker(row: dict[str, Any], task: dict[str, Any] | None) -> dict[str, Any]:
    keys = ("owner", "host", "pid", "started_at", "seen_at")
    return {**{key: row[key] for key in keys}, "task": task and task["_id"], "lane": task and task["lane"]}


def seconds_each(db: Db) -> float | None:
    """What one pre-check took of late, on average; None when none was done."""
    took = [
        row["took"] for row in db.tasks.find({"state": "done"}).sort("done_at", -1).limit(tasks.RECENT) if "took" in row
    ]
    return sum(took) / len(took) if took else None


def forget_silent(db: Db, now: float) -> None:
    """Workers that were not seen for an hour are struck from the list."""
    db.workers.delete_many({"seen_at": {"$lt": now - 3600}})
