"""A bus for consumers' tests: plays golden events as unkindly as the promise allows, or serves them as the feed does.

What a consumer has to bear is at least once and in any order between subjects; told again, an old event comes after a
newer one. Whoever passes a test against `play` keeps in step with the real one.
"""

import json
import random
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

Event = dict[str, Any]
GOLDEN = Path(__file__).with_name("golden")


def golden(*names: str) -> list[Event]:
    """The golden events, of these names (`verdict_issued`) or of all, every version."""
    files = [path for path in sorted(GOLDEN.glob("*.json")) if not names or path.name.split(".")[0] in names]
    return [event for path in files for event in json.loads(path.read_text("utf-8"))["events"]]


class TestBus:
    """Events in the order of a feed, numbered from 1; golden ones unless others are given."""

    __test__ = False  # it is for tests, and none itself

    def __init__(self, events: Iterable[Event] | None = None, seed: int = 1) -> None:
        self.events: list[Event] = []
        self.chance = random.Random(seed)
        self.tell(*(golden() if events is None else events))

    def tell(self, *events: Event) -> None:
        """More is told."""
        for event in events:
            self.events.append({**event, "feedsequence": len(self.events) + 1})

    def play(self, duplicates: float = 0.3, disorder: int = 8) -> Iterator[Event]:
        """All events, some twice or more, each up to so many places from where it was told."""
        told = [event for event in self.events for _ in range(1 + (self.chance.random() < duplicates))]
        places = [(place + self.chance.uniform(0, disorder), place) for place in range(len(told))]
        yield from (told[place] for _, place in sorted(places))

    @contextmanager
    def serve(self, waits: bool = True) -> Iterator[str]:
        """The address of a feed with these events, on this machine, as `GET /api/v1/events` answers; it `waits` for
        something new as it is asked to, or never, as where many ask."""
        server = ThreadingHTTPServer(("127.0.0.1", 0), _door(self.wait if waits else self.read))
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            server.server_close()

    def wait(self, query: dict[str, str]) -> tuple[list[Event], int]:
        """The same as `read`, as soon as there is something, or when the asked time is over."""
        ends = time.monotonic() + float(query.get("wait", 0))
        while not (answer := self.read(query))[0] and time.monotonic() < ends:
            time.sleep(0.02)
        return answer

    def read(self, query: dict[str, str]) -> tuple[list[Event], int]:
        """What the feed answers after a number: events and the number to go on after."""
        after, limit = int(query.get("after", 0)), int(query.get("limit", 200))
        name = query.get("type", "").removeprefix("rectify.")
        later = self.events[after:]
        wanted = [event for event in later if not name or event["type"] == f"rectify.{name}"]
        found = [event for event in wanted if event["region"].startswith(query.get("region", ""))][:limit]
        return found, found[-1]["feedsequence"] if len(found) == limit else len(self.events)


def _door(answer: Callable[[dict[str, str]], tuple[list[Event], int]]) -> type[BaseHTTPRequestHandler]:
    class Door(BaseHTTPRequestHandler):
        """One asking."""

        def do_GET(self) -> None:
            asked = urlsplit(self.path)
            found, after = answer({key: values[0] for key, values in parse_qs(asked.query).items()})
            known = asked.path == "/api/v1/events" and self.headers.get("Authorization", "").startswith("Bearer ")
            body = json.dumps(found).encode()
            with suppress(ConnectionError):  # who asked may have been killed meanwhile
                self.send_response(200 if known else 401)
                self.send_header("Content-Type", "application/cloudevents-batch+json")
                self.send_header("X-Next-After", str(after))
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    return Door
