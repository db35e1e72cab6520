"""Organisations, and imports of them with their lines, as they are kept."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from pymongo import UpdateOne

from services.registry import (
    cancelling,
    organisation_imports,
    organisations,
    papers,
    planning,
    posts,
    rosters,
    store,
    successions_store,
)
from services.spine import errors, mongo
from services.spine.events import Fact

Db = mongo.Db
LEASE_SECONDS = 15


def prepare(db: Db) -> None:
    """Indexes."""
    db.organisations.create_index([("parent", 1), ("_id", 1)])
    db.organisations.create_index([("region", 1), ("level", 1), ("_id", 1)])
    db.organisation_imports.create_index([("state", 1), ("until", 1)])
    db.organisation_imports.create_index([("by_account", 1), ("opened_at", -1)])
    db.organisation_lines.create_index([("import", 1), ("done", 1)])
    db.meetings.create_index("unit")
    successions_store.prepare(db)


def inside(stems: Sequence[str]) -> dict[str, Any]:
    """The filter of a jurisdiction: of one as a span of codes, which an index finds and a pattern does not."""
    if len(stems) == 1:
        return {"region": {"$gte": stems[0], "$lt": f"{stems[0]}:"}}
    return {"region": {"$regex": "^(" + "|".join(stems) + ")"}}


def get(db: Db, code: str, stems: Sequence[str]) -> organisations.Organisation:
    """An organisation in a jurisdiction; refuses `not_found`."""
    found = mongo.get(db.organisations, code)
    if not organisations.within(found["region"], stems):
        raise errors.Refusal("not_found", id=code)
    return found


def taker(db: Db, code: str, stems: Sequence[str]) -> organisations.Organisation:
    """An organisation that is to take another one in; one that is not there is refused in its field."""
    found = db.organisations.find_one({"_id": code, **inside(stems)})
    if found is None:
        wrong = {"code": "organisation_unknown", "organisation": code}
        raise errors.Refusal("organisation_unknown", organisation=code, errors=[{"pointer": "/into", **wrong}])
    return found


def save(db: Db, before: organisations.Organisation, after: organisations.Organisation, at: str, *facts: Fact) -> None:
    """Write a changed organisation, with what it says."""
    mongo.save(db.organisations, before, after, facts if after is not before else (), at=at)


def split_off(db: Db, fresh: Sequence[organisations.Organisation], at: str) -> None:
    """New organisations, all or none; those that are there already with the same story stay."""
    known = {one["_id"]: one for one in mongo.among(db.organisations, [part["_id"] for part in fresh])}
    organisations.check_free(fresh, known)
    for part in fresh:
        if part["_id"] not in known and not mongo.add(db.organisations, part, at=at):
            raise errors.Stale


def listed(db: Db, stems: Sequence[str], query: dict[str, str]) -> dict[str, Any]:
    """One page of organisations: those below one, those found by name or code, or the topmost of a jurisdiction."""
    wanted: dict[str, Any] = {**inside(stems), "state": query.get("state", "active")}
    if query.get("q", "").strip():
        words = mongo.literally(query["q"].strip())
        wanted["$or"] = [{"name": {"$regex": words}}, {"code": {"$regex": words.upper()}}]
        wanted |= {key: query[key] for key in ("level",) if key in query}
    elif "parent" in query:
        wanted["parent"] = query["parent"]
    elif "level" in query:
        wanted["level"] = query["level"]
    elif wanted["state"] == "active":
        wanted["_id"] = {"$in": tops(db, stems)}
    found = mongo.page(db.organisations, wanted, [("_id", 1)], query, {"outbox": 0, "history": 0})
    codes = [row["_id"] for row in found["rows"]]
    counted = [
        {"$match": {"parent": {"$in": codes}, "state": "active"}},
        {"$group": {"_id": "$parent", "n": {"$sum": 1}}},
    ]
    below = {row["_id"]: row["n"] for row in db.organisations.aggregate(counted)}
    return {**found, "rows": [{**row, "children": below.get(row["_id"], 0)} for row in found["rows"]]}


def tops(db: Db, stems: Sequence[str]) -> list[str]:
    """The topmost organisations of a jurisdiction: those whose superior lies outside of it."""
    tree = {
        row["_id"]: row["parent"] for row in db.organisations.find({**inside(stems), "state": "active"}, {"parent": 1})
    }
    return [code for code, parent in tree.items() if parent not in tree]


def path(db: Db, organisation: organisations.Organisation) -> list[dict[str, str]]:
    """The organisations above one, the topmost first."""
    above: list[dict[str, str]] = []
    code = organisation["parent"]
    while code and len(above) < 2 * len(organisations.LEVELS):
        found = db.organisations.find_one({"_id": code}, {"name": 1, "parent": 1})
        if found is None:
            break
        above.insert(0, {"code": code, "name": found["name"]})
        code = found["parent"]
    return above


def counts(db: Db, stems: Sequence[str]) -> dict[str, int]:
    """How many active organisations a jurisdiction has on each level."""
    grouped = [{"$match": {**inside(stems), "state": "active"}}, {"$group": {"_id": "$level", "n": {"$sum": 1}}}]
    found = {row["_id"]: row["n"] for row in db.organisations.aggregate(grouped)}
    return {level: found[level] for level in organisations.LEVELS if level in found}


def children(db: Db, code: str) -> list[organisations.Organisation]:
    """The active organisations right below one."""
    return list(db.organisations.find({"parent": code, "state": "active"}, {"code": 1, "name": 1}).sort("_id", 1))


def open_meetings(db: Db, code: str) -> list[dict[str, Any]]:
    """The meetings of a unit that are not over, with what unit and campaign are called and how much is open of them; of
    one that is not held, only papers that were begun."""
    found = list(db.meetings.find({"unit": code, "stage": {"$ne": "closed"}}).sort("_id", 1))
    campaigns = db.campaigns.find({"_id": {"$in": [row["campaign"] for row in found]}}, {"title": 1})
    titles = {row["_id"]: row["title"] for row in campaigns}
    return [
        {key: row[key] for key in ("meeting_id", "campaign", "unit_name")}
        | {"title": titles.get(row["campaign"]) or row["campaign"], "held_on": (row["held"] or {}).get("held_on")}
        | {"cancelled_on": (row.get("cancelled") or {}).get("on")}
        | {"items": list(row["ledger"].values()).count("open")}
        | {"materials": sum(_is_open(one, row) for one in row["required"])}
        for row in found
    ]


def _is_open(paper: papers.Row, meeting: dict[str, Any]) -> bool:
    return paper["state"] not in papers.SETTLED and bool(meeting["held"] or paper["version"])


def cancel_meetings(db: Db, unit: str, because: str, said: dict[str, str], into: str | None = None) -> None:
    """The meetings of a unit that ends are cancelled, those still to be held; done again it changes nothing. `said`:
    {on, reason, by, at}."""

    def cancel() -> None:
        found = db.meetings.find({"unit": unit, "held": None, "cancelled": None})
        changes = [(one, *cancelling.cancel(one, because, **said, into=into)) for one in found]
        store.save_meetings(db, changes, said["at"])

    mongo.again(cancel)


def ended(db: Db, unit: str) -> dict[str, Any] | None:
    """How a unit's organisation has ended, where it has: {state, on, into, into_name}."""
    gone = db.organisations.find_one({"_id": unit, "state": {"$ne": "active"}}, {"state": 1, "ended_on": 1, "into": 1})
    if gone is None:
        return None
    into = db.organisations.find_one({"_id": gone["into"]}, {"name": 1}) if gone["into"] else None
    named = {"into": gone["into"], "into_name": into["name"] if into else None}
    return {"state": gone["state"], "on": gone["ended_on"], **named}


