"""An office cancels a meeting, takes that back, and lets a unit go into another one with its meeting cancelled."""

import re

from playwright.sync_api import Page, expect

from services.rectification import lists
from services.spine import clock
from tests.browser.conftest import MEETING, PEOPLE, UNIT, Enter
from tests.browser.test_organisations import hand_over, seen
from tests.registry.test_organisations import HEAD, ROWS, as_csv
from tests.stack import Stack

PAGE = f"/meetings/{MEETING}"


def cancel(page: Page, reason: str) -> None:
    page.goto(PAGE)
    page.get_by_text("本单位这次不召开").click()
    page.locator("#x-reason").fill(reason)
    page.get_by_label("确认取消").check()
    page.get_by_role("button", name="取消会议").click()


def test_who_moved_from_the_unit_to_the_office_is_offered_neither_to_cancel_its_meeting_nor_to_restore_it(
    enter: Enter, stack: Stack
) -> None:
    """A colleague who never was of it is offered both."""
    was = {**PEOPLE["liaison"], "until": lists.after(clock.today(), -1)}
    stack.enrol("moved", PEOPLE["office"], was)
    office, moved = enter("office"), enter("moved", width=390)
    for deed, opens in (("cancellation", "本单位这次不召开"), ("restoration", "取消有误，恢复会议")):
        for page, offered in ((office, 1), (moved, 0)):
            page.goto(PAGE)
            expect(page.locator("#gate")).to_be_visible()
            expect(page.get_by_text(opens)).to_have_count(offered)
        stack.person("office", PEOPLE["office"]).post("registry", f"{PAGE}/{deed}", {"reason": "误"})


def test_everybody_of_a_unit_is_told_that_its_meeting_was_cancelled_and_nothing_is_asked(
    enter: Enter, stack: Stack
) -> None:
    """The reason is needed and seen, the list has the unit under its stage, and a mistake is taken back."""
    page = enter("office", width=1440)
    cancel(page, "班子整体调整")
    expect(page.get_by_role("heading", name="会议已取消")).to_be_visible()
    expect(page.locator(".gate")).to_contain_text("班子整体调整")
    expect(page.get_by_role("button", name="登记会议已召开")).to_have_count(0)
    seen(page, "cancelled-zh")
    stack.settled()
    for address, name in (("/meetings?stage=cancelled", "meetings"), ("/board/units?stage=cancelled", "board-units")):
        page.goto(address)
        expect(page.locator("tbody tr")).to_have_count(1)
        expect(page.locator("tbody")).to_contain_text("已取消")
        seen(page, f"{name}-cancelled-zh")
    page.goto("/board")
    expect(page.locator(".board-tiles li").last).to_have_text(re.compile("1.*已取消", re.DOTALL))
    seen(page, "board-cancelled-zh")
    for width, english in ((390, False), (1440, True), (390, True)):
        liaison = enter("liaison", width=width, english=english)
        words = "was cancelled" if english else "取消"
        for address, name in (("/today", "today"), (PAGE, "unit"), (f"{PAGE}/day", "day")):
            liaison.goto(address)
            expect(liaison.get_by_role("main")).to_contain_text("Cancelled" if english and name == "unit" else words)
            expect(liaison.get_by_text(re.compile("起草会议记录|Begin the minutes"))).to_have_count(0)
            seen(liaison, f"{name}-cancelled-{'en' if english else 'zh'}")
        expect(liaison.locator("main")).not_to_contain_text("未提交")
        liaison.goto("/today")
        expect(liaison.get_by_text("退回待修改")).to_have_count(0)
        assert liaison.faults == []  # type: ignore[attr-defined]
    page.goto(PAGE)
    page.get_by_text("取消有误，恢复会议").click()
    page.locator("#u-reason").fill("登记有误")
    page.get_by_role("button", name="恢复会议").click()
    expect(page.get_by_role("heading", name="还不能开会")).to_be_visible()
    expect(page.locator("#history").locator("..")).to_contain_text("恢复会议")
    assert page.faults == []  # type: ignore[attr-defined]


def test_a_unit_goes_into_another_one_with_its_meeting_cancelled(enter: Enter, stack: Stack) -> None:
    """Each meeting that is cancelled with it is named with what is open of it."""
    page = enter("office", width=390)
    hand_over(page, as_csv(HEAD, *ROWS), "组织.csv")
    page.get_by_role("button", name="确认导入").click()
    expect(page.locator(".strip")).to_contain_text("已导入")
    page.goto(f"/organisations/{UNIT}")
    page.get_by_text("并入另一个组织", exact=True).click()
    form = page.locator("form", has=page.locator("#m-into"))
    expect(form).to_contain_text("没有动笔的材料")
    page.locator("#m-into").fill("990823-SL")
    page.locator("#m-reason").fill("机构改革")
    form.get_by_role("button", name="并入").click()
    expect(page.get_by_role("alert")).to_contain_text("还没有召开")
    page.locator("#m-cancel").check()
    seen(page, "merging-zh")
    form.get_by_role("button", name="并入").click()
    expect(page.get_by_text("已并入其他组织").or_(page.get_by_text("已并入，沿革保留"))).to_be_visible()
    seen(page, "merged-zh")
    page.goto(PAGE)
    expect(page.get_by_role("heading", name="会议已取消")).to_be_visible()
    expect(page.get_by_text("取消有误，恢复会议")).to_have_count(0)
    english = enter("office", width=1440, english=True)
    for address, name in ((PAGE, "unit-merged"), (f"/organisations/{UNIT}", "organisation-merged")):
        english.goto(address)
        expect(english.get_by_text("Meetings that are not over")).to_have_count(0)
        seen(english, f"{name}-en")
    assert page.faults == [] and english.faults == []  # type: ignore[attr-defined]
