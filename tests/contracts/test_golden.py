"""What was once promised of an event is kept: a change that a reader could trip over is refused by name."""

import copy

import pytest

from services.spine import contracts, golden

OLD = golden.promised("verdict_issued")


def changed(change) -> list[str]:
    new = copy.deepcopy(OLD)
    change(new)
    return list(golden.incompatible(OLD, new))


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda new: new["properties"].pop("outcome"), "/outcome: removed"),
        (lambda new: new["properties"].update(result=new["properties"].pop("outcome")), "/outcome: removed"),
        (lambda new: new["properties"]["version"].update(type="string"), "/version: another type"),
        (lambda new: new["properties"]["outcome"]["enum"].remove("passed"), "/outcome: a value is gone"),
        (lambda new: new["properties"]["failed"]["items"].update(type="integer"), "/failed/*: another type"),
        (lambda new: new["properties"]["due_on"]["anyOf"].pop(), "/due_on: anyOf differs"),
        (lambda new: new["required"].append("closes_on"), "/: required differs: closes_on"),
        (lambda new: new["required"].remove("outcome"), "/: required differs: outcome"),
    ],
)
def test_what_breaks_a_reader_is_refused(change, named):
    assert named in changed(change)


def test_a_new_optional_field_a_new_value_and_other_words_break_nobody():
    def wider(new):
        new["properties"]["note_count"] = {"type": "integer"}
        new["properties"]["outcome"]["enum"].append("deferred")
        new["title"] = "Another title"

    assert changed(wider) == []


def test_no_golden_file_is_of_an_event_that_is_gone():
    """An event that is no longer told keeps its schema, and its golden events are kept with it."""
    kept = set(golden.FOLDER.glob("*.json"))
    assert kept >= set(golden.files())
    assert {path.name.split(".")[0] for path in kept} == {path.name.split(".")[0] for path in golden.files()}


def test_every_event_of_a_material_says_how_secret_it_is():
    """Who is told of less is not told of it: neither that it came, nor what was found in it or decided."""
    of_materials = {name: one for name, one in contracts.documents().items() if name.startswith("events/")}
    of_materials = {name: one for name, one in of_materials.items() if "material_id" in one.get("properties", {})}
    assert len(of_materials) >= 14
    assert [name for name, one in of_materials.items() if "secrecy" not in one["properties"]] == []
    assert all("secrecy" in example for one in of_materials.values() for example in one["examples"])
