"""What tests stand on: a real store, a running Rectify, a RabbitMQ node; each started once and only if asked for."""

import gc
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pymongo.collection import Collection

from services.spine import settings
from tests.broker import Broker
from tests.stack import Stack, Store

_numbers = itertools.count(1)


def pytest_collection_finish() -> None:
    """Thousands of tests stay until the end: whoever looks for what can go need not look through them."""
    gc.freeze()


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A real store, for the whole run."""
    running = Store(tmp_path_factory.mktemp("store"), cache="1G", oplog=True).start()
    yield running
    running.stop()


@pytest.fixture
def db(store: Store, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A fresh database; it goes with the store, and nothing in it before.

    Every minute the store takes away what has its end in the past, and knows nothing of the moments that tests set.
    """
    create_index = Collection.create_index

    def create_lasting(self: Collection[Any], keys: Any, **options: Any) -> str:
        lasting = {"expireAfterSeconds": 2**31 - 1} if "expireAfterSeconds" in options else {}
        return create_index(self, keys, **options | lasting)

    monkeypatch.setattr(Collection, "create_index", create_lasting)
    return store.client[f"test{next(_numbers)}"]


@pytest.fixture
def secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A deployment's secret for this test alone."""
    (tmp_path / "secret").write_text("s" * 64)
    monkeypatch.setenv("RECTIFY_SECRET_FILE", str(tmp_path / "secret"))
    settings.secret.cache_clear()
    yield
    settings.secret.cache_clear()


@pytest.fixture(scope="session")
def rabbit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """A RabbitMQ node of our own."""
    with Broker(tmp_path_factory.mktemp("rabbit")) as broker:
        yield broker


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """All services in one process, the broker in its memory; fresh for each file of tests."""
    with Stack(tmp_path_factory.mktemp("embedded")) as stack:
        yield stack
