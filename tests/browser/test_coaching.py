"""Coaching at browsers: a visit with a pasted list, confirmed by the unit; a question from its aspect, answered."""

import io
import re

import openpyxl
from playwright.sync_api import expect

from tests.browser.conftest import MEETING, Enter
from tests.stack import Stack


def test_a_visit_is_entered_by_a_pasted_list_and_confirmed_by_the_unit(enter: Enter) -> None:
    """Without a script, on a phone; a line that cannot be read takes nothing in and keeps what was pasted."""
    page = enter("supervisor", script=False)
    page.goto("/coaching")
    page.get_by_label("送学上门", exact=True).check()
    page.locator("#unit").select_option(label="青溪县农业农村局")
    page.locator("#title-new").fill("对照检查材料怎么写实")
    page.get_by_label("5. 班子对照检查材料").check()
    page.get_by_role("button", name="登记辅导").click()
    expect(page.locator(".notice.ok")).to_contain_text("辅导已登记")
    page.locator("#l-list").fill("青溪县农业农村局\t书记\t联络员\t科长")
    page.get_by_role("button", name="登记名单").click()
    expect(page.locator("#list ~ .notice.bad")).to_contain_text("第 1 行")
    page.locator("#l-list").fill(page.locator("#l-list").input_value().replace("科长", "02"))
    page.get_by_role("button", name="登记名单").click()
    expect(page.locator("main .line .tag")).to_have_count(3)

    liaison = enter("liaison", script=False, width=390)
    liaison.get_by_role("link", name="1 次辅导等本单位确认").click()
    liaison.get_by_role("link", name="对照检查材料怎么写实").click()
    liaison.locator('form.card input[value="02"]').uncheck()
    liaison.get_by_role("button", name="确认参加情况").click()
    expect(liaison.locator(".line-head .chip")).to_have_text("与单位所报不一致")
    assert liaison.evaluate("document.documentElement.scrollWidth") <= 390


def test_each_number_of_who_was_not_reached_opens_its_list_and_its_workbook(enter: Enter) -> None:
    """The unit denied post 02: of the two units only the other's secretary was not reached, but all members."""
    page = enter("office", english=True)
    page.goto("/coaching/unreached")
    row = page.locator("tbody tr", has_text="5. ")
    counts = [re.compile(r"^1\D.* / 2$")] * 2 + [re.compile(r"^12\D.* / 12$"), re.compile(r"^1\D.* / 2$")]
    expect(row.locator("td")).to_have_text(counts)
    row.get_by_role("link").nth(1).click()
    expect(page.locator("#list .count")).to_have_text("1")
    address = page.url.replace("/unreached?", "/unreached.xlsx?").partition("#")[0]
    sheet = openpyxl.load_workbook(io.BytesIO(page.request.get(address).body())).worksheets[0]
    assert [row[0].value for row in sheet.iter_rows(min_row=2)] == ["990881-LY"]
    assert page.faults == []  # type: ignore[attr-defined]


def test_a_question_from_an_aspect_is_answered_and_found_by_its_words(enter: Enter, stack: Stack) -> None:
    """The letter leads to the answer; a newer one says why, and the older stays in sight."""
    liaison = enter("liaison")
    liaison.goto(f"/meetings/{MEETING}")
    liaison.locator("#a7").get_by_role("link", name="答疑、提问").click()
    expect(liaison.get_by_label("7. 到会情况和会议程序")).to_be_checked()
    liaison.locator("#a-text").fill("班子成员出差，能否书面发言？")
    liaison.get_by_role("button", name="提交问题").click()
    expect(liaison.locator(".head .chip")).to_have_text("待答复")

    group = enter("supervisor")
    group.get_by_role("link", name="1 个提问等待答复").click()
    group.get_by_role("link", name="班子成员出差").click()
    for text, reason in (("可以。", ""), ("可以，会后当面转达批评意见。", "补充转达要求")):
        group.locator("#t").fill(text)
        if reason:
            group.locator("#r").fill(reason)
        group.get_by_role("button", name="提交答复").click()
        expect(group.locator(".notice.ok")).to_contain_text("已答复")
    expect(group.locator(".line > li")).to_have_count(2)
    stack.settled()
    liaison.goto("/messages")
    liaison.locator(".letters > li", has_text="您单位的提问有了新的答复").get_by_role("button").click()
    expect(liaison.locator(".line > li").first).to_contain_text("补充转达要求")
    liaison.goto("/questions?q=批评怎样转达")
    expect(liaison.locator(".line > li")).to_contain_text("可以，会后当面转达批评意见")
    assert liaison.faults == group.faults == []  # type: ignore[attr-defined]
