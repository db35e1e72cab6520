"""The ledger in columns: of each item one line of numbers, by which any filter, order and count of a million is told
at once.

What must stay true: a line tells of its item what `views.fits`, `domain.colour` and the keys of `views.marked` tell, on
every day. Pure. A unit's items are packed as {layout: LAYOUT, labels: [words], lines: bytes of LINE, whose codes count
in labels, text: bytes of UTF-16, each problem as it is compared and a NUL}; a Block is what several units' come to, by
unit and number, with codes that count in all the words a process ever met (`LABELS`).
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
CODED, SIGNS = ("group", *views.BY, "line"), (*views.TURNS, "p", "c")
LINE = np.dtype(
    [("number", "<u4"), ("codes", "<u4", (len(CODED),)), ("length", "<u4"), ("colour", "u1"), ("late", "u1")]
    + [(name, "<i4") for name in ("due", "age", *SIGNS)]
)
"""Its days are counted as by date.toordinal: by `due` and `age` it is ordered, the others are those of `views.share`;
`length` is that of its problem."""
LAYOUT = str(LINE.descr)
"""What packed lines look like: others are made anew from their items."""
SEEN = dict.fromkeys(
    ("campaign", "region", "unit", "group", "number", "problem", "revision", "state", "late", "due_on", "registered_on")
    + ("closed_on", "recheck_on", "reopened", "closeout.overdue", "closeout.line.state")
    + (*domain.OWED, *views.BY, *views.KEYS.values()),
    1,
)
"""What is read of an item for its line, and for sums."""
CHARACTER, ENCODED, END, ENDLESS, CLOSED = "<u2", "utf-16-le", "\0", date.max.toordinal(), 1 << 22
"""A closed item comes after all that is due: its day counts so much more."""
LABELS: dict[str, int] = {}


class Block(NamedTuple):
    """Lines of units in order: the units, at which line each begins (and the last ends), the lines, their problems one
    behind the other, and where each problem begins (and the last ends)."""

    units: list[str]
    starts: list[int]
    lines: Numbers
    text: Numbers
    begins: Numbers

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


EMPTY = Block([], [0], np.zeros(0, LINE), np.zeros(0, CHARACTER), np.zeros(1, int))


def pack(items: Iterable[Item]) -> dict[str, Any]:
    """A unit's items as they are kept."""
    ordered = sorted(items, key=lambda one: int(one["number"]))
    told = [[str(one.get(key) or "") for key in CODED[:-1]] + [views.line(one)] for one in ordered]
    labels = {label: at for at, label in enumerate(sorted({label for row in told for label in row}))}
    problems = [words.plain(one["problem"]).replace(END, " ") + END for one in ordered]
    texts = [problem.encode(ENCODED) for problem in problems]
    rows = [
        (one["number"], [labels[label] for label in row], len(text) // 2, *_standing(one))
        for one, row, text in zip(ordered, told, texts, strict=True)
    ]
    lines = np.array(rows, LINE).tobytes()
    return {"layout": LAYOUT, "labels": list(labels), "lines": lines, "text": b"".join(texts)}


def _standing(item: Item) -> tuple[int, ...]:
    own = views.share(item)
    days = {key[0]: key[1:] for key in own if key[1:2].isdigit()}
    colour = next(at for at, name in enumerate(views.COLOURS) if own[name])
    order = (value("due", item["due_key"]), value("age", item["age_key"]))
    return colour, bool(item["late"]), *order, *(_ordinal(days.get(sign, views.ENDLESS)) for sign in SIGNS)


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


def unpacked(kept: Mapping[str, Any]) -> tuple[Numbers, Numbers]:
    """The lines and the problems of what was packed."""
    lines = np.frombuffer(kept["lines"], LINE).copy()
    codes = np.array([LABELS.setdefault(label, len(LABELS)) for label in kept["labels"]], "<u4")
    lines["codes"] = codes[lines["codes"]]
    return lines, np.frombuffer(kept["text"], CHARACTER)


def joined(before: Block, changed: Mapping[str, tuple[Numbers, Numbers]]) -> Block:
    """A block in which these units stand as they do now; put together as bytes, for numpy compares each field of each
    part otherwise."""
    lines, text, at = list[Numbers](), list[Numbers](), 0
    for unit in sorted(changed):
        span = before.span(unit)
        lines += [before.lines[at : span.start], changed[unit][0]]
        text += [before.text[before.begins[at] : before.begins[span.start]], changed[unit][1]]
        at = span.stop
    lines, text = [*lines, before.lines[at:]], [*text, before.text[before.begins[at] :]]
    many = dict(zip(before.units, np.diff(before.starts).tolist(), strict=True))
    many |= {unit: len(own) for unit, (own, _) in changed.items()}
    units = sorted(many)
    whole = np.concatenate([some.view("u1") for some in lines]).view(LINE)
    begins = np.concatenate(([0], np.cumsum(whole["length"], dtype=int)))
    return Block(units, [0, *itertools.accumulate(many[unit] for unit in units)], whole, np.concatenate(text), begins)


def fitting(block: Block, region: Mapping[str, str], within: Mapping[str, Any], query: Query, today: str) -> Mask:
    """Which lines of a region (`campaign`, `region`) lie within a scope and are asked for: says the same as
    `actor.lies_within` and `views.fits`, but of posts."""
    lines, day = block.lines, _ordinal(today)
    found = _within(block, region, within)
    for key in (*region, "unit"):
        found &= _within(block, region, {key: query[key]} if key in query else {})
    for key in CODED:
        if key in query:
            found &= _is(lines, key, [query[key]])
    if "colour" in query:
        found &= colours(lines, today) == views.COLOURS.index(query["colour"])
    if "age" in query:
        found &= _aged(lines, query["age"], day)
    if "overdue" in query:
        found &= (lines["due"] < CLOSED) & ((lines["late"] > 0) | _passed(lines, "rl", day))
    if "unreported" in query:
        found &= _passed(lines, "p", day)
    if "recheck_due" in query:
        found &= _passed(lines, "c", day)
    if query.get("q", "").strip():
        found &= _saying(block, query["q"])
    return found


def colours(lines: Numbers, today: str) -> Numbers:
    """The colour of each line on a day, by its place among `views.COLOURS`."""
    found, day = lines["colour"].copy(), _ordinal(today)
    for sign, turn in views.TURNS.items():
        before, after = (views.COLOURS.index(colour) for colour in turn)
        found[(found == before) & (lines[sign] <= day)] = after
    return found


def first(block: Block, found: Mask, order: str, most: int, after: tuple[int, int] | None) -> tuple[Numbers, Numbers]:
    """The first of these lines in an order, that come after a key and a line of this block: their keys and places."""
    (places,) = np.nonzero(found)
    keys = np.zeros(len(places), int) if order == "number" else block.lines[order][places]
    if after is not None:
        behind = (keys > after[0]) | ((keys == after[0]) & (places >= after[1]))
        keys, places = keys[behind], places[behind]
    if order == "number":
        keys, places = keys[:most], places[:most]
    elif len(keys) > most:
        near = keys <= np.partition(keys, most - 1)[most - 1]
        keys, places = keys[near], places[near]
    chosen = np.argsort(keys, kind="stable")[:most]
    return keys[chosen], places[chosen]


def registered(block: Block, found: Mask, since: str, today: str) -> int:
    """How many of these lines came in on a day or later, before today."""
    age = block.lines["age"]
    return int((found & (age >= _ordinal(since)) & (age < _ordinal(today))).sum())


def shares(block: Block, found: Mask, today: str, by: str) -> Iterator[tuple[str, str, Counter[str]]]:
    """What these lines come to on a day, by group: in all, by whose move it is and by one more thing (of views.BY, or
    `unit`): group, what of it, how many there are of each colour and, in all, past their days (see views.shares)."""
    lines, day = block.lines[found], _ordinal(today)
    colour, labels = colours(lines, today), list(LABELS)
    groups, group = _distinct(lines["codes"][:, CODED.index("group")])
    kinds = {kind: (labels, lines["codes"][:, CODED.index(kind)]) for kind in {"waits", by} & {*views.BY}}
    if by == "unit":
        kinds[by] = block.units, np.repeat(np.arange(len(block.units)), np.diff(block.starts))[found]
    for at, row in enumerate(_counted(group, colour, len(groups))):
        own = lines[group == at]
        passed = Counter({sign + today: int((own[sign] <= day).sum()) for sign in "pc"})
        yield labels[groups[at]], views.ALL, row + passed
    for kind, (names, codes) in kinds.items():
        values, value = _distinct(codes)
        for at, row in enumerate(_counted(group * len(values) + value, colour, len(groups) * len(values))):
            if row:
                of, code = divmod(at, len(values))
                yield labels[groups[of]], f"{kind}:{names[values[code]]}", row


def _distinct(codes: Numbers) -> tuple[Numbers, Numbers]:
    """The codes there are, and which of these each is; np.unique sorts for it."""
    (values,) = np.nonzero(np.bincount(codes))
    known = np.zeros(values.max(initial=0) + 1, int)
    known[values] = np.arange(len(values))
    return values, known[codes]


def _counted(cells: Numbers, colour: Numbers, many: int) -> Iterator[Counter[str]]:
    """How many of each colour are in each of so many cells."""
    number = len(views.COLOURS)
    rows = np.bincount(cells * number + colour, minlength=many * number).reshape(many, number)
    return (
        Counter({name: count for name, count in zip(views.COLOURS, row, strict=True) if count}) for row in rows.tolist()
    )


def _ordinal(day: str) -> int:
    return date.fromisoformat(day).toordinal()


def _is(lines: Numbers, key: str, accepted: Iterable[Any]) -> Mask:
    codes = [LABELS[label] for one in accepted if (label := str(one or "")) in LABELS]
    column = lines["codes"][:, CODED.index(key)]
    return column == codes[0] if len(codes) == 1 else np.isin(column, codes)


def _within(block: Block, region: Mapping[str, str], asked: Mapping[str, Any]) -> Mask:
    found = np.ones(len(block.lines), bool)
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
            found &= _is(block.lines, key, accepted)
        elif region.get(key) not in accepted:
            found[:] = False
    return found


def _passed(lines: Numbers, signs: str, day: int) -> Mask:
    found: Mask = np.any([lines[sign] <= day for sign in signs], 0)
    return found


def _aged(lines: Numbers, age: str, day: int) -> Mask:
    """Of an age; who is none of them, of no day or of one ahead, is of the first."""
    days = np.where(lines["age"] == ENDLESS, 0, day - lines["age"])
    least, most = views.AGES[age]
    return days <= most if not least else (days >= least) & (days <= most)


def _saying(block: Block, sought: str) -> Mask:
    """Which problems contain what is sought, as it stands."""
    signs = np.frombuffer(words.plain(sought.strip()).encode(ENCODED), CHARACTER)
    (places,) = np.nonzero(block.text[: max(0, len(block.text) - len(signs) + 1)] == signs[0])
    for at, sign in enumerate(signs[1:], 1):
        places = places[block.text[places + at] == sign]
    found = np.zeros(len(block.lines), bool)
    found[np.searchsorted(block.begins, places, "right") - 1] = True
    return found
