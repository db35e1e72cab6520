"""The gate before a meeting: the aspects the campaign wants settled first, beside the materials; and whether the
meeting is still to come.

What must stay true: which aspects these are stands in the campaign (`policy.gate`), never here; a campaign that names
none asks for none; what only comes with the meeting or after it never keeps it from being held; no meeting is put on
record before the day on which the last of them was settled, or the last material that none of them follows.
"""

from typing import Any

from services.spine import errors


def to_be_held(meeting: dict[str, Any]) -> bool:
    """Whether a meeting is still to come: neither held nor cancelled."""
    return not meeting["held"] and not meeting.get("cancelled")


def check_to_be_held(meeting: dict[str, Any]) -> None:
    """Refuse a meeting that was held or cancelled."""
    if meeting["held"]:
        raise errors.Refusal("already_held", on=meeting["held"]["held_on"])
    check_not_cancelled(meeting)


def check_not_cancelled(meeting: dict[str, Any]) -> None:
    """Refuse a meeting that was cancelled."""
    if known := meeting.get("cancelled"):
        raise errors.Refusal("meeting_cancelled", on=known["on"])


def waits_for(campaign: dict[str, Any]) -> list[int]:
    """The numbers of the aspects that have to be done, or waived by the office, before a meeting."""
    return list(campaign["policy"].get("gate", {}).get("aspects", ()))


def unsettled(meeting: dict[str, Any]) -> list[int]:
    """Those of them that are still open in one unit."""
    return [row["number"] for row in _asked(meeting) if row["state"] == "open"]


def check_day(meeting: dict[str, Any], on: str) -> None:
    """Refuse a meeting on a day before the gate was open; what was done again after it was held does not count."""
    until = meeting["held"]["held_on"] if meeting["held"] else "9999"
    asked = _asked(meeting)
    settled = [row for row in asked if row["state"] != "open" and on < row["done_on"] <= until]
    if settled:
        earliest, numbers = max(row["done_on"] for row in settled), "、".join(str(row["number"]) for row in settled)
        raise errors.Refusal("held_before_gate", on=on, earliest=earliest, numbers=numbers)
    followed = {kind for row in asked for kind in row.get("papers") or [row["follows"]]}
    alone = [row for row in meeting["required"] if row.get("gate", True) and row["kind"] not in followed]
    days = [row["settled_on"] for row in alone if "settled_on" in row and on < row["settled_on"] <= until]
    if days:
        raise errors.Refusal("held_before_materials", on=on, earliest=max(days), count=len(days))


def _asked(meeting: dict[str, Any]) -> list[dict[str, Any]]:
    asked = meeting.get("waits_for", ())
    return [row for row in meeting["aspects"] if row["number"] in asked and row["stage"] == "before"]


def fault(missing: list[dict[str, Any]], aspects: list[int]) -> errors.Refusal | None:
    """What refuses a meeting while a material or an aspect is missing."""
    if missing:
        named = "、".join(f"{row['post']} {row['kind']}" for row in missing)
        return errors.Refusal("materials_not_passed", count=len(missing), missing=named)
    if aspects:
        return errors.Refusal("aspects_not_settled", count=len(aspects), numbers="、".join(map(str, aspects)))
    return None
