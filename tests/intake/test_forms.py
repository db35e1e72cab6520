"""A form as it is handed in: taken as what it means, or answered with what is wrong, where, and what would be right."""

import json
from typing import Any

import hypothesis
import pytest
from hypothesis import strategies as st

from services.intake import forms, kinds
from services.spine import errors
from tests.intake.test_kind_schemas import example

ASPECTS = [("theory", "理论学习"), ("style", "工作作风"), ("responsibility", "担当作为")]
CHOICES: dict[str, list[dict[str, Any]]] = {
    "campaign.aspects": [{"code": code, "label": {"zh": title, "en": title}} for code, title in ASPECTS],
    "unit.posts": [{"code": post, "label": {"zh": post, "en": post}} for post in ("01", "02", "03")],
}
KNOWN = forms.Known({}, CHOICES)


def faults(kind: str, document: Any, known: forms.Known = KNOWN, language: str = "zh") -> dict[str, str]:
    """What is wrong at each place, in words."""
    with pytest.raises(errors.Refusal) as refused:
        forms.check(kind, document, known)
    assert refused.value.code == "form_invalid"
    return {one["pointer"]: one["detail"] for one in refused.value.body(language)["errors"]}


@pytest.mark.parametrize("kind", list(kinds.KINDS))
def test_the_example_of_every_kind_is_taken_and_its_bytes_are_the_same_every_time(kind):
    taken = forms.check(kind, example(kind), KNOWN)
    again = forms.check(kind, dict(reversed(example(kind).items())), KNOWN)
    assert taken.data == again.data and taken.schema == f"urn:rectify:kinds:{kind}:1"
    assert json.loads(taken.data)["$schema"] == taken.schema and taken.normalised == []


def test_full_width_digits_and_chinese_dates_are_taken_as_what_they_mean_and_it_is_told():
    document = {
        **example("meeting_plan"),
        "meeting_on": " ２０２４年１月９日",
        "starts_at": "9：00",
        "attendees": ["０１"],
    }
    taken = forms.check("meeting_plan", document, KNOWN)
    assert (taken.document["meeting_on"], taken.document["starts_at"]) == ("2024-01-09", "09:00")
    assert {one["pointer"]: one["taken"] for one in taken.normalised}["/meeting_on"] == "2024-01-09"
    free = {**example("meeting_plan"), "theme": "　主题教育２０２３ "}
    assert forms.check("meeting_plan", free, KNOWN).document["theme"] == "主题教育２０２３", "free text stays as it is"


def test_a_choice_may_be_said_in_words_and_a_yes_in_writing():
    document = example("speech_outline")
    document["causes"][0]["root"], document["problems"][0]["aspect"] = "理想信念", "理论学习"
    document["in_person"] = "是"
    assert forms.check("speech_outline", document, KNOWN).document == forms.check(
        "speech_outline", example("speech_outline"), KNOWN
    ).document | {"in_person": True}


def test_a_day_that_is_none_is_answered_with_why():
    document = {**example("minutes")}
    document["meeting"]["held_on"] = "２０２４年６月３１日"
    assert "2024 年 6 月只有 30 天" in faults("minutes", document)["/meeting/held_on"]
    assert "2024-06 has 30 days" in faults("minutes", document, language="en")["/meeting/held_on"]
    document["meeting"]["held_on"] = "昨天"
    assert "2024-01-09" in faults("minutes", document)["/meeting/held_on"]


def test_every_fault_says_what_where_and_what_would_be_right():
    document = example("ledger")
    row = document["rows"][0]
    row |= {
        "number": "一",
        "category": "马上",
        "problem": " ",
        "percent": 120,
        "extended_to": "2024-03-01",
        "多余": "x",
    }
    del row["due_on"]
    found = faults("ledger", document)
    assert found["/rows/0/number"] == "“台账 第 1 项 · 序号”应当填整数，现在是“一”。"
    assert "即知即改、阶段整改、长期整改" in found["/rows/0/category"]
    assert found["/rows/0/problem"] == "“台账 第 1 项 · 问题”没有填写，请填写。"
    assert "延期要写原因" in found["/rows/0/delay_reason"]
    assert "100" in found["/rows/0/percent"] and "多余" in found["/rows/0/多余"]
    assert all("…" not in text and "{" not in text for text in found.values())
    english = faults("ledger", document, language="en")
    assert english["/rows/0/category"].startswith("“Items no. 1 · List” can only be one of: At once")


def test_what_is_known_to_apply_to_a_person_is_asked_even_when_the_form_says_no():
    document = example("speech_outline")
    del document["inquiries"]
    document["facts"]["inquiries"] = False
    assert forms.check("speech_outline", document, KNOWN)
    told = faults("speech_outline", document, forms.Known({"inquiries": True}, CHOICES))
    assert list(told) == ["/inquiries"] and "函询" in told["/inquiries"]


def test_codes_are_those_of_the_campaign_and_the_unit():
    document = example("criticism_list")
    document["criticisms"][0] |= {"aspect": "fishing", "target": "77"}
    found = faults("criticism_list", document)
    assert "理论学习、工作作风、担当作为" in found["/criticisms/0/aspect"] and "/criticisms/0/target" in found


