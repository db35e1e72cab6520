"""What is asked of rectification in a region or unit, and whether it is as much as the campaign asks.

What must stay true: a lower level adds levels to a close-out, looks again sooner and more often, warns earlier, gives
less time; it never takes anything away, and what no rule here compares stays as it is.
"""

from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Any

Rules = Mapping[str, Any]
RANKS = ("city", "county", "township", "branch")
LEVELS = ("group", "county_office", "office")
"""Who passes a close-out, the nearest first."""
EARLIER = ("report_day", "plan_within_days")
SOON_DAYS = 7
"""How many days before its day an item is due soon, where nothing is said."""
WHEN_RETURNED = "yellow"
"""What shows of an item that was sent back, where nothing is said."""
EVIDENCE_FILES = 1
"""How many pieces of evidence have a file before a close-out is applied for, where nothing is said."""
SOONER = ("return_days", "look_back_days")
USUAL = {"soon_days": SOON_DAYS, "evidence_files": EVIDENCE_FILES}


def stricter(before: Rules, after: Rules) -> bool:
    """Whether rules of rectification ask for as much as others or more."""
    fixed = (before.keys() | after.keys()) - {"lists", "when_returned", *USUAL, *EARLIER}
    lists = [(before["lists"][code], after["lists"][code]) for code in before["lists"]]
    return (
        all(before.get(key) == after.get(key) for key in fixed)
        and all(_at_most(before.get(key), after.get(key)) for key in EARLIER)
        and all(before.get(key, usual) <= after.get(key, usual) for key, usual in USUAL.items())
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


def joined(before: Rules, after: Rules) -> dict[str, Any]:
    """All that both ask for: of each part the stricter, and what no rule here compares as it was before."""
    if stricter(before, after):
        return dict(after)
    lists = {code: _lists_joined(one, after["lists"].get(code, one)) for code, one in before["lists"].items()}
    shown = (one.get("when_returned", WHEN_RETURNED) for one in (before, after))
    least = {key: _least(before, after, key) for key in EARLIER}
    most = {key: max(before.get(key, usual), after.get(key, usual)) for key, usual in USUAL.items()}
    returned = WHEN_RETURNED if WHEN_RETURNED in shown else before["when_returned"]
    return {**before, **_told(least), **most, "when_returned": returned, "lists": lists}


def _lists_joined(before: Rules, after: Rules) -> dict[str, Any]:
    if _list_stricter(before, after):
        return dict(after)
    by_rank = {rank: {*_levels(before, rank), *_levels(after, rank)} for rank in RANKS}
    levels = {rank: [level for level in LEVELS if level in named] for rank, named in by_rank.items()}
    looks = zip_longest(*(sorted(one.get("recheck_days", ())) for one in (before, after)))
    again = [min(day for day in days if day is not None) for days in looks]
    return {
        **before,
        **_told({key: _least(before, after, key) for key in SOONER}),
        **({"levels_at": levels} if any(levels[rank] != before["levels"] for rank in RANKS) else {}),
        **_told({"milestones": max(before.get("milestones", 0), after.get("milestones", 0)) or None}),
        **_told({"recheck_days": again or None}),
    }


def _least(before: Rules, after: Rules, key: str) -> int | None:
    return min((one[key] for one in (before, after) if one.get(key) is not None), default=None)


def _told(found: Rules) -> dict[str, Any]:
    return {key: value for key, value in found.items() if value is not None}


def _levels(rules: Rules, rank: str) -> Sequence[str]:
    found: Sequence[str] = rules.get("levels_at", {}).get(rank) or rules["levels"]
    return found


def _at_most(before: int | None, after: int | None) -> bool:
    return before is None or (after is not None and after <= before)


def _looks_as_often(before: Sequence[int], after: Sequence[int]) -> bool:
    pairs = zip(sorted(before), sorted(after), strict=False)
    return len(after) >= len(before) and all(new <= old for old, new in pairs)
