"""The holiday file (节假日安排): which days are off and which weekends are worked, loaded by an office.

What must stay true: a file is taken whole or not at all, and all that is wrong with it is said at once, by row and
column; what was loaded before is kept as a version. A file replaces what earlier files said of the years it names. A
row: date, worked (yes or no), name; as CSV with a heading, or as JSON (a list of objects, alone or as `days`).
"""

import csv
import io
import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from services.spine import errors, workdays
from services.spine.events import Fact

Row = dict[str, Any]
Version = dict[str, Any]
COLUMNS = {"date": ("date", "日期"), "worked": ("worked", "上班", "是否上班"), "name": ("name", "名称", "说明")}
WORKED = {
    **dict.fromkeys(("yes", "true", "1", "是", "上班", "班"), True),
    **dict.fromkeys(("no", "false", "0", "否", "休息", "放假", "休"), False),
}
SOURCES = {
    (True, False): "published",
    (True, True): "changed",
    (False, True): "file",
    (False, False): "unknown",
}
"""Where a year is known from: whether it is published, whether a file names days of it; a file that names its holidays
and no weekend that is worked is `holidays`."""
MOST_DAYS = 700
LONGEST_NAME = 30
EVERYWHERE = {"campaign": "all-campaigns", "region": "000000"}


def read(data: bytes, name: str) -> list[Row]:
    """The days of a file, by day: {on, worked, name}; refuses `calendar_faulty` with every fault."""
    text = _text(data)
    rows = list(_json(text) if name.lower().endswith(".json") or text.lstrip()[:1] in ("[", "{") else _csv(text))
    faults: list[dict[str, Any]] = []
    days: dict[str, Row] = {}
    for number, row in rows:
        found = dict(_faults(row, days))
        faults += [{"pointer": f"/rows/{number}/{column}", "row": number, **what} for column, what in found.items()]
        if not found:
            days[str(row["date"])] = {"on": row["date"], "worked": _yes(row["worked"]), "name": row["name"]}
    faults += _years(days.values()) if rows and not faults else []
    if not rows:
        faults = [{"pointer": "/rows", "code": "calendar_empty"}]
    if len(days) > MOST_DAYS:
        faults.append({"pointer": "/rows", "code": "calendar_too_long", "most": MOST_DAYS})
    if faults:
        raise errors.Refusal("calendar_faulty", count=len(faults), errors=faults)
    return [days[on] for on in sorted(days)]


def over(standing: Version | None, days: list[Row], by: str, account: str, at: str, note: str) -> Version:
    """The next version: these days, and what stood before of all other years."""
    years = {day["on"][:4] for day in days}
    kept = [day for day in (standing or {}).get("days", ()) if day["on"][:4] not in years]
    both = sorted([*kept, *days], key=lambda day: str(day["on"]))
    if standing and both == standing["days"]:
        return standing
    if len(both) > MOST_DAYS:
        raise errors.Refusal("calendar_too_long", most=MOST_DAYS)
    number = standing["version"] + 1 if standing else 1
    said = {"by": by, "by_account": account, "at": at, "note": note}
    return {"_id": f"calendar.{number}", "version": number, "years": sorted(years), "days": both, **said}


def loaded(version: Version) -> Fact:
    """Another calendar stands, for everybody who counts working days."""
    data = {"version": version["version"], "days": version["days"]}
    return Fact("calendar_loaded", version["_id"], EVERYWHERE["campaign"], EVERYWHERE["region"], data)


def shown(versions: list[Version], today: str) -> dict[str, Any]:
    """What stands: its days, all versions newest first, and for the years around today where each is known from."""
    standing = versions[0] if versions else None
    days = standing["days"] if standing else []
    filed, this, calendar = {int(day["on"][:4]) for day in days}, int(today[:4]), workdays.Calendar(days)
    years = [
        {"year": year, "source": SOURCES[workdays.published(year), year in filed]}
        if calendar.known(year) or year not in filed
        else {"year": year, "source": "holidays"}
        for year in sorted({this - 1, this, this + 1} | filed)
    ]
    keys = ("version", "by", "at", "note", "years")
    return {
        "version": standing["version"] if standing else 0,
        "years": years,
        "days": days,
        "versions": [{key: one[key] for key in keys} | {"days": len(one["days"])} for one in versions],
    }


def _text(data: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _unreadable()


def _unreadable() -> errors.Refusal:
    return errors.Refusal("calendar_unreadable", errors=[{"pointer": "/file", "code": "calendar_unreadable"}])


def _csv(text: str) -> Iterator[tuple[int, Row]]:
    """Rows as a spreadsheet counts them, the heading being the first."""
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        lines = [(reader.line_num, [cell.strip() for cell in line]) for line in reader]
    except csv.Error:
        raise _unreadable() from None
    heads = [head.lower() for head in lines[0][1]] if lines else []
    places = {key: next((heads.index(one) for one in names if one in heads), -1) for key, names in COLUMNS.items()}
    missing = [key for key, place in places.items() if place < 0]
    if missing:
        code = "calendar_column_missing"
        told = [{"pointer": f"/rows/1/{key}", "code": code, "row": 1, "column": key} for key in missing]
        raise errors.Refusal("calendar_faulty", count=len(told), errors=told)
    for number, line in lines[1:]:
        if any(line):
            yield number, {key: line[place] if place < len(line) else "" for key, place in places.items()}


def _json(text: str) -> Iterator[tuple[int, Row]]:
    try:
        found = json.loads(text)
    except ValueError:
        raise _unreadable() from None
    rows = found.get("days") if isinstance(found, dict) else found
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise _unreadable()
    for number, row in enumerate(rows, 1):
        yield number, {key: row.get(key, "") for key in COLUMNS}


def _faults(row: Row, known: dict[str, Row]) -> Iterator[tuple[str, dict[str, Any]]]:
    on, name = row["date"], row["name"]
    try:
        if not isinstance(on, str) or date.fromisoformat(on).isoformat() != on:
            raise ValueError
    except ValueError:
        yield "date", {"code": "calendar_date_wrong", "found": str(on)[:20]}
    else:
        if on in known:
            yield "date", {"code": "calendar_day_twice", "on": on}
    if _yes(row["worked"]) is None:
        yield "worked", {"code": "calendar_worked_wrong", "found": str(row["worked"])[:20]}
    if not isinstance(name, str) or not name.strip() or len(name) > LONGEST_NAME:
        yield "name", {"code": "calendar_name_wrong", "most": LONGEST_NAME}


def _yes(value: Any) -> bool | None:
    return value if isinstance(value, bool) else WORKED.get(str(value).strip().lower())


def _years(days: Any) -> list[dict[str, Any]]:
    """A year that is known from the file alone has to have its holidays there."""
    rows = list(days)
    years = {row["on"][:4] for row in rows} - {row["on"][:4] for row in rows if not row["worked"]}
    unknown = sorted(year for year in years if not workdays.published(int(year)))
    return [{"pointer": "/rows", "code": "calendar_year_without_holiday", "year": year} for year in unknown]
