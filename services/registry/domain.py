"""The rules of a campaign and of each unit's meeting.

What must stay true: a meeting is not held before its materials have passed or were waived and the aspects it waits for
are settled, nor below its quorum; what was late stays late.
A meeting: {_id: campaign.unit, campaign, unit, unit_name, team, region, group, posts, meeting_on,
aspects (see schedule), required: [see papers], preparation: the campaign's rules of talks and study, rules: what is
stricter here, ledger: {key: open|closed}, held, relays, corrections (see attendance), stage, waits_for: [numbers of
aspects], talks_said and ledger_said: up to where talks, and each item, were heard, postponements (see postponing),
history: [{what, by, at, reason, from, to, dates: what moved with the day}]}.
"""

from collections.abc import Sequence
from typing import Any

from services.registry import attendance, gates, inheritance, papers, schedule, versions, waves
from services.spine import errors
from services.spine.events import Fact
from services.spine.workdays import PUBLISHED, Calendar

Meeting = dict[str, Any]
Campaign = dict[str, Any]
Changed = tuple[Meeting, list[Fact]]
STAGES = ("preparing", "writing", "ready", "held", "rectifying", "closed")
PREPARED = ("talks", "study")
FOLLOWED: dict[str, Any] = {"relays": [], "corrections": [], "talks_said": 0, "ledger_said": {}}
FOLLOWED |= {"postponements": [], "asking_since": None, "calendar": 0}
ASPECT_TOLD = ("number", "code", "stage", "follows", "due_on", "state", "late")


def posts_of(unit: dict[str, Any]) -> list[dict[str, str]]:
    """The posts of a team: as given, or the first responsible person and as many members as are counted."""
    if unit.get("posts"):
        return list(unit["posts"])
    first = [{"post": "01", "title": "主要负责人", "role": "secretary"}]
    rest = range(2, unit["members"] + 1)
    return first + [{"post": f"{number:02d}", "title": f"班子成员{number}", "role": "member"} for number in rest]


def plan(campaign: Campaign, unit: dict[str, Any], group: str, calendar: Calendar = PUBLISHED) -> Meeting:
    """The unit's meeting as planned at first: on the last day the campaign, or its wave, allows."""
    rules = inheritance.rules_beside(campaign, {"region": unit["region_code"], "unit": unit["unit_code"]})
    campaign = inheritance.effective(campaign, unit["region_code"], unit["unit_code"])
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
        "predecessors": unit.get("predecessors", []),
        "posts": posts,
        "definition": versions.number_of(campaign),
        "meeting_on": meeting_on,
        "aspects": schedule.lay_out(campaign["checklist"], meeting_on, calendar=calendar),
        "required": papers.lay_out(campaign, posts, meeting_on, unit["level"], calendar),
        "preparation": _preparation(campaign),
        "waits_for": gates.waits_for(campaign),
        "rules": rules,
        "ledger": {},
        "talks_said": 0,
        "ledger_said": {},
        "held": None,
        "relays": [],
        "corrections": [],
        "stage": "preparing",
        "announced": False,
        "history": [],
        "postponements": [],
        "asking_since": None,
        "calendar": 0,
    }


def replan(before: Meeting, after: Meeting, campaign: Campaign, calendar: Calendar = PUBLISHED) -> Changed:
    """A unit loaded again: names, posts and group follow and are said; what has happened stays."""
    campaign = inheritance.for_meeting(campaign, before)
    laid = papers.lay_out(campaign, after["posts"], before["meeting_on"], after["level"], calendar)
    required = papers.carry(before["required"], laid)
    kept = {key: before[key] for key in ("meeting_on", "aspects", "ledger", "held", "announced", "history")}
    followed = {key: before.get(key, fresh) for key, fresh in FOLLOWED.items()}
    kept["definition"] = versions.number_of(before, "definition")
    kept |= {"rules": before.get("rules", {})} if before["held"] else {}
    kept["predecessors"] = after.get("predecessors") or before.get("predecessors", [])
    changed = {**after, **kept, **followed, "required": required}
    changed["stage"] = stage(changed)
    said, known = _scheduled(changed), _scheduled(before)
    return changed, [said] if before["announced"] and said != known else []


