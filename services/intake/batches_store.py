"""Batches as they are kept: the zip in GridFS until its work is over, a record of the batch, a record for each line."""

import hashlib
from collections.abc import Iterable
from typing import IO, Any

import gridfs

from services.intake import batches
from services.spine import clock, mongo

Db = mongo.Db
BUCKET = "parcels"
PIECE = 255 * 1024
LEASE_SECONDS = 10
KEPT_DAYS = 14


def prepare(db: Db) -> None:
    """Indexes; a zip that nobody's batch names any more goes."""
    db.batches.create_index([("state", 1), ("until", 1)])
    db.batches.create_index([("by_account", 1), ("opened_at", -1)])
    db.batch_lines.create_index([("batch", 1), ("stage", 1), ("row", 1)])
    known = {row["parcel"] for row in db.batches.find({}, {"parcel": 1})}
    yesterday = clock.stamp(clock.moment(clock.now()) - clock.seconds(86400))
    for key in db[f"{BUCKET}.chunks"].distinct("files_id"):
        if key not in known and key < yesterday:
            drop(db, key)


def hash_of(file: IO[bytes]) -> str:
    """The hash of a file on disk."""
    digest = hashlib.sha256()
    file.seek(0)
    while piece := file.read(PIECE):
        digest.update(piece)
    return digest.hexdigest()


def keep_parcel(db: Db, parcel: str, name: str, file: IO[bytes]) -> None:
    """Keep the zip, piece by piece; its key begins with the time."""
    file.seek(0)
    gridfs.GridFSBucket(db, BUCKET, chunk_size_bytes=PIECE).upload_from_stream_with_id(parcel, name, file)


def parcel(db: Db, batch: batches.Batch) -> Any:
    """The zip, to be read here and there without all of it in memory."""
    return gridfs.GridFSBucket(db, BUCKET).open_download_stream(batch["parcel"])


def drop(db: Db, parcel: str) -> None:
    """The zip goes."""
    db[f"{BUCKET}.files"].delete_one({"_id": parcel})
    db[f"{BUCKET}.chunks"].delete_many({"files_id": parcel})


def add(db: Db, batch: batches.Batch, lines: list[batches.Line], at: str) -> bool:
    """Keep a new batch with its lines; False when that batch is there already. One that is over begins anew."""
    db.batches.delete_one({"_id": batch["_id"], "state": {"$in": batches.OVER}})
    if db.batches.find_one({"_id": batch["_id"]}):
        return False
    db.batch_lines.delete_many({"batch": batch["_id"]})
    mongo.insert_new(db.batch_lines, lines)
    return mongo.add(db.batches, {**batch, "until": 0, "stumbles": 0}, at=at)


def get(db: Db, batch_id: str, account: str) -> batches.Batch:
    """A batch of this person's."""
    return mongo.get(db.batches, batch_id, {"by_account": account})


def save(db: Db, before: batches.Batch, after: batches.Batch, at: str) -> batches.Batch:
    """Write a changed batch; one that is over keeps no zip."""
    if after["state"] in ("done", *batches.OVER):
        drop(db, after["parcel"])
    return mongo.save(db.batches, before, after, at=at)


def listed(db: Db, account: str, query: dict[str, str]) -> dict[str, Any]:
    """One page of this person's batches, the newest first."""
    wanted: dict[str, Any] = {"by_account": account}
    if "campaign" in query:
        wanted["campaign"] = query["campaign"]
    return mongo.page(db.batches, wanted, [("opened_at", -1)], query)


def lines(db: Db, batch_id: str, query: dict[str, str]) -> dict[str, Any]:
    """One page of a batch's lines as they stand in the manifest."""
    wanted: dict[str, Any] = {"batch": batch_id}
    wanted |= [(key, query[key]) for key in ("outcome", "unit") if key in query]
    return mongo.page(db.batch_lines, wanted, [("row", 1)], query)


