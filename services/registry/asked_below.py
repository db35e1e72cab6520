"""What regions and units ask for beyond their campaign, as it goes along with a copy or a folder.

What must stay true: it goes with its reason, for places that are there, and only where it still asks for more than what
is above it; a folder that asks for less is refused, every place of it at once.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from services.registry import inheritance
from services.registry.inheritance import Campaign, Override
from services.spine import errors

SENT = ("kind", "of", "policy", "offsets", "reason")


def standing(campaign: Campaign, regions: Mapping[str, str]) -> list[Override]:
    """What still asks for more, the widest regions' first; `regions`: that of each unit that is there."""
    kept = list[Override]()
    for one in sorted(campaign.get("policy_overrides", ()), key=inheritance.turn):
        if one["kind"] == "unit" and one["of"] not in regions:
            continue
        rules = inheritance.policy_for({**campaign, "policy_overrides": kept}, regions.get(one["of"], one["of"]))
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


def take_over(campaign: Campaign, asked: Sequence[Any], regions: Mapping[str, str], by: str, at: str) -> Campaign:
    """The campaign with what a folder says that places ask for, in the name of whoever loads it."""
    faults: list[dict[str, Any]] = []
    for place, one in sorted(enumerate(asked), key=lambda row: inheritance.turn(row[1])):
        if one["kind"] == "unit" and one["of"] not in regions:
            told = {"code": "unit_not_planned", "unit": one["of"], "campaign": campaign["campaign_code"]}
            faults.append({"pointer": f"/overrides/{place}/of", **told})
            continue
        try:
            said = {"policy": {}, "offsets": {}, **one, "by": by, "at": at}
            campaign = inheritance.tighten(campaign, said, regions.get(one["of"], one["of"]))
        except errors.Refusal as refusal:
            placed = refusal.errors or [{"pointer": "", "code": refusal.code}]
            faults += [{**fault, "pointer": f"/overrides/{place}{fault['pointer']}"} for fault in placed]
    if faults:
        raise errors.Refusal("campaign_faulty", count=len(faults), errors=faults)
    return campaign


def sent(overrides: Sequence[Override]) -> list[dict[str, Any]]:
    """What a folder says of them."""
    return [{key: one[key] for key in SENT if one[key]} for one in overrides]
