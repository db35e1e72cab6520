"""What the board says beside its numbers: whose turn it is, and whom that alarms."""

import pytest

from services.portal import languages, reference, tallies
from services.portal.sessions import Viewer

MOVES = [
    {"move": "author", "units": 4, "overdue": 0},
    {"move": "group", "units": 2, "overdue": 1},
    {"move": "office", "units": 1, "overdue": 1},
    {"move": "secretary", "units": 0, "overdue": 0},
]


def viewer(role):
    return Viewer(
        "somebody", "somebody", ({"role": role, "campaign": "c", "scope": {"kind": "campaign", "of": "c"}},), ""
    )


def test_those_with_most_overdue_come_first_and_nobody_is_named_without_cause():
    turns = tallies.turns(MOVES, viewer("office"))

    assert [one["move"] for one in turns] == ["group", "office", "author"]


def test_problems_of_an_aspect_that_was_dropped_are_told_by_its_name(monkeypatch):
    """No form offers it any more; what is counted may be of it."""
    defined = {"aspects": [{"code": "ability", "title": "能力"}], "dropped_aspects": [{"code": "old", "title": "旧的"}]}
    monkeypatch.setattr(reference, "campaign", lambda _code: defined)
    monkeypatch.setattr(languages, "current", lambda: "zh")

    assert [tallies.problem("c", code) for code in ("ability", "old", "none")] == ["能力", "旧的", "none"]
    assert list(reference.titles("c", "aspects")) == ["ability"]


@pytest.mark.parametrize(
    ("role", "alarmed", "own"),
    [
        ("office", {"author", "group", "office"}, {"office"}),
        ("county_office", {"author"}, set()),
        ("supervisor", {"author", "group"}, {"group"}),
        ("liaison", set(), set()),
    ],
)
def test_nobody_is_alarmed_who_can_do_nothing_about_it(role, alarmed, own):
    turns = tallies.turns(MOVES, viewer(role))

    assert {one["move"] for one in turns if one["alarm"]} == alarmed
    assert {one["move"] for one in turns if one["own"]} == own