def all_lines(db: Db, batch_id: str) -> Iterable[batches.Line]:
    """All lines of a batch."""
    return db.batch_lines.find({"batch": batch_id}).sort("row", 1)


def counts(db: Db, batch: batches.Batch) -> dict[str, Any]:
    """How far a batch has come, and what its lines came to: {worked, outcomes: {new: 3, ...}}."""
    grouped = [{"$match": {"batch": batch["_id"]}}, {"$group": {"_id": "$outcome", "count": {"$sum": 1}}}]
    outcomes = {row["_id"]: row["count"] for row in db.batch_lines.aggregate(grouped)}
    waiting = sum(outcomes.get(one, 0) for one in (batches.TO_TAKE if batch["started_at"] else (None,)))
    return {"worked": batch["total"] - waiting, "outcomes": {key: count for key, count in outcomes.items() if key}}


def next_lines(db: Db, batch: batches.Batch, most: int) -> list[batches.Line]:
    """The next lines to be checked or taken in."""
    wanted: dict[str, Any] = {"batch": batch["_id"], "stage": "read"}
    if batch["state"] == "running":
        wanted |= {"stage": "checked", "outcome": {"$in": batches.TO_TAKE}}
    return list(db.batch_lines.find(wanted).sort("row", 1).limit(most))


def settle(db: Db, line: batches.Line, change: batches.Line, stage: str) -> None:
    """A line was checked or taken in; whoever comes later with the same line changes nothing."""
    wanted = {"_id": line["_id"], "stage": line["stage"]}
    db.batch_lines.update_one(wanted, {"$set": {**change, "stage": stage}})


def refused_files(db: Db, batch: batches.Batch) -> list[str]:
    """The files of lines that are refused, some of them before anybody looked into the file."""
    return list(db.batch_lines.distinct("file", {"batch": batch["_id"], "outcome": "refused"}))


def units(db: Db, batch_id: str) -> list[str]:
    """The units a batch would hand something in for."""
    return list(db.batch_lines.distinct("unit", {"batch": batch_id, "outcome": {"$in": batches.TO_TAKE}}))


def refuse_unit(db: Db, batch_id: str, unit: str, change: batches.Line) -> None:
    """Nothing is handed in for a unit."""
    wanted = {"batch": batch_id, "unit": unit, "outcome": {"$in": batches.TO_TAKE}}
    db.batch_lines.update_many(wanted, {"$set": {**change, "stage": "done"}})


def claim(db: Db, now: float) -> batches.Batch | None:
    """A batch with work left that nobody is at, for some seconds; `stumbles` counts those who did not come back."""
    wanted = {"state": {"$in": batches.AT_WORK}, "until": {"$lte": now}}
    change = {"$set": {"until": now + LEASE_SECONDS}, "$inc": {"stumbles": 1}}
    return mongo.take(db.batches, wanted, change, [("until", 1), ("opened_at", 1)])


def renew(db: Db, batch: batches.Batch, now: float) -> bool:
    """Some seconds more; False when somebody has ended the batch."""
    wanted = {"_id": batch["_id"], "state": batch["state"]}
    return bool(db.batches.update_one(wanted, {"$set": {"until": now + LEASE_SECONDS}}).matched_count)


def release(db: Db, batch_id: str) -> None:
    """Whoever was at it has come back."""
    db.batches.update_one({"_id": batch_id}, {"$set": {"until": 0, "stumbles": 0}})


def forgotten(db: Db, at: str) -> list[batches.Batch]:
    """Batches that were checked long ago and never run."""
    day = clock.stamp(clock.moment(at) - clock.seconds(KEPT_DAYS * 86400))
    return list(db.batches.find({"state": "checked", "opened_at": {"$lt": day}}))


def plans(db: Db, wanted: dict[str, Any], most: int = 0) -> list[dict[str, Any]]:
    """What units owe, by unit; all of them, or so many at most."""
    return list(db.plans.find(wanted).sort("unit", 1).limit(most))
