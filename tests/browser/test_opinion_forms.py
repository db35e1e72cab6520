"""An opinion form at browsers: opened and printed by the liaison, answered by respondents on phones, closed."""

import io
import re
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader

from services.spine import clock
from tests.browser.conftest import MEETING, Enter
from tests.stack import Stack

CODE = re.compile(r"[2-9A-HJ-NP-Z]{4}(?:-[2-9A-HJ-NP-Z]{4}){3}")
CODES: list[str] = []
ADDRESS: list[str] = []


@pytest.fixture
def phone(chromium: Browser, stack: Stack) -> Any:
    """A respondent's browser: nobody is signed in."""
    opened: list[Any] = []

    def phone(*, script: bool = False) -> Page:
        context = chromium.new_context(
            viewport={"width": 390, "height": 800}, java_script_enabled=script, base_url=stack.url
        )
        opened.append(context)
        return context.new_page()

    yield phone
    for context in opened:
        assert context.cookies() == [], "nothing is left in a respondent's browser"
        context.close()


def test_a_liaison_opens_a_form_and_prints_its_slips_once(enter: Enter, stack: Stack) -> None:
    """Eight to an A4 page, each with a code, the address and a QR code; also as a list."""
    page = enter("liaison", width=1440)
    page.get_by_role("link", name="征求意见", exact=True).click()
    page.get_by_role("link", name="开设征求意见表").click()
    page.locator("#respondents").fill("10")
    required = (stack.database("registry").meetings.find_one({"_id": MEETING}) or {})["required"]
    due_on = next(str(row["due_on"]) for row in required if row["kind"] == "opinion_summary")
    in_a_week = (clock.day(clock.today()) + timedelta(days=7)).isoformat()
    expect(page.locator("#closes_on")).to_have_value(due_on if due_on >= clock.today() else in_a_week)
    page.locator("#closes_on").fill("2000-01-01")
    page.get_by_role("button", name="开设", exact=True).click()
    expect(page.locator(".notice.bad")).to_contain_text("截止日期 2000年1月1日 已经过了")
    page.locator("#closes_on").fill("2099-12-31")
    page.get_by_role("button", name="开设", exact=True).click()
    expect(page.locator("h1")).to_contain_text("征求意见表")
    page.get_by_role("button", name="生成 10 个填表码并印纸条").click()
    expect(page.locator(".slip")).to_have_count(10)
    CODES.extend(CODE.findall(page.locator("main").inner_text()))
    ADDRESS.append(re.findall(r"http\S+/o/[a-z0-9]{8}", page.locator(".slip").first.inner_text())[0])
    assert len(set(CODES)) == 10
    paper = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))
    printed = [CODE.findall(sheet.extract_text()) for sheet in paper.pages]
    assert [len(sheet) for sheet in printed] == [8, 2] and [one for sheet in printed for one in sheet] == CODES
    with page.expect_download() as download:
        page.get_by_role("button", name="下载 Excel 名单").click()
    book = openpyxl.load_workbook(io.BytesIO(download.value.path().read_bytes()))
    rows = list(book.worksheets[0].iter_rows(min_row=2, values_only=True))
    assert rows == [(code, ADDRESS[0]) for code in CODES]
    page.goto(page.url.removesuffix("/codes"))
    assert CODE.search(page.locator("main").inner_text()) is None
    assert page.faults == []  # type: ignore[attr-defined]


def test_a_respondent_without_a_script_answers_once(phone: Any) -> None:
    """A wrong code, an empty sheet, the mark of a secret and a used code are told in words; what was written stays."""
    page = phone()
    page.goto(ADDRESS[0])
    expect(page.locator(".why p")).to_have_count(2)
    page.locator("#code").fill("AAAA-AAAA-AAAA-AAAA")
    page.get_by_role("button", name="开始填写").click()
    expect(page.locator(".notice.bad")).to_contain_text("没有这个填表码")
    page.locator("#code").fill(CODES[0].lower().replace("-", " "))
    page.get_by_role("button", name="开始填写").click()
    page.get_by_role("button", name="提交（只能提交一次）").click()
    expect(page.locator(".notice.bad")).to_contain_text("填一项就可以提交")
    page.locator("textarea").first.fill("附件 机密★一年")
    page.get_by_role("button", name="提交（只能提交一次）").click()
    expect(page.locator(".notice.bad")).to_contain_text("文字带有国家秘密标志（机密★）")
    expect(page.locator("textarea").first).to_have_value("附件 机密★一年")
    page.locator("textarea").first.fill("下乡进田头少")
    page.locator("input[type=checkbox]").first.check()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("button", name="提交（只能提交一次）").click()
    expect(page.locator(".notice.ok")).to_contain_text("已经收到")
    page.goto(ADDRESS[0])
    page.locator("#code").fill(CODES[0])
    page.get_by_role("button", name="开始填写").click()
    expect(page.locator(".notice.bad")).to_contain_text("已经用过")


def test_a_scanned_slip_brings_its_code_and_leaves_it_in_no_address(phone: Any) -> None:
    """It stands behind the #; in English too."""
    page = phone(script=True)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{ADDRESS[0]}?lang=en#{CODES[1].replace('-', '')}")
    expect(page.locator("#code")).to_have_value(CODES[1])
    assert page.url == f"{ADDRESS[0]}?lang=en"
    page.get_by_role("button", name="Begin").click()
    page.locator("textarea").first.fill("Meetings run long.")
    page.get_by_role("button", name="Submit (once only)").click()
    expect(page.locator(".notice.ok")).to_contain_text("Received")
    assert not any(CODES[1].replace("-", "") in address.replace("-", "") for address in asked)


def test_a_closed_form_tells_no_small_numbers_and_takes_nothing(enter: Enter, phone: Any) -> None:
    """Two have answered: that is fewer than may be told."""
    page = enter("liaison")
    page.goto("/opinion-forms")
    page.locator("table a").first.click()
    expect(page.locator("main")).to_contain_text("至少 0 份")
    page.get_by_text("提前结束").click()
    page.get_by_role("button", name="现在结束").click()
    expect(page.locator(".notice.ok")).to_contain_text("征求意见已结束")
    expect(page.locator("main")).to_contain_text("不足 5 份")
    respondent = phone()
    respondent.goto(ADDRESS[0])
    expect(respondent.locator(".notice.warn")).to_contain_text("已经结束")
    answer = respondent.request.get(f"{ADDRESS[0][:-8]}zzzzzzzz")
    assert answer.status == 404 and "没有这张征求意见表" in answer.text()
