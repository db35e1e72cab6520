"""The ledger at three sizes: `python -m tests.bench.ledger [--items 10000,100000,1000000 --cache 1G]`.

Items are put straight into the store with their marks and columns; then lists are asked for under each filter and
order, and sums for the province, a county and a group, as the doors do, and what an item of the campaign after repeats.
What a page costs should not grow with items. Milliseconds of the clock, median and worst, with the machine's load: it
may be busy with others.
"""

import argparse
import random
import statistics
import sys
import tempfile
import textwrap
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from services.rectification import (
    columns,
    columns_store,
    domain,
    lists,
    pages_store,
    recurrence,
    recurrence_store,
    store,
    summing,
    views,
)
from tests.bench import ground
from tests.stack import Store

CODE, LATER = "a-campaign", "the-campaign-after"
WORDS = textwrap.wrap("灌渠水毁修复渗漏农田道路补助发放迟缓走访群众诉求台账公示村级账目学校食堂医保报销", 2)
TODAY, OF_UNIT, OF_REGION, AT_ONCE, ASKED = "2024-03-10", 33, 300, 5000, 7
SCOPE = {"campaign": CODE}
SOURCES = ("opinion", "talk", "self_criticism", "criticism", "supervision", "inspection", "last_year", "other")
LISTS: dict[str, dict[str, str]] = {
    "by number": {}, "due first": {"sort": "due"}, "oldest first": {"sort": "age"},
    "red, due first": {"colour": "red", "sort": "due"}, "yellow, due first": {"colour": "yellow", "sort": "due"},
    "green by number": {"colour": "green"}, "closed, oldest first": {"state": "closed", "sort": "age"},
    "a county's red": {"region": "990001", "colour": "red", "sort": "due"},
    "a group's, due first": {"group": "G0", "sort": "due"}, "a unit's": {"unit": "990001-U0001", "sort": "due"},
    "a source's, due first": {"source": "talk", "sort": "due"}, "an aspect's by number": {"aspect": "a3"},
    "a list's, oldest first": {"category": "long_term", "sort": "age"},
    "an asking to decide": {"waits": "asking", "sort": "due"}, "old ones": {"age": "180", "sort": "age"},
    "overdue": {"overdue": "1", "sort": "due"}, "open, by number": {"state": "open"},
    "not reported": {"unreported": "1", "sort": "due"}, "to be looked at again": {"recheck_due": "1", "sort": "age"},
    "a post's": {"owner": "990001-U0001/02"}, "words of one problem": {"q": "第 777 号", "sort": "due"},
    "words of few": {"q": "台账道路医保", "sort": "due"}, "the same, by number": {"q": "台账道路医保"},
    "words of some, a county's": {"q": "台账道路", "sort": "due", "region": "990001"},
    "words of some": {"q": "台账道路", "sort": "due"}, "words of many": {"q": "台账", "sort": "due"},
    "words of some that are yellow": {"q": "台账道路", "sort": "due", "colour": "yellow"},
    "words of none": {"q": "没有这样", "sort": "due"}, "one letter of none": {"q": "没", "sort": "due"},
    "two at once": {"source": "talk", "aspect": "a3", "sort": "due"},
    "three at once": {"source": "talk", "aspect": "a3", "waits": "group", "sort": "due"},
    "three at once, by number": {"source": "talk", "aspect": "a3", "category": "phased"},
}  # fmt: skip
SUMS: dict[str, dict[str, str]] = {
    "the province by county": {"by": "region"}, "the province by list": {"by": "category"},
    "the province by source": {"by": "source"}, "the province by aspect": {"by": "aspect"},
    "the province, one source": {"by": "region", "source": "talk"},
    "the province, two at once": {"by": "region", "source": "talk", "aspect": "a3"},
    "the province, words": {"by": "region", "q": "台账"}, "a county": {"by": "group", "region": "990001"},
    "a group by county": {"by": "region", "group": "G0"},
}  # fmt: skip


