"""What regions and units ask for beyond their campaign, as it goes along with a copy or a folder.

What must stay true: it goes with its reason, for places that are there, and only where it still asks for more than what
is above it; a folder that asks for less is refused, every place of it at once.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from services.registry import inheritance
from services.registry.inheritance import Campaign, Override
from services.spine import errors

Place = tuple[str, Sequence[str]]
"""The region a unit lies in, and the organisations above it, the nearest first."""
Units = Mapping[str, Place]
SENT = ("kind", "of", "policy", "offsets", "reason")


def standing(campaign: Campaign, units: Units) -> list[Override]:
    """What still asks for more, the widest regions' first; `units`: those that are there."""
    kept, places = list[Override](), _places(units)
    for one in sorted(campaign.get("policy_overrides", ()), key=partial(_turn, places)):
        if (found := _place(places, one)) is None:
            continue
        region, line = found
        rules = inheritance.policy_for({**campaign, "policy_overrides": kept}, region, "", line)
        values = {row["key"]: row["value"] for row in rules["values"]}
        days = {row["aspect"]: row["value"] for row in rules["offsets"]}
        policy = {
            key: value
            for key, value in one["policy"].items()
            if key in values and inheritance.stricter(key, values[key], value)
        }
        offsets = {aspect: value for aspect, value in one["offsets"].items() if value <= days.get(aspect, value - 1)}
        if policy or offsets:
            kept.append({**one, "policy": policy, "offsets": offsets})
    return kept


def take_over(campaign: Campaign, asked: Sequence[Any], units: Units, by: str, at: str) -> Campaign:
    """The campaign with what a folder says that places ask for, in the name of whoever loads it."""
    faults: list[dict[str, Any]] = []
    places = _places(units)
    for place, one in sorted(enumerate(asked), key=lambda row: _turn(places, row[1])):
        if (found := _place(places, one)) is None:
            told = {"code": "unit_not_planned", "unit": one["of"], "campaign": campaign["campaign_code"]}
            faults.append({"pointer": f"/overrides/{place}/of", **told})
            continue
        try:
            said = {"policy": {}, "offsets": {}, **one, "by": by, "at": at}
            campaign = inheritance.tighten(campaign, said, *found)
        except errors.Refusal as refusal:
            placed = refusal.errors or [{"pointer": "", "code": refusal.code}]
            faults += [{**fault, "pointer": f"/overrides/{place}{fault['pointer']}"} for fault in placed]
    if faults:
        raise errors.Refusal("campaign_faulty", count=len(faults), errors=faults)
    return campaign


def _places(units: Units) -> dict[tuple[str, str], Place]:
    """The region of each unit, and of each organisation that units lie below; with it and those above it."""
    found = dict[tuple[str, str], Place]()
    for unit, (region, above) in units.items():
        line = (unit, *above)
        found["unit", unit] = region, line
        for place, code in enumerate(line):
            found.setdefault(("organisation", code), (region, line[place:]))
    return found


def _place(places: Mapping[tuple[str, str], Place], one: Mapping[str, Any]) -> Place | None:
    return (one["of"], ()) if one["kind"] == "region" else places.get((one["kind"], one["of"]))


def _turn(places: Mapping[tuple[str, str], Place], one: Mapping[str, Any]) -> tuple[int, int]:
    return inheritance.turn(dict(one), (_place(places, one) or ("", ()))[1])


def sent(overrides: Sequence[Override]) -> list[dict[str, Any]]:
    """What a folder says of them."""
    return [{key: one[key] for key in SENT if one[key]} for one in overrides]
