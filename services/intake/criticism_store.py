"""The criticism lists of a unit, of this campaign and of those before, as they are kept with all other materials."""

from functools import partial
from typing import Any

import orjson

from services.intake import criticism, domain, originals, repeats, secrecy
from services.spine import mongo
from services.spine.events import Fact

Db = mongo.Db
KIND = "criticism_list"


def compared(db: Db, material: domain.Material, version: domain.Version) -> dict[str, Any]:
    """A list beside the same person's last one: {lines, compared_with, repeats}, `lines` None without a form.

    Words of a work secret are not repeated beside a list that is none.
    """
    if not version.get("form") or version["destroyed"]:
        return {"lines": None, "compared_with": None, "repeats": []}
    now, before = _document(db, version), repeats.last(material, version, _earlier(db, material))
    if before is None:
        return {"lines": repeats.lines(now), "compared_with": None, "repeats": []}
    theirs, other = before
    rows = repeats.found(now, _document(db, other))
    if secrecy.stricter(theirs["secrecy"], material["secrecy"]) != material["secrecy"]:
        rows = [{**row, "before": {**row["before"], "problem": None, "fact": None}} for row in rows]
    known = {"campaign": theirs["campaign"], "version": other["version"], "submitted_at": other["submitted_at"]}
    return {"lines": repeats.lines(now), "compared_with": known, "repeats": rows}


def of_unit(db: Db, campaign: str, unit: str) -> dict[str, dict[str, Any]]:
    """The lists of a unit that count, by post."""
    found = db.materials.find({"campaign": campaign, "unit": unit, "kind": KIND})
    return {row["post"]: compared(db, row, domain.version(row, row["counted"])) for row in found if row["counted"]}


def told(db: Db, before: domain.Material | None, after: domain.Material) -> list[Fact]:
    """What a change of a material says of criticism: something where another version of a list counts, or none."""
    if after["kind"] != KIND or after["counted"] == (before["counted"] if before else 0):
        return []
    return [criticism.changed(after, _named(db, after, after["counted"]) if after["counted"] else [])]


def tell_all(db: Db) -> None:
    """What the lists say that counted before any of it was said."""
    for known in list(db.materials.find({"kind": KIND, "counted": {"$gt": 0}}, {"_id": 1})):
        mongo.again(partial(_tell, db, known["_id"]))


def _tell(db: Db, material_id: str) -> None:
    kept = mongo.get(db.materials, material_id)
    at = domain.version(kept, kept["counted"])["counted_at"]
    mongo.save(db.materials, kept, kept, told(db, None, kept), at=at)


def problems(db: Db, material: domain.Material) -> list[dict[str, Any]]:
    """The problems of the versions that counted, the latest first, each with whether it stands in the one that does."""
    counts, found = material["counted"], dict[str, dict[str, Any]]()
    for version in reversed(material["versions"]):
        if domain.stands(version) and not version["destroyed"]:
            for one in _named(db, material, version["version"]):
                found.setdefault(one["id"], {**one, "stands": version["version"] == counts})
    return list(found.values())


def _named(db: Db, material: domain.Material, number: int) -> list[dict[str, Any]]:
    """The problems of one version; its form may be gone with another version of the same content."""
    version = domain.version(material, number)
    here = version.get("form") and "destroyed" not in originals.about(db, version["form"]["sha256"])
    return criticism.named(material, _document(db, version) if here else None)


def _earlier(db: Db, material: domain.Material) -> list[domain.Material]:
    """The unit's lists in other campaigns."""
    known = (row["_id"] for row in db.campaigns.find({}, {"_id": 1}))
    others = [code for code in known if code != material["campaign"] and "@" not in code]
    return list(db.materials.find({"campaign": {"$in": others}, "unit": material["unit"], "kind": KIND}))


def _document(db: Db, version: domain.Version) -> repeats.Document:
    document: repeats.Document = orjson.loads(originals.read(db, version["form"]["sha256"]))
    return document
