"""What is wrong with a form: each fault with its place, in the words of the form, and with what would be right.

A fault: {pointer, code (of schemas/refusals.json), where: {zh, en}, found?, right?: {zh, en}, because?: {zh, en},
cell?: {sheet, cell}}.
"""

import calendar
import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from services.intake import kinds
from services.spine import errors

Fault = dict[str, Any]
Words = dict[str, str]
MOST, LOOKED_AT = 200, 1000
CODES = {
    "required": "form_missing",
    "dependentRequired": "form_missing",
    "additionalProperties": "form_unknown",
    "type": "form_type",
    "enum": "form_choice",
    "const": "form_confirm",
    "format": "form_day",
    "pattern": "form_pattern",
    "minLength": "form_short",
    "maxLength": "form_long",
    "minimum": "form_low",
    "maximum": "form_high",
    "minItems": "form_few",
    "maxItems": "form_many",
    "anyOf": "form_other",
}
TYPES = {
    "string": {"zh": "文字", "en": "text"},
    "integer": {"zh": "整数", "en": "a whole number"},
    "number": {"zh": "数字", "en": "a number"},
    "boolean": {"zh": "“是”或“否”", "en": "yes or no"},
    "array": {"zh": "一组", "en": "a list"},
    "object": {"zh": "一组栏目", "en": "a group of entries"},
}


class Places(NamedTuple):
    """Where the parts of a form stand in a workbook, and what was wrong there before the form was looked at."""

    cells: Mapping[str, tuple[str, str]]
    faults: list[Fault]


def find(identifier: str, document: Any, choices: Mapping[str, Any], places: Places | None = None) -> list[Fault]:
    """Every fault of a document under a schema, in the order of the form."""
    schema = kinds.schema(identifier)
    try:
        found = _not_chosen(schema, document, schema, choices, [])
        errors_of = kinds.validator(identifier).iter_errors(_cut(document, schema))
        found += [each for error in itertools.islice(errors_of, LOOKED_AT) for each in _faults(schema, error)]
    except ValueError:  # the validator's own limit of nesting
        raise errors.Refusal("nested_too_deep") from None
    if places:
        told = {fault["pointer"] for fault in places.faults}
        found = [*places.faults, *(one for one in found if one["pointer"] not in told)]
        found = [_in_the_workbook(fault, places.cells) for fault in found]
    once = {(fault["pointer"], _rank(fault)): fault for fault in reversed(found)}
    return sorted(once.values(), key=lambda fault: _order(schema, fault["pointer"]))


def _cut(document: Any, schema: kinds.Schema) -> Any:
    """A document without what stands in its lists beyond one above the most, so that no list is checked for minutes."""
    if not isinstance(document, dict):
        return document
    most = {key: part["maxItems"] for key, part in schema["properties"].items() if "maxItems" in part}
    return {
        key: one[: most[key] + 1] if key in most and isinstance(one, list) else one for key, one in document.items()
    }


def step(key: Any) -> str:
    """One step of a JSON pointer."""
    return str(key).replace("~", "~0").replace("/", "~1")


def where(schema: kinds.Schema, path: list[Any]) -> Words:
    """A place in the words of the form: 存在的突出问题 第 1 项 · 具体事例."""
    node, zh, en = schema, list[str](), list[str]()
    for key in path:
        if isinstance(key, int):
            node = node.get("items", {})
            zh[-1:] = [f"{zh[-1] if zh else ''} 第 {key + 1} 项".strip()]
            en[-1:] = [f"{en[-1] if en else ''} no. {key + 1}".strip()]
        else:
            node = node.get("properties", {}).get(key, {})
            called = kinds.label(node, str(key)[:60])
            zh.append(called["zh"])
            en.append(called["en"])
    return {"zh": " · ".join(zh) or schema["x-label"]["zh"], "en": " · ".join(en) or schema["x-label"]["en"]}


def pointed(path: list[Any]) -> str:
    """A path as a JSON pointer."""
    return "".join(f"/{step(key)}" for key in path)


def _order(schema: kinds.Schema, pointer: str) -> list[int]:
    """Where a place stands in the form."""
    node, found = schema, list[int]()
    for key in pointer.split("/")[1:]:
        parts = list(node.get("properties", ()))
        found.append(int(key) if key.isdecimal() else parts.index(key) if key in parts else len(parts))
        node = node.get("items", {}) if key.isdecimal() else node.get("properties", {}).get(key, {})
    return found


def _rank(fault: Fault) -> str:
    """A text that is empty or no choice is told once, not also as too short or written wrongly."""
    alike = ("form_missing", "form_short", "form_pattern", "form_choice")
    return "form_missing" if fault["code"] in alike else str(fault["code"])


