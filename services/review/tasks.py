"""The book of pre-check tasks: who works on what until when, how often it failed, how often a worker died on it.

A task is a document; the ticket on the queue only wakes a worker. Claims count workers that took it, attempts count
failures they reported; the difference are deaths. The last write is fenced by owner and claim, so a worker that was
slow to die changes nothing. A ticket may get lost with a broker, so a waiting task gets another one, after longer and
longer pauses. A task: {_id, state: waiting|running|done|dead, due_at, ticket_due, tickets, attempts, claims, owner,
lease_until, history: [{what, at, reason}]}. Times are seconds since 1970.
"""

from contextlib import suppress
from typing import Any

import orjson
from pymongo import ReturnDocument

from services.spine import broker, errors, mongo, speaking

Db = mongo.Db
Task = dict[str, Any]
QUEUE = "review.tasks"
LEASE_SECONDS = 60.0
MOST_ATTEMPTS = 4
MOST_CLAIMS = 6
TICKET_SECONDS = 10.0
LONGEST_TICKET_SECONDS = 600.0
HISTORY = 50
NO_TICKET = {"ticket_due": 0.0, "tickets": 0}


def prepare(db: Db) -> None:
    """Indexes."""
    db.tasks.create_index([("state", 1), ("due_at", 1)])
    db.tasks.create_index([("state", 1), ("lease_until", 1)])


def begin_anew(db: Db) -> None:
    """No worker and no ticket has outlived this process: give back what was being worked on (embedded only)."""
    fresh = {"state": "waiting", "ticket_due": 0.0, "tickets": 0}
    db.tasks.update_many({"state": {"$in": ["waiting", "running"]}}, {"$set": fresh})


def add(db: Db, task: str, now: float) -> None:
    """A new task, once."""
    fresh = {"state": "waiting", "added_at": now, "due_at": now, "attempts": 0, "claims": 0}
    db.tasks.update_one(
        {"_id": task}, {"$setOnInsert": {**fresh, **NO_TICKET, "owner": None, "history": []}}, upsert=True
    )


def issue(db: Db, tasks: list[str], now: float) -> None:
    """Put a ticket for each task on the queue; when the broker is away they get theirs later."""
    with suppress(*broker.AWAY), speaking.speaking() as speaker:
        speaker.hand(QUEUE, [orjson.dumps({"task": task}) for task in tasks])
        for task in tasks:
            found = db.tasks.find_one_and_update({"_id": task}, {"$inc": {"tickets": 1}})
            pause = min(TICKET_SECONDS * 2 ** (found or {}).get("tickets", 0), LONGEST_TICKET_SECONDS)
            db.tasks.update_one({"_id": task}, {"$set": {"ticket_due": now + pause}})


def lost(db: Db, now: float) -> list[str]:
    """Tasks that wait without a ticket on its way, after giving back those whose worker died."""
    stale = {"state": "running", "lease_until": {"$lt": now}}
    for row in db.tasks.find(stale):
        fence = {"_id": row["_id"], "state": "running", "owner": row["owner"], "claims": row["claims"]}
        dead = row["claims"] >= MOST_CLAIMS
        entry = {"what": "worker_died", "at": now, "reason": row["owner"]}
        state = {"state": "dead" if dead else "waiting", "due_at": now, **NO_TICKET}
        db.tasks.update_one(fence, {"$set": state, "$push": {"history": {"$each": [entry], "$slice": -HISTORY}}})
    waiting = {"state": "waiting", "due_at": {"$lte": now}, "ticket_due": {"$lte": now}}
    return [row["_id"] for row in db.tasks.find(waiting, {"_id": 1}).sort("due_at", 1).limit(500)]


def claim(db: Db, task: str, owner: str, now: float) -> Task | None:
    """Take the task if it waits; None when somebody has it or it is done."""
    return db.tasks.find_one_and_update(
        {"_id": task, "state": "waiting", "due_at": {"$lte": now}},
        {"$set": {"state": "running", "owner": owner, "lease_until": now + LEASE_SECONDS}, "$inc": {"claims": 1}},
        return_document=ReturnDocument.AFTER,
    )


def renew(db: Db, task: Task, now: float) -> None:
    """Still at work."""
    db.tasks.update_one(_fence(task), {"$set": {"lease_until": now + LEASE_SECONDS}})


def finish(db: Db, task: Task, now: float) -> None:
    """Done."""
    _close(db, task, {"state": "done", "done_at": now}, {"what": "done", "at": now, "reason": ""})


def fail(db: Db, task: Task, reason: str, now: float) -> None:
    """An attempt failed: wait a growing while, or give up and let an operator see why."""
    attempts = task["attempts"] + 1
    entry = {"what": "failed", "at": now, "reason": reason[:1000]}
    if attempts >= MOST_ATTEMPTS:
        _close(db, task, {"state": "dead", "attempts": attempts}, entry)
    else:
        pause = 2.0 * 4**attempts
        _close(db, task, {"state": "waiting", "attempts": attempts, "due_at": now + pause, **NO_TICKET}, entry)


def retry(db: Db, task: str, reason: str, by: str, now: float) -> None:
    """An operator has a dead task tried again."""
    found = mongo.get(db.tasks, task)
    entry = {"what": f"retried by {by}", "at": now, "reason": reason}
    fresh = {"state": "waiting", "attempts": 0, "claims": 0, "due_at": now, **NO_TICKET}
    done = db.tasks.update_one({"_id": task, "state": "dead"}, {"$set": fresh, "$push": {"history": entry}})
    if not done.modified_count:
        raise errors.Refusal("task_not_dead", task=task, state=found["state"])


def once_more(db: Db, task: str, reason: str, now: float) -> None:
    """Do a task again that was done, because something new came to light."""
    entry = {"what": "once more", "at": now, "reason": reason}
    fresh = {"state": "waiting", "attempts": 0, "claims": 0, "due_at": now, **NO_TICKET}
    db.tasks.update_one({"_id": task, "state": "done"}, {"$set": fresh, "$push": {"history": entry}})


def counts(db: Db, now: float) -> dict[str, Any]:
    """Depth, oldest age in seconds, in flight, dead."""
    by_state = {
        row["_id"]: row["count"] for row in db.tasks.aggregate([{"$group": {"_id": "$state", "count": {"$sum": 1}}}])
    }
    oldest = db.tasks.find_one({"state": "waiting"}, sort=[("due_at", 1)])
    return {
        **{state: by_state.get(state, 0) for state in ("waiting", "running", "done", "dead")},
        "oldest_seconds": round(max(now - oldest["added_at"], 0), 1) if oldest else 0,
    }


def _fence(task: Task) -> dict[str, Any]:
    return {"_id": task["_id"], "state": "running", "owner": task["owner"], "claims": task["claims"]}


def _close(db: Db, task: Task, state: dict[str, Any], entry: dict[str, Any]) -> None:
    db.tasks.update_one(_fence(task), {"$set": state, "$push": {"history": {"$each": [entry], "$slice": -HISTORY}}})
