"""What of other rooms a unit's file is made of, as it is kept; and who has taken an archive package."""

from typing import Any

from services.intake import domain, filing, study, study_store, talks_store
from services.spine import actor, mongo

Db = mongo.Db
LINE = {"unit": 1, "kind": 1, "post": 1, "counted": 1, "read": 1, "versions.version": 1, "versions.outcome": 1}


def prepare(db: Db) -> None:
    """Indexes."""
    db.exports.create_index([("campaign", 1), ("unit", 1), ("at", -1)])
    db.plans.create_index([("campaign", 1), ("unit", 1)])


def remember_comment(db: Db, event: dict[str, Any]) -> None:
    """The group has commented on a unit's meeting."""
    key = f"{event['campaign']}.{event['data']['unit']}"
    mongo.remember(db.commented, key, {"campaign": event["campaign"]}, event["sequence"])


def materials(db: Db, plan: filing.Plan) -> list[domain.Material]:
    """All materials of a unit."""
    found = db.materials.find({"campaign": plan["campaign"], "unit": plan["unit"]})
    return sorted(found, key=lambda one: str(one["_id"]))


def whole(db: Db, plan: filing.Plan, materials: filing.Materials) -> list[dict[str, Any]]:
    """A unit's whole file line by line."""
    talked = talks_store.book(db, plan)[1]["counts"]["complete"]
    commented = db.commented.find_one({"_id": plan["_id"]}) is not None
    return filing.whole(plan, materials, talked=talked, commented=commented)


def studies(db: Db, plan: filing.Plan) -> list[study.Record]:
    """A unit's records of study without what only the store needs."""
    hidden = ("_id", "outbox", "revision")
    found = study_store.of_unit(db, plan)
    return [{key: part for key, part in record.items() if key not in hidden} for record in found]


def listed(db: Db, within: dict[str, Any], query: dict[str, str]) -> dict[str, Any]:
    """One page of units that are to meet with what of their files is missing, those that miss most first."""
    wanted: dict[str, Any] = {key: query[key] for key in ("campaign", "region", "group") if key in query}
    plans = {row["_id"]: row for row in db.plans.find(actor.both(within, wanted)) if not row.get("cancelled_on")}
    of: dict[str, list[domain.Material]] = {}
    for row in db.materials.find({"campaign": query["campaign"], "counted": {"$gt": 0}}, LINE):
        of.setdefault(f"{query['campaign']}.{row['unit']}", []).append(row)
    talked = {row["_id"] for row in db.talk_books.find({"campaign": query["campaign"], "counts.complete": True})}
    commented = {row["_id"] for row in db.commented.find({"campaign": query["campaign"]}, {"_id": 1})}
    found = []
    for key, plan in plans.items():
        lines = filing.whole(plan, of.get(key, ()), talked=key in talked, commented=key in commented)
        lacking = filing.missing(lines)
        if "missing" not in query or query["missing"] in lacking:
            asked, here = (sum(line[name] for line in lines if line["asked"]) for name in ("asked", "here"))
            places = {name: plan[name] for name in ("campaign", "unit", "region", "group")}
            found.append({**places, "asked": asked, "here": here, "missing": lacking})
    found.sort(key=lambda row: (row["here"] - row["asked"], row["unit"]))
    return mongo.page_of(found, query)


def remember_export(db: Db, export: dict[str, Any]) -> None:
    """Somebody took an archive package."""
    db.exports.insert_one(dict(export))


def exports(db: Db, plan: filing.Plan) -> list[dict[str, Any]]:
    """Who took an archive package of a unit, the last first."""
    wanted = {"campaign": plan["campaign"], "unit": plan["unit"]}
    return list(db.exports.find(wanted, {"_id": 0}).sort([("at", -1)]).limit(100))
