"""The book of pre-check tasks: who works on what until when, how often it failed, how often a worker died on it.

A task is a document; the ticket on the queue of its lane only wakes a worker. Attempts count failures that workers
reported, deaths the workers that never came back. The last write is fenced by owner and claim, so a worker that was
slow to die changes nothing. A ticket may get lost with a broker, so a waiting task gets another one, after longer and
longer pauses. A task: {_id, lane, meeting_on, state: waiting|running|done|dead|cancelled, added_at, due_at, ticket_due,
tickets, attempts, deaths, claims, owner, claimed_at, lease_until, took, done_at, to_leave (dead, and not left to people
yet), history: [{what, at, reason}]}. Times are seconds since 1970.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from itertools import takewhile
from typing import Any

import orjson
from pymongo import UpdateOne

from services.review import lanes
from services.spine import broker, errors, mongo, speaking

Db = mongo.Db
Task = dict[str, Any]
LEASE_SECONDS = 60.0
MOST_ATTEMPTS = 4
MOST_DEATHS = 5
TICKET_SECONDS = 10.0
LONGEST_TICKET_SECONDS = 600.0
HISTORY = 50
LATE = 500
FEW = 20
RECENT = 50
RATE_SECONDS = 300.0
SILENT_SECONDS = 20.0
NO_TICKET = {"ticket_due": 0.0, "tickets": 0}
DEAD = {"state": "dead", "to_leave": True}


def prepare(db: Db) -> None:
    """Indexes."""
    db.tasks.create_index([("state", 1), ("due_at", 1)])
    db.tasks.create_index([("state", 1), ("lane", 1), ("due_at", 1)])
    db.tasks.create_index([("state", 1), ("lease_until", 1)])
    db.tasks.create_index([("state", 1), ("done_at", -1)])
    db.tasks.create_index("to_leave", sparse=True)


def begin_anew(db: Db) -> None:
    """No worker and no ticket has outlived this process: give back what was being worked on (embedded only)."""
    db.tasks.update_many({"state": {"$in": ["waiting", "running"]}}, {"$set": {"state": "waiting", **NO_TICKET}})
    db.workers.delete_many({})


def add(db: Db, meetings: Mapping[str, str | None], today: str, now: float) -> None:
    """New tasks, each once, by their reviews' meeting days."""
    fresh = {"state": "waiting", "added_at": now, "due_at": now, "attempts": 0, "deaths": 0, "claims": 0}
    fresh |= {**NO_TICKET, "owner": None, "history": []}
    mongo.write_all(
        db.tasks,
        (
            UpdateOne(
                {"_id": task},
                {"$setOnInsert": {**fresh, "meeting_on": on, "lane": lanes.lane(on, today)}},
                upsert=True,
            )
            for task, on in meetings.items()
        ),
    )


def move(db: Db, tasks: Iterable[str], meeting_on: str | None, today: str) -> None:
    """A meeting was moved: what waits for it or is worked on changes its lane, and gets a ticket there."""
    opened = {"$in": ["waiting", "running"]}
    wanted = {"_id": {"$in": list(tasks)}, "state": opened, "lane": {"$ne": "suspect"}}
    said = {"meeting_on": meeting_on, "lane": lanes.lane(meeting_on, today), "ticket_due": 0.0}
    db.tasks.update_many(wanted, {"$set": said})


def issue(db: Db, tasks: Sequence[str], now: float) -> None:
    """Put a ticket for each task on the queue of its lane; when the broker is away they get theirs later."""
    found = list(db.tasks.find({"_id": {"$in": list(tasks)}}, {"lane": 1, "tickets": 1}))
    with suppress(*broker.AWAY), speaking.speaking() as speaker:
        for lane in lanes.LANES:
            speaker.hand(
                lanes.queue(lane), [orjson.dumps({"task": row["_id"]}) for row in found if row["lane"] == lane]
            )
        mongo.write_all(db.tasks, (_ticketed(row, now) for row in found))


