"""A fan-out of sendings: `python -m tests.bench.sendings [--sendings 1000,100000 --late 20]`.

The store is filled with messages of which nobody has been called yet; the passes of notification make a sending of each
for two channels, two gateways on loopback that answer so many milliseconds late, and send them all. Who reads what is
answered at once, as access would. Shown are what a sending took of the clock, of the processor (passes and store
together) and the most memory the passes had: the last two should not grow with the fan-out.
"""

import eventlet

if __name__ == "__main__":
    eventlet.monkey_patch()

import argparse
import http.server
import json
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from services.notification import domain, guarding, posting, store
from services.spine import clock, contracts, mongo
from tests.bench import ground
from tests.stack import Store

CHANNELS = ("webhook", "sms")
AT_ONCE, PERSONS = 2000, 500
Line = dict[str, str]


def fill(db: Any, count: int) -> None:
    """So many messages, some written in the same moment."""
    store.prepare(db)
    said = contracts.documents()["events/verdict_issued"]["examples"][0]
    places = {"campaign": "minchuan-2023-theme", "region": "990823"}
    for first in range(0, count, AT_ONCE):
        at = clock.now()
        told = [
            {"id": f"verdict_issued:{n}", "sequence": n, **places, "time": at, "data": {**said, "unit": f"990823-U{n}"}}
            for n in range(first, min(first + AT_ONCE, count))
        ]
        store.add(db, [domain.write(event, "verdict_issued") for event in told])


def work(urls: list[str]) -> None:
    """The passes, as the service makes them, until nothing is left; what is printed says how many, in how long."""
    db, start = mongo.database("notification"), time.monotonic()
    said: dict[str, Any] = {"webhook": {"url": urls[0], "class": "inside"}}
    said |= {"sms": {"url": urls[1], "headers": {}, "body": '{"to": {{ mobile|tojson }}, "say": {{ text|tojson }}}'}}
    house = posting.House(db, said, _readers, guarding.allowed("127.0.0.0/8"))
    made = posting.plan(house) * len(CHANNELS)
    planned = time.monotonic()
    sent = sum(eventlet.GreenPool().imap(lambda name: sum(iter(lambda: posting.turn(house, name), 0)), CHANNELS))
    took = {"planned": planned - start, "left": time.monotonic() - planned}
    print(json.dumps({"made": made, "sent": sent, **took}), flush=True)


def _readers(places: list[posting.Place]) -> list[list[dict[str, Any]]]:
    numbers = [int(place["unit"].rpartition("U")[2]) % PERSONS for place in places]
    return [[{"login": f"l{n}", "roles": ["liaison"], "email": "", "mobile": f"139{n:08}"}] for n in numbers]


def receive(late: int) -> None:
    """A gateway that takes everything, a little late."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # noqa: N802
            self.rfile.read(int(self.headers["Content-Length"]))
            time.sleep(late / 1000)
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    http.server.ThreadingHTTPServer.request_queue_size = 256
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_port, flush=True)
    server.serve_forever()


def measure(count: int, urls: list[str], folder: Path) -> Line:
    """A fan-out of one size."""
    kept = Store(folder / f"store{count}", cache="1G").start()
    line = {"sendings": f"{count:,}"}
    try:
        db = kept.client["notification"]
        fill(db, count // len(CHANNELS))
        spent = ground.spent(kept.process)
        said, _, memory = ground.night("tests.bench.sendings", kept.uri, "--work", *urls)
        line["made a second"] = f"{count / said['planned']:,.0f}"
        line["sent a second"] = f"{count / said['left']:,.0f}"
        line["processor, ms each"] = f"{(ground.spent(kept.process) - spent) * 1000 / count:.2f}"
        line["memory, MB"] = f"{memory}"
        assert (said["made"], said["sent"]) == (count, count), "some were lost or doubled"
        assert db.sendings.count_documents({"state": "sent"}) == count
        print(time.strftime("%H:%M:%S"), line, ground.load(), file=sys.stderr, flush=True)
    finally:
        kept.stop()
    return line


def main() -> None:
    """Measure and show."""
    asked = argparse.ArgumentParser(prog="python -m tests.bench.sendings", description=__doc__)
    asked.add_argument("--sendings", default="1000,100000")
    asked.add_argument("--late", type=int, default=20, help="milliseconds after which a gateway answers (20)")
    asked.add_argument("--work", nargs="*", help=argparse.SUPPRESS)
    asked.add_argument("--receive", action="store_true", help=argparse.SUPPRESS)
    given = asked.parse_args()
    if given.work:
        return work(given.work)
    if given.receive:
        return receive(given.late)
    head = ground.head(f"Two channels, a gateway each that answers {given.late} ms late; the embedded store.")
    command = [sys.executable, "-m", "tests.bench.sendings", "--receive", "--late", str(given.late)]
    with tempfile.TemporaryDirectory() as folder, ExitStack() as running:
        begun = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in CHANNELS]
        gateways = [running.enter_context(one) for one in begun]
        try:
            urls = [f"http://127.0.0.1:{int(one.stdout.readline())}/" for one in gateways if one.stdout]
            lines = [measure(int(count), urls, Path(folder)) for count in given.sendings.split(",")]
        finally:
            for one in gateways:
                one.kill()
    table = Table(*lines[0], box=box.MARKDOWN)
    for line in lines:
        table.add_row(*line.values())
    print(head)
    Console(width=160).print(table)
    return None


if __name__ == "__main__":
    main()