def announce(meeting: Meeting) -> Changed:
    """The campaign is open: the unit's day, group and required materials are said."""
    if meeting["announced"]:
        return meeting, []
    return {**meeting, "announced": True}, [_scheduled(meeting)]


def open_campaign(campaign: Campaign, units: int) -> tuple[Campaign, list[Fact]]:
    """The campaign opens, once."""
    if campaign["state"] == "open":
        return campaign, []
    code, region = campaign["campaign_code"], campaign["region_code"]
    return {**campaign, "state": "open"}, [Fact("campaign_opened", code, code, region, versions.told(campaign, units))]


def reschedule(
    meeting: Meeting,
    campaign: Campaign,
    on: str,
    reason: str,
    by: str,
    at: str,
    today: str,
    calendar: Calendar = PUBLISHED,
) -> Changed:
    """Another meeting day; every date is counted anew, the old ones are kept, and what was overdue stays late."""
    check_day(meeting, campaign, on, today)
    if on == meeting["meeting_on"]:
        return meeting, []
    entry = {"what": "rescheduled", "by": by, "at": at, "reason": reason}
    return moved(meeting, campaign, on, entry, today, calendar)


def check_day(meeting: Meeting, campaign: Campaign, on: str, today: str) -> None:
    """Refuse a day outside the campaign, or for a meeting that was held.

    Days that have passed are entered only while the campaign is taken in, before it opens.
    """
    if meeting["held"]:
        raise errors.Refusal("already_held", on=meeting["held"]["held_on"])
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
    return changed, [_scheduled(changed, **why)] if meeting["announced"] else []


def laid_out(meeting: Meeting, campaign: Campaign, on: str, today: str, calendar: Calendar) -> Meeting:
    """The meeting with every date counted from that day, under the rules that hold for its unit."""
    rules, campaign = inheritance.rules_beside(campaign, meeting), inheritance.for_meeting(campaign, meeting)
    aspects = schedule.lay_out(campaign["checklist"], on, meeting["aspects"], today, calendar)
    laid = papers.lay_out(campaign, meeting["posts"], on, meeting.get("level", ""), calendar)
    required = papers.carry_begun(meeting["required"], laid, today)
    return {**meeting, "meeting_on": on, "aspects": aspects, "required": required, "rules": rules}


def recount(meeting: Meeting, campaign: Campaign, version: int, today: str, calendar: Calendar) -> Changed:
    """Another calendar was loaded: the dates that working days are counted for follow; what others know is said."""
    changed = {**laid_out(meeting, campaign, meeting["meeting_on"], today, calendar), "calendar": version}
    said = _scheduled(changed)
    return changed, [said] if meeting["announced"] and said != _scheduled(meeting) else []


def tighten(meeting: Meeting, campaign: Campaign, today: str, calendar: Calendar = PUBLISHED) -> Changed:
    """More is asked of the unit: the dates of a meeting that is not held follow, what was late stays late."""
    if meeting["held"]:
        return meeting, []
    changed = laid_out(meeting, campaign, meeting["meeting_on"], today, calendar)
    return changed, [_scheduled(changed)] if meeting["announced"] and _scheduled(changed) != _scheduled(meeting) else []


def rename(meeting: Meeting, name: str, team: str) -> Changed:
    """The unit is called otherwise by now."""
    changed = {**meeting, "unit_name": name, "team": team or meeting["team"]}
    if changed == meeting:
        return meeting, []
    return changed, [_scheduled(changed, because="renamed")] if meeting["announced"] else []


def repost(
    meeting: Meeting,
    campaign: Campaign,
    posts: list[dict[str, str]],
    entry: dict[str, Any],
    today: str,
    calendar: Calendar = PUBLISHED,
) -> Changed:
    """Somebody came into a post or left it: a new member's materials are laid out, what was begun is owed still."""
    if meeting["held"] or posts == meeting["posts"]:
        return meeting, []
    laid = laid_out({**meeting, "posts": posts}, campaign, meeting["meeting_on"], today, calendar)
    told = {**{key: entry[key] for key in ("by", "at", "reason")}, "what": "posts_changed"}
    told |= {"from": _titles(meeting["posts"], posts), "to": _titles(posts, meeting["posts"])}
    changed, facts = _follow_materials({**laid, "history": [*meeting["history"], told]}, today)
    return changed, [*facts, _scheduled(changed, because="posts_changed")] if meeting["announced"] else facts


