"""Monthly reports as they are kept: one record a unit and month, counted anew when something happened to an item."""

from collections.abc import Iterable, Sequence
from typing import Any

from services.rectification import reporting
from services.spine import actor, errors, mongo, outbox

Db = mongo.Db
AT_ONCE = 200
WAITING = ("waiting", "missing")


def prepare(db: Db) -> None:
    """Indexes."""
    outbox.kept(db.reports)
    db.reports.create_index([("campaign", 1), ("month", 1), ("state", 1), ("unit", 1)])
    db.reports.create_index([("campaign", 1), ("unit", 1), ("state", 1)])


def report_day(db: Db, campaign: str) -> int | None:
    """The day of the month on which a campaign's units report; None where they do not."""
    found = (db.campaigns.find_one({"_id": campaign}) or {}).get("rectification") or {}
    return found.get("report_day")


def places(db: Db, campaign: str, after: str) -> list[dict[str, Any]]:
    """Some units of a campaign behind one."""
    span = {"$gt": f"{campaign}.{after}", "$lt": f"{campaign}/"}
    return list(db.meetings.find({"_id": span}).sort("_id", 1).limit(AT_ONCE))


def days(db: Db, campaign: str, units: Sequence[str]) -> dict[str, list[str | None]]:
    """The days on which the open items of units are next to be told of."""
    found: dict[str, list[str | None]] = {unit: [] for unit in units}
    asked = {"campaign": campaign, "unit": {"$in": list(units)}, "state": "open"}
    for row in db.items.find(asked, {"unit": 1, "report_due_on": 1}):
        found[row["unit"]].append(row.get("report_due_on"))
    return found


def mark(
    db: Db, campaign: str, placed: Sequence[dict[str, Any]], on: reporting.Mark, day: int, today: str, at: str
) -> int:
    """Count the reports of some units at a mark and tell those where something is missing; how many were told."""
    waiting = days(db, campaign, [place["unit"] for place in placed])
    told = _write(db, placed, waiting, on.month, day, today, at, [on.days])
    if on.days is None:
        _write(db, placed, waiting, reporting.month_of(today, day), day, today, at, [])
    return told


def recount(db: Db, campaign: str, units: Iterable[str], today: str, at: str) -> None:
    """Something happened to items of units: this month's report and those still missing are counted anew."""
    day, asked = report_day(db, campaign), sorted(set(units))
    if day is None:
        return
    placed = list(db.meetings.find({"_id": {"$in": [f"{campaign}.{unit}" for unit in asked]}}))
    waiting = days(db, campaign, asked)
    _write(db, placed, waiting, reporting.month_of(today, day), day, today, at, [])
    for report in db.reports.find({"campaign": campaign, "unit": {"$in": asked}, "state": {"$in": WAITING}}):
        mongo.save(db.reports, report, reporting.count(report, waiting[report["unit"]], today), at=at)


def _write(
    db: Db, placed: Sequence[dict[str, Any]], waiting: dict[str, list[str | None]], month: str, day: int, today: str,
    at: str, marks: Sequence[int | None],
) -> int:  # fmt: skip
    """The reports of a month, those written anew that are not there; a unit that has nothing to tell of has none."""
    ids = [f"{place['campaign']}.{place['unit']}.{month}" for place in placed]
    known = {row["_id"]: row for row in db.reports.find({"_id": {"$in": ids}})}
    fresh, changes, told = [], [], dict[str, list[Any]]()
    for place, key in zip(placed, ids, strict=True):
        before = known.get(key)
        report = reporting.count(before or reporting.begin(place, month, day), waiting[place["unit"]], today)
        if before is None and not (report["missing"] if today > report["due_on"] else report["items"]):
            continue
        facts: list[Any] = []
        for days_from in marks:
            report, facts = reporting.remind(report, days_from)
        told[key] = facts
        if before is None:
            fresh.append(report)
        else:
            changes.append((before, report, facts))
    mongo.add_all(db.reports, [report for report in fresh if not told[report["_id"]]])
    late = [
        report
        for report in fresh
        if told[report["_id"]] and not mongo.add(db.reports, report, told[report["_id"]], at=at)
    ]
    if mongo.save_all(db.reports, changes, at=at)[1] or late:
        raise errors.Stale
    return sum(map(len, told.values()))


def listed(db: Db, within: dict[str, Any], query: dict[str, str], today: str) -> dict[str, Any]:
    """One page of the units' reports of a month (the one awaited, unless asked), by unit, with how many there are in
    each state."""
    day = report_day(db, query["campaign"])
    month = query.get("month") or (reporting.month_of(today, day) if day else today[:7])
    wanted = {key: query[key] for key in ("campaign", "region", "group", "unit") if key in query} | {"month": month}
    states = ("reported", "waiting", "missing", "late")
    counts = {state: db.reports.count_documents(actor.both(within, {**wanted, "state": state})) for state in states}
    wanted |= {"state": query["state"]} if "state" in query else {}
    found = mongo.page(db.reports, actor.both(within, wanted), [("unit", 1), ("_id", 1)], query)
    due_on = reporting.due_on(month, day) if day else None
    return {**found, "states": counts, "month": month, "due_on": due_on}
