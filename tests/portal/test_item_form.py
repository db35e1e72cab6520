"""An item as its form shows it and as it comes back: what nobody touched is the same."""

from werkzeug.datastructures import MultiDict

from services.portal import item_form

ITEM = {
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


def test_what_is_emptied_is_told_of_no_more():
    form = MultiDict({**item_form.begun(ITEM).to_dict(), "p-shows": " ", "p-remarks": "另报"})
    assert item_form.particulars(form) == {"leader": "副县长", "remarks": "另报"}
