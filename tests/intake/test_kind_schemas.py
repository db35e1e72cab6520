"""The schemas of what units hand in: labelled in both languages, with examples, never edited once published."""

import copy
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import referencing

from services.spine import contracts, settings

PUBLISHED = json.loads((Path(__file__).parent / "published_kinds.json").read_text("utf-8"))
NAMES = sorted(name for name in contracts.documents() if name.startswith("kinds/") and name != "kinds/parts.1")


def example(kind: str) -> dict[str, Any]:
    """The example of a kind, to be spoilt."""
    return copy.deepcopy(contracts.documents()[f"kinds/{kind}.1"]["examples"][0])


def properties(schema: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every property of a schema, but those that only stand in a condition."""
    if isinstance(schema, dict):
        for key, part in schema.get("properties", {}).items():
            yield f"{path}/{key}", part
        for key, part in schema.items():
            if key not in ("if", "then", "examples"):
                yield from properties(part, f"{path}/{key}")
    elif isinstance(schema, list):
        for part in schema:
            yield from properties(part, path)


def test_a_schema_once_published_is_never_edited_a_change_is_a_new_file():
    now = {path.stem: hashlib.sha256(path.read_bytes()).hexdigest() for path in (settings.SCHEMAS / "kinds").glob("*")}
    assert {name: now.get(name) for name in PUBLISHED} == PUBLISHED
    assert set(now) == set(PUBLISHED), "a new schema is entered in published_kinds.json"


@pytest.mark.parametrize("name", [*NAMES, "kinds/parts.1"])
def test_every_property_has_a_label_in_both_languages_and_so_has_every_choice(name):
    for path, part in properties(contracts.documents()[name]):
        assert set(part["x-label"]) == {"zh", "en"} and all(part["x-label"].values()), path
        assert set(part.get("enum", ())) == set(part.get("x-words", ())), path


@pytest.mark.parametrize("name", NAMES)
def test_the_example_of_a_kind_is_valid_for_us_and_for_the_reference_implementation(name):
    schema = contracts.documents()[name]
    known = [(one["$id"], referencing.Resource.from_contents(one)) for one in contracts.documents().values()]
    reference = jsonschema.Draft202012Validator(
        schema,
        registry=referencing.Registry().with_resources(known),
        format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER,
    )
    given = schema["examples"][0]
    contracts.check(name, given)
    reference.validate(given)
    for key in schema["required"]:
        less = {one: value for one, value in given.items() if one != key}
        assert not contracts.validator(name).is_valid(less) and not reference.is_valid(less), key


def spoilt(kind: str, *path: Any, to: Any = None) -> tuple[str, dict[str, Any]]:
    document = example(kind)
    place: Any = document
    for step in path[:-1]:
        place = place[step]
    if to is None:
        del place[path[-1]]
    else:
        place[path[-1]] = to
    return kind, document


@pytest.mark.parametrize(
    ("kind", "document"),
    [
        spoilt("meeting_plan", "meeting_on", to="2024-02-31"),
        spoilt("meeting_plan", "starts_at", to="25:00"),
        spoilt("meeting_plan", "agenda", to=["只有一项"]),
        spoilt("study_record", "sessions", 0, "hours", to=0),
        spoilt("opinion_summary", "opinions", 0, "channel", to="email"),
        spoilt("opinion_summary", "opinions", 0, "who", to="某某"),
        spoilt("talk_record", "talks", 0, "with_post"),
        spoilt("team_inspection", "negative_case"),
        spoilt("team_inspection", "last_year", 0, "why_not"),
        spoilt("speech_outline", "last_year"),
        spoilt("speech_outline", "personal_matters"),
        spoilt("speech_outline", "inquiries"),
        spoilt("speech_outline", "answers"),
        spoilt("speech_outline", "in_person", to=False),
        spoilt("speech_outline", "problems", 0, "example", to=" \n "),
        spoilt("criticism_list", "criticisms", 0, "fact"),
        spoilt("minutes", "summing_up"),
        spoilt("minutes", "attendance", "absences", 0, "reason", to=""),
        spoilt("meeting_report", "criticisms", to=-1),
        spoilt("notification", "without_personal", to=False),
        spoilt("rectification_plan", "tasks", 0, "due_on"),
        spoilt("rectification_plan", "tasks", 1, "milestones"),
        spoilt("ledger", "rows", 0, "due_on"),
        spoilt("ledger", "rows", 0, "closed_on"),
        spoilt("ledger", "rows", 0, "extended_to", to="2024-03-01"),
        spoilt("ledger", "rows", 1, "post"),
        spoilt("ledger", "rows", 1, "next_step"),
        spoilt("closeout_application", "evidence", to=[]),
        spoilt("effectiveness_list", "rows", 0, "judgement", to="excellent"),
        spoilt("filing_list", "rows", 0, "sha256", to="abc"),
        spoilt("supervision_log", "visits", 0, "findings"),
    ],
)
def test_what_is_missing_or_wrong_is_not_taken(kind, document):
    assert not contracts.validator(f"kinds/{kind}.1").is_valid(document)


def test_what_does_not_apply_to_a_person_is_not_asked_of_that_person():
    document = example("speech_outline")
    for key in ("last_year", "negative_case", "personal_matters", "inquiries", "answers"):
        del document[key]
    contracts.check("kinds/speech_outline.1", {**document, "facts": {"last_year": False}})


def test_the_ledger_has_the_columns_of_the_official_workbook():
    columns = contracts.documents()["kinds/ledger.1"]["properties"]["rows"]["items"]["properties"]
    assert 34 <= len(columns) <= 38
