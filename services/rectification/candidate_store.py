"""Candidates as they are kept, beside the items that took them up.

The item comes first and says that it took the candidate up; the candidate follows, at once or when that is heard.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from services.rectification import candidates, domain, onward_store, sources
from services.spine import actor, errors, mongo, outbox

Db = mongo.Db
ORDER = ("unit", "source", "number", "_id")


def prepare(db: Db) -> None:
    """Indexes; that of the items lets one item take a candidate up."""
    outbox.kept(db.candidates)
    db.candidates.create_index([("campaign", 1), *((key, 1) for key in ORDER)])
    db.candidates.create_index([("campaign", 1), ("group", 1), ("state", 1)])
    db.candidates.create_index("item_id")
    db.candidates.create_index("origin")
    db.items.create_index("candidate", unique=True, sparse=True)
    db.items.create_index("opinion_id", sparse=True)
    none: dict[str, Any] = {"withdrawals": []}
    mongo.once(db, "withdrawals", lambda: db.candidates.update_many({"withdrawals": None}, {"$set": none}))


def group_of(db: Db, event: dict[str, Any]) -> str:
    """The group that follows a unit by now."""
    place = db.meetings.find_one({"_id": f"{event['campaign']}.{event['data']['unit']}"}) or event["data"]
    return str(place["group"])


def add(db: Db, begun: list[candidates.Candidate]) -> None:
    """New candidates, each once; one that an item took up already is adopted."""
    mongo.add_all(db.candidates, begun)
    for one in begun:
        if taken_up := item_of(db, one["_id"]):
            adopt(db, one["_id"], taken_up["item_id"])


def tell(
    db: Db, begun: list[candidates.Candidate], event: dict[str, Any], at: str, gone: candidates.Gone | None = None
) -> None:
    """The same of candidates whose origin says again that it stands, or stands no more."""
    add(db, begun)
    for one in begun:
        kept = get(db, one["_id"], {})
        save(db, kept, candidates.stand(kept, event["sequence"], event["time"], gone), at)


def tell_list(db: Db, begun: list[candidates.Candidate], event: dict[str, Any], at: str) -> None:
    """The same of all candidates of a list: those it no longer names go; heard after a later one it says nothing."""
    origin = event["data"]["material_id"]
    if mongo.remember(db.criticism_lists, origin, {}, event["sequence"]):
        tell(db, begun, event, at)
        gone = {"because": "left_out" if begun else "withdrawn", "side": "unit"}
        take_back(db, origin, event, at, gone, but=[one["_id"] for one in begun])


def take_back(
    db: Db, origin: str, event: dict[str, Any], at: str, gone: candidates.Gone, but: Sequence[str] = ()
) -> None:
    """What candidates came from was taken back, or all of it but some."""
    for kept in db.candidates.find({"origin": origin, "_id": {"$nin": list(but)}}):
        save(db, kept, candidates.stand(kept, event["sequence"], event["time"], gone), at)


def enter(db: Db, found: candidates.Changed, at: str) -> candidates.Candidate:
    """A problem that somebody entered or carried over, once; another one under its key is refused."""
    candidate, facts = found
    mongo.add(db.candidates, candidate, facts, at=at)
    kept = get(db, candidate["_id"], {})
    if not sources.same(kept, candidate):
        raise errors.Refusal("key_taken", key=candidate["_id"].rpartition(".")[2])
    return kept


def find(db: Db, candidate_id: str) -> candidates.Candidate | None:
    """The candidate of that id, if there is one."""
    return db.candidates.find_one({"_id": candidate_id})


def get(db: Db, candidate_id: str, within: dict[str, Any]) -> candidates.Candidate:
    """The candidate of that id within a scope."""
    return mongo.get(db.candidates, candidate_id, within)


def listed(db: Db, within: dict[str, Any], query: dict[str, str]) -> dict[str, Any]:
    """One page of candidates, by unit, source and number."""
    keys = ("campaign", "unit", "state", "group", "region", "source", "origin", "candidate_id")
    asked = actor.both(within, {key: query[key] for key in keys if key in query})
    return onward_store.page(db.candidates, asked, ORDER, query)


def save(db: Db, before: candidates.Candidate, changed: candidates.Changed, at: str) -> candidates.Candidate:
    """Write a changed candidate with what it says."""
    return mongo.save(db.candidates, before, *changed, at=at)


def item_of(db: Db, candidate_id: str) -> domain.Item | None:
    """The item that took a candidate up, or that it was joined to."""
    for key in ("candidate", "opinion_id"):
        if item := db.items.find_one({key: candidate_id}):
            return item
    kept = find(db, candidate_id)
    return db.items.find_one({"_id": kept["item_id"]}) if kept and kept["item_id"] else None


def of_item(db: Db, item_id: str, within: dict[str, Any]) -> list[candidates.Candidate]:
    """The candidates an item took up or was joined by, as far as they may be seen."""
    asked = actor.both(within, {"item_id": item_id})
    return list(db.candidates.find(asked, {"outbox": 0}).sort([("source", 1), ("number", 1), ("_id", 1)]))


def carried(db: Db, item_ids: Iterable[str]) -> list[candidates.Candidate]:
    """The candidates that were made of items of earlier campaigns."""
    return list(db.candidates.find({"origin": {"$in": list(item_ids)}, "source": "last_year"}, {"outbox": 0}))


def follow(db: Db, item: domain.Item) -> None:
    """What an item says that it took up is on the ledger."""
    for key in ("candidate", "opinion_id"):
        if key in item:
            adopt(db, item[key], item["_id"])


def adopt(db: Db, candidate_id: str, item_id: str) -> None:
    """The candidate is on the ledger; written again nothing changes."""
    db.candidates.update_one(
        {"_id": candidate_id, "state": {"$ne": "adopted"}},
        {"$set": {"state": "adopted", "item_id": item_id}, "$inc": {"revision": 1}},
    )
