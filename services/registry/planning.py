"""A unit's meeting as it is planned, and planned anew: its day, its posts, its group, the rules that hold for it.

What must stay true: what has happened stays; every date is counted anew from the day, the old ones are kept, and what
was late stays late.
"""

from collections.abc import Sequence
from typing import Any

from services.registry import aspects, gates, inheritance, moving, papers, schedule, telling, versions, waves
from services.registry.telling import Campaign, Changed, Meeting
from services.spine import errors
from services.spine.workdays import PUBLISHED, Calendar

FOLLOWED: dict[str, Any] = {"relays": [], "corrections": [], "talks_said": 0, "ledger_said": {}}
FOLLOWED |= {"postponements": [], "asking_since": None, "calendar": 0, "agenda_waived": None, "cancelled": None}
OF_ITS_VERSION = ("waits_for", "preparation")
"""What a unit has of the version of its campaign that it stands on."""


def posts_of(unit: dict[str, Any]) -> list[dict[str, str]]:
    """The posts of a team: as given, or the first responsible person and as many members as are counted."""
    if unit.get("posts"):
        return list(unit["posts"])
    first = [{"post": "01", "title": "主要负责人", "role": "secretary"}]
    rest = range(2, unit["members"] + 1)
    return first + [{"post": f"{number:02d}", "title": f"班子成员{number}", "role": "member"} for number in rest]


def plan(campaign: Campaign, unit: dict[str, Any], group: str, calendar: Calendar = PUBLISHED) -> Meeting:
    """The unit's meeting as planned at first: on the last day the campaign, or its wave, allows."""
    place = {"region": unit["region_code"], "unit": unit["unit_code"], "above": unit.get("above", [])}
    rules, campaign = inheritance.rules_beside(campaign, place), inheritance.for_meeting(campaign, place)
    posts = posts_of(unit)
    meeting_on = waves.window(campaign, unit["level"], unit["region_code"])[1]
    code = campaign["campaign_code"]
    return {
        "_id": f"{code}.{unit['unit_code']}",
        "meeting_id": f"{code}.{unit['unit_code']}",
        "campaign": code,
        "unit": unit["unit_code"],
        "unit_name": unit["name"],
        "team": unit["team"],
        "level": unit["level"],
        "region": unit["region_code"],
        "group": group,
        "superior": unit.get("superior"),
        "above": place["above"],
        "predecessors": unit.get("predecessors", []),
        "posts": posts,
        "definition": versions.number_of(campaign),
        "meeting_on": meeting_on,
        "aspects": schedule.lay_out(campaign["checklist"], meeting_on, calendar=calendar),
        "required": papers.lay_out(campaign, posts, meeting_on, unit["level"], calendar),
        "preparation": telling.preparation(campaign),
        "waits_for": gates.waits_for(campaign),
        "rules": rules,
        "ledger": {},
        "talks_said": 0,
        "ledger_said": {},
        "held": None,
        "cancelled": None,
        "relays": [],
        "corrections": [],
        "agenda_waived": None,
        "stage": "preparing",
        "announced": False,
        "history": [],
        "postponements": [],
        "asking_since": None,
        "calendar": 0,
    }


def replan(before: Meeting, after: Meeting, campaign: Campaign, calendar: Calendar = PUBLISHED) -> Changed:
    """A unit loaded again: names, posts and group follow and are said; what has happened stays, what was begun is owed,
    and a held meeting is of the posts it was held with. A cancelled one stays as it is."""
    if before.get("cancelled"):
        return before, []
    campaign = inheritance.for_meeting(campaign, before)
    laid = papers.lay_out(campaign, after["posts"], before["meeting_on"], after["level"], calendar)
    required = papers.carry_begun(before["required"], laid)
    kept = {key: before[key] for key in ("meeting_on", "aspects", "ledger", "held", "announced", "history")}
    followed = {key: before.get(key, fresh) for key, fresh in FOLLOWED.items()}
    kept["definition"] = versions.number_of(before, "definition")
    if before["held"] or kept["definition"] < after["definition"]:
        kept |= {key: before[key] for key in OF_ITS_VERSION if key in before}
    kept["predecessors"] = after.get("predecessors") or before.get("predecessors", [])
    changed = {**after, "required": required, **kept, **followed}
    if before["held"]:
        changed |= {"rules": before.get("rules", {}), "posts": before["posts"], "required": before["required"]}
    changed["stage"] = aspects.stage(changed)
    said, known = telling.scheduled(changed), telling.scheduled(before)
    return changed, [said] if before["announced"] and said != known else []


