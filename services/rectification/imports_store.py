"""Imports of ledgers, their lines and the files they came from, as they are kept.

What must stay true: a line is carried out once: a new item bears the line's key, a changed cell says already what it is
to say; so whoever goes on after a crash does nothing twice.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from pymongo import UpdateOne

from services.rectification import (
    domain,
    findings,
    imports,
    pages_store,
    sheet_lines,
    sheet_measures,
    store,
)
from services.rectification.sheet_lines import OUTCOMES
from services.spine import errors, mongo

Db = mongo.Db
LEASE_SECONDS = 15
CHUNK, PENDING = 500, 100


def ground(db: Db, campaign: str, unit: str, name: str, hand: domain.Hand, *, own: bool = True) -> sheet_lines.Ground:
    """What a sheet of a unit is looked at against: its ledger as it stands now."""
    shown = [domain.shown(item, hand.today) for item in store.of_unit(db, campaign, unit)]
    plan, older = store.plan(db, campaign, unit), store.older(db, campaign, unit)
    return sheet_lines.Ground(plan, shown, name, aspects(db, campaign), hand, own, older)


def aspects(db: Db, campaign: str) -> dict[str, str]:
    """What a campaign's aspects are called."""
    found = db.campaigns.find_one({"_id": campaign}, {"aspects": 1}) or {}
    return {one["code"]: one["title"] for one in found.get("aspects") or ()}


def pages(db: Db, within: dict[str, Any], query: dict[str, str], today: str) -> Iterator[list[domain.Item]]:
    """The ledger under the filters and in the order of its list, some items at a time."""
    for found in pages_store.every(db, within, query, today, CHUNK):
        yield [domain.shown(item, today) for item in found]


def add(db: Db, found: imports.Import, lines: Sequence[sheet_lines.Line], data: bytes, at: str) -> bool:
    """Keep a new import with its lines and its file; False when it is there already."""
    if db.ledger_imports.find_one({"_id": found["_id"]}, {"_id": 1}):
        return False
    mongo.insert_new(db.ledger_files, [{"_id": found["_id"], "data": data}])
    for start in range(0, len(lines), CHUNK):
        mongo.insert_new(db.ledger_lines, list(lines[start : start + CHUNK]))
    return mongo.add(db.ledger_imports, {**found, "until": 0}, at=at)


def get(db: Db, import_id: str, account: str) -> imports.Import:
    """An import of this person's."""
    return mongo.get(db.ledger_imports, import_id, {"by_account": account})


def save(db: Db, before: imports.Import, after: imports.Import, at: str) -> imports.Import:
    """Write a changed import."""
    return mongo.save(db.ledger_imports, before, after, at=at)


def listed(db: Db, account: str, query: dict[str, str]) -> dict[str, Any]:
    """One page of this person's imports, the newest first."""
    wanted: dict[str, Any] = {key: query[key] for key in ("campaign", "unit") if key in query}
    wanted["by_account"] = account
    return mongo.page(db.ledger_imports, wanted, [("opened_at", -1)], query, {"outbox": 0, "notes": 0})


def file(db: Db, import_id: str) -> bytes:
    """The file an import came from."""
    return bytes(mongo.get(db.ledger_files, import_id)["data"])


def lines(db: Db, import_id: str, query: dict[str, str]) -> dict[str, Any]:
    """One page of an import's lines, by outcome, or those about which something is to be told."""
    wanted: dict[str, Any] = {"import": import_id}
    if "outcome" in query:
        wanted["outcome"] = query["outcome"]
    if query.get("told") == "waiting":
        waits = {"kind": {"$in": list(findings.DECIDED)}, "accepted": None}
        wanted |= {"findings": {"$elemMatch": waits}, "outcome": query.get("outcome", {"$ne": "left_out"})}
    elif "told" in query:
        wanted |= {"findings.kind": query["told"], "outcome": query.get("outcome", {"$ne": "left_out"})}
    return mongo.page(db.ledger_lines, wanted, [("number", 1)], query)


