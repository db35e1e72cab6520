"""Plans as they are kept: one for each unit, written when it is first submitted."""

from typing import Any

from services.rectification import onward_store, plans
from services.spine import actor, errors, mongo, outbox
from services.spine.events import Fact

Db = mongo.Db
ORDER = ("unit", "_id")


def prepare(db: Db) -> None:
    """Indexes."""
    outbox.kept(db.plans)
    db.plans.create_index([("campaign", 1), ("group", 1), ("state", 1)])
    db.plans.create_index([("campaign", 1), *((key, 1) for key in ORDER)])


def get(db: Db, plan_id: str, within: dict[str, Any]) -> plans.Plan:
    """The plan of a unit within a scope, begun where none was submitted."""
    found = db.plans.find_one({"_id": plan_id}, {"outbox": 0})
    if found is None:
        return plans.begin(mongo.get(db.meetings, plan_id, within))
    return mongo.get(db.plans, plan_id, within)


def save(db: Db, before: plans.Plan, changed: plans.Changed, at: str) -> plans.Plan:
    """Write a plan with what it says; the first time as a new one."""
    after, facts = changed
    if "revision" in before:
        return mongo.save(db.plans, before, after, facts, at=at)
    return _added(db, after, facts, at)


def look_again(db: Db, plan_id: str, items: list[dict[str, Any]], at: str) -> None:
    """Something of a unit's ledger changed: what was submitted or approved of it may be stale."""
    found = db.plans.find_one({"_id": plan_id}, {"outbox": 0})
    if found:
        save(db, found, plans.look_again(found, items, at), at)


def listed(db: Db, within: dict[str, Any], query: dict[str, str]) -> dict[str, Any]:
    """One page of the plans that were submitted, by unit."""
    wanted: dict[str, Any] = {
        key: query[key] for key in ("campaign", "unit", "region", "group", "state") if key in query
    }
    found = onward_store.page(db.plans, actor.both(within, wanted), ORDER, query)
    return {**found, "rows": [_row(one) for one in found["rows"]]}


def _added(db: Db, plan: plans.Plan, facts: list[Fact], at: str) -> plans.Plan:
    if not mongo.add(db.plans, plan, facts, at=at):
        raise errors.Stale
    return {**plan, "revision": 1}


def _row(plan: plans.Plan) -> dict[str, Any]:
    keys = ("plan_id", "campaign", "unit", "region", "group", "state", "hash")
    last = plan["rounds"][-1]["at"] if plan["rounds"] else None
    return {**{key: plan[key] for key in keys}, "count": len(plan["items"]), "changed_at": last}
