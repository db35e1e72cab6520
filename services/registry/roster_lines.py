"""Units in lines, a region's packed in one text: from them every long list of units is chosen and counted.

What must stay true: a line says of its meeting all that a list is filtered, sorted and counted by, so that a list reads
only the meetings it shows. Packed: {texts: [what many have alike], lines: {unit: [revision, name, ...]}}, where team,
`open` and `owed` are places among the texts.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import orjson

from services.registry import aspects as standing
from services.registry import papers, relaying, schedule
from services.spine import actor

Query = Mapping[str, str]
NEVER = "9999-12-31"
PLACES = ("campaign", "region", "group", "unit")


class Line(NamedTuple):
    """A unit in short. `open`: its open aspects (`number,code,due_on ...`); `owed`: what it lacks
    (`kind,day it is overdue after,count ...`); `allowed`: the first free day before which the office let it meet;
    `relays`: how many of the absent what was said of them still waits for."""

    campaign: str
    region: str
    unit: str
    revision: int
    name: str
    team: str
    group: str
    meeting_on: str
    stage: str
    held_on: str
    moved: int
    asking: str
    answered: int
    calendar: int
    open: str
    owed: str
    superior: str = ""
    level: str = ""
    allowed: str = ""
    relays: int = 0

    @property
    def meeting_id(self) -> str:
        """The meeting behind it."""
        return f"{self.campaign}.{self.unit}"

    @property
    def meets_on(self) -> str:
        """The day it met, or is to meet."""
        return self.held_on or self.meeting_on

    @property
    def to_be_held(self) -> bool:
        """Whether its meeting is still to come."""
        return not self.held_on and self.stage != standing.CANCELLED

    @property
    def places(self) -> dict[str, str]:
        """Where it lies."""
        return {key: getattr(self, key) for key in PLACES}


ALIKE = tuple(Line._fields.index(key) - 3 for key in ("team", "open", "owed"))


def of(meeting: Mapping[str, Any]) -> Line:
    """A meeting's line; of one that was cancelled nothing is open or owed."""
    asked = not meeting.get("cancelled")
    lacks = Counter(
        (row["kind"], row.get("due_on") or NEVER if row["state"] == "missing" else NEVER)
        for row in meeting["required"]
        if asked and row["state"] in papers.LACKING
    )
    opened = [row for row in meeting["aspects"] if asked and row["state"] == "open"]
    return Line(
        campaign=meeting["campaign"],
        region=meeting["region"],
        unit=meeting["unit"],
        revision=meeting.get("revision", 1),
        name=meeting["unit_name"],
        team=meeting["team"] or "",
        group=meeting["group"],
        meeting_on=meeting["meeting_on"],
        stage=meeting["stage"],
        held_on=(meeting["held"] or {}).get("held_on", ""),
        moved=len(meeting.get("history", ())),
        asking=meeting.get("asking_since") or "",
        answered=int(bool(meeting.get("postponements"))),
        calendar=meeting.get("calendar", 0),
        open=" ".join(f"{row['number']},{row['code']},{row['due_on']}" for row in opened),
        owed=" ".join(f"{kind},{after},{count}" for (kind, after), count in sorted(lacks.items())),
        superior=meeting.get("superior") or "",
        level=meeting.get("level", ""),
        allowed=schedule.allowed(meeting, meeting["meeting_on"]),
        relays=len(relaying.waiting(meeting)),
    )


