"""A ledger that comes in as a sheet: what it would change cell by cell, what about it is not clear, and what somebody
decided, before anything is written.

What must stay true: nothing but the cells somebody changed is written; what was changed on the page meanwhile is a
conflict somebody decides; what is proposed waits for a word; done twice, or begun again after a crash, nothing more
happens. A line: {number, sheet, row, problem, language, item_id, item_number, values: {column: value}, findings,
changes: [{column, cell, from, to}], outcome: new|changed|unchanged|left_out, done, overtaken: [columns]}. Findings are
those of `sheet_values`.
"""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from services.rectification import domain, revising, sheet_cells, sheet_rows, sheet_words
from services.rectification.domain import Hand, Item
from services.rectification.sheet_reading import Row, Table, Text
from services.rectification.sheet_values import Finding, Manner, Values, finding
from services.spine import errors

Import = dict[str, Any]
Line = dict[str, Any]
OUTCOMES = ("new", "changed", "unchanged", "left_out")
DECIDED = ("ask", "conflict")
ROW = "row"
_POINTED = {"on": "progress_on", "progress": "progress"}
_COLUMN_OF = {"milestone_done": "milestones", "measure_shared": "measures", "key_repeated": "measures"}
"""Where a rule's refusal belongs, by what it points to, or by its code."""


class Ground(NamedTuple):
    """What a sheet is looked at against: the unit's place and limits, its items as they are shown, its name (where it
    is known), the titles of the aspects, and who hands the sheet in."""

    plan: dict[str, Any]
    items: list[Item]
    unit_name: str
    aspects: Mapping[str, str]
    hand: Hand


def named(account: str, unit: str, sha256: str, items: Iterable[Item]) -> str:
    """An import's id: the same file of the same person over the same ledger is the same import."""
    stood = sorted((item["item_id"], item.get("revision", 0)) for item in items)
    return f"l{hashlib.sha256(f'{account} {unit} {sha256} {stood}'.encode()).hexdigest()[:24]}"


def begin(import_id: str, lines: list[Line], notes: list[Finding], **facts: Any) -> tuple[Import, list[Line]]:
    """An import as it is kept, with its lines."""
    kept = [{"_id": f"{import_id}.{line['number']:05}", "import": import_id, **line} for line in lines]
    fresh = {"state": "checked", "started_at": None, "done_at": None, "worked": 0, "total": 0, "notes": notes}
    return {"_id": import_id, "import_id": import_id, **facts, **fresh}, kept


def run(found: Import, counts: Mapping[str, int], at: str) -> Import:
    """Its owner has confirmed; one that runs or is done stays as it is."""
    if found["state"] in ("running", "done"):
        return found
    if counts["undecided"]:
        raise errors.Refusal("ledger_undecided", count=counts["undecided"])
    return {**found, "state": "running", "started_at": at, "total": counts["new"] + counts["changed"]}


def look(import_id: str, tables: list[Table], ground: Ground) -> tuple[list[Line], list[Finding]]:
    """What each row of a sheet would change, and what was passed over."""
    lines: list[Line] = []
    notes: list[Finding] = []
    taken: dict[str, int] = {}
    by_id = {item["item_id"]: item for item in ground.items}
    by_problem = {sheet_rows.alike(item["problem"]): item for item in ground.items}
    for table in tables:
        notes += [finding("note", ROW, f"{row}", why, row=row) for row, why in table.passed]
        notes += [finding("note", ROW, "", "ledger_column_unread", text=name) for name in table.unread]
        manner = Manner(ground.hand.today, ground.aspects, table.since_1904)
        above: dict[str, Text] = {}
        for row in table.rows:
            filled, told = sheet_rows.filled(row, above)
            given = filled.cells.get("item_id", sheet_rows.NOTHING).text
            like = sheet_rows.alike(filled.cells["problem"].text)
            item = by_id.get(given) if given else by_problem.get(like)
            told += sheet_rows.of_unit(filled, ground.plan, ground.unit_name)
            told += _of_row(filled, given, item, taken.get(item["item_id"] if item else like))
            again = given and any(one["code"] == "ledger_number_twice" for one in told)
            taken.setdefault(item["item_id"] if item else like, row.row)
            line = _line(len(lines), import_id, filled, None if again else item)
            if _left_out(told):
                line |= {"values": {}, "language": "zh", "findings": told}
            else:
                values, findings, line["language"] = _said(filled, above, None if again else item, ground, manner)
                line |= {"values": values, "findings": [*told, *findings]}
            lines.append(settle(line, None if again else item, ground))
            above = filled.cells
    return lines, notes


