"""What is asked of rectification in a region or unit, and whether it is as much as the campaign asks.

What must stay true: a lower level adds levels to a close-out, looks again sooner and more often, warns earlier, gives
less time; it never takes anything away, and what no rule here compares stays as it is.
"""

from collections.abc import Mapping, Sequence
from typing import Any

Rules = Mapping[str, Any]
RANKS = ("city", "county", "township", "branch")
EARLIER = ("report_day", "plan_within_days")
SOON_DAYS = 7
"""How many days before its day an item is due soon, where nothing is said."""
WHEN_RETURNED = "yellow"
"""What shows of an item that was sent back, where nothing is said."""
EVIDENCE_FILES = 1
"""How many pieces of evidence have a file before a close-out is applied for, where nothing is said."""
SOONER = ("return_days", "look_back_days")


def stricter(before: Rules, after: Rules) -> bool:
    """Whether rules of rectification ask for as much as others or more."""
    fixed = (before.keys() | after.keys()) - {"lists", "soon_days", "when_returned", "evidence_files", *EARLIER}
    lists = [(before["lists"][code], after["lists"][code]) for code in before["lists"]]
    return (
        all(before.get(key) == after.get(key) for key in fixed)
        and all(_at_most(before.get(key), after.get(key)) for key in EARLIER)
        and before.get("evidence_files", EVIDENCE_FILES) <= after.get("evidence_files", EVIDENCE_FILES)
        and before.get("soon_days", SOON_DAYS) <= after.get("soon_days", SOON_DAYS)
        and after.get("when_returned", WHEN_RETURNED) in (WHEN_RETURNED, before.get("when_returned"))
        and all(_list_stricter(*pair) for pair in lists)
    )


def _list_stricter(before: Rules, after: Rules) -> bool:
    return (
        all(set(_levels(before, rank)) <= set(_levels(after, rank)) for rank in RANKS)
        and all(_at_most(before.get(key), after.get(key)) for key in SOONER)
        and after.get("milestones", 0) >= before.get("milestones", 0)
        and _looks_as_often(before.get("recheck_days", ()), after.get("recheck_days", ()))
    )


def _levels(rules: Rules, rank: str) -> Sequence[str]:
    found: Sequence[str] = rules.get("levels_at", {}).get(rank) or rules["levels"]
    return found


def _at_most(before: int | None, after: int | None) -> bool:
    return before is None or (after is not None and after <= before)


def _looks_as_often(before: Sequence[int], after: Sequence[int]) -> bool:
    pairs = zip(sorted(before), sorted(after), strict=False)
    return len(after) >= len(before) and all(new <= old for old, new in pairs)
