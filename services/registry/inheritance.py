"""What holds where: a campaign's policy as a region or a unit has it, inherited downward and only ever made stricter.

What must stay true: a lower level may ask for more, never for less, and what a region asks for holds in all within it,
what an organisation asks for in all below it (townships have no region of their own); of every value it can be told
where it comes from; what is made stricter is kept with who, when and why. An override: {kind:
region|organisation|unit, of, level: an organisation's, policy: {quorum, ...}, offsets: {aspect code: days}, by, at,
reason}; what a place asks for again stands in its latest override alone, and what stood before is kept (`overridden`).
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from services.registry import definition, organisations, rectifying, versions
from services.spine import errors

Campaign = dict[str, Any]
Override = dict[str, Any]
COMPARED = {
    "quorum": "share",
    "answer_within": "sooner",
    "immediate_days": "lower",
    "small_group": "higher",
    "signing": "more",
    "rectification": "rectification",
    "reminders": "steps",
    "agenda_required": "higher",
}
"""How each value of a policy is stricter: a larger share, less time in the same unit, a lower or higher number, yes
for no, more signatures, each rule of the lists by itself, every step of the reminders and more. What is not named here
is the campaign's alone."""

PARTS = ("policy", "offsets")
ORIGIN = ("kind", "of", "level", "reason")
KINDS = ("region", "organisation", "unit")
"""Of what places more is asked, the widest first."""
SMALL_GROUP = 5
"""Of how few no number is told where a campaign does not say."""

TOLD = ("answer_within", "immediate_days", "small_group", "rectification", "reminders")
"""What is not counted here, but by those who read, follow the ledger, collect opinions and remind."""


def for_meeting(campaign: Campaign, meeting: Mapping[str, Any]) -> Campaign:
    """The campaign as it holds for a unit's meeting; what was made stricter after it was held does not reach it."""
    held = meeting.get("held")
    if held and campaign.get("policy_overrides"):
        campaign = {**campaign, "policy_overrides": _in_force(campaign, held["recorded_at"])}
    return effective(campaign, meeting["region"], meeting["unit"], meeting.get("above", ()))


def _in_force(campaign: Campaign, at: str) -> list[Override]:
    """What was asked for at a time: of each value what the place had said last."""
    every = [*campaign.get("overridden", ()), *campaign["policy_overrides"]]
    found: list[Override] = []
    for one in sorted((one for one in every if one["at"] <= at), key=lambda one: one["at"]):
        found = [*_told_anew(found, one)[0], one]
    return found


def _told_anew(before: Sequence[Override], asked: Override) -> tuple[list[Override], list[Override]]:
    """What stands of overrides beside a later one, and what it takes the place of."""
    stands, past = list[Override](), list[Override]()
    for one in before:
        names = asked if (one["kind"], one["of"]) == (asked["kind"], asked["of"]) else dict.fromkeys(PARTS, ())
        for kept, again in ((stands, False), (past, True)):
            part = {key: {name: one[key][name] for name in one[key] if (name in names[key]) is again} for key in PARTS}
            if any(part.values()):
                kept.append({**one, **part})
    return stands, past


def effective(campaign: Campaign, region: str, unit: str, above: Sequence[str] = ()) -> Campaign:
    """The campaign as it holds for a unit of a region below these organisations; an aspect's papers are due no later
    than the aspect."""
    if not overrides_of(campaign, region, unit, above):
        return campaign
    rules = policy_for(campaign, region, unit, above)
    offsets = {row["aspect"]: row["value"] for row in rules["offsets"]}
    checklist = [
        {**row, "offset": {**row["offset"], "days": offsets.get(row["code"], row["offset"]["days"])}}
        for row in campaign["checklist"]
    ]
    policy = {**campaign["policy"], **{row["key"]: row["value"] for row in rules["values"]}}
    earlier = {kind: row["offset"]["days"] for row in checklist for kind in row.get("papers", ())}
    papers = [
        {**one, "due": {**one["due"], "days": min(one["due"]["days"], earlier.get(one["kind"], one["due"]["days"]))}}
        for one in policy.get("papers", ())
    ]
    return {**campaign, "checklist": checklist, "policy": {**policy, **({"papers": papers} if papers else {})}}