def decide(lines: list[Line], decisions: Iterable[Mapping[str, Any]], rest: bool | None) -> list[Line]:
    """The lines in which something was decided: each finding named by line and column; `rest`: all that wait still."""
    wanted = {(one["line"], one["column"]): one["accepted"] for one in decisions}
    changed = []
    for line in lines:
        findings = [
            _decided(one, wanted.get((line["number"], one["column"]), rest), line, wanted) for one in line["findings"]
        ]
        if findings != line["findings"]:
            changed.append({**line, "findings": findings})
    return changed


def settle(line: Line, item: Item | None, ground: Ground) -> Line:
    """A line with its outcome and what it changes, as far as its findings are decided."""
    findings, dropped = list(line["findings"]), set[str]()
    while not _left_out(findings):
        try:
            after, _ = carried_out({**line, "findings": findings}, item, ground, dropped)
        except errors.Refusal as refusal:
            told = _ruled(refusal, line, dropped)
            dropped.add(told["column"])
            findings += [] if any(_same(told, one) for one in findings) else [told]
            continue
        changes = _changes(line, item, domain.shown(after, ground.hand.today), ground)
        outcome = "new" if item is None else "changed" if changes else "unchanged"
        return {**line, "findings": findings, "outcome": outcome, "changes": changes}
    return {**line, "findings": findings, "outcome": "left_out", "changes": []}


def carried_out(
    line: Line, item: Item | None, ground: Ground, dropped: Iterable[str] = (), number: int = 0
) -> domain.Changed:
    """The item a line makes of what is there, with what that says; `dropped`: columns that are left out."""
    values, hand, plan = effective(line, dropped), ground.hand, ground.plan
    told = sheet_rows.entry(values, item, line["key"], hand.today)
    if item is not None:
        draft = sheet_rows.draft(values, item)
        changed = (
            revising.revise(item, draft, hand, plan["rectification"], plan["immediate_days"]) if draft else (item, [])
        )
    else:
        changed = _registered(line, values, ground, number)
        if told and changed[0]["state"] != "open":
            kept = sheet_rows.noted(values, "progress", "进展", told["text"])
            return _registered(line, kept, ground, number)
    return _progressed(changed, told, ground) if told else changed


def counted(lines: Iterable[Line]) -> dict[str, int]:
    """How many lines of each outcome, how many changes wait for a word, how many notes and faults there are."""
    found = dict.fromkeys((*OUTCOMES, "undecided", "wrong", "conflict", "ask", "note"), 0)
    for line in lines:
        found[line["outcome"]] += 1
        for one in line["findings"]:
            found[one["kind"]] += 1
            found["undecided"] += one["kind"] in DECIDED and one["accepted"] is None
    return found


def overtaken(line: Line, item: Item | None, ground: Ground) -> set[str]:
    """The columns of a line whose cell says something else by now than both what it said and what it is to say."""
    if item is None:
        return set()
    now = _shown_cells(item, line, ground)
    plain = sheet_cells.plain
    return {
        one["column"]
        for one in line["changes"]
        if plain(now[one["column"]]) not in (plain(one["from"]), plain(one["to"]))
    }


def effective(line: Line, dropped: Iterable[str] = ()) -> Values:
    """What a line says with all that was accepted."""
    accepted = {one["column"]: one["value"] for one in line["findings"] if one["accepted"] and one["column"] != ROW}
    values = {**line["values"], **accepted}
    return {column: value for column, value in values.items() if column not in dropped}


def told(one: Finding, language: str) -> dict[str, Any]:
    """A finding in the reader's words, with what is proposed as it would stand in the cell."""
    params = {key: value[language] if isinstance(value, dict) else value for key, value in one["params"].items()}
    title = titled(one["column"], language)
    params |= {"cell": one["cell"], "column": title}
    named_ = {key: one[key] for key in ("column", "cell", "kind", "code", "accepted")}
    return {
        **named_,
        "title": title,
        "detail": errors.text(one["code"], language, params),
        "proposal": _proposal(one, language),
    }


def titled(column: str, language: str) -> str:
    """What a column is called; nothing for a row as a whole."""
    found = sheet_words.COLUMNS.get(column)
    return (found.en if language == "en" else found.zh) if found else ""


def _line(number: int, import_id: str, row: Row, item: Item | None) -> Line:
    told = {"number": number, "sheet": row.sheet, "row": row.row, "problem": row.cells["problem"].text[:200]}
    known = {"item_id": item["item_id"] if item else None, "item_number": item["number"] if item else None}
    cells = {column: one.cell for column, one in row.cells.items() if column in sheet_words.COLUMNS}
    return {**told, **known, "key": f"{import_id}-{number}", "cells": cells, "done": False, "overtaken": []}


def _said(
    row: Row, above: Mapping[str, Text], item: Item | None, ground: Ground, manner: Manner
) -> tuple[Values, list[Finding], str]:
    if item is None:
        return *sheet_rows.fresh(row, above, manner), "zh"
    mark = sheet_cells.unmark(row.cells.get("mark", sheet_rows.NOTHING).text)
    return sheet_rows.changed(row, item, mark, ground.unit_name, manner)


