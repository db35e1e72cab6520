"""Where units belong, as registry says; what is kept of a unit moves with it out of the former group's hands.

What must stay true: whoever dies midway leaves a mark that he had begun (`moving`), and the same event heard again
finishes what he began; a meeting that is scheduled anew where it was moves nothing. A meeting bears, beside what was
said, `moved_to`: the group in which everything of the unit is, as long as nobody is at it; `cancelled_on` where the
unit does not meet; and `told_rules`: all it ever asked of its ledger beyond its campaign, by their marks.
"""

from typing import Any

from services.rectification import columns_store, domain
from services.spine import mongo

Db = mongo.Db
OF_ITEMS = ("immediate_days", "rectification")
"""The rules of a unit that hold for the items of its ledger."""


def remember(db: Db, event: dict[str, Any]) -> None:
    """Where a unit belongs; all that is kept of it is there when this returns."""
    said = event["data"]
    places = {"campaign": event["campaign"], "region": event["region"], "unit": said["unit"], "group": said["group"]}
    places |= {"rules": said.get("rules", {}), "level": said.get("level", ""), "meeting_on": said.get("meeting_on")}
    places |= {key: said[key] for key in ("predecessors", "posts") if key in said}
    key = f"{event['campaign']}.{said['unit']}"
    if unit_rules := mark(places):
        places[f"told_rules.{unit_rules}"] = own_rules(places)
    mongo.remember(db.meetings, key, places, event["sequence"])
    known = mongo.get(db.meetings, key)
    if said.get("because") == "restored":
        mongo.remember_part(db.meetings, event, "cancelled_on", None)
    if known.get("moving") or known.get("moved_to") != known["group"]:
        _move(db, key, event["sequence"])


def own_rules(place: dict[str, Any], mark: str | None = None) -> dict[str, Any]:
    """What a unit asks of its ledger beyond its campaign: what it asked when it had that mark, else today."""
    rules = place.get("rules") or {}
    today = {key: rules[key] for key in OF_ITEMS if key in rules}
    found: dict[str, Any] = {} if mark == "" else place.get("told_rules", {}).get(mark, today)
    return found


def mark(place: dict[str, Any]) -> str:
    """The mark of what a unit asks of its ledger today: the same for the same rules, empty for none."""
    rules = own_rules(place)
    return domain.fingerprint(rules)[:16] if rules else ""


def catch_up(db: Db, item: dict[str, Any]) -> None:
    """An item that was begun in the group which its unit left meanwhile goes after it."""
    key = f"{item['campaign']}.{item['unit']}"
    place = db.meetings.find_one({"_id": key}, {"group": 1, "sequence": 1})
    if place and place["group"] != item["group"]:
        _move(db, key, place["sequence"])


def _move(db: Db, key: str, turn: int) -> None:
    """Move a unit to where it belongs by now, once more if it was said otherwise meanwhile."""
    db.meetings.update_one({"_id": key}, {"$addToSet": {"moving": turn}})
    done = False
    while not done:
        place = mongo.get(db.meetings, key)
        campaign, unit, group = place["campaign"], place["unit"], {"group": place["group"]}
        for kept in (db.items, db.candidates, db.plans, db.recurrences, db.escalations, db.reports, db.evaluations):
            mongo.move(kept, {"campaign": campaign, "unit": unit}, group)
        mongo.move(db.issues, {"campaign": campaign, "of": unit, "kind": "unit"}, group)
        columns_store.refresh(db, campaign, unit)
        moved = {"$set": {"moved_to": place["group"]}, "$pull": {"moving": turn}}
        done = bool(db.meetings.update_one({"_id": key, **group}, moved).matched_count)
