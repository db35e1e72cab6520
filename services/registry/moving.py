"""What moved among a unit's days, line by line, and how its history keeps it.

What must stay true: where a day moved, came or went the history says from when to when, by whom and why; where none did
it says nothing.
"""

from typing import Any

from services.registry import papers
from services.registry.telling import Meeting

Row = dict[str, Any]


def differing(before: Meeting, after: Meeting, today: str) -> list[Row]:
    """What moves, comes (no day before) and goes (no day after), a line a kind or aspect: {what, code, posts, from, to,
    past}; `past` when it is open and its new day is over."""
    lines: dict[tuple[str, str, Any, Any], Row] = {}
    old, new = _dated(before), _dated(after)
    for key in [*new, *(key for key in old if key not in new)]:
        (what, code, _), was, now = key, old.get(key), new.get(key)
        left, right = was and was.get("due_on"), now and now["due_on"]
        if left == right:
            continue
        past = bool(now and now["state"] in ("open", *papers.LACKING) and (right or "9999") < today)
        line = {"what": what, "code": code, "posts": 0, "from": left, "to": right, "past": False}
        line = lines.setdefault((what, code, left, right), line)
        line["posts"] += 1
        line["past"] = line["past"] or past
    return list(lines.values())


def kept(before: Meeting, after: Meeting, what: str, said: Row, today: str) -> Meeting:
    """A unit whose meeting stays on its day: its other days that moved stand in its history. `said`: {by, at, reason}
    and what else is told of it."""
    changes = differing(before, after, today)
    if not changes:
        return after
    on = after["meeting_on"]
    entry = {"what": what, **said, "from": on, "to": on, "changes": changes}
    return {**after, "history": [*after["history"], entry]}


def _dated(meeting: Meeting) -> dict[tuple[str, str, str], Row]:
    rows = {("aspect", row["code"], ""): row for row in meeting["aspects"]}
    return rows | {("paper", row["kind"], row["post"]): row for row in meeting["required"]}
