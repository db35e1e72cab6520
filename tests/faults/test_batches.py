"""Batches on a real RabbitMQ: hundreds in flight, acknowledged in one word, killed at any moment, and nothing lost."""

import random
import time

import pytest

from services.rectification import domain
from services.spine import events
from tests.broker import Broker
from tests.stack import CAMPAIGN, Stack, wait_until

pytestmark = pytest.mark.rabbitmq
COUNT, KILLS = 2000, 6
UNIT = "990823-NYNC"


@pytest.fixture
def stack(rabbit: Broker, tmp_path):
    """Only who speaks and who hears."""
    running = Stack(tmp_path / "batches", rabbit.add_virtual_host("batches"))
    running.store.start()
    running.run("topology", "declare")
    yield running
    running.stop()


def item(number: int) -> dict:
    """A record with something to tell that nobody has told yet."""
    key = f"{CAMPAIGN}.{UNIT}.p{number}"
    data = {"item_id": key, "unit": UNIT, "group": "G4", "category": "phased", "source": "supervision"}
    fact = events.Fact("closeout_requested", key, CAMPAIGN, "990823", {**data, "evidence": 1, "late": False})
    said = events.seal(fact, source="rectification", at="2026-01-05T08:00:00.000Z", sequence=2)
    place = {"campaign": CAMPAIGN, "region": "990823", "unit": UNIT, "group": "G4", "number": number}
    told = {"problem": "灌渠未修复", "aspect": None, "due_on": None, "state": "close_requested"}
    return {**domain.BEGUN, **place, **data, **told, "measures": [], "_id": key, "revision": 2, "outbox": [said]}


def test_speaker_and_hearer_killed_in_the_middle_of_batches_lose_nothing_and_double_nothing(stack, rabbit):
    chance = random.Random(20240110)
    told, heard = stack.database("rectification").items, stack.database("notification")

    def untold() -> int:
        return told.count_documents({"outbox.0.id": {"$gt": ""}})

    told.insert_many([item(number) for number in range(COUNT)])
    stack.serve("rectification")
    stack.serve("notification")
    killed_at = []
    for _ in range(KILLS):
        time.sleep(chance.uniform(0.1, 0.5))
        victim = chance.choice(["rectification", "notification"])
        stack.kill(victim)
        killed_at.append((victim, untold(), heard.heard.count_documents({})))
        stack.serve(victim)
    wait_until(lambda: untold() == 0, 60, "all is told")
    wait_until(lambda: heard.heard.count_documents({}) >= COUNT, 60, "all is heard")

    assert any(0 < left < COUNT for who, left, _ in killed_at), f"killed while it spoke: {killed_at}"
    assert any(0 < done < COUNT for *_, done in killed_at), f"killed while it heard: {killed_at}"
    assert stack.database("feed").events.count_documents({}) == COUNT
    assert heard.messages.count_documents({}) == heard.heard.count_documents({}) == COUNT
    assert heard.dead_letters.count_documents({}) == 0
    queue = "notification.on_closeout_requested"
    lines = lambda: rabbit.rabbitmqctl("-p", "batches", "list_queues", "name", "messages").splitlines()  # noqa: E731
    wait_until(lambda: f"{queue}\t0" in lines(), 20, lines)
