"""The threshold: the quick validator says what the reference says, and every fault is named in both languages."""

import json
import re

import hypothesis
import jsonschema
import pytest
import referencing
from hypothesis import strategies as st

from services.spine import contracts, errors

REGISTRY = referencing.Registry().with_resources(
    (schema["$id"], referencing.Resource.from_contents(schema)) for schema in contracts.documents().values()
)


def reference(name: str) -> jsonschema.Draft202012Validator:
    """The reference implementation's validator."""
    checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
    return jsonschema.Draft202012Validator(contracts.documents()[name], registry=REGISTRY, format_checker=checker)


@pytest.mark.parametrize("name", sorted(contracts.documents()))
def test_every_schema_is_valid_described_and_its_examples_fit(name):
    schema = contracts.documents()[name]
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$id"] == f"urn:rectify:{re.sub(r'[/.]', ':', name)}" + ("" if "." in name else ":1")
    assert schema["title"] and schema["description"] and schema["examples"]
    for example in schema["examples"]:
        assert contracts.validator(name).is_valid(example)
        reference(name).validate(example)


WORDS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"]), max_size=8
)  # \S of the two differs on \x85 and its like
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 99) | WORDS | st.sampled_from(["2026-02-30", "2026-03-01", "G4"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


@st.composite
def nearly_right(draw: st.DrawFn) -> tuple[str, object]:
    """An example of a request with one thing changed."""
    name = draw(st.sampled_from([name for name in sorted(contracts.documents()) if name.startswith("requests/")]))
    example = json.loads(json.dumps(contracts.documents()[name]["examples"][0]))
    if isinstance(example, dict) and example:
        key = draw(st.sampled_from([*sorted(example), "new"]))
        if draw(st.booleans()) and key in example:
            del example[key]
        else:
            example[key] = draw(JSON)
        return name, example
    return name, draw(JSON)


@hypothesis.settings(max_examples=300, deadline=None)
@hypothesis.given(nearly_right())
def test_the_quick_validator_says_what_the_reference_says(case):
    name, instance = case
    assert contracts.validator(name).is_valid(instance) == reference(name).is_valid(instance)


def test_all_faults_are_named_at_once_with_place_and_remedy_in_the_readers_language():
    wrong = {"campaign": "x", "unit": "990823-NYNC", "key": "p01", "problem": "", "due_on": "2026-02-30", "extra": 1}

    with pytest.raises(errors.Refusal) as refusal:
        contracts.check("requests/register_item", wrong)

    for language, date_said in (
        ("zh", "应是日期，例如 2026-03-01。"),
        ("en", "It should be a date, such as 2026-03-01."),
    ):
        body = refusal.value.body(language)
        places = {fault["pointer"]: fault["detail"] for fault in body["errors"]}
        assert body["code"] == "invalid" and body["status"] == 422
        assert places["/due_on"] == date_said
        assert {"/campaign", "/problem", "/source", "/category"} <= set(places)
        assert "minchuan-2023-theme" in places["/campaign"]
        assert all(detail and "…" not in detail for detail in places.values())


@pytest.mark.parametrize(
    ("name", "wrong", "zh", "en"),
    [
        ("documents/campaign", {"policy": {"quorum": {"of": "3"}}}, "应是整数。", "It should be a whole number."),
        ("documents/material_list", {"total": "3"}, "应是空或整数。", "It should be nothing or a whole number."),
    ],
)
def test_what_is_of_another_kind_is_told_in_plain_words(name, wrong, zh, en):
    with pytest.raises(errors.Refusal) as refusal:
        contracts.check(name, wrong)
    kinds = [fault["detail"] for fault in refusal.value.errors if fault["code"] == "type"]
    assert {"zh": zh, "en": en} in kinds


@pytest.mark.parametrize("code", sorted(errors.catalogue()))
def test_every_refusal_has_its_sentence_in_both_languages_with_the_same_facts(code):
    entry = errors.catalogue()[code]
    assert 400 <= entry["status"] < 600
    assert set(re.findall(r"{(\w+)}", entry["zh"])) == set(re.findall(r"{(\w+)}", entry["en"]))


@pytest.mark.parametrize("depth", [300, 1000])
def test_what_is_nested_beyond_all_measure_is_refused_not_an_accident(depth):
    deep: list = []
    for _ in range(depth):
        deep = [deep]
    with pytest.raises(errors.Refusal):
        contracts.check("events/envelope", {"id": "x", "data": {"deep": deep}})
