"""What one unit's row counts for in the board's sums: every number is a sum over units of what stands here.

What must stay true: a unit counts once for a mark whatever it has of it; what it has (materials, items) is counted
beside it as things, under `#`. A unit whose meeting was cancelled counts for that stage and for nothing else. What
depends on today is kept by day: `late:2024-01-02` counts units whose earliest open aspect is due then. Sums are kept
for all, by region, by group, and by region with group and team; those of a stage under its name, what no stage divides
under `any`, what happened on days by month.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from services.registry import aspects, papers
from services.registry.progress import NEVER, Row

Place = tuple[str, str, str, str]
Share = tuple[str, str, dict[str, int]]
ANY = "any"
FOLLOWING = ("due_on", "moves", "things", "marks")
"""What a finished row has beside what was folded."""


def finished(row: Row) -> Row:
    """A folded row with what it is found by: the earliest open day, whose move it is, its marks and things."""
    if row["stage"] == aspects.CANCELLED:
        return {**row, "due_on": NEVER, "moves": [], "things": {}, "marks": []}
    due = min((one["due_on"] for one in row["aspects"] if one["state"] == "open"), default=NEVER)
    moves, counted = _moves(row), dict(sorted(things(row).items()))
    marks = [f"aspect:{one['number']}:{one['state']}" for one in row["aspects"]]
    marks += [f"move:{move}" for move in moves]
    return {**row, "due_on": due, "moves": moves, "things": counted, "marks": [*marks, *counted]}


def short(row: Row) -> Row:
    """What a list shows of a finished row; it does not grow with what the unit has."""
    keys = ("campaign", "unit", "region", "group", "stage", "meeting_on", "moves")
    states = [one["state"] for one in row["required"] if one.get("gate", True)]
    ledger = list(row["ledger"].values())
    return {
        "meeting_id": row["_id"],
        **{key: row[key] for key in keys},
        "team": row["team"] or "",
        "since_on": row["spans"][-1]["from"],
        "held_on": None,
        **(row["held"] or {}),
        "due_on": None if row["due_on"] == NEVER else row["due_on"],
        "open": [[one["number"], one["due_on"]] for one in open_aspects(row)],
        "materials": {state: states.count(state) for state in sorted(set(states))},
        "items": {"open": ledger.count("open"), "closed": ledger.count("closed")},
    }


def places(row: Row) -> list[Place]:
    """Where a unit is counted: {grain, region, group, team}."""
    region, group, team = row["region"], row["group"], row["team"] or ""
    return [("all", "", "", ""), ("region", region, "", ""), ("group", "", group, ""), ("cell", region, group, team)]


def shares(row: Row) -> Iterator[Share]:
    """What a finished row adds to the sums of each of its places: which collection, under which slot, how much."""
    due = row["due_on"]
    stage = Counter({"units": 1, f"since:{row['spans'][-1]['from']}": 1, f"late:{due}": 1})
    takes_part = row["stage"] != aspects.CANCELLED
    for one in row["aspects"] if takes_part else ():
        stage[f"aspect:{one['number']}:{one['state']}"] += 1
        if one["state"] == "open":
            stage[f"due:{one['number']}:{one['due_on']}"] += 1
    for move in row["moves"]:
        stage[f"move:{move}:{due}"] += 1
    yield "counts", row["stage"], stage
    whole = Counter({"units": 1} if takes_part else {})
    days: dict[str, Counter[str]] = {}
    for mark, count in row["things"].items():
        kind, _, rest = mark.partition(":")
        if kind in HAPPENINGS:
            days.setdefault(rest[:7], Counter()).update({f"{rest}:{kind}": 1, f"{rest}:#{kind}": count})
        else:
            whole.update({mark: 1, f"#{mark}": count})
    for one in row["required"] if takes_part else ():
        whole.update(f"took:{reading['days']}" for reading in one["readings"])
    yield "counts", ANY, whole
    for span in row["spans"]:
        for day, change in ((span["from"], 1), (span["until"], -1)):
            if day != NEVER:
                days.setdefault(day[:7], Counter())[f"{day}:at:{span['stage']}"] += change
    for month, counts in days.items():
        yield "days", month, counts


HAPPENINGS = ("passed", "registered", "closed")


def things(row: Row) -> Counter[str]:
    """How many materials and items of each mark a unit has."""
    found: Counter[str] = Counter()
    for one in row["required"]:
        if one["state"] == "passed" and one["readings"]:
            found[f"passed:{one['passed_on']}"] += 1
        for number, reading in enumerate(one["readings"], 1):
            found["read:all"] += 1
            found[f"read:{reading['outcome']}"] += 1
            found.update(f"failed:{standard}:{min(number, 9)}" for standard in reading["failed"])
            if number == 1:
                found["read:first"] += 1
                found["read:first_passed"] += reading["outcome"] == "passed"
    for item in row["items"].values():
        found[f"registered:{item['registered_on']}"] += 1
        problem = f"problem:{item['aspect'] or 'none'}:{item['source']}"
        found.update([problem, *([f"{problem}:{item['category']}"] if item.get("category") else [])])
        if item.get("closed_on"):
            found[f"closed:{item['closed_on']}"] += 1
    return +found


def _moves(row: Row) -> list[str]:
    """Whose move it is: everybody who has something to do before the unit comes to its next stage."""
    found = set()
    if row["held"] is None:
        waiting = [one for one in row["required"] if one.get("gate", True) and one["state"] not in papers.SETTLED]
        found |= {_hand(one) for one in waiting}
        by_hand = ("hand", "talks")
        found |= {"liaison" for one in open_aspects(row) if one["stage"] == "before" and one.get("follows") in by_hand}
        found |= {"office"} if row.get("asking") else set()
        return sorted(found or {"secretary"})
    found |= {"group" if one.get("follows") == "comment" else "liaison" for one in open_aspects(row)}
    found |= {
        "group" if row["items"].get(key, {}).get("asked") else "liaison"
        for key, state in row["ledger"].items()
        if state == "open"
    }
    return sorted(found)


def open_aspects(row: Row) -> list[dict[str, Any]]:
    """The aspects that wait for somebody."""
    return [one for one in row["aspects"] if one["state"] == "open" and row["stage"] != aspects.CANCELLED]


def _hand(one: Row) -> str:
    """Who has a material: its reader when it was handed in, else who writes it."""
    if one["state"] == "submitted":
        return str(one["level"] or "group")
    return "liaison" if one["post"] == "team" else "author"
