"""From a row of a sheet to what it says of an item: everything for a new one; for one the ledger knows, the cells that
somebody changed.

What must stay true: a cell that says what was written out says nothing; what was changed on both sides is a conflict.
"""

import re
from collections.abc import Mapping
from typing import Any

from services.rectification import lists, sheet_cells, sheet_lists, sheet_measures, sheet_values, sheet_words
from services.rectification.findings import DECIDED, Finding, finding
from services.rectification.sheet_drafts import KEPT, noted, stands
from services.rectification.sheet_measures import MEASURES
from services.rectification.sheet_reading import Row, Text
from services.rectification.sheet_values import Manner, Values, alike
from services.rectification.sheet_words import COLUMNS, ORDER, PARTICULARS

Item = Mapping[str, Any]
READ = tuple(column for column in ORDER if COLUMNS[column].read)
PROGRESS = ("progress", "progress_on", "percent")
NOTHING = Text("", "")
_INSTEAD = {"responsible": "measure_who", "due_on": "measure_due"}
_JOINED = {"shows", "causes", "milestones", "remarks", "source_note", "standard", *KEPT} - {"measures"}
_CLOSED = re.compile("销号|完成|办结|close|done", re.IGNORECASE)


def filled(row: Row, above: Mapping[str, Text]) -> tuple[Row, list[Finding]]:
    """A row in which what stands for "as above" is what stands above: a blank unit, ditto marks somebody wrote."""
    cells, notes = dict(row.cells), []
    _, sums = mark(row) or ("", {})
    named = [column for column in ("unit_code", "unit") if column in cells]
    blank = bool(named) and not any(cells[column].text for column in named)
    for column, one in cells.items():
        like = "" if column in sums and sheet_cells.says(one.text, sums[column]) else above.get(column, NOTHING).text
        if like and (one.text in sheet_words.ABOVE or (blank and column in named)):
            cells[column] = one._replace(text=like)
            notes.append(finding("note", column, one.cell, "ledger_as_above", text=like[:40]))
    return row._replace(cells=cells), notes


def gathered(row: Row) -> tuple[Row, list[Finding]]:
    """A row with what the rows that belong to it say beside their measures: words go on where they stand, anything else
    is told as not read. Where there is no column for who does a measure and by when, the item's stands for it."""
    of_each = {column: row.cells[one] for one, column in _INSTEAD.items() if row.more and one in row.cells}
    cells, notes = {**of_each, **row.cells}, []
    said = {column: {one.text} for column, one in cells.items()}
    for more in row.more:
        for column, one in more.items():
            instead = _INSTEAD.get(column)
            mine = column in MEASURES or (instead and not more.get(instead, NOTHING).text)
            if not one.text or mine or column not in COLUMNS or one.text in said[column]:
                continue
            said[column].add(one.text)
            if column in _JOINED and not one.formula:
                cells[column] = cells[column]._replace(text=f"{cells[column].text}\n{one.text}".strip())
            else:
                notes.append(finding("wrong", column, one.cell, "ledger_more_unread", text=one.text[:40]))
    return row._replace(cells=cells), notes


def mark(row: Row) -> tuple[str, dict[str, str]] | None:
    """The mark a row was written out with."""
    return sheet_cells.unmark(row.cells.get("mark", NOTHING).text)


def of_unit(row: Row, plan: Mapping[str, Any], name: str) -> list[Finding]:
    """Whether a row is another unit's, by its code or, less surely, by its name."""
    code, told = row.cells.get("unit_code", NOTHING), row.cells.get("unit", NOTHING)
    given = number(row)
    if code.text and code.text.upper() != plan["unit"]:
        return [finding("wrong", "row", code.cell, "ledger_other_unit", text=code.text[:40])]
    if given and not given.startswith(f"{plan['campaign']}.{plan['unit']}."):
        return [finding("wrong", "row", told.cell, "ledger_other_unit", text=(told.text or given)[:40])]
    if code.text or given or not name or not told.text or alike(told.text) in (alike(name), alike(plan["unit"])):
        return []
    return [finding("ask", "row", told.cell, "ledger_perhaps_other_unit", "left_out", text=told.text[:40])]


def of_row(row: Row, item: Item | None, again: int | None) -> list[Finding]:
    """What is to be told of a row as a whole; `again`: the earlier row that is about the same."""
    cell, found = row.cells["problem"].cell, []
    if row.hidden:
        found.append(finding("note", "row", cell, "ledger_row_hidden", row=row.row))
    if again is not None and item and not number(row):
        found.append(finding("wrong", "row", cell, "ledger_twice_known", other=again))
    elif again is not None:
        code = "ledger_number_twice" if number(row) and item else "ledger_twice"
        found.append(finding("ask", "row", cell, code, "left_out", other=again))
    elif number(row) and item is None:
        found.append(finding("ask", "row", cell, "ledger_number_unknown", "left_out", text=number(row)[-40:]))
    return found


