"""A campaign's own templates as they are kept."""

from typing import Any

from services.intake import originals, own_templates
from services.spine import errors, mongo

Db = mongo.Db


def find(db: Db, campaign: str, kind: str) -> own_templates.OwnTemplate | None:
    """What was put in the place of our template, if anything ever was."""
    return db.own_templates.find_one({"_id": f"{campaign}.{kind}"})


def of_campaign(db: Db, campaign: str) -> dict[str, own_templates.OwnTemplate]:
    """All of a campaign by kind."""
    return {row["kind"]: row for row in db.own_templates.find({"campaign": campaign}, {"outbox": 0})}


def keep(
    db: Db, before: own_templates.OwnTemplate | None, after: own_templates.OwnTemplate, at: str
) -> own_templates.OwnTemplate:
    """Write a new or changed one down."""
    if before is not None:
        return mongo.save(db.own_templates, before, after, at=at)
    if not mongo.add(db.own_templates, after, at=at):
        raise errors.Stale
    return after


def read(db: Db, record: dict[str, Any] | None) -> bytes | None:
    """The Word document that stands in the place of ours; None when ours does."""
    stands = own_templates.standing(record) if record else None
    return originals.read(db, stands["sha256"]) if stands else None
