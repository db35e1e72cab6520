"""A ledger that comes in as a sheet: looked at row by row, decided cell by cell, then confirmed.

What must stay true: nothing is written before it is confirmed, and it is not confirmed while something waits for a
word. An import: {_id, import_id, campaign, unit, unit_name, file_name, sha256, by, by_account, own: whether that is
somebody of the unit, state: checked|running|done, items, notes: what was passed over, total, worked, overtaken,
refused, opened_at, started_at, done_at}.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from services.rectification import sheet_rows, sheet_values, sheet_words
from services.rectification.domain import Item
from services.rectification.findings import DECIDED, KINDS, ROW, Finding, finding, left_out, waits
from services.rectification.sheet_lines import OUTCOMES, Ground, Line, possible, settle
from services.rectification.sheet_reading import Row, Table, Text
from services.rectification.sheet_values import Manner, Values
from services.spine import errors

Import = dict[str, Any]
CARRIED = ("source", "category")
"""Columns in which a blank cell may mean what stands above, as merged ones do: proposed where nothing else is said."""


def named(account: str, unit: str, sha256: str, items: Iterable[Item]) -> str:
    """An import's id: the same file of the same person over the same ledger is the same import."""
    stood = sorted((item["item_id"], item.get("revision", 0)) for item in items)
    return f"l{hashlib.sha256(f'{account} {unit} {sha256} {stood}'.encode()).hexdigest()[:24]}"


def begin(import_id: str, lines: list[Line], notes: list[Finding], **facts: Any) -> tuple[Import, list[Line]]:
    """An import as it is kept, with its lines."""
    kept = [{"_id": f"{import_id}.{line['number']:05}", "import": import_id, **line} for line in lines]
    fresh: dict[str, Any] = {
        "state": "checked",
        "started_at": None,
        "done_at": None,
        "worked": 0,
        "total": 0,
        "notes": notes,
    }
    fresh["counts"] = counted(lines)
    return {"_id": import_id, "import_id": import_id, **facts, **fresh}, kept


def run(found: Import, counts: Mapping[str, int], at: str, *, own: bool = True) -> Import:
    """Its owner has confirmed, who may have left the unit by now (`own`); one that runs or is done stays as it is."""
    if found["state"] in ("running", "done"):
        return found
    if counts["undecided"]:
        raise errors.Refusal("ledger_undecided", count=counts["undecided"])
    begun = {"state": "running", "started_at": at, "own": found["own"] and own}
    return {**found, **begun, "counts": counts, "total": counts["new"] + counts["changed"]}


def look(import_id: str, tables: list[Table], ground: Ground) -> tuple[list[Line], list[Finding]]:
    """What each row of a sheet would change, and what was passed over."""
    lines: list[Line] = []
    notes: list[Finding] = []
    before = _Before(ground.items)
    for table in tables:
        notes += [finding("note", ROW, f"{row}", why, row=row, text=table.sheet) for row, why in table.passed]
        for name, count in table.unread:
            kind, code = ("wrong", "ledger_column_left") if count else ("note", "ledger_column_unread")
            notes.append(finding(kind, ROW, "", code, text=name, count=count))
        manner = Manner(ground.hand.today, ground.aspects, ground.plan["immediate_days"], table.since_1904)
        above: dict[str, Text] = {}
        for row in table.rows:
            whole, more = sheet_rows.gathered(row)
            filled, told = sheet_rows.filled(whole, above)
            line, item = _looked(filled, more + told, above, before, ground, manner)
            line |= {"number": len(lines), "key": f"{import_id}-{len(lines)}"}
            lines.append(settle(possible(line, item, ground), item, ground))
            blank = [column for column in CARRIED if column in above and not filled.cells[column].text]
            above = {**filled.cells, **{column: above[column] for column in blank}}
    return lines, notes