def every_line(db: Db, import_id: str) -> list[sheet_lines.Line]:
    """All lines of an import in their order."""
    return list(db.ledger_lines.find({"import": import_id}).sort("number", 1))


def save_lines(db: Db, changed: Sequence[sheet_lines.Line]) -> None:
    """Write what was decided about lines."""
    keys = ("findings", "changes", "outcome")
    writes = (UpdateOne({"_id": line["_id"]}, {"$set": {key: line[key] for key in keys}}) for line in changed)
    mongo.write_all(db.ledger_lines, writes)


def claim(db: Db, now: float) -> imports.Import | None:
    """An import with work left that nobody is at, for some seconds."""
    wanted = {"state": "running", "until": {"$lte": now}}
    return mongo.take(db.ledger_imports, wanted, {"$set": {"until": now + LEASE_SECONDS}})


def renew(db: Db, found: imports.Import, until: float, worked: int, reached: int) -> None:
    """Some seconds more, and how far it has come: how many lines were carried out, and which number comes next."""
    change = {"$set": {"until": until, "reached": reached}, "$inc": {"worked": worked}}
    db.ledger_imports.update_one({"_id": found["_id"]}, change)
    store.sum_up(db, found["campaign"], found["unit"])


def finish(db: Db, import_id: str, at: str) -> None:
    """All its lines are done."""
    late = db.ledger_lines.count_documents({"import": import_id, "overtaken.0": {"$exists": True}})
    refused = db.ledger_lines.count_documents({"import": import_id, "refused": {"$exists": True}})
    done = {"state": "done", "done_at": at, "until": 0, "overtaken": late, "refused": refused}
    db.ledger_imports.update_one({"_id": import_id, "state": "running"}, {"$set": done, "$inc": {"revision": 1}})


def pending(db: Db, found: imports.Import) -> Iterator[sheet_lines.Line]:
    """The lines of an import that are to be carried out, from where it has come to; read some at a time."""
    for start in range(found.get("reached", 0), sum(found["counts"][outcome] for outcome in OUTCOMES), PENDING):
        numbers = {"$gte": start, "$lt": start + PENDING}
        for line in db.ledger_lines.find({"import": found["_id"], "number": numbers}).sort("number", 1):
            if not line["done"] and line["outcome"] in ("new", "changed"):
                yield line


def standing(db: Db, found: imports.Import, hand: domain.Hand) -> sheet_lines.Ground:
    """Where an import is carried out."""
    places = (found["campaign"], found["unit"])
    titles, older = aspects(db, found["campaign"]), store.older(db, *places)
    return sheet_lines.Ground(store.plan(db, *places), [], found["unit_name"], titles, hand, found["own"], older)


def work(db: Db, stands: sheet_lines.Ground, line: sheet_lines.Line) -> None:
    """Carry a line of an import out."""
    told: dict[str, Any] = {}
    try:
        told["overtaken"] = mongo.again(partial(_carry_out, db, stands, line))
    except errors.Refusal as refusal:
        told["refused"] = {"code": refusal.code, "params": refusal.params}
    db.ledger_lines.update_one({"_id": line["_id"]}, {"$set": {"done": True, **told}})


def _carry_out(db: Db, stands: sheet_lines.Ground, line: sheet_lines.Line) -> list[str]:
    plan, hand = stands.plan, stands.hand
    if line["item_id"] is None:
        if store.find(db, domain.item_id(plan, line["key"])) is None:
            number = store.next_number(db, plan["campaign"], plan["unit"])
            item, facts = sheet_lines.carried_out(line, None, stands, number=number)
            store.add(db, item, facts, hand.at, summed=False)
        return []
    item = store.get(db, line["item_id"])
    late = sheet_lines.overtaken(line, domain.shown(item, hand.today), stands)
    late |= set(sheet_measures.MEASURES) if late & set(sheet_measures.MEASURES) else set()
    after, facts = sheet_lines.carried_out(line, item, stands, late)
    store.share(db, after, hand, before=item)
    store.save(db, item, (after, facts), hand.at, summed=False)
    return sorted(late)
