"""Who reads at which level."""

import pytest

from services.review import hands
from services.spine import actor, errors
from tests.stack import CAMPAIGN, grant

UNIT = "990823-NYNC"
REVIEW = {"campaign": CAMPAIGN, "unit": UNIT, "group": "G4", "region": "990823", "post": "02", "kind": "speech_outline"}


def asking(*grants: dict[str, object]) -> actor.Actor:
    """Somebody at the door of a verdict."""
    return actor.Actor({"sub": "somebody", "name": "某人", "grants": list(grants)}, "judge", "2026-03-01")


def test_a_secretary_reads_as_the_secretary_and_never_decides_for_the_group():
    secretary = asking(grant("secretary", "unit", UNIT))
    assert hands.level(secretary, REVIEW, None) == "secretary"
    for level in ("group", "office"):
        with pytest.raises(errors.Refusal, match="not_permitted"):
            hands.level(secretary, REVIEW, level)


def test_each_reads_at_the_level_of_the_role_that_reaches_the_material():
    assert hands.level(asking(grant("supervisor", "group", "G4")), REVIEW, None) == "group"
    assert hands.level(asking(grant("office", "campaign", CAMPAIGN)), REVIEW, None) == "office"
    elsewhere = (grant("supervisor", "group", "G5"), grant("secretary", "unit", UNIT))
    assert hands.level(asking(*elsewhere), REVIEW, None) == "secretary"


@pytest.mark.parametrize(
    ("given", "may"),
    [("secretary", (True, True, True)), ("group", (False, True, True)), ("office", (False, False, True))],
)
def test_a_verdict_is_taken_back_at_its_own_level_or_above(given, may):
    asked = grant("secretary", "unit", UNIT), grant("supervisor", "group", "G4"), grant("office", "campaign", CAMPAIGN)
    assert tuple(hands.as_high(asking(each), REVIEW, given) for each in asked) == may


def test_an_office_elsewhere_is_none_here():
    other = "another-campaign"
    both = grant("office", "campaign", other, other), grant("group_leader", "group", "G4")
    assert hands.levels(asking(*both), REVIEW) == ["group"]
