"""What a row says, as the ledger is told it: the fields of an item, and an entry of progress.

What must stay true: a measure or milestone that was not touched stays as it is, to the letter, with its key.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from services.rectification import sheet_cells, sheet_values
from services.rectification.sheet_measures import MEASURES
from services.rectification.sheet_values import Values, alike, bare
from services.rectification.sheet_words import PARTICULARS

Item = Mapping[str, Any]
FIELDS = ("problem", "source", "category", "aspect", "responsible", "standard", "due_on")
KEPT = {"evidence": "佐证", "result": "成效", "rule": "制度", "progress": "进展", "measures": "措施"}
"""What a sheet may tell that has its own way into the ledger: kept among the remarks."""
_PARTS = {"measure_who": "who", "measure_due": "due_on", "measure_with": "with"}


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


def stands(told: Values, item: Item) -> set[str]:
    """The columns that say what an item says already, if in other words, or what was kept among its remarks."""
    particulars = item.get("particulars") or {}
    remarks = str(particulars.get("remarks") or "")
    last = (sheet_cells.reported(item) or [{}])[-1]
    before = item["measures"]
    measures: list[dict[str, Any]] = draft(told, item).get("measures") or before
    share = (item.get("progress") or [{}])[-1].get("percent")
    reported = str(told.get("progress") or f"{told.get('percent')}%")
    kept = f"{KEPT['progress']}：{reported}" in remarks
    found = set()
    for column, value in told.items():
        if column in MEASURES:
            same = _each(measures, _PARTS.get(column, "what")) == _each(before, _PARTS.get(column, "what"))
        elif column == "milestones":
            same = [_day_and_words(one) for one in value] == [_day_and_words(one) for one in item["milestones"]]
        elif column == "remarks":
            same = {*map(alike, value.split("\n"))} <= {*map(alike, remarks.split("\n"))}
        elif column == "percent":
            same = kept or value == share
        elif column in ("progress", "progress_on"):
            same = kept or alike(value) == alike(str(last.get("text" if column == "progress" else "on") or ""))
        else:
            same = alike(str(value or "")) == alike(str(particulars.get(column) or item.get(column) or ""))
        found |= {column} if same else set()
    return found


def noted(values: Values, column: str, label: str, text: str) -> Values:
    """The same with a text among the remarks."""
    remarks = "\n".join(filter(None, [values.get("remarks", ""), f"{label}：{text}"]))[: sheet_values.LONG]
    return {**{key: value for key, value in values.items() if key != column}, "remarks": remarks}


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


def _each(measures: Sequence[Mapping[str, Any]], part: str) -> list[Any]:
    """A part of each measure, as far as two sheets write it alike."""
    told = [one.get(part) or [] for one in measures]
    return [[*map(alike, one)] if isinstance(one, list) else alike(one) for one in told]


def _day_and_words(milestone: Mapping[str, Any]) -> tuple[str, str]:
    return milestone["due_on"], alike(milestone["deliverable"])


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
