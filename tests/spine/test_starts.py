"""What services do at every start must not grow with what they keep."""

import importlib
from typing import Any

import pymongo
import pytest

from tests.asked import Asked

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


@pytest.mark.parametrize("service", STORES)
def test_a_start_reads_nothing_that_grows(store, service):
    """The embedded store reads a whole collection to find its first record: with a million, for half a minute."""
    asked = Asked()
    with pymongo.MongoClient[Any](store.uri, event_listeners=[asked]) as client:
        db = client[f"starts_{service}"]
        prepare = importlib.import_module(STORES[service]).prepare
        prepare(db)
        asked.questions.clear()
        prepare(db)
        read = {(one.command, one.of) for one in asked.questions if one.command not in ("createIndexes", "ping")}
    assert {of for _, of in read} <= SMALL | OPEN, read
