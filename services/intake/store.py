"""Materials and plans as they are kept."""

from typing import Any

from services.intake import (
    awaiting,
    batches_store,
    criticism_store,
    domain,
    filing_store,
    forms,
    opinion_forms_store,
    opinions_store,
    originals,
    secrecy,
    shelves_store,
    signing,
    study_store,
    talks_store,
)
from services.spine import actor, errors, mongo, outbox
from services.spine.events import Fact

Db = mongo.Db
SMALL_GROUP = 5
"""Where the campaign says nothing of it."""


def prepare(db: Db) -> None:
    """Indexes."""
    outbox.kept(db.materials)
    shelves_store.prepare(db)
    talks_store.prepare(db)
    study_store.prepare(db)
    opinion_forms_store.prepare(db)
    opinions_store.prepare(db)
    filing_store.prepare(db)
    batches_store.prepare(db)
    mongo.once(db, "answers", lambda: _with_answers_as_now(db))
    mongo.once(db, "signatures", lambda: _with_signatures_as_now(db))
    originals.prepare(db)
    mongo.once(db, "criticism", lambda: criticism_store.tell_all(db))


def _with_answers_as_now(db: Db) -> None:
    """Answers were words alone once."""
    for row in db.materials.find({"closes_on": {"$exists": False}}, {"versions": 1}):
        versions = [
            {**one, "answers": {key: domain.answer(given) for key, given in one["answers"].items()}}
            for one in row["versions"]
        ]
        db.materials.update_one({"_id": row["_id"]}, {"$set": {"versions": versions, "closes_on": None}})


def _with_signatures_as_now(db: Db) -> None:
    """What was handed in before anybody was asked to sign counts as it is."""
    for row in db.materials.find({"under": {"$exists": False}}, {"versions": 1}):
        beside: dict[str, Any] = {"asks": [], "signatures": [], "on_paper": [], "again": None, "withdrawal": None}
        beside |= {"secrecy": secrecy.USUAL, "destroyed": None}
        versions = [{**one, **beside, "counted_at": one["submitted_at"]} for one in row["versions"]]
        db.materials.update_one(
            {"_id": row["_id"]},
            {"$set": {"versions": versions, "under": None, "counted": len(versions), "secrecy": secrecy.USUAL}},
        )


def remember_plan(db: Db, plan: dict[str, Any], sequence: int) -> None:
    """What a unit owes, as the registry said last."""
    places = {"campaign": plan["campaign"], "unit": plan["unit"]}
    if mongo.remember(db.plans, f"{plan['campaign']}.{plan['unit']}", plan, sequence):
        shelves_store.put(db, plan)
        for collection in (db.materials, db.opinions, db.forms):
            mongo.move(collection, places, {"group": plan["group"]})


def follow_cancelled(db: Db, plan: dict[str, Any], at: str) -> None:
    """A unit's materials stand as its meeting does: what of them waits for a signature is said."""
    on, places = plan["cancelled_on"], {"campaign": plan["campaign"], "unit": plan["unit"]}
    for material in list(db.materials.find(places)):
        if material.get("cancelled_on") != on:
            keep(db, material, {**material, "cancelled_on": on}, [], at)


def plan(db: Db, campaign: str, unit: str, within: dict[str, Any] | None = None) -> dict[str, Any]:
    """What a unit owes; refuses a unit that was not planned, or lies outside a scope."""
    found = db.plans.find_one({"_id": f"{campaign}.{unit}"})
    if found is None:
        raise errors.Refusal("not_found", id=f"{campaign}.{unit}")
    if not actor.lies_within(found, within or {}):
        raise errors.Refusal("not_found", id=unit)
    return found


def remember_campaign(db: Db, event: dict[str, Any]) -> None:
    """The campaign's aspects, from which forms choose, what it asks of everybody, how long texts may be, and its least
    group of answers; each version stays known for the materials that began with it."""
    said = {"aspects": event["data"]["aspects"], "facts": event["data"].get("facts", [])}
    said["lengths"] = event["data"].get("lengths", {})
    said["small_group"] = event["data"].get("small_group", SMALL_GROUP)
    said["version"] = event["data"].get("version", 1)
    if before := db.campaigns.find_one({"_id": event["campaign"]}, {"_id": 0}):
        _keep_version(db, event["campaign"], before)
    mongo.remember(db.campaigns, event["campaign"], said, event["sequence"])
    _keep_version(db, event["campaign"], {**said, "sequence": event["sequence"]})


