"""Evaluations as they are kept, one for each round of a unit, and the samples they look at."""

from collections.abc import Callable
from typing import Any

from services.rectification import drawing, evaluation, lateness, revising, views
from services.rectification.domain import Hand, Item
from services.spine import actor, errors, mongo, outbox

Db = mongo.Db
PolicyOf = Callable[[str, int | None], evaluation.Policy]


def prepare(db: Db) -> None:
    """Indexes."""
    outbox.kept(db.evaluations)
    db.evaluations.create_index([("campaign", 1), ("unit", 1), ("round", -1)])
    db.samples.create_index([("campaign", 1), ("at", -1)])


def get(db: Db, evaluation_id: str, within: dict[str, Any]) -> evaluation.Evaluation:
    """The evaluation of that id within a scope; a unit's first is begun where nothing is known of it."""
    place_id, _, number = evaluation_id.rpartition(".v")
    found = db.evaluations.find_one({"_id": evaluation_id}, {"outbox": 0})
    if found is None and number == "1":
        return _first(db, mongo.get(db.meetings, place_id, within))
    return mongo.get(db.evaluations, evaluation_id, within)


def save(db: Db, before: evaluation.Evaluation, changed: evaluation.Changed, at: str) -> evaluation.Evaluation:
    """Write an evaluation with what it says; the first time as a new one."""
    after, facts = changed
    if "revision" in before:
        return mongo.save(db.evaluations, before, after, facts, at=at)
    if after == before:
        return before
    if not mongo.add(db.evaluations, after, facts, at=at):
        raise errors.Stale
    return {**after, "revision": 1}


def current(db: Db, campaign: str, unit: str) -> evaluation.Evaluation | None:
    """The latest evaluation of a unit, begun where it is planned and nothing is known; None of a unit that is not."""
    last = of_unit(db, campaign, unit)
    if last:
        return last[-1]
    place = db.meetings.find_one({"_id": f"{campaign}.{unit}"})
    return _first(db, place) if place else None


def of_unit(db: Db, campaign: str, unit: str) -> list[evaluation.Evaluation]:
    """All rounds of a unit, the first before the others."""
    return list(db.evaluations.find({"campaign": campaign, "unit": unit}, {"outbox": 0}).sort("round", 1))


def appraised(db: Db, event: dict[str, Any], at: str) -> None:
    """An anonymous form with points was closed: its score belongs to the unit's evaluation, if it is to be one."""
    said = event["data"]
    found = current(db, event["campaign"], said["unit"]) if "score" in said else None
    if found:
        save(db, found, evaluation.appraised(found, said), at)


def open_round(db: Db, evaluation_id: str, rules_of: Callable[[Item], dict[str, Any]], at: str, today: str) -> None:
    """Begin the round a low grade opened, and open again what was found not to hold; each item once, by its rules."""
    before = db.evaluations.find_one({"_id": evaluation_id}, {"outbox": 0})
    if before is None or not before["decision"]:
        return
    following, decision = evaluation.next_round(before), before["decision"]
    mongo.add(db.evaluations, following, at=at)
    hand = Hand(decision["by_account"], decision["by"], at, today)
    for item_id in following["items"]:
        kept = db.evaluations.find_one({"_id": following["_id"]}, {"outbox": 0})
        if kept and item_id not in kept["reopened"]:
            _reopen(db, item_id, decision, hand, rules_of)
            mongo.save(db.evaluations, kept, {**kept, "reopened": [*kept["reopened"], item_id]}, at=at)


def listed(db: Db, within: dict[str, Any], query: dict[str, str], policy_of: PolicyOf, today: str) -> dict[str, Any]:
    """One page of units, each with its latest evaluation as everybody may see it; one that does not meet only where
    it has a ledger."""
    asked: dict[str, Any] = {key: query[key] for key in ("campaign", "region", "group", "unit") if key in query}
    asked = actor.both(asked, {"$or": [{"cancelled_on": None}, {"numbered": {"$gt": 0}}]})
    found = mongo.page(db.meetings, actor.both(within, asked), [("unit", 1), ("_id", 1)], query)
    here = {key: {"$in": list({row[key] for row in found["rows"]})} for key in ("campaign", "unit")}
    rounds = db.evaluations.find(here, {"outbox": 0, "findings": 0})
    latest: dict[tuple[str, str], evaluation.Evaluation] = {}
    for one in rounds.sort("round", 1):
        latest[one["campaign"], one["unit"]] = one
    evaluations = (latest.get((row["campaign"], row["unit"])) or evaluation.begin(row) for row in found["rows"])
    rows = [evaluation.row(one, policy_of(one["campaign"], one.get("definition")), today) for one in evaluations]
    return {**found, "rows": rows}


def draw(db: Db, asked: dict[str, str], rules: dict[str, int], hand: Hand) -> drawing.Sample:
    """The sample of a seed, drawn if it is not there."""
    place: dict[str, Any] = {key: asked[key] for key in ("campaign", "region") if key in asked}
    known = db.samples.find_one({"_id": drawing.sample_id(asked["campaign"], asked.get("region"), asked["seed"])})
    if known:
        return known
    population = sorted(db.items.distinct("unit", place))
    if not population:
        raise errors.Refusal("nothing_to_draw")
    drawn = [_drawn(db, asked, unit, rules) for unit in drawing.units(asked["seed"], population, rules)]
    mongo.add(db.samples, drawing.begin(asked, population, drawn, rules, hand), at=hand.at)
    return mongo.get(db.samples, drawing.sample_id(asked["campaign"], asked.get("region"), asked["seed"]))


def samples(db: Db, within: dict[str, Any], query: dict[str, str]) -> dict[str, Any]:
    """One page of samples that drew something of a scope, the newest first."""
    asked = {"campaign": query["campaign"]} if "campaign" in query else {}
    return mongo.page(db.samples, actor.both(within, asked), [("at", -1), ("_id", 1)], query)


def _first(db: Db, place: dict[str, Any]) -> evaluation.Evaluation:
    """A unit's first round, begun under the campaign's version of today."""
    campaign = db.campaigns.find_one({"_id": place["campaign"]}, {"definition": 1}) or {}
    return evaluation.begin({**place, "definition": campaign.get("definition")})


def _drawn(db: Db, asked: dict[str, str], unit: str, rules: dict[str, int]) -> dict[str, Any]:
    found = list(db.items.find({"campaign": asked["campaign"], "unit": unit}, {"state": 1, "region": 1, "group": 1}))
    closed, rest = ([one["_id"] for one in found if (one["state"] == "closed") is done] for done in (True, False))
    place = {"unit": unit, "region": found[0]["region"], "group": found[0]["group"]}
    return {**place, "items": drawing.items(asked["seed"], closed, rest, rules)}


def _reopen(
    db: Db, item_id: str, decision: dict[str, Any], hand: Hand, rules_of: Callable[[Item], dict[str, Any]]
) -> None:
    item: Item | None = db.items.find_one({"_id": item_id}, {"outbox": 0})
    if item is None or item["state"] != "closed":
        return
    others = db.items.find({"campaign": item["campaign"], "unit": item["unit"]}, {"outbox": 0})
    again = evaluation.reopened(item, decision, hand, rules_of(item))
    changed, facts = revising.rejoined(item, again, others, hand)
    mongo.save(db.items, item, views.marked(lateness.kept(changed)), facts, at=hand.at)
