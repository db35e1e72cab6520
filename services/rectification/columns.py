"""The ledger in columns: of each item one line of numbers, by which any filter, order and count of a million is told
at once.

What must stay true: a line tells of its item what `views.fits`, `domain.colour` and the keys of `views.marked` tell, on
every day, though nothing is written when a day passes. Pure. A unit's items are packed as {layout: LAYOUT, labels:
[words], lines: bytes of LINE, whose codes count in labels, text: bytes of UTF-16, each problem as it is compared and a
NUL, spans: bytes of SPAN}; a Block is what several units' come to, by unit and number, with codes that count in all the
words a process ever met (`LABELS`).
"""

import itertools
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from services.rectification import domain, views, words
from services.rectification.domain import Item

Query = Mapping[str, str]
Numbers = npt.NDArray[Any]
Mask = npt.NDArray[np.bool_]
CODED = ("group", *views.BY, "line")
LINE = np.dtype(
    [(name, "<u4") for name in ("number", "length", *CODED)]
    + [(name, "u1") for name in ("colour", "late")]
    + [(name, "<i4") for name in ("due", "age", "closed", *views.TURNS)]
)
"""Its days are counted as by date.toordinal: by `due` and `age` it is ordered, `closed` is when it was (the last time),
the others are those of `views.standing`; `length` is that of its problem."""
SPAN = np.dtype([("line", "<u4"), ("closed", "<i4"), ("again", "<i4")])
"""From when to when an item was closed before it was opened again, and which line's it is."""
LAYOUT = str([*LINE.descr, *SPAN.descr])
"""What is packed looks like this: what looks otherwise is made anew from its items."""
SEEN = dict.fromkeys(
    ("campaign", "region", "unit", "group", "number", "problem", "revision", "state", "late", "due_on", "registered_on")
    + ("closed_on", "recheck_on", "reopened", "closeout.overdue", "closeout.line.state")
    + (*domain.OWED, *views.BY, *views.KEYS.values()),
    1,
)
"""What is read of an item for its line."""
CHARACTER, ENCODED, END, ENDLESS, CLOSED = "<u2", "utf-16-le", "\0", date.max.toordinal(), 1 << 22
"""A closed item comes after all that is due: its day counts so much more."""
RARE = 20
"""One of so many lines at most is looked for by where its words stand; more are found sooner by going through all."""
LABELS: dict[str, int] = {}


class Part(NamedTuple):
    """Lines in order by their fields, their problems one behind the other, and their spans."""

    lines: Numbers | dict[str, Numbers]
    text: Numbers
    spans: Numbers

    def __len__(self) -> int:
        return len(self.lines["number"])


class Block(NamedTuple):
    """Lines of units in order: the units, at which line each begins (and the last ends), each field of the lines, their
    problems, where each of these begins (and the last ends), and their spans."""

    units: list[str]
    starts: list[int]
    lines: dict[str, Numbers]
    text: Numbers
    begins: Numbers
    spans: Numbers

    def span(self, unit: str) -> slice:
        """The lines of a unit; none, where they would be, if it has none."""
        at = bisect_left(self.units, unit)
        known = self.units[at : at + 1] == [unit]
        return slice(self.starts[at], self.starts[at + known])

    def place(self, line: int) -> str:
        """Where a line is: unit.number."""
        return f"{self.units[bisect_right(self.starts, line) - 1]}.{self.lines['number'][line]:06}"

    def behind(self, place: str) -> int:
        """The first line behind a place."""
        unit, _, number = place.rpartition(".")
        span = self.span(unit)
        number_of = self.lines["number"][span]
        return int(span.start + np.searchsorted(number_of, int(number), "right"))

    def part(self, lines: slice) -> Part:
        """Some lines that follow one another, as a part by itself."""
        some = {name: column[lines] for name, column in self.lines.items()}
        own = self.spans[(self.spans["line"] >= lines.start) & (self.spans["line"] < lines.stop)]
        own["line"] -= np.uint32(lines.start)
        return Part(some, self.text[self.begins[lines.start] : self.begins[lines.stop]], own)


