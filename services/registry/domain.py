"""The rules of a campaign and of each unit's meeting.

What must stay true: a meeting is not held before its materials have passed or were waived and the aspects it waits for
are settled, nor below its quorum; what was late stays late.
A meeting: {_id: campaign.unit, campaign, unit, unit_name, team, region, group, posts, meeting_on,
aspects (see schedule), required: [see papers], preparation: the campaign's rules of talks and study, rules: what is
stricter here, ledger: {key: open|closed}, held, cancelled (see cancelling), relays, corrections (see
attendance), stage, waits_for: [numbers of aspects], talks_said and ledger_said: up to where talks, and each item, were
heard, postponements (see postponing), history: [{what, by, at, reason, from, to, dates: what moved with the day}]}.
"""

from typing import Any

from services.registry import (
    agenda,
    aspects,
    attendance,
    day,
    gates,
    outside,
    papers,
    postponing,
    recounting,
    telling,
    versions,
)
from services.registry.telling import Campaign, Changed, Meeting
from services.spine import errors
from services.spine.events import Fact


def announce(meeting: Meeting) -> Changed:
    """The campaign is open: the unit's day, group and required materials are said."""
    if meeting["announced"] or meeting.get("cancelled"):
        return meeting, []
    return {**meeting, "announced": True}, [telling.scheduled(meeting)]


def begin_opening(campaign: Campaign) -> Campaign:
    """The campaign is about to open: its units are told one after the other, then it is open."""
    return {**campaign, "state": "opening"} if campaign["state"] == "draft" else campaign


def open_campaign(campaign: Campaign, units: int, at: str) -> tuple[Campaign, list[Fact]]:
    """The campaign opens, once."""
    if campaign["state"] == "open":
        return campaign, []
    code, region = campaign["campaign_code"], campaign["region_code"]
    opened = {**campaign, "state": "open", "opened_at": at}
    return opened, [Fact("campaign_opened", code, code, region, versions.told(campaign, units))]


def waive(meeting: Meeting, kind: str, post: str, reason: str, by: str, at: str, today: str) -> Changed:
    """The office does without one material."""
    gates.check_not_cancelled(meeting)
    if not any((row["kind"], row["post"]) == (kind, post) for row in meeting["required"]):
        raise errors.Refusal("material_kind_not_required", unit=meeting["unit"], post=post, kind=kind)
    entry = {"what": "waived", "by": by, "at": at, "reason": reason, "from": f"{kind}/{post}", "to": ""}
    required = [
        {**row, "state": "waived", "reason": reason, "settled_on": today}
        if (row["kind"], row["post"]) == (kind, post) and row["state"] not in papers.SETTLED
        else row
        for row in meeting["required"]
    ]
    if required == meeting["required"]:
        return meeting, []
    waived = {**meeting, "required": required, "history": [*meeting["history"], entry]}
    changed, facts = aspects.follow_materials(waived, today)
    return changed, [*facts, telling.scheduled(changed, because="waived")] if meeting["announced"] else facts


def material_moved(meeting: Meeting, kind: str, post: str, version: int, state: str, on: str) -> Changed:
    """A version was handed in or judged; what is older than what is known changes nothing."""
    required = [
        papers.settled(papers.moved(row, version, state, on), row, on)
        if (row["kind"], row["post"]) == (kind, post)
        else row
        for row in meeting["required"]
    ]
    return aspects.follow_materials({**meeting, "required": required}, on)


def verdict_withdrawn(meeting: Meeting, kind: str, post: str, version: int, on: str) -> Changed:
    """A verdict was taken back: that version is read again, and the gate closes if it had opened by it."""

    def back(row: dict[str, Any]) -> dict[str, Any]:
        hit = (row["kind"], row["post"], row["version"]) == (kind, post, version) and row["state"] != "waived"
        return {**row, "state": "submitted"} if hit else row

    return aspects.follow_materials({**meeting, "required": [back(row) for row in meeting["required"]]}, on)


def version_withdrawn(meeting: Meeting, kind: str, post: str, version: int, back_to: str, on: str) -> Changed:
    """A unit took a version back before anybody read it: it owes the material as it did before."""

    def back(row: dict[str, Any]) -> dict[str, Any]:
        hit = (row["kind"], row["post"], row["version"], row["state"]) == (kind, post, version, "submitted")
        return {**row, "state": back_to} if hit else row

    return aspects.follow_materials({**meeting, "required": [back(row) for row in meeting["required"]]}, on)


def paper_sent_back(meeting: Meeting, kind: str, post: str, version: int, on: str) -> Changed:
    """One to whom a paper went sent it back: the unit owes it again."""

    def back(row: dict[str, Any]) -> dict[str, Any]:
        hit = (row["kind"], row["post"], row["version"], row["state"]) == (kind, post, version, "received")
        return {**row, "state": "returned"} if hit else row

    return aspects.follow_materials({**meeting, "required": [back(row) for row in meeting["required"]]}, on)


def hold(
    meeting: Meeting,
    campaign: Campaign,
    record: dict[str, Any],
    by: str,
    at: str,
    today: str,
    around: outside.Around = outside.ALONE,
) -> Changed:
    """The meeting was held: after its materials passed, with a quorum, absences with a reason, by its agenda where that
    is asked for, as planned or with the office's reason; what follows it is counted from its day."""
    gates.check_to_be_held(meeting)
    if campaign["state"] != "open":
        raise errors.Refusal("campaign_not_open")
    if fault := gates.fault(aspects.gate(meeting), gates.unsettled(meeting)):
        raise fault
    attendance.check(meeting, campaign, record, today)
    agenda.check(agenda.owed(meeting, campaign, around.written or day.begin(meeting)))
    record = outside.recorded(meeting, campaign, record, by, at, around)
    expected, present = len(meeting["posts"]), len(record["present"])
    held = {**record, "expected": expected, "recorded_by": by, "recorded_at": at}
    changed, facts = aspects.settle(
        {**meeting, "held": held}, aspects.awaiting(meeting, "meeting"), "done", record["held_on"], "", by
    )
    changed, more = aspects.follow_materials(changed, record["held_on"])
    changed, awaited = attendance.absent(changed)
    changed, over = postponing.lapse(changed, by, at)
    on, planned, entry = record["held_on"], meeting["meeting_on"], {"by": by, "at": at, "reason": ""}
    changed, counted = recounting.follow(changed, planned, entry, on, around.calendar)
    said = {"unit": meeting["unit"], "group": meeting["group"], "held_on": on, "outside": "outside" in held}
    told = telling.fact(meeting, "meeting_held", {**said, "expected": expected, "present": present})
    return changed, [*facts, *more, *awaited, *over, *counted, told]


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
    settled = aspects.awaiting(meeting, "ledger") if planned else []
    return aspects.settle({**meeting, **moved}, settled, "done", on, "", "")


def talks_moved(meeting: Meeting, sequence: int, last_on: str | None) -> Changed:
    """Everybody has talked with whom the campaign asks for, the last of them on that day, or (None) no longer; what
    was said before what is known changes nothing."""
    if sequence <= meeting.get("talks_said", 0):
        return meeting, []
    changed = {**meeting, "talks_said": sequence}
    if last_on:
        return aspects.settle(changed, aspects.awaiting(changed, "talks"), "done", last_on, "", "")
    return aspects.reopen(changed, [row["number"] for row in changed["aspects"] if row["follows"] == "talks"])


def commented(meeting: Meeting, on: str) -> Changed:
    """The group's comment on the meeting was issued."""
    return aspects.settle(meeting, aspects.awaiting(meeting, "comment"), "done", on, "", "")
