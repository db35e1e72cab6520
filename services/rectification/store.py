"""The ledger as it is kept. Colours depend on the day, so they are asked for, never stored."""

import contextlib
from collections.abc import Iterable, Iterator
from typing import Any

from services.rectification import (
    candidate_store,
    columns_store,
    domain,
    effects,
    escalation,
    escalation_store,
    evaluation,
    evaluation_store,
    issue_store,
    kept_views_store,
    lateness,
    leftovers_store,
    lists,
    pages_store,
    places_store,
    plan_store,
    recurrence_store,
    reporting_store,
    revising,
    sheet_lines,
    summing,
    views,
)
from services.spine import errors, mongo, outbox
from services.spine.events import Event, Fact

Db = mongo.Db
SMALL_GROUP = 5


def prepare(db: Db) -> None:
    """Indexes."""
    outbox.kept(db.items)
    db.items.create_index([("campaign", 1), ("unit", 1), ("number", 1)])
    db.items.create_index([("campaign", 1), ("region", 1), ("state", 1), ("due_on", 1)])
    db.items.create_index([("campaign", 1), ("group", 1), ("state", 1), ("due_on", 1)])
    db.meetings.create_index([("campaign", 1), ("region", 1)])
    db.meetings.create_index([("campaign", 1), ("group", 1)])
    db.ledger_imports.create_index([("state", 1), ("until", 1)])
    db.ledger_imports.create_index([("by_account", 1), ("opened_at", -1)])
    db.ledger_lines.create_index([("import", 1), ("number", 1)])
    db.definitions.create_index("campaign")
    candidate_store.prepare(db)
    plan_store.prepare(db)
    recurrence_store.prepare(db)
    leftovers_store.prepare(db)
    escalation_store.prepare(db)
    reporting_store.prepare(db)
    issue_store.prepare(db)
    evaluation_store.prepare(db)
    pages_store.prepare(db)
    columns_store.prepare(db)
    kept_views_store.prepare(db)


def remember_campaign(db: Db, event: dict[str, Any]) -> None:
    """What the ledger needs of the campaign."""
    said = {key: event["data"].get(key) for key in ("immediate_days", "rectification", "small_group", "aspects")}
    said["definition"] = event["data"].get("version", 1)
    kept = {**said, "campaign": event["campaign"]}
    mongo.remember(db.definitions, f"{event['campaign']}@{said['definition']}", kept, event["sequence"])
    mongo.remember(db.campaigns, event["campaign"], said, event["sequence"])


def plan(
    db: Db, campaign: str, unit: str, definition: int | None = None, unit_rules: str | None = None
) -> dict[str, Any]:
    """Where a unit belongs, with the rules that hold there: by the campaign's version of that number or its newest, and
    what the unit asked beyond it when that had this mark, or asks today; refuses a unit that was not planned."""
    places, limits = db.meetings.find_one({"_id": f"{campaign}.{unit}"}), rules(db, campaign, definition)
    if places is None or limits is None:
        raise errors.Refusal("unit_not_planned", unit=unit, campaign=campaign)
    return _under(limits, places, unit_rules, limits if definition is None else mongo.get(db.campaigns, campaign))


def _under(
    limits: dict[str, Any], places: dict[str, Any], unit_rules: str | None, newest: dict[str, Any]
) -> dict[str, Any]:
    """What holds by limits and the unit's own rules of that mark; but a unit reports on one day, that of today."""
    held = {**limits, **places_store.own_rules(places, unit_rules)}
    kept = held.get("rectification") or lists.BEFORE
    rules = {key: value for key, value in kept.items() if key != "report_day"}
    if usual := (newest.get("rectification") or {}).get("report_day"):
        rules["report_day"] = reporting_store.day_of(places, usual)
    found = {"immediate_days": held["immediate_days"], "rectification": rules}
    found |= {"definition": limits.get("definition"), "unit_rules": places_store.mark(places)}
    small_group = places.get("rules", {}).get("small_group") or limits.get("small_group")
    return {**places, **found, "small_group": small_group or SMALL_GROUP}