def _titles(posts: Sequence[dict[str, str]], others: Sequence[dict[str, str]]) -> str:
    """The posts that are not among the others."""
    return "、".join(f"{post['post']} {post['title']}" for post in posts if post not in others)


def regroup(meeting: Meeting, group: str, reason: str, by: str, at: str) -> Changed:
    """Another supervision group follows the unit; what is open goes with it."""
    if group == meeting["group"]:
        return meeting, []
    entry = {"what": "regrouped", "by": by, "at": at, "reason": reason, "from": meeting["group"], "to": group}
    changed = {**meeting, "group": group, "history": [*meeting["history"], entry]}
    return changed, [_scheduled(changed, because="regrouped")] if meeting["announced"] else []


def laid_anew(before: Meeting, after: Meeting, campaign: Campaign, today: str, *, news: bool) -> Changed:
    """A unit under another version of its campaign: what is done by now is settled, and what others know is said."""
    asked = {"waits_for": gates.waits_for(campaign)}
    changed, facts = _follow_materials({**after, "preparation": _preparation(campaign), **asked}, today)
    said, known = _scheduled(changed, **({} if news else {"because": "replanned"})), _scheduled(before)
    told = before["announced"] and {**said.data, "because": ""} != {**known.data, "because": ""}
    return changed, [*facts, said] if told else facts


def record_aspect(meeting: Meeting, number: int, state: str, on: str, note: str, by: str, today: str) -> Changed:
    """An aspect that follows a person's hand is done on a day, or any aspect is waived by the office."""
    if on > today:
        raise errors.Refusal("day_in_future", on=on, errors=[{"pointer": "/on", "code": "day_in_future", "on": on}])
    row = next((row for row in meeting["aspects"] if row["number"] == number), None)
    if row is None:
        raise errors.Refusal("not_found", id=number)
    if state == "done" and row["follows"] != "hand":
        raise errors.Refusal("aspect_by_other_means", number=number)
    if row["stage"] == "after" and state == "done" and not meeting["held"]:
        raise errors.Refusal("meeting_not_held")
    if row["state"] == "open":
        return _settle(meeting, [number], state, on, note, by)
    if (row["state"], row["done_on"], row["note"]) != (state, on, note):
        raise errors.Refusal("aspect_settled", number=number, on=row["done_on"])
    return meeting, []


def waive(meeting: Meeting, kind: str, post: str, reason: str, by: str, at: str, today: str) -> Changed:
    """The office does without one material."""
    if not any((row["kind"], row["post"]) == (kind, post) for row in meeting["required"]):
        raise errors.Refusal("material_kind_not_required", unit=meeting["unit"], post=post, kind=kind)
    entry = {"what": "waived", "by": by, "at": at, "reason": reason, "from": f"{kind}/{post}", "to": ""}
    required = [
        {**row, "state": "waived", "reason": reason}
        if (row["kind"], row["post"]) == (kind, post) and row["state"] not in papers.SETTLED
        else row
        for row in meeting["required"]
    ]
    if required == meeting["required"]:
        return meeting, []
    waived = {**meeting, "required": required, "history": [*meeting["history"], entry]}
    changed, facts = _follow_materials(waived, today)
    return changed, [*facts, _scheduled(changed, because="waived")] if meeting["announced"] else facts


def material_moved(meeting: Meeting, kind: str, post: str, version: int, state: str, on: str) -> Changed:
    """A version was handed in or judged; what is older than what is known changes nothing."""
    required = [
        papers.moved(row, version, state, on) if (row["kind"], row["post"]) == (kind, post) else row
        for row in meeting["required"]
    ]
    return _follow_materials({**meeting, "required": required}, on)


