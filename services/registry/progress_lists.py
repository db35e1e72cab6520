"""What the doors of progress ask of the read model: the sums of a reader's places, and the units behind a number.

What must stay true: a query begins with the keys of an index (build, then mark or place), so that what it costs does
not grow with history. Beside other filters the index is named, for the embedded store finds none there; the sums, which
a board needs at once, are asked for by nothing but the keys.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from services.registry import domain, progress_figures, progress_shares, progress_store
from services.registry.progress import NEVER
from services.spine import errors, mongo
from services.spine.actor import Actor

Db = mongo.Db
Query = Mapping[str, str]
Reach = list[dict[str, Any]]
PLACES = ("region", "group", "team")


def reach(actor: Actor, campaign: str) -> Reach:
    """The parts of a campaign that somebody sees; [{}] is the whole."""
    parts: Reach = [
        {key: part[key] for key in ("region", "group", "unit") if key in part}
        for _, part in actor.parts
        if part.get("campaign") == campaign
    ]
    whole: dict[str, Any] = {}
    return [whole] if whole in parts else parts


def within(build: str, parts: Reach, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """What is asked for within what is seen; flat, for a store finds no index behind an $and."""
    fitting = [part for part in parts if all(wanted.get(key, value) == value for key, value in part.items())]
    if len(fitting) == 1:
        return {"build": build, **wanted, **fitting[0]}
    return {"build": build, **wanted, "$or": fitting or [{"_id": None}]}


def cells(db: Db, name: str, build: str, parts: Reach, query: Query, by: str, slots: Sequence[str] = ()) -> list[Any]:
    """The sums of what is seen, by region or group: of the fewest places that tell it."""
    places = {key: query[key] for key in PLACES if key in query}
    if any("unit" in part for part in parts):
        wanted: dict[str, Any] = {"slot": {"$in": list(slots)}} if slots else {}
        return _cells_of_units(db, name, within(build, parts, places), wanted)
    grain = by if parts == [{}] and not places else "cell"
    if progress_shares.ANY not in slots and name == "counts":
        grain = f"{progress_store.NOW}{grain}"
    found: dict[str, dict[str, Any]] = {}
    for part in parts:
        place = {**places, **part}
        led = [key for key in ("region", "group") if key in place][:1]
        asked: dict[str, Any] = {"build": build, "grain": grain, **{key: place[key] for key in led}}
        for cell in db[f"progress_{name}"].find(asked):  # no more than an index tells; the rest of it is looked at here
            fits = all(cell[key] == value for key, value in (*places.items(), *part.items()))
            if fits and (not slots or cell["slot"] in slots):
                found[cell["_id"]] = cell
    return list(found.values())


def along(asked: Mapping[str, Any]) -> progress_store.Index | None:
    """The index that a list of units is read along; none is named where the filters are all in its keys."""
    led = next((keys for keys in reversed(progress_store.UNIT_INDEXES) if set(keys) <= asked.keys()), ())
    if asked.keys() <= {"build", *led, "due_on"} and not isinstance(asked.get("marks"), dict):
        return None
    return progress_store.index(*led, "due_on", "_id")


def _cells_of_units(db: Db, name: str, wanted: dict[str, Any], slots: dict[str, Any]) -> list[dict[str, Any]]:
    """The same of single units, whose sums are kept nowhere."""
    found = []
    for row in db.progress_units.find(wanted, hint=along(wanted)):
        for kind, slot, counts in progress_shares.shares(row):
            if kind == name and (not slots or slot in slots["slot"]["$in"]):
                found.append({"region": row["region"], "group": row["group"], "slot": slot, "counts": counts})
    return found


def board(db: Db, campaign: dict[str, Any], build: str, parts: Reach, query: Query, today: str) -> dict[str, Any]:
    """The board of what is seen."""
    stages = [query["stage"]] if "stage" in query else domain.STAGES
    regions, groups = (cells(db, "counts", build, parts, query, by, stages) for by in ("region", "group"))
    for cell in (*regions, *groups):
        cell["now"] = progress_store.now(db, cell, today)
    return progress_figures.board(regions, groups, query, campaign, today)


def wanted(query: Query, today: str) -> tuple[dict[str, Any], str]:
    """The filters of a number's list, and the mark of the things that the number counts."""
    found: dict[str, Any] = {key: query[key] for key in PLACES if key in query}
    marks = []
    if "day" in query and "what" not in query:
        when = {"from": {"$lte": query["day"]}, "until": {"$gt": query["day"]}}
        found["spans"] = {"$elemMatch": {**({"stage": query["stage"]} if "stage" in query else {}), **when}}
    elif "stage" in query:
        found["stage"] = query["stage"]
    if "overdue" in query:
        found["due_on"] = {"$lt": today}
    state = query.get("state")
    if state and "overdue" in query:
        state = "overdue" if state in ("open", "overdue") else "none"
    if state == "overdue":
        late = {"number": int(query["aspect"]), "state": "open", "due_on": {"$lt": today}}
        found |= {"due_on": {"$lt": today}, "aspects": {"$elemMatch": late}}
    elif state:
        marks.append(f"aspect:{query['aspect']}:{state}")
    if "move" in query:
        marks.append(f"move:{query['move']}")
    counted = [
        *([f"failed:{query['failed']}:{query['round']}"] if "failed" in query else []),
        *([f"{query['what']}:{query['day']}"] if "what" in query else []),
        *([f"read:{query['reading']}"] if "reading" in query else []),
        *([f"problem:{query['problem']}:{query['source']}"] if "problem" in query else []),
    ]
    marks += counted
    if marks:
        found["marks"] = marks[0] if len(marks) == 1 else {"$all": marks}
    return found, counted[-1] if counted else ""


