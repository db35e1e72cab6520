"""What was said of those who were away and still waits for their word, or for an office's.

What must stay true: a list, its count and the page of a meeting tell the same ones. A relay (see attendance) waits
while it is `awaited` or `told` and its post is among the absent on record.
"""

from collections.abc import Mapping
from typing import Any

OPEN = ("awaited", "told")


def waiting(meeting: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The relays that still wait."""
    away = {row["post"] for row in (meeting["held"] or {}).get("absences", ())}
    return [row for row in meeting.get("relays", ()) if row["state"] in OPEN and row["post"] in away]


def counted(meeting: Mapping[str, Any]) -> dict[str, int]:
    """How many of them are to be told yet, and how many wait for the word of whoever was told."""
    states = [row["state"] for row in waiting(meeting)]
    return {state: states.count(state) for state in OPEN}