def rules_beside(campaign: Campaign, meeting: Mapping[str, Any]) -> dict[str, Any]:
    """What others have to know of a unit, since there it is stricter than the campaign's."""
    holds = for_meeting(campaign, meeting)["policy"]
    own = {**definition.UNSAID, **campaign["policy"]}
    return {key: holds[key] for key in TOLD if key in holds and holds[key] != own[key]}


def policy_for(campaign: Campaign, region: str = "", unit: str = "", above: Sequence[str] = ()) -> dict[str, Any]:
    """Each value that may be made stricter, with what the campaign says and where it comes from: {values: [{key, value,
    campaign, origin: {kind, of, reason}}], offsets: [{aspect, value, campaign, unit, origin}]}; `above`: the
    organisations above the place, the nearest first."""
    nearer, policy = overrides_of(campaign, region, unit, above), {**definition.UNSAID, **campaign["policy"]}
    values = [
        {"key": key, "campaign": policy[key], **_stands(key, policy[key], nearer, campaign)}
        for key in COMPARED
        if key in policy
    ]
    offsets = []
    for row in campaign["checklist"]:
        asked = [
            {**one, "policy": {"offset": one["offsets"][row["code"]]}}
            for one in nearer
            if row["code"] in one["offsets"]
        ]
        days = row["offset"]["days"]
        stands = _stands("offset", days, asked, campaign)
        offsets.append({"aspect": row["code"], "campaign": days, "unit": row["offset"]["unit"], **stands})
    return {"values": values, "offsets": offsets}


def small_group(campaign: Campaign, regions: Sequence[str] | None) -> int:
    """Of how few units no number is told that counts these regions, None being all: the strictest of their rules."""
    asked = [
        one["policy"]["small_group"]
        for one in campaign.get("policy_overrides", ())
        if one["kind"] != "unit"
        and "small_group" in one["policy"]
        and (regions is None or any(_counts(campaign, one, region) for region in regions))
    ]
    return int(max([campaign["policy"].get("small_group", SMALL_GROUP), *asked]))


def _counts(campaign: Campaign, one: Override, region: str) -> bool:
    """Whether units of a region are among those that a region or an organisation asks for."""
    if one["kind"] == "organisation":
        return bool(one["of"].partition("-")[0] == region)
    return region.startswith(reach(campaign, one["of"]))


def overrides_of(campaign: Campaign, region: str, unit: str, above: Sequence[str] = ()) -> list[Override]:
    """What was made stricter for a place: by the widest region it lies in first, then by the organisations above it,
    the highest first, by the unit last."""
    line = (unit, *above)
    reached = {
        "region": lambda of: region.startswith(reach(campaign, of)),
        "organisation": line.__contains__,
        "unit": unit.__eq__,
    }
    found = [one for one in campaign.get("policy_overrides", ()) if reached[one["kind"]](one["of"])]
    return sorted(found, key=lambda one: turn(one, line[line.index(one["of"]) :] if one["of"] in line else ()))


def turn(one: Override, line: Sequence[str] = ()) -> tuple[int, int]:
    """Where an override stands: behind those of all places above its own; `line`: an organisation with all above it."""
    wide = len(organisations.stem(one["of"])) if one["kind"] == "region" else len(line)
    return KINDS.index(one["kind"]), wide


def reach(campaign: Campaign, region: str) -> str:
    """What the codes of the regions begin with for which a region's rules hold: of all within it. The campaign's own
    region stands for the units directly under it: what is asked of all is the campaign's policy."""
    return region if region == campaign["region_code"] else organisations.stem(region)


