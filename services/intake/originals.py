"""Originals: every file as it came, byte for byte, in GridFS under its hash, with whoever may see it.

What must stay true: a hash names one content for ever, so writing the same file twice, or again after a crash half way,
ends in one whole file; it counts as kept when its entry stands, which is written last. originals.files: {_id: sha256,
length, holders: [{campaign, unit, region, group, post, secrecy, file_name, media}], destroyed}.
"""

import hashlib
from typing import Any

import gridfs
from pymongo.errors import DuplicateKeyError

from services.spine import clock, errors, mongo

Db = mongo.Db
HOLDER = ("campaign", "unit", "region", "group", "post", "secrecy")
CHUNK = 255 * 1024
BUCKET = "originals"


def prepare(db: Db) -> None:
    """The index GridFS asks for; what was kept in one piece once moves over."""
    db[f"{BUCKET}.chunks"].create_index([("files_id", 1), ("n", 1)], unique=True)
    for row in db.files.find({}):
        _write(db, row["_id"], bytes(row["data"]), row["holders"])
        db.files.delete_one({"_id": row["_id"]})


def keep(db: Db, data: bytes, media: str, file_name: str, holder: dict[str, Any]) -> str:
    """Keep a file under its hash for whoever may see the holder's records; the hash. Refuses one that was destroyed."""
    check_taken(db, hash_of(data))
    return add(db, data, media, file_name, holder)


def add(db: Db, data: bytes, media: str, file_name: str, holder: dict[str, Any]) -> str:
    """Keep a file of which it was just checked that it may be taken; the hash."""
    sha256 = hash_of(data)
    known_as = {**{key: holder.get(key) for key in HOLDER}, "file_name": file_name, "media": media}
    _write(db, sha256, data, [known_as])
    return sha256


def hash_of(data: bytes) -> str:
    """The hash by which a content is known."""
    return hashlib.sha256(data).hexdigest()


def about(db: Db, sha256: str) -> dict[str, Any]:
    """A file's entry: its length and holders."""
    return mongo.get(db[f"{BUCKET}.files"], sha256)


def read(db: Db, sha256: str) -> bytes:
    """A file's bytes, exactly as they came."""
    if "destroyed" in about(db, sha256):
        raise errors.Refusal("not_found", id=sha256)
    data = gridfs.GridFSBucket(db, BUCKET).open_download_stream(sha256).read()
    if hash_of(data) != sha256:
        raise OSError(f"what is kept as {sha256} is something else")
    return data


def classify(db: Db, sha256s: list[str], holder: dict[str, Any]) -> None:
    """The files of a material are as secret as the material."""
    for entry in db[f"{BUCKET}.files"].find({"_id": {"$in": sha256s}}):
        holders = [
            {**one, "secrecy": holder["secrecy"]} if all(one[key] == holder[key] for key in HOLDER[:-1]) else one
            for one in entry["holders"]
        ]
        db[f"{BUCKET}.files"].update_one({"_id": entry["_id"]}, {"$set": {"holders": holders}})


def destroy(db: Db, sha256: str, at: str, reason: str) -> None:
    """Nothing of a file stays but its hash and the reason; it is not taken in again."""
    known = {"destroyed": {"at": at, "reason": reason}, "holders": []}
    db[f"{BUCKET}.files"].update_one({"_id": sha256, "destroyed": {"$exists": False}}, {"$set": known})
    db[f"{BUCKET}.chunks"].delete_many({"files_id": sha256})


def check_taken(db: Db, sha256: str) -> None:
    """Refuse a file that was destroyed."""
    if db[f"{BUCKET}.files"].find_one({"_id": sha256, "destroyed": {"$exists": True}}, {"_id": 1}):
        raise errors.Refusal("file_destroyed")


def _write(db: Db, sha256: str, data: bytes, holders: list[dict[str, Any]]) -> None:
    entries, known = db[f"{BUCKET}.files"], {"$addToSet": {"holders": {"$each": holders}}}
    pieces = range(0, len(data), CHUNK)
    chunks = [{"files_id": sha256, "n": n, "data": data[at : at + CHUNK]} for n, at in enumerate(pieces)]
    mongo.insert_new(db[f"{BUCKET}.chunks"], chunks)
    whole = {"length": len(data), "chunkSize": CHUNK, "uploadDate": clock.moment(clock.now())}
    standing = {"_id": sha256, "destroyed": {"$exists": False}}
    try:
        entries.update_one(standing, {**known, "$setOnInsert": whole}, upsert=True)
    except DuplicateKeyError:  # destroyed meanwhile, or written by somebody else at the same moment
        if not entries.update_one(standing, known).matched_count:
            db[f"{BUCKET}.chunks"].delete_many({"files_id": sha256})
            raise errors.Refusal("file_destroyed") from None
