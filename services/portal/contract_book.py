"""The written contracts as something to read: every event and every door with its fields and an example.

It is read from schemas/openapi.yaml, schemas/asyncapi.yaml and the golden events, once for a process; what is shown is
what other systems are promised, and nothing of a campaign.
"""

import functools
import json
from collections.abc import Iterator
from typing import Any, NamedTuple

import yaml

from services.spine import golden, settings

DEEPEST = 5
LIMITS = ("pattern", "format", "minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems")
Schema = dict[str, Any]


class Field(NamedTuple):
    """One line of a schema: where it stands, of what type, whether it is always there, what it is and may be."""

    path: str
    type: str
    required: bool
    words: str
    values: list[str]
    limits: dict[str, Any]


class Door(NamedTuple):
    """A door: its id, method and address, whose it is, what it does, who may."""

    id: str
    method: str
    address: str
    service: str
    summary: str
    permission: str


@functools.cache
def written(name: str) -> Schema:
    """One of the two files."""
    found: Schema = yaml.load((settings.SCHEMAS / name).read_bytes(), yaml.CSafeLoader)
    return found


@functools.cache
def events() -> dict[str, dict[str, Any]]:
    """Every event by its name: title, summary, who says it."""
    described = written("asyncapi.yaml")
    said_by = {name: one["tags"][0]["name"] for name, one in described["operations"].items()}
    return {
        name: {"name": name, "title": one["title"], "summary": one["summary"], "service": said_by[name]}
        for name, one in sorted(described["components"]["messages"].items())
    }


@functools.cache
def doors() -> dict[str, Door]:
    """Every public door by its id, in the order of their addresses."""
    found = [
        Door(one["operationId"], method.upper(), address, one["x-service"], one["summary"], one["x-permission"] or "")
        for address, methods in written("openapi.yaml")["paths"].items()
        for method, one in methods.items()
    ]
    return {door.id: door for door in found}


def event(name: str) -> dict[str, Any]:
    """One event with its fields, those of the envelope apart, and its golden examples, each version of it."""
    book = written("asyncapi.yaml")["components"]["schemas"]
    files = sorted(golden.FOLDER.glob(f"{name}.*.json"))
    told = [one for path in files for one in json.loads(path.read_text("utf-8"))["events"]]
    return {
        **events()[name],
        "fields": list(fields(book[f"events_{name}"], book)),
        "envelope": list(fields({**book["events_envelope"], "required": book["events_envelope"]["required"]}, book)),
        "examples": [_pretty(one) for one in told],
    }


def door(identity: str) -> dict[str, Any]:
    """One door with its parameters, what it accepts and what it answers, each with fields and an example."""
    found, described = doors()[identity], written("openapi.yaml")
    operation, book = described["paths"][found.address][found.method.lower()], described["components"]["schemas"]
    accepted: Schema = operation.get("requestBody", {}).get("content", {})
    answered: Schema = operation["responses"]["2XX"].get("content", {})
    parameters = [
        Field(
            given["name"],
            _type(given["schema"], book),
            given["required"],
            given["in"],
            *_allowed(given["schema"], book),
        )
        for given in operation.get("parameters", ())
    ]
    return {
        "door": found,
        "parameters": parameters,
        "media": next(iter(accepted), ""),
        "accepts": _part(accepted, book),
        "answers": _part(answered, book),
    }


def fields(schema: Schema, book: Schema, path: str = "", depth: int = 0) -> Iterator[Field]:
    """The lines of a schema, those of an object in it below it."""
    schema = _resolved(schema, book)
    for part in schema.get("allOf", ()):
        yield from fields(part, book, path, depth)
    for name, one in schema.get("properties", {}).items():
        known, here = _resolved(one, book), f"{path}.{name}" if path else name
        words = one.get("title") or known.get("title") or known.get("description") or ""
        yield Field(here, _type(one, book), name in schema.get("required", ()), words, *_allowed(one, book))
        if depth < DEEPEST:
            inner = _resolved(known.get("items", {}), book) if known.get("type") == "array" else known
            yield from fields(inner, book, here + ("[]" if inner is not known else ""), depth + 1)


def _part(content: Schema, book: Schema) -> dict[str, Any] | None:
    schema: Schema = next((one["schema"] for one in content.values() if "schema" in one), {})
    if not schema:
        return None
    whole = _resolved(schema, book)
    examples = whole.get("examples") or [
        one for part in whole.get("allOf", ()) for one in _resolved(part, book).get("examples", ())
    ]
    return {"fields": list(fields(schema, book)), "examples": [_pretty(one) for one in examples]}


def _resolved(schema: Schema, book: Schema) -> Schema:
    while "$ref" in schema:
        steps = schema["$ref"].removeprefix("#/components/schemas/").split("/")
        beside = {key: value for key, value in schema.items() if key != "$ref"}
        schema = {**functools.reduce(lambda part, step: part[step], steps, book), **beside}
    return schema


def _type(schema: Schema, book: Schema) -> str:
    schema = _resolved(schema, book)
    if several := schema.get("anyOf") or schema.get("oneOf"):
        return " | ".join(dict.fromkeys(_type(one, book) for one in several))
    if schema.get("type") == "array":
        return f"{_type(schema.get('items', {}), book)}[]"
    given = schema.get("type") or ("object" if "properties" in schema else "string" if "enum" in schema else "any")
    return " | ".join(given) if isinstance(given, list) else str(given)


def _allowed(schema: Schema, book: Schema) -> tuple[list[str], dict[str, Any]]:
    """The values it may have, and its limits; of an array those of what is in it."""
    found = [_resolved(schema, book)]
    found += [_resolved(one, book) for one in found[0].get("anyOf", ())]
    found += [_resolved(one["items"], book) for one in [*found] if "items" in one]
    values = [str(value) for one in found for value in one.get("enum", [one["const"]] if "const" in one else ())]
    return values, {key: one[key] for one in found for key in LIMITS if key in one}


def _pretty(example: Any) -> str:
    return json.dumps(example, ensure_ascii=False, indent=2)
