"""A unit laid out anew under another version of its campaign, and what that comes to before it is done.

What must stay true: a held or cancelled meeting keeps the version it began with; what was done stays done, what was
overdue stays late, old days stand in the history; a material that was begun is owed as it was. What a preview shows is
worked out by the very step that publishing takes.
"""

from collections.abc import Mapping
from typing import Any

import orjson

from services.registry import aspects as standing
from services.registry import gates, inheritance, moving, papers, planning, schedule, versions, waves
from services.registry.definition import Campaign
from services.registry.telling import Changed, Meeting
from services.spine.workdays import PUBLISHED, Calendar

Row = dict[str, Any]
COUNTED = ("moved", "past", "came", "went", "early", "outside", "falls", "rules")
PLACES = ("campaign", "unit", "unit_name", "region", "group")
OWN = ("campaign", "unit", "unit_name", "group", "_id", "meeting_id", "team", "revision", "outbox")
"""What is a unit's own; the rest many units have alike."""
Above = Mapping[str, tuple[Meeting, str]]
"""By unit the meeting of the team above it, and the first day that this leaves free as it stands."""
NOBODY: Above = {}
NOTHING = dict.fromkeys((*COUNTED, "held", "same"), 0)


def lay_anew(
    meeting: Meeting,
    campaign: Campaign,
    reason: str,
    by: str | None,
    at: str,
    today: str,
    calendar: Calendar = PUBLISHED,
    before_it: Campaign | None = None,
) -> Changed:
    """The unit under the campaign's version, once; what moved, came and went stands in its history, and which rules
    hold otherwise than under the version `before_it`."""
    number = versions.number_of(campaign)
    if not gates.to_be_held(meeting) or versions.number_of(meeting, "definition") >= number:
        return meeting, []
    on, rules = day_under(meeting, campaign), inheritance.rules_beside(campaign, meeting)
    ruled = ruled_otherwise(meeting, before_it, campaign)
    campaign = inheritance.for_meeting(campaign, meeting)
    known = {row["code"]: row for row in meeting["aspects"]}
    before = [{**known[row["code"]], "number": row["number"]} for row in campaign["checklist"] if row["code"] in known]
    aspects = schedule.lay_out(campaign["checklist"], on, before, today, calendar)
    owed = papers.lay_out(campaign, meeting["posts"], on, meeting.get("level", ""), calendar)
    required = papers.carry_begun(meeting["required"], owed, today)
    laid = {**meeting, "definition": number, "meeting_on": on, "aspects": aspects, "required": required}
    laid["rules"] = rules
    changes = moving.differing(meeting, laid, today)
    if changes or ruled or on != meeting["meeting_on"]:
        entry = {"what": "replanned", "by": by, "at": at, "reason": reason, "from": meeting["meeting_on"], "to": on}
        told = {"version": number, "changes": changes, **({"rules": ruled} if ruled else {})}
        laid["history"] = [*meeting["history"], {**entry, **told}]
    return planning.laid_anew(meeting, laid, campaign, today, news=bool(changes))


def day_under(meeting: Meeting, campaign: Campaign) -> str:
    """The unit's meeting day: the last day (of its wave) where nobody chose one, else the chosen one within the
    campaign's days."""
    last, first = campaign["all_meetings_held_by"], campaign["opens_on"]
    if not any(entry["what"] in ("rescheduled", "postponed") for entry in meeting["history"]):
        return waves.window(campaign, meeting.get("level", ""), meeting["region"])[1]
    return str(max(min(meeting["meeting_on"], last), first))


def ruled_otherwise(meeting: Meeting, before: Campaign | None, after: Campaign) -> list[str]:
    """Which rules hold otherwise for a unit than before: what its meeting waits for (`gate`), and what may be made
    stricter."""
    if before is None:
        return []
    was, now = _rules(before, meeting), _rules(after, meeting)
    return [key for key in {**was, **now} if was.get(key) != now.get(key)]


def _rules(campaign: Campaign, meeting: Meeting) -> Row:
    values = inheritance.policy_for(campaign, meeting["region"], meeting["unit"], meeting.get("above", ()))["values"]
    return {"gate": sorted(gates.waits_for(campaign)), **{row["key"]: row["value"] for row in values}}


