"""How the ledger is looked at: sums come to the colours of their items on every day; whose move it is, in one word."""

import datetime
import itertools
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from services.rectification import closing, columns, domain, lists, rechecks, views
from tests.rectification.test_states import (
    RULES,
    applied,
    asked,
    closed,
    hand,
    item,
    progressed,
    registered,
    verified,
)

PLACE = {"region": "990823", "unit": "990823-NY", "group": "G1", "problem": "灌渠水毁", "history": []}


def block_of(items: list[dict[str, Any]]) -> columns.Block:
    return columns.joined(columns.EMPTY, {"990823-NY": columns.unpacked(columns.pack(items))})


def flow(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    block = block_of([{**views.marked(one), "number": number} for number, one in enumerate(items, 1)])
    return views.flow(columns.weeks(block, np.ones(len(items), bool)))


DAYS = st.dates(min_value=datetime.date(2024, 1, 1), max_value=datetime.date(2024, 4, 30))
POLICIES: Any = st.fixed_dictionaries(
    {"soon_days": st.sampled_from([3, 30]), "when_returned": st.sampled_from(["yellow", "as_due"])}
)
SOMEDAY = st.none() | DAYS.map(str)
ITEMS = st.fixed_dictionaries(
    {
        "state": st.sampled_from(["registered", "open", "close_requested", "closed"]),
        "late": st.booleans(),
        "closeout": st.fixed_dictionaries({"overdue": st.booleans(), "next": st.just("group")}),
        "due_on": SOMEDAY,
        "report_due_on": SOMEDAY,
        "look_back_on": SOMEDAY,
        "plan_due_on": SOMEDAY,
        "milestones": st.lists(st.fixed_dictionaries({"due_on": DAYS.map(str), "done_on": st.none()}), max_size=2),
        "recheck_on": SOMEDAY,
        "registered_on": DAYS.map(str),
        "closed_on": SOMEDAY,
        "category": st.sampled_from(["immediate", "phased"]),
        "source": st.just("opinion"),
        "aspect": st.none(),
        "waits": st.just("unit"),
        "told_before": st.none() | st.fixed_dictionaries({"since": DAYS.map(str)}),
        "policy": POLICIES,
    }
).map(lambda one: {**one, **lists.dated(one, one["policy"])})


@given(st.lists(ITEMS, max_size=12), DAYS)
def test_lines_come_to_the_colours_of_their_items_on_any_day(items: list[dict[str, Any]], day: Any) -> None:
    today = str(day)
    known = [views.marked({**one, **PLACE, "number": number}) for number, one in enumerate(items, 1)]
    block = block_of(known)
    found = columns.colours(block, today).tolist()
    assert found == [views.COLOURS.index(domain.colour(one, today)) for one in known]
    every = np.ones(len(known), bool)
    assert columns.past(block, every, "unreported", today) == sum(views.unreported(one, today) for one in known)
    assert columns.past(block, every, "recheck_due", today) == sum(views.recheck_due(one, today) for one in known)


def test_whose_move_it_is_follows_from_the_item():
    begun = item()
    asking = asked(begun, "postpone", "2024-05-01")
    found = [views.waits(one) for one in (registered(), begun, asking, applied(), closed())]
    assert found == ["plan", "unit", "asking", "group", "nobody"]


def test_what_is_due_sooner_comes_first_and_what_is_closed_last():
    sooner, later, never = item(), item(due_on="2024-04-30"), {**registered(), "number": 2}
    keys = [views.marked(one)["due_key"] for one in (sooner, later, never, closed())]
    assert keys == sorted(keys)


def test_the_flow_tells_by_week_what_came_what_went_and_what_was_left():
    rows = flow([item(), item(), closed("2024-02-07")])
    assert rows == [
        {"week": "2024-01-15", "registered": 3, "closed": 0, "reopened": 0, "left": 3},
        {"week": "2024-02-05", "registered": 0, "closed": 1, "reopened": 0, "left": 2},
    ]


def closed_again(opened: domain.Item, today: str) -> domain.Item:
    evidence = [{"title": "复验单", "dated_on": today}]
    return verified(applied(progressed(opened, today, on=today, evidence=evidence), today), today=today)[0]


def test_a_week_that_is_over_tells_what_it_told_then_whatever_is_opened_again_later():
    closing_day, day, other = "2024-02-07", "2024-02-27", {"due_on": "2024-06-30", "reason": "又坏了"}
    looked = {"on": "2024-03-19", "result": "rebounded", **other}
    first = closed(closing_day)
    opened = closing.reopen(first, other, hand("office", day), False, RULES, 30)[0]
    second = closed_again(opened, "2024-03-12")
    course = [first, opened, second, rechecks.record(second, looked, hand("office", "2024-03-19"), False, RULES, 30)[0]]
    curves = [flow([one]) for one in course]
    for earlier, later in itertools.pairwise(curves):
        assert later[: len(earlier)] == earlier and later[-1]["week"] > earlier[-1]["week"]
    assert [row["left"] for row in curves[-1]] == [1, 0, 1, 0, 1]
    assert curves[-1][-1] == {"week": "2024-03-18", "registered": 0, "closed": 0, "reopened": 1, "left": 1}


def test_an_item_fits_every_filter_or_none():
    one = views.marked(item())
    today = "2024-02-27"
    assert views.fits(one, {"source": "supervision", "age": "90", "colour": "yellow", "q": "水毁"}, today)
    for wrong in ({"age": "30"}, {"overdue": "1"}, {"waits": "group"}, {"q": "没有"}, {"aspect": "x"}):
        assert not views.fits(one, wrong, today)