def _keep_version(db: Db, code: str, said: dict[str, Any]) -> None:
    key = f"{code}@{said.get('version', 1)}"
    db.campaigns.update_one({"_id": key}, {"$setOnInsert": said}, upsert=True)


def definition(db: Db, campaign: str) -> int:
    """The version of the campaign's definition in force, with which a material begins."""
    return int((db.campaigns.find_one({"_id": campaign}, {"version": 1}) or {}).get("version", 1))


def _begun_with(db: Db, campaign: str, begun: domain.Material | None) -> dict[str, Any]:
    """What was said of the campaign in the version that a material began with; of one not begun, what is in force."""
    kept = begun and db.campaigns.find_one({"_id": f"{campaign}@{begun.get('definition', 1)}"})
    return kept or db.campaigns.find_one({"_id": campaign}) or {"aspects": [], "facts": []}


def small_group(db: Db, plan: dict[str, Any]) -> int:
    """The least group of answers that is broken down: as the unit's rules say, else the campaign's."""
    known = db.campaigns.find_one({"_id": plan["campaign"]}) or {}
    return int(plan.get("rules", {}).get("small_group") or known.get("small_group", SMALL_GROUP))


def known(db: Db, plan: dict[str, Any], post: str, begun: domain.Material | None = None) -> forms.Known:
    """What applies to a post, what its forms choose from, how long a text may be: what was stated of it, else what the
    campaign asks, in the version that a material begun already began with."""
    campaign = _begun_with(db, plan["campaign"], begun)
    stated = db.facts.find_one({"_id": _place(plan, post)}) or {"facts": {}}
    aspects = [{"code": one["code"], "label": {"zh": one["title"], "en": one["title"]}} for one in campaign["aspects"]]
    posts = sorted({row["post"] for row in plan["required"]} - {"team"})
    choices = {
        "campaign.aspects": aspects,
        "unit.posts": [{"code": one, "label": {"zh": one, "en": one}} for one in posts],
    }
    applies = {**dict.fromkeys(campaign["facts"], True), **stated["facts"]}
    return forms.Known(applies, choices, campaign.get("lengths", {}))


def state_facts(db: Db, plan: dict[str, Any], post: str, facts: dict[str, bool], by: str, at: str) -> None:
    """What applies to a post, as somebody stated it; who stated what and when is kept."""
    known = db.facts.find_one({"_id": _place(plan, post)}) or {"facts": {}}
    if facts.items() <= known["facts"].items():
        return
    entry = {"facts": facts, "by": by, "at": at}
    places = {**{key: plan[key] for key in ("campaign", "unit", "region", "group")}, "post": post}
    change = {"$set": {f"facts.{key}": applies for key, applies in facts.items()}, "$push": {"history": entry}}
    db.facts.update_one({"_id": _place(plan, post)}, {**change, "$setOnInsert": places}, upsert=True)


def _place(plan: dict[str, Any], post: str) -> str:
    return f"{plan['campaign']}.{plan['unit']}.{post}"


def find(db: Db, material_id: str) -> domain.Material | None:
    """The material of that id, if anything was handed in."""
    return db.materials.find_one({"_id": material_id})


def get(db: Db, material_id: str, within: dict[str, Any]) -> domain.Material:
    """The material of that id within a scope."""
    return mongo.get(db.materials, material_id, within)


def keep(db: Db, before: domain.Material | None, after: domain.Material, facts: list[Fact], at: str) -> domain.Material:
    """Write a new or changed material with what it says, also of the signatures it waits for and of criticism."""
    facts = [*facts, *criticism_store.told(db, before, after)]
    if awaiting.awaited(before) != awaiting.awaited(after):
        planned = db.plans.find_one({"_id": f"{after['campaign']}.{after['unit']}"})
        facts = [*facts, *awaiting.said(before, after, planned or {})]
    if before is None:
        if not mongo.add(db.materials, after, facts, at=at):
            raise errors.Stale
        return after
    return mongo.save(db.materials, before, after, facts, at=at)


def row(material: domain.Material) -> dict[str, Any]:
    """A material as a line of a list."""
    keys = ("material_id", "campaign", "unit", "region", "group", "kind", "post", "state", "due_on", "secrecy")
    last = material["versions"][-1]
    shown = {key: last[key] for key in ("version", "submitted_at", "file_name")}
    waits = material["state"] == "unsigned" and not material.get("cancelled_on")
    shown["unsigned"] = signing.missing(last) if waits else []
    return {**{key: material[key] for key in keys}, **shown, "comments": len(material["comments"])}