def made(number: int, chance: random.Random) -> domain.Item:
    """An item somewhere in its course."""
    at, here = divmod(number, OF_UNIT)
    region = f"{990001 + at // OF_REGION}"
    unit, state = (
        f"{region}-U{at:04}",
        chance.choices(("registered", "open", "close_requested", "closed"), (1, 5, 1, 4))[0],
    )
    due, since = _day(chance.randint(-60, 300)), _day(-chance.randint(0, 240))
    asking = state == "open" and chance.random() < 0.01
    return views.marked(
        {**domain.BEGUN, "_id": f"{CODE}.{unit}.p{here}", "item_id": f"{CODE}.{unit}.p{here}", **SCOPE, "unit": unit,
         "region": region, "group": f"G{at // OF_REGION}", "number": here + 1,
         "problem": problem(number),
         "source": chance.choice(SOURCES), "category": chance.choice(("immediate", "phased", "long_term")),
         "aspect": f"a{chance.randint(1, 6)}", "responsible": "分管副局长", "standard": "通水验收" * 5,
         "measures": [{"what": "修复渠道" * 6, "who": "分管副局长", "due_on": due}] * 2, "due_on": due,
         "first_due_on": due, "state": state, "late": chance.random() < 0.1, "registered_on": since,
         "calm_until": lists.after(due, -lists.SOON_DAYS - 1),
         "closeout": {"next": "group", "overdue": False} if state == "close_requested" else None,
         "closed_on": TODAY if state == "closed" else None, "owner_post": "02" if number % 5 == 0 else None,
         "recheck_on": _day(number % 90 - 9) if state == "closed" else None,
         "report_due_on": _day(number % 30 - 4) if state == "open" else None,
         "requests": [{"decided": None}] if asking else [], "history": [], "revision": 1, "outbox": []}
    )  # fmt: skip


def problem(number: int) -> str:
    """What is wrong, in words that others use as well."""
    return f"第 {number} 号" + "".join(random.Random(number).choices(WORDS, k=9))


def fill(db: Any, count: int) -> None:
    """Put items, their units and columns into the store."""
    store.prepare(db)
    chance = random.Random(1)
    for start in range(0, count, AT_ONCE):
        items = [made(number, chance) for number in range(start, min(start + AT_ONCE, count))]
        db.items.insert_many(items, ordered=False)
        keys = (recurrence.traces(one["campaign"], one["unit"], one["problem"]) for one in items)
        db.traces.insert_many([{"_id": one["_id"], "keys": own} for one, own in zip(items, keys, strict=True)])
    chance, region = random.Random(1), dict[str, Any]()
    for start in range(0, count, OF_UNIT):
        items = [made(number, chance) for number in range(start, min(start + OF_UNIT, count))]
        if region.get("region") != items[0]["region"]:
            _put(db, region)
            region = {"region": items[0]["region"], "units": {}, "rows": [], "meetings": []}
        places = {key: items[0][key] for key in ("campaign", "region", "unit")}
        key, turn = f"{CODE}.{places['unit']}", len(region["rows"]) + 1
        region["units"][places["unit"]] = len(items)
        row = {"_id": key, **places, "n": len(items), "turn": turn, "packed": columns.pack(items)}
        region["rows"].append(row)
        known = {"group": items[0]["group"], "meeting_on": "2024-02-01", "numbered": OF_UNIT, "sequence": 1}
        region["meetings"].append({"_id": key, **places, **known})
    _put(db, region)


def _put(db: Any, region: dict[str, Any]) -> None:
    if region:
        db.columns.insert_many(region["rows"])
        db.meetings.insert_many(region["meetings"])
        turn, code = len(region["rows"]), region["region"]
        db.regions.insert_one({"_id": f"{CODE}.{code}", "turn": turn, "units": region["units"], "last": None})
        columns_store.come(db, CODE, code, turn)


def timed(act: Callable[[], Any]) -> tuple[float, float, Any]:
    """Median and worst milliseconds, and the last answer."""
    took, found = [], None
    for _ in range(ASKED):
        start = time.perf_counter()
        found = act()
        took.append((time.perf_counter() - start) * 1000)
    return statistics.median(took), max(took), found


