"""What is typed into a form, as the document it means: begun with what is known, gathered from a page's fields.

What must stay true: nothing is judged and nothing is read as something else here; intake gets it as it was typed. A row
in which nothing stands is no row.
"""

import json
import re
from typing import Any

from werkzeug.datastructures import MultiDict

from services.portal import entries
from services.portal.entries import Known, Schema


def gathered(schema: Schema, entered: MultiDict[str, str], *, without: str = "", blank: bool = False) -> dict[str, Any]:
    """The document that a page's fields hold, but for the row taken out; `blank` keeps rows in which nothing stands."""
    found = _gathered(schema, entered, "", without, blank)
    return found if isinstance(found, dict) else {}


def begun(schema: Schema, known: Known) -> dict[str, Any]:
    """The document before anybody wrote: what is known, what is usual, a first row where rows are needed."""
    return {key: value for key, part in schema["properties"].items() if (value := _begun(part, known)) is not None}


def grown(schema: Schema, document: dict[str, Any], pointer: str) -> dict[str, Any]:
    """The document with one more empty row in a list; the same when there is no such list or it is full."""
    node, steps = document, pointer.split("/")[1:]
    for at, key in enumerate(steps):
        if isinstance(node, list) and key.isdecimal() and int(key) < len(node):
            node = node[int(key)]
        elif isinstance(node, dict):
            node = node.setdefault(key, [] if at == len(steps) - 1 else {})
        schema = schema.get("items", {}) if key.isdecimal() else schema.get("properties", {}).get(key, {})
    rows = schema.get("items", {}).get("type") == "object"
    if rows and isinstance(node, list) and len(node) < schema.get("maxItems", 1000):
        node.append({})
    return document


def as_text(schema: str, document: dict[str, Any]) -> str:
    """The document as it is sent to intake."""
    return json.dumps({**document, "$schema": schema}, ensure_ascii=False)


def _gathered(schema: Schema, entered: MultiDict[str, str], at: str, without: str, blank: bool) -> Any:
    kind, items = schema.get("type"), schema.get("items", {})
    if kind == "object":
        parts = schema["properties"].items()
        found = {
            key: _gathered(part, entered, f"{at}/{key}", without, blank) for key, part in parts if key != "$schema"
        }
        return {key: value for key, value in found.items() if value not in (None, "", [], {})}
    if kind == "array" and items.get("type") == "object":
        numbers = {int(one[1]) for name in entered if (one := re.match(rf"{re.escape(at)}/(\d{{1,5}})/", name))}
        kept = [f"{at}/{number}" for number in sorted(numbers) if f"{at}/{number}" != without]
        rows = [_gathered(items, entered, one, without, blank) for one in kept]
        return [row for row in rows if row or blank]
    if kind == "array":
        return [line.strip() for text in entered.getlist(at) for line in text.splitlines() if line.strip()]
    text = entered.get(at, "").replace("\r\n", "\n").strip()
    return True if text and entries.is_yes(schema) else text


def _begun(schema: Schema, known: Known) -> Any:
    kind, items, source = schema.get("type"), schema.get("items", {}), schema.get("x-from", "")
    if kind == "object":
        parts = schema["properties"].items()
        return {key: value for key, part in parts if (value := _begun(part, known)) is not None} or None
    if kind == "array" and items.get("type") == "object":
        first, part = next(iter(items["properties"].items()))
        if part.get("x-from") == "campaign.aspects":
            return [{first: code} for code, _ in known.choices.get("campaign.aspects", ())]
        return None
    if kind == "array":
        return [code for code, _ in known.choices.get(source, ())] or None
    if source == "unit.posts":
        return known.post
    return known.given.get(source) or schema.get("default")
