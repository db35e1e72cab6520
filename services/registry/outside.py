"""A meeting that was held otherwise than planned: later than its day without a grant, outside its wave or the campaign,
or before the team above it.

What must stay true: only the campaign's office puts it on record, or moves a record to such a day or away from it, and
says why; the mark stays with the record. A meeting on its planned day is kept back by nothing, for whoever set that day
was free to; that it came before the team above is marked. A mark: {what: [campaign | wave | plan | superior], reason,
by, at}.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from services.registry import day, postponing, waves
from services.registry.roster_lines import Line
from services.registry.telling import Campaign, Meeting
from services.spine import errors
from services.spine.workdays import PUBLISHED, Calendar

Record = dict[str, Any]


class Around(NamedTuple):
    """What stands around a meeting that is put on record: the team above, whether the campaign's office does it, which
    days are worked, and what was written on its day."""

    above: Line | None = None
    office: bool = False
    calendar: Calendar = PUBLISHED
    written: day.Day | None = None


ALONE = Around()


def recorded(meeting: Meeting, campaign: Campaign, record: Record, by: str, at: str, around: Around) -> Record:
    """The record with its mark, where its day asks for one; refused unless the office says why."""
    reason = record.get("outside_reason", "").strip()
    kept = {key: value for key, value in record.items() if key != "outside_reason"}
    return {**kept, **_mark(meeting, campaign, record["held_on"], {"reason": reason, "by": by, "at": at}, around)}


def corrected(meeting: Meeting, campaign: Campaign, record: Record, said: dict[str, str], around: Around) -> Record:
    """What is on record with the mark of its corrected day, that of before where the day stays. `said`: {reason, by,
    at}."""
    before, on = meeting["held"], record["held_on"]
    marked = before.get("outside")
    if on == before["held_on"]:
        return {**before, **record}
    if marked and marked["reason"] and not around.office:
        raise errors.Refusal("held_outside_plan", on=on)
    kept = {key: value for key, value in before.items() if key != "outside"}
    return {**kept, **record, **_mark(meeting, campaign, on, said, around)}


def _mark(meeting: Meeting, campaign: Campaign, on: str, said: dict[str, str], around: Around) -> dict[str, Any]:
    found = dict(_found(meeting, campaign, on, around.above))
    if not found:
        return {}
    if on == meeting["meeting_on"]:
        said = {**said, "reason": ""}
    elif not around.office or not said["reason"]:
        code = "outside_reason_needed" if around.office else "held_outside_plan"
        raise errors.Refusal(code, on=on, errors=[{"pointer": "/held_on", **fault} for fault in found.values()])
    return {"outside": {"what": list(found), **said}}


def _found(meeting: Meeting, campaign: Campaign, on: str, above: Line | None) -> Iterator[tuple[str, dict[str, Any]]]:
    """In what a day is outside; an office may have planned the meeting beyond its wave, or before the team above."""
    planned, end = meeting["meeting_on"], campaign["all_meetings_held_by"]
    first, last = waves.window(campaign, meeting["level"], meeting["region"])
    if on > max(end, planned):
        yield "campaign", {"code": "meeting_day_too_late", "on": on, "latest": end}
    elif on > max(last, planned):
        yield "wave", {"code": "meeting_day_too_late", "on": on, "latest": last}
    elif on > planned and postponing.later_by_unit(campaign) != postponing.ALWAYS:
        yield "plan", {"code": "later_than_planned", "on": on, "planned": planned}
    elif on < min(first, planned):
        yield "wave", {"code": "meeting_day_too_early", "on": on, "earliest": first}
    if early := waves.before_superior(campaign, meeting, above, on):
        yield "superior", {"code": "before_superior", **early}