def pack(items: Iterable[Item]) -> dict[str, Any]:
    """A unit's items as they are kept."""
    ordered = sorted(items, key=lambda one: int(one["number"]))
    told = [[str(one.get(key) or "") for key in CODED[:-1]] + [views.line(one)] for one in ordered]
    labels = {label: at for at, label in enumerate(sorted({label for row in told for label in row}))}
    problems = [words.plain(one["problem"]) + END for one in ordered]
    texts = [problem.encode(ENCODED) for problem in problems]
    lines = [
        (one["number"], len(text) // 2, *(labels[label] for label in row), *_standing(one))
        for one, row, text in zip(ordered, told, texts, strict=True)
    ]
    spans = [
        (at, _ordinal(span["closed_on"]), _ordinal(span["again_on"]))
        for at, one in enumerate(ordered)
        for span in one.get("reopened", ())
    ]
    packed = {"lines": np.array(lines, LINE).tobytes(), "spans": np.array(spans, SPAN).tobytes()}
    return {"layout": LAYOUT, "labels": list(labels), "text": b"".join(texts), **packed}


def _standing(item: Item) -> tuple[int, ...]:
    colour, turns = views.standing(item)
    order = (value("due", item["due_key"]), value("age", item["age_key"]))
    closed = item.get("closed_on") if item["state"] == "closed" else None
    days = [closed, *(turns.get(turn) for turn in views.TURNS)]
    standing = (views.COLOURS.index(colour), bool(item["late"]))
    return *standing, *order, *(_ordinal(day) if day else ENDLESS for day in days)


def value(order: str, key: str) -> int:
    """By what number a line stands in an order whose key (see views.marked) its item has."""
    day = key.partition(".")[0]
    if order == "number":
        return 0
    return _ordinal(day) if order == "age" else _ordinal(day[1:]) + CLOSED * int(day[0])


def key(order: str, value: int, place: str) -> str:
    """That key again, of an item in its place."""
    if order == "number":
        return place
    closed, day = divmod(value, CLOSED)
    return f"{closed if order == 'due' else ''}{date.fromordinal(day).isoformat()}.{place}"


def unpacked(kept: Mapping[str, Any]) -> Part:
    """What was packed."""
    lines = np.frombuffer(kept["lines"], LINE).copy()
    codes = np.array([LABELS.setdefault(label, len(LABELS)) for label in kept["labels"]], "<u4")
    for key in CODED:
        lines[key] = codes[lines[key]]
    return Part(lines, np.frombuffer(kept["text"], CHARACTER), np.frombuffer(kept["spans"], SPAN))


EMPTY = Block(
    [], [0], {name: np.zeros(0, LINE[name]) for name in LINE.names or ()}, np.zeros(0, CHARACTER), np.zeros(1, int),
    np.zeros(0, SPAN),
)  # fmt: skip


def joined(before: Block, changed: Mapping[str, Part]) -> Block:
    """A block in which these units stand as they do now."""
    parts, at = list[Part](), 0
    for unit in sorted(changed):
        span = before.span(unit)
        parts += [before.part(slice(at, span.start)), changed[unit]]
        at = span.stop
    parts.append(before.part(slice(at, before.starts[-1])))
    many = dict(zip(before.units, np.diff(before.starts).tolist(), strict=True))
    many |= {unit: len(part) for unit, part in changed.items()}
    units = sorted(many)
    lines = {name: np.concatenate([part.lines[name] for part in parts]) for name in LINE.names or ()}
    begins = np.concatenate(([0], np.cumsum(lines["length"], dtype=int)))
    spans = np.concatenate([EMPTY.spans, *(part.spans for part in parts if part.spans.size)])
    shifts = np.cumsum([0, *(len(part) for part in parts[:-1])])
    spans["line"] += np.repeat(shifts, [len(part.spans) for part in parts]).astype("<u4")
    starts = [0, *itertools.accumulate(many[unit] for unit in units)]
    return Block(units, starts, lines, np.concatenate([part.text for part in parts]), begins, spans)


def fitting(block: Block, region: Mapping[str, str], within: Mapping[str, Any], query: Query, today: str) -> Mask:
    """Which lines of a region (`campaign`, `region`) lie within a scope and are asked for: says the same as
    `actor.lies_within` and `views.fits`, but of posts."""
    lines, day = block.lines, _ordinal(today)
    asked = {key: query[key] for key in (*region, "unit", *CODED) if key in query}
    found = _within(block, region, within) & _within(block, region, asked)
    if "colour" in query:
        found &= colours(block, today) == views.COLOURS.index(query["colour"])
    if "age" in query:
        found &= _aged(lines["age"], query["age"], day)
    if "overdue" in query:
        found &= (lines["due"] < CLOSED) & ((lines["late"] > 0) | (lines["red"] <= day))
    if "unreported" in query:
        found &= lines["unreported"] <= day
    if "recheck_due" in query:
        found &= lines["recheck_due"] <= day
    if query.get("q", "").strip():
        found &= _saying(block, query["q"])
    return found


def colours(block: Block, today: str) -> Numbers:
    """The colour of each line on a day, by its place among `views.COLOURS`."""
    found, day = block.lines["colour"].copy(), _ordinal(today)
    blue, yellow, red = (views.COLOURS.index(colour) for colour in ("blue", "yellow", "red"))
    found[(found == blue) & (block.lines["yellow"] <= day)] = yellow
    found[block.lines["red"] <= day] = red
    return found


def first(block: Block, found: Mask, order: str, most: int, after: tuple[int, int] | None) -> tuple[Numbers, Numbers]:
    """The first of these lines in an order, behind a value and a line of this block: their values and lines."""
    (lines,) = np.nonzero(found)
    values = np.zeros(len(lines), int) if order == "number" else block.lines[order][lines]
    if after is not None:
        behind = (values > after[0]) | ((values == after[0]) & (lines >= after[1]))
        values, lines = values[behind], lines[behind]
    if order == "number":
        values, lines = values[:most], lines[:most]
    elif len(values) > most:
        near = values <= np.partition(values, most - 1)[most - 1]
        values, lines = values[near], lines[near]
    chosen = np.argsort(values, kind="stable")[:most]
    return values[chosen], lines[chosen]


def counted(block: Block, found: Mask, shown: Numbers, by: str) -> Iterator[tuple[str, Counter[str]]]:
    """How many of these lines are of each colour, by what they say of one thing (of CODED, or `unit`); `shown` is the
    colour of each of these."""
    names, codes, number = [*LABELS], block.lines.get(by), len(views.COLOURS)
    if codes is None:
        names, codes = block.units, np.repeat(np.arange(len(block.units)), np.diff(block.starts))
    own = codes[found].astype(int)
    least = int(own.min(initial=len(names)))
    cells = np.bincount((own - least) * number + shown).tolist()
    for at in range(0, len(cells), number):
        row = Counter({name: count for name, count in zip(views.COLOURS, cells[at:], strict=False) if count})
        if row:
            yield names[least + at // number], row


def past(block: Block, found: Mask, turn: str, today: str) -> int:
    """For how many of these lines a day of theirs (of views.TURNS) has come."""
    return int((found & (block.lines[turn] <= _ordinal(today))).sum())


def registered(block: Block, found: Mask, since: str, before: str) -> int:
    """How many of these lines came in on a day or later, before another."""
    age = block.lines["age"]
    return int((found & (age >= _ordinal(since)) & (age < _ordinal(before))).sum())


def weeks(block: Block, found: Mask) -> Counter[tuple[str, int]]:
    """How many of these came in, were closed and opened again in which week: `i`, `o` or `b` and the week, counted from
    Monday 0001-01-01. A week that is over counts what it counted then, whatever is opened again later."""
    spans = block.spans[found[block.spans["line"]]]
    came, closed = (block.lines[name][found] for name in ("age", "closed"))
    told = {"i": came, "o": np.concatenate((closed, spans["closed"])), "b": spans["again"]}
    counts = Counter[tuple[str, int]]()
    for sign, days in told.items():
        own = (days[days < ENDLESS] - 1) // 7
        least = int(own.min(initial=ENDLESS))
        counts |= {(sign, least + at): count for at, count in enumerate(np.bincount(own - least).tolist()) if count}
    return counts


def _ordinal(day: str) -> int:
    return date.fromisoformat(day).toordinal()


def _within(block: Block, region: Mapping[str, str], asked: Mapping[str, Any]) -> Mask:
    found = np.ones(block.starts[-1], bool)
    for key, wanted in asked.items():
        if key in ("$or", "$and"):
            parts = [_within(block, region, part) for part in wanted]
            found &= np.any(parts, 0) if key == "$or" else np.all(parts, 0)
            continue
        accepted = wanted["$in"] if isinstance(wanted, dict) else [wanted]
        if key == "unit":
            of_units = np.zeros(len(found), bool)
            for unit in accepted:
                of_units[block.span(unit)] = True
            found &= of_units
        elif key in CODED:
            codes = [LABELS[label] for one in accepted if (label := str(one or "")) in LABELS]
            found &= block.lines[key] == codes[0] if len(codes) == 1 else np.isin(block.lines[key], codes)
        elif region.get(key) not in accepted:
            found[:] = False
    return found


def _aged(since: Numbers, age: str, day: int) -> Mask:
    """Of an age; who is none of them, of no day or of one ahead, is of the first."""
    days = np.where(since == ENDLESS, 0, day - since)
    least, most = views.AGES[age]
    return days <= most if not least else (days >= least) & (days <= most)


def _saying(block: Block, sought: str) -> Mask:
    """Which problems contain what is sought, as it stands."""
    signs, text = np.frombuffer(words.plain(sought.strip()).encode(ENCODED), CHARACTER), block.text
    here, many = np.zeros(len(text), bool), max(0, len(text) - len(signs) + 1)
    here[:many] = text[:many] == signs[0]
    for at, sign in enumerate(signs[1:], 1):
        if not here.any():
            break
        here[:many] &= text[at : at + many] == sign
    if np.count_nonzero(here) * RARE > block.starts[-1]:
        return np.bitwise_or.reduceat(here.view("u1"), block.begins[:-1]) > 0
    found = np.zeros(block.starts[-1], bool)
    found[np.searchsorted(block.begins, np.flatnonzero(here), "right") - 1] = True
    return found
