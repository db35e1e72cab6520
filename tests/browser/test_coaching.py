"""Coaching at browsers: a visit with a pasted list, confirmed by the unit; a question from its aspect, answered; a work
tip from its draft to the unit's acknowledgement."""

import io
import re

import openpyxl
import pypdf
from playwright.sync_api import expect

from tests.browser.conftest import MEETING, OTHER, UNIT, Enter
from tests.stack import CAMPAIGN, Stack


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
    page.goto("/coaching/unreached.xlsx?who=member")
    assert page.url.endswith("/coaching/unreached?who=member"), "without an aspect there is no list to take along"
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


TIP = f"{CAMPAIGN}.t.before"


def test_a_work_tip_is_drafted_worded_and_sent_to_some_then_to_all_by_its_office(enter: Enter, stack: Stack) -> None:
    """Before that there is nothing; what was typed wrong stays; one line that is no unit sends nothing."""
    page = enter("office", script=False)
    page.goto("/tips")
    expect(page.locator(".empty-title")).to_have_text("还没有工作提示")
    page.get_by_role("button", name="起草").click()
    page.locator("#t1").fill(" ")
    page.locator("#h1").fill("改过的小标题")
    page.get_by_role("button", name="保存").click()
    expect(page.locator(".notice.bad")).to_be_visible()
    expect(page.locator("#h1")).to_have_value("改过的小标题")
    page.locator("#t1").fill("第一段\n第二段")
    page.get_by_role("button", name="保存").click()
    expect(page.locator(".official .paragraph").nth(1)).to_have_text("第二段")
    page.get_by_text("只发给一部分单位").click()
    page.locator("#units").fill("青溪县农业农村局\n不存在的局")
    page.get_by_role("button", name="下发第 1 版").click()
    expect(page.locator(".notice.info").first).to_contain_text("没有叫“不存在的局”的单位")
    page.locator("#units").fill("青溪县农业农村局")
    page.get_by_role("button", name="下发第 1 版").click()
    expect(page.locator(".notice.ok")).to_contain_text("已下发")
    page.locator("#reason").fill("发给全部单位")
    page.get_by_role("button", name="下发第 2 版").click()
    expect(page.locator("#sent ~ ol > li")).to_have_count(2)
    expect(page.locator(".notice.info")).to_contain_text("2 个单位：已签收 0，已阅未签收 0，未读 2。")
    page.goto("/tips")
    page.get_by_role("link", name="未签收 2").click()
    page.get_by_role("button", name="提醒未签收的 2 个单位").click()
    expect(page.locator(".notice.ok")).to_contain_text("已提醒 2 个单位，0 个今天已经提醒过")
    page.get_by_role("button", name="提醒未签收的 2 个单位").click()
    expect(page.locator(".notice.ok")).to_contain_text("已提醒 0 个单位，2 个今天已经提醒过")


def test_a_unit_reads_and_acknowledges_it_on_a_phone_and_the_office_has_the_unread_first(
    enter: Enter, stack: Stack
) -> None:
    """A member reads what the liaison signs for; the letter leads there; the list is a workbook, too."""
    member = enter("member", width=390, english=True)
    member.goto(f"/tips/{TIP}.{UNIT}")
    expect(member.get_by_role("button", name="Acknowledge")).to_have_count(0)
    assert member.goto(f"/tips/{TIP}.{OTHER}").status == 404  # type: ignore[union-attr]
    liaison = enter("liaison", width=390)
    liaison.get_by_role("link", name="1 份工作提示等本单位签收").click()
    liaison.locator("main table th a").click()
    expect(liaison.locator("#days ~ ul > li")).to_have_count(6)
    assert liaison.evaluate("document.documentElement.scrollWidth") <= 390
    liaison.get_by_role("button", name="签收").click()
    expect(liaison.locator("#receipt ~ dl")).to_contain_text("联络员")
    liaison.get_by_role("link", name="第 1 版").click()
    expect(liaison.locator(".notice.warn")).to_contain_text("这是旧版，已由第 2 版替换")
    office = enter("office")
    office.goto(f"/tips/receipts?tip_id={TIP}")
    expect(office.locator("tbody tr .chip")).to_have_text(["未读", "已经签收"])
    sheet = openpyxl.load_workbook(
        io.BytesIO(office.request.get(f"/tips/receipts.xlsx?tip_id={TIP}").body())
    ).worksheets[0]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    assert [(row[0], row[7], row[11]) for row in rows] == [(OTHER, "未读", None), (UNIT, "已经签收", "联络员")]
    assert liaison.faults == office.faults == member.faults == []  # type: ignore[attr-defined]


def test_printed_it_is_one_official_document_and_nothing_of_the_page_around_it(enter: Enter) -> None:
    """A4 with the margins of official papers, a red head, its number, numbered pages, the unit's own days behind it."""
    page = enter("liaison")
    page.goto(f"/tips/{TIP}.{UNIT}/print")
    document = pypdf.PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))
    sizes = {(round(float(one.mediabox.width)), round(float(one.mediabox.height))) for one in document.pages}
    assert sizes == {(595, 842)}
    page.emulate_media(media="print")
    seen = page.evaluate(
        "[...document.querySelectorAll('main > *')].filter(one => one.offsetHeight).map(one => one.tagName)"
    )
    assert seen == ["ARTICLE", "P"], "the paper and the mark of its version"
    looks = "getComputedStyle(document.querySelector('.official .paragraph'))"
    assert page.evaluate(f"[{looks}.fontSize, {looks}.lineHeight]") == ["21.3333px", "37.3333px"], "16 on 28 points"
    told = [one.extract_text() for one in document.pages]
    assert all(f"— {number} —" in text for number, text in enumerate(told, 1)) and "Rectify" not in "".join(told)
    assert "SHA-256" in told[-1] and len(told) == 4
