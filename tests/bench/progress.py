"""A campaign at three sizes: `python -m tests.bench.progress [--units 130,3000,30000 --events 1000000 --cache 1G]`.

Units are loaded, opened, previewed under another last day and laid out under it, as the doors do, without the telling
that follows. Then the feed is filled with made courses, the board's model rebuilt from it by the registry's own
program, followed on, and board, pages and grid are asked for, at the functions behind the doors and at the signed doors
of a registry that runs. What those cost should grow neither with units nor with history. Work is shown in seconds of
the processor (this process and the store) and of the clock, for the machine may be busy with others; questions in
milliseconds of the processor, and best, median and worst of the clock; at the doors of the
processor, median and 95th percentile.
"""

import argparse
import functools
import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from services.registry import (
    definition,
    definition_store,
    laying,
    planning,
    preview_store,
    progress_lists,
    progress_store,
    progressing,
    versions,
)
from services.registry import store as meetings
from services.spine import clock, feed
from tests.bench import board, ground
from tests.registry.histories import told
from tests.stack import ROOT, Store

CODE, AT_ONCE, FOLLOWED, ASKED, AGES = "a-campaign", 5000, 4000, 20, 86_400.0
DEMO = ROOT / "deploy" / "demo" / "minchuan-2023" / "campaign.json"
CAMPAIGN = {**definition.REFERENCE, "regions": [], "groups": []}
TICKS = os.sysconf("SC_CLK_TCK")
PAGES: dict[str, dict[str, str]] = {
    "first page": {}, "a county's": {"region": "990001"}, "a group's": {"group": "G1"},
    "overdue": {"overdue": "1"}, "whose move": {"move": "group"}, "a late aspect": {"aspect": "5", "state": "overdue"},
}  # fmt: skip
Line = dict[str, str]


