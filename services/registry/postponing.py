"""Postponing: a unit asks for another day with its reason, an office decides with its own.

What must stay true: one asking is open at a time; until it is decided the dates stand as they are and only reminders of
what is not overdue yet rest (both events say so); granted, every date is counted anew from the new day and only what
was overdue when it was asked stays late, for nobody is late by waiting for an answer. Nobody decides on an own asking;
a meeting that is held or cancelled leaves none open.
An asking: {number, from, to, reason, by, by_account, at, asked_on, state: asked|granted|refused|withdrawn|lapsed,
decision: {by, at, reason, on}}; the meeting's `asking_since` is the time of the open one.
"""

from datetime import date
from typing import Any

from services.registry import gates, planning, telling
from services.spine import errors
from services.spine.workdays import Calendar

Meeting = dict[str, Any]
Campaign = dict[str, Any]
ALWAYS, BEFORE_FIRST_DUE = "always", "before_first_due"
PLACES = ("meeting_id", "campaign", "unit", "unit_name", "team", "region", "group", "meeting_on", "stage")


def check_by_unit(meeting: Meeting, campaign: Campaign, on: str, today: str) -> None:
    """A unit moves its day by itself to an earlier one always; to a later one as the campaign's policy has it."""
    policy = later_by_unit(campaign)
    if on <= meeting["meeting_on"] or policy == ALWAYS:
        return
    first = min((row["due_on"] for row in meeting["aspects"]), default=meeting["meeting_on"])
    if policy != BEFORE_FIRST_DUE or today > first:
        raise errors.Refusal("ask_to_postpone", on=on, first=first)


def later_by_unit(campaign: Campaign) -> str:
    """When a unit of the campaign moves its meeting to a later day by itself."""
    return str(campaign["policy"].get("moving", {}).get("later_by_unit", ALWAYS))


def ask(
    meeting: Meeting, campaign: Campaign, on: str, reason: str, by: str, account: str, at: str, today: str
) -> telling.Changed:
    """The unit asks for another day; asking for the same again changes nothing."""
    last = open_one(meeting)
    if last is not None:
        if (last["to"], last["reason"]) == (on, reason):
            return meeting, []
        raise errors.Refusal("postponement_open", on=last["to"])
    planning.check_day(meeting, campaign, on, today)
    if on == meeting["meeting_on"]:
        raise errors.Refusal("same_day", on=on)
    before = meeting.get("postponements", [])
    asked = {"number": len(before) + 1, "from": meeting["meeting_on"], "to": on, "reason": reason, "by": by}
    asked |= {"by_account": account, "at": at, "asked_on": today, "state": "asked", "decision": None}
    changed = {**meeting, "postponements": [*before, asked], "asking_since": at}
    said = {**_places(meeting, asked), "wanted_on": on, "reminders": "paused"}
    return changed, [telling.fact(meeting, "postponement_asked", said)]


def decide(
    meeting: Meeting,
    campaign: Campaign,
    number: int,
    decision: dict[str, Any],
    account: str,
    today: str,
    calendar: Calendar,
) -> telling.Changed:
    """An office grants it (the day asked for, or another one) or refuses it; the same decision again changes nothing.

    `decision`: {outcome, on, reason, by, at; before_superior: the first free day, where one before it is allowed}."""
    asked = _asked(meeting, number)
    outcome, on = decision["outcome"], decision["on"] or asked["to"]
    if asked["state"] != "asked":
        return _settled(meeting, asked, outcome)
    if asked["by_account"] == account and outcome != "withdrawn":
        raise errors.Refusal("own_postponement")
    if outcome != "granted":
        return _close(meeting, asked, {**decision, "on": None})
    planning.check_day(meeting, campaign, on, today)
    if on == meeting["meeting_on"]:
        return _close(meeting, asked, {**decision, "on": on})
    told = ("by", "at", "reason", "before_superior")
    entry = {"what": "postponed", **{key: decision[key] for key in told if key in decision}}
    since = asked["asked_on"]
    moved, facts = planning.moved(meeting, campaign, on, entry, since, calendar, because="postponed")
    changed, said = _close(moved, asked, {**decision, "on": on})
    return changed, [*facts, *said]


def lapse(meeting: Meeting, by: str, at: str) -> telling.Changed:
    """The meeting was held or cancelled: another day is asked for no longer."""
    asked = open_one(meeting)
    if asked is None:
        return meeting, []
    return _close(meeting, asked, {"outcome": "lapsed", "by": by, "at": at, "reason": "", "on": None})


def open_one(meeting: Meeting) -> dict[str, Any] | None:
    """The asking that waits for a decision."""
    askings: list[dict[str, Any]] = meeting.get("postponements", [])
    return next((one for one in askings if one["state"] == "asked"), None)


def days_off(meeting: Meeting, calendar: Calendar) -> list[dict[str, Any]]:
    """Which of the meeting's day and the day asked for are no working days: [{on, what, name}]; told, hindering
    nothing."""
    asked = open_one(meeting)
    days = dict.fromkeys([meeting["meeting_on"], *([asked["to"]] if asked else [])])
    if not gates.to_be_held(meeting):
        return []
    found = {on: calendar.off(date.fromisoformat(on)) for on in days if on}
    return [{"on": on, **off} for on, off in found.items() if off]


def row(meeting: Meeting) -> dict[str, Any]:
    """A unit with its last asking, as a line of the list to decide."""
    return {**{key: meeting[key] for key in PLACES}, "postponement": meeting["postponements"][-1]}


def _asked(meeting: Meeting, number: int) -> dict[str, Any]:
    askings: list[dict[str, Any]] = meeting.get("postponements", [])
    found = next((one for one in askings if one["number"] == number), None)
    if found is None:
        raise errors.Refusal("not_found", id=number)
    return found


def _settled(meeting: Meeting, asked: dict[str, Any], outcome: str) -> telling.Changed:
    if asked["state"] != outcome:
        raise errors.Refusal("postponement_settled", by=asked["decision"]["by"])
    return meeting, []


def _close(meeting: Meeting, asked: dict[str, Any], decision: dict[str, Any]) -> telling.Changed:
    outcome = decision["outcome"]
    closed = {**asked, "state": outcome, "decision": {key: decision[key] for key in ("by", "at", "reason", "on")}}
    askings = [closed if one["number"] == asked["number"] else one for one in meeting["postponements"]]
    changed = {**meeting, "postponements": askings, "asking_since": None}
    said = {**_places(changed, asked), "outcome": outcome, "reminders": "resumed"}
    return changed, [telling.fact(changed, "postponement_decided", said)]


def _places(meeting: Meeting, asked: dict[str, Any]) -> dict[str, Any]:
    places = {key: meeting[key] for key in ("meeting_id", "unit", "group", "meeting_on")}
    return {**places, "number": asked["number"]}
