"""The last evening: 5,000 outlines of 30 kB from 50 clients at once, and 100,000 materials to look through.

`python -m tests.bench.submissions [--number N] [--materials N …]`, embedded and, where it is installed, on RabbitMQ.
Each client keeps one connection and hands in one outline after the other, each a material of its own. Signing is off by
the campaign's policy, so that a version counts, and is said, with its one write; its pre-check runs beside. None is
lost when every receipt has its version, its file and its event. Times in milliseconds, median and 99th percentile.
"""

import argparse
import collections
import concurrent.futures
import io
import json
import os
import random
import statistics
import tempfile
import time
import zipfile
from pathlib import Path
from typing import Any

import requests
from rich.console import Console
from rich.table import Table

from services.intake import shelves_store
from services.spine import actor, settings
from tests.bench import texts
from tests.bench.thread import spread, timed
from tests.broker import Broker, installed
from tests.stack import CAMPAIGN, Person, Stack, campaign_folder, grant, wait_until

CLIENTS, WEIGHT, MEMBERS, UNITS_EACH = 50, 30_000, 40, 25
REGION, KINDS, STATES = (
    "990823",
    ("speech_outline", "criticism_list"),
    ("submitted", "prechecked", "returned", "passed"),
)
LISTS = {
    "all, page 1": {},
    "all, a deep page": {"after": ""},
    "one unit": {"unit": "990823-B007"},
    "one group": {"group": "G1"},
    "one state": {"state": "returned"},
    "one kind": {"kind": "criticism_list"},
    "one state in a group": {"group": "G1", "state": "returned"},
    "one kind in a state, a deep page": {"kind": "criticism_list", "state": "passed", "after": ""},
    "a state that only the last one has": {"state": "rewrite"},
    "a state that none has": {"state": "withdrawn"},
}
LOOKS, PER_UNIT = 9, 2 * MEMBERS
STYLES = '<w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"/>'


def unit(number: int) -> str:
    """The code of an invented unit."""
    return f"{REGION}-B{number:03d}"


def campaign(units: int) -> dict[str, Any]:
    """The invented campaign with that many units of 40 members, in which nothing has to be signed."""
    folder = campaign_folder(["990823-NYNC"])
    policy = json.loads((settings.ROOT / "services/registry/reference.json").read_text("utf-8"))["policy"]
    folder["campaign"]["policy"] = {**policy, "signing": {}}
    row = folder["units"][0]
    folder["units"] = [{**row, "unit_code": unit(n), "name": f"单位{n}", "members": MEMBERS} for n in range(units)]
    first, codes = folder["groups"][0], [row["unit_code"] for row in folder["units"]]
    folder["groups"] = [
        {**first, "group_code": f"G{n // UNITS_EACH + 1}", "units": codes[n : n + UNITS_EACH]}
        for n in range(0, units, UNITS_EACH)
    ]
    return folder


def outline(number: int, model: bytes) -> bytes:
    """A Word file of 30 kB that no other is like."""
    made = io.BytesIO(model)
    with zipfile.ZipFile(made, "a", zipfile.ZIP_STORED) as packed:
        noise = random.Random(number).randbytes(max(WEIGHT - len(model) - 200, 16))  # noqa: S311  (weight, no secret)
        packed.writestr("word/media/weight.bin", noise)
    return made.getvalue()


def light() -> bytes:
    """An outline without what makes a Word file heavy: its words and no more."""
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(texts.document(1))) as model,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as thin,
    ):
        for item in model.infolist():
            if item.filename.endswith((".xml", ".rels")) and "theme" not in item.filename:
                styles = item.filename == "word/styles.xml"
                thin.writestr(item.filename, STYLES if styles else model.read(item))
    return made.getvalue()