def effect(
    meeting: Meeting,
    campaign: Campaign,
    today: str,
    calendar: Calendar = PUBLISHED,
    before_it: Campaign | None = None,
) -> Row:
    """What a version would do to a unit: its places, the day and stage from and to, counts, rules and changes."""
    after, _ = lay_anew(meeting, campaign, "", "", "", today, calendar, before_it)
    return _between(meeting, after, today) | {
        "outside": int(bool(waves.missed(campaign, after)) and not (before_it and waves.missed(before_it, meeting))),
        "rules": [] if after is meeting else ruled_otherwise(meeting, before_it, campaign),
    }


def recounted(meeting: Meeting, campaign: Campaign, today: str, calendar: Calendar) -> Row:
    """The same of another calendar, under which the unit's dates would be counted."""
    said = {"by": "", "at": "", "note": "", "version": 0}
    return _between(meeting, planning.recount(meeting, campaign, said, today, calendar)[0], today)


def _between(meeting: Meeting, after: Meeting, today: str) -> Row:
    """What is other with a unit than it was."""
    stages = [standing.STAGES.index(one["stage"]) for one in (meeting, after)]
    changes = moving.differing(meeting, after, today)
    moved = [line for line in changes if line["from"] and line["to"]]
    return {
        **{key: meeting[key] for key in PLACES},
        "meeting_from": meeting["meeting_on"],
        "meeting_to": after["meeting_on"],
        "moved": sum(line["posts"] for line in moved) or int(after["meeting_on"] != meeting["meeting_on"]),
        "past": sum(line["posts"] for line in changes if line["past"]),
        "came": sum(line["posts"] for line in changes if not line["from"]),
        "went": sum(line["posts"] for line in changes if not line["to"]),
        "held": bool(meeting["held"]),
        "early": 0,
        "outside": 0,
        "superior": None,
        "stage_from": meeting["stage"],
        "stage_to": after["stage"],
        "falls": int(stages[1] < stages[0]),
        "rules": [],
        "changes": changes,
    }


def effects(
    meetings: list[Meeting],
    campaign: Campaign,
    today: str,
    calendar: Calendar = PUBLISHED,
    above: Above = NOBODY,
    before_it: Campaign | None = None,
) -> list[Row]:
    """The same for many units; for those that stand alike it is worked out once. Who comes to stand before the team
    above it is told, too."""
    found, known = [], dict[bytes, Row]()
    for meeting in meetings:
        stricter = inheritance.overrides_of(campaign, meeting["region"], meeting["unit"], meeting.get("above", ()))
        alike = orjson.dumps([stricter, {key: value for key, value in meeting.items() if key not in OWN}])
        if alike not in known:
            known[alike] = effect(meeting, campaign, today, calendar, before_it)
        row = {**known[alike], **{key: meeting[key] for key in PLACES}}
        found.append(row | _before(meeting, above.get(meeting["unit"]), row["meeting_to"], campaign))
    return found


def _before(meeting: Meeting, above: tuple[Meeting, str] | None, on: str, campaign: Campaign) -> Row:
    """That a unit would meet before the team above it, where it does not do so already and was not allowed to."""
    if above is None or not gates.to_be_held(meeting):
        return {}
    superior, free_from = above
    day = superior["held"]["held_on"] if superior["held"] else day_under(superior, campaign)
    first = waves.earliest(campaign, meeting.get("level", ""), meeting["region"], day)
    was, allowed = meeting["meeting_on"], schedule.allowed(meeting, meeting["meeting_on"])
    if waves.too_early(was, free_from, allowed) or not waves.too_early(on, first, allowed if on == was else ""):
        return {}
    return {"early": 1, "superior": {"unit": superior["unit"], "unit_name": superior["unit_name"], "on": day}}


def counted(effects: list[Row]) -> dict[str, int]:
    """How many units have something that moves, is past, comes or goes, come before their superior or out of their
    wave, are no longer as far as they were, have other rules, are held, or stay as they are."""
    found = {key: sum(bool(row[key]) for row in effects) for key in COUNTED}
    changed = sum(any(row[key] for key in COUNTED) for row in effects)
    held = sum(row["held"] for row in effects)
    return {**found, "held": held, "same": len(effects) - changed - held}