def number(row: Row) -> str:
    """The item a row says it is about, by its id."""
    return row.cells.get("item_id", NOTHING).text


def fresh(row: Row, above: Mapping[str, Text], manner: Manner) -> tuple[Values, list[Finding]]:
    """All that a row says of an item the ledger does not know."""
    values, findings = _read(row, READ, manner)
    told = {one["column"] for one in findings if one["kind"] != "note"} | values.keys()
    problem = row.cells["problem"]
    if "problem" not in values and not _waits("problem", findings):
        missing = finding("wrong", "row", problem.cell, "ledger_problem_missing")
        return {}, [one for one in findings if one["column"] == "problem"] or [missing]
    if "source" not in values and not _waits("source", findings):
        code = sheet_values.coded("source", above.get("source", NOTHING).text, sheet_words.SOURCES)[0] or "other"
        cell = row.cells.get("source", problem).cell
        findings.append(finding("ask", "source", cell, "ledger_missing", code, right=sheet_words.SOURCES[code]))
    if "category" not in values and not _waits("category", findings):
        findings.append(_list(row, above))
    for column, label in KEPT.items():
        one = row.cells.get(column, NOTHING)
        if one.text and COLUMNS[column].read is None:
            values = noted(values, column, label, one.text)
            findings.append(finding("note", column, one.cell, "ledger_kept_in_remarks"))
    for column in ORDER:
        one = row.cells.get(column, NOTHING)
        told_otherwise = column in (*KEPT, "number", "unit", "colour", "late")
        if column == "state" and not _CLOSED.search(one.text):
            continue
        if one.text and COLUMNS[column].read is None and not told_otherwise:
            findings.append(finding("note", column, one.cell, "ledger_only_told", text=one.text[:40]))
    undated = not values.get("due_on") and not any(one["column"] == "due_on" and one["value"] for one in findings)
    if values.get("measures") and undated and not all(values.get("measure_due", [""])):
        cell = row.cells.get("measure_due", row.cells["measures"]).cell
        at_once = "immediate" in (one["value"] for one in findings if one["column"] == "category")
        last = f"{manner.today[:4]}-12-31"
        if at_once or values.get("category") == "immediate":
            last = lists.after(manner.today, manner.immediate_days)
        days = [day or last for day in values.get("measure_due") or [""] * len(values["measures"])]
        if "measure_due" in values or "measure_due" not in told:
            values.pop("measure_due", None)
            findings.append(finding("ask", "measure_due", cell, "ledger_measure_day", days, day=days[0]))
    return values, findings


def changed(row: Row, item: Item, unit: str, manner: Manner) -> tuple[Values, list[Finding], str]:
    """What somebody changed in a row of an item, against what was written out and against what stands there now."""
    marked = mark(row)
    language, sums = marked or ("zh", {})
    now = sheet_cells.of(item, language, unit, manner.aspects)
    touched = [
        column
        for column in ORDER
        if column in row.cells and column not in ("number", "unit") and _touched(column, row, now, sums)
    ]
    if marked is None:
        touched = _news(row, item, touched, manner)
    findings: list[Finding] = []
    for column in touched:
        one, read = row.cells[column], COLUMNS[column].read
        if read is None or column == "source":
            findings.append(finding("note", column, one.cell, "ledger_only_told", text=one.text[:40]))
        elif not one.text and column not in (*PARTICULARS, "measure_with", "milestones"):
            findings.append(finding("wrong", column, one.cell, "ledger_cleared", text=now[column][:40]))
    if "progress_on" in touched and not {"progress", "percent"} & set(touched):
        findings.append(finding("note", "progress_on", row.cells["progress_on"].cell, "ledger_only_told", text=""))
    silent = {one["column"] for one in findings}
    asked = tuple(column for column in touched if column not in silent)
    if set(asked) & set(MEASURES):
        asked = (*asked, *(column for column in MEASURES if column not in asked and column == "measures"))
    values, more = _read(row, asked, manner._replace(split=marked is None))
    values |= {column: "" for column in asked if column in PARTICULARS and not row.cells[column].text}
    values |= {column: [] for column in asked if column == "milestones" and not row.cells[column].text}
    if "measure_with" in asked and not row.cells["measure_with"].text:
        values["measure_with"] = [[] for _ in item["measures"]]
    findings += [one for one in more if one["column"] in touched]
    values = {column: value for column, value in values.items() if column in touched}
    if marked is None:
        return {}, findings + _differing(values, row), language
    return *_conflicts(values, findings, row, now, sums), language