def verdict_withdrawn(meeting: Meeting, kind: str, post: str, version: int, on: str) -> Changed:
    """A verdict was taken back: that version is read again, and the gate closes if it had opened by it."""

    def back(row: dict[str, Any]) -> dict[str, Any]:
        hit = (row["kind"], row["post"], row["version"]) == (kind, post, version) and row["state"] != "waived"
        return {**row, "state": "submitted"} if hit else row

    return _follow_materials({**meeting, "required": [back(row) for row in meeting["required"]]}, on)


def version_withdrawn(meeting: Meeting, kind: str, post: str, version: int, back_to: str, on: str) -> Changed:
    """A unit took a version back before anybody read it: it owes the material as it did before."""

    def back(row: dict[str, Any]) -> dict[str, Any]:
        hit = (row["kind"], row["post"], row["version"], row["state"]) == (kind, post, version, "submitted")
        return {**row, "state": back_to} if hit else row

    return _follow_materials({**meeting, "required": [back(row) for row in meeting["required"]]}, on)


def paper_sent_back(meeting: Meeting, kind: str, post: str, version: int, on: str) -> Changed:
    """One to whom a paper went sent it back: the unit owes it again."""

    def back(row: dict[str, Any]) -> dict[str, Any]:
        hit = (row["kind"], row["post"], row["version"], row["state"]) == (kind, post, version, "received")
        return {**row, "state": "returned"} if hit else row

    return _follow_materials({**meeting, "required": [back(row) for row in meeting["required"]]}, on)


def hold(meeting: Meeting, campaign: Campaign, record: dict[str, Any], by: str, at: str, today: str) -> Changed:
    """The meeting was held: after its materials passed, with a quorum, absences with a reason."""
    if meeting["held"]:
        raise errors.Refusal("already_held", on=meeting["held"]["held_on"])
    if campaign["state"] != "open":
        raise errors.Refusal("campaign_not_open")
    if fault := gates.fault(gate(meeting), gates.unsettled(meeting)):
        raise fault
    attendance.check(meeting, campaign, record, today)
    expected, present = len(meeting["posts"]), len(record["present"])
    held = {**record, "expected": expected, "recorded_by": by, "recorded_at": at}
    changed, facts = _settle({**meeting, "held": held}, _open(meeting, "meeting"), "done", record["held_on"], "", by)
    changed, more = _follow_materials(changed, record["held_on"])
    changed, awaited = attendance.absent(changed)
    said = {"unit": meeting["unit"], "group": meeting["group"], "held_on": record["held_on"]}
    told = fact(meeting, "meeting_held", {**said, "expected": expected, "present": present})
    return changed, [*facts, *more, *awaited, told]


def ledger_moved(
    meeting: Meeting, key: str, state: str, on: str, sequence: int = 1, *, planned: bool = True
) -> Changed:
    """An item entered the ledger, was closed or opened again; the ledger is there once an item counts as planned.

    What was said before what is known changes nothing.
    """
    known = meeting.get("ledger_said", {})
    if sequence <= known.get(key, 1 if key in meeting["ledger"] else 0):
        return meeting, []
    moved = {"ledger": {**meeting["ledger"], key: state}, "ledger_said": {**known, key: sequence}}
    settled = _open(meeting, "ledger") if planned else []
    return _settle({**meeting, **moved}, settled, "done", on, "", "")


def talks_moved(meeting: Meeting, sequence: int, last_on: str | None) -> Changed:
    """Everybody has talked with whom the campaign asks for, the last of them on that day, or (None) no longer; what
    was said before what is known changes nothing."""
    if sequence <= meeting.get("talks_said", 0):
        return meeting, []
    changed = {**meeting, "talks_said": sequence}
    if last_on:
        return _settle(changed, _open(changed, "talks"), "done", last_on, "", "")
    return _reopen(changed, [row["number"] for row in changed["aspects"] if row["follows"] == "talks"])


def commented(meeting: Meeting, on: str) -> Changed:
    """The group's comment on the meeting was issued."""
    return _settle(meeting, _open(meeting, "comment"), "done", on, "", "")


def gate(meeting: Meeting) -> list[dict[str, Any]]:
    """The materials that still stand between a unit and its meeting."""
    return [row for row in meeting["required"] if row.get("gate", True) and row["state"] not in papers.SETTLED]


