"""The ledger summed up for whoever looks: by colour, by whose move it is, by one more thing, week by week.

What must stay true: each number is the length of the list under the same filters.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from services.rectification import columns, pages_store, views
from services.spine import mongo

Db = mongo.Db
Query = Mapping[str, str]


def summary(db: Db, within: Mapping[str, Any], query: Query, today: str) -> dict[str, Any]:
    """What the items under these filters come to on a day."""
    rows: dict[str, Counter[str]] = {}
    moves, weeks, past = Counter[str](), Counter[tuple[str, int]](), Counter[str]()
    for region, block, found in pages_store.found(db, within, query, today):
        shown = columns.colours(block, today)[found]
        by = "group" if query["by"] == "region" else query["by"]
        for value, colours in columns.counted(block, found, shown, by):
            rows.setdefault(region if query["by"] == "region" else value, Counter()).update(colours)
        moves.update({value: some.total() for value, some in columns.counted(block, found, shown, "waits")})
        weeks.update(columns.weeks(block, found))
        past.update({turn: columns.past(block, found, turn, today) for turn in ("unreported", "recheck_due")})
    return {
        **_line(sum(rows.values(), Counter[str]())),
        "waits": dict(sorted(moves.items())),
        "unreported": past["unreported"],
        "rechecks_due": past["recheck_due"],
        "rows": [{"key": key, **_line(rows[key])} for key in sorted(rows)],
        "flow": views.flow(weeks),
    }


def registered(db: Db, within: Mapping[str, Any], query: Query, today: str, since: str) -> int:
    """How many of these items were registered on a day or later, before today."""
    found = pages_store.found(db, within, query, today)
    return sum(columns.registered(block, some, since, today) for _, block, some in found)


def _line(colours: Counter[str]) -> dict[str, Any]:
    return {"total": colours.total(), "colours": {colour: colours[colour] for colour in views.COLOURS}}
