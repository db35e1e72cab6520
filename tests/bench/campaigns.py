"""Many units in lists, and a tree of organisations: `python -m tests.bench.campaigns [--units 130,3000,30000]`.

Units are loaded, and every list of them is asked for, first pages and narrowed ones; then as many organisations are
brought in from a workbook, again with a tenth of them under other names, whose meetings follow; then the campaign is
opened and laid out anew. The whole is one process: its greatest memory stands at the end.
"""

import argparse
import functools
import resource
import tempfile
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from services.registry import (
    clashes,
    ics,
    organisation_imports,
    organisation_sheet,
    organisation_store,
    schedule_store,
    store,
)
from services.spine import clock
from services.spine.workdays import PUBLISHED
from tests.bench import ground
from tests.bench.progress import ASKED, CODE, Line, Measure, loaded, replanned
from tests.stack import Store

OFFICE, COUNTY = {"campaign": CODE}, {"campaign": CODE, "region": "990001"}
STEMS = ["99"]


def asked(measure: Measure) -> None:
    """Every list of units."""
    db, today, later = measure.store.client["registry"], clock.today(), "2099-01-01"
    lists: dict[str, Any] = {
        "meetings": lambda: store.listed(db, OFFICE, CODE, {}, today),
        "meetings, page 20": lambda: store.listed(db, OFFICE, CODE, {"page": "20"}, today),
        "a county's": lambda: store.listed(db, COUNTY, CODE, {}, today),
        "a name": lambda: store.listed(db, OFFICE, CODE, {"q": "U77"}, today),
        "overdue": lambda: store.listed(db, OFFICE, CODE, {"overdue": "1"}, later),
        "lacking": lambda: store.lacking(db, OFFICE, CODE, {}, later),
        "clashes": lambda: _clashes(db),
        "calendar": lambda: ics.write(ics.named(schedule_store.dated(db, OFFICE, CODE), {}, "zh"), "c", clock.now()),
        "postponements": lambda: schedule_store.postponements(db, OFFICE, CODE, {}),
        "units named": lambda: store.units(db, CODE, {}),
        "units looked up": lambda: store.units(db, CODE, {"q": "U77", "size": "20"}),
        "groups": lambda: store.stages_of_groups(db, OFFICE, CODE),
    }
    for name, ask in lists.items():
        measure.ask(f"{name}, ms", ask)


def _clashes(db: Any) -> Any:
    campaign, lines = store.campaign(db, CODE), schedule_store.lines(db, OFFICE, CODE, {})
    early = clashes.early(campaign, lines, schedule_store.superiors(db, campaign, lines))
    return clashes.find(clashes.days(lines), PUBLISHED, early)


def brought_in(measure: Measure, units: int) -> None:
    """A workbook of organisations is read, looked at and done, as the doors do; then one that renames a tenth."""
    db, regions = measure.store.client["registry"], max(min(units // 40, 100), 3)
    organisation_store.prepare(db)
    places = [(f"{990000 + number % regions}-U{number}", f"{990000 + number % regions}") for number in range(units)]
    tree: list[dict[str, Any]] = [
        {"code": code, "name": code, "level": "county", "parent": None, "region": region, "team": "党组", "members": 7,
         "posts": []}
        for code, region in places
    ]  # fmt: skip
    other = [{**one, "name": f"新{one['code']}"} if number % 10 == 0 else one for number, one in enumerate(tree)]
    for name, table in (("import", tree), ("again", other)):
        data = organisation_sheet.write(table, "zh")
        look = functools.partial(looked, db, data, name)
        found, pieces = measure.work(f"{name}: looked at, s", look)
        organisation_store.add_import(db, found, pieces, clock.now())
        measure.work(f"{name}: done, s", functools.partial(done, db, found))


def looked(db: Any, data: bytes, name: str) -> Any:
    """What a workbook would change."""
    tables, unread = organisation_sheet.read("组织.xlsx", data)
    known, units = organisation_store.known(db), organisation_store.taking_part(db)
    lines, counts, faults = organisation_imports.look(tables, unread, known, STEMS, units, {}, "2026-01-01")
    facts = {"file_name": name, "sha256": name, "by": "a", "by_account": "a"}
    return organisation_imports.begin(name, lines, faults, **facts, counts=counts, opened_at=clock.now())


def done(db: Any, found: Any) -> None:
    """All its pieces."""
    while organisation_store.apply(db, found, clock.today(), clock.now()):
        pass


def main() -> None:
    """Print the table, a column for each size."""
    wanted = argparse.ArgumentParser(description=__doc__)
    wanted.add_argument("--units", default="130,3000,30000", help="how many units (130,3000,30000)")
    wanted.add_argument("--cache", default="1G", help="of the embedded store (1G)")
    wanted.add_argument("--only", choices=("lists", "import", "replanning"), help="load, ask, and this")
    given = wanted.parse_args()
    sizes = [int(size) for size in given.units.split(",")]
    lines: list[Line] = []
    for units in sizes:
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            kept = Store(Path(folder), given.cache).start()
            try:
                measure = Measure(kept)
                loaded(measure, units)
                asked(measure)
                if given.only in (None, "import"):
                    brought_in(measure, units)
                if given.only in (None, "replanning"):
                    replanned(measure, units)
                most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
                lines.append({**measure.line, "memory, MB": f"{most:,}"})
            finally:
                kept.stop()
    table = Table("units", *(f"{units:,}" for units in sizes), box=box.MARKDOWN)
    for name in lines[0]:
        table.add_row(name, *(line[name] for line in lines))
    head = ground.head(
        f"an embedded store with a cache of {given.cache}; asked {ASKED} times: processor; best / median / worst"
    )
    Console(width=160).print(head, table, sep="\n")


if __name__ == "__main__":
    main()
