"""From sums to what the board shows; nothing here knows where the sums come from.

What must stay true: a number here is the total of the list that `progress_lines.Wanted` finds with the same filters;
units whose meeting was cancelled are the number of their stage and part of no other.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import accumulate
from typing import Any

from services.registry import aspects
from services.registry.progress_shares import HAPPENINGS

Sums = Mapping[str, int]
Cell = dict[str, Any]
Figures = dict[str, Any]
STATES = ("done", "waived", "open", "overdue")
MOVES = ("liaison", "author", "secretary", "group", "office")
READINGS = ("all", "first", "first_passed", "passed", "returned", "rewrite")


def now(counts: Sums, today: str) -> Figures:
    """A stage's sums as they are on a day, small enough to add up many: `since` is [sum, earliest] of day numbers."""
    total = late = since = 0
    earliest = date.max.toordinal()
    by_number: dict[str, list[int]] = defaultdict(lambda: [0] * len(STATES))
    moves: dict[str, list[int]] = defaultdict(lambda: [0] * 2)
    for key, count in counts.items():
        kind, _, rest = key.partition(":")
        if kind == "units":
            total += count
        elif kind == "late":
            late += count if rest < today else 0
        elif kind == "since":
            since, earliest = since + count * _number(rest), min(earliest, _number(rest))
        elif kind == "move":
            move, _, due = rest.partition(":")
            moves[move][0] += count
            moves[move][1] += count if due < today else 0
        else:
            number, _, what = rest.partition(":")
            if kind == "aspect":
                by_number[number][STATES.index(what)] += count
            elif what < today:
                by_number[number][3] += count
    return {"on": today, "total": total, "late": late, "since": [since, earliest], "aspects": dict(by_number),
            "moves": dict(moves)}  # fmt: skip


def board(
    regions: Sequence[Cell], groups: Sequence[Cell], query: Mapping[str, str], campaign: Figures, today: str
) -> Figures:
    """The board of a campaign (for its checklist and names) from cells {region, group, slot: stage, now}."""
    whole = _line(regions, query, campaign, today)
    by_stage = _by(regions, "slot")
    stages = [_line(by_stage.get(stage, []), {**query, "stage": stage}, campaign, today) for stage in aspects.STAGES]
    keys = ("mean_days", "longest_days")
    return {
        "as_of": today,
        "total": whole["total"],
        "overdue": whole["overdue"],
        "stages": [
            {"stage": stage, "units": one["total"], "overdue": one["overdue"], **{key: one[key] for key in keys}}
            for stage, one in zip(aspects.STAGES, stages, strict=True)
        ],
        "aspects": whole["aspects"],
        "moves": whole["moves"],
        **{
            f"{kind}s": _ranked(
                {kind: code, "name": name, **_line(cells, query, campaign, today)}
                for code, name, cells in _named(kind, of, campaign)
            )
            for kind, of in (("region", regions), ("group", groups))
        },
    }


def _ranked(lines: Iterable[Figures]) -> list[Figures]:
    """Those with most overdue first; without those that nothing is to be said of."""
    return sorted((line for line in lines if any(line["stages"].values())), key=lambda line: -line["overdue"])


def _line(cells: Sequence[Cell], query: Mapping[str, str], campaign: Figures, today: str) -> Figures:
    total = late = since = 0
    earliest, stages = date.max.toordinal(), dict.fromkeys(aspects.STAGES, 0)
    by_number: dict[str, list[int]] = {}
    moves = {move: [0, 0] for move in MOVES}
    only = "overdue" in query
    for cell in cells:
        one = cell["now"]
        stages[cell["slot"]] += one["late"] if only else one["total"]
        if cell["slot"] == aspects.CANCELLED and query.get("stage") != aspects.CANCELLED:
            continue
        total, late = total + one["total"], late + one["late"]
        since, earliest = since + one["since"][0], min(earliest, one["since"][1])
        for number, counts in one["aspects"].items():
            known = by_number.get(number)
            by_number[number] = [a + b for a, b in zip(known, counts, strict=True)] if known else counts
        for move, (units, overdue) in one["moves"].items():
            moves[move][0] += overdue if only else units
            moves[move][1] += overdue
    shown = total and not only
    return {
        "total": late if only else total,
        "overdue": late,
        "stages": stages,
        "aspects": _aspects(by_number, query, campaign),
        "moves": [{"move": move, "units": units, "overdue": overdue} for move, (units, overdue) in moves.items()],
        "mean_days": round(_number(today) - since / total, 1) if shown else None,
        "longest_days": _number(today) - earliest if shown else None,
    }


