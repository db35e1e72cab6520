"""Nights over ledgers of two sizes: `python -m tests.bench.ledger_nights [--items 10000,1000000 --due 5 --cache 1G]`.

The store is filled directly with items and monthly reports as they are kept; a share of the items turned late since
yesterday. Then the night's own program is run as the command runs it: killed in the middle and run again, once more the
same night, and a night on which every unit is reminded of its report. Shown are seconds, how many items were worked off
a second of the clock and of the processor (store and program, starts included), and the most memory the program had,
which should not grow with the ledger. To put a million items there takes the embedded store ten minutes or more.
"""

import argparse
import itertools
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from services.rectification import lateness, lists, nightly, nights, reporting, store
from services.registry import definition
from services.spine import clock, mongo
from tests.bench import ground
from tests.stack import Store

CODE, AT_ONCE, A_UNIT, KILLED_AFTER = "a-campaign", 3000, 30, 1
POLICY: dict[str, Any] = definition.REFERENCE["policy"]["rectification"]
DAY: int = POLICY["report_day"]
Line = dict[str, str]


def items(count: int, share: int, today: date) -> Iterator[dict[str, Any]]:
    """Made items, some to a unit; of a hundred `share` turned late since yesterday, the others are due later."""
    report = lists.first_report(today.isoformat(), POLICY)
    for number in range(count):
        due_on = today - timedelta(days=1) if number % 100 < share else today + timedelta(days=30 + number % 300)
        unit = f"{990000 + number // A_UNIT % 100}-U{number // A_UNIT}"
        key = f"{CODE}.{unit}.p{number % A_UNIT}"
        told = {"round": 1, "due_on": due_on.isoformat(), "stage": "soon"} if number % 100 < share else {"round": 0}
        yield lateness.kept({
            "_id": key, "item_id": key, "campaign": CODE, "unit": unit, "region": unit[:6],
            "group": f"G{number % 7}", "number": number % A_UNIT + 1, "problem": f"问题{number}", "source": "other",
            "category": "phased", "responsible": "副局长", "standard": "验收", "measures": [], "milestones": [],
            "due_on": due_on.isoformat(), "state": "open", "late": False, "closed_on": None, "progress": [],
            "calm_until": (due_on - timedelta(days=lists.SOON_DAYS + 1)).isoformat(),
            "report_due_on": report, "closeout": None, "history": [], "told": told, "revision": 1, "outbox": [],
        })  # fmt: skip


def marks() -> list[reporting.Mark]:
    """What nights work off from unit to unit by today."""
    return reporting.marks(clock.today(), DAY, POLICY["report_reminders"])


def reminder() -> reporting.Mark:
    """The reminder reached last."""
    return max(mark for mark in marks() if mark.days is not None)


def fill(db: Any, count: int, share: int) -> None:
    """A campaign with its policy, its units with their reports, and their items."""
    today = clock.today()
    store.prepare(db)
    db.campaigns.insert_one({"_id": CODE, "immediate_days": 30, "rectification": POLICY})
    made = items(count, share, date.fromisoformat(today))
    while part := list(itertools.islice(made, AT_ONCE)):
        db.items.insert_many(part, ordered=False)
        units = {row["unit"]: {key: row[key] for key in ("campaign", "unit", "region", "group")} for row in part}
        mongo.insert_new(db.meetings, [{"_id": f"{CODE}.{unit}", **place} for unit, place in units.items()])
        begun = [reporting.begin(place, reminder().month, DAY) for place in units.values()]
        counts = reporting.Counts(A_UNIT, A_UNIT)
        mongo.add_all(db.reports, [reporting.stand(report, counts, today) for report in begun])
    for mark in marks():
        nights.go_on(db, nightly.key_of(CODE, mark), "", done=True)


def measure(count: int, share: int, cache: str, folder: Path) -> Line:
    """One ledger from its first night to its second."""
    kept = Store(folder / f"store{count}", cache=cache).start()
    line = {"items": f"{count:,}", "due": f"{count * share // 100:,}"}
    try:
        db = kept.client["rectification"]
        start = time.monotonic()
        fill(db, count, share)
        line["filled, s"] = f"{time.monotonic() - start:,.0f}"
        before = ground.processor(kept)
        _, first, _ = ground.night("services.rectification.nightly", kept.uri, kill_after=KILLED_AFTER)
        db.nights.update_one({"_id": "lease"}, {"$set": {"until": 0}})  # a killed holder is waited for a minute
        said, rest, memory = ground.night("services.rectification.nightly", kept.uri)
        line["night, s"] = f"{first + rest:,.1f}"
        line["a second"] = f"{count * share / 100 / (first + rest):,.0f}"
        line["of processor"] = f"{count * share / 100 / (ground.processor(kept) - before):,.0f}"
        line["memory, MB"] = f"{memory}"
        documents = db.escalations.count_documents({})
        line["documents"] = f"{documents:,}"
        assert documents == count * share // 100, "killed in the middle, some were lost or doubled"
        said, again, _ = ground.night("services.rectification.nightly", kept.uri)
        assert said["night"] == "done"
        line["again, s"] = f"{again:.1f}"
        db.nights.delete_many({"_id": {"$in": [clock.today(), nightly.key_of(CODE, reminder())]}})
        said, reminding, _ = ground.night("services.rectification.nightly", kept.uri)
        line["reminding, s"], line["units"] = f"{reminding:,.1f}", f"{said['found']['reports']:,}"
        plan = db.items.find({"region": "990000", "look_on": {"$lte": clock.today()}}).explain()
        assert "COLLSCAN" not in str(plan["queryPlanner"]["winningPlan"]), "the night reads the whole ledger"
        print(time.strftime("%H:%M:%S"), line, ground.load(), file=sys.stderr, flush=True)
    finally:
        kept.stop()
    return line


def main() -> None:
    """Measure and show."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--items", default="10000,1000000")
    asked.add_argument("--due", type=int, default=5, help="of a hundred items so many turned late")
    asked.add_argument("--cache", default="1G")
    chosen = asked.parse_args()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    head = ground.head(f"Of a hundred items {chosen.due} turned late; SecantusDB with a cache of {chosen.cache}.")
    with tempfile.TemporaryDirectory() as folder:
        lines = [measure(int(count), chosen.due, chosen.cache, Path(folder)) for count in chosen.items.split(",")]
    table = Table(*lines[0], box=box.MARKDOWN)
    for line in lines:
        table.add_row(*line.values())
    print(head)
    Console(width=160).print(table)


if __name__ == "__main__":
    main()
