"""Calendars to take along (.ics, RFC 5545): meetings and due days as whole days.

What must stay true: a calendar that is subscribed to lies outside this system, so it says how many dates a day has and
nothing else: no unit, no title, no code, not even in an id. Only what a signed-in person downloads names them.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any, NamedTuple

WIDTH = 75
MEDIA = "text/calendar; charset=utf-8"
WORDS = {
    "zh": (
        "民主生活会：{unit}",
        "第{number}项 {title}，{count} 个单位到期",
        "第{number}项 {title} 到期",
        "Rectify：{n} 个节点",
    ),
    "en": ("Meeting: {unit}", "{number}. {title}, {count} units due", "{number}. {title} due", "Rectify: {n} dates"),
}


class Entry(NamedTuple):
    """A whole day: an id that stays the same, the day, what is shown, how often it moved."""

    id: str
    on: str
    text: str
    moved: int = 0


def named(meetings: Iterable[dict[str, Any]], language: str) -> list[Entry]:
    """Meetings with their units, and what is still due: of one unit each aspect, of several how many units a day."""
    rows, words = list(meetings), WORDS[language]
    found = [
        Entry(f"{row['meeting_id']}.meeting", _day(row), words[0].format(unit=row["unit_name"]), len(row["history"]))
        for row in rows
    ]
    if len(rows) == 1:
        moved, meeting_id = len(rows[0]["history"]), rows[0]["meeting_id"]
        return found + [
            Entry(f"{meeting_id}.a{one['number']}", one["due_on"], _titled(words[2], one, language), moved)
            for one in _open(rows[0])
        ]
    due = Counter((one["due_on"], one["number"], one["title"][language]) for row in rows for one in _open(row))
    for (on, number, title), count in sorted(due.items()):
        text = words[1].format(number=number, title=title, count=count)
        found.append(Entry(f"{rows[0]['campaign']}.a{number}.{on}", on, text))
    return found


def unnamed(meetings: Iterable[dict[str, Any]], language: str, key: str) -> list[Entry]:
    """How many dates each day has; ids by a key that only the subscription has."""
    days: Counter[str] = Counter()
    for row in meetings:
        days.update([_day(row), *(one["due_on"] for one in _open(row))])
    words = WORDS[language][3]
    return [
        Entry(hashlib.sha256(f"{key} {on}".encode()).hexdigest()[:32], on, words.format(n=count))
        for on, count in sorted(days.items())
    ]


def write(entries: Iterable[Entry], name: str, at: str) -> bytes:
    """The calendar as a file; `at` is the UTC time it was made."""
    stamp = at[:19].replace("-", "").replace(":", "") + "Z"
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Rectify//Schedule//ZH", "CALSCALE:GREGORIAN"]
    lines += [f"X-WR-CALNAME:{_escaped(name)}", "REFRESH-INTERVAL;VALUE=DURATION:PT12H"]
    for entry in entries:
        day = date.fromisoformat(entry.on)
        lines += ["BEGIN:VEVENT", f"UID:{entry.id}@rectify", f"DTSTAMP:{stamp}", f"SEQUENCE:{entry.moved}"]
        lines += [f"DTSTART;VALUE=DATE:{day:%Y%m%d}", f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}"]
        lines += [f"SUMMARY:{_escaped(entry.text)}", "TRANSP:TRANSPARENT", "END:VEVENT"]
    return "".join(f"{part}\r\n" for line in [*lines, "END:VCALENDAR"] for part in _folded(line)).encode()


def _day(meeting: dict[str, Any]) -> str:
    return str((meeting["held"] or {}).get("held_on") or meeting["meeting_on"])


def _open(meeting: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for one in meeting["aspects"] if one["state"] == "open" and one["due_on"]]


def _titled(words: str, aspect: dict[str, Any], language: str) -> str:
    return words.format(number=aspect["number"], title=aspect["title"][language])


def _escaped(text: str) -> str:
    for sign in "\\;,":
        text = text.replace(sign, f"\\{sign}")
    return " ".join(text.split())


def _folded(line: str) -> Iterator[str]:
    """A line in pieces of at most 75 octets, each after the first behind a blank; no letter is cut."""
    piece, size = "", 0
    for letter in line:
        octets = len(letter.encode())
        if size + octets > WIDTH:
            yield piece
            piece, size = " ", 1
        piece, size = piece + letter, size + octets
    yield piece
