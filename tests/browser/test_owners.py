"""Whose a problem is: the unit names a post, whoever holds it finds it on the first page and reports on it."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from services.rectification import lists
from services.spine import clock
from tests.browser.conftest import MEETING, UNIT, Enter
from tests.stack import CAMPAIGN, Stack, grant

DAY = lists.after(clock.today(), 60)
ITEM: dict[str, Any] = {
    "campaign": CAMPAIGN, "unit": UNIT, "problem": "灌渠水毁半年未修复", "source": "supervision", "category": "phased",
    "responsible": "分管副局长", "standard": "通水验收", "due_on": DAY,
    "measures": [{"what": "修复灌渠", "who": "分管副局长", "due_on": DAY}],
    "milestones": [{"key": "s1", "deliverable": "开工", "due_on": DAY}],
}  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def registered(stack: Stack) -> None:
    """A problem that nobody owns by post yet, and one of another's."""
    liaison = stack.person("liaison", grant("liaison", "unit", UNIT))
    liaison.post("rectification", "/items", {**ITEM, "key": "p01"})
    liaison.post("rectification", "/items", {**ITEM, "key": "p02", "problem": "窗口排队久", "owner_post": "03"})
    stack.settled()


@pytest.mark.parametrize(("login", "decides"), [("leader", True), ("moved", False)])
def test_who_moved_from_a_unit_to_its_group_is_offered_no_decision_about_it_and_no_form_of_the_unit(
    enter: Enter, stack: Stack, login: str, decides: bool
) -> None:
    """A colleague who never was of it decides."""
    leader, was = grant("group_leader", "group", "G4"), grant("liaison", "unit", UNIT)
    stack.enrol(login, leader, *([] if decides else [{**was, "until": lists.after(clock.today(), -1)}]))
    liaison, to = stack.person("liaison", was), lists.after(DAY, 30)
    liaison.post("rectification", f"/items/{MEETING}.p02/requests", {"kind": "postpone", "to": to, "reason": "汛期"})
    page = enter(login, width=390)
    page.goto(f"/items/{MEETING}.p02")
    expect(page.get_by_text("汛期").first).to_be_visible()
    assert page.locator("#q-why").count() == decides
    assert page.locator("#p-text").count() == 0


@pytest.mark.parametrize("english", [False, True], ids=["zh", "en"])
def test_whoever_holds_the_post_of_a_problem_finds_it_on_the_first_page_and_reports_on_it(
    enter: Enter, english: bool
) -> None:
    """On a phone, with a file; the problem of another is read and not reported on."""
    liaison = enter("liaison", width=390, english=english)
    liaison.goto(f"/items/{MEETING}.p01/revision")
    liaison.locator("#owner_post").select_option("02")
    liaison.locator("#post-0").select_option("02")
    title = liaison.locator("#owner_post option:checked").inner_text()
    assert liaison.evaluate("document.documentElement.scrollWidth") <= 390
    liaison.locator("main form button.button").click()
    expect(liaison.locator("dl.pairs").first).to_contain_text(title)
    expect(liaison.locator("dl.pairs").first).to_contain_text("分管副局长")

    member = enter("member", width=390, english=english)
    mine = member.get_by_role("region", name=re.compile("^Mine|^由我负责"))
    assert mine.get_by_role("link").all_inner_texts()[:-1] == [ITEM["problem"]]
    assert member.evaluate("document.documentElement.scrollWidth") <= 390
    mine.get_by_role("link", name=ITEM["problem"]).click()
    member.locator("#p-text").fill("已修复一段")
    member.locator("#title-0").fill("照片说明")
    member.locator("#file-0").set_input_files({"name": "a.txt", "mimeType": "text/plain", "buffer": "通水".encode()})
    member.locator("#progress ~ details form button.button").click()
    expect(member.locator(".notice.ok")).to_be_visible()
    expect(member.locator("#progress ~ ol")).to_contain_text("已修复一段")
    assert member.locator("#c-result").count() == 0, "only the unit's hands apply for a close-out"
    assert member.evaluate("document.documentElement.scrollWidth") <= 390

    member.goto(f"/items?owner={UNIT}/02")
    expect(member.locator("main tbody tr")).to_have_count(1)
    expect(member.locator("#f-owner option:checked")).to_have_text("Mine" if english else "由我负责")
    member.goto(f"/items/{MEETING}.p02")
    assert member.locator("#p-text").count() == 0
    assert member.faults == liaison.faults == []  # type: ignore[attr-defined]