def _aspects(sums: Mapping[str, list[int]], query: Mapping[str, str], campaign: Figures) -> list[Figures]:
    found = []
    for aspect in campaign["checklist"]:
        number = str(aspect["number"])
        done, waived, still_open, overdue = sums.get(number, (0, 0, 0, 0))
        if query.get("aspect", number) != number:
            continue
        if "overdue" in query:
            done, waived, still_open = 0, 0, overdue
        counts = {"done": done, "waived": waived, "open": still_open, "overdue": overdue}
        found.append({**{key: aspect[key] for key in ("number", "code", "stage")}, **counts})
    return found


def trend(cells: Iterable[Cell], query: Mapping[str, str], today: str) -> Figures:
    """Day by day from the first one that anything happened on."""
    sums = total(cells)
    days = sorted({key.partition(":")[0] for key in sums})
    if not days:
        return {"as_of": today, "days": []}
    span = [date.fromordinal(n).isoformat() for n in range(_number(days[0]), _number(max(today, days[-1])) + 1)]
    levels = {stage: list(accumulate(sums[f"{day}:at:{stage}"] for day in span)) for stage in aspects.STAGES}
    rows: list[Figures] = [
        {
            "day": day,
            "stages": {stage: levels[stage][place] for stage in aspects.STAGES},
            **{what: {"units": sums[f"{day}:{what}"], "things": sums[f"{day}:#{what}"]} for what in HAPPENINGS},
        }
        for place, day in enumerate(span)
    ]
    first, last = query.get("from", ""), query.get("until", "9999")
    return {"as_of": today, "days": [row for row in rows if first <= row["day"] <= last]}


def standards(regions: Sequence[Cell], groups: Sequence[Cell], campaign: Figures, today: str) -> Figures:
    """Failed standards by reading, in all, by region and by group."""
    found = {
        f"{kind}s": [
            {kind: code, "name": name, "failed": failed}
            for code, name, cells in _named(kind, of, campaign)
            if (failed := _failed(total(cells)))
        ]
        for kind, of in (("region", regions), ("group", groups))
    }
    return {"as_of": today, "total": _failed(total(regions)), **found}


def _failed(sums: Sums) -> list[Figures]:
    found = []
    for key, units in sorted(sums.items()):
        kind, _, rest = key.partition(":")
        if kind == "failed" and units:
            standard, _, number = rest.partition(":")
            found.append({"standard": standard, "round": int(number), "units": units, "things": sums[f"#{key}"]})
    return found


def groups(cells: Sequence[Cell], campaign: Figures, today: str) -> Figures:
    """How the groups read, beside each other."""
    rows = []
    for code, name, own in _named("group", cells, campaign):
        sums = total(own)
        read = {one: {"units": sums[f"read:{one}"], "things": sums[f"#read:{one}"]} for one in READINGS}
        every, first = read["all"]["things"], read["first"]["things"]
        back = read["returned"]["things"] + read["rewrite"]["things"]
        took = sorted((int(key[5:]), count) for key, count in sums.items() if key.startswith("took:") and count)
        rows.append(
            {
                "group": code,
                "name": name,
                "units": sums["units"],
                **read,
                "median_days": _median(took),
                "share_passed_first": round(read["first_passed"]["things"] / first, 3) if first else None,
                "share_returned": round(back / every, 3) if every else None,
            }
        )
    return {"as_of": today, "groups": rows}


def total(cells: Iterable[Cell]) -> Counter[str]:
    """All their sums together."""
    found: Counter[str] = Counter()
    for cell in cells:
        found.update(cell["counts"])
    return found


def _median(counted: Sequence[tuple[int, int]]) -> int | None:
    half = (sum(count for _, count in counted) + 1) // 2
    return next((value for (value, _), reached in zip(counted, accumulate(c for _, c in counted), strict=True)
                 if reached >= half), None)  # fmt: skip


def _named(kind: str, cells: Iterable[Cell], campaign: Figures) -> list[tuple[str, str, list[Cell]]]:
    names = {row[f"{kind}_code"]: row["name"] for row in campaign[f"{kind}s"]}
    return [(code, names.get(code, code), own) for code, own in sorted(_by(cells, kind).items())]


def _by(cells: Iterable[Cell], key: str) -> dict[str, list[Cell]]:
    found: dict[str, list[Cell]] = {}
    for cell in cells:
        found.setdefault(cell[key], []).append(cell)
    return found


def _number(day: str) -> int:
    return date.fromisoformat(day).toordinal()


def days_between(start: str, end: str) -> int:
    """How many days lie between two days."""
    return _number(end) - _number(start)
