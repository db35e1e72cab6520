"""Monthly reports as they are kept: one record a unit and month, counted anew when something happened to an item."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from services.rectification import columns_store, domain, onward_store, reporting
from services.spine import actor, errors, mongo, outbox

Db = mongo.Db
ORDER = ("unit",)
AT_ONCE = 200
WAITING = ("waiting", "missing")


def prepare(db: Db) -> None:
    """Indexes."""
    outbox.kept(db.reports)
    for by in ((), ("state",)):
        db.reports.create_index([("campaign", 1), ("month", 1), *((key, 1) for key in (*by, *ORDER))])
    db.reports.create_index([("campaign", 1), ("unit", 1), ("state", 1)])


def report_day(db: Db, campaign: str) -> int | None:
    """The day of the month on which a campaign's units report; None where they do not."""
    found = (db.campaigns.find_one({"_id": campaign}) or {}).get("rectification") or {}
    return found.get("report_day")


def days_of(db: Db, campaign: str, day: int) -> list[int]:
    """The days of the month on which a campaign's units report: its own, and those stricter units have."""
    own = db.meetings.distinct("rules.rectification.report_day", {"campaign": campaign})
    return [day, *sorted({*own} - {day, None})]


def day_of(place: dict[str, Any], day: int) -> int:
    """The day of the month on which a unit reports, where its campaign does on `day`."""
    return int(((place.get("rules") or {}).get("rectification") or {}).get("report_day") or day)


def places(db: Db, campaign: str, after: str) -> Iterator[list[dict[str, Any]]]:
    """The units of a campaign behind one, some at a time."""
    wanted = {"campaign": campaign, "_id": {"$gt": f"{campaign}.{after}"}}
    return mongo.parts(db.meetings.find(wanted).sort("_id", 1), AT_ONCE)


def days(db: Db, campaign: str, units: Sequence[str]) -> dict[str, list[str | None]]:
    """The days on which the open items of units are next to be told of; unit by unit, for the embedded store holds all
    of a campaign's items against the units of one question."""
    return {
        unit: [
            row.get("report_due_on")
            for row in db.items.find({"campaign": campaign, "unit": unit, "state": "open"}, {"report_due_on": 1})
        ]
        for unit in units
    }


def mark(
    db: Db, campaign: str, placed: Sequence[dict[str, Any]], on: reporting.Mark, day: int, today: str, at: str
) -> int:
    """Tell those of some units that report on a day, at a mark of it, where something is missing; how many were told.
    When the day has passed, the next month begins: whatever is open is to be told of again. Items are read only of
    units whose month nobody counted yet."""
    usual = report_day(db, campaign) or day
    placed = [place for place in placed if day_of(place, usual) == day]
    known = _known(db, placed, on.month)
    until = reporting.due_on(on.month, day)
    after = reporting.due_on(reporting.next_month(on.month), day)
    waiting = days(db, campaign, [place["unit"] for place in placed if place["unit"] not in known])
    now = {unit: reporting.counted(rows, until) for unit, rows in waiting.items()}
    now |= {unit: reporting.Counts(row["items"], row["missing"]) for unit, row in known.items()}
    told = _write(db, placed, now, on.month, day, today, at, on)
    if on.days is None:
        then = {unit: reporting.counted(rows, after) for unit, rows in waiting.items()}
        then |= {unit: reporting.Counts(row["items"], row["items"]) for unit, row in known.items()}
        opened = _known(db, placed, reporting.next_month(on.month))
        left = [place for place in placed if place["unit"] not in opened]
        _write(db, left, then, reporting.next_month(on.month), day, today, at)
    return told


def follow(db: Db, campaign: str, ledgers: Mapping[str, Sequence[domain.Item]], today: str, at: str) -> None:
    """Something happened to items of units: their sums, this month's report and those still missing are counted anew
    from their whole ledgers, which are read once."""
    for unit, items in ledgers.items():
        columns_store.refresh(db, campaign, unit, items)
    waiting = {
        unit: [item.get("report_due_on") for item in items if item["state"] == "open"]
        for unit, items in ledgers.items()
    }
    recount(db, campaign, waiting, today, at)


def recount(db: Db, campaign: str, waiting: Mapping[str, Sequence[str | None]], today: str, at: str) -> None:
    """The reports of units by the days on which their open items are next to be told of."""
    usual, asked = report_day(db, campaign), sorted(waiting)
    if usual is None:
        return
    by_day = dict[int, list[dict[str, Any]]]()
    for place in db.meetings.find({"_id": {"$in": [f"{campaign}.{unit}" for unit in asked]}}):
        by_day.setdefault(day_of(place, usual), []).append(place)
    for day, placed in by_day.items():
        month = reporting.month_of(today, day)
        counts = {unit: reporting.counted(rows, reporting.due_on(month, day)) for unit, rows in waiting.items()}
        _write(db, placed, counts, month, day, today, at)
    for unit in asked:
        for report in db.reports.find({"campaign": campaign, "unit": unit, "state": {"$in": WAITING}}):
            counted = reporting.counted(waiting[unit], report["due_on"])
            mongo.save(db.reports, report, reporting.stand(report, counted, today), at=at)


def _known(db: Db, placed: Sequence[dict[str, Any]], month: str) -> dict[str, reporting.Report]:
    ids = [f"{place['campaign']}.{place['unit']}.{month}" for place in placed]
    return {row["unit"]: row for row in mongo.among(db.reports, ids)}


def _write(
    db: Db, placed: Sequence[dict[str, Any]], counts: dict[str, reporting.Counts], month: str, day: int, today: str,
    at: str, on: reporting.Mark | None = None,
) -> int:  # fmt: skip
    """The reports of a month, those written anew that are not there; a unit that has nothing to tell of has none."""
    known, fresh, changes, said = _known(db, placed, month), [], [], 0
    for place in placed:
        before = known.get(place["unit"])
        report = reporting.stand(before or reporting.begin(place, month, day), counts[place["unit"]], today)
        if before is None and not (report["missing"] if today > report["due_on"] else report["items"]):
            continue
        report, facts = reporting.remind(report, on.days) if on else (report, [])
        said += len(facts)
        if before:
            changes.append((before, report, facts))
        elif not facts:
            fresh.append(report)
        elif not mongo.add(db.reports, report, facts, at=at):
            raise errors.Stale
    mongo.add_all(db.reports, fresh)
    if mongo.save_all(db.reports, changes, at=at)[1]:
        raise errors.Stale
    return said


def listed(db: Db, within: dict[str, Any], query: dict[str, str], today: str) -> dict[str, Any]:
    """One page of the units' reports of a month (the one awaited, unless asked), by unit, with how many there are in
    each state."""
    day = report_day(db, query["campaign"])
    month = query.get("month") or (reporting.month_of(today, day) if day else today[:7])
    wanted = {key: query[key] for key in ("campaign", "region", "group", "unit") if key in query} | {"month": month}
    states = ("reported", "waiting", "missing", "late")
    counts = {state: db.reports.count_documents(actor.both(within, {**wanted, "state": state})) for state in states}
    wanted |= {"state": query["state"]} if "state" in query else {}
    found = onward_store.page(db.reports, actor.both(within, wanted), ORDER, query)
    due_on = reporting.due_on(month, day) if day else None
    return {**found, "states": counts, "month": month, "due_on": due_on}
