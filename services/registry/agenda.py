"""The agenda as a gate before a meeting is put on record: where the policy asks for it, every step was begun on the
meeting's day, in its order, and the last of them ended.

What must stay true: what is asked for stands in the policy (`agenda_required`), which a lower level only makes
stricter; the office alone does without it, with a reason that stays to be seen.
"""

from typing import Any

from services.registry import day, gates, inheritance
from services.registry.telling import Campaign, Meeting
from services.spine import errors

END_TITLE = {"zh": "散会", "en": "End of the meeting"}


def asked(meeting: Meeting, campaign: Campaign) -> bool:
    """Whether a unit's meeting is put on record only after its agenda was gone through."""
    policy = inheritance.for_meeting(campaign, meeting)["policy"]
    return bool(policy.get("agenda_required") and policy.get("agenda"))


def owed(meeting: Meeting, campaign: Campaign, written: day.Day) -> list[dict[str, Any]]:
    """The steps that have not begun, where that is asked for and not waived: [{number, code, title}]."""
    if not asked(meeting, campaign) or meeting.get("agenda_waived"):
        return []
    begun = {entry["step"] for entry in day.begun_steps(written, campaign)}
    titles = {step["code"]: step["title"] for step in campaign["policy"]["agenda"]}
    steps = enumerate(day.steps(campaign), 1)
    return [
        {"number": number, "code": code, "title": titles.get(code, END_TITLE)}
        for number, code in steps
        if code not in begun
    ]


def check(missing: list[dict[str, Any]]) -> None:
    """Refuse a record while steps are owed, each of them named."""
    if missing:
        numbers = "、".join(str(step["number"]) for step in missing)
        places = [
            {"pointer": f"/agenda/{step['code']}", "code": "agenda_step_missing"}
            | {"number": step["number"], "step": step["title"]}
            for step in missing
        ]
        raise errors.Refusal("agenda_not_followed", count=len(missing), numbers=numbers, errors=places)


def waive(meeting: Meeting, reason: str, by: str, at: str) -> Meeting:
    """The office does without it for one unit; done again it changes nothing."""
    gates.check_to_be_held(meeting)
    if meeting.get("agenda_waived"):
        return meeting
    told = {"by": by, "at": at, "reason": reason}
    entry = {"what": "agenda_waived", **told, "from": "", "to": ""}
    return {**meeting, "agenda_waived": told, "history": [*meeting["history"], entry]}