def decide(
    lines: list[Line], decisions: Iterable[Mapping[str, Any]], rest: bool | None, category: str | None = None
) -> list[Line]:
    """The lines in which something was decided: each finding named by line and column; `rest`: all that wait still and
    of which something is proposed; `category`: the list of all rows that wait for one nobody named."""
    wanted = {(one["line"], one["column"]): one for one in decisions}
    changed = []
    for line in lines:
        findings = [
            _decided(one, wanted.get((line["number"], one["column"])), rest, category) for one in line["findings"]
        ]
        if findings != line["findings"]:
            changed.append({**line, "findings": findings})
    return changed


def counted(lines: Iterable[Line]) -> dict[str, int]:
    """How many lines of each outcome; how many of those that are taken have a note, a cell not read, a proposal; how
    many proposals of them wait for a word, and how many of these for a list nobody named."""
    found = dict.fromkeys((*OUTCOMES, *KINDS, "undecided", "unlisted"), 0)
    for line in lines:
        found[line["outcome"]] += 1
        if line["outcome"] == "left_out":
            continue
        waiting = [one for one in line["findings"] if waits(one)]
        found["undecided"] += len(waiting)
        found["unlisted"] += sum(one["value"] is None for one in waiting)
        for kind in {one["kind"] for one in line["findings"]}:
            found[kind] += 1
    return found


class _Before:
    """The ledger before the sheet: its items by id and by problem, and which row of the sheet is about which."""

    def __init__(self, items: Iterable[Item]) -> None:
        self.ids = {item["item_id"]: item for item in items}
        self.problems: dict[str, list[Item]] = defaultdict(list)
        for item in self.ids.values():
            self.problems[sheet_values.alike(item["problem"])].append(item)
        self.seen = Counter[str]()
        self.taken: dict[str, int] = {}

    def find(self, row: Row) -> tuple[Item | None, int | None]:
        """The item a row is about, and the earlier row that is about the same."""
        given, like = sheet_rows.number(row), sheet_values.alike(row.cells["problem"].text)
        same = self.problems.get(like, [])
        item = self.ids.get(given) if given else next(iter(same[self.seen[like] :] or same[-1:]), None)
        self.seen[like] += 1
        key = item["item_id"] if item else like
        again = self.taken.get(key)
        self.taken.setdefault(key, row.row)
        return item, again


def _looked(
    row: Row, told: list[Finding], above: Mapping[str, Text], before: _Before, ground: Ground, manner: Manner
) -> tuple[Line, Item | None]:
    """A row as a line, and the item it is about if the ledger knows that."""
    item, values, language = None, Values(), "zh"
    told += sheet_rows.of_unit(row, ground.plan, ground.unit_name)
    if not left_out(told):
        item, again = before.find(row)
        told = [one for one in told if not item or one["code"] != "ledger_perhaps_other_unit"]
        told += sheet_rows.of_row(row, item, again)
        item = None if item and again is not None and sheet_rows.number(row) else item
    if not left_out(told):
        if item is None:
            values, findings = sheet_rows.fresh(row, above, manner)
        else:
            values, findings, language = sheet_rows.changed(row, item, ground.unit_name, manner)
            if not ground.own:
                values, findings = sheet_rows.untouched(row, values, findings)
        told += findings
    line = {"sheet": row.sheet, "row": row.row, "problem": row.cells["problem"].text[:200], "language": language}
    line |= {"item_id": item["item_id"] if item else None, "item_number": item["number"] if item else None}
    cells = {column: one.cell for column, one in row.cells.items() if column in sheet_words.COLUMNS}
    return {**line, "cells": cells, "values": values, "findings": told, "done": False, "overtaken": []}, item


def _decided(one: Finding, wanted: Mapping[str, Any] | None, rest: bool | None, category: str | None) -> Finding:
    if one["kind"] not in DECIDED:
        return one
    if wanted:
        value = wanted.get("value", one["value"]) if wanted["accepted"] else one["value"]
        if wanted["accepted"] and value not in one.get("choices", (one["value"],)):
            raise errors.Refusal("ledger_choice")
        return {**one, "accepted": wanted["accepted"], "value": value}
    if not waits(one):
        return one
    if one["value"] is None and rest is not False:
        return {**one, "accepted": True, "value": category} if category and one.get("choices") else one
    return one if rest is None else {**one, "accepted": rest}