def _faults(schema: kinds.Schema, error: Any) -> Iterator[Fault]:
    keyword, value, path = error.kind.name, getattr(error.kind, "value", None), list(error.instance_path)
    because, code = _because(schema, list(error.schema_path)), CODES.get(keyword, "form_other")
    fault: Fault = {"code": code, "found": _found(error.instance)}
    fault["right"] = _right(keyword, value, _asked(schema, path), error.instance)
    if code == "form_missing" and because:
        fault |= {"code": "form_missing_because", "because": because}
    elif code == "form_other" and because:
        fault["right"] = because
    elif value == "\\S" or (keyword == "minLength" and not str(error.instance).strip()):
        fault["code"] = "form_missing"
    missing: list[Any] = (
        [value]
        if keyword in ("required", "dependentRequired")
        else list(value or ())
        if code == "form_unknown"
        else [None]
    )
    for key in missing:
        place = path if key is None else [*path, key]
        yield {"pointer": pointed(place), "where": where(schema, place), **fault}


def _because(schema: kinds.Schema, path: list[Any]) -> Words | None:
    """Why a condition asks for something, where the schema says so."""
    node: Any = schema
    for key in path:
        if key in ("if", "then", "anyOf", "dependentRequired"):
            because: Words | None = node.get("x-because")
            return because
        node = node[key]
    return None


def _asked(schema: kinds.Schema, path: list[Any]) -> kinds.Schema:
    node = schema
    for key in path:
        node = node.get("items", {}) if isinstance(key, int) else node.get("properties", {}).get(key, {})
    return node


def _right(keyword: str, value: Any, asked: kinds.Schema, instance: Any) -> Words:
    if keyword == "type":
        named = [TYPES.get(one, {"zh": one, "en": one}) for one in value]
        return {language: " / ".join(one[language] for one in named) for language in ("zh", "en")}
    if keyword == "enum":
        words = asked.get("x-words", {})
        return {one: _listed(one, (words.get(code, {}).get(one, str(code)) for code in value)) for one in ("zh", "en")}
    if keyword == "format":
        return _day(str(instance))
    if keyword == "pattern":
        return _same((asked.get("examples") or ["…"])[0])
    return _same(value)


def _day(text: str) -> Words:
    """What a day should look like, or why this one is none."""
    given = re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", text)
    if given and 1 <= int(given[2]) <= 12 and int(given[1]):
        last = calendar.monthrange(int(given[1]), int(given[2]))[1]
        month = int(given[2])
        return {
            "zh": f"{given[1]} 年 {month} 月只有 {last} 天",
            "en": f"{given[1]}-{given[2]} has {last} days",
        }
    return {"zh": "应当像 2024-01-09", "en": "it is written like 2024-01-09"}


def _listed(language: str, words: Iterable[str]) -> str:
    return ("、" if language == "zh" else ", ").join(words)


def _same(value: Any) -> Words:
    return {"zh": str(value), "en": str(value)}


def _found(instance: Any) -> str:
    if isinstance(instance, dict | list):
        return "…"
    text = str(instance)
    return text if len(text) <= 40 else f"{text[:40]}…"


def _not_chosen(
    root: kinds.Schema, value: Any, schema: kinds.Schema, choices: Mapping[str, Any], path: list[Any]
) -> list[Fault]:
    """Codes that are none of those the campaign or the unit has."""
    if isinstance(value, dict):
        parts = schema.get("properties", {})
        return [
            fault
            for key, one in value.items()
            if key in parts
            for fault in _not_chosen(root, one, parts[key], choices, [*path, key])
        ]
    if isinstance(value, list):
        items = schema.get("items")
        if not items:  # no list of the form's, however deep it goes
            return []
        return [fault for n, one in enumerate(value) for fault in _not_chosen(root, one, items, choices, [*path, n])]
    offered = choices.get(schema.get("x-from", ""))
    if not offered or any(one["code"] == value for one in offered):
        return []
    right = {one: _listed(one, (each["label"][one] for each in offered)) for one in ("zh", "en")}
    place = {"pointer": pointed(path), "where": where(root, path)}
    return [{**place, "code": "form_choice", "found": _found(value), "right": right}]


def _in_the_workbook(fault: Fault, cells: Mapping[str, tuple[str, str]]) -> Fault:
    """The same with its cell, or that of the nearest part that has one."""
    pointer = fault["pointer"]
    while pointer and pointer not in cells:
        pointer = pointer.rpartition("/")[0]
    if pointer not in cells:
        return fault
    sheet, cell = cells[pointer]
    told = {language: f"{words}（{sheet}!{cell}）" for language, words in fault["where"].items()}
    return {**fault, "where": told, "cell": {"sheet": sheet, "cell": cell}}
