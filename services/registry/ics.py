"""Calendars to take along (.ics, RFC 5545): meetings and due days as whole days.

What must stay true: a calendar that is subscribed to lies outside this system, so it says how many dates a day has and
nothing else: no unit, no title, no code, not even in an id. Only what a signed-in person downloads names them.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import NamedTuple

from services.registry import roster_lines
from services.registry.roster_lines import Line

WIDTH = 75
MEDIA = "text/calendar; charset=utf-8"
WORDS = {
    "zh": (
        "民主生活会：{unit}",
        "第{number}项 {title}，{count} 个单位到期",
        "第{number}项 {title} 到期",
        "Rectify：{n} 个节点",
        "民主生活会：{count} 个单位",
    ),
    "en": (
        "Meeting: {unit}",
        "{number}. {title}, {count} units due",
        "{number}. {title} due",
        "Rectify: {n} dates",
        "Meetings: {count} units",
    ),
}
MOST_NAMED = 1000
"""Units whose meetings a calendar names one by one."""
Titles = Mapping[str, Mapping[str, str]]


class Entry(NamedTuple):
    """A whole day: an id that stays the same, the day, what is shown, how often it moved."""

    id: str
    on: str
    text: str
    moved: int = 0


def named(lines: Iterable[Line], titles: Titles, language: str) -> list[Entry]:
    """Meetings with their units, and what is still due: of one unit each aspect, of several how many units a day.

    `titles` are the aspects', by code. Of more units than anybody reads, only how many meet on a day."""
    rows, words = list(lines), WORDS[language]
    if len(rows) > MOST_NAMED:
        meet = sorted(Counter(_day(row) for row in rows).items())
        found = [Entry(f"{rows[0].campaign}.meetings.{on}", on, words[4].format(count=count)) for on, count in meet]
    else:
        found = [
            Entry(f"{row.meeting_id}.meeting", _day(row), words[0].format(unit=row.name), row.moved) for row in rows
        ]
    if len(rows) == 1:
        (row,) = rows
        return found + [
            Entry(f"{row.meeting_id}.a{number}", on, _titled(words[2], number, code, titles, language), row.moved)
            for number, code, on in roster_lines.aspects(row.open)
        ]
    due: Counter[tuple[str, int, str]] = Counter()
    for opened, units in Counter(row.open for row in rows).items():
        for number, code, on in roster_lines.aspects(opened):
            due[on, int(number), code] += units
    for (on, place, code), count in sorted(due.items()):
        text = _titled(words[1], str(place), code, titles, language, count=count)
        found.append(Entry(f"{rows[0].campaign}.a{place}.{on}", on, text))
    return found


def unnamed(lines: Iterable[Line], language: str, key: str) -> list[Entry]:
    """How many dates each day has; ids by a key that only the subscription has."""
    days: Counter[str] = Counter()
    opened: Counter[str] = Counter()
    for row in lines:
        days[_day(row)] += 1
        opened[row.open] += 1
    for aspects, units in opened.items():
        for _, _, on in roster_lines.aspects(aspects):
            days[on] += units
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


def _day(row: Line) -> str:
    return row.held_on or row.meeting_on


def _titled(words: str, number: str, code: str, titles: Titles, language: str, **count: int) -> str:
    title = titles.get(code, {}).get(language, code)
    return words.format(number=number, title=title, **count)


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
