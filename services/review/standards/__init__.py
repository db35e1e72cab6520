"""The five no-pass standards: each room reads the structure of a material and says where it falls short, and why.

A room is pure: the same structure, context and rules give the same findings, in the same order. Words and limits
are data beside the room (`<room>.json`, each with its version); what a rule stands on is said in the room. A
finding of severity `fail` advises that the standard fails; a `note` only points. A person decides.

    {"id", "code", "standard", "severity": "fail"|"note", "anchor": {"paragraph", "node", "quotation"},
     "reason": {"zh", "en"}, "would_pass": {"zh", "en"}, "confidence": 0..1, "rule"}
"""

from typing import Any

from . import causes, deadlines, examples, measures, opinions, persuasion, problems
from .reading import Reading

ROOMS = {"problems": problems, "examples": examples, "persuasion": persuasion, "causes": causes, "measures": measures}
CODES = tuple(ROOMS)
KINDS = ("speech_outline", "team_inspection")


def judge(structure: dict[str, Any], context: dict[str, Any]) -> list[dict[str, Any]]:
    """All findings, by standard.

    `context` may hold `opinions` ([{id, source, text}]) that must be answered and `near_copies` ([{id, whose, share,
    earlier, passages}]) that comparison found, `of_another` ((paragraph, words) of a head that names somebody else),
    `written_on` and `submitted_on` (days), `plan` ({meeting_on, last_on}: days of the unit's plan, as far as known).
    """
    return look(structure, context)[0]


def look(structure: dict[str, Any], context: dict[str, Any]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """All findings; and for each opinion whether and where it is answered, or by which finding it is missed."""
    reading = Reading(structure, context)
    found = [finding for room in ROOMS.values() for finding in room.judge(reading)] if reading.lines else []
    found = [{"id": f"f{number}", **finding} for number, finding in enumerate(found, 1)]
    missed = iter([each["id"] for each in found if each["rule"] in opinions.MISSED])
    return found, [
        {**one, "finding": None if one["answered"] else next(missed, None)} for one in opinions.answers(reading)
    ]


__all__ = ["CODES", "KINDS", "ROOMS", "Reading", "deadlines", "judge", "look"]
