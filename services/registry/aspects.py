"""A meeting's aspects of the checklist, and how far it has come by them and by its materials.

What must stay true: an aspect that is done too late stays late; what somebody's hand has set is not taken back by what
comes; aspects after the meeting are not done before it.
"""

from collections.abc import Sequence
from typing import Any

from services.registry import gates, papers, telling
from services.registry.telling import Changed, Meeting
from services.spine import errors

STAGES = ("preparing", "writing", "ready", "held", "rectifying", "closed", "cancelled")
CANCELLED = STAGES[-1]
"""The stage of a unit that takes part no longer: it counts for nothing else."""


def record(meeting: Meeting, number: int, state: str, on: str, note: str, by: str, today: str) -> Changed:
    """An aspect that follows a person's hand is done on a day, or any aspect is waived by the office."""
    gates.check_not_cancelled(meeting)
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
        return settle(meeting, [number], state, on, note, by)
    if (row["state"], row["done_on"], row["note"]) != (state, on, note):
        raise errors.Refusal("aspect_settled", number=number, on=row["done_on"])
    return meeting, []


def gate(meeting: Meeting) -> list[dict[str, Any]]:
    """The materials that still stand between a unit and its meeting."""
    return [row for row in meeting["required"] if row.get("gate", True) and row["state"] not in papers.SETTLED]


def stage(meeting: Meeting) -> str:
    """How far the unit has come."""
    if meeting.get("cancelled"):
        return CANCELLED
    if meeting["held"]:
        states = set(meeting["ledger"].values())
        return "held" if not states else "closed" if states == {"closed"} else "rectifying"
    if not gate(meeting) and not gates.unsettled(meeting):
        return "ready"
    return "writing" if any(row["version"] for row in meeting["required"] if row.get("gate", True)) else "preparing"


def awaiting(meeting: Meeting, follows: str) -> list[int]:
    """The numbers of open aspects that follow it."""
    return [row["number"] for row in meeting["aspects"] if row["follows"] == follows and row["state"] == "open"]


def follow_materials(meeting: Meeting, on: str) -> Changed:
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
    meeting, reopened = reopen(meeting, settled["open"])
    changed, done = settle(meeting, settled["done"], "done", on, "", "")
    changed, waived = settle(changed, settled["waived"], "waived", on, "", "")
    return changed, [*reopened, *done, *waived]


def reopen(meeting: Meeting, numbers: Sequence[int]) -> Changed:
    """Aspects that were done by what came and no longer are; what somebody's hand has set stays, late stays late."""
    back = [row for row in meeting["aspects"] if row["number"] in numbers and row["state"] == "done" and not row["by"]]
    aspects = [{**row, "state": "open", "done_on": None} if row in back else row for row in meeting["aspects"]]
    said = [{"unit": meeting["unit"], "number": row["number"], "code": row["code"]} for row in back]
    return {**meeting, "aspects": aspects}, [telling.fact(meeting, "aspect_reopened", one) for one in said]


def settle(meeting: Meeting, numbers: Sequence[int], state: str, on: str, note: str, by: str) -> Changed:
    """Aspects are done or waived, by somebody or (`by` empty) by what came."""
    aspects, facts = [], []
    for before in meeting["aspects"]:
        aspect = before
        if before["number"] in numbers:
            late = before["late"] or (state == "done" and on > before["due_on"])
            aspect = {**before, "state": state, "done_on": on, "late": late, "note": note, "by": by}
            said = {"unit": meeting["unit"], **{key: aspect[key] for key in ("number", "code", "state", "late")}}
            facts.append(telling.fact(meeting, "aspect_recorded", said))
        aspects.append(aspect)
    changed = {**meeting, "aspects": aspects}
    return {**changed, "stage": stage(changed)}, facts
