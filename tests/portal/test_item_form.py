"""An item as its form shows it and as it comes back: what nobody touched is the same."""

from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from services.portal import asking, item_form
from services.portal.pages import items
from services.spine import clock

ITEM: dict[str, Any] = {
    "problem": "灌渠水毁", "category": "phased", "aspect": None, "responsible": "局长", "standard": "通水",
    "due_on": "2026-03-31", "milestones": [{"key": "s1", "deliverable": "开工", "due_on": "2026-02-01"}],
    "measures": [{"key": "m1", "what": "修复", "who": "局长", "due_on": "2026-03-01", "with": ["水利局"]}],
    "particulars": {"shows": "三个村\n半年没有通水", "leader": "副县长"},
}  # fmt: skip


def test_what_nobody_touched_comes_back_as_it_stands_though_a_browser_ends_lines_otherwise():
    form = MultiDict({key: text.replace("\n", "\r\n") for key, text in item_form.begun(ITEM).items()})
    assert item_form.measures(form) == ITEM["measures"]
    assert item_form.milestones(form) == ITEM["milestones"]
    assert item_form.particulars(form) == ITEM["particulars"]


def test_a_post_is_chosen_and_who_is_responsible_stays_written_in_words():
    """A post whose title stands there is chosen already; where no words are, those of the post are put; a form that
    offers no posts says nothing of the owner, and takes none away from a measure."""
    posts = {"01": "局长", "02": "副局长"}
    begun = item_form.begun(ITEM, posts)
    assert (begun["owner_post"], begun["post-0"]) == ("01", "01")
    assert item_form.begun({**ITEM, "owner_post": "02"}, posts)["owner_post"] == "02"
    chosen = MultiDict({**begun.to_dict(), "owner_post": "02", "responsible": " ", "post-0": "02", "who-0": ""})
    assert item_form.owner(chosen, posts) == {"responsible": "副局长", "owner_post": "02"}
    assert item_form.measures(chosen, posts) == [{**ITEM["measures"][0], "who": "副局长", "post": "02"}]
    assert item_form.owner(MultiDict({"owner_post": "", "responsible": "局长"}), posts)["owner_post"] is None
    bare = item_form.begun({**ITEM, "measures": [{**ITEM["measures"][0], "post": "09"}]})
    del bare["owner_post"]
    assert item_form.owner(bare, {}) == {"responsible": "局长"} and item_form.measures(bare)[0]["post"] == "09"


def test_what_is_emptied_is_told_of_no_more():
    form = MultiDict({**item_form.begun(ITEM).to_dict(), "p-shows": " ", "p-remarks": "另报"})
    assert item_form.particulars(form) == {"leader": "副县长", "remarks": "另报"}


def test_milestones_that_are_done_or_were_missed_are_told_from_those_ahead(monkeypatch):
    monkeypatch.setattr(clock, "today", lambda: "2024-02-11")
    days = {"s1": "2024-01-31", "s2": "2024-02-10", "s3": "2024-02-11"}
    stones = [{"key": key, "due_on": on, "done_on": on if key == "s1" else None} for key, on in days.items()]
    assert item_form.fixed({"state": "open", "milestones": stones}) == {"s1": "done", "s2": "missed"}
    assert item_form.fixed({"state": "registered", "milestones": stones}) == {"s1": "done"}


@pytest.mark.parametrize(
    ("state", "plan", "told"),
    [("close_requested", "stale", True), ("close_requested", "approved", False), ("open", "stale", False)],
)
def test_whoever_verifies_a_close_out_is_told_of_a_plan_that_is_stale(monkeypatch, state, plan, told):
    monkeypatch.setattr(asking, "find", lambda _service, path: {"state": plan, "path": path})
    found = items._stale_plan({"campaign": "c", "unit": "u", "state": state})
    assert found == ({"state": "stale", "path": "/plans/c.u"} if told else None)