def reschedule(
    meeting: Meeting,
    campaign: Campaign,
    on: str,
    reason: str,
    by: str,
    at: str,
    today: str,
    calendar: Calendar = PUBLISHED,
    early: str = "",
) -> Changed:
    """Another meeting day; every date is counted anew, the old ones are kept, and what was overdue stays late.

    `early`: the first free day, where the office allows one before it; the day that stands it may allow, too."""
    check_day(meeting, campaign, on, today)
    entry = {"what": "rescheduled", "by": by, "at": at, "reason": reason}
    entry |= {"before_superior": early} if early else {}
    if on == meeting["meeting_on"]:
        entry |= {"what": "early_allowed", "from": on, "to": on}
        return {**meeting, "history": [*meeting["history"], entry]} if early else meeting, []
    return moved(meeting, campaign, on, entry, today, calendar)


def check_day(meeting: Meeting, campaign: Campaign, on: str, today: str) -> None:
    """Refuse a day outside the campaign, or for a meeting that was held or cancelled.

    Days that have passed are entered only while the campaign is taken in, before it opens.
    """
    gates.check_to_be_held(meeting)
    if on > campaign["all_meetings_held_by"]:
        raise errors.Refusal("meeting_day_too_late", on=on, latest=campaign["all_meetings_held_by"])
    if on < campaign["opens_on"]:
        raise errors.Refusal("meeting_day_too_early", on=on, earliest=campaign["opens_on"])
    if meeting["announced"] and on < today and on != meeting["meeting_on"]:
        raise errors.Refusal("meeting_day_past", on=on, earliest=max(today, campaign["opens_on"]))


def moved(
    meeting: Meeting,
    campaign: Campaign,
    on: str,
    entry: dict[str, Any],
    today: str,
    calendar: Calendar,
    **why: str,
) -> Changed:
    """The meeting on another day, with that entry in its history; what was overdue `today` stays late."""
    changed = laid_out(meeting, campaign, on, today, calendar)
    old = {row["number"]: row["due_on"] for row in meeting["aspects"]}
    new = {row["number"]: row["due_on"] for row in changed["aspects"]}
    dates = [{"number": n, "from": old[n], "to": day} for n, day in new.items() if old.get(n, day) != day]
    entry = {**entry, "from": meeting["meeting_on"], "to": on, "dates": dates}
    changed["history"] = [*meeting["history"], entry]
    return changed, [telling.scheduled(changed, **why)] if meeting["announced"] else []


def laid_out(meeting: Meeting, campaign: Campaign, on: str, today: str, calendar: Calendar) -> Meeting:
    """The meeting with every date counted from that day, under the rules that hold for its unit."""
    rules, campaign = inheritance.rules_beside(campaign, meeting), inheritance.for_meeting(campaign, meeting)
    aspects = schedule.lay_out(campaign["checklist"], on, meeting["aspects"], today, calendar)
    laid = papers.lay_out(campaign, meeting["posts"], on, meeting.get("level", ""), calendar)
    required = papers.carry_begun(meeting["required"], laid, today)
    return {**meeting, "meeting_on": on, "aspects": aspects, "required": required, "rules": rules}