def test_a_document_is_checked_by_the_schema_it_names_while_that_stands(monkeypatch):
    assert forms.check("minutes", {**example("minutes"), "$schema": "urn:rectify:kinds:minutes:1"}, KNOWN)
    for named in ("urn:rectify:kinds:minutes:9", "urn:rectify:kinds:ledger:1", 7, ["x"]):
        with pytest.raises(errors.Refusal, match="schema_unknown"):
            forms.check("minutes", {**example("minutes"), "$schema": named}, KNOWN)


@pytest.mark.parametrize("mark", ["机密★1年", "★秘密"])
def test_a_form_that_is_marked_as_a_state_secret_is_refused(mark):
    with pytest.raises(errors.Refusal, match="secrecy_mark"):
        forms.check("notification", {**example("notification"), "text": f"通报内容 {mark}"}, KNOWN)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place of a document."""
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(found for key, one in parts for found in places(one, (*path, key)))]


@st.composite
def spoilt(draw: st.DrawFn) -> tuple[str, Any]:
    """An example with something else at one of its places."""
    kind = draw(st.sampled_from(list(kinds.KINDS)))
    document = example(kind)
    path = draw(st.sampled_from(places(document)))
    if not path:
        return kind, draw(JSON)
    place: Any = document
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = draw(JSON)
    return kind, document


@hypothesis.settings(max_examples=250, deadline=None)
@hypothesis.given(spoilt())
def test_whatever_is_written_is_taken_as_valid_or_refused_by_place_never_an_accident(case):
    kind, document = case
    try:
        taken = forms.check(kind, document, KNOWN)
    except errors.Refusal as refusal:
        assert refusal.code in ("form_invalid", "schema_unknown", "nested_too_deep")
        for language in ("zh", "en"):
            assert all(one["detail"] for one in refusal.body(language)["errors"])
    else:
        assert kinds.validator(taken.schema).is_valid(json.loads(taken.data))
        assert forms.check(kind, json.loads(taken.data), KNOWN).data == taken.data, "what was taken is taken again"


@hypothesis.settings(max_examples=100, deadline=None)
@hypothesis.given(st.sampled_from(list(kinds.KINDS)), JSON)
def test_garbage_is_never_a_form(kind, document):
    with pytest.raises(errors.Refusal):
        forms.check(kind, document, KNOWN)


@st.composite
def written(draw: st.DrawFn, schema: dict[str, Any], within: Any) -> Any:  # noqa: PLR0911  (a line for each kind of part)
    """Something a part of a form may hold; `within` is the example's part, kept where a schema asks for more than its
    own keywords say (patterns, choices that come from the campaign)."""
    kind, choices = schema.get("type"), schema.get("enum")
    if choices:
        return draw(st.sampled_from(choices))
    if "const" in schema or "pattern" in schema and schema["pattern"] != "\\S" or "x-from" in schema:
        return within
    if schema.get("format") == "date":
        return draw(st.dates()).isoformat()
    if kind == "string":
        most = min(schema.get("maxLength", 40), 40)
        return draw(
            st.text(st.characters(categories=["L", "N"]), min_size=max(schema.get("minLength", 1), 1), max_size=most)
        )
    if kind in ("integer", "number"):
        return draw(st.integers(int(schema.get("minimum", 0)), int(schema.get("maximum", 999))))
    if kind == "boolean":
        return draw(st.booleans())
    if kind == "array":
        rows = [draw(written(schema["items"], one)) for one in within]
        room = min(schema.get("maxItems", 9), 9) - len(rows)
        return rows if schema.get("uniqueItems") else rows + rows[: draw(st.integers(0, max(room, 0)))]
    return {
        key: draw(written(schema["properties"][key], one)) if key != "facts" else one for key, one in within.items()
    }


@st.composite
def valid(draw: st.DrawFn) -> tuple[str, Any]:
    """A form that is right, other in its words, days and numbers than the example, as long as its conditions allow."""
    kind = draw(st.sampled_from(list(kinds.KINDS)))
    identifier = kinds.versions(kind)[-1]
    document = draw(written(kinds.schema(identifier), example(kind)))
    hypothesis.assume(kinds.validator(identifier).is_valid(document))
    return kind, document


WRONG = st.sampled_from([{"不": "是"}, [[]], "\x00", 10**15, -(10**15), "2024-06-31", "长" * 60_000])


@hypothesis.settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.filter_too_much, hypothesis.HealthCheck.too_slow],
)
@hypothesis.given(valid(), st.data())
def test_a_right_form_is_taken_and_one_wrong_place_in_it_is_pointed_to(case, data):
    kind, document = case
    forms.check(kind, document, KNOWN)
    path = data.draw(st.sampled_from(places(document)[1:]), label="place")
    place: Any = document
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = data.draw(WRONG, label="wrong")
    try:
        forms.check(kind, document, KNOWN)
    except errors.Refusal as refusal:
        pointer = "".join(f"/{step}" for step in path)
        told = [one["pointer"] for one in refusal.errors]
        assert any(one.startswith(pointer) or pointer.startswith(one) for one in told if one), (pointer, told)
    else:
        hypothesis.event("the place takes that as well")
