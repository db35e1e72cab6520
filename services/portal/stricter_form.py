"""The rules of rectification and the reminders as forms in which a county or a unit asks for more.

What must stay true: what is left empty stays as it stands; more people close and are reminded, never fewer. Fields:
`report_day`, `soon_days`, `evidence_files`, `when_returned`, `level` (`list:level`, those that are added), and of each
list `return_days:list`, `look_back_days:list`, `milestones:list`, `recheck_days:list` (days, 90、180). Of each kind
that is reminded of `before:kind` (days, 10、5; 0 is the day itself), `after:kind`, `counted:kind` (natural or
working), `to:kind` (whoever is reminded on those days).
"""

import copy
import re
from collections.abc import Callable
from typing import Any

from werkzeug.datastructures import MultiDict

from services.portal import wording

LEVELS = ("group", "county_office", "office")
WHOLE = ("report_day", "soon_days", "evidence_files")
NUMBERS = ("return_days", "look_back_days", "milestones")


def rectification(
    stands: dict[str, Any], form: MultiDict[str, str], number: Callable[[str], Any]
) -> dict[str, Any] | None:
    """The rules as they would be; None when nothing is asked. `number`: a number as it was written."""
    rules = copy.deepcopy(stands)
    rules |= {key: number(form[key]) for key in WHOLE if form.get(key)}
    rules |= {"when_returned": form["when_returned"]} if form.get("when_returned") else {}
    added = [pair.split(":") for pair in form.getlist("level")]
    for code, one in rules["lists"].items():
        more = {level for of, level in added if of == code}
        one["levels"] = _with(one["levels"], more)
        if "levels_at" in one:
            one["levels_at"] = {rank: _with(levels, more) for rank, levels in one["levels_at"].items()}
        one |= {key: number(form[f"{key}:{code}"]) for key in NUMBERS if form.get(f"{key}:{code}")}
        if form.get(f"recheck_days:{code}", "").strip():
            one["recheck_days"] = _days(form[f"recheck_days:{code}"], number)
    return rules if rules != stands else None


def reminders(
    stands: dict[str, list[dict[str, Any]]], form: MultiDict[str, str], number: Callable[[str], Any]
) -> dict[str, Any] | None:
    """The steps as they would be, a step that stands with whom it reaches besides; None when nothing is asked."""
    steps = copy.deepcopy(stands)
    for kind in wording.REMINDED:
        unit, to = form.get(f"counted:{kind}", "natural"), form.getlist(f"to:{kind}")
        before = [_before(day) for day in _days(form.get(f"before:{kind}", ""), number)]
        for days in (*before, *_days(form.get(f"after:{kind}", ""), number)):
            of_kind = steps.setdefault(kind, [])
            there = next((one for one in of_kind if (one["days"], one["unit"]) == (days, unit)), None)
            if there is None:
                of_kind.append(there := {"days": days, "unit": unit, "to": []})
            there["to"] = [who for who in wording.REMINDED_LINE if who in to or who in there["to"]]
    return steps if steps != stands else None


def _days(written: str, number: Callable[[str], Any]) -> list[Any]:
    """Several days in one field: 90、180."""
    return [number(day) for day in re.split(r"[、，,;；\s]+", written) if day]


def _before(day: Any) -> Any:
    """Whoever writes -3 for three days before means what 3 means."""
    return -abs(day) if isinstance(day, int) else day


def _with(levels: list[str], more: set[str]) -> list[str]:
    return [level for level in LEVELS if level in more or level in levels] if more - {*levels} else levels
