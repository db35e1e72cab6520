"""Supervision groups of a campaign: which units each follows, and who follows a unit that newly takes part.

What must stay true: a unit that takes part has one group; moving it takes everything open along, and says why.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from services.spine import errors

Group = dict[str, Any]


def move(groups: Sequence[Group], units: Sequence[str], to: str) -> list[Group]:
    """The groups with these units in another one."""
    check_known(groups, to)
    moved = []
    for group in groups:
        kept = [unit for unit in group["units"] if unit not in units]
        fresh = [unit for unit in units if unit not in group["units"]]
        moved.append({**group, "units": [*group["units"], *fresh] if group["group_code"] == to else kept})
    return moved


def check_known(groups: Sequence[Group], code: str) -> None:
    """Refuse a group the campaign does not have."""
    if not any(group["group_code"] == code for group in groups):
        raise errors.Refusal("not_found", id=code)


def assign(
    groups: Sequence[Group], units: Sequence[dict[str, Any]], standing: Mapping[str, str], otherwise: str
) -> dict[str, str]:
    """The group of every unit: the one it has, else its region's, else `otherwise`; those without are told at once."""
    listed = {unit: group["group_code"] for group in groups for unit in group["units"]}
    regional = {region: group["group_code"] for group in groups for region in group.get("regions", ())}
    found, faults = {}, []
    for place, unit in enumerate(units):
        code = unit["unit_code"]
        group = standing.get(code) or listed.get(code) or regional.get(unit["region_code"]) or otherwise
        if group:
            found[code] = group
        else:
            faults.append({"pointer": f"/units/{place}", "code": "unit_without_group", "unit": code})
    if faults:
        raise errors.Refusal("campaign_faulty", count=len(faults), errors=faults[:500])
    return found


def joined(groups: Sequence[Group], group_of: Mapping[str, str]) -> list[Group]:
    """The groups with the units that newly take part."""
    known = {unit for group in groups for unit in group["units"]}
    fresh = [(unit, code) for unit, code in group_of.items() if unit not in known]
    return [
        {**group, "units": [*group["units"], *(unit for unit, code in fresh if code == group["group_code"])]}
        for group in groups
    ]