def units(db: Db, build: str, parts: Reach, query: Query, least: int, today: str) -> dict[str, Any]:
    """One page of the units behind a number; of a common problem only where enough units have it."""
    found, mark = wanted(query, today)
    asked = within(build, parts, found)
    page = mongo.page(db.progress_units, asked, [("due_on", 1), ("_id", 1)], query, {"marks": 0}, along(asked))
    if "problem" in query and page["total"] < least:
        raise errors.Refusal("too_few_to_show", least=least)
    things = page["total"]
    if mark:
        field = f"things.{mark}"
        things = sum(row["things"][mark] for row in db.progress_units.find(asked, {field: 1}, hint=along(asked)))
    rows = [_shown(row, mark, today) for row in _with_names(db, page["rows"])]
    return {"as_of": today, **page, "things": things, "rows": rows}


def grid(db: Db, build: str, parts: Reach, query: Query, today: str) -> dict[str, Any]:
    """One page of cells, a unit each, by region."""
    asked, keys = within(build, parts, wanted(query, today)[0]), ("meeting_id", "unit", "unit_name", "region", "group")
    shown = dict.fromkeys((*keys, "stage", "spans", "aspects", "campaign"), 1)
    sort = [("region", 1), ("due_on", 1), ("_id", 1)]
    page = mongo.page(db.progress_units, asked, sort, {"size": "500", **query}, shown, along(asked))
    rows = [
        {**{key: row[key] for key in (*keys, "stage")}, "days": _days(row, today), "overdue": len(_overdue(row, today))}
        for row in _with_names(db, page["rows"])
    ]
    return {"as_of": today, **page, "rows": rows}


def _with_names(db: Db, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows with their units' names, which no event tells."""
    asked = {"_id": {"$in": [row["meeting_id"] for row in rows]}}
    names = {one["_id"]: one["unit_name"] for one in db.meetings.find(asked, {"unit_name": 1})}
    return [{**row, "unit_name": names.get(row["meeting_id"], row["unit"])} for row in rows]


def _shown(row: dict[str, Any], mark: str, today: str) -> dict[str, Any]:
    keys = ("meeting_id", "campaign", "unit", "unit_name", "region", "group", "stage", "meeting_on", "moves")
    states = [one["state"] for one in row["required"] if one.get("gate", True)]
    ledger = list(row["ledger"].values())
    return {
        **{key: row[key] for key in keys},
        "team": row["team"] or "",
        "since_on": row["spans"][-1]["from"],
        "days": _days(row, today),
        "held_on": (row["held"] or {}).get("held_on"),
        "due_on": None if row["due_on"] == NEVER else row["due_on"],
        "overdue": _overdue(row, today),
        "materials": {state: states.count(state) for state in sorted(set(states))},
        "items": {"open": ledger.count("open"), "closed": ledger.count("closed")},
        "things": row["things"][mark] if mark else 1,
    }


def _days(row: dict[str, Any], today: str) -> int:
    return progress_figures.days_between(row["spans"][-1]["from"], today)


def _overdue(row: dict[str, Any], today: str) -> list[int]:
    return [one["number"] for one in row["aspects"] if one["state"] == "open" and one["due_on"] < today]
