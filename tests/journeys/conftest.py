"""The ways Rectify runs: embedded in one process, and each service by itself on RabbitMQ."""

from collections.abc import Iterator

import pytest

from tests.stack import Stack


@pytest.fixture(scope="module", params=["embedded", pytest.param("rabbitmq", marks=pytest.mark.rabbitmq)])
def stack(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A running Rectify with its portal, in either way."""
    broker = "memory://"
    if request.param == "rabbitmq":
        broker = request.getfixturevalue("rabbit").add_virtual_host(request.module.__name__.rsplit(".", 1)[-1])
    with Stack(tmp_path_factory.mktemp(request.param), broker, portal=True) as running:
        yield running


@pytest.fixture(scope="module")
def opened(embedded: Stack) -> Stack:
    """Everything in one process, and the campaign open for two units, of two groups."""
    embedded.load(["990823-NYNC", "990881-LY"])
    embedded.settled()
    return embedded
