"""Lists of many units that go on after their last row: whoever turns pages while others work misses no row and reads
none twice.

What must stay true: a row's place follows from what never changes of it, its unit first, so that rows that come or go
move no other; no question holds an $or of its own, for the embedded store finds no index then.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pymongo.collection import Collection

from services.spine import actor

Document = dict[str, Any]
Place = tuple[str | int, ...]
Rows = Collection[Document]


def page(rows: Rows, wanted: Mapping[str, Any], order: Sequence[str], query: Mapping[str, str]) -> Document:
    """One page: {total, size, next, rows}; it follows the place named by `after`, and `next` is where it goes on."""
    size, after = int(query.get("size", 50)), _read(order, query["after"]) if "after" in query else None
    found = [row for part in _parts(rows, wanted, order, after, size + 1) for row in part][: size + 1]
    more = len(found) > size
    following = "|".join(map(str, _place(order, found[size - 1]))) if more else None
    total = rows.count_documents(wanted) if more or after else len(found)
    return {"total": total, "size": size, "next": following, "rows": found[:size]}


def _parts(
    rows: Rows, wanted: Mapping[str, Any], order: Sequence[str], after: Place | None, most: int
) -> Iterator[list[Document]]:
    """What is left of the unit at which the page before ended, then the units behind it."""
    along = [(key, 1) for key in order]
    if after is None:
        yield list(rows.find(wanted, {"outbox": 0}).sort(along).limit(most))
        return
    same = rows.find(actor.both(wanted, {"unit": after[0]}), {"outbox": 0}).sort(along)
    yield [row for row in same if _place(order, row) > after]
    if "unit" not in wanted:
        yield list(rows.find({**wanted, "unit": {"$gt": after[0]}}, {"outbox": 0}).sort(along).limit(most))


def _place(order: Sequence[str], row: Document) -> Place:
    return tuple(row[key] for key in order)


def _read(order: Sequence[str], said: str) -> Place:
    return tuple(int(one) if key == "number" else one for key, one in zip(order, said.split("|"), strict=True))
