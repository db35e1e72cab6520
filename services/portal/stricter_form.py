"""The rules of rectification as a form in which a county or a unit asks for more.

What must stay true: what is left empty stays as it stands; more people close, never fewer. Fields: `report_day`,
`level` (`list:level`, those that are added), and of each list `return_days:list`, `look_back_days:list`,
`milestones:list`, `recheck_days:list` (days, 90、180).
"""

import copy
import re
from collections.abc import Callable
from typing import Any

from werkzeug.datastructures import MultiDict

LEVELS = ("group", "county_office", "office")
NUMBERS = ("return_days", "look_back_days", "milestones")


def rectification(
    stands: dict[str, Any], form: MultiDict[str, str], number: Callable[[str], Any]
) -> dict[str, Any] | None:
    """The rules as they would be; None when nothing is asked. `number`: a number as it was written."""
    rules = copy.deepcopy(stands)
    if form.get("report_day"):
        rules["report_day"] = number(form["report_day"])
    added = [pair.split(":") for pair in form.getlist("level")]
    for code, one in rules["lists"].items():
        more = {level for of, level in added if of == code}
        one["levels"] = _with(one["levels"], more)
        if "levels_at" in one:
            one["levels_at"] = {rank: _with(levels, more) for rank, levels in one["levels_at"].items()}
        one |= {key: number(form[f"{key}:{code}"]) for key in NUMBERS if form.get(f"{key}:{code}")}
        if days := form.get(f"recheck_days:{code}", "").strip():
            one["recheck_days"] = [number(day) for day in re.split(r"[、，,;；\s]+", days) if day]
    return rules if rules != stands else None


def _with(levels: list[str], more: set[str]) -> list[str]:
    return [level for level in LEVELS if level in more or level in levels] if more - {*levels} else levels
