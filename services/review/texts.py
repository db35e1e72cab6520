"""Texts to compare with: the models that circulate, and last year's materials where the system did not run yet.

A text is kept with its signature beside those of the materials, so one look-up finds them all. What a material shares
with a model is shown to whoever reads it; a text of last year belongs to its unit and is seen like its materials.
"""

import hashlib
from typing import Any, NamedTuple

from services.review import similarity
from services.spine import errors, mongo

Db = mongo.Db
ORIGINS = ("model", "last_year")
FETCHED, NEAREST = 400, 24
SHOWN = {"paragraphs": 0, "bands": 0}


class Kept(NamedTuple):
    """Who keeps a text, and when."""

    account: str
    name: str
    at: str


def keep(db: Db, draft: dict[str, str], paragraphs: list[dict[str, Any]], hand: Kept) -> dict[str, Any]:
    """Keep a text; the same text for the same place again is the same record."""
    if draft["origin"] == "last_year" and not (draft.get("unit") and draft.get("post")):
        places = [{"pointer": f"/{key}", "code": "author_needed"} for key in ("unit", "post") if not draft.get(key)]
        raise errors.Refusal("author_needed", errors=places)
    words = "\n".join(paragraph["text"] for paragraph in paragraphs)
    place = [draft[key] for key in ("unit", "post") if draft.get(key)]
    key = ".".join([draft["origin"], *place, hashlib.sha256(words.encode()).hexdigest()[:16]])
    text = {
        **similarity.signature(paragraphs),
        "_id": key,
        "text_id": key,
        "material_id": key,
        "review_id": None,
        **{name: draft[name] for name in ("origin", "kind", "title", "campaign")},
        **{name: draft.get(name) for name in ("unit", "post", "region", "group")},
        "submitted_at": draft.get("written_on") or None,
        "paragraphs": paragraphs,
        "characters": len(words),
        "kept_by": hand.name,
        "kept_by_account": hand.account,
        "kept_at": hand.at,
    }
    db.signatures.replace_one({"_id": key}, text, upsert=True)
    return text


def listed(db: Db, within: dict[str, Any], query: dict[str, str]) -> dict[str, Any]:
    """One page of the texts that are kept, newest first."""
    origin = query.get("origin", "")
    wanted = {**within, "origin": origin if origin else {"$in": list(ORIGINS)}, "removed": None}
    return mongo.page(db.signatures, wanted, [("kept_at", -1), ("_id", 1)], query, SHOWN)


def remove(db: Db, text_id: str, within: dict[str, Any], reason: str, hand: Kept) -> None:
    """Compare with a text no longer; it stays on record, with who took it out and why."""
    text = mongo.get(db.signatures, text_id, within)
    if text.get("origin") not in ORIGINS:
        raise errors.Refusal("not_found", id=text_id)
    removed = {"reason": reason, "by": hand.name, "by_account": hand.account, "at": hand.at}
    db.signatures.update_one({"_id": text_id}, {"$set": {"removed": removed, "bands": []}})


def resembling(db: Db, material_id: str, bands: list[str]) -> dict[str, dict[str, Any]]:
    """Other texts that share bands with this one, by id, those that share most; of all campaigns.

    The bands decide which texts are fetched at all, so the cost follows the likeness, not the number of texts.
    """
    wanted = {"bands": {"$in": bands}, "material_id": {"$ne": material_id}}
    mine = set(bands)
    met = db.signatures.find(wanted, {"bands": 1}).limit(FETCHED)
    shared = [(len(mine.intersection(row["bands"])), row["_id"]) for row in met]
    nearest = [key for _, key in sorted(shared, reverse=True)[:NEAREST]]
    return {row["_id"]: row for row in db.signatures.find({"_id": {"$in": nearest}}, {"bands": 0})}


def sign_anew(db: Db, most: int) -> int:
    """Texts that were signed in another way than today are signed again, so many at a time; how many there were."""
    found = [
        row
        for other in ("$lt", "$gt")  # each finds its index, both in one question do not
        for row in db.signatures.find(
            {"algorithm": {other: similarity.ALGORITHM}}, {"paragraphs": 1, "removed": 1}
        ).limit(most)
    ][:most]
    for row in found:
        made = similarity.signature(row["paragraphs"])
        db.signatures.update_one(
            {"_id": row["_id"]}, {"$set": {**made, **({"bands": []} if row.get("removed") else {})}}
        )
    return len(found)


def of_last_year(db: Db, review: dict[str, Any]) -> dict[str, Any] | None:
    """The author's last text of the kind before this campaign, if one is known."""
    wanted = {**{key: review[key] for key in ("unit", "post", "kind")}, "origin": {"$ne": "model"}}
    found = db.signatures.find(wanted, {"bands": 0}).sort("submitted_at", -1).limit(10)
    before = (row for row in found if row.get("origin") == "last_year" or row["campaign"] != review["campaign"])
    return next((row for row in before if not row.get("removed")), None)


def beside(db: Db, review: dict[str, Any], bands: list[str]) -> dict[str, dict[str, Any]]:
    """The texts a material is compared with, by id: those that resemble it, and the author's last one in any case."""
    last = of_last_year(db, review)
    return {**resembling(db, review["material_id"], bands), **({last["_id"]: last} if last else {})}


def whose(text: dict[str, Any], review: dict[str, Any]) -> str | None:
    """Whose a kept text is, where it is no material handed in; None lets the places decide."""
    if text.get("origin") == "model":
        return "model"
    same = all(text.get(key) == review[key] for key in ("unit", "post"))
    return "own" if text.get("origin") == "last_year" and same else None


def compared_with(db: Db, review: dict[str, Any], met: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Those texts as the pre-check takes them (`others`), and this material's earlier versions (`before`), if any met.

    Others have words, day, places and whose they are.
    """
    keys = ("paragraphs", "submitted_at", "unit", "post")
    others = [
        {"id": key, **{name: row[name] for name in keys}, "whose": whose(row, review)} for key, row in met.items()
    ]
    return {"others": others, "before": _before(db, review) if met and review["version"] > 1 else []}


def _before(db: Db, review: dict[str, Any]) -> list[dict[str, Any]]:
    places = {key: review[key] for key in ("unit", "post", "kind", "material_id")}
    earlier = {**places, "submitted_at": {"$lt": review["submitted_at"]}}
    return list(db.signatures.find(earlier, {"_id": 0, "paragraphs": 1, "submitted_at": 1}).sort("submitted_at", 1))