def _of_row(row: Row, given: str, item: Item | None, again: int | None) -> list[Finding]:
    """What is to be told of a row as a whole."""
    cell, told = row.cells["problem"].cell, []
    if row.hidden:
        told.append(finding("note", ROW, cell, "ledger_row_hidden", row=row.row))
    if again is not None:
        code = "ledger_number_twice" if given and item else "ledger_twice"
        told.append(finding("ask", ROW, cell, code, "left_out", other=again))
    elif given and item is None:
        told.append(finding("ask", ROW, cell, "ledger_number_unknown", "left_out", text=given[-40:]))
    return told


def _registered(line: Line, values: Values, ground: Ground, number: int) -> domain.Changed:
    waiting = {
        one["column"]: one["value"] for one in line["findings"] if one["kind"] == "ask" and one["accepted"] is None
    }
    needed = {column: waiting[column] for column in ("source", "category", "problem") if column in waiting}
    draft = {**sheet_rows.draft({**needed, **values}, None), "key": line["key"]}
    for column in ("problem", "source", "category"):
        if column not in draft:
            raise errors.Refusal("field_needed", field=column)
    return domain.register(ground.plan, ground.plan["immediate_days"], number, draft, ground.hand)


def _progressed(changed: domain.Changed, told: dict[str, Any], ground: Ground) -> domain.Changed:
    item, facts = changed
    try:
        after, more = domain.record_progress(item, told, ground.hand, ground.plan["rectification"])
    except errors.Refusal as refusal:
        refusal.errors = refusal.errors or [{"pointer": "/progress", "code": refusal.code}]
        raise
    return after, [*facts, *more]


def _left_out(findings: Iterable[Finding]) -> bool:
    """Whether a row is not taken: it cannot be, or somebody said so."""
    return any(
        one["column"] == ROW and (one["kind"] == "wrong" or (one["kind"] == "ask" and one["accepted"]))
        for one in findings
    )


def _decided(one: Finding, accepted: bool | None, line: Line, wanted: Mapping[Any, bool]) -> Finding:
    if one["kind"] not in DECIDED or accepted is None:
        return one
    if one["accepted"] is not None and (line["number"], one["column"]) not in wanted:
        return one
    return {**one, "accepted": accepted}


def _ruled(refusal: errors.Refusal, line: Line, dropped: set[str]) -> Finding:
    """What a rule said against a line, as a finding of the cell it is about; with what would be right, if that is
    clear."""
    parts = str(refusal.errors[0].get("pointer", "") if refusal.errors else "").strip("/").split("/")
    column = _COLUMN_OF.get(refusal.code) or _POINTED.get(parts[0], parts[0])
    column = "measure_due" if parts[0] == "measures" and parts[-1] == "due_on" else column
    column = column if column in sheet_words.COLUMNS and column not in dropped else ROW
    params = {key: value for key, value in refusal.params.items() if isinstance(value, str | int)}
    latest = refusal.params.get("latest") if refusal.code == "immediate_too_long" and column == "due_on" else None
    cell = line["cells"].get(column, line["cells"]["problem"])
    return finding("ask" if latest else "wrong", column, cell, refusal.code, latest, **params)


def _same(one: Finding, other: Finding) -> bool:
    return all(one[key] == other[key] for key in ("column", "code", "value"))


def _shown_cells(item: Item, line: Line, ground: Ground) -> sheet_cells.Cells:
    return sheet_cells.of(item, line["language"], ground.unit_name, ground.aspects)


def _changes(line: Line, item: Item | None, after: Item, ground: Ground) -> list[dict[str, str]]:
    """What a line changes, cell by cell, of what a sheet may say."""
    was = _shown_cells(item, line, ground) if item else dict.fromkeys(sheet_words.ORDER, "")
    now, found = _shown_cells(after, line, ground), []
    for column in sheet_words.ORDER:
        if sheet_words.COLUMNS[column].read and sheet_cells.plain(was[column]) != sheet_cells.plain(now[column]):
            cell = line["cells"].get(column, "")
            found.append({"column": column, "cell": cell, "from": was[column], "to": now[column]})
    return found


def _proposal(one: Finding, language: str) -> str:
    value, column = one["value"], one["column"]
    if value is None or column == ROW:
        return ""
    words = {"category": sheet_words.LISTS, "source": sheet_words.SOURCES}.get(column, {})
    if isinstance(value, str):
        return words[value][language] if value in words else value
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return "\n".join(f"{each['due_on']} {each['deliverable']}" for each in value)
    if isinstance(value, list):
        return "\n".join("、".join(each) if isinstance(each, list) else str(each) for each in value)
    return str(value)
