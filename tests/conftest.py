"""What tests stand on: a real store, a running Rectify, a RabbitMQ node; each started once and only if asked for."""

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from services.spine import settings
from tests.broker import Broker
from tests.stack import Stack, Store

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A real store, for the whole run."""
    running = Store(tmp_path_factory.mktemp("store"), oplog=True).start()
    yield running
    running.stop()


@pytest.fixture
def db(store: Store) -> Any:
    """A fresh database; it goes with the store."""
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