def gone(db: Db, units: Sequence[str]) -> dict[str, dict[str, Any]]:
    """How the organisations of these units have ended, of those that have: {unit: {unit, name, state, on, into}}."""
    found = mongo.among(db.organisations, units, {"name": 1, "state": 1, "ended_on": 1, "into": 1})
    return {
        one["_id"]: {"unit": one["_id"], "on": one["ended_on"], **{key: one[key] for key in ("name", "state", "into")}}
        for one in found
        if one["state"] != "active"
    }


def everything(db: Db, stems: Sequence[str]) -> Iterator[organisations.Organisation]:
    """All active organisations of a jurisdiction, a superior before those below it."""
    for level in organisations.LEVELS:
        wanted = {**inside(stems), "level": level, "state": "active"}
        yield from db.organisations.find(wanted, {"history": 0}).sort("_id", 1)


def chosen(
    db: Db, stems: Sequence[str], levels: Sequence[str], regions: Sequence[str]
) -> list[organisations.Organisation]:
    """Active organisations with a leading team on these levels, in these regions (none named: all), with
    their history, which says what went into them."""
    wanted: dict[str, Any] = {**inside(stems), "state": "active", "level": {"$in": list(levels)}, "team": {"$ne": ""}}
    if regions:
        wanted["region"] = {"$in": [region for region in regions if organisations.within(region, stems)]}
    return list(db.organisations.find(wanted, {"outbox": 0}).sort("_id", 1))