def recount(
    meeting: Meeting, campaign: Campaign, loaded: dict[str, Any], today: str, calendar: Calendar = PUBLISHED
) -> Changed:
    """Another calendar was loaded: the dates that working days are counted for follow; what others know is said."""
    said = {"by": loaded["by"], "at": loaded["at"], "reason": loaded["note"], "calendar": loaded["version"]}
    changed, facts = _again(meeting, campaign, "calendar_loaded", said, today, calendar)
    return {**changed, "calendar": loaded["version"]}, facts


def tighten(
    meeting: Meeting, campaign: Campaign, asked: dict[str, Any], today: str, calendar: Calendar = PUBLISHED
) -> Changed:
    """More is asked of the unit: the dates of a meeting that is still to be held follow, what was late stays late."""
    return _again(meeting, campaign, "tightened", {key: asked[key] for key in ("by", "at", "reason")}, today, calendar)


def _again(
    meeting: Meeting, campaign: Campaign, what: str, said: dict[str, Any], today: str, calendar: Calendar
) -> Changed:
    """A meeting to be held counted anew on its own day; the days that moved stand in its history."""
    if not gates.to_be_held(meeting):
        return meeting, []
    laid = laid_out(meeting, campaign, meeting["meeting_on"], today, calendar)
    changed, fact = moving.kept(meeting, laid, what, said, today), telling.scheduled(laid)
    return changed, [fact] if meeting["announced"] and fact != telling.scheduled(meeting) else []


def rename(meeting: Meeting, name: str, team: str) -> Changed:
    """The unit is called otherwise by now."""
    changed = {**meeting, "unit_name": name, "team": team or meeting["team"]}
    if changed == meeting:
        return meeting, []
    return changed, [telling.scheduled(changed, because="renamed")] if meeting["announced"] else []


def repost(
    meeting: Meeting,
    campaign: Campaign,
    posts: list[dict[str, str]],
    entry: dict[str, Any],
    today: str,
    calendar: Calendar = PUBLISHED,
) -> Changed:
    """Somebody came into a post or left it: a new member's materials are laid out, what was begun is owed still."""
    if not gates.to_be_held(meeting) or posts == meeting["posts"]:
        return meeting, []
    laid = laid_out({**meeting, "posts": posts}, campaign, meeting["meeting_on"], today, calendar)
    told = {**{key: entry[key] for key in ("by", "at", "reason")}, "what": "posts_changed"}
    told |= {"from": _titles(meeting["posts"], posts), "to": _titles(posts, meeting["posts"])}
    changed, facts = aspects.follow_materials({**laid, "history": [*meeting["history"], told]}, today)
    return changed, [*facts, telling.scheduled(changed, because="posts_changed")] if meeting["announced"] else facts


def _titles(posts: Sequence[dict[str, str]], others: Sequence[dict[str, str]]) -> str:
    """The posts that are not among the others."""
    return "、".join(f"{post['post']} {post['title']}" for post in posts if post not in others)


def regroup(meeting: Meeting, group: str, reason: str, by: str, at: str) -> Changed:
    """Another supervision group follows the unit; what is open goes with it."""
    if group == meeting["group"]:
        return meeting, []
    entry = {"what": "regrouped", "by": by, "at": at, "reason": reason, "from": meeting["group"], "to": group}
    changed = {**meeting, "group": group, "history": [*meeting["history"], entry]}
    return changed, [telling.scheduled(changed, because="regrouped")] if meeting["announced"] else []


def laid_anew(before: Meeting, after: Meeting, campaign: Campaign, today: str, *, news: bool) -> Changed:
    """A unit under another version of its campaign: what is done by now is settled, and what others know is said."""
    asked = {"waits_for": gates.waits_for(campaign)}
    changed, facts = aspects.follow_materials({**after, "preparation": telling.preparation(campaign), **asked}, today)
    said, known = telling.scheduled(changed, **({} if news else {"because": "replanned"})), telling.scheduled(before)
    told = before["announced"] and {**said.data, "because": ""} != {**known.data, "because": ""}
    return changed, [*facts, said] if told else facts
