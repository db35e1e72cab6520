"""Talks and study at browsers: ten recorded in a minute without a script, confirmed by a click, by Excel again."""

import io
from datetime import timedelta

import openpyxl
from playwright.sync_api import Page, expect

from services.spine import clock
from tests.browser.conftest import MEETING, UNIT, Enter
from tests.stack import CAMPAIGN, Stack, grant

TALKS, STUDY = f"/meetings/{MEETING}/talks", f"/meetings/{MEETING}/study"
DAY = (clock.day(clock.today()) - timedelta(days=2)).isoformat()


def hand_in(page: Page, rows: list[list[str]]) -> None:
    """Download the table, fill in rows by their place in it, and hand it in."""
    page.goto(TALKS)
    book = openpyxl.load_workbook(io.BytesIO(page.request.get(f"{TALKS}/form.xlsx").body()))
    sheet = book.worksheets[0]
    for number, row in enumerate(rows, start=60):
        for column, text in enumerate(row, start=1):
            sheet.cell(number, column, text)
    written = io.BytesIO()
    book.save(written)
    page.get_by_text("用 Excel 登记").click() if not page.locator("#form[open]").count() else None
    page.locator("#t-file").set_input_files({"name": "谈话.xlsx", "mimeType": "", "buffer": written.getvalue()})
    page.get_by_role("button", name="交回表格").click()


def test_a_secretary_records_his_talks_by_ticking_them(enter: Enter) -> None:
    """On a phone, without a script; a wrong row comes back with what was written, and nothing was taken."""
    page = enter("secretary", script=False, width=390)
    page.goto(TALKS)
    expect(page.locator("#missing .count")).to_have_text("27")
    page.locator("#t-on").fill("2020-01-01")
    page.locator("#t-place").fill("书记办公室")
    for post in range(2, 8):
        page.locator(f'input[name="did:01-0{post}"]').check()
    page.locator('input[name="commitments:01-02"]').fill("每月下村两次")
    page.get_by_role("button", name="登记谈话").click()
    expect(page.locator(".talk-row .fault").first).to_contain_text("早于活动启动日")
    expect(page.locator('input[name="commitments:01-02"]')).to_have_value("每月下村两次")
    page.locator("#t-on").fill(DAY)
    page.get_by_role("button", name="登记谈话").click()
    expect(page.locator(".notice.ok")).to_contain_text("登记了 6 条谈话")
    expect(page.locator("#missing .count")).to_have_text("21")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_problem_that_was_named_in_a_talk_leads_to_its_item_and_the_item_back_to_the_talk(
    enter: Enter, stack: Stack
) -> None:
    """Forward and back by clicks; whoever may not see the talk is not led to it."""
    liaison = stack.person("liaison", grant("liaison", "unit", UNIT))
    talk_id = liaison.get("intake", "/talks", campaign=CAMPAIGN, unit=UNIT)["rows"][0]["talk_id"]
    found = {"campaign": CAMPAIGN, "unit": UNIT, "key": "t1", "source": "talk", "talk_id": talk_id, "problem": "下村少"}
    waiting = liaison.post("rectification", "/findings", found)["candidate_id"]
    page = enter("secretary", width=390)
    page.goto(f"{TALKS}#{talk_id}")
    talk = page.locator(f'[id="{talk_id}"]')
    talk.get_by_role("link", name="待处理").click()
    expect(page.locator(".candidate")).to_contain_text("下村少")
    item = {"key": "p01", "source": "talk", "candidate": waiting, "category": "phased", "problem": "班子成员下村少"}
    liaison.post("rectification", "/items", {"campaign": CAMPAIGN, "unit": UNIT, **item})
    page.goto(TALKS)
    talk.get_by_role("link", name="台账第 1 号").click()
    expect(page.locator("#chain")).to_contain_text("下村少")
    page.locator("#chain").get_by_role("link", name="谈心谈话").click()
    page.wait_for_url(f"**{TALKS}#{talk_id}")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_other_side_finds_it_in_the_day_s_work_and_confirms_by_a_click(enter: Enter) -> None:
    """And sees nobody else's talks."""
    page = enter("member")
    page.get_by_role("link", name="1 条等您确认").click()
    expect(page.locator("#to-confirm").locator("xpath=..")).to_contain_text("每月下村两次")
    page.get_by_role("button", name="确认", exact=True).click()
    expect(page.locator(".notice.ok")).to_contain_text("已确认 1 条")
    expect(page.locator(".line > li")).to_have_count(1)
    assert page.locator("#matrix").count() == 0
    assert page.faults == []  # type: ignore[attr-defined]


