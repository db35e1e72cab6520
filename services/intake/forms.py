"""A form as it is handed in: cleaned, completed by what is known, checked, and kept as bytes that are always the same.

What must stay true: page, API, workbook and command answer the same form with the same faults, each saying what is
wrong, where, and what would be right. Digits in full width, days such as 2024年1月9日 and a choice in words are taken
as what they mean, and it is told; free text is never changed, only its blank ends and control characters are cut.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import orjson

from services.intake import faults, files, kinds
from services.spine import errors

Document = dict[str, Any]
Choices = Mapping[str, list[dict[str, Any]]]
MEDIA = "application/json"
_DAY = re.compile(r"(\d{4})[年./-](\d{1,2})[月./-](\d{1,2})日?")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
_TIME = re.compile(r"(\d{1,2}):(\d{2})")
_YES = {"是": True, "yes": True, "true": True, "1": True, "√": True, "on": True}
_NO = {"否": False, "no": False, "false": False, "0": False, "×": False}


class Form(NamedTuple):
    """A form that was taken: its schema, the document, its bytes, and what was read as something else than written."""

    schema: str
    document: Document
    data: bytes
    normalised: list[dict[str, str]]


class Known(NamedTuple):
    """What is known of whoever hands in: facts that apply or do not, the codes that choices are made from, and how many
    characters a kind has at most."""

    facts: Mapping[str, bool] = {}
    choices: Choices = {}
    lengths: Mapping[str, int] = {}


NOTHING = Known()


def check(kind: str, given: Any, known: Known = NOTHING, places: faults.Places | None = None) -> Form:
    """The form as it is kept; refuses `form_invalid` with every fault, at most 200 of them named.

    `places` are cells of a workbook by pointer: {"/problems/0/example": ("问题", "D4")}, with what was wrong there.
    """
    if not isinstance(given, dict):
        raise errors.Refusal("form_invalid", count=1, errors=[{"pointer": "", "code": "form_not_object"}])
    identifier = kinds.standing(kind, given.get("$schema"))
    schema, normalised = kinds.schema(identifier), list[dict[str, str]]()
    document = _cleaned({**given, "$schema": identifier}, schema, known.choices, "", normalised)
    if "facts" in schema["properties"]:
        document = _with_facts(document, known.facts)
    found = faults.find(identifier, document, known.choices, places)
    if found:
        raise errors.Refusal("form_invalid", count=len(found), errors=found[: faults.MOST])
    data = orjson.dumps(document, option=orjson.OPT_SORT_KEYS)
    files.check_unmarked(*_texts(document))
    return Form(identifier, document, data, normalised[: faults.MOST])


def parse(text: str) -> Any:
    """A document from its JSON text."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as fault:
        raise errors.Refusal("not_json", line=fault.lineno, column=fault.colno) from None


def file_name(form: Form) -> str:
    """What a form is called when it is downloaded."""
    return f"{kinds.schema(form.schema)['x-label']['zh']}.json"


def _with_facts(document: Document, known: Mapping[str, bool]) -> Document:
    """What is known to apply applies; beyond it people may say themselves that something does."""
    said = document.get("facts")
    if said is not None and not isinstance(said, dict):
        return document
    facts = {**(said or {}), **{key: True for key, applies in known.items() if applies}}
    return {**document, **({"facts": facts} if facts else {})}


def _cleaned(value: Any, schema: kinds.Schema, choices: Choices, at: str, told: list[dict[str, str]]) -> Any:
    """The value without what was left empty, its leaves read as the schema means them."""
    if isinstance(value, dict) and schema.get("type") == "object":
        parts = schema["properties"]
        cleaned = {
            key: _cleaned(one, parts.get(key, {}), choices, f"{at}/{faults.step(key)}", told)
            for key, one in value.items()
        }
        return {key: one for key, one in cleaned.items() if not _empty(one, parts.get(key, {}))}
    if isinstance(value, list) and schema.get("type") == "array":
        rows = [_cleaned(one, schema["items"], choices, f"{at}/{n}", told) for n, one in enumerate(value)]
        scalar = schema["items"].get("type") != "object"
        return [one for one in rows if one not in ("", None)] if scalar else rows
    if not isinstance(value, str):
        return value
    text = _CONTROL.sub("", value).strip()
    meant = _meant(text, schema, choices)
    if meant != value.strip():
        told.append({"pointer": at, "found": text[:80], "taken": str(meant)[:80]})
    return meant


def _texts(value: Any) -> Iterator[str]:
    """All words of a document."""
    if isinstance(value, str):
        yield value
    for one in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _texts(one)


def _empty(value: Any, schema: kinds.Schema) -> bool:
    if isinstance(value, list):
        return not value and bool(schema.get("minItems"))
    return value is None or value in ("", {})


def _meant(text: str, schema: kinds.Schema, choices: Choices) -> Any:
    """What a text stands for where a day, a time, a number, a yes or one of several words is asked for."""
    plain = unicodedata.normalize("NFKC", text).strip()
    kind = schema.get("type")
    if schema.get("format") == "date":
        day = _DAY.fullmatch(plain.replace(" ", ""))
        return f"{day[1]}-{int(day[2]):02d}-{int(day[3]):02d}" if day else plain
    if kind == "boolean" or schema.get("const") is True:
        return {**_YES, **_NO}.get(plain.lower(), text)
    if kind in ("integer", "number"):
        return _number(plain, text)
    words = [*schema.get("x-words", {}).items()]
    words += [(one["code"], one["label"]) for one in choices.get(schema.get("x-from", ""), ())]
    for code, word in words:
        if plain in (code, *(unicodedata.normalize("NFKC", one) for one in word.values())):
            return code
    if "pattern" in schema and schema["pattern"] != "\\S":
        time = _TIME.fullmatch(plain)
        return f"{int(time[1]):02d}:{time[2]}" if time else plain
    return text


def _number(plain: str, text: str) -> Any:
    if re.fullmatch(r"-?\d{1,12}(\.0+)?", plain):
        return int(plain.partition(".")[0])
    return float(plain) if re.fullmatch(r"-?\d{1,12}\.\d{1,6}", plain) else text
