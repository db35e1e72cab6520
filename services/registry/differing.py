"""What differs between two definitions, place by place, as people would tell it: rows are known by their codes."""

from collections.abc import Iterable
from typing import Any

KEYS = {"papers": ("kind", "of"), "checklist": ("code",)}


def differences(before: Any, after: Any, at: str = "") -> list[dict[str, Any]]:
    """What differs between two definitions, leaf by leaf: {pointer, from, to}; rows are known by their code."""
    if before == after:
        return []
    if isinstance(before, dict) and isinstance(after, dict):
        return _apart(before, after, [*before, *(key for key in after if key not in before)], at)
    old, new = _rows(before, at), _rows(after, at)
    if _names(before) and _names(after) and sorted(before) == sorted(after):
        return []
    if old is not None and new is not None and old.keys() | new.keys():
        found = _apart(old, new, [*old, *(key for key in new if key not in old)], at)
        return found or [{"pointer": at, "from": list(old), "to": list(new)}]
    return [{"pointer": at, "from": before, "to": after}]


def _apart(old: dict[str, Any], new: dict[str, Any], keys: Iterable[str], at: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for key in keys:
        place = f"{at}/{key}"
        if key not in new:
            found.append({"pointer": place, "from": old[key]})
        elif key not in old:
            found.append({"pointer": place, "to": new[key]})
        else:
            found += differences(old[key], new[key], place)
    return found


def _names(value: Any) -> bool:
    """Whether it is a choice of names, which has no order."""
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _rows(value: Any, at: str) -> dict[str, Any] | None:
    """Rows by what they are known by; None for what is no list of rows with keys of their own."""
    keys = KEYS.get(at.rpartition("/")[2], ("code",))
    if not isinstance(value, list) or not all(isinstance(row, dict) and row.keys() >= set(keys) for row in value):
        return None
    rows = {".".join(str(row[key]) for key in keys): row for row in value}
    return rows if len(rows) == len(value) else None
