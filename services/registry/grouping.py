"""Supervision groups of a campaign: which units each follows, and who follows a unit that newly takes part.

What must stay true: a unit that takes part has one group; moving it takes everything open along, and says why.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from services.registry import posts
from services.spine import errors
from services.spine.events import Fact

Group = dict[str, Any]
Campaign = dict[str, Any]
EDITED = ("name", "leader", "regions", "until")
"""What of a group may be changed; `until` is the last day of its attachment."""


def move(groups: Sequence[Group], units: Sequence[str], to: str) -> list[Group]:
    """The groups with these units in another one."""
    check_known(groups, to)
    leaving, moved = set(units), []
    for group in groups:
        if group["group_code"] == to:
            followed = list(dict.fromkeys([*group["units"], *units]))
        else:
            followed = [unit for unit in group["units"] if unit not in leaving]
        moved.append({**group, "units": followed})
    return moved


def edit(campaign: Campaign, code: str, asked: Group, by: str, at: str) -> Campaign:
    """A group with another name, leader's post, regions or last day; what it was stays in the campaign's history."""
    check_known(campaign["groups"], code)
    group = _group(campaign, code)
    after = {**group, **{key: asked[key] for key in EDITED if key in asked}}
    after = {key: value for key, value in after.items() if value or key not in ("leader", "until")}
    taken = {
        region: other["name"]
        for other in campaign["groups"]
        for region in other.get("regions", ())
        if other is not group and region in after.get("regions", ()) and region not in group.get("regions", ())
    }
    for region, name in taken.items():
        raise errors.Refusal("region_of_other_group", region=region, group=name)
    told = [
        {"field": key, "from": group.get(key), "to": after.get(key)}
        for key in EDITED
        if (group.get(key) or None) != (after.get(key) or None)
    ]
    if not told:
        return campaign
    entry = {"group": code, "by": by, "at": at, "reason": asked["reason"], "changes": told}
    groups = [after if one is group else one for one in campaign["groups"]]
    return {**campaign, "groups": groups, "group_changes": [*campaign.get("group_changes", ()), entry]}


def check_last(campaign: Campaign, code: str, asked: Group, standing: Mapping[str, str], today: str) -> None:
    """Refuse a last day that is over already while the group follows units, unless it is said that it ends at once."""
    check_known(campaign["groups"], code)
    group, until = _group(campaign, code), asked["until"] or today
    left = _follows(group, standing)
    if left and until < today and until != group.get("until") and not asked.get("ends_at_once"):
        wrong = {"group": group["name"], "on": until, "count": left}
        fault = {"pointer": "/until", "code": "group_ends_at_once", **wrong}
        raise errors.Refusal("group_ends_at_once", **wrong, errors=[fault])


def add(campaign: Campaign, asked: Group, by: str, at: str) -> Campaign:
    """The campaign with one more group, which follows no unit yet; asked for again it is there already."""
    code = asked["group_code"]
    for group in campaign["groups"]:
        if group["group_code"] == code:
            if any((group.get(key) or None) != (asked.get(key) or None) for key in EDITED):
                raise errors.Refusal("group_exists", taken=code, name=group["name"])
            return campaign
    fresh = {"group_code": code, "name": "", "regions": [], "units": []}
    return edit({**campaign, "groups": [*campaign["groups"], fresh]}, code, asked, by, at)


def close(
    campaign: Campaign, code: str, standing: Mapping[str, str], reason: str, by: str, at: str, today: str
) -> tuple[Campaign, list[Fact]]:
    """The campaign without a group that follows no unit (`standing`: the group of each); what its members held ends
    with the day before. It stays in the campaign's history; closed again nothing changes."""
    if was_closed(campaign, code):
        return campaign, []
    check_known(campaign["groups"], code)
    group = _group(campaign, code)
    if left := _follows(group, standing):
        raise errors.Refusal("group_not_empty", group=group["name"], count=left)
    last = min(posts.before(today), group.get("until", today))
    entry: dict[str, Any] = {"group": code, "by": by, "at": at, "reason": reason}
    entry["changes"] = [{"field": "closed", "from": group["name"], "to": None}]
    groups = [one for one in campaign["groups"] if one is not group]
    changed = {**campaign, "groups": groups, "group_changes": [*campaign.get("group_changes", ()), entry]}
    return changed, [_ended(campaign, code, last)]


def was_closed(campaign: Campaign, code: str) -> bool:
    """Whether people closed a group, and nobody added it since."""
    return code not in {group["group_code"] for group in campaign["groups"]} and any(
        one["group"] == code for one in closed(campaign)
    )


def closed(campaign: Campaign) -> list[dict[str, Any]]:
    """What was said when groups were closed."""
    told = campaign.get("group_changes", ())
    return [
        {"group": entry["group"], "name": change["from"], **{key: entry[key] for key in ("by", "at", "reason")}}
        for entry in told
        for change in entry["changes"]
        if change["field"] == "closed"
    ]


def end(campaign: Campaign, today: str) -> tuple[Campaign, list[Fact]]:
    """The groups whose last day is over, each said once for that day."""
    said = campaign.get("groups_ended", [])
    over = {
        f"{group['group_code']} {group['until']}": group
        for group in campaign["groups"]
        if group.get("until", today) < today
    }
    fresh = {key: group for key, group in over.items() if key not in said}
    facts = [_ended(campaign, group["group_code"], group["until"]) for group in fresh.values()]
    return ({**campaign, "groups_ended": [*said, *fresh]} if fresh else campaign), facts


def resume(before: Campaign, after: Campaign, code: str, today: str) -> tuple[Campaign, list[Fact]]:
    """A group whose end was said and whose last day was set right since: that is said, too."""
    ended, group = f"{code} {_group(before, code).get('until')}", _group(after, code)
    if ended not in before.get("groups_ended", ()) or group.get("until", today) < today:
        return after, []
    said = {"group": code, "until": group.get("until")}
    fact = Fact("group_resumed", f"{after['campaign_code']}.{code}", after["campaign_code"], after["region_code"], said)
    return {**after, "groups_ended": [one for one in after["groups_ended"] if one != ended]}, [fact]


def _group(campaign: Campaign, code: str) -> Group:
    return next(group for group in campaign["groups"] if group["group_code"] == code)


def _follows(group: Group, standing: Mapping[str, str]) -> int:
    """How many units a group follows; `standing`: the group of each."""
    return sum(of == group["group_code"] or unit in group["units"] for unit, of in standing.items())


def _ended(campaign: Campaign, group: str, until: str) -> Fact:
    code = campaign["campaign_code"]
    said = {"group": group, "until": until}
    return Fact("group_ended", f"{code}.{group}", code, campaign["region_code"], said)


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
