"""A region's units in lines, packed in two texts: from them a list is chosen, so that it reads only units it shows.

What must stay true: a line is its unit's row in short, taken in with the same batch. The first text, {unit: [group,
team, stage, due_on, since_on]}, is enough for most lists. The second, {names: {mark: n}, of: {unit: text}},
is read where a list asks for marks, a past day or an overdue aspect; such a text has three parts: marks
` n=count ... `, spans `stage,from,until ...`, open aspects `number,due_on ...`.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import orjson

from services.registry import aspects, progress_shares
from services.registry.progress import Row

Query = Mapping[str, str]
Parts = Sequence[Mapping[str, str]]
PLACES = ("region", "group", "team")
MARKS, SPANS, OPEN = range(3)


class Line(NamedTuple):
    """A unit as a list finds it; `things` is how much it has of what the list counts."""

    region: str
    unit: str
    group: str
    team: str
    stage: str
    due_on: str
    since_on: str
    things: int = 1


class Shelf:
    """The lines of a region."""

    def __init__(self, region: str, lines: str = "{}", marks: str = '{"names":{},"of":{}}') -> None:
        self.region = region
        self.lines: dict[str, list[Any]] = orjson.loads(lines)
        self.marks: dict[str, dict[str, Any]] = orjson.loads(marks)

    def put(self, row: Row) -> None:
        """A finished row's line."""
        places = [row["group"], row["team"] or "", row["stage"]]
        self.lines[row["unit"]] = [*places, row["due_on"], row["spans"][-1]["from"]]
        names = self.marks["names"]
        counted = {**dict.fromkeys(row["marks"], 1), **row["things"]}
        self.marks["of"][row["unit"]] = "|".join(
            (
                "".join(f" {names.setdefault(mark, len(names))}={count}" for mark, count in counted.items()) + " ",
                " ".join(f"{span['stage']},{span['from']},{span['until']}" for span in row["spans"]),
                " ".join(f"{one['number']},{one['due_on']}" for one in progress_shares.open_aspects(row)),
            )
        )

    def drop(self, unit: str) -> None:
        """The unit stands here no longer."""
        self.lines.pop(unit, None)
        self.marks["of"].pop(unit, None)

    def texts(self) -> dict[str, str]:
        """The lines as they are kept."""
        return {"lines": orjson.dumps(self.lines).decode(), "marks": orjson.dumps(self.marks).decode()}

    def part(self, unit: str, which: int) -> list[list[str]]:
        """What a part of a unit's second text says."""
        return [one.split(",") for one in self.marks["of"].get(unit, "||").split("|")[which].split()]

    def due(self, unit: str, aspect: str) -> str:
        """When an open aspect of a unit is due; "" where it is not open. Without cutting the text up: a list of late
        ones asks for every unit."""
        text = self.marks["of"][unit]
        _, found, rest = text.rpartition(f" {aspect},")
        if not found:
            _, found, rest = text.rpartition(f"|{aspect},")
        return rest.partition(" ")[0] if found else ""


class Wanted:
    """The filters of a number's list, and the mark of the things that the number counts. Units whose meeting was
    cancelled are listed where that stage is asked for, or `everybody`, and nowhere else."""

    def __init__(self, query: Query, today: str, *, everybody: bool = False) -> None:
        self.places = {key: query[key] for key in PLACES if key in query}
        self.today, self.stage, self.day = today, query.get("stage"), ""
        if "day" in query and "what" not in query:
            self.day = query["day"]
        self.hidden = "" if everybody or self.day else aspects.CANCELLED
        state = query.get("state")
        if state and "overdue" in query:
            state = "overdue" if state in ("open", "overdue") else "none"
        self.late = query["aspect"] if state == "overdue" else ""
        self.overdue = "overdue" in query or bool(self.late)
        of_list = f":{query['category']}" if "category" in query else ""
        counted = [
            *([f"failed:{query['failed']}:{query['round']}"] if "failed" in query else []),
            *([f"{query['what']}:{query['day']}"] if "what" in query else []),
            *([f"read:{query['reading']}"] if "reading" in query else []),
            *([f"problem:{query['problem']}:{query['source']}{of_list}"] if "problem" in query else []),
        ]
        self.marks = [
            *([f"aspect:{query['aspect']}:{state}"] if state and not self.late else []),
            *([f"move:{query['move']}"] if "move" in query else []),
            *counted,
        ]
        self.counted = counted[-1] if counted else ""
        self.by_marks = bool(self.marks or self.day or self.late)

    def among(self, shelf: Shelf, parts: Parts) -> list[Line]:
        """The lines of a shelf that are wanted and lie in one of the parts that somebody sees."""
        if self.places.get("region", shelf.region) != shelf.region or not set(self.marks) <= {*shelf.marks["names"]}:
            return []
        own = [part for part in parts if part.get("region", shelf.region) == shelf.region]
        every = any(part.keys() <= {"region"} for part in own)
        group, team = self.places.get("group"), self.places.get("team")
        stage, latest = None if self.day else self.stage, self.today if self.overdue else ""
        found = [
            Line(shelf.region, unit, *line)
            for unit, line in shelf.lines.items()
            if (every or any(_sees(part, unit, line[0]) for part in own))
            and (group is None or line[0] == group)
            and (team is None or line[1] == team)
            and (line[2] == stage if stage else line[2] != self.hidden)
            and (not latest or line[3] < latest)
        ]
        return self._by_marks(shelf, found) if self.by_marks else found

    def _by_marks(self, shelf: Shelf, found: list[Line]) -> list[Line]:
        signs = [f" {shelf.marks['names'][mark]}=" for mark in self.marks]
        of = shelf.marks["of"]
        for sign in signs:
            found = [line for line in found if sign in of[line.unit]]
        if self.day:
            found = [line for line in found if self._stood(shelf.part(line.unit, SPANS))]
        if self.late:
            found = [line for line in found if "" < shelf.due(line.unit, self.late) < self.today]
        if not self.counted:
            return found
        return [line._replace(things=int(of[line.unit].split(signs[-1], 1)[1].split(" ", 1)[0])) for line in found]

    def _stood(self, spans: list[list[str]]) -> bool:
        return any(start <= self.day < until and self._at(stage) for stage, start, until in spans)

    def _at(self, stage: str) -> bool:
        return stage == self.stage if self.stage else stage != aspects.CANCELLED


def _sees(part: Mapping[str, str], unit: str, group: str) -> bool:
    return part.get("unit", unit) == unit and part.get("group", group) == group
