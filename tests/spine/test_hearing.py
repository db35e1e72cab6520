"""Hearing: each message of a batch has its own fate, and each event its effect once."""

from types import SimpleNamespace

import pytest
from eventlet.semaphore import Semaphore

from services.spine import errors, hearing, listening


def never() -> bool:
    return False


@pytest.fixture
def memory(db):
    return hearing.Memory(db.heard, "on_something")


def events(*names: str) -> list[dict]:
    return [{"id": name} for name in names]


def hear(act, told, memory, **how):
    return hearing.once(act, told, lambda event: None, memory, never, **how)


def test_a_batch_is_heard_in_order_and_each_event_once(memory):
    heard: list[str] = []
    for _ in range(2):
        fates = hear(lambda event: heard.append(event["id"]), events("a", "b", "b", "c"), memory)
        assert fates == [None, None, None, None]
    assert heard == ["a", "b", "c"]


def test_a_batch_that_half_fails_is_taken_apart_and_only_what_fails_is_told_again(memory):
    """What succeeded is remembered; what failed is not, and comes again."""
    heard: list[str] = []

    def act(event):
        if event["id"] == "b" and "b" not in heard:
            heard.append("b")
            raise OSError("not yet")
        heard.append(event["id"])

    fates = hear(act, events("a", "b", "c"), memory)
    assert [type(fate) for fate in fates] == [type(None), OSError, type(None)]
    assert hear(act, events("a", "b", "c"), memory) == [None, None, None]
    assert heard == ["a", "b", "c", "b"]


def test_what_is_taken_together_is_taken_apart_when_one_of_them_does_not_fit(memory):
    taken: list[list[str]] = []

    def act(batch):
        taken.append([event["id"] for event in batch])
        if any(event["id"] == "bad" for event in batch):
            raise errors.Refusal("not_found", id="bad")

    fates = hear(act, events("a", "bad", "c"), memory, together=True)
    assert [fate is None for fate in fates] == [True, False, True]
    assert taken == [["a", "bad", "c"], ["a"], ["bad"], ["c"]]

    assert hear(act, events("d", "e"), memory, together=True) == [None, None]
    assert taken[-1] == ["d", "e"]


def test_an_event_that_breaks_its_contract_does_not_keep_the_others_waiting(memory):
    def check(event):
        if event["id"] == "odd":
            raise errors.Refusal("not_found", id="odd")

    heard: list[str] = []
    fates = hearing.once(lambda event: heard.append(event["id"]), events("odd", "a"), check, memory, never)
    assert isinstance(fates[0], errors.Refusal)
    assert heard == ["a"]


def test_a_house_that_closes_finishes_what_it_has_begun_and_leaves_the_rest():
    done: list[int] = []
    fates = hearing.one_by_one(done.append, [1, 2, 3], lambda: len(done) > 0)
    assert done == [1]
    assert [type(fate) for fate in fates] == [type(None), hearing.Later, hearing.Later]


def test_the_nearest_lane_goes_first_and_no_lane_is_forgotten():
    door = hearing.Ticket(["urgent", "soon", "later"], prefetch=1)
    lanes = ["later"] * 2 + ["soon"] + ["urgent"] * 12
    ticket = SimpleNamespace(body=b"{}")
    door.waiting.extend(hearing.Arrival(ticket, listening.Ledger(None, Semaphore()), lane) for lane in lanes)
    taken = [door.take()[0].queue for _ in range(15)]
    assert taken[:7] == ["urgent"] * 7
    assert taken[7] == "later"
    assert taken[8:13] == ["urgent"] * 5
    assert sorted(taken[13:]) == ["later", "soon"]
