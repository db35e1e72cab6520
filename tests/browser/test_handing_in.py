"""Handing in by hurried people: progress, a connection that breaks, the receipt."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import MEETING, Enter
from tests.stack import MATERIALS

OUTLINE = f"{MEETING}.speech_outline.07"
FILE = MATERIALS / "docx" / "so-12.docx"


def test_a_broken_connection_leaves_the_form_filled_and_the_second_try_is_one_version(enter: Enter) -> None:
    """Nothing is typed or chosen again, and what did arrive is not taken in twice."""
    page = enter("liaison")
    page.goto(f"/materials/{OUTLINE}")
    page.locator("#file").set_input_files(FILE)
    page.locator("#note").fill("初稿")
    page.route("**/versions", lambda route: route.abort())
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_role("alert")).to_contain_text("连接中断")
    expect(page.locator("#note")).to_have_value("初稿")
    page.unroute("**/versions")
    page.get_by_role("button", name="提交").click()
    expect(page.locator(".notice.ok").first).to_contain_text("第 1 版已收到")
    assert page.faults == []  # type: ignore[attr-defined]


def test_a_refused_file_leaves_what_was_written_beside_the_reason(enter: Enter) -> None:
    """The file is what was wrong, not the rest."""
    page = enter("liaison")
    page.goto(f"/materials/{MEETING}.speech_outline.06")
    page.locator("#file").set_input_files(MATERIALS / "hostile" / "oa-export.docx")
    page.locator("#note").fill("第一稿")
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_role("alert")).to_contain_text("与扩展名不符")
    expect(page.locator("#note")).to_have_value("第一稿")
    expect(page.get_by_role("button", name="提交")).to_be_enabled()


def test_each_version_has_a_receipt_at_an_address_that_stays(enter: Enter) -> None:
    """Number, time, hash, size and who, to print."""
    page: Page = enter("liaison", width=390, english=True)
    page.goto(f"/materials/{OUTLINE}")
    page.get_by_role("link", name="Receipt").click()
    expect(page).to_have_url(f"{page.url.split('/materials')[0]}/materials/{OUTLINE}/versions/1/receipt")
    for told in (f"{OUTLINE}.v1", "so-12.docx", "liaison", "SHA-256"):
        expect(page.locator("article")).to_contain_text(told)
