"""From a row of a sheet to what it says of an item: everything for a new one; for one the ledger knows, the cells that
somebody changed.

What must stay true: a cell that says what was written out says nothing; what was changed on both sides is a conflict;
a measure or milestone that was not touched stays as it is, to the letter.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from services.rectification import sheet_cells, sheet_values, sheet_words
from services.rectification.sheet_reading import Row, Text
from services.rectification.sheet_values import MEASURES, Finding, Manner, Values, bare, finding
from services.rectification.sheet_words import COLUMNS, ORDER, PARTICULARS

Item = Mapping[str, Any]
READ = tuple(column for column in ORDER if COLUMNS[column].read)
FIELDS = ("problem", "source", "category", "aspect", "responsible", "standard", "due_on")
KEPT = {"evidence": "佐证", "result": "成效", "rule": "制度", "progress": "进展", "measures": "措施"}
"""What a sheet may tell that has its own way into the ledger: kept among the remarks."""
PROGRESS = ("progress", "progress_on", "percent")
NOTHING = Text("", "")


def alike(problem: str) -> str:
    """A problem's words without what two sheets may write differently."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", problem)).lower()


def filled(row: Row, above: Mapping[str, Text]) -> tuple[Row, list[Finding]]:
    """A row in which what stands for "as above" is what stands above: a blank unit, ditto marks."""
    cells, notes = dict(row.cells), []
    named = [column for column in ("unit_code", "unit") if column in cells]
    blank = bool(named) and not any(cells[column].text for column in named)
    for column, one in cells.items():
        like = above.get(column, NOTHING).text
        if like and (one.text in sheet_words.ABOVE or (blank and column in named)):
            cells[column] = one._replace(text=like)
            notes.append(finding("note", column, one.cell, "ledger_as_above", text=like[:40]))
    return row._replace(cells=cells), notes


def of_unit(row: Row, plan: Mapping[str, Any], name: str) -> list[Finding]:
    """Whether a row is another unit's, by its code or, less surely, by its name."""
    code, told = row.cells.get("unit_code", NOTHING), row.cells.get("unit", NOTHING)
    given = row.cells.get("item_id", NOTHING).text
    if code.text and code.text.upper() != plan["unit"]:
        return [finding("wrong", "row", code.cell, "ledger_other_unit", text=code.text[:40])]
    if given and not given.startswith(f"{plan['campaign']}.{plan['unit']}."):
        return [finding("wrong", "row", told.cell, "ledger_other_unit", text=(told.text or given)[:40])]
    if code.text or given or not name or not told.text or alike(told.text) in (alike(name), alike(plan["unit"])):
        return []
    return [finding("ask", "row", told.cell, "ledger_perhaps_other_unit", "left_out", text=told.text[:40])]


def fresh(row: Row, above: Mapping[str, Text], manner: Manner) -> tuple[Values, list[Finding]]:
    """All that a row says of an item the ledger does not know."""
    values, findings = sheet_values.read(row, READ, manner)
    told = {one["column"] for one in findings if one["kind"] != "note"} | values.keys()
    problem = row.cells["problem"]
    if "problem" not in told:
        findings.append(finding("wrong", "row", problem.cell, "ledger_problem_missing"))
    if "source" not in values:
        code = sheet_values.coded("source", above.get("source", NOTHING).text, sheet_words.SOURCES)[0]
        findings += _needed("source", row, findings, code or "other", sheet_words.SOURCES)
    if "category" not in values:
        due = row.cells.get("due_on", NOTHING).text
        code = "long_term" if due and due in sheet_words.NEVER_DONE else "phased"
        findings += _needed("category", row, findings, code, sheet_words.LISTS)
    for column, label in KEPT.items():
        one = row.cells.get(column, NOTHING)
        if one.text and COLUMNS[column].read is None:
            values = noted(values, column, label, one.text)
            findings.append(finding("note", column, one.cell, "ledger_kept_in_remarks"))
    for column in ORDER:
        one = row.cells.get(column, NOTHING)
        if one.text and COLUMNS[column].read is None and column not in (*KEPT, "number", "unit", "colour", "late"):
            findings.append(finding("note", column, one.cell, "ledger_only_told", text=one.text[:40]))
    undated = not values.get("due_on") and not any(one["column"] == "due_on" and one["value"] for one in findings)
    if values.get("measures") and undated and not all(values.get("measure_due", [""])):
        cell = row.cells.get("measure_due", row.cells["measures"]).cell
        days = [
            day or f"{manner.today[:4]}-12-31" for day in values.get("measure_due") or [""] * len(values["measures"])
        ]
        if "measure_due" in values or "measure_due" not in told:
            values.pop("measure_due", None)
            findings.append(finding("ask", "measure_due", cell, "ledger_measure_day", days, day=days[0]))
    return values, findings


def changed(
    row: Row, item: Item, mark: tuple[str, dict[str, str]] | None, unit: str, manner: Manner
) -> tuple[Values, list[Finding], str]:
    """What somebody changed in a row of an item, against what was written out and against what stands there now."""
    language, sums = mark or ("zh", {})
    now = sheet_cells.of(item, language, unit, manner.aspects)
    touched = [
        column
        for column in ORDER
        if column in row.cells and column not in ("number", "unit") and _touched(column, row, now, sums)
    ]
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
    values, more = sheet_values.read(row, asked, manner._replace(split=mark is None))
    values |= {column: "" for column in asked if column in PARTICULARS and not row.cells[column].text}
    values |= {column: [] for column in asked if column == "milestones" and not row.cells[column].text}
    if "measure_with" in asked and not row.cells["measure_with"].text:
        values["measure_with"] = [[] for _ in item["measures"]]
    findings += [one for one in more if one["column"] in touched]
    values = {column: value for column, value in values.items() if column in touched}
    if mark is None:
        return {}, findings + _differing(values, row), language
    return *_conflicts(values, findings, row, now, sums), language


