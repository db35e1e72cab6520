"""Materials, plans and files as they are kept. A file is kept once, under its hash, byte for byte."""

import hashlib
from typing import Any

from services.intake import domain
from services.spine import actor, errors, mongo, outbox
from services.spine.events import Fact

Db = mongo.Db
HOLDER = ("campaign", "unit", "region", "group", "post")


def prepare(db: Db) -> None:
    """Indexes."""
    outbox.kept(db.materials)
    db.materials.create_index([("campaign", 1), ("unit", 1), ("kind", 1), ("post", 1)])
    db.materials.create_index([("group", 1), ("state", 1)])
    db.materials.create_index([("region", 1), ("state", 1)])
    _with_answers_as_now(db)


def _with_answers_as_now(db: Db) -> None:
    """Answers were words alone once."""
    for row in db.materials.find({"closes_on": {"$exists": False}}, {"versions": 1}):
        versions = [
            {**one, "answers": {key: domain.answer(given) for key, given in one["answers"].items()}}
            for one in row["versions"]
        ]
        db.materials.update_one({"_id": row["_id"]}, {"$set": {"versions": versions, "closes_on": None}})


def remember_plan(db: Db, plan: dict[str, Any], sequence: int) -> None:
    """What a unit owes, as the registry said last."""
    places = {"campaign": plan["campaign"], "unit": plan["unit"]}
    if mongo.remember(db.plans, f"{plan['campaign']}.{plan['unit']}", plan, sequence):
        mongo.move(db.materials, places, {"group": plan["group"]})


def plan(db: Db, campaign: str, unit: str) -> dict[str, Any]:
    """What a unit owes; refuses a unit that was not planned."""
    found = db.plans.find_one({"_id": f"{campaign}.{unit}"})
    if found is None:
        raise errors.Refusal("not_found", id=f"{campaign}.{unit}")
    return found


def find(db: Db, material_id: str) -> domain.Material | None:
    """The material of that id, if anything was handed in."""
    return db.materials.find_one({"_id": material_id})


def get(db: Db, material_id: str, within: dict[str, Any]) -> domain.Material:
    """The material of that id within a scope."""
    return mongo.get(db.materials, material_id, within)


def keep(db: Db, before: domain.Material | None, after: domain.Material, facts: list[Fact], at: str) -> domain.Material:
    """Write a new or changed material with what it says."""
    if before is None:
        if not mongo.add(db.materials, after, facts, at=at):
            raise errors.Stale
        return after
    return mongo.save(db.materials, before, after, facts, at=at)


def listed(db: Db, within: dict[str, Any], query: dict[str, str]) -> dict[str, Any]:
    """One page of materials, what is due first at the top."""
    wanted: dict[str, Any] = {key: query[key] for key in ("unit", "region", "group", "kind", "state") if key in query}
    found = mongo.page(db.materials, actor.both(within, wanted), [("unit", 1), ("kind", -1), ("post", 1)], query)
    return {**found, "rows": [_row(row) for row in found["rows"]]}


def keep_file(db: Db, data: bytes, media: str, file_name: str, holder: dict[str, Any]) -> str:
    """Keep a file under its hash for whoever may see the holder's records; the hash."""
    sha256 = hashlib.sha256(data).hexdigest()
    db.files.update_one(
        {"_id": sha256},
        {
            "$setOnInsert": {"data": data, "size": len(data)},
            "$addToSet": {
                "holders": {**{key: holder.get(key) for key in HOLDER}, "file_name": file_name, "media": media}
            },
        },
        upsert=True,
    )
    return sha256


def file(db: Db, sha256: str) -> dict[str, Any]:
    """A file with its holders."""
    return mongo.get(db.files, sha256)


def _row(material: domain.Material) -> dict[str, Any]:
    keys = ("material_id", "campaign", "unit", "region", "group", "kind", "post", "state", "due_on")
    last = material["versions"][-1]
    shown = {key: last[key] for key in ("version", "submitted_at", "file_name")}
    return {**{key: material[key] for key in keys}, **shown, "comments": len(material["comments"])}