def stage(meeting: Meeting) -> str:
    """How far the unit has come."""
    if meeting["held"]:
        states = set(meeting["ledger"].values())
        return "held" if not states else "closed" if states == {"closed"} else "rectifying"
    if not gate(meeting) and not gates.unsettled(meeting):
        return "ready"
    return "writing" if any(row["version"] for row in meeting["required"] if row.get("gate", True)) else "preparing"


def shown(meeting: Meeting, today: str) -> dict[str, Any]:
    """A meeting as people see it: with its gate, titles of posts, and what is overdue."""
    titles = {post["post"]: post["title"] for post in meeting["posts"]}
    required = [
        {**row, "title": titles.get(row["post"], meeting["team"]), "material_id": _material(meeting, row)}
        for row in meeting["required"]
    ]
    missing, aspects = [f"{row['kind']}/{row['post']}" for row in gate(meeting)], gates.unsettled(meeting)
    return {
        **meeting,
        "required": required,
        "gate": {"open": not missing and not aspects, "missing": missing, "aspects": aspects},
        **_counts(meeting, today),
    }


def row(meeting: Meeting, today: str) -> dict[str, Any]:
    """A meeting as a line of a list."""
    keys = ("meeting_id", "campaign", "unit", "unit_name", "team", "region", "group", "meeting_on", "stage")
    return {
        **{key: meeting[key] for key in keys},
        "held_on": (meeting["held"] or {}).get("held_on"),
        **_counts(meeting, today),
    }


def lacking(meeting: Meeting, today: str, kind: str | None = None, late: bool = False) -> dict[str, Any]:
    """A unit with what it lacks, by day: not handed in, or sent back; of one kind or overdue only, where asked."""
    keys = ("meeting_id", "campaign", "unit", "unit_name", "team", "region", "group", "meeting_on")
    titles = {post["post"]: post["title"] for post in meeting["posts"]}
    lacks = [
        {
            **{key: row[key] for key in ("kind", "post", "state")},
            "material_id": _material(meeting, row),
            "title": titles.get(row["post"], meeting["team"]),
            "due_on": row.get("due_on"),
            "counted": row.get("counted"),
            "gate": row.get("gate", True),
            "overdue": papers.overdue(row, today),
        }
        for row in meeting["required"]
        if row["state"] in papers.LACKING and kind in (None, row["kind"]) and (papers.overdue(row, today) or not late)
    ]
    lacks.sort(key=lambda row: (row["due_on"] or "9999", row["kind"], row["post"]))
    counted = {"owed": len(meeting["required"]), "late": sum(row["overdue"] for row in lacks), "lacks": lacks}
    return {**{key: meeting[key] for key in keys}, **counted}


def _counts(meeting: Meeting, today: str) -> dict[str, Any]:
    states = [row["state"] for row in meeting["required"] if row.get("gate", True)]
    materials = {"required": len(states)} | {
        state: states.count(state) for state in ("missing", "submitted", "returned", "rewrite", "passed", "waived")
    }
    ledger = list(meeting["ledger"].values())
    late = [row["number"] for row in meeting["aspects"] if row["state"] == "open" and row["due_on"] < today]
    counted = {"items": len(ledger), "closed": ledger.count("closed")}
    beside = papers.counted(meeting["required"], today)
    return {"overdue": late, "materials": materials, "papers": beside, "ledger": counted}


def _open(meeting: Meeting, follows: str) -> list[int]:
    return [row["number"] for row in meeting["aspects"] if row["follows"] == follows and row["state"] == "open"]


def _material(meeting: Meeting, row: dict[str, Any]) -> str:
    return f"{meeting['meeting_id']}.{row['kind']}.{row['post']}"


