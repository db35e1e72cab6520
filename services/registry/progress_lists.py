"""What the doors of progress ask of the read model: the sums of a reader's places, and the units behind a number.

What must stay true: what a query costs does not grow with history. Sums are asked for by nothing but the keys of an
index (build, then place); a list is chosen from the packed lines of the regions that it may lie in, and reads of the
units themselves those it shows, in short.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from services.registry import (
    aspects,
    inheritance,
    progress_figures,
    progress_lines,
    progress_shares,
    progress_store,
    rosters,
)
from services.registry.progress_lines import PLACES, Line, Shelf, Wanted
from services.spine import errors, mongo
from services.spine.actor import Actor

Db = mongo.Db
Query = Mapping[str, str]
Reach = list[dict[str, Any]]


def reach(actor: Actor, campaign: str) -> Reach:
    """The parts of a campaign that somebody sees; [{}] is the whole."""
    parts: Reach = [
        {key: part[key] for key in ("region", "group", "unit") if key in part}
        for _, part in actor.parts
        if part.get("campaign") == campaign
    ]
    whole: dict[str, Any] = {}
    return [whole] if whole in parts else parts


def cells(
    db: Db, name: str, build: str, parts: Reach, query: Query, by: str, slots: Sequence[str] = (), today: str = ""
) -> list[Any]:
    """The sums of what is seen, by region or group, of the fewest places that tell it (by `cell`: by region with group
    and team): `counts`, or with a day what they come to `now`."""
    places = {key: query[key] for key in PLACES if key in query}
    if any("unit" in part for part in parts):
        return _cells_of_units(db, name, build, parts, places, slots, today)
    whole, what = parts == [{}] and not places and by != "cell", "now" if today else "counts"
    of = None if whole else _regions(parts, places)
    found = []
    for place, table in progress_store.tables(db, name, build, by if whole else "region", of, today):
        for cell, by_slot in table.items():
            if whole != (cell == ""):
                continue
            group, _, team = cell.partition("|")
            where = {"region": place, "group": group, "team": team} if cell else {"region": place, "group": place}
            if whole or (_fits(where, places) and any(_fits(where, part) for part in parts)):
                found += [
                    {**where, "slot": slot, what: by_slot[slot]} for slot in by_slot if not slots or slot in slots
                ]
    return found


def _fits(where: Query, place: Query) -> bool:
    return all(where[key] == value for key, value in place.items())


def _regions(parts: Reach, places: Query) -> list[str] | None:
    """The regions in which something may lie; None where that is all."""
    named = {places["region"]} if "region" in places else {part.get("region") for part in parts}
    return None if None in named else sorted(str(region) for region in named)


def _cells_of_units(
    db: Db, name: str, build: str, parts: Reach, places: Query, slots: Sequence[str], today: str
) -> list[dict[str, Any]]:
    """The same of single units, whose sums are kept nowhere."""
    lines = chosen(db, build, parts, Wanted(places, "", everybody=True))
    found = []
    for row in _rows(db, build, lines):
        for kind, slot, counts in progress_shares.shares(row):
            if kind == name and (not slots or slot in slots):
                now = {"now": progress_figures.now(counts, today)} if today else {}
                where = {"region": row["region"], "group": row["group"], "team": row["team"] or ""}
                found.append({**where, "slot": slot, "counts": counts, **now})
    return found


def chosen(db: Db, build: str, parts: Reach, wanted: Wanted) -> list[Line]:
    """The units that are wanted of those that somebody sees, in no order."""
    if all("unit" in part for part in parts):
        shelves: Iterable[Shelf] = _shelves_of(db, build, [part["unit"] for part in parts])
    else:
        shelves = progress_store.shelves(db, build, _regions(parts, wanted.places), marks=wanted.by_marks)
    return [line for shelf in shelves for line in wanted.among(shelf, parts)]


def _shelves_of(db: Db, build: str, units: Sequence[str]) -> list[Shelf]:
    """The lines of single units, as their rows say."""
    found: dict[str, Shelf] = {}
    for row in progress_store.rows(db, [_key(build, unit) for unit in units]).values():
        found.setdefault(row["region"], Shelf(row["region"])).put(progress_shares.finished(row))
    return list(found.values())


def _rows(db: Db, build: str, lines: Sequence[Line]) -> list[dict[str, Any]]:
    """The finished rows of some lines, in their order."""
    found = progress_store.rows(db, [_key(build, line.unit) for line in lines])
    ordered = (found.get(_meeting(build, line.unit)) for line in lines)
    return [progress_shares.finished(row) for row in ordered if row]


def least(campaign: dict[str, Any], parts: Reach, query: Query) -> int:
    """Of how few units no problem is told to whoever sees and asks for this, by the rules of all regions in it."""
    return inheritance.small_group(campaign, _regions(parts, query))


def _key(build: str, unit: str) -> str:
    return f"{build}|{_meeting(build, unit)}"


def _meeting(build: str, unit: str) -> str:
    return f"{build.rpartition('@')[0]}.{unit}"


def board(db: Db, campaign: dict[str, Any], build: str, parts: Reach, query: Query, today: str) -> dict[str, Any]:
    """The board of what is seen."""
    stages = [query["stage"]] if "stage" in query else aspects.STAGES
    regions, groups = (cells(db, "counts", build, parts, query, by, stages, today) for by in ("region", "group"))
    return progress_figures.board(regions, groups, query, campaign, today)


def units(db: Db, build: str, parts: Reach, query: Query, least: int, today: str) -> dict[str, Any]:
    """One page of the units behind a number, the earliest due first; of a common problem only where enough units have
    it."""
    wanted = Wanted(query, today)
    found = chosen(db, build, parts, wanted)
    if "problem" in query and len(found) < least:
        raise errors.Refusal("too_few_to_show", least=least)
    page = mongo.first_of(found, query, key=lambda line: (line.due_on, line.unit))
    things = {line.unit: line.things for line in page["rows"]}
    known = progress_store.shorts(db, [_key(build, line.unit) for line in page["rows"]])
    shorts = [known[key] for line in page["rows"] if (key := _meeting(build, line.unit)) in known]
    rows = [_shown(short, things[short["unit"]], today) for short in _with_names(db, build, shorts)]
    return {"as_of": today, **page, "things": sum(line.things for line in found), "rows": rows}


def grid(db: Db, build: str, parts: Reach, query: Query, today: str) -> dict[str, Any]:
    """One page of cells, a unit each, by region; of each region on it how many units it has on all pages."""
    found = chosen(db, build, parts, Wanted(query, today))
    totals = Counter(line.region for line in found)
    page = mongo.first_of(found, {"size": "500", **query}, key=lambda line: (line.region, line.due_on, line.unit))
    regions = {line.region for line in page["rows"]}
    shelves = {shelf.region: shelf for shelf in progress_store.shelves(db, build, sorted(regions), marks=True)}
    cells = []
    for line in page["rows"]:
        places = {key: getattr(line, key) for key in ("unit", "region", "group", "stage")}
        days = progress_figures.days_between(line.since_on, today)
        late = sum(due_on < today for _, due_on in shelves[line.region].part(line.unit, progress_lines.OPEN))
        cells.append({"meeting_id": _meeting(build, line.unit), **places, "days": days, "overdue": late})
    shown = [{"region": region, "units": totals[region]} for region in sorted(regions)]
    return {"as_of": today, **page, "regions": shown, "rows": _with_names(db, build, cells)}


def _with_names(db: Db, build: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows with their units' names, which no event tells."""
    names = rosters.names(db, build.rpartition("@")[0], rows)
    return [{**row, "unit_name": names.get(row["unit"], row["unit"])} for row in rows]


def _shown(short: dict[str, Any], things: int, today: str) -> dict[str, Any]:
    return {
        "outside": False,
        **{key: short[key] for key in short if key != "open"},
        "days": progress_figures.days_between(short["since_on"], today),
        "overdue": [number for number, due_on in short["open"] if due_on < today],
        "things": things,
    }