class Shelf:
    """The lines of a region."""

    def __init__(self, campaign: str, region: str, packed: str = '{"texts":[],"lines":{}}') -> None:
        self.campaign, self.region = campaign, region
        found = orjson.loads(packed)
        self.texts: list[str] = found["texts"]
        self.lines: dict[str, list[Any]] = found["lines"]
        self.place = {text: place for place, text in enumerate(self.texts)}

    def put(self, line: Line) -> bool:
        """Take a line in, unless a newer one is here; whether that changes anything. One that an earlier version wrote
        and that says less is no newer one."""
        known, row = self.lines.get(line.unit), list(line[3:])
        if known and known[0] >= line.revision and len(known) == len(row):
            return False
        for at in ALIKE:
            row[at] = self.place.setdefault(row[at], len(self.place))
        self.texts = list(self.place)
        self.lines[line.unit] = row
        return True

    def put_all(self, lines: Iterable[Line]) -> bool:
        """The same for many."""
        return sum([self.put(line) for line in lines]) > 0

    def drop_all(self, units: Iterable[str], revision: int = 1 << 60) -> bool:
        """Units stand elsewhere by now; whether any stood here."""
        gone = [unit for unit in units if unit in self.lines and self.lines[unit][0] < revision]
        for unit in gone:
            del self.lines[unit]
        return bool(gone)

    def packed(self) -> str:
        """As it is kept; texts that no line has any more are left out."""
        fresh = Shelf(self.campaign, self.region)
        for line in self:
            fresh.put(line)
        return orjson.dumps({"texts": fresh.texts, "lines": fresh.lines}).decode()

    def __iter__(self) -> Iterator[Line]:
        """Every line."""
        return self.among(lambda _: True)

    def among(self, fits: Callable[[list[Any]], bool]) -> Iterator[Line]:
        """The lines whose values fit."""
        texts, (team, opened, owed) = self.texts, ALIKE
        for unit, row in self.lines.items():
            if fits(row):
                whole = [*row]
                whole[team], whole[opened], whole[owed] = texts[row[team]], texts[row[opened]], texts[row[owed]]
                yield Line(self.campaign, self.region, unit, *whole)


def alike(one: Line, other: Line) -> bool:
    """Whether two lines say the same, whatever their revision."""
    return one._replace(revision=0) == other._replace(revision=0)


class Wanted:
    """The filters of a list, within what somebody may see."""

    def __init__(self, within: Mapping[str, Any], query: Query, today: str = "") -> None:
        self.within, self.query, self.today = within, query, today
        self.by_unit = _names(within, "unit")
        self.seen: dict[tuple[str, ...], bool] = {}
        self.late: dict[str, bool] = {}
        self.words = query.get("q", "").strip()
        self.units = set(query["unit"].split(",")) if "unit" in query else None

    def among(self, shelf: Shelf) -> list[Line]:
        """The lines of a shelf that are wanted."""
        query = self.query
        if query.get("region", shelf.region) != shelf.region:
            return []
        exact = [(at, query[key]) for at, key in ((3, "group"), (4, "on"), (5, "stage")) if key in query]

        def fits(row: list[Any]) -> bool:
            return all(row[at] == value for at, value in exact)

        return [line for line in shelf.among(fits) if self._fits(line)]

    def _fits(self, line: Line) -> bool:
        if self.units is not None and line.unit not in self.units:
            return False
        if self.words and self.words not in line.name and self.words.upper() not in line.unit:
            return False
        if "relays" in self.query and not line.relays:
            return False
        if "unheld" in self.query and not line.to_be_held:
            return False
        if "overdue" in self.query and not self._overdue(line.open):
            return False
        key = (line.region, line.group, line.unit if self.by_unit else "")
        if key not in self.seen:
            self.seen[key] = actor.lies_within(line.places, self.within)
        return self.seen[key]

    def _overdue(self, opened: str) -> bool:
        if opened not in self.late:
            self.late[opened] = any(due_on < self.today for _, _, due_on in aspects(opened))
        return self.late[opened]


def aspects(opened: str) -> list[list[str]]:
    """The open aspects of a line: number, code, day."""
    return [one.split(",") for one in opened.split()]


def lacks(owed: str, today: str, kind: str | None, late: bool) -> tuple[int, int]:
    """How much of what a line lacks (of a kind, or overdue only) is overdue, and how much it is."""
    found = [one.split(",") for one in owed.split()]
    counted = [(after < today, int(count)) for code, after, count in found if kind in (None, code)]
    overdue = sum(count for past, count in counted if past)
    return overdue, overdue if late else sum(count for _, count in counted)


def _names(within: Mapping[str, Any], key: str) -> bool:
    return key in within or any(_names(part, key) for parts in ("$or", "$and") for part in within.get(parts, ()))
