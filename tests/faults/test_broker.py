"""Faults in production's way of running: a worker killed, the broker away, poison in the queues."""

import json
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import kombu
import pytest

from tests.broker import Broker
from tests.patience import SLOWER
from tests.stack import CAMPAIGN, ROOT, Stack, document, grant, problem, wait_until

UNIT = "990823-NYNC"
MEETING = f"{CAMPAIGN}.{UNIT}"
pytestmark = pytest.mark.rabbitmq


@pytest.fixture(scope="module")
def stack(rabbit: Broker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with Stack(tmp_path_factory.mktemp("faults"), rabbit.add_virtual_host("faults")) as running:
        running.load([UNIT, "990824-NYNC"])
        running.settled()
        yield running


@pytest.fixture(scope="module")
def liaison(stack):
    return stack.person("liaison", grant("liaison", "unit", UNIT))


def put(stack: Stack, queue: str, body: bytes, content_type: str = "application/cloudevents+json") -> None:
    """Put something into a queue from outside."""
    with kombu.Connection(stack.broker) as connection:
        kombu.Producer(connection).publish(
            body, exchange="", routing_key=queue, content_type=content_type, content_encoding="utf-8"
        )


def test_a_worker_killed_in_the_middle_of_a_pre_check_loses_no_task_and_doubles_none(stack, liaison):
    stack.serve("review_worker", "second_worker")
    names = [f"{MEETING}.speech_outline.{post:02d}" for post in range(1, 8)]
    for number, name in enumerate(names):
        liaison.hand_in(
            name, "提纲.txt", document(("so-01", "so-03", "so-04", "so-06", "so-08", "so-11", "so-12")[number] + ".txt")
        )
    reviews = stack.database("review")
    wait_until(lambda: reviews.tasks.find_one({"state": "running"}), 20, "a task is being worked on")
    stack.kill("second_worker")
    # The dead worker's task comes free when its lease runs out; the test does not wait a minute for that.
    reviews.tasks.update_many({"state": "running"}, {"$set": {"lease_until": time.time() + 1}})
    stack.settled(120)

    assert reviews.tasks.count_documents({"state": "done"}) == len(names)
    assert reviews.reviews.count_documents({"state": "prechecked"}) == len(names)
    told = [row["event"]["subject"] for row in stack.database("feed").events.find({"name": "material_prechecked"})]
    assert sorted(told) == sorted(f"{name}.v1" for name in names)


def test_the_broker_away_for_ten_seconds_delays_what_is_said_and_loses_nothing(stack, liaison, rabbit):

    def be_away() -> None:
        rabbit.stop_app()
        time.sleep(10)
        enough.wait(30 * SLOWER)
        rabbit.start_app()

    enough, away = threading.Event(), threading.Thread(target=be_away)
    away.start()
    accepted = []
    number = 0
    while away.is_alive():
        accepted.append(liaison.post("rectification", "/items", problem(UNIT, f"away{number}"))["item_id"])
        number += 1
        if number > 20:
            enough.set()
        time.sleep(0.2)
    stack.settled(90)

    assert len(accepted) > 20, "the doors stayed open while the broker was away"
    ledger = stack.database("registry").meetings.find_one({"_id": MEETING})["ledger"]
    assert {item.rsplit(".", 1)[-1] for item in accepted} <= set(ledger)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"\xff\xfe not json", "not JSON"),
        (b'{"id": "poison-1", "type": "nonsense"}', "invalid"),
        (b'["a list"]', "invalid"),
        (b'{"id": 18446744073709551615}', "invalid"),
        (b'{"id": "poison-2", "a\\u0000b": 1}', "invalid"),
        (b'{"id": "poison-3", "deep": ' + b"[" * 900 + b"]" * 900 + b"}", "nested_too_deep"),
    ],
)
def test_poison_is_buried_at_once_with_its_reason_and_the_queue_goes_on(stack, liaison, body, reason):
    operator = stack.operator()
    before = operator.get("registry", "/status")["dead_letters"]
    put(stack, "registry.on_material_submitted", body)
    wait_until(lambda: operator.get("registry", "/status")["dead_letters"] == before + 1, 20, "buried")

    letter = operator.get("registry", "/dead-letters")["rows"][0]
    assert reason in letter["reason"] and letter["queue"] == "registry.on_material_submitted"


