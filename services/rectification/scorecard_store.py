"""What a scorecard is counted from: a unit's ledger, its earlier ones, its evaluations, issues and documents."""

from typing import Any

from services.rectification import candidate_store, domain, evaluation_store, recurrence_store, scorecard, store
from services.spine import mongo

Db = mongo.Db
SHORT = {"outbox": 0, "progress.evidence": 0}


def card(db: Db, card_id: str, within: dict[str, Any], today: str) -> dict[str, Any]:
    """The scorecard of a unit within a scope; whoever may see the unit sees what it had left over from earlier."""
    mongo.get(db.meetings, card_id, within)
    campaign, unit = card_id.split(".")
    place = store.plan(db, campaign, unit)
    own = list(db.items.find({"unit": unit, "campaign": campaign}, SHORT))
    before = _before(db, campaign, unit, place)
    whole: list[domain.Item] = [{**domain.BEGUN, **item} for item in own]
    rounds = evaluation_store.of_unit(db, campaign, unit)
    following = rounds[-1] if rounds and not rounds[-1]["decision"] else None
    issues = list(db.issues.find({"campaign": campaign, "lines.unit": unit}, {"outbox": 0}))
    issued = {"campaign": campaign, "unit": unit, "state": {"$in": ["issued", "acknowledged"]}}
    return {
        **scorecard.card(place, whole, before, today),
        "evaluations": scorecard.grades(
            rounds, [store.evaluating(db, campaign, one.get("definition")) for one in rounds]
        ),
        "round_due_on": following["due_on"] if following else None,
        "escalations": scorecard.climbed(list(db.escalations.find(issued, {"step": 1, "rules": 1}).sort("rung", 1))),
        "effects": scorecard.effects(whole, issues, unit),
    }


def _before(db: Db, campaign: str, unit: str, place: dict[str, Any]) -> list[domain.Item]:
    units = recurrence_store.units_before(db, campaign, unit)
    others = list(db.items.find({"unit": {"$in": units}, "campaign": {"$ne": campaign}}, SHORT))
    carried = candidate_store.carried(db, [item["_id"] for item in others])
    taken_over = {one["origin"] for one in carried if one["campaign"] == campaign and one["state"] == "adopted"}
    dated = [(recurrence_store.when(db, item), item) for item in others]
    return scorecard.earlier(dated, (place.get("meeting_on") or "9999", campaign), taken_over)
