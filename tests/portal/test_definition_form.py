"""A campaign's definition as forms: whatever stands in it outlives being opened and saved; what is typed is read."""

import pytest
from flask import Flask
from flask_babel import Babel
from werkzeug.datastructures import MultiDict

from services.portal import definition_form, definition_words, entering, entries, reminder_words
from services.registry import definition, differing, versions
from services.spine import contracts

LOADED = contracts.documents()["documents/campaign"]["examples"][0]
WHOLE = versions.definition_of(definition.define(LOADED, []))
WHOLE["policy"] |= {"required_at": {"township": {"team": ["team_inspection"], "member": []}}}
PARTS = [*definition_form.PARTS]


@pytest.fixture(autouse=True)
def page():
    """Words are those of a page."""
    app = Flask("page")
    Babel(app)
    with app.test_request_context():
        yield


def fields(found: list[entries.Entry]) -> list[tuple[str, str]]:
    """The fields a browser sends for entries."""
    sent: list[tuple[str, str]] = []
    for entry in found:
        if entry.parts or entry.shape in ("group", "rows"):
            sent += fields(list(entry.parts))
        elif entry.shape == "choices":
            sent += [(entry.pointer, code) for code in entry.value]
        elif entry.shape != "yes" or entry.value:
            sent.append((entry.pointer, "true" if entry.shape == "yes" else entry.value))
    return sent


def saved(part: str, **typed: str) -> dict:
    """The definition after a part was opened and saved with some entries typed anew."""
    form = definition_form.schema(part, WHOLE)
    assert form
    shown = entries.sections(form, definition_form.standing(part, WHOLE), entries.Known())
    sent = {**MultiDict(fields(shown)).to_dict(flat=False), **{key: [value] for key, value in typed.items()}}
    return definition_form.written(part, WHOLE, entering.gathered(form, MultiDict(sent)))


@pytest.mark.parametrize("part", [*PARTS, definition_form.OTHER])
def test_a_part_that_is_opened_and_saved_changes_nothing(part):
    assert differing.differences(WHOLE, saved(part)) == []


@pytest.mark.parametrize("part", PARTS)
def test_every_entry_has_words_of_ours(part):
    def titles(found):
        return [entry.label for entry in found if entry.shape != "row"] + [
            label for entry in found for label in titles(entry.parts)
        ]

    form = definition_form.schema(part, WHOLE) or {}
    shown = entries.sections(form, definition_form.standing(part, WHOLE), entries.Known())
    assert [label for label in titles(shown) if label.isascii() and label not in ("first", "middle", "last")] == []


def test_what_the_gate_waits_for_is_not_called_what_materials_examine():
    assert definition_words.where("/policy/gate/aspects", WHOLE).endswith("清单事项")
    assert definition_words.label("aspects") == "检视方面"


def test_every_place_of_the_schema_stands_in_some_part():
    root = contracts.documents()["documents/campaign"]["properties"]
    wanted = set(root) - set(definition_form.HIDDEN) | set(root["policy"]["properties"])
    shown = {
        key
        for part in (*PARTS, definition_form.OTHER)
        for key in (definition_form.schema(part, WHOLE) or {"properties": ()})["properties"]
    }
    assert shown == wanted


def test_numbers_days_and_minus_are_read_as_they_are_typed():
    changed = saved("basics", **{"/all_meetings_held_by": "2024年2月1日"})
    assert changed["all_meetings_held_by"] == "2024-02-01"
    changed = saved("checklist", **{"/checklist/3/offset/days": "－９"})
    assert changed["checklist"][3]["offset"]["days"] == -9
    assert saved("preparation", **{"/quorum/needed": "许多"})["policy"]["quorum"]["needed"] == "许多"


def test_differences_are_told_in_words_with_the_names_of_rows():
    rows = [
        {**row, "offset": {"days": -9, "unit": "working"}} if row["code"] == "talks" else row
        for row in WHOLE["checklist"]
    ]
    told = definition_words.differences(differing.differences(WHOLE, {**WHOLE, "checklist": rows}), WHOLE)
    assert [tuple(row.values()) for row in told] == [
        ("清单事项 › 谈心谈话 › 距会议日期 › 天数", "-6", "-9"),
        ("清单事项 › 谈心谈话 › 距会议日期 › 怎样计天", "自然日", "工作日"),
    ]


def test_steps_of_reminders_are_read_as_sentences_and_stand_where_nothing_is_said_of_them():
    silent = {**WHOLE, "policy": {key: value for key, value in WHOLE["policy"].items() if key != "reminders"}}
    standing = definition_form.standing("reminders", silent)["reminders"]
    assert standing == definition.REMINDERS
    told = dict(reminder_words.lines(standing))
    assert told["签收督办文书"] == "提前 1 天（经办人）；当天（经办人）；逾期 1 个工作日（经办人、督导组）"
    fewer = {**standing, "acknowledgement": standing["acknowledgement"][:1]}
    changed = {**WHOLE, "policy": {**WHOLE["policy"], "reminders": fewer}}
    rows = definition_words.differences(differing.differences(WHOLE, changed), WHOLE)
    assert [(row["where"], row["after"]) for row in rows] == [("规则 › 提醒 › 签收督办文书", "提前 1 天（经办人）")]
