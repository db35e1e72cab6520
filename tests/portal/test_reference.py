"""The part of a roster that lies in somebody's scope."""

import pytest

from services.portal import reference

ROSTER = {
    "units": [
        {"unit_code": "990823-NYNC", "region": "990823", "group": "G4"},
        {"unit_code": "990823-CZ", "region": "990823", "group": "G4"},
        {"unit_code": "990881-LY", "region": "990881", "group": "G2"},
    ],
    "regions": [{"region_code": "990823"}, {"region_code": "990881"}],
    "groups": [{"group_code": "G2"}, {"group_code": "G4"}],
}


@pytest.mark.parametrize(
    ("parts", "units", "regions", "groups"),
    [
        ([("campaign", "minchuan-2023-theme")], 3, 2, 2),
        ([("region", "990823")], 2, 1, 1),
        ([("group", "G2")], 1, 1, 1),
        ([("unit", "990823-CZ")], 1, 1, 1),
        ([("post", "990823-CZ/02")], 1, 1, 1),
        ([("unit", "990823-CZ"), ("group", "G2")], 2, 2, 2),
        ([], 0, 0, 0),
    ],
)
def test_a_filter_offers_only_what_lies_in_the_scope(parts, units, regions, groups):
    """Units, and the counties and groups of those units."""
    mine = reference.within(ROSTER, parts)

    assert [len(mine[name]) for name in ("units", "regions", "groups")] == [units, regions, groups]
