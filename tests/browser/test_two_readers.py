"""Two people at one review: who comes too late is told why and keeps the words; what was begun elsewhere stays."""

import json

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import MEETING, UNIT, Enter
from tests.stack import Stack, document, grant

FIRST, SECOND = (f"{MEETING}.speech_outline.{post}" for post in ("02", "03"))
STANDARDS = ("problems", "examples", "persuasion", "causes", "measures")


@pytest.fixture(scope="module", autouse=True)
def handed_in(stack: Stack) -> None:
    """Two outlines that wait to be read, and a second reader of the group."""
    liaison = stack.person("liaison", grant("liaison", "unit", UNIT))
    liaison.hand_in(FIRST, "so-11.txt", document("so-11.txt"))
    liaison.hand_in(SECOND, "so-04.txt", document("so-04.txt"))
    stack.enrol("leader", grant("group_leader", "group", "G4"))
    stack.settled()


def fail_causes(page: Page) -> None:
    """All pass but the causes; by the keyboard, for the bar with the button lies over what is scrolled below it."""
    for code in STANDARDS:
        page.locator(f'input[name="{code}:passed"][value="{"no" if code == "causes" else "yes"}"]').press("Space")
    page.locator("#causes-reason").fill("只讲客观条件。")


def test_a_verdict_that_came_too_late_is_shown_again_with_its_reasons(enter: Enter) -> None:
    """Somebody claimed it meanwhile: the form is gone, what was written is not."""
    mine, theirs = enter("supervisor"), enter("leader")
    mine.goto(f"/reviews/{FIRST}.v1")
    fail_causes(mine)
    theirs.goto(f"/reviews/{FIRST}.v1")
    theirs.get_by_role("button", name="领取", exact=True).click()
    expect(theirs.locator("#hold")).to_contain_text("在您手上")
    mine.get_by_role("button", name="发出结论").click()
    expect(mine.locator(".notice.bad")).to_contain_text("结论没有发出")
    expect(mine.locator("#unsent").locator("xpath=..")).to_contain_text("只讲客观条件。")
    theirs.get_by_role("button", name="放回队列").click()
    mine.goto(f"/reviews/{FIRST}.v1")
    expect(mine.locator("#causes-reason")).to_have_value("只讲客观条件。")


def test_a_draft_outlives_what_is_done_on_other_pages(enter: Enter) -> None:
    """Only the verdict that was given is no draft any more."""
    page = enter("supervisor")
    page.goto(f"/reviews/{FIRST}.v1")
    fail_causes(page)
    page.goto("/reviews?mine=free")
    page.locator(f'input[value="{SECOND}.v1"]').check()
    page.get_by_role("button", name="领取选中的").click()
    expect(page.locator(".notice.ok")).to_contain_text("领到 1 份")
    page.goto(f"/reviews/{FIRST}.v1")
    expect(page.locator("#causes-reason")).to_have_value("只讲客观条件。")


def test_what_is_refused_where_its_form_is_gone_is_said_all_the_same(enter: Enter, stack: Stack) -> None:
    """A claim, and a note, on a page that was opened before the verdict was given."""
    mine, claiming, noting = enter("supervisor"), enter("leader"), enter("leader")
    for page in (mine, claiming, noting):
        page.goto(f"/reviews/{FIRST}.v1")
    fail_causes(mine)
    mine.get_by_role("button", name="发出结论").click()
    expect(mine.locator("#verdict")).to_contain_text("退回修改")
    stack.settled()
    claiming.get_by_role("button", name="领取", exact=True).click()
    expect(claiming.locator(".notice.bad")).to_contain_text("这一版当前是“已有结论”")
    noting.locator("#new-note summary").click()
    noting.locator("#n-text").fill("这里请写实例")
    noting.get_by_role("button", name="记下批注").click()
    expect(noting.locator(".notice.bad")).to_be_visible()
    expect(noting.locator("#unsent").locator("xpath=..")).to_contain_text("这里请写实例")


def test_comments_wait_for_their_reader_however_often_the_author_hands_in(enter: Enter, stack: Stack) -> None:
    """A version nobody read is skipped; the tally counts the standards, not what is confirmed beside them."""
    liaison = stack.person("liaison", grant("liaison", "unit", UNIT))
    answers = json.dumps({f"{FIRST}.v1.causes": {"how": "accepted", "text": "已补写主观原因"}})
    liaison.hand_in(FIRST, "2.txt", document("so-11.txt") + "二稿。".encode(), follows=1, answers=answers)
    liaison.hand_in(FIRST, "3.txt", document("so-11.txt") + "三稿。".encode(), follows=2)
    stack.settled()
    page = enter("supervisor")
    page.goto(f"/reviews/{FIRST}.v3")
    expect(page.locator(".answers")).to_contain_text("已补写主观原因")
    page.locator('input[name^="response:"][value="yes"]').check()
    page.keyboard.press("p")
    expect(page.locator(".tally")).to_have_text("通过 5 · 不通过 0 · 未判 0")


def test_whom_it_concerns_is_told_and_offered_nothing(enter: Enter) -> None:
    """Given back for good: no claim, no verdict, no note, and the keys say so."""
    page = enter("leader")
    page.goto(f"/reviews/{FIRST}.v3")
    page.get_by_text("我不宜审阅").click()
    page.locator("#dc-reason").fill("是亲属")
    page.get_by_role("button", name="交回，不再分给我").click()
    expect(page.locator("#hold")).to_contain_text("您已交回这份材料")
    for name in ("领取", "发出结论", "记下批注"):
        expect(page.get_by_role("button", name=name, exact=True)).to_have_count(0)
    page.keyboard.press("?")
    expect(page.locator("#keys")).not_to_contain_text("判不通过")