def tighten(campaign: Campaign, asked: Override, region: str, line: Sequence[str] = ()) -> Campaign:
    """A region, an organisation or a unit (`line`: it and those above it) asks for more; every value that would ask for
    less, or for more than all, is refused, all at once. What a place asked for before stays where it is not told anew,
    and may be taken back as far as what is above it."""
    if not asked["policy"] and not asked["offsets"]:
        raise errors.Refusal("nothing_asked")
    places = (asked["kind"], asked["of"])
    others = [one for one in campaign.get("policy_overrides", ()) if (one["kind"], one["of"]) != places]
    above = policy_for({**campaign, "policy_overrides": others}, region, "", line)
    stands = {row["key"]: row["value"] for row in above["values"]}
    days = {row["aspect"]: row["value"] for row in above["offsets"]}
    faults = [
        {"pointer": f"/policy/{key}", "code": "not_stricter", "rules": key}
        for key, value in asked["policy"].items()
        if key not in stands or not stricter(key, stands[key], value)
    ]
    faults += [
        {"pointer": f"/offsets/{aspect}", "code": "not_stricter", "rules": f"offsets.{aspect}"}
        for aspect, value in asked["offsets"].items()
        if aspect not in days or value > days[aspect]
    ]
    if faults:
        named = "、".join(fault["rules"] for fault in faults)
        raise errors.Refusal("not_stricter", rules=named, errors=faults)
    if beyond := versions.above_all(asked["policy"]):
        raise errors.Refusal("quorum_above_all", **asked["policy"]["quorum"], errors=beyond)
    own = [one for one in campaign.get("policy_overrides", ()) if (one["kind"], one["of"]) == places]
    known = {(key, name): value for one in own for key in PARTS for name, value in one[key].items()}
    fresh = {
        key: {name: value for name, value in asked[key].items() if known.get((key, name)) != value} for key in PARTS
    }
    if not any(fresh.values()):
        return campaign
    said = {**asked, **fresh}
    left, past = _told_anew(campaign.get("policy_overrides", ()), said)
    return {**campaign, "policy_overrides": [*left, said], "overridden": [*campaign.get("overridden", ()), *past]}


def stricter(key: str, before: Any, after: Any) -> bool:
    """Whether a value asks for as much as another or more."""
    how = "sooner" if key == "offset" else COMPARED[key]
    if how in ("rectification", "steps"):
        return rectifying.stricter(before, after) if how == "rectification" else _reminds(before, after)
    if how == "share":
        return Fraction(after["needed"], after["of"]) >= Fraction(before["needed"], before["of"])
    if how == "sooner":
        if isinstance(before, Mapping):
            return bool(after["unit"] == before["unit"] and after["days"] <= before["days"])
        return bool(after <= before)
    if how == "more":
        return all(set(roles) <= set(after.get(kind, ())) for kind, roles in before.items())
    return bool(after <= before if how == "lower" else after >= before)


def joined(key: str, before: Any, after: Any) -> Any:
    """What asks for as much as both: of what has parts, each part by itself, for one of them may have been made
    stricter, or a part that nobody compares been changed, after the other was asked for."""
    how = "" if key == "offset" else COMPARED[key]
    if stricter(key, before, after):
        return after
    if how == "rectification":
        return rectifying.joined(before, after)
    if how == "more":
        kinds = dict.fromkeys([*before, *after])
        return {kind: list(dict.fromkeys([*before.get(kind, ()), *after.get(kind, ())])) for kind in kinds}
    if how == "steps":
        return {kind: _steps(before.get(kind, ()), after.get(kind, ())) for kind in dict.fromkeys([*before, *after])}
    return before


def _steps(*asked: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The steps of both, those of one day and unit in one."""
    found: dict[tuple[int, str], dict[str, Any]] = {}
    for one in (one for steps in asked for one in steps):
        known = found.setdefault((one["days"], one["unit"]), {**one, "to": []})
        known["to"] = list(dict.fromkeys([*known["to"], *one["to"]]))
    return list(found.values())


def _reminds(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether every step is there still, and reaches as many of the line or more."""
    reach = {(kind, one["days"], one["unit"]): set(one["to"]) for kind, steps in after.items() for one in steps}
    return all(
        set(one["to"]) <= reach.get((kind, one["days"], one["unit"]), set())
        for kind, steps in before.items()
        for one in steps
    )


def _stands(key: str, value: Any, nearer: Sequence[Override], campaign: Campaign) -> dict[str, Any]:
    """The strictest of what is asked for, and who asked for it; what a place asked for before its region asked for more
    is passed over, part by part."""
    origin = {"kind": "campaign", "of": campaign["campaign_code"], "reason": ""}
    for one in nearer:
        if key not in one["policy"] or stricter(key, one["policy"][key], value):
            continue
        if (both := joined(key, value, one["policy"][key])) != value:
            value, origin = both, {part: one[part] for part in ORIGIN if part in one}
    return {"value": value, "origin": origin}
