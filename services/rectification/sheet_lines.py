"""A line of an import: what a row of a sheet makes of an item, cell by cell, as far as somebody has decided.

What must stay true: nothing but the cells somebody changed is written; carried out twice, it changes nothing more. A
line: {number, key, sheet, row, problem, language, item_id, item_number, cells: {column: cell}, values: {column: value},
findings, changes: [{column, cell, from, to}], outcome: new|changed|unchanged|left_out, done, overtaken: [columns]}.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from services.rectification import domain, revising, sheet_cells, sheet_drafts, sheet_words
from services.rectification.domain import Hand, Item
from services.rectification.findings import ROW, Finding, finding, left_out, titled, waits
from services.rectification.sheet_values import Values
from services.spine import errors

Line = dict[str, Any]
Older = Mapping[tuple[int | None, str | None], dict[str, Any]]
"""The limits of a unit's items by the campaign's version and the mark of the unit's own rules they began with."""
OUTCOMES = ("new", "changed", "unchanged", "left_out")
_POINTED = {"on": "progress_on", "progress": "progress"}
_COLUMN_OF = {
    **dict.fromkeys(("milestone_done", "milestone_missed"), "milestones"),
    **dict.fromkeys(("measure_shared", "key_repeated"), "measures"),
}
"""Where a rule's refusal belongs, by what it points to, or by its code."""


class Ground(NamedTuple):
    """What a sheet is looked at against: the unit's place and limits, its items as they are shown, its name (where it
    is known), the titles of the aspects, who hands the sheet in, whether that one is of the unit: only then may it
    change what is there or say how far that is; and the limits of before."""

    plan: dict[str, Any]
    items: list[Item]
    unit_name: str
    aspects: Mapping[str, str]
    hand: Hand
    own: bool = True
    older: Older = {}

    def plan_of(self, item: Item | None) -> dict[str, Any]:
        """The limits that hold for an item: those it began with, or for what is new those of today."""
        if item is None:
            return self.plan
        return self.older.get((item.get("definition"), item.get("unit_rules")), self.plan)


def possible(line: Line, item: Item | None, ground: Ground) -> Line:
    """A line that asks only about what the rules of a known item would let change, and says why they would not."""
    asked = [one["kind"] == "ask" and one["column"] != ROW for one in line["findings"]]
    if item is None or not any(asked):
        return line
    yes = [{**one, "accepted": True} if ask else one for one, ask in zip(line["findings"], asked, strict=True)]
    settled = settle({**line, "findings": yes}, item, ground)["findings"]
    ruled = {
        one["column"]: {"kind": "wrong", "code": one["code"], "params": one["params"]} for one in settled[len(yes) :]
    }
    findings = [
        {**one, **ruled[one["column"]], "value": None} if ask and one["column"] in ruled else one
        for one, ask in zip(line["findings"], asked, strict=True)
    ]
    return {**line, "findings": findings}


def settle(line: Line, item: Item | None, ground: Ground) -> Line:
    """A line with its outcome and what it changes, as far as its findings are decided."""
    findings = [one for one in line["findings"] if not one.get("ruled") or one["accepted"] is not None]
    dropped = set[str]()
    while not left_out(findings):
        try:
            after, _ = carried_out({**line, "findings": findings}, item, ground, dropped)
        except errors.Refusal as refusal:
            told = _ruled(refusal, line, dropped)
            dropped.add(told["column"])
            findings += [] if any(_same(told, one) for one in findings) else [told]
            continue
        changes = _changes(line, item, domain.shown(after, ground.hand.today), ground)
        open_ = {one["column"] for one in findings if waits(one) and one["value"] is None}
        changes = [one for one in changes if one["column"] not in open_]
        outcome = "new" if item is None else "changed" if changes else "unchanged"
        return {**line, "findings": findings, "outcome": outcome, "changes": changes}
    return {**line, "findings": findings, "outcome": "left_out", "changes": []}


def carried_out(
    line: Line, item: Item | None, ground: Ground, dropped: Iterable[str] = (), number: int = 0
) -> domain.Changed:
    """The item a line makes of what is there, with what that says; `dropped`: columns that are left out."""
    values, hand, plan = effective(line, dropped), ground.hand, ground.plan_of(item)
    if item is not None and values and not ground.own:
        raise errors.Refusal("ledger_units_own")
    told = sheet_drafts.entry(values, item, line["key"], hand.today)
    if item is not None:
        draft = sheet_drafts.draft(values, item)
        changed = (
            revising.revise(item, draft, hand, plan["rectification"], plan["immediate_days"]) if draft else (item, [])
        )
    else:
        changed = _registered(line, values, ground, number)
        if told and (changed[0]["state"] != "open" or not ground.own):
            kept = sheet_drafts.noted(values, "progress", "进展", told["text"])
            return _registered(line, kept, ground, number)
    return _progressed(changed, told, ground) if told else changed


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
    refused = {one["column"] for one in line["findings"] if one.get("ruled") and not one["accepted"]}
    return {column: value for column, value in values.items() if column not in (*dropped, *refused)}


def _registered(line: Line, values: Values, ground: Ground, number: int) -> domain.Changed:
    waiting = {
        one["column"]: one["value"] or "phased" for one in line["findings"] if one["kind"] == "ask" and waits(one)
    }
    needed = {column: waiting[column] for column in ("source", "category", "problem") if column in waiting}
    draft = {**sheet_drafts.draft({**needed, **values}, None), "key": line["key"]}
    for column in ("problem", "source", "category"):
        if column not in draft:
            raise errors.Refusal("field_needed", field=column)
    return domain.register(ground.plan, ground.plan["immediate_days"], number, draft, ground.hand)


def _progressed(changed: domain.Changed, told: dict[str, Any], ground: Ground) -> domain.Changed:
    item, facts = changed
    try:
        after, more = domain.record_progress(item, told, ground.hand, ground.plan_of(item)["rectification"])
    except errors.Refusal as refusal:
        refusal.errors = refusal.errors or [{"pointer": "/progress", "code": refusal.code}]
        raise
    return after, [*facts, *more]


def _ruled(refusal: errors.Refusal, line: Line, dropped: set[str]) -> Finding:
    """What a rule said against a line, as a finding of the cell it is about; with what would be right, if that is
    clear."""
    parts = str(refusal.errors[0].get("pointer", "") if refusal.errors else "").strip("/").split("/")
    column = _COLUMN_OF.get(refusal.code) or _POINTED.get(parts[0], parts[0])
    column = "measure_due" if parts[0] == "measures" and parts[-1] == "due_on" else column
    column = column if column in sheet_words.COLUMNS and column not in dropped else ROW
    params: dict[str, Any] = {key: value for key, value in refusal.params.items() if isinstance(value, str | int)}
    if params.get("field") in sheet_words.COLUMNS:
        params["field"] = {tongue: titled(params["field"], tongue) for tongue in ("zh", "en")}
    latest = refusal.params.get("latest") if refusal.code == "immediate_too_long" and column == "due_on" else None
    cell = line["cells"].get(column, line["cells"]["problem"])
    return {**finding("ask" if latest else "wrong", column, cell, refusal.code, latest, **params), "ruled": True}


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
