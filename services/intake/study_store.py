"""Records of study as they are kept."""

from services.intake import study
from services.spine import errors, mongo

Db = mongo.Db


def prepare(db: Db) -> None:
    """Indexes."""
    db.studies.create_index([("campaign", 1), ("unit", 1)])


def find(db: Db, study_id: str) -> study.Record | None:
    """The record of that id, if there is one."""
    return db.studies.find_one({"_id": study_id})


def get(db: Db, study_id: str) -> study.Record:
    """The record of that id."""
    return mongo.get(db.studies, study_id)


def of_unit(db: Db, plan: study.Plan) -> list[study.Record]:
    """A unit's records by day, also withdrawn ones."""
    found = db.studies.find({"campaign": plan["campaign"], "unit": plan["unit"]})
    return sorted(found, key=lambda record: (record["versions"][-1]["on"], record["_id"]))


def save(db: Db, before: study.Record | None, after: study.Record, at: str) -> study.Record:
    """Write a new or changed record."""
    if before is not None:
        return mongo.save(db.studies, before, after, at=at)
    if not mongo.add(db.studies, after, at=at):
        raise errors.Stale
    return after
