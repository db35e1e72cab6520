"""The kinds of material that units hand in: whose each is, at which stage, as what files, and the schema of its form.

What must stay true: a document is valid under the schema it came with for ever; a change is a new schema beside the old
one. Here a schema is given whole, without references, so that pages, workbooks and programs can walk it:
{"x-label": {zh, en}, "properties": {key: {"x-label", "x-help"?, "x-from"?, "x-words"?: {code: {zh, en}}, ...}}}.
"""

import functools
import re
from typing import Any, NamedTuple

import jsonschema_rs

from services.intake import files
from services.spine import contracts, errors

Schema = dict[str, Any]
RETIRED: frozenset[str] = frozenset()
"""Schemas (`urn:rectify:kinds:minutes:1`) by which nothing new is taken any more."""
SCANS = ("docx", "pdf", "png", "jpg", "jpeg")
SHEETS = ("xlsx", "pdf")
BEFORE, AFTER = "before", "after"


class Kind(NamedTuple):
    """What is known of a kind without any campaign: the team's or a member's, when, and what its file may be."""

    of: str
    stage: str
    endings: tuple[str, ...]
    form: str = "wanted"
    read: bool = False
    largest_mb: int = 10
    locked: bool = False
    """Locked once it counts: a record of what happened, which the unit's liaison keeps and signs as its author."""


KINDS = {
    "meeting_plan": Kind("team", BEFORE, SCANS),
    "study_record": Kind("team", BEFORE, SCANS),
    "opinion_summary": Kind("team", BEFORE, ("docx", *SHEETS)),
    "talk_record": Kind("team", BEFORE, ("docx", *SHEETS)),
    "team_inspection": Kind("team", BEFORE, files.MATERIAL, form="possible", read=True),
    "speech_outline": Kind("member", BEFORE, files.MATERIAL, form="possible", read=True),
    "criticism_list": Kind("member", BEFORE, files.MATERIAL),
    "minutes": Kind("team", AFTER, SCANS, locked=True),
    "meeting_report": Kind("team", AFTER, SCANS),
    "notification": Kind("team", AFTER, SCANS),
    "rectification_plan": Kind("team", AFTER, ("docx", *SHEETS)),
    "ledger": Kind("team", AFTER, SHEETS),
    "closeout_application": Kind("team", AFTER, SCANS),
    "effectiveness_list": Kind("team", AFTER, ("docx", *SHEETS)),
    "filing_list": Kind("team", AFTER, ("docx", *SHEETS)),
    "supervision_log": Kind("team", AFTER, ("docx", *SHEETS)),
}


def kind(code: str) -> Kind:
    """What is known of a kind; refuses one that nobody hands in."""
    if code not in KINDS:
        raise errors.Refusal("not_found", id=code)
    return KINDS[code]


@functools.cache
def versions(code: str) -> tuple[str, ...]:
    """The schemas of a kind that stand, the newest last."""
    found = (re.fullmatch(rf"kinds/{code}\.(\d+)", name) for name in contracts.documents())
    numbers = sorted(int(one[1]) for one in found if one)
    named = (f"urn:rectify:kinds:{code}:{number}" for number in numbers)
    return tuple(one for one in named if one not in RETIRED)


def standing(code: str, named: Any = None) -> str:
    """The schema by which a document is checked: the one it names, while that stands, else the newest."""
    if named is None:
        return versions(code)[-1]
    if named not in versions(code):
        right = "、".join(versions(code))
        place = {"pointer": "/$schema", "code": "schema_unknown", "named": str(named)[:80], "right": right}
        raise errors.Refusal("schema_unknown", named=str(named)[:80], right=right, errors=[place])
    return str(named)


@functools.cache
def schema(identifier: str) -> Schema:
    """A schema whole, with what it shares with others written in."""
    found = next((one for one in contracts.documents().values() if one["$id"] == identifier), None)
    if found is None or not identifier.startswith("urn:rectify:kinds:"):
        raise errors.Refusal("not_found", id=identifier)
    whole: Schema = _whole({key: part for key, part in found.items() if key != "examples"})
    return whole


@functools.cache
def validator(identifier: str) -> jsonschema_rs.Draft202012Validator:
    """The compiled validator of a schema."""
    return jsonschema_rs.Draft202012Validator(
        schema(identifier), validate_formats=True, formats={"date": contracts.is_day}
    )


def shown(code: str) -> dict[str, Any]:
    """A kind as a line of a list."""
    known = kind(code)
    return {
        "kind": code,
        "label": schema(versions(code)[-1])["x-label"],
        **known._asdict(),
        "endings": list(known.endings),
        "schema": versions(code)[-1],
    }


def label(node: Schema, fallback: str) -> dict[str, str]:
    """What people call a part of a form, in both languages."""
    return dict(node.get("x-label") or {"zh": fallback, "en": fallback})


def _whole(node: Any) -> Any:
    if isinstance(node, list):
        return [_whole(one) for one in node]
    if not isinstance(node, dict):
        return node
    rest = {key: _whole(part) for key, part in node.items() if key != "$ref"}
    if "$ref" not in node:
        return rest
    address, _, name = node["$ref"].partition("#/$defs/")
    parts = next(one for one in contracts.documents().values() if one["$id"] == address)
    return {**_whole(parts["$defs"][name]), **rest}
