"""Reminder nights of two sizes: `python -m tests.bench.reminders [--messages 1000,100000 --cache 1G]`.

The store is filled directly with nodes as they are kept, some to a unit: so many have a step today, ten times fewer are
done or due later and are not to be read. Then the program is run as the command runs it: killed in the middle and run
again, and once more. Shown are seconds, what a message took of the processor (the program and the store together) and
the most memory the program had: neither should grow with the night.
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

from services.notification import reminders, store
from services.spine import clock, mongo
from tests.bench import ground
from tests.stack import Store

CODE, AT_ONCE, A_UNIT, KILLED_AFTER = "a-campaign", 3000, 30, 1
Line = dict[str, str]


def nodes(count: int, today: date) -> Iterator[dict[str, Any]]:
    """Made nodes, some to a unit: each has its last day before the day today, one in ten more is of no concern."""
    for number in range(count + count // 10):
        idle = number >= count
        unit = f"{990000 + number // A_UNIT % 100}-U{number // A_UNIT}"
        key, due_on = f"{CODE}.{unit}.p{number % A_UNIT}", (today + timedelta(days=40 if idle else 1)).isoformat()
        yield {
            **reminders.FRESH, "_id": f"{key}:item", "kind": "item", "place": f"{CODE}.{unit}", "campaign": CODE,
            "region": unit[:6], "unit": unit, "group": f"G{number % 7}", "link": {"page": "item", "id": key},
            "said": {"due": [1, due_on]}, "due_on": due_on, "revision": 1, "outbox": [],
            "next_on": due_on if idle else today.isoformat(), "share": reminders.share(f"{key}:item"),
        }  # fmt: skip


def fill(db: Any, count: int) -> None:
    """Nodes and the places they are of."""
    store.prepare(db)
    made = nodes(count, date.fromisoformat(clock.today()))
    while part := list(itertools.islice(made, AT_ONCE)):
        db.nodes.insert_many(part, ordered=False)
        places = {node["place"]: {key: node[key] for key in ("region", "group")} for node in part}
        mongo.add_all(db.places, [{"_id": key, **place, "said": {}} for key, place in places.items()])


def measure(count: int, cache: str, folder: Path) -> Line:
    """One night, killed and gone on with, and the same night again."""
    kept = Store(folder / f"store{count}", cache=cache).start()
    line = {"messages": f"{count:,}"}
    try:
        db = kept.client["notification"]
        start = time.monotonic()
        fill(db, count)
        line["filled, s"] = f"{time.monotonic() - start:,.0f}"
        spent = ground.spent(kept.process)
        _, first, _ = ground.night("services.notification.reminding", kept.uri, kill_after=KILLED_AFTER)
        _, rest, memory = ground.night("services.notification.reminding", kept.uri)
        line["night, s"] = f"{first + rest:,.1f}"
        line["a second"] = f"{count / (first + rest):,.0f}"
        line["processor, ms each"] = f"{(ground.spent(kept.process) - spent) * 1000 / count:.2f}"
        line["memory, MB"] = f"{memory}"
        assert db.messages.count_documents({}) == count, "killed in the middle, some were lost or doubled"
        said, again, _ = ground.night("services.notification.reminding", kept.uri)
        assert said["sent"] == 0
        line["again, s"] = f"{again:.1f}"
        plan = db.nodes.find({"share": 0, "next_on": {"$lte": clock.today()}}).explain()
        assert "COLLSCAN" not in str(plan["queryPlanner"]["winningPlan"]), "the night reads everything"
        print(time.strftime("%H:%M:%S"), line, ground.load(), file=sys.stderr, flush=True)
    finally:
        kept.stop()
    return line


def main() -> None:
    """Measure and show."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--messages", default="1000,100000")
    asked.add_argument("--cache", default="1G")
    chosen = asked.parse_args()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    head = ground.head(f"Each of so many nodes has a step today; SecantusDB with a cache of {chosen.cache}.")
    with tempfile.TemporaryDirectory() as folder:
        lines = [measure(int(count), chosen.cache, Path(folder)) for count in chosen.messages.split(",")]
    table = Table(*lines[0], box=box.MARKDOWN)
    for line in lines:
        table.add_row(*line.values())
    print(head)
    Console(width=160).print(table)


if __name__ == "__main__":
    main()
