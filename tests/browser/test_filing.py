"""After the meeting at browsers: minutes signed by recorder and host, an addendum, a report receipted, the package."""

import io
import zipfile

import openpyxl
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import MEETING
from tests.intake.corpus import png

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
MINUTES, REPORT = f"{MEETING}.minutes.team", f"{MEETING}.meeting_report.team"


@pytest.fixture(scope="module")
def minutes(stay, stack):
    """Minutes that the liaison uploaded and signed as recorder, the secretary as host; and a report."""
    liaison, secretary = stay("liaison"), stay("secretary", width=390)
    liaison.goto(f"/materials/{MINUTES}")
    liaison.locator("#file").set_input_files({"name": "会议记录.pdf", "mimeType": "", "buffer": PDF})
    liaison.locator("#password").fill(stack.accounts["liaison"])
    liaison.get_by_role("button", name="提交", exact=True).click()
    expect(liaison.locator("section[aria-labelledby=sign]")).to_contain_text("主持人")
    secretary.goto("/today")
    expect(secretary.locator("main")).to_contain_text("请您签字")
    secretary.goto(f"/materials/{MINUTES}")
    secretary.locator("#sign-password").fill(stack.accounts["secretary"])
    secretary.get_by_role("button", name="签字确认").click()
    expect(secretary.locator("main")).to_contain_text("不再接收新版")
    liaison.goto(f"/materials/{REPORT}")
    liaison.locator("#file").set_input_files({"name": "报告.pdf", "mimeType": "", "buffer": PDF})
    liaison.get_by_role("button", name="提交", exact=True).click()
    expect(liaison.locator(".head .chip")).to_have_text("已收到")
    return liaison, secretary


def test_a_locked_record_takes_an_addendum_that_both_sign(minutes, stack):
    liaison, secretary = minutes
    liaison.goto(f"/materials/{MINUTES}")
    expect(liaison.locator("section[aria-labelledby=next]")).to_have_count(0)
    liaison.locator("section[aria-labelledby=addenda] summary").click()
    liaison.locator("#addendum-text").fill("第四项第二条批评人应为周敏")
    liaison.locator("#addendum-reason").fill("记录时写错了姓名")
    liaison.locator("section[aria-labelledby=addenda] button", has_text="登记补正").click()
    for page, login in ((liaison, "liaison"), (secretary, "secretary")):
        page.goto("/today")
        page.locator("section[aria-labelledby^=sign]").get_by_role("link", name="会议记录").click()
        page.locator("#addendum-password-1").fill(stack.accounts[login])
        page.locator("#addendum-1").get_by_role("button", name="签字确认").click()
    expect(secretary.locator("#addendum-1 .chip")).to_have_text("已签字")
    assert liaison.faults == secretary.faults == []


def test_an_addendum_signed_on_paper_is_recorded_by_the_liaison_and_confirmed_by_the_office(minutes, enter, stack):
    liaison, _ = minutes
    liaison.goto(f"/materials/{MINUTES}")
    liaison.get_by_text("登记补正", exact=True).first.click()
    liaison.locator("#addendum-text").fill("地点应为二楼会议室")
    liaison.locator("#addendum-reason").fill("写错地点")
    liaison.locator("section[aria-labelledby=addenda] button", has_text="登记补正").click()
    liaison.locator("#addendum-2 summary").click()
    liaison.locator("#addendum-paper-2-role").select_option("secretary")
    liaison.locator("#addendum-paper-2-file").set_input_files({"name": "签字页.png", "mimeType": "", "buffer": png()})
    liaison.locator("#addendum-paper-2-reason").fill("主持人外出")
    liaison.get_by_role("button", name="登记签字页").click()
    expect(liaison.locator("#addendum-2")).to_contain_text("主持人的纸质签字页")
    expect(liaison.get_by_role("button", name="确认纸质签字")).to_have_count(0)
    office = enter("office")
    office.goto(f"/materials/{MINUTES}")
    office.locator("#addendum-paper-2-password-1").fill(stack.accounts["office"])
    office.get_by_role("button", name="确认纸质签字").click()
    expect(office.locator("#addendum-2")).to_contain_text("还差签字：记录人")
    assert liaison.faults == office.faults == []


def test_the_office_records_a_receipt_and_the_list_says_who_still_owes_one(minutes, enter):
    office = enter("office")
    office.goto(f"/materials/{REPORT}")
    office.get_by_text("登记签收或退回").click()
    office.locator("#r-name").fill("何敏")
    office.get_by_role("button", name="退回", exact=True).click()
    expect(office.locator("main [role=alert]")).to_contain_text("退回要写明原因")
    office.get_by_role("button", name="登记签收").click()
    expect(office.locator("main .rows .chip.ok", has_text="已签收")).to_have_count(1)
    office.goto("/filing?missing=minutes")
    expect(office.locator("table tbody tr")).to_have_count(1)


def test_the_list_is_handed_in_and_the_package_downloads(minutes):
    liaison, _ = minutes
    liaison.goto(f"/meetings/{MEETING}")
    liaison.get_by_role("link", name="归档清单和归档包").click()
    expect(liaison.locator("tbody .chip.bad").first).to_have_text("缺少")
    liaison.get_by_role("button", name="按此提交归档清单").click()
    expect(liaison.locator("main")).to_contain_text("归档清单已提交（第 1 版）")
    book = openpyxl.load_workbook(io.BytesIO(liaison.request.get(f"/meetings/{MEETING}/filing.xlsx").body()))
    assert book.worksheets[0]["A1"].value == "民主生活会材料归档清单"
    with liaison.expect_download() as coming:
        liaison.get_by_role("link", name="下载归档包").click()
    assert "M09 会议记录/补正1.json" in zipfile.ZipFile(coming.value.path()).namelist()
    liaison.reload()
    expect(liaison.locator("section[aria-labelledby=package]")).to_contain_text("已下载 1 次")


@pytest.mark.parametrize(("width", "english"), [(1440, False), (390, False), (1440, True), (390, True)])
def test_nothing_runs_over_the_edge(minutes, enter, width, english):
    page = enter("office", width=width, english=english)
    for address in (f"/meetings/{MEETING}/filing", f"/materials/{MINUTES}", f"/materials/{REPORT}", "/filing"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), address
    assert page.faults == []
