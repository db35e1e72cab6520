"""Listening: what is acknowledged, and in how many words."""

from types import SimpleNamespace

import pytest
from eventlet.semaphore import Semaphore

from services.spine import listening, settings


class Channel:
    """A channel that writes down what it is told."""

    def __init__(self) -> None:
        self.told: list[tuple[int, bool]] = []

    def basic_ack(self, tag: int, multiple: bool = False) -> None:
        self.told.append((tag, multiple))


@pytest.fixture
def ledger(monkeypatch):
    monkeypatch.setattr(settings, "embedded", lambda: False)
    return listening.Ledger(Channel(), Semaphore())


def arrived(ledger: listening.Ledger, *tags: int) -> list[SimpleNamespace]:
    messages = [SimpleNamespace(delivery_tag=tag) for tag in tags]
    for message in messages:
        ledger.came(message)
    return messages


def test_a_batch_that_was_settled_is_acknowledged_in_one_word(ledger):
    ledger.settle(arrived(ledger, *range(1, 101)))
    assert ledger.channel.told == [(100, True)]
    assert not ledger.open


def test_what_was_not_settled_is_never_acknowledged_with_the_rest(ledger):
    one, two, three, four = arrived(ledger, 1, 2, 3, 4)
    ledger.settle([one, three, four])
    assert ledger.channel.told == [(1, True), (3, False), (4, False)]
    assert list(ledger.open) == [two.delivery_tag]

    ledger.settle([two])
    assert ledger.channel.told[-1] == (2, True)


def test_a_connection_that_went_away_is_no_accident(ledger):
    def gone(tag: int, multiple: bool = False) -> None:
        raise ConnectionResetError

    ledger.channel.basic_ack = gone
    ledger.settle(arrived(ledger, 1))
    assert not ledger.open