def test_a_table_from_excel_is_taken_once_and_every_fault_is_told_by_its_cell(enter: Enter) -> None:
    """Days as people write them, full-width digits too; handed in again it changes nothing."""
    page = enter("liaison")
    hand_in(page, [["02 班子成员2", "03 班子成员3", "6月31日", "", ""], ["无此岗位", "股长", DAY, "", ""]])
    faults = page.locator("#form .notice.bad li")
    expect(faults.nth(0)).to_contain_text("C60")
    expect(faults.nth(1)).to_contain_text("A61")
    hand_in(page, [["02 班子成员2", "09 没有", DAY, "", ""]])
    expect(page.locator("#form .notice.bad li")).to_contain_text("B60")
    full_width = DAY.translate({ord(str(digit)): 0xFF10 + digit for digit in range(10)}).replace("-", "/")
    rows = [
        ["02 班子成员2", "03 班子成员3", full_width, "会议室", "互相补台，"],
        ["班子成员3", "人事股股长", DAY, "", ""],
    ]
    for told in ("登记了 2 条谈话", "2 条以前登记过"):
        hand_in(page, rows)
        expect(page.locator(".notice.ok")).to_contain_text(told)
    talk = page.locator(".line > li", has_text="人事股股长")
    talk.get_by_text("撤销").first.click()
    talk.locator('input[name="reason"]').last.fill("登记错了人")
    talk.get_by_role("button", name="撤销").click()
    expect(page.locator(".line > li", has_text="人事股股长")).to_contain_text("登记错了人")


def test_the_office_and_the_group_see_who_lacks_what(enter: Enter) -> None:
    """The group the matrix and the promises, the office only what is missing."""
    page = enter("supervisor", english=True, width=390)
    page.goto(TALKS)
    expect(page.get_by_text("每月下村两次")).to_be_visible()
    assert page.locator(".talks-matrix tbody tr").count() == 7
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    office = enter("office")
    office.goto("/talks?state=incomplete")
    office.get_by_role("link", name="青溪县农业农村局").click()
    expect(office.locator("#missing")).to_be_visible()
    assert office.locator(".talks-matrix, .line, form.talk-rows").count() == 0


def test_study_is_put_on_record_made_up_for_and_exported(enter: Enter, stack: Stack) -> None:
    """Without a script; a form that is refused keeps what was written."""
    page = enter("liaison", script=False)
    page.goto(STUDY)
    expect(page.locator(".strip")).to_contain_text("没有规定专题")
    page.locator("#on-new").fill(DAY)
    page.locator("#hours-new").fill("4")
    page.locator("#more-new").fill("典型案例通报")
    page.locator('#enter ~ form input[value="03"][type=checkbox]').uncheck()
    page.get_by_role("button", name="登记学习").click()
    expect(page.locator(".notice.bad")).to_contain_text("没有写原因")
    expect(page.locator("#more-new")).to_have_value("典型案例通报")
    page.locator('#enter ~ form input[name="reason-03"]').fill("因公出差")
    page.get_by_role("button", name="登记学习").click()
    expect(page.locator(".notice.ok")).to_contain_text("学习已登记")
    page.goto("/today")
    page.get_by_role("link", name="班子成员3", exact=True).click()
    page.get_by_text("登记补学").first.click()
    page.locator('input[name="on"][min]').fill(clock.today())
    page.get_by_role("button", name="登记补学").click()
    expect(page.locator(".notice.ok")).to_contain_text("补学已登记")
    book = openpyxl.load_workbook(io.BytesIO(page.request.get(f"{STUDY}.xlsx").body()))
    lines = [[cell.value for cell in row] for row in book.worksheets[0].iter_rows(min_row=2)]
    assert [line[5:] for line in lines][2] == ["缺", "因公出差", clock.today(), 4]
