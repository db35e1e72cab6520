"""Workers beside an embedded deployment: they share the work, may be killed, and what they find is told."""

import time

import pytest

from tests.patience import SLOWER
from tests.stack import CAMPAIGN, Stack, document, grant, wait_until

UNIT = "990823-NYNC"
TEXTS = ("so-01", "so-03", "so-04", "so-06", "so-08", "so-11", "so-12")


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    with Stack(tmp_path_factory.mktemp("beside")) as running:
        running.load([UNIT])
        running.settled()
        for key in ("worker 2", "worker 3"):
            running.serve("review_worker", key, RECTIFY_BESIDE="1")
        yield running


def test_workers_beside_share_the_work_and_what_they_find_is_told(stack):
    liaison = stack.person("liaison", grant("liaison", "unit", UNIT))
    reviews = stack.database("review")
    wait_until(lambda: reviews.workers.count_documents({}) == 3, 20, "three workers are seen")
    names = [f"{CAMPAIGN}.{UNIT}.speech_outline.{post:02d}" for post in range(1, 8)]
    for name, text in zip(names, TEXTS, strict=True):
        liaison.hand_in(name, "提纲.txt", document(f"{text}.txt"))
    stack.settled(60)

    done = list(reviews.tasks.find({"state": "done"}))
    assert len(done) == len(names)
    assert len({task["owner"] for task in done}) > 1, "more than one worker had a hand in it"
    told = [row["event"]["subject"] for row in stack.database("feed").events.find({"name": "material_prechecked"})]
    assert sorted(told) == sorted(f"{name}.v1" for name in names)
    board = stack.operator().get("review", "/tasks/board")
    assert len(board["workers"]) == 3
    assert board["estimate"]["words"]["zh"] == "没有等待预审的材料。"


def test_a_worker_that_is_told_to_stop_finishes_what_it_has_in_hand(stack):
    liaison = stack.person("liaison", grant("liaison", "unit", UNIT))
    reviews = stack.database("review")
    names = [f"{CAMPAIGN}.{UNIT}.speech_outline.{post:02d}" for post in range(1, 7)]
    for name, text in zip(names, TEXTS[1:], strict=True):
        liaison.hand_in(name, "提纲.txt", document(f"{text}.txt"), follows=1)
    stack.processes["worker 2"].terminate()
    assert stack.processes["worker 2"].wait(20 * SLOWER) == 0
    stack.settled(60)

    done = list(reviews.tasks.find({"_id": {"$in": [f"{name}.v2" for name in names]}}))
    assert [(task["state"], task["deaths"]) for task in done] == [("done", 0)] * len(names)
    stack.serve("review_worker", "worker 2", RECTIFY_BESIDE="1")


def test_a_worker_beside_that_is_killed_loses_nothing(stack):
    liaison = stack.person("liaison", grant("liaison", "unit", UNIT))
    reviews = stack.database("review")
    name = f"{CAMPAIGN}.{UNIT}.speech_outline.01"
    stack.kill("worker 2", "worker 3")
    liaison.hand_in(name, "提纲.txt", document("so-12.txt"), follows=2)
    reviews.tasks.update_many({"state": "running"}, {"$set": {"lease_until": time.time()}})
    stack.settled(60)
    assert reviews.tasks.count_documents({"state": "done"}) == 14
