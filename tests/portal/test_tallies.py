"""What the board says beside its numbers: whose turn it is, and whom that alarms."""

import pytest

from services.portal import tallies
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