def above(db: Db, superiors: Mapping[str, str | None]) -> dict[str, list[str]]:
    """The organisations above each of these units, the nearest first: as the tree knows them, else by the teams that
    are told to stand above."""
    tree = db.organisations.find({"parent": {"$ne": None}}, {"parent": 1}) if superiors else ()
    parents = {**superiors, **{row["_id"]: row["parent"] for row in tree}}
    return {unit: organisations.above(parents, unit) for unit in superiors}


def region_names(db: Db, regions: Collection[str]) -> list[dict[str, str]]:
    """What the tree calls regions, where it has them."""
    found = db.organisations.find({"_id": {"$in": sorted(regions)}}, {"name": 1}).sort("_id", 1)
    return [{"region_code": row["_id"], "name": row["name"]} for row in found]


def known(db: Db) -> dict[str, organisations.Organisation]:
    """The whole tree as an import has to know it."""
    return {row["_id"]: row for row in db.organisations.find({}, {"history": 0, "outbox": 0})}


def taking_part(db: Db) -> dict[str, dict[str, str]]:
    """The units of meetings that are not over, as they are called there: {code: {name, team}}."""
    found = (line for line in rosters.every(db) if line.stage != "closed")
    return {line.unit: {"name": line.name, "team": line.team} for line in found}


def stood(db: Db, codes: Collection[str]) -> dict[str, list[posts.Term]]:
    """The terms of teams that take part, of these: as they are kept apart, else as the latest meeting has them."""
    if not codes:
        return {}
    lines = sorted((line for line in rosters.every(db) if line.unit in codes), key=lambda line: line.meeting_on)
    found = rosters.posts(db, list({line.unit: line for line in lines}.values()))
    apart = {one["_id"]: one["posts"] for one in mongo.among(db.teams, sorted(codes), {"posts": 1})}
    return {code: posts.terms_of(held) for code, held in found.items()} | apart


def add_import(db: Db, found: organisation_imports.Import, pieces: list[organisation_imports.Piece], at: str) -> bool:
    """Keep a new import with its lines; False when it is there already."""
    if db.organisation_imports.find_one({"_id": found["_id"]}, {"_id": 1}):
        return False
    for start in range(0, len(pieces), 10):
        mongo.insert_new(db.organisation_lines, pieces[start : start + 10])
    return mongo.add(db.organisation_imports, {**found, "until": 0}, at=at)


def get_import(db: Db, import_id: str, account: str) -> organisation_imports.Import:
    """An import of this person's."""
    return mongo.get(db.organisation_imports, import_id, {"by_account": account})


def save_import(db: Db, before: organisation_imports.Import, after: organisation_imports.Import, at: str) -> None:
    """Write a changed import."""
    mongo.save(db.organisation_imports, before, after, at=at)


