"""Ledgers as sheets: `python -m tests.bench.ledger_sheets [--items 50000 --rows 5000]`.

The official Excel of so many items over the door, as its bytes come, and a unit's own sheet of so many rows looked at,
decided and brought in: seconds, and memory of the services before, at most and after; what a smaller sheet takes stands
beside it. What is measured is said at once on the error output, with the machine's load.
"""

import argparse
import io
import sys
import tempfile
import threading
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from services.rectification import domain, sheet, store, views
from services.spine import clock
from tests.bench import ground
from tests.bench.batches import memory
from tests.rectification.test_sheet import DRAFT
from tests.rectification.test_sheet_reading import HEAD, as_csv, row
from tests.stack import CAMPAIGN, Person, Stack, campaign_folder, grant, wait_until

UNIT, UNITS = "990823-NYNC", 50


def fill(stack: Stack, first: int, count: int) -> None:
    """Items up to so many of the campaign's units, each with some progress."""
    db = stack.database("rectification")
    places = list(db.meetings.find({"campaign": CAMPAIGN}, {"outbox": 0}).sort("_id", 1))
    limits = {"immediate_days": 30, "rectification": db.campaigns.find_one({"_id": CAMPAIGN})["rectification"]}
    hand = domain.Hand("bench", "bench", clock.now(), clock.today())
    day = "2099-03-31"
    entry = {"on": hand.today, "text": "已完成过半，下一步组织验收。" * 6, "evidence": [], "by": "bench", "at": hand.at}
    for start in range(first, count, 1000):
        made = []
        for number in range(start, min(start + 1000, count)):
            place = places[number % len(places)]
            draft = {**DRAFT, "key": f"b{number}", "problem": f"第{number}个问题：{DRAFT['problem']}", "due_on": day}
            item, _ = domain.register({**place, **limits}, 30, number // len(places) + 1, draft, hand)
            item["progress"] = [{**entry, "key": f"e{month}"} for month in range(3)]
            made.append(views.marked({**item, "revision": 1, "outbox": []}))
        db.items.insert_many(made)
    db.meetings.update_many({"campaign": CAMPAIGN}, {"$set": {"numbered": count // len(places) + 1}})
    for place in places:
        store.sum_up(db, CAMPAIGN, place["unit"])


def at_most(stack: Stack, act: Callable[[], Any]) -> tuple[Any, float, float]:
    """What something gives, how long it takes, the most memory seen meanwhile."""
    most, over = [memory(stack)], threading.Event()

    def watch() -> None:
        while not over.wait(0.05):
            most.append(memory(stack))

    watching = threading.Thread(target=watch)
    watching.start()
    start = time.monotonic()
    try:
        found = act()
    finally:
        took = time.monotonic() - start
        over.set()
        watching.join()
    return found, took, max(most)


def taken(who: Person) -> tuple[float, bytes]:
    """Seconds until the first bytes of the official Excel have come, and all of them."""
    start = time.monotonic()
    pieces = who.ask("GET", "rectification", "/ledger.xlsx", stream=True).iter_content(2**16)
    begun = next(pieces)
    return time.monotonic() - start, b"".join([begun, *pieces])


def rows_of(data: bytes) -> int:
    """How many items a ledger's Excel has."""
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        return parts.read("xl/worksheets/sheet1.xml").count(b"<row ") - sheet.FIRST_ROW - 1


def brought_in(who: Person, rows: int) -> dict[str, float]:
    """Seconds of each step of a sheet of so many rows."""
    data = as_csv([HEAD, *(row(problem=f"第{number}条问题", due_on="2099年3月底") for number in range(rows))])
    places, steps = {"campaign": CAMPAIGN, "unit": UNIT}, {}
    start = time.monotonic()
    found = who.ask("POST", "rectification", "/ledger-imports", data=places, files={"file": ("a.csv", data)}).json()
    steps["looked at"] = time.monotonic() - start
    address, start = f"/ledger-imports/{found['import_id']}", time.monotonic()
    who.post("rectification", f"{address}/decisions", {"rest": True})
    steps["decided"] = time.monotonic() - start
    start = time.monotonic()
    who.post("rectification", f"{address}/run", {})
    while who.get("rectification", address)["state"] != "done":
        time.sleep(0.5)
    steps["brought in"] = time.monotonic() - start
    return steps


def main() -> None:
    """Run and print."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--items", type=int, default=50_000)
    asked.add_argument("--rows", type=int, default=5_000)
    given = asked.parse_args()
    with Stack(Path(tempfile.mkdtemp(prefix="sheets"))) as stack:
        others = [one["unit_code"] for one in campaign_folder()["units"] if one["unit_code"] != UNIT]
        stack.load([UNIT, *others[:UNITS]])
        stack.settled(300)
        nights = stack.database("rectification").nights
        wait_until(lambda: nights.find_one({"_id": clock.today(), "state": "done"}), 300, "the night's work")
        office = stack.person("office", grant("office", "campaign", CAMPAIGN))
        table = Table("what", "seconds", "MB at most", title=f"{given.items} items, {given.rows} rows")

        def seen(*cells: str) -> None:
            table.add_row(*cells)
            print(time.strftime("%H:%M:%S"), *cells, ground.load(), file=sys.stderr, flush=True)

        seen("before", "", f"{memory(stack):.0f}")
        filled = 0
        for count in (given.items // 10, given.items):
            fill(stack, filled, count)
            filled = count
            (first, data), took, most = at_most(stack, lambda: taken(office))
            assert rows_of(data) == count, "the sheet has other items than the ledger"
            seen(f"{count} items as a sheet of {len(data) / 2**20:.1f} MB", f"{first:.1f}, {took:.1f}", f"{most:.0f}")
        steps, _, most = at_most(stack, lambda: brought_in(office, given.rows))
        for what, took in steps.items():
            seen(f"{given.rows} rows {what}", f"{took:.1f}", f"{most:.0f}")
        seen("after", "", f"{memory(stack):.0f}")
        Console().print(table)


if __name__ == "__main__":
    main()
