"""Waves (批次): who meets when, the higher before the lower.

What must stay true: a unit does not meet before the team above it has met (and the wave's days between have passed)
unless the office approved it, for that day and the superior's as it was then; the first wave that names a unit's level,
and its region where it names regions, is its own. A wave: {code, title, levels, regions, opens_on, held_by, gap:
natural days after the superior's meeting}.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from services.registry import gates, schedule
from services.registry.roster_lines import Line
from services.spine import errors

Wave = dict[str, Any]
Meeting = dict[str, Any]


def place(campaign: dict[str, Any], level: str, region: str) -> int | None:
    """Which wave a unit goes with, counted from 0; None where there are none, or none for it."""
    for number, wave in enumerate(campaign.get("waves", ())):
        if level in wave.get("levels", [level]) and region in wave.get("regions", [region]):
            return number
    return None


def window(campaign: dict[str, Any], level: str, region: str) -> tuple[str, str]:
    """The first and the last day on which a unit may meet: its wave's, never beyond the campaign's."""
    number = place(campaign, level, region)
    wave: Wave = {} if number is None else campaign["waves"][number]
    first = max(campaign["opens_on"], wave.get("opens_on", campaign["opens_on"]))
    return first, min(campaign["all_meetings_held_by"], wave.get("held_by", campaign["all_meetings_held_by"]))


def missed(campaign: dict[str, Any], meeting: Meeting) -> dict[str, str] | None:
    """The days of the unit's wave, {first, last}, where it is still to meet on another."""
    first, last = window(campaign, meeting.get("level", ""), meeting["region"])
    return (
        None
        if not gates.to_be_held(meeting) or first <= meeting["meeting_on"] <= last
        else {"first": first, "last": last}
    )


def check_window(campaign: dict[str, Any], meeting: Meeting, on: str) -> None:
    """Refuse a day outside the unit's wave: that is for the campaign's office to allow."""
    first, last = window(campaign, meeting["level"], meeting["region"])
    if on > last:
        raise errors.Refusal("meeting_day_too_late", on=on, latest=last)
    if on < first:
        raise errors.Refusal("meeting_day_too_early", on=on, earliest=first)


def earliest(campaign: dict[str, Any], level: str, region: str, above_on: str) -> str:
    """The first day on which a unit may meet whose superior meets on that day."""
    number = place(campaign, level, region)
    gap = 0 if number is None else campaign["waves"][number].get("gap", 0)
    return (date.fromisoformat(above_on) + timedelta(days=gap)).isoformat()


def superior(campaign: dict[str, Any], line: Line, candidates: Iterable[Line]) -> Line | None:
    """The team above a unit: the one its record names, else its region's committee where that is of an earlier wave."""
    own = place(campaign, line.level, line.region)
    for other in candidates:
        if other.unit == line.superior:
            return other
        before = place(campaign, other.level, other.region)
        if not line.superior and own is not None and before is not None and before < own:
            return other
    return None


def too_early(on: str, first: str, allowed: str) -> bool:
    """Whether a day is before the first that is free, and not one that the office allowed with that first day."""
    return on < first and allowed < first


def check_superior(
    campaign: dict[str, Any], meeting: Meeting, above: Line | None, on: str, *, approved: bool = False
) -> str:
    """Refuse a day before the superior's, naming it; of one that the office approves, the first day that is free."""
    early = before_superior(campaign, meeting, above, on)
    if early and not approved:
        raise errors.Refusal("before_superior", **early)
    return str(early.get("earliest", ""))


def before_superior(campaign: dict[str, Any], meeting: Meeting, above: Line | None, on: str) -> dict[str, Any]:
    """Whose day a day comes before, and the first that is free; nothing where it comes before none, or may."""
    first = earliest(campaign, meeting["level"], meeting["region"], above.meets_on) if above else on
    if above is None or not too_early(on, first, schedule.allowed(meeting, on)):
        return {}
    return {"on": on, "superior": above.name, "day": above.meets_on, "earliest": first}