def test_an_event_about_something_unknown_is_buried_and_can_be_put_back(stack, liaison):
    registry, operator = stack.database("registry"), stack.operator()
    material = f"{MEETING}.team_inspection.team"
    liaison.hand_in(material, "材料.txt", document("ti-02.txt"))
    stack.settled()
    event = stack.database("feed").events.find_one({"name": "material_submitted", "event.subject": material})["event"]
    lost = registry.meetings.find_one_and_delete({"_id": MEETING})
    registry.heard.delete_many({"_id": {"$regex": f"^{event['id'].replace('.', '[.]')}"}})
    before = operator.get("registry", "/status")["dead_letters"]
    operator.post("notification", "/replay", {"type": "material_submitted"})
    wait_until(lambda: operator.get("registry", "/status")["dead_letters"] == before + 1, 20, "buried")

    registry.meetings.insert_one(lost)
    letter = operator.get("registry", "/dead-letters")["rows"][0]
    assert "not_found" in letter["reason"]
    operator.post("registry", f"/dead-letters/{letter['letter_id']}/retry", {})
    wait_until(lambda: operator.get("registry", "/status")["dead_letters"] == before, 20, "put back")
    wait_until(lambda: registry.heard.find_one({"_id": {"$regex": f"^{event['id'].replace('.', '[.]')}"}}), 20, "heard")


def test_a_service_stopped_by_sigterm_finishes_in_order_and_another_takes_over(stack, liaison):
    process = stack.processes.pop("rectification")
    process.terminate()
    assert process.wait(12 * SLOWER) == 0
    stack.serve("rectification")
    wait_until(lambda: stack.healthy("rectification"), 20)
    assert len(liaison.get("rectification", "/ledger")["rows"]) > 20


def test_another_program_binds_a_queue_of_its_own_with_kombu_alone(stack, liaison):
    """The README's ten lines."""
    heard: list[dict] = []

    def hear(message: kombu.Message) -> None:
        heard.append(json.loads(message.body))
        message.ack()

    with kombu.Connection(stack.broker) as connection:
        exchange = kombu.Exchange("rectify.events", type="topic", durable=True)
        queue = kombu.Queue("big-screen", exchange, routing_key="item_registered.*", exclusive=True)
        with kombu.Consumer(connection, queue, on_message=hear, accept=None):
            liaison.post("rectification", "/items", problem(UNIT, "screen"))
            while not heard:
                connection.drain_events(timeout=15 * SLOWER)

    assert heard[0]["type"] == "rectify.item_registered" and heard[0]["subject"] == f"{MEETING}.screen"
    assert "problem" not in heard[0]["data"]


def test_the_readmes_program_reads_events_with_pika_alone(stack, liaison):
    """From the queue that was made for it, once that stands."""
    operator = stack.operator()
    screen = {"code": "big-screen", "title": "数字大屏", "kind": "amqp", "campaign": CAMPAIGN}
    operator.post("notification", "/subscribers", {**screen, "types": ["item_registered"]})
    wait_until(lambda: operator.get("notification", "/subscribers/big-screen")["queue"]["stands"], 20, "the queue")
    code = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.S)[0]
    code = re.sub(r'"amqp://[^"]*"', repr(stack.broker), code)
    code = code.replace("outcome", "category").replace('"])\n', '"], flush=True)\n')
    liaison.post("rectification", "/items", problem(UNIT, "pika"))
    with subprocess.Popen([sys.executable, "-u", "-c", code], stdout=subprocess.PIPE, text=True) as program:
        try:
            assert program.stdout
            line = program.stdout.readline()
        finally:
            program.kill()
    assert f"{MEETING}.pika" in line and "phased" in line