def older(db: Db, campaign: str, unit: str) -> sheet_lines.Older:
    """The rules that hold for a unit's items by what they were registered under: version, and mark of its own rules."""
    places = mongo.get(db.meetings, f"{campaign}.{unit}")
    marks = (None, "", *places.get("told_rules", ()))
    versions = {limits["definition"]: limits for limits in db.definitions.find({"campaign": campaign})}
    versions[None] = newest = mongo.get(db.campaigns, campaign)
    return {(version, mark): _under(versions[version], places, mark, newest) for version in versions for mark in marks}


def plan_of(db: Db, item: domain.Item) -> dict[str, Any]:
    """The rules that hold for an item, by what it was registered under."""
    return plan(db, item["campaign"], item["unit"], item.get("definition"), item.get("unit_rules"))


def ladder(db: Db, campaign: str, definition: int | None) -> escalation.Policy:
    """The ladder of a campaign in a version; empty where it has none."""
    return _part(db, campaign, definition, "escalation")


def evaluating(db: Db, campaign: str, definition: int | None) -> evaluation.Policy:
    """How units are evaluated by a campaign in a version, or where that says nothing in its newest; empty where it has
    nothing either."""
    return _part(db, campaign, definition, "evaluation") or _part(db, campaign, None, "evaluation")


def _part(db: Db, campaign: str, definition: int | None, part: str) -> dict[str, Any]:
    found: dict[str, Any] = (rules(db, campaign, definition) or {}).get("rectification") or {}
    return found.get(part) or {}


def rules(db: Db, campaign: str, definition: int | None = None) -> dict[str, Any] | None:
    """The rules of a campaign in a version, or its newest, as far as the ledger follows them."""
    found: dict[str, Any] | None = None
    if definition is not None:
        found = db.definitions.find_one({"_id": f"{campaign}@{definition}"})
    return found or db.campaigns.find_one({"_id": campaign})


def next_number(db: Db, campaign: str, unit: str) -> int:
    """The next number in a unit's ledger, given to one asker only; written over what was read (see mongo.take)."""
    key = f"{campaign}.{unit}"
    while counted := db.meetings.find_one({"_id": key}, {"numbered": 1}):
        last = counted.get("numbered")
        number = (last or 0) + 1
        if db.meetings.update_one({"_id": key, "numbered": last}, {"$set": {"numbered": number}}).modified_count:
            return number
    raise errors.Refusal("unit_not_planned", unit=unit, campaign=campaign)


def add(db: Db, item: domain.Item, facts: list[Fact], at: str, *, summed: bool = True) -> bool:
    """A new item; False when it is there already."""
    marked = views.marked(lateness.kept(item))
    added = mongo.add(db.items, marked, facts, at=at)
    if added:
        if summed:
            sum_up(db, marked["campaign"], marked["unit"])
        places_store.catch_up(db, marked)
    return added


def sum_up(db: Db, campaign: str, unit: str) -> None:
    """Let sums and columns follow what was written of a unit's items, once all is, where it is much; where many are at
    it at once, their events bring them."""
    with contextlib.suppress(errors.Stale):
        columns_store.refresh(db, campaign, unit)


def find(db: Db, item_id: str) -> domain.Item | None:
    """The item of that id, if it was registered."""
    return db.items.find_one({"_id": item_id})


def get(db: Db, item_id: str, within: dict[str, Any] | None = None) -> domain.Item:
    """The item of that id within a scope."""
    return mongo.get(db.items, item_id, within)


def of_unit(db: Db, campaign: str, unit: str) -> list[domain.Item]:
    """A unit's whole ledger, by number."""
    return list(db.items.find({"campaign": campaign, "unit": unit}, {"outbox": 0}).sort([("number", 1), ("_id", 1)]))