def main() -> None:
    """Run and print the table."""
    asked = argparse.ArgumentParser(prog="python -m tests.bench.ledger", description=__doc__)
    asked.add_argument("--items", default="10000,100000,1000000", help="how many items (10000,100000,1000000)")
    asked.add_argument("--cache", default="1G", help="the store's cache (1G)")
    options = asked.parse_args()
    console, sizes = Console(width=120), [int(one) for one in options.items.split(",")]
    table, lines = Table(box=box.SIMPLE), dict[str, list[str]]()
    print(ground.head(), flush=True)
    for size in sizes:
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            columns_store._held.clear()
            running = Store(Path(folder), options.cache).start()
            try:
                _size(running.client["rectify_rectification"], size, lines)
            finally:
                running.stop()
        print(f"{size} items, load {ground.load()}", flush=True)
    table.add_column("milliseconds, median (worst)")
    for size in sizes:
        table.add_column(f"{size:,} items", justify="right")
    for name, cells in lines.items():
        table.add_row(name, *cells)
    console.print(table)


def _size(db: Any, size: int, lines: dict[str, list[str]]) -> None:
    start = time.monotonic()
    fill(db, size)
    lines.setdefault("filled, seconds", []).append(f"{time.monotonic() - start:.0f}")
    print(f"{size} items filled, load {ground.load()}", file=sys.stderr, flush=True)
    start = time.monotonic()
    _page(db, {})
    lines.setdefault("the first list after a start", []).append(f"{(time.monotonic() - start) * 1000:.0f}")
    held = sum(
        some.nbytes for _, one in columns_store._held.values() for some in (*one.lines.values(), one.text, one.begins)
    )
    lines.setdefault("held for them, MB", []).append(f"{held / 1e6:.1f}")
    for name, query in LISTS.items():
        middle, worst, found = timed(lambda query=query: _page(db, query))  # type: ignore[misc]
        lines.setdefault(name, []).append(f"{middle:.0f} ({worst:.0f}) · {len(found['rows'])} rows")
        print(name, lines[name][-1], file=sys.stderr, flush=True)
    for name, query in SUMS.items():
        middle, worst, found = timed(lambda query=query: summing.summary(db, SCOPE, query, TODAY))  # type: ignore[misc]
        lines.setdefault(name, []).append(f"{middle:.0f} ({worst:.0f}) · {found['total']:,}")
    one = db.items.find_one({"unit": "990001-U0001"})
    again = views.marked({**one, "state": "closed", "closed_on": TODAY, "revision": 2})
    db.items.replace_one({"_id": one["_id"]}, again)
    middle, worst, _ = timed(lambda: store.sum_up(db, CODE, one["unit"]))
    lines.setdefault("sums after a write", []).append(f"{middle:.0f} ({worst:.0f})")
    unit, places = one["unit"], {key: one[key] for key in ("unit", "region", "group")}
    db.meetings.insert_one({"_id": f"{LATER}.{unit}", **places, "campaign": LATER, "meeting_on": "2025-02-01"})
    now = {**one, "_id": f"{LATER}.{unit}.p1", "item_id": f"{LATER}.{unit}.p1", "campaign": LATER}
    db.items.insert_one(now)
    middle, worst, _ = timed(lambda: recurrence_store.look(db, now))
    found = recurrence_store.links(db, now["_id"])
    assert found[0]["item_id"] == one["_id"], "the same problem a year ago is not found"
    lines.setdefault("what an item repeats", []).append(f"{middle:.0f} ({worst:.0f}) · {len(found)}")


def _page(db: Any, query: dict[str, str]) -> Any:
    return pages_store.page(db, SCOPE, query, TODAY)


def _day(days: int) -> str:
    return (date.fromisoformat(TODAY) + timedelta(days=days)).isoformat()


if __name__ == "__main__":
    main()
