"""Handing in by hurried people: progress, a connection that breaks, signing, the receipt."""

from playwright.sync_api import FilePayload, Page, expect

from tests.browser.conftest import MEETING, Enter
from tests.intake.corpus import png
from tests.stack import MATERIALS, Stack

OUTLINE = f"{MEETING}.speech_outline.07"
FILE = MATERIALS / "docx" / "so-12.docx"


def test_a_broken_connection_leaves_the_form_filled_and_the_second_try_is_one_version(enter: Enter) -> None:
    """Nothing is typed or chosen again, and what did arrive is not taken in twice."""
    page = enter("liaison")
    page.goto(f"/materials/{OUTLINE}")
    expect(page.locator("section", has=page.locator("#next"))).to_contain_text("全文不超过 3000 字")
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


OWN = f"{MEETING}.speech_outline.02"


def test_an_author_signs_while_handing_in_and_the_secretary_finds_it_on_todays_page(enter: Enter, stack: Stack) -> None:
    """Uploading alone signs nothing; a wrong password says so where it was typed; then it goes to be read."""
    member = enter("member")
    member.goto(f"/materials/{OWN}")
    member.locator("#file").set_input_files(FILE)
    member.locator("#password").fill(stack.accounts["member"])
    member.get_by_role("button", name="提交").click()
    expect(member.locator(".notice.ok").first).to_contain_text("签字齐全后生效")
    page = enter("secretary")
    page.locator("#sign-1").locator("xpath=..").get_by_role("link").first.click()
    page.locator("#sign-password").fill("not my password")
    page.get_by_role("button", name="签字确认").click()
    expect(page.get_by_role("alert")).to_contain_text("密码不对")
    page.locator("#sign-password").fill(stack.accounts["secretary"])
    page.get_by_role("button", name="签字确认").click()
    expect(page.locator(".notice.ok").first).to_contain_text("签字已齐")
    expect(page.locator("h1 + p .chip")).to_have_text("待督导组审阅")


def test_a_page_signed_on_paper_is_recorded_by_the_liaison_and_confirmed_by_the_secretary(
    enter: Enter, stack: Stack
) -> None:
    """For who has no account."""
    outline = f"{MEETING}.speech_outline.05"
    unit = enter("liaison")
    unit.goto(f"/materials/{outline}")
    unit.locator("#file").set_input_files(FILE)
    unit.get_by_role("button", name="提交").click()
    unit.get_by_text("没有账号的，登记纸质签字").click()
    picture: FilePayload = {"name": "签字页.png", "mimeType": "image/png", "buffer": png()}
    unit.locator("#paper-file").set_input_files(picture)
    unit.locator("#paper-reason").fill("本人没有账号")
    unit.get_by_role("button", name="登记签字页").click()
    expect(unit.locator(".notice.ok").first).to_contain_text("等待核对确认")
    page = enter("secretary")
    page.goto(f"/materials/{outline}")
    page.locator("#paper-password-1").fill(stack.accounts["secretary"])
    page.get_by_role("button", name="确认纸质签字").click()
    expect(page.locator(".notice.ok").first).to_contain_text("纸质签字已确认")


def test_a_version_is_taken_back_and_an_earlier_one_brought_back_on_the_page(enter: Enter, stack: Stack) -> None:
    """With a reason each; what was taken back stays to be seen."""
    page = enter("liaison")
    page.goto(f"/materials/{OUTLINE}")
    page.get_by_text("撤回这一版").click()
    page.locator("#withdraw-reason").fill("误传")
    page.get_by_role("button", name="撤回", exact=True).click()
    expect(page.locator("h1 + p .chip")).to_have_text("已撤回")
    expect(page.locator("section.version").first).to_contain_text("误传")
    page.locator("#note").fill("撤回有误")
    page.get_by_text("不选文件，恢复以前的版本").click()
    page.get_by_role("button", name="以所选版本提交第 2 版").click()
    expect(page.locator(".notice.ok").first).to_contain_text("第 2 版已收到")
    expect(page.locator("section.version").first).to_contain_text("恢复自第 1 版")