def fill(db: Any, units: int, count: int) -> list[Any]:
    """Put a made course into the feed; what comes after it."""
    feed.prepare(db)
    regions = max(min(units // 40, 100), 3)
    course = enumerate(told(1, units, count + FOLLOWED, regions=regions), 1)
    rows = (
        {"_id": f"e{number}", "n": number, "name": "", "region": event["region"], "event": event}
        for number, event in course
    )
    for start in range(0, count, AT_ONCE):
        db.events.insert_many(list(itertools.islice(rows, min(AT_ONCE, count - start))), ordered=False)
    return list(rows)


class Measure:
    """What things cost on a store."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.line: Line = {}

    def processor(self) -> float:
        """Seconds of the processor that this process, its children and the store have had."""
        used = os.times()
        assert self.store.process
        figures = Path(f"/proc/{self.store.process.pid}/stat").read_text("utf-8").rsplit(")", 1)[1].split()
        return used.user + used.system + used.children_user + used.children_system + sum(
            map(int, figures[11:13])) / TICKS  # fmt: skip

    def work(self, name: str, do: Callable[[], Any], count: int = 0) -> Any:
        """Do something once: seconds of processor and clock, or so many a second of both."""
        processor, start = self.processor(), time.perf_counter()
        found = do()
        took = self.processor() - processor, time.perf_counter() - start
        self.line[name] = " / ".join(f"{count / max(one, 0.01):,.0f}" if count else f"{one:.1f}" for one in took)
        print(time.strftime("%H:%M:%S"), name, self.line[name], ground.load(), file=sys.stderr, flush=True)
        return found

    def ask(self, name: str, ask: Callable[[], Any]) -> None:
        """Ask for something often: milliseconds of the processor, and best, median and worst of the clock."""
        took, processor = [], self.processor()
        for _ in range(ASKED):
            start = time.perf_counter()
            ask()
            took.append((time.perf_counter() - start) * 1000)
        used = (self.processor() - processor) / ASKED * 1000
        self.line[name] = f"{used:.0f}; {min(took):.0f} / {statistics.median(took):.0f} / {max(took):.0f}"
        print(time.strftime("%H:%M:%S"), name, self.line[name], ground.load(), file=sys.stderr, flush=True)


def loaded(measure: Measure, units: int) -> None:
    """A campaign is loaded."""
    db = measure.store.client["registry"]
    meetings.prepare(db)
    regions = max(min(units // 40, 100), 3)
    places = [(f"{990000 + number % regions}-U{number}", f"{990000 + number % regions}") for number in range(units)]
    listed = [
        {"unit_code": unit, "region_code": region, "name": unit, "team": "党组", "level": "county", "members": 7}
        for unit, region in places
    ]
    folder = {**json.loads(DEMO.read_text("utf-8")), "campaign_code": CODE}
    defined = {**definition.define(folder, listed), "groups": []}
    campaign = meetings.load_campaign(db, defined, clock.now())

    def load() -> None:
        planned = [planning.plan(campaign, unit, f"G{number % 2 + 1}") for number, unit in enumerate(listed)]
        meetings.load_meetings(db, campaign, planned, clock.now())

    measure.work("load, s", load)


def replanned(measure: Measure, units: int) -> None:
    """It is opened, previewed under another last day and laid out anew under it."""
    db = measure.store.client["registry"]
    measure.work("open, s", lambda: meetings.announce(db, CODE, clock.now()))
    db.meetings.update_many({}, {"$set": {"outbox": []}})  # told
    opened = meetings.campaign(db, CODE)
    later = date.fromisoformat(opened["all_meetings_held_by"]) + timedelta(days=3)
    drafted = {**versions.definition_of(opened), "all_meetings_held_by": later.isoformat()}
    draft = {**versions.BLANK, "_id": CODE, "definition": drafted, "revision": 1}
    db.drafts.insert_one(draft)
    previewed = preview_store.begin(db, opened, 1, clock.today())
    measure.work("preview, s", lambda: laying.preview(db, previewed, time.monotonic() + AGES))
    after, facts = versions.publish(opened, draft, "r", units, "o", "a", clock.now())
    dropped = versions.drop(draft, "o", "a", clock.now())
    definition_store.publish(db, opened, after, facts, draft, dropped, clock.now())
    work = definition_store.claim(db, "versions", time.time())
    assert work
    measure.work("lay out, s", lambda: laying.lay_out(db, work, time.monotonic() + AGES))


def followed_up(measure: Measure, units: int, count: int) -> None:
    """The model is rebuilt, follows on, and is asked."""
    db, feed_db = measure.store.client["registry"], measure.store.client["feed"]
    after = fill(feed_db, units, count)
    progress_store.prepare(db)
    measure.line["events"] = f"{count:,}"
    start = time.perf_counter()
    megabytes = measure.work("rebuild, s", lambda: rebuilt(measure.store.uri))
    measure.line["rebuild, events/s"] = f"{count / (time.perf_counter() - start):,.0f}"
    measure.line["memory, MB"] = f"{megabytes:,}"
    feed_db.events.insert_many(after)
    measure.work("followed, events/s", lambda: follow(db, feed_db), len(after))
    build, today = progress_store.build_of(progress_store.cursor(db), CODE), clock.today()
    everything: progress_lists.Reach = [{}]
    measure.ask("board, ms", lambda: progress_lists.board(db, CAMPAIGN, build, everything, {}, today))
    for name, query in PAGES.items():
        page = functools.partial(progress_lists.units, db, build, everything, query, 1, today)
        measure.ask(f"{name}, ms", page)
    measure.ask("grid, ms", lambda: progress_lists.grid(db, build, everything, {}, today))
    with board.served(measure.store, measure.store.folder) as (address, spent):
        measure.line |= board.asked(address, CODE, spent)


def rebuilt(uri: str) -> int:
    """The program that rebuilds; its megabytes."""
    command = [sys.executable, "-W", "ignore", "-m", "services.registry.rebuilding"]
    program = subprocess.Popen(command, cwd=ROOT, env=os.environ | {"RECTIFY_STORE": uri}, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(program.pid, 0)
    program.returncode = os.waitstatus_to_exitcode(status)
    if program.returncode:
        raise RuntimeError("the rebuilding failed")
    return used.ru_maxrss // 1024


def follow(db: Any, feed_db: Any) -> None:
    """Take in what was told since."""
    while progressing.step(db, feed_db):
        pass


def main() -> None:
    """Print the table, a column for each size."""
    wanted = argparse.ArgumentParser(description=__doc__)
    wanted.add_argument("--units", default="130,3000,30000", help="how many units (130,3000,30000)")
    wanted.add_argument("--events", type=int, default=1_000_000, help="of each size (1000000)")
    wanted.add_argument("--cache", default="1G", help="of the embedded store (1G)")
    wanted.add_argument("--only", choices=("campaign", "progress"), help="one half")
    given = wanted.parse_args()
    sizes = [int(size) for size in given.units.split(",")]
    lines: list[Line] = []
    for units in sizes:
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            store = Store(Path(folder), given.cache).start()
            try:
                measure = Measure(store)
                loaded(measure, units)
                if given.only != "progress":
                    replanned(measure, units)
                if given.only != "campaign":
                    followed_up(measure, units, max(given.events, units))
                lines.append(measure.line)
            finally:
                store.stop()
    table = Table("units", *(f"{units:,}" for units in sizes), box=box.MARKDOWN)
    for name in lines[0]:
        table.add_row(name, *(line[name] for line in lines))
    head = ground.head(
        f"an embedded store with a cache of {given.cache}; asked {ASKED} times: processor; best / median / worst"
    )
    Console(width=160).print(head, table, sep="\n")


if __name__ == "__main__":
    main()
