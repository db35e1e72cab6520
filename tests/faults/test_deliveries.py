"""Calls to another system whose caller is killed (kill -9): sent again under the same id, none lost."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from functools import partial

import pytest

from services.notification import signing, subscribers, subscribers_store, webhooks_store
from services.spine import feed
from tests.receiver import Receiver
from tests.stack import LEASH, ROOT, wait_until

STAMP = "2024-01-02T08:00:00.000Z"
EVENTS = 80
CALLER = """
import os, sys, time, pymongo
from services.notification import delivering, guarding, webhooks_store
uri, name, held = sys.argv[1], sys.argv[2], int(sys.argv[3])
db, move = pymongo.MongoClient(uri)[name], webhooks_store.move

def moved(db, code, owner, changes):
    if changes.get("cursor") == held:
        print("answered", flush=True)
        time.sleep(600)
    return move(db, code, owner, changes)

webhooks_store.move = moved
print("started", flush=True)
while True:
    if not delivering.turn(db, db, "oa", guarding.allowed("127.0.0.0/8")):
        time.sleep(0.01)
"""
"""Calls addresses as the service does; with `held` it stops between the receiver's answer and the note of it."""


@pytest.fixture
def receiver(tmp_path):
    with Receiver(tmp_path) as running:
        yield running


@pytest.fixture
def called(db, receiver, secret):
    feed.prepare(db)
    said = [{"id": f"e.{n}", "type": "rectify.verdict_issued", "region": "990823"} for n in range(EVENTS)]
    feed.append(db, [{**one, "campaign": "c-1", "data": {}} for one in said])
    draft = {"code": "oa", "kind": "webhook", "title": "OA", "campaign": "c-1", "after": 0, "url": receiver.url}
    made = subscribers.make(draft, frozenset(), "office", STAMP, EVENTS)
    key = webhooks_store.sealed(signing.make("shared", b"k" * 32, STAMP))
    subscribers_store.add(db, subscribers.proved({**made, "keys": [key], "token": None}, "office", STAMP), STAMP)
    return db


def caller(store, db, held: int = 0) -> subprocess.Popen[str]:
    """A process that calls; what another that died still had is free at once, as if its minute were over."""
    db.subscribers.update_one({"_id": "oa"}, {"$set": {"lease_until": STAMP}})
    command = [sys.executable, "-W", "ignore", "-c", CALLER, store.uri, db.name, str(held)]
    leashed = [sys.executable, str(LEASH), str(os.getpid()), *command]
    running = subprocess.Popen(leashed, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert running.stdout and running.stdout.readline() == "started\n"
    return running


def kill(running: subprocess.Popen[str]) -> None:
    running.send_signal(signal.SIGKILL)
    running.wait()
    assert running.stdout
    running.stdout.close()


def sent(receiver) -> list[tuple[int, str]]:
    calls = receiver.came()
    return [(json.loads(call["body"])["feedsequence"], call["headers"]["webhook-id"]) for call in calls]


def cursor(db) -> int:
    return int(subscribers_store.get(db, "oa", {})["cursor"])


def past(db, number: int) -> bool:
    return cursor(db) > number or cursor(db) == EVENTS


def check(receiver) -> None:
    """All arrived, each number under one id, and never one before those in front of it had arrived."""
    came = sent(receiver)
    assert {number for number, _ in came} == set(range(1, EVENTS + 1))
    assert len(set(came)) == EVENTS
    firsts = list(dict.fromkeys(number for number, _ in came))
    assert firsts == sorted(firsts)


def test_who_is_killed_between_the_answer_and_its_note_calls_once_more_under_the_same_id(called, store, receiver):
    first = caller(store, called, held=50)
    assert first.stdout and first.stdout.readline() == "answered\n"
    kill(first)
    assert cursor(called) == 49 and sent(receiver)[-1][0] == 50
    second = caller(store, called)
    wait_until(lambda: cursor(called) == EVENTS)
    kill(second)
    numbers = [number for number, _ in sent(receiver)]
    assert numbers == [*range(1, 51), *range(50, EVENTS + 1)]
    check(receiver)


def test_whenever_the_caller_is_killed_nothing_is_lost_and_the_order_stays(called, store, receiver):
    chance = random.Random(7)
    for _ in range(3):
        running = caller(store, called)
        wait_until(partial(past, called, cursor(called)))
        time.sleep(chance.uniform(0, 0.05))
        kill(running)
    last = caller(store, called)
    wait_until(lambda: cursor(called) == EVENTS)
    kill(last)
    check(receiver)