def _ticketed(task: Task, now: float) -> UpdateOne:
    pause = min(TICKET_SECONDS * 2 ** min(task["tickets"] + 1, 10), LONGEST_TICKET_SECONDS)
    return UpdateOne({"_id": task["_id"]}, {"$set": {"ticket_due": now + pause}, "$inc": {"tickets": 1}})


def lost(db: Db, today: str, now: float) -> list[str]:
    """Tasks that wait without a ticket on its way, after giving back those whose worker died.

    Days may have gone by: each now stands in the lane in which its next ticket belongs.
    """
    for row in db.tasks.find({"state": "running", "lease_until": {"$lt": now}}):
        deaths = row["deaths"] + 1
        state: Task = {**(DEAD if deaths >= MOST_DEATHS else {"state": "waiting"}), "due_at": now, **NO_TICKET}
        if deaths >= lanes.SUSPECT_DEATHS:
            state["lane"] = "suspect"
        entry = {"what": "worker_died", "at": now, "reason": row["owner"]}
        _close(db, row, {**state, "deaths": deaths}, entry)
    waiting = {"state": "waiting", "due_at": {"$lte": now}, "ticket_due": {"$lte": now}}
    found = list(db.tasks.find(waiting, {"lane": 1, "meeting_on": 1, "deaths": 1}).sort("due_at", 1).limit(LATE))
    for row in found:
        if (lane := lanes.lane(row["meeting_on"], today, row["deaths"])) != row["lane"]:
            db.tasks.update_one({"_id": row["_id"], "state": "waiting"}, {"$set": {"lane": lane}})
    return [row["_id"] for row in found]


def claim(db: Db, task: str, owner: str, now: float) -> Task | None:
    """Take the task if it waits; None when somebody has it or it is done.

    Two questions by its id: the embedded store reads all there are for one that changes and answers.
    """
    taken = {"state": "running", "owner": owner, "claimed_at": now, "lease_until": now + LEASE_SECONDS}
    waiting = {"_id": task, "state": "waiting", "due_at": {"$lte": now}}
    won = db.tasks.update_one(waiting, {"$set": taken, "$inc": {"claims": 1}}).modified_count
    return db.tasks.find_one({"_id": task}) if won else None


def nearest(db: Db, now: float, before: str | None = None) -> list[str]:
    """Some of what waits in the nearest lane, the longest first; with `before` only of lanes that are nearer."""
    for lane in takewhile(lambda each: each != before, lanes.LANES):
        waiting = {"state": "waiting", "lane": lane, "due_at": {"$lte": now}}
        if found := list(db.tasks.find(waiting, {"_id": 1}).sort("due_at", 1).limit(FEW)):
            return [row["_id"] for row in found]
    return []


def nearer(db: Db, task: str, now: float) -> list[str]:
    """The same of what is nearer than this task."""
    return nearest(db, now, before=(db.tasks.find_one({"_id": task}, {"lane": 1}) or {}).get("lane"))


def renew(db: Db, task: Task, now: float) -> None:
    """Still at work."""
    db.tasks.update_one(_fence(task), {"$set": {"lease_until": now + LEASE_SECONDS}})


def finish(db: Db, task: Task, now: float) -> None:
    """Done."""
    took = round(now - task["claimed_at"], 4)
    _close(db, task, {"state": "done", "done_at": now, "took": took}, {"what": "done", "at": now, "reason": ""})


def fail(db: Db, task: Task, reason: str, now: float) -> None:
    """An attempt failed: wait a growing while, or give up and let an operator see why."""
    attempts = task["attempts"] + 1
    entry = {"what": "failed", "at": now, "reason": reason[:1000]}
    if attempts >= MOST_ATTEMPTS:
        _close(db, task, {**DEAD, "attempts": attempts}, entry)
    else:
        pause = 2.0 * 4**attempts
        _close(db, task, {"state": "waiting", "attempts": attempts, "due_at": now + pause, **NO_TICKET}, entry)