def _follow_materials(meeting: Meeting, on: str) -> Changed:
    """An aspect that follows materials, or names papers, is done when all of them passed, came or were waived, and no
    longer when one of them is owed again."""
    settled: dict[str, list[int]] = {"done": [], "waived": [], "open": []}
    for aspect in meeting["aspects"]:
        kinds = aspect.get("papers") or [aspect["follows"]]
        states = {row["state"] for row in meeting["required"] if row["kind"] in kinds}
        too_early = aspect["stage"] == "after" and not meeting["held"]
        if aspect["state"] == "open" and states and states <= set(papers.SETTLED) and not too_early:
            settled["waived" if states == {"waived"} else "done"].append(aspect["number"])
        elif not states <= set(papers.SETTLED) and aspect["follows"] in (*kinds, "hand"):
            settled["open"].append(aspect["number"])
    meeting, reopened = _reopen(meeting, settled["open"])
    changed, done = _settle(meeting, settled["done"], "done", on, "", "")
    changed, waived = _settle(changed, settled["waived"], "waived", on, "", "")
    return changed, [*reopened, *done, *waived]


def _reopen(meeting: Meeting, numbers: Sequence[int]) -> Changed:
    """Aspects that were done by what came and no longer are; what somebody's hand has set stays, late stays late."""
    back = [row for row in meeting["aspects"] if row["number"] in numbers and row["state"] == "done" and not row["by"]]
    aspects = [{**row, "state": "open", "done_on": None} if row in back else row for row in meeting["aspects"]]
    said = [{"unit": meeting["unit"], "number": row["number"], "code": row["code"]} for row in back]
    return {**meeting, "aspects": aspects}, [fact(meeting, "aspect_reopened", one) for one in said]


def _settle(meeting: Meeting, numbers: Sequence[int], state: str, on: str, note: str, by: str) -> Changed:
    aspects, facts = [], []
    for before in meeting["aspects"]:
        aspect = before
        if before["number"] in numbers:
            late = before["late"] or (state == "done" and on > before["due_on"])
            aspect = {**before, "state": state, "done_on": on, "late": late, "note": note, "by": by}
            said = {
                "unit": meeting["unit"],
                "number": aspect["number"],
                "code": aspect["code"],
                "state": state,
                "late": late,
            }
            facts.append(fact(meeting, "aspect_recorded", said))
        aspects.append(aspect)
    changed = {**meeting, "aspects": aspects}
    return {**changed, "stage": stage(changed)}, facts


def _preparation(campaign: Campaign) -> dict[str, Any]:
    """What is asked of a unit's talks and study, in codes."""
    found = {"opens_on": campaign["opens_on"], **{key: campaign["policy"].get(key) for key in PREPARED}}
    if found["study"]:
        topics = [topic["code"] for topic in found["study"]["topics"]]
        found["study"] = {**found["study"], "topics": topics}
    return {key: value for key, value in found.items() if value}


def _prepared_by(meeting: Meeting) -> dict[str, Any]:
    """The same with the days they are due."""
    due = {aspect["code"]: aspect["due_on"] for aspect in meeting["aspects"] if aspect["code"] in PREPARED}
    rules = meeting.get("preparation", {})
    dated = {key: {**rules[key], "due_on": due.get(key)} for key in PREPARED if key in rules}
    return {**rules, **dated}


def _scheduled(meeting: Meeting, **why: str) -> Fact:
    told = ("kind", "post", "due_on", "stage", "gate", "read", "levels", "signatures", "addressees")
    required = [
        {key: row[key] for key in told if key in row} | ({"state": "waived"} if row["state"] == "waived" else {})
        for row in meeting["required"]
    ]
    said = {
        "unit": meeting["unit"],
        "group": meeting["group"],
        "meeting_on": meeting["meeting_on"],
        "required": required,
        "posts": [{"post": post["post"], "role": post["role"]} for post in meeting["posts"]],
        "preparation": _prepared_by(meeting),
        "team": meeting["team"],
        "level": meeting["level"],
        "aspects": [{key: row[key] for key in ASPECT_TOLD if key in row} for row in meeting["aspects"]],
        "waits_for": list(meeting.get("waits_for", ())),
        **{key: meeting[key] for key in ("rules", "predecessors") if meeting.get(key)},
    }
    return fact(meeting, "meeting_scheduled", {**said, **why})


def fact(meeting: Meeting, name: str, data: dict[str, Any]) -> Fact:
    """What happened to a meeting."""
    return Fact(name, meeting["_id"], meeting["campaign"], meeting["region"], data)
