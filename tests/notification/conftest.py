"""A real mail server, and a house whose passes are made by hand at a moment of one's own."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from services.notification import domain, guarding, posting, reminders, reminders_store, store
from services.spine import clock, contracts
from tests.mailbox import Mailbox
from tests.receiver import Receiver

LOOPBACK = guarding.allowed("127.0.0.0/8")


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """A mail server."""
    with Mailbox() as running:
        yield running


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[Receiver]:
    """A receiver of calls."""
    with Receiver(tmp_path) as running:
        yield running


@pytest.fixture(autouse=True)
def _fewer_shares(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few nodes are looked for in a few shares; a run asks one question for each."""
    monkeypatch.setattr(reminders, "SHARES", 8)
    monkeypatch.setattr(reminders_store, "SHARES", [None, *range(8)])


class Passes:
    """Notification with these channels and persons, at a moment that is set by hand."""

    def __init__(self, db: Any, said: dict[str, Any], persons: list[dict[str, Any]]) -> None:
        self.db, self.at = db, "2024-01-02T08:00:00.000Z"
        self.said, self.persons = said, persons
        store.prepare(db)

    @property
    def house(self) -> posting.House:
        """What the passes stand on now."""
        return posting.House(self.db, self.said, lambda places: [self.persons for _ in places], LOOPBACK, self.now)

    def now(self) -> str:
        """The moment."""
        return self.at

    def later(self, **span: float) -> None:
        """The clock is moved."""
        self.at = clock.stamp(clock.moment(self.at) + timedelta(**span))

    def write(self, *numbers: int, name: str = "verdict_issued", **more: Any) -> None:
        """Messages are kept."""
        said = contracts.documents()[f"events/{name}"]["examples"][0]
        places = {"campaign": "minchuan-2023-theme", "region": "990823", "time": self.at}
        told = [{"id": f"{name}:{n}", "sequence": n, **places, "data": said} for n in numbers]
        store.add(self.db, [domain.write(event, name) | more for event in told])

    def go(self, channel: str = "mail") -> int:
        """Both passes; how many parcels left."""
        posting.plan(self.house)
        return posting.turn(self.house, channel)

    def states(self) -> dict[str, int]:
        """How many sendings are in each state."""
        found: dict[str, int] = {}
        for row in self.db.sendings.find():
            found[row["state"]] = found.get(row["state"], 0) + 1
        return found


def person(login: str = "liaison", **more: Any) -> dict[str, Any]:
    """Somebody who can be reached."""
    return {"login": login, "roles": ["liaison"], "email": f"{login}@minchuan.example", "mobile": "13900000001", **more}


@pytest.fixture
def passes(db: Any, mailbox: Mailbox) -> Passes:
    """One person, called by mail."""
    said = {"host": "127.0.0.1", "port": mailbox.port, "security": "none", "from": "rectify@minchuan.example"}
    return Passes(db, {"address": "https://rectify.example", "mail": said}, [person()])