def burst(stack: Stack, number: int) -> dict[str, str]:
    """One column of the table."""
    units = -(-number // MEMBERS)
    office = stack.person("office", grant("office", "campaign", CAMPAIGN))
    office.post("registry", "/campaigns", campaign(units))
    office.post("registry", f"/campaigns/{CAMPAIGN}/open", {})
    wait_until(lambda: office.get("registry", f"/campaigns/{CAMPAIGN}")["state"] == "open", 600, "the campaign is open")
    stack.settled(600)
    model, address = light(), f"http://127.0.0.1:{stack.ports['intake']}/materials"
    stack.take_secret()
    jobs = collections.deque((n // MEMBERS, n % MEMBERS + 1, n) for n in range(number))
    before, spent = memory(stack), processor(stack)

    def client(mine: list[tuple[int, int, int]]) -> list[tuple[str, str, float]]:
        """Hands in one after the other; the receipts with how long each took."""
        told, session = list[tuple[str, str, float]](), requests.Session()
        for place, post, n in mine:
            grants = [grant("liaison", "unit", unit(place))]
            claims = actor.sign("liaison", "联络员", grants, expires=int(time.time()) + 3600)
            path, file = f"{address}/{CAMPAIGN}.{unit(place)}.speech_outline.{post:02d}/versions", outline(n, model)
            head, start = {"Authorization": f"Bearer {claims}"}, time.perf_counter()
            answer = session.post(path, data={"follows": "0"}, files={"file": ("提纲.docx", file)}, headers=head)
            assert answer.status_code == 201, answer.text
            receipt = answer.json()["receipt"]
            told.append((receipt["number"], receipt["sha256"], time.perf_counter() - start))
        return told

    with concurrent.futures.ThreadPoolExecutor(CLIENTS) as hands:
        start = time.perf_counter()
        receipts = [one for told in hands.map(client, [list(jobs)[n::CLIENTS] for n in range(CLIENTS)]) for one in told]
        rate = number / (time.perf_counter() - start)
    after, worked, db = memory(stack), processor(stack), stack.database("intake")
    drained = timed(lambda: wait_until(lambda: not db.materials.find_one({"outbox.0.id": {"$gt": ""}}), 600, "relay"))
    return {
        f"accepted a second, {CLIENTS} clients": f"{rate:.0f}",
        "processor for each, ms": ", ".join(f"{name} {(worked[name] - spent[name]) / number:.1f}" for name in worked),
        "answer to a submission, ms": spread([took for _, _, took in receipts]),
        "all told, s after the last": f"{drained:.1f}",
        "lost": str(lost(stack, [(kept, sha256) for kept, sha256, _ in receipts], number)),
        "memory before, MB": before,
        "memory after the burst, MB": after,
        "memory when all was told, MB": memory(stack),
    }


def lost(stack: Stack, receipts: list[tuple[str, str]], number: int) -> int:
    """How many of what was handed in have no receipt, no version, no file or no event."""
    db, feed = stack.database("intake"), stack.store.client.feed.events
    versions = {
        (f"{row['_id']}.v{one['version']}", one["sha256"])
        for row in db.materials.find({}, {"versions": 1})
        for one in row["versions"]
    }
    files = {row["_id"] for row in db["originals.files"].find({}, {"_id": 1})}
    said = feed.find({"name": "material_submitted"}, {"event.data": 1})
    told = {f"{one['event']['data']['material_id']}.v{one['event']['data']['version']}" for one in said}
    whole = {(kept, sha256) for kept, sha256 in receipts if sha256 in files and kept in told}
    return number - len(whole & versions)


def processes(stack: Stack) -> dict[str, int]:
    """The store and the services by their process ids."""
    store = stack.store.process
    return {"store": store.pid if store else 0, **{name: one.pid for name, one in stack.processes.items()}}


def memory(stack: Stack) -> str:
    """What the store and the services hold, in megabytes."""
    return ", ".join(f"{name} {resident(pid)}" for name, pid in processes(stack).items())


def processor(stack: Stack) -> dict[str, float]:
    """Milliseconds of processor that the store and the services have used, the files they opened included."""
    ticks = 1000 / os.sysconf("SC_CLK_TCK")
    stats = {name: Path(f"/proc/{pid}/stat").read_text("ascii") for name, pid in processes(stack).items()}
    return {name: sum(map(int, row.rpartition(")")[2].split()[11:15])) * ticks for name, row in stats.items()}


def resident(pid: int) -> int:
    """Megabytes of a process."""
    pages = Path(f"/proc/{pid}/statm").read_text("ascii").split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE") >> 20


def looking(stack: Stack, numbers: list[int]) -> dict[str, dict[str, str]]:
    """How long pages of a list of so many materials take; one column for each number."""
    office = stack.person("office", grant("office", "campaign", CAMPAIGN))
    group, county = grant("supervisor", "group", "G1"), grant("county_office", "region", REGION)
    own = grant("member", "post", f"{unit(7)}/03")
    office.post("registry", "/campaigns", campaign(1))
    office.post("registry", f"/campaigns/{CAMPAIGN}/open", {})
    stack.settled(120)
    liaison = stack.person("liaison", grant("liaison", "unit", unit(0)))
    liaison.upload(f"{CAMPAIGN}.{unit(0)}.speech_outline.01", "提纲.docx", outline(1, light()))
    stack.settled(120)
    columns, there = dict[str, dict[str, str]](), 0
    for number in numbers:
        fill(stack, there, number)
        there = number
        rows = {called: looked(office, query, number) for called, query in LISTS.items()}
        for called, held in (("a group's own", group), ("a county's own", county), ("a member's own", own)):
            rows[called] = looked(stack.person("reader", held), {}, number)
        columns[f"{number:,}"] = rows
    return columns


def looked(who: Person, query: dict[str, str], number: int) -> str:
    """Milliseconds that a page takes: median and the most."""
    deep = f"{CAMPAIGN}.{unit(number // PER_UNIT // 2)}.speech_outline.01"
    asked, took = {key: one or deep for key, one in query.items()}, list[float]()
    for _ in range(LOOKS):
        start = time.perf_counter()
        who.get("intake", "/materials", **asked)
        took.append((time.perf_counter() - start) * 1000)
    return f"{statistics.median(took):.0f} / {max(took):.0f}"


def fill(stack: Stack, there: int, number: int) -> None:
    """So many materials and their units, put straight into the store: each like one that was handed in."""
    db = stack.database("intake")
    model, plan = db.materials.find_one({"outbox": []}), db.plans.find_one({})
    assert model
    assert plan
    db.materials.update_many({"state": "rewrite"}, {"$set": {"state": "passed"}})
    for first in range(max(there, 1), number, 2000):
        rows = [dict(model) for _ in range(first, min(first + 2000, number))]
        for n, row in enumerate(rows, first):
            place, kind, post = unit(n // PER_UNIT), KINDS[n % 2], f"{n % PER_UNIT // 2 + 1:02d}"
            key = f"{CAMPAIGN}.{place}.{kind}.{post}"
            row |= {"_id": key, "material_id": key, "unit": place, "kind": kind, "post": post, "state": STATES[n % 4]}
            row["group"] = f"G{n // PER_UNIT // UNITS_EACH + 1}"
        rows[-1]["state"] = "rewrite" if first + 2000 >= number else rows[-1]["state"]
        db.materials.insert_many(rows)
    for n in range(there // PER_UNIT, -(-number // PER_UNIT)):
        shelves_store.put(db, {**plan, "unit": unit(n), "group": f"G{n // UNITS_EACH + 1}"})


def main() -> None:
    """Print the tables."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--number", type=int, default=5000)
    words.add_argument("--materials", type=int, nargs="*", default=[1000, 10_000, 100_000])
    asked = words.parse_args()
    columns: dict[str, dict[str, str]] = {}
    with tempfile.TemporaryDirectory() as folder:
        with Stack(Path(folder) / "embedded") as stack:
            columns["embedded"] = burst(stack, asked.number)
        if installed():
            with Broker(Path(folder)) as broker, Stack(Path(folder) / "rabbitmq", broker.url) as stack:
                columns["RabbitMQ, a process each"] = burst(stack, asked.number)
        with Stack(Path(folder) / "lists") as stack:
            lists = looking(stack, asked.materials)
    table = Table("median / 99th percentile; signing off by policy", *columns)
    for row in next(iter(columns.values())):
        table.add_row(row, *(column[row] for column in columns.values()))
    listing = Table("a page of 50 materials, ms: median / most", *lists)
    for called in next(iter(lists.values()), {}):
        listing.add_row(called, *(column[called] for column in lists.values()))
    Console().print(table, listing)


if __name__ == "__main__":
    main()