def retry(db: Db, task: str, reason: str, by: str, today: str, now: float) -> None:
    """An operator has a dead task tried again; one that workers died on stays by itself."""
    found = mongo.get(db.tasks, task)
    entry = {"what": f"retried by {by}", "at": now, "reason": reason}
    fresh = {"state": "waiting", "attempts": 0, "due_at": now, **NO_TICKET}
    fresh |= _placed(db, task, today, min(found["deaths"], lanes.SUSPECT_DEATHS))
    update: Task = {"$set": fresh, "$push": {"history": {"$each": [entry], "$slice": -HISTORY}}}
    update["$unset"] = {"to_leave": ""}
    if not db.tasks.update_one({"_id": task, "state": "dead"}, update).modified_count:
        raise errors.Refusal("task_not_dead", task=task, state=found["state"])


def once_more(db: Db, task: str, reason: str, today: str, now: float) -> None:
    """Do a task again that was done, because something new came to light."""
    entry = {"what": "once more", "at": now, "reason": reason}
    fresh = {"state": "waiting", "attempts": 0, "due_at": now, **NO_TICKET, **_placed(db, task, today)}
    update = {"$set": fresh, "$push": {"history": {"$each": [entry], "$slice": -HISTORY}}}
    db.tasks.update_one({"_id": task, "state": "done"}, update)


def cancel(db: Db, tasks: Iterable[str], now: float) -> None:
    """Nobody waits for these any more: who works on one is not waited for, and what he writes changes nothing."""
    entry = {"what": "cancelled", "at": now, "reason": ""}
    wanted = {"_id": {"$in": list(tasks)}, "state": {"$in": ["waiting", "running"]}}
    update = {"$set": {"state": "cancelled"}, "$push": {"history": {"$each": [entry], "$slice": -HISTORY}}}
    db.tasks.update_many(wanted, update)


def restore(db: Db, tasks: Iterable[str], today: str, now: float) -> None:
    """These are waited for again, however they had ended."""
    entry = {"what": "restored", "at": now, "reason": ""}
    fresh = {"state": "waiting", "attempts": 0, "due_at": now, **NO_TICKET}
    for task in tasks:
        update: Task = {"$set": {**fresh, **_placed(db, task, today)}, "$unset": {"to_leave": ""}}
        update["$push"] = {"history": {"$each": [entry], "$slice": -HISTORY}}
        db.tasks.update_one({"_id": task, "state": {"$in": ["cancelled", "dead", "done"]}}, update)


def forgotten(db: Db) -> list[str]:
    """Reviews that wait once more although their task is done: they were opened again just as it was being finished,
    or by somebody who died over it."""
    again = {"once_more": True, "state": "waiting"}
    waiting = [row["_id"] for row in db.reviews.find(again, {"_id": 1}).limit(LATE)]
    done = [row["_id"] for row in db.tasks.find({"_id": {"$in": waiting}, "state": "done"}, {"_id": 1})]
    # Looked at twice: between the two looks a worker may have written its findings and finished its task.
    return [row["_id"] for row in db.reviews.find({**again, "_id": {"$in": done}}, {"_id": 1})] if done else []


def to_leave(db: Db) -> list[str]:
    """Tasks that were given up and not left to people yet, some of them."""
    return [row["_id"] for row in db.tasks.find({**DEAD}, {"_id": 1}).limit(LATE)]


def left(db: Db, task: str) -> None:
    """A task that was given up is left to people."""
    db.tasks.update_one({"_id": task, "state": "dead"}, {"$unset": {"to_leave": ""}})


def _placed(db: Db, task: str, today: str, deaths: int = 0) -> Task:
    """The lane of a task that is begun anew, by the day its review's meeting has by now."""
    on = (db.reviews.find_one({"_id": task}, {"meeting_on": 1}) or {}).get("meeting_on")
    return {"meeting_on": on, "lane": lanes.lane(on, today, deaths), "deaths": deaths}


def _fence(task: Task) -> Task:
    return {"_id": task["_id"], "state": "running", "owner": task["owner"], "claims": task["claims"]}


def _close(db: Db, task: Task, state: Task, entry: Task) -> None:
    db.tasks.update_one(_fence(task), {"$set": state, "$push": {"history": {"$each": [entry], "$slice": -HISTORY}}})