def draft(values: Values, item: Item | None) -> dict[str, Any]:
    """What a row says, as the ledger is told it."""
    found = {key: values[key] for key in FIELDS if values.get(key)}
    if item is not None and values.get("due_on") == "":
        found["due_on"] = None
    measures = _measures(values, item, found) if any(key in values for key in MEASURES) else None
    if measures is not None:
        found["measures"] = measures
    elif item is None and "measures" in values:
        values = noted(values, "measures", KEPT["measures"], "\n".join(values["measures"]))
    if any(key in values for key in PARTICULARS):
        stands = dict(item.get("particulars") or {}) if item else {}
        stands |= {key: values[key] for key in PARTICULARS if key in values}
        found["particulars"] = {key: text for key, text in stands.items() if text}
    if "milestones" in values:
        found["milestones"] = _milestones(values["milestones"], item.get("milestones") or [] if item else [])
    return found


def entry(values: Values, item: Item | None, key: str, today: str) -> dict[str, Any] | None:
    """The progress a row reports; None when it reports none."""
    if not any(values.get(column) not in (None, "") for column in ("progress", "percent")):
        return None
    last = (item.get("progress") or [{}])[-1] if item else {}
    told: dict[str, Any] = {"key": key, "on": values.get("progress_on") or today, "evidence": []}
    told["text"] = values.get("progress") or last.get("text") or f"{values['percent']}%"
    return told | ({"percent": values["percent"]} if "percent" in values else {})


def noted(values: Values, column: str, label: str, text: str) -> Values:
    """The same with a text among the remarks."""
    remarks = "\n".join(filter(None, [values.get("remarks", ""), f"{label}：{text}"]))[: sheet_values.LONG]
    return {**{key: value for key, value in values.items() if key != column}, "remarks": remarks}


def _needed(
    column: str, row: Row, findings: list[Finding], code: str, words: Mapping[str, Mapping[str, str]]
) -> list[Finding]:
    """What has to be there and is not: proposed, in place of what was only told to be unclear."""
    waiting = [one for one in findings if one["column"] == column and one["kind"] == "ask"]
    if waiting:
        return []
    cell = row.cells.get(column, row.cells["problem"]).cell
    return [finding("ask", column, cell, "ledger_missing", code, right=dict(words[code]))]


def _touched(column: str, row: Row, now: sheet_cells.Cells, sums: Mapping[str, str]) -> bool:
    text = row.cells[column].text
    if sums:
        return not sheet_cells.says(text, sums[column]) and sheet_cells.plain(now[column]) != text
    return bool(text) and COLUMNS[column].read is not None and alike(now[column]) != alike(text)


def _differing(values: Values, row: Row) -> list[Finding]:
    """A sheet that does not know what stood there before: each difference is asked about."""
    return [
        finding("ask", column, row.cells[column].cell, "ledger_differs", value)
        for column, value in values.items()
        if column not in PROGRESS
    ]


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


def _measures(values: Values, item: Item | None, found: Mapping[str, Any]) -> list[dict[str, Any]] | None:
    before: list[dict[str, Any]] = list(item["measures"]) if item else []
    whats = values.get("measures", [bare(one["what"]) for one in before])
    paired = _paired(whats, before)
    due_on = found.get("due_on") or (item["due_on"] if item else None)
    who = found.get("responsible") or (item["responsible"] if item else "") or ""
    measures = []
    for place, (what, was) in enumerate(zip(whats, paired, strict=True)):
        one = dict(was or {})
        if not was or bare(was["what"]) != what:
            one["what"] = what
        told = {key: _at(values.get(column), place, len(whats)) for column, key in _PARTS.items()}
        one["who"] = told["who"] or one.get("who") or who
        one["due_on"] = told["due_on"] or one.get("due_on") or due_on
        if told["with"] is not None and (told["with"] or one.get("with")):
            one["with"] = told["with"]
        if not one["due_on"]:
            return None
        measures.append(one)
    return measures


_PARTS = {"measure_who": "who", "measure_due": "due_on", "measure_with": "with"}


def _at(column: Sequence[Any] | None, place: int, size: int) -> Any:
    if not column or len(column) not in (1, size):
        return None
    return column[place if len(column) == size else 0]


def _paired(texts: Sequence[str], before: list[dict[str, Any]]) -> list[dict[str, Any] | None]:
    """For each line the measure it was: the one of the same words, else of the same place while none came or went."""
    left = list(before)
    found: list[dict[str, Any] | None] = []
    for text in texts:
        same = next((one for one in left if bare(one["what"]) == text), None)
        left = [one for one in left if one is not same]
        found.append(same)
    if len(texts) == len(before):
        found = [one or (before[place] if before[place] in left else None) for place, one in enumerate(found)]
    return found


def _milestones(told: list[dict[str, Any]], before: list[dict[str, Any]]) -> list[dict[str, Any]]:
    left, used, found = list(before), {one["key"] for one in before}, []
    for place, one in enumerate(told):
        same = next((was for was in left if bare(was["deliverable"]) == one["deliverable"]), None)
        if same is None and len(told) == len(before) and before[place] in left:
            same = before[place]
        left = [was for was in left if was is not same]
        key = same["key"] if same else next(key for key in (f"s{n}" for n in range(1, 999)) if key not in used)
        used.add(key)
        kept = same is not None and bare(same["deliverable"]) == one["deliverable"]
        deliverable = same["deliverable"] if same and kept else one["deliverable"]
        found.append({"key": key, "deliverable": deliverable, "due_on": one["due_on"]})
    return found
