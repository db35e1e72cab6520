"""What a browser sends of a meeting's day: each entry has its own fate, and what may be taken later waits."""

from typing import Any

import pytest

from services.portal import asking, clients, refusals
from services.portal.pages import meeting_day

ENTRIES = [{"id": f"entry-{number}", "what": "statement", "text": str(number)} for number in range(100)]


@pytest.fixture
def registry(monkeypatch):
    """A registry that declines what it is told to, and what it was sent: {declines, sent}."""
    state: dict[str, Any] = {"declines": lambda entries: 0, "sent": []}

    def post(service, path, body):
        state["sent"].append(len(body["entries"]))
        if status := state["declines"](body["entries"]):
            raise clients.Declined({"status": status, "code": "invalid", "detail": "不合要求"})
        rows = [{"id": one["id"], "state": "kept", "code": None, "params": {}} for one in body["entries"]]
        return clients.Answer(200, {"rows": rows})

    monkeypatch.setattr(asking, "post", post)
    monkeypatch.setattr(refusals, "sentence", lambda problem: problem.detail)
    return state


def fates(entries):
    return {row["id"]: row["state"] for row in meeting_day._written("m", entries)}


def test_one_entry_that_is_not_as_it_should_be_takes_no_other_with_it(registry):
    registry["declines"] = lambda entries: 422 if ENTRIES[40] in entries else 0
    found = fates(ENTRIES)
    assert [key for key, state in found.items() if state == "refused"] == ["entry-40"]
    assert list(found) == [entry["id"] for entry in ENTRIES], "in their order"
    assert len(registry["sent"]) < 20


@pytest.mark.parametrize("status", [409, 429])
def test_what_may_be_taken_later_waits_and_so_does_what_comes_after_it(registry, status):
    registry["declines"] = lambda entries: status
    assert fates(ENTRIES) == {}
    registry["declines"] = lambda entries: 422 if len(entries) > 50 else status if ENTRIES[60] in entries else 0
    assert list(fates(ENTRIES)) == [entry["id"] for entry in ENTRIES[:50]]
    registry["declines"] = lambda entries: 422 if len(entries) > 50 else status if ENTRIES[40] in entries else 0
    assert fates(ENTRIES) == {}, "a step is not begun before the one that waits"


def test_who_may_not_write_is_told_of_each_and_an_accident_is_none_of_theirs(registry):
    registry["declines"] = lambda entries: 403
    assert set(fates(ENTRIES[:3]).values()) == {"refused"} and registry["sent"] == [3]
    registry["declines"] = lambda entries: 503
    with pytest.raises(clients.Declined):
        fates(ENTRIES[:3])
