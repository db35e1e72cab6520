"""The part of a roster that lies in somebody's scope."""

from services.portal import reference

ROSTER = {
    "units": [{"unit_code": "990823-NYNC", "region": "990823", "group": "G4"}],
    "own": {"regions": ["990823"], "groups": ["G4"]},
    "regions": [{"region_code": "990823"}, {"region_code": "990881"}],
    "groups": [{"group_code": "G2"}, {"group_code": "G4"}],
}


def test_a_filter_offers_only_what_lies_in_the_scope():
    """The counties and groups of the units that are one's own."""
    mine = reference.within(ROSTER)

    assert mine["units"] == ROSTER["units"]
    assert (mine["regions"], mine["groups"]) == ([{"region_code": "990823"}], [{"group_code": "G4"}])
