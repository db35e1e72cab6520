"""A county's zip: `python -m tests.bench.batches [--files 1000 --size 30000]`.

Every material of as many units as are needed, each a text of its own, in one zip with its manifest: seconds to hand it
over and to check it, lines a second taken in, memory of the services before, at most and after.
"""

import argparse
import tempfile
import time
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from tests import parcels
from tests.stack import CAMPAIGN, Person, Stack, grant

MEMBERS = ("speech_outline", "criticism_list")


def memory(stack: Stack) -> float:
    """Resident megabytes of the process with all services (its child behind the leash included)."""
    pid = stack.processes["all"].pid
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    pages = [int(Path(f"/proc/{one}/statm").read_text().split()[1]) for one in (str(pid), *children)]
    return sum(pages) * 4096 / 2**20


def packed(stack: Stack, files: int, size: int) -> bytes:
    """A zip of so many files, as many as the units owe at most."""
    plans = list(stack.database("intake").plans.find({"campaign": CAMPAIGN}).sort("_id", 1))
    owed = [(plan["unit"], row["kind"], row["post"]) for plan in plans for row in plan["required"]]
    rows = [(*one, f"{one[0]}/{one[1]}-{one[2]}.txt") for one in owed if one[1] in MEMBERS][:files]
    return parcels.packed(rows, {row[3]: parcels.text(number, size) for number, row in enumerate(rows)})


def reached(office: Person, batch_id: str, stack: Stack, *states: str) -> tuple[dict[str, Any], float]:
    """The batch in one of these states, and the most memory seen on the way."""
    most = 0.0
    while True:
        found = office.get("intake", f"/batches/{batch_id}")
        most = max(most, memory(stack))
        if found["state"] in states:
            return found, most
        time.sleep(0.2)


def main() -> None:
    """Run and print."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--files", type=int, default=1000)
    asked.add_argument("--size", type=int, default=30_000)
    given = asked.parse_args()
    with Stack(Path(tempfile.mkdtemp(prefix="batches"))) as stack:
        stack.load()
        stack.settled(300)
        office = stack.person("office", grant("office", "campaign", CAMPAIGN))
        data = packed(stack, given.files, given.size)
        before, start = memory(stack), time.monotonic()
        answer = office.ask(
            "POST", "intake", "/batches", data={"campaign": CAMPAIGN}, files={"file": ("county.zip", data)}
        ).json()
        handed, start = time.monotonic() - start, time.monotonic()
        found, most_checking = reached(office, answer["batch_id"], stack, "checked")
        checked = time.monotonic() - start
        office.post("intake", f"/batches/{answer['batch_id']}/run", {})
        start = time.monotonic()
        done, most_running = reached(office, answer["batch_id"], stack, "done")
        ran = time.monotonic() - start
        taken = done["outcomes"].get("accepted", 0)
        table = Table("what", "value", title=f"{found['total']} files, {len(data) / 2**20:.1f} MB")
        for what, value in (
            ("handed over", f"{handed:.1f} s"),
            ("checked", f"{checked:.1f} s, {found['total'] / checked:.0f} a second"),
            ("taken in", f"{taken} in {ran:.1f} s, {taken / ran:.0f} a second"),
            ("refused", f"{done['outcomes'].get('refused', 0)}"),
            ("memory before", f"{before:.0f} MB"),
            ("memory at most, checking and taking in", f"{most_checking:.0f}, {most_running:.0f} MB"),
            ("memory after", f"{memory(stack):.0f} MB"),
        ):
            table.add_row(what, value)
        Console().print(table)


if __name__ == "__main__":
    main()
