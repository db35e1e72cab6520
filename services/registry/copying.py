"""A campaign as the pattern of another: copied to a new code, or as the folder it could be loaded from."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from services.registry import asked_below, definition, organisations, planning, telling, versions
from services.registry.definition import Campaign
from services.spine import errors


def copy(
    source: Campaign, groups: list[dict[str, Any]], wanted: dict[str, str], units: asked_below.Units | None = None
) -> Campaign:
    """A campaign's definition under a new code and title, with what places ask for beyond it (`units`: those that go
    along); it lasts as long as it did, unless told otherwise."""
    if faults := versions.implausible({"opens_on": wanted["opens_on"]}):
        raise errors.Refusal("definition_faulty", count=len(faults), errors=faults)
    first = date.fromisoformat(wanted["opens_on"])
    lasted = date.fromisoformat(source["all_meetings_held_by"]) - date.fromisoformat(source["opens_on"])
    days = {"opens_on": first.isoformat(), "all_meetings_held_by": (first + lasted).isoformat(), **wanted}
    later = first - date.fromisoformat(source["opens_on"])
    copied = {**versions.definition_of(source), **days, "regions": source["regions"]}
    if "waves" in source:
        copied["waves"] = [_moved(wave, later) for wave in source["waves"]]
    versions.check(copied, versions.definition_of(copied), versions.marked(copied))
    attached = [{key: value for key, value in group.items() if key != "until"} for group in groups]
    asked = asked_below.standing(source, units or {})
    beside = {"groups": attached, "copied_from": source["_id"], **({"policy_overrides": asked} if asked else {})}
    return {**definition.define(copied, []), **beside}


def _moved(wave: dict[str, Any], later: timedelta) -> dict[str, Any]:
    """A wave whose days are as far from the first as they were."""
    days = {key: wave[key] for key in ("opens_on", "held_by") if key in wave}
    return {**wave, **{key: (date.fromisoformat(on) + later).isoformat() for key, on in days.items()}}


def groups(campaign: Campaign, places: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The campaign's groups with the units that each has now."""
    units: dict[str, list[str]] = {}
    for meeting in places:
        units.setdefault(meeting["group"], []).append(meeting["unit"])
    return [{**group, "units": units.get(group["group_code"], [])} for group in campaign["groups"]]


def as_of_today(
    meeting: telling.Meeting, team: dict[str, Any], gone: Mapping[str, dict[str, Any]], day: str
) -> telling.Meeting:
    """A unit's meeting with the name, place and posts that its team has on a day, and the team above where that went;
    `team`: its organisation, or its posts kept apart, or nothing: then they are as they were."""
    named: dict[str, Any] = {}
    if "level" in team:
        named = {"unit_name": team["name"], "level": team["level"], "region": team["region"]}
        named |= {"team": team["team"] or meeting["team"]}
        named |= {"predecessors": organisations.predecessors(team) or meeting.get("predecessors", [])}
    held = organisations.posts_on(team, day) if team.get("posts") else []
    above, passed = meeting.get("superior") or "", set[str]()
    while above in gone and above not in passed:
        passed.add(above)
        above = gone[above]["into"] or ""
    return {**meeting, **named, "posts": held or meeting["posts"], "superior": None if above in gone else above or None}


def unit_of(meeting: telling.Meeting) -> dict[str, Any]:
    """A unit as it would be loaded; its posts where they are not the usual ones."""
    unit = {"unit_code": meeting["unit"], "region_code": meeting["region"], "name": meeting["unit_name"]}
    unit |= {"team": meeting["team"], "level": meeting["level"], "members": len(meeting["posts"])}
    unit |= {key: meeting[key] for key in ("superior", "predecessors", "above") if meeting.get(key)}
    return unit if planning.posts_of(unit) == meeting["posts"] else {**unit, "posts": meeting["posts"]}


def request(campaign: Campaign, meetings: Iterable[telling.Meeting]) -> dict[str, Any]:
    """The campaign as it would be loaded: {campaign, units, groups, overrides}; of the meetings no more than their
    units stays."""
    beside = {key: campaign[key] for key in versions.BESIDE if key in campaign}
    units, places, lying = [], [], dict[str, asked_below.Place]()
    for meeting in meetings:
        unit = unit_of(meeting)
        lying[meeting["unit"]] = meeting["region"], unit.pop("above", ())
        units.append(unit)
        places.append({"unit": meeting["unit"], "group": meeting["group"]})
    overrides = asked_below.sent(asked_below.standing(campaign, lying))
    return {
        "campaign": {**versions.definition_of(campaign), **beside},
        "units": units,
        "groups": groups(campaign, places),
        **({"overrides": overrides} if overrides else {}),
    }
