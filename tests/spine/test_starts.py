"""What services do at every start must not grow with what they keep."""

import importlib
from typing import Any

import pymongo
import pytest
from pymongo import monitoring

SMALL = {"done_once", "progress_cursor", "batches", "parcels.chunks", "files", "recusals", "workers"}
OPEN = {"tasks"}  # of which only those are looked at that are not done, by their index
STORES = {
    "access": "services.access.store",
    "intake": "services.intake.store",
    "notification": "services.notification.store",
    "rectification": "services.rectification.store",
    "registry": "services.registry.service",
    "review": "services.review.store",
}


class Heard(monitoring.CommandListener):
    """Which collections were asked for what, besides their indexes."""

    def __init__(self) -> None:
        self.asked: set[tuple[str, str]] = set()

    def started(self, event: Any) -> None:
        if event.command_name not in ("createIndexes", "ping", "hello", "endSessions"):
            self.asked.add((event.command_name, event.command[event.command_name]))

    def succeeded(self, event: Any) -> None:
        """Not of interest."""

    failed = succeeded


@pytest.mark.parametrize("service", STORES)
def test_a_start_reads_nothing_that_grows(store, service):
    """The embedded store reads a whole collection to find its first record: with a million, for half a minute."""
    heard = Heard()
    with pymongo.MongoClient[Any](store.uri, event_listeners=[heard]) as client:
        db = client[f"starts_{service}"]
        prepare = importlib.import_module(STORES[service]).prepare
        prepare(db)
        heard.asked.clear()
        prepare(db)
    assert {of for _, of in heard.asked} <= SMALL | OPEN, heard.asked