def untouched(row: Row, values: Values, findings: list[Finding]) -> tuple[Values, list[Finding]]:
    """The same for somebody who is not of the unit: each cell that would change its item is told, and nothing of it."""
    asked = {one["column"] for one in findings if one["kind"] in DECIDED}
    columns = [column for column in ORDER if column in asked or column in values]
    told = [finding("wrong", column, row.cells[column].cell, "ledger_units_own") for column in columns]
    return {}, [*(one for one in findings if one["kind"] not in DECIDED), *told]


def _read(row: Row, columns: tuple[str, ...], manner: Manner) -> tuple[Values, list[Finding]]:
    values, findings = sheet_values.read(row, [column for column in columns if column not in MEASURES], manner)
    measures, more = sheet_measures.read(row, columns, manner)
    values, findings = {**values, **measures}, [*findings, *more]
    if "due_on" not in columns or not any(cells.get("due_on", NOTHING).text for cells in row.more):
        return values, findings
    told = _told(values, findings)
    if (last := max(told.get("measure_due") or [""])) > (told.get("due_on") or ""):
        latest = finding("ask", "due_on", row.cells["due_on"].cell, "ledger_day_latest", last, day=last)
        findings = [*(one for one in findings if one["column"] != "due_on"), latest]
        values.pop("due_on", None)
    return values, findings


def _told(values: Values, findings: list[Finding]) -> Values:
    """What columns say and what is proposed for them."""
    return {**{one["column"]: one["value"] for one in findings if one["kind"] == "ask"}, **values}


def _news(row: Row, item: Item, touched: list[str], manner: Manner) -> list[str]:
    """Of the columns of a sheet that does not know what was written out, those that say anything else than the item."""
    values, findings = _read(row, tuple(touched), manner)
    same = stands(_told(values, findings), item)
    same |= {"category"} if "category" not in values and _waits("category", findings) else set()
    same |= {"due_on"} if sheet_lists.heads(row.cells.get("due_on", NOTHING).text) else set()
    return [column for column in touched if column not in same]


def _waits(column: str, findings: list[Finding]) -> bool:
    return any(one["column"] == column and one["kind"] == "ask" for one in findings)


def _list(row: Row, above: Mapping[str, Text]) -> Finding:
    """The list of a row that is not in its cell: proposed where the sheet names one elsewhere, else to be chosen."""
    one, choices = row.cells.get("category", NOTHING), tuple(sheet_words.LISTS)
    cell = one.cell or row.cells["problem"].cell
    texts = {"due_on": row.cells.get("due_on", NOTHING).text, "title": row.under, "sheet": row.sheet}
    texts["above"] = "" if one.text else above.get("category", NOTHING).text
    for place, text in texts.items():
        read = sheet_lists.titled if place in ("title", "sheet") else sheet_lists.named
        if code := read(text):
            params = {"where": sheet_words.PLACES[place], "text": text[:40], "right": sheet_words.LISTS[code]}
            return finding("ask", "category", cell, "ledger_list_elsewhere", code, choices, **params)
    return finding("ask", "category", cell, "ledger_list_unnamed", None, choices)


def _touched(column: str, row: Row, now: sheet_cells.Cells, sums: Mapping[str, str]) -> bool:
    text = row.cells[column].text
    if sums:
        return not sheet_cells.says(text, sums[column]) and sheet_cells.plain(now[column]) != text
    return bool(text) and COLUMNS[column].read is not None and alike(now[column]) != alike(text)


def _differing(values: Values, row: Row) -> list[Finding]:
    """A sheet that does not know what stood there before: each difference is asked about."""
    return [finding("ask", column, row.cells[column].cell, "ledger_differs", value) for column, value in values.items()]


def _conflicts(
    values: Values, findings: list[Finding], row: Row, now: sheet_cells.Cells, sums: Mapping[str, str]
) -> tuple[Values, list[Finding]]:
    """What was changed on the page, too, since the sheet was written, is somebody's to decide."""
    moved = {column for column in ORDER if not sheet_cells.says(now[column], sums[column])}
    moved |= set(MEASURES) if moved & set(MEASURES) else set()
    asked = {one["column"]: one for one in findings if one["kind"] == "ask"}
    both = [column for column in (*values, *asked) if column in moved and column not in PROGRESS]
    for column in both:
        value = values.pop(column, None) if column in values else asked[column]["value"]
        findings = [one for one in findings if one is not asked.get(column)]
        params = {"theirs": now[column][:120], "yours": row.cells[column].text[:120]}
        findings.append(finding("conflict", column, row.cells[column].cell, "ledger_conflict", value, **params))
    return values, findings