def lines(db: Db, found: organisation_imports.Import, outcome: str, query: dict[str, str]) -> dict[str, Any]:
    """One page of an import's lines of one outcome."""
    size = min(int(query.get("size", 50)), organisation_imports.PIECE)
    start, most = (max(int(query.get("page", 1)), 1) - 1) * size, organisation_imports.PIECE
    keys = [f"{found['_id']}.{outcome}.{number:04}" for number in range(start // most, (start + size - 1) // most + 1)]
    pieces = list(db.organisation_lines.find({"_id": {"$in": keys}}).sort("_id", 1))
    rows = [{**line, "outcome": _became(piece, line)} for piece in pieces for line in piece["lines"]]
    rows = rows[start % most : start % most + size]
    return {"total": found["counts"].get(outcome, 0), "page": start // size + 1, "size": size, "rows": rows}


def imports(db: Db, account: str, query: dict[str, str]) -> dict[str, Any]:
    """One page of this person's imports, the newest first."""
    return mongo.page(
        db.organisation_imports, {"by_account": account}, [("opened_at", -1)], query, {"outbox": 0, "faults": 0}
    )


def claim(db: Db, now: float) -> organisation_imports.Import | None:
    """An import with work left that nobody is at, for some seconds."""
    wanted = {"state": "running", "until": {"$lte": now}}
    return mongo.take(db.organisation_imports, wanted, {"$set": {"until": now + LEASE_SECONDS}})


def renew(db: Db, import_id: str, until: float, worked: int) -> None:
    """Some seconds more, and how far it has come."""
    db.organisation_imports.update_one({"_id": import_id}, {"$set": {"until": until}, "$inc": {"worked": worked}})


def finish(db: Db, import_id: str, overtaken: int, at: str) -> None:
    """All its lines are done."""
    done = {"state": "done", "done_at": at, "until": 0, "counts.overtaken": overtaken}
    db.organisation_imports.update_one({"_id": import_id, "state": "running"}, {"$set": done, "$inc": {"revision": 1}})


def apply(db: Db, found: organisation_imports.Import, on: str, at: str) -> int:
    """The next piece of an import, in one write; how many lines it was. A line somebody else has overtaken is left out
    and says so; one done before a crash is known by the import it bears."""
    piece = db.organisation_lines.find_one({"import": found["_id"], "done": False, "outcome": {"$in": _done_of(found)}})
    if piece is None:
        return 0
    entry = {"what": "imported", "on": on, "by": found["by"], "at": at, "reason": found["file_name"]}
    todo = organisation_imports.to_do(piece["lines"], found, on)
    posted = [line for line in todo if successions_store.tells(line)]
    rest = [line for line in todo if line not in posted] if posted else todo
    if piece["outcome"] == "new":
        mongo.insert_new(db.organisations, [_fresh(line, found["_id"], entry) for line in rest])
    else:
        mongo.write_all(db.organisations, (_change(line, found["_id"], entry) for line in rest))
    successions_store.put(db, posted, found["_id"], entry, at)
    keys = [line["code"] for line in todo]
    there = mongo.among(db.organisations, keys, {"name": 1, "team": 1, "posts": 1, "import": 1})
    borne = {row["_id"]: row for row in there if row.get("import") == found["_id"]}
    follow(db, list(borne.values()), at)
    teams = [borne[line["code"]] for line in posted if line["code"] in borne]
    successions_store.repost(db, teams, lambda _: entry, on)
    late = [line["code"] for line in todo if line["code"] not in borne]
    db.organisation_lines.update_one({"_id": piece["_id"]}, {"$set": {"done": True, "overtaken": late}})
    return len(todo)


def overtaken(db: Db, import_id: str) -> int:
    """How many lines somebody else was faster with."""
    return sum(len(row["overtaken"]) for row in db.organisation_lines.find({"import": import_id}, {"overtaken": 1}))


def follow(db: Db, renamed: Iterable[dict[str, Any]], at: str) -> None:
    """The meetings of units follow their names; those that were announced are said again."""
    names = {row["_id"]: row for row in renamed}
    mongo.again(partial(_rename, db, names, at))


def _rename(db: Db, names: dict[str, dict[str, Any]], at: str) -> None:
    called = {code: (one["name"], one["team"]) for code, one in names.items()}
    lines = (line for line in rosters.every(db) if line.unit in called and line.stage != "closed")
    otherwise = [
        line for line in lines if line.name != called[line.unit][0] or called[line.unit][1] not in ("", line.team)
    ]
    renamed = [(one, *planning.rename(one, *called[one["unit"]])) for one in rosters.read(db, otherwise)]
    store.save_meetings(db, renamed, at)


def _done_of(found: organisation_imports.Import) -> list[str]:
    """The outcomes of lines that are done; those from which only posts are left out where these are to end."""
    return ["new", "changed", *(["short"] if found.get("end_unnamed") else [])]


def _became(piece: organisation_imports.Piece, line: organisation_imports.Line) -> str:
    return "overtaken" if line["code"] in piece["overtaken"] else str(line["outcome"])


def _fresh(line: organisation_imports.Line, import_id: str, entry: dict[str, Any]) -> dict[str, Any]:
    return {**organisations.added(line["code"], line["after"], entry), "revision": 1, "outbox": [], "import": import_id}


def _change(line: organisation_imports.Line, import_id: str, entry: dict[str, Any]) -> UpdateOne:
    told = {"history": {**entry, "changes": line["changes"]}}
    change = {"$set": {**line["after"], "import": import_id}, "$push": told, "$inc": {"revision": 1}}
    return UpdateOne({"_id": line["code"], "revision": line["revision"]}, change)
