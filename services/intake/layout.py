"""How a form lies in a workbook: which of its parts are single entries, which are lists with a sheet of their own."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from services.intake import kinds

MARK = "_form"
FIRST_ROW, FIRST_ENTRY = 4, 4
"""The first row of a list's sheet and of the sheet of single entries that somebody fills in."""


class Entry(NamedTuple):
    """A part of the form that has a cell: its path within the form or the row, its schema, whether it is needed."""

    path: tuple[str, ...]
    schema: kinds.Schema
    needed: bool


def parts(schema: kinds.Schema) -> tuple[list[Entry], list[tuple[tuple[str, ...], kinds.Schema]]]:
    """The single entries of a form, and its lists of rows."""
    single, lists = list[Entry](), list[tuple[tuple[str, ...], kinds.Schema]]()
    for entry in _entries(schema, (), True):
        if entry.schema.get("type") == "array" and entry.schema["items"].get("type") == "object":
            lists.append((entry.path, entry.schema["items"]))
        elif entry.path != ("$schema",):
            single.append(entry)
    return single, lists


def columns(items: kinds.Schema) -> list[Entry]:
    """The parts of a row."""
    return list(_entries(items, (), True))


def _entries(schema: kinds.Schema, path: tuple[str, ...], needed: bool) -> Iterator[Entry]:
    for key, part in schema.get("properties", {}).items():
        asked = needed and key in schema.get("required", ())
        if part.get("type") == "object":
            called = kinds.label(part, key)
            for inner in _entries(part, (*path, key), asked):
                label = {one: f"{called[one]} · {kinds.label(inner.schema, key)[one]}" for one in ("zh", "en")}
                yield inner._replace(schema={**inner.schema, "x-label": label})
        else:
            yield Entry((*path, key), part, asked)


def at(document: Any, path: tuple[str, ...]) -> Any:
    """What stands at a path, None when nothing does."""
    for key in path:
        document = document.get(key) if isinstance(document, dict) else None
    return document


def put(document: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    """Put a value at a path, making what leads there."""
    for key in path[:-1]:
        document = document.setdefault(key, {})
    document[path[-1]] = value
