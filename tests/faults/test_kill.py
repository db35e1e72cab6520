"""Whatever moment everything dies at, nothing that was acknowledged is lost and nothing is applied twice."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable

import pytest
import requests

from tests.stack import CAMPAIGN, Person, Refused, Stack, grant, problem

UNITS = ["990823-NYNC", "990881-LY", "990803-WTL", "990821-SL", "990825-ZJ", "990824-JT", "990802-JY", "990824-NYNC"]
KILLS = 20
SIGNS = "学习调研群众项目资金基层会议落实整改问题责任担当作风纪律检查督导干部能力发展服务改革稳定水利农业林业教育"


def outline(*seed: object) -> bytes:
    """An outline like no other: what is alike is checked once more when its model turns up."""
    chance = random.Random(str(seed))
    words = ["".join(chance.choices(SIGNS, k=40)) for _ in range(30)]
    return "\n".join(
        ["一、存在的主要问题", *words[:10], "二、原因剖析", *words[10:20], "三、整改措施", *words[20:]]
    ).encode()


class Hurried:
    """A liaison who hands in and registers as fast as it goes, and remembers what was acknowledged."""

    def __init__(self, stack: Stack, unit: str) -> None:
        self.who: Person = stack.person(f"liaison {unit}", grant("liaison", "unit", unit))
        self.unit = unit
        self.items: set[str] = set()
        self.materials: dict[str, int] = {}
        self.next_item, self.next_post = 0, 2

    def work(self, until: Callable[[], bool]) -> None:
        """Go on until the house is dead; what was not acknowledged is tried again next time."""
        while not until():
            try:
                if self.next_item % 6 == 5 and self.next_post <= 4:
                    self._hand_in()
                    self.next_post += 1
                else:
                    self._register()
                self.next_item += 1
            except requests.RequestException:
                time.sleep(0.05)
            except Refused as no:
                assert no.status == 503, no

    def _hand_in(self) -> None:
        material = f"{CAMPAIGN}.{self.unit}.speech_outline.{self.next_post:02d}"
        text = outline(self.unit, self.next_post)
        self.materials[material] = self.who.hand_in(material, "提纲.txt", text)["version"]

    def _register(self) -> None:
        item = problem(self.unit, f"p{self.next_item}")
        self.items.add(self.who.post("rectification", "/items", item)["item_id"])


@pytest.fixture
def stack(tmp_path):
    with Stack(tmp_path / "embedded") as running:
        running.load(UNITS)
        running.settled()
        yield running


def test_twenty_kills_of_everything_at_once_lose_nothing_and_double_nothing(stack):
    chance = random.Random(20231204)
    people = [Hurried(stack, unit) for unit in UNITS[:4]]
    for _ in range(KILLS):
        dead = threading.Event()
        hands = [threading.Thread(target=one.work, args=(dead.is_set,)) for one in people]
        for hand in hands:
            hand.start()
        time.sleep(chance.uniform(0.05, 0.9))
        stack.kill()
        dead.set()
        for hand in hands:
            hand.join()
        stack.store.start()
        stack.serve("all")
    stack.settled(120)

    _nothing_is_lost(stack, people)
    _nothing_is_doubled(stack)


def _nothing_is_lost(stack: Stack, people: list[Hurried]) -> None:
    items = {row["_id"] for row in stack.database("rectification").items.find()}
    materials = {row["_id"]: row for row in stack.database("intake").materials.find()}
    reviews = {row["_id"]: row for row in stack.database("review").reviews.find()}
    assert sum(len(one.items) for one in people) > KILLS, "the load was real"
    for one in people:
        assert one.items <= items
        for material, version in one.materials.items():
            assert len(materials[material]["versions"]) == version == 1
            assert materials[material]["state"] == "prechecked"
            assert reviews[f"{material}.v1"]["state"] == "prechecked"
    for meeting in stack.database("registry").meetings.find({"unit": {"$in": UNITS}}):
        ledger = {
            row["_id"].rsplit(".", 1)[-1]
            for row in stack.database("rectification").items.find({"unit": meeting["unit"]})
        }
        assert set(meeting["ledger"]) == ledger
        handed = {row["post"] for row in meeting["required"] if row["state"] == "submitted"}
        counted = {row["post"] for row in materials.values() if row["unit"] == meeting["unit"] and row["counted"]}
        assert handed == counted


def _nothing_is_doubled(stack: Stack) -> None:
    told = Counter(row["event"]["id"] for row in stack.database("feed").events.find())
    assert set(told.values()) == {1}
    said = {
        "item_registered": stack.database("rectification").items.count_documents({}),
        "material_submitted": stack.database("intake").materials.count_documents({"counted": 1}),
        "material_prechecked": stack.database("review").reviews.count_documents({}),
    }
    for name, records in said.items():
        assert sum(key.startswith(f"{name}:") for key in told) == records
    numbers = Counter((row["unit"], row["number"]) for row in stack.database("rectification").items.find())
    assert set(numbers.values()) == {1}
    letters = stack.database("notification").messages.count_documents({"event": "material_prechecked"})
    assert letters == stack.database("review").reviews.count_documents({})
    for service in stack.ports:
        assert stack.database(service).dead_letters.count_documents({}) == 0
