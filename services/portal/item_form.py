"""The measures and milestones of an item as rows of a form, what stands beside, and an item as its form shows it."""

import itertools
import re
from collections.abc import Mapping
from typing import Any

from werkzeug.datastructures import MultiDict

from services.portal import wording

MEASURES = 5
MILESTONES = 3
ROWS = 24
WHAT = ("what", "who", "due_on")


def measures(form: Mapping[str, str]) -> list[dict[str, Any]]:
    """The measures of a form; a row in which nothing stands is none."""
    found = []
    for number in range(ROWS):
        measure: dict[str, Any] = {part: form.get(f"{part}-{number}", "").strip() for part in WHAT}
        if any(measure.values()):
            key, helpers = form.get(f"m-key-{number}", "").strip(), _parts(form.get(f"with-{number}", ""))
            found.append({**({"key": key} if key else {}), **measure, **({"with": helpers} if helpers else {})})
    return found


def milestones(form: Mapping[str, str]) -> list[dict[str, str]]:
    """The milestones of a form, each with the key it has or, when it is new, one that is free."""
    known = {form.get(f"s-key-{number}") for number in range(ROWS)}
    free = (key for number in itertools.count(1) if (key := f"s{number}") not in known)
    found = []
    for number in range(ROWS):
        text, due_on = form.get(f"deliverable-{number}", "").strip(), form.get(f"s-due-{number}", "")
        if text or due_on:
            key = form.get(f"s-key-{number}") or next(free)
            found.append({"key": key, "deliverable": text, "due_on": due_on})
    return found


def particulars(form: Mapping[str, str]) -> dict[str, str]:
    """What the official sheet tells beside, with lines ended as they are kept."""
    told = {code: form.get(f"p-{code}", "").replace("\r\n", "\n").strip() for code in wording.PARTICULARS}
    return {code: text for code, text in told.items() if text}


def begun(item: dict[str, Any]) -> MultiDict[str, str]:
    """An item as its form shows it."""
    kept = {key: item.get(key) or "" for key in ("problem", "category", "aspect", "responsible", "standard", "due_on")}
    kept |= {f"p-{code}": text for code, text in (item.get("particulars") or {}).items()}
    for number, one in enumerate(item["measures"]):
        kept |= {f"{part}-{number}": one[part] or "" for part in WHAT}
        kept |= {f"m-key-{number}": one.get("key", ""), f"with-{number}": "、".join(one.get("with", ()))}
    for number, one in enumerate(item["milestones"]):
        kept |= {f"s-key-{number}": one["key"], f"s-due-{number}": one["due_on"]}
        kept |= {f"deliverable-{number}": one["deliverable"]}
    return MultiDict(kept)


def _parts(text: str) -> list[str]:
    return [part for one in re.split(r"[、，,;；]", text) if (part := one.strip())]