def still_open(db: Db, campaign: str, unit: str) -> Iterator[domain.Item]:
    """Number, words and candidate of each item of a unit that is not closed."""
    told = dict.fromkeys(("item_id", "number", "problem", "candidate", "state"), 1)
    every = db.items.find({"campaign": campaign, "unit": unit}, told).sort([("number", 1), ("_id", 1)])
    yield from (item for item in every if item["state"] != "closed")


def ledgers(db: Db, told: Iterable[Event]) -> dict[str, dict[str, list[domain.Item]]]:
    """By campaign and unit, the whole ledgers of which something was said."""
    units = sorted({(event["campaign"], event["data"]["unit"]) for event in told})
    found: dict[str, dict[str, list[domain.Item]]] = {}
    for campaign, unit in units:
        found.setdefault(campaign, {})[unit] = of_unit(db, campaign, unit)
    return found


def share(db: Db, item: domain.Item, hand: domain.Hand, *, before: domain.Item | None = None, own: bool = True) -> None:
    """Bring the measures an item shares with others of its unit into those, before it is written itself, where they
    are other than `before`; whoever is not of the unit (`own`) changes none of its measures that way."""
    if (before is None or before["measures"] != item["measures"]) and any(one.get("key") for one in item["measures"]):
        changes = revising.spread(item, of_unit(db, item["campaign"], item["unit"]), hand)
        if changes and not own:
            raise errors.Refusal("measure_of_unit", number=changes[0][0]["number"])
        marked = [(before, views.marked(after), facts) for before, after, facts in changes]
        if mongo.save_all(db.items, marked, at=hand.at)[1]:
            raise errors.Stale


def show(db: Db, ledgers: Iterable[list[domain.Item]], at: str) -> None:
    """Let evidence for a measure that items of a unit share count on each of them."""
    if mongo.save_all(db.items, (one for items in ledgers for one in revising.shown(items)), at=at)[1]:
        raise errors.Stale


def back(db: Db, before: domain.Item, changed: domain.Changed, hand: domain.Hand) -> domain.Changed:
    """A move as it is written where it brings an item back to be worked on (see revising.rejoined)."""
    others = (
        of_unit(db, before["campaign"], before["unit"]) if any(one.get("key") for one in before["measures"]) else []
    )
    return revising.rejoined(before, changed, others, hand)


def worked_on(db: Db, item: domain.Item, measures: list[str]) -> list[domain.Item]:
    """The unit's other items with progress on measures of these keys, by number."""
    if not measures:
        return []
    others = (one for one in of_unit(db, item["campaign"], item["unit"]) if one["_id"] != item["_id"])
    shared = set(measures)
    return [one for one in others if any(shared.intersection(entry.get("measures", ())) for entry in one["progress"])]


def save(db: Db, before: domain.Item, changed: domain.Changed, at: str, *, summed: bool = True) -> domain.Item:
    """Write a changed item with what it says."""
    marked = views.marked(lateness.kept(changed[0]))
    saved = mongo.save(db.items, before, marked, changed[1], at=at)
    if summed:
        sum_up(db, marked["campaign"], marked["unit"])
    return saved


def counts(db: Db, within: dict[str, Any], query: dict[str, str], today: str) -> dict[str, Any]:
    """How many items of each colour, in all and by region, list, unit or group; each number is a list's length."""
    found = summing.summary(db, within, query, today)
    return {key: found[key] for key in ("total", "colours", "rows")}


def effects_of(db: Db, within: dict[str, Any], query: dict[str, str], today: str) -> dict[str, Any]:
    """One page of the effectiveness list, by number: derived from closed items, gone when a closure is."""
    asked = {**query, "state": "closed", **({"line": query["state"]} if "state" in query else {})}
    found = pages_store.page(db, within, asked, today)
    return {**found, "rows": [effects.line(row) for row in found["rows"]]}
