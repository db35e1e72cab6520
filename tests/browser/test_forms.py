"""A form filled in at a browser: on a telephone, with what is wrong at its place, and without script."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import MEETING
from tests.intake.test_own_templates import word

PLAN = f"/materials/{MEETING}.meeting_plan.team"


def press(page: Page, what: str) -> None:
    """Press one of the two buttons below the form."""
    page.locator(f".send-bar button[value={what}]").click()


def fits(page: Page) -> bool:
    """Whether nothing runs over the edge."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))


def test_a_plan_is_filled_in_on_a_telephone_mended_and_handed_in(enter, stack):
    """What is wrong stands on top and at its entry; what was typed stays; the receipt is on the material's page."""
    page = enter("liaison", width=390)
    page.goto(PLAN)
    page.get_by_role("link", name="在线填写").click()
    expect(page.locator("[name='/starts_at']")).to_have_value("09:00")
    page.locator("[name='/meeting_on']").fill("２０２４年6月31日")
    page.locator("[name='/place']").fill("局三楼会议室")
    page.locator("[name='/contact/phone']").fill("电话")
    assert fits(page)
    press(page, "hand_in")
    page.locator(".notice.bad a", has_text="只有 30 天").click()
    expect(page.locator("[name='/meeting_on']")).to_be_focused()
    expect(page.locator("[name='/place']")).to_have_value("局三楼会议室")
    assert fits(page)

    page.locator("[name='/meeting_on']").fill("2024年1月9日")
    page.locator("[name='/host']").fill("王建国")
    page.locator("[name='/agenda']").fill("通报上年整改情况\n\n班子对照检查\n逐人对照检查和相互批评")
    page.locator("[name='/contact/name']").fill("林晓")
    page.reload()
    page.get_by_role("button", name="接着填").click()
    expect(page.locator("[name='/host']")).to_have_value("王建国")
    page.locator("[name='/contact/phone']").fill("0597-1234567")
    press(page, "check")
    expect(page.locator(".notice.ok")).to_contain_text("没有发现要改的地方")
    press(page, "hand_in")
    expect(page.locator(".notice.ok").first).to_contain_text("meeting_plan.team.v1")
    page.get_by_role("link", name="看填写的内容").click()
    expect(page.locator("article.paper")).to_contain_text("2024年1月9日")
    expect(page.locator("article.paper")).to_contain_text("王建国")
    assert fits(page)
    page.goto(f"{PLAN}/form")
    expect(page.locator("[data-offer]")).to_be_hidden()
    expect(page.locator("[name='/agenda']")).to_have_value("通报上年整改情况\n班子对照检查\n逐人对照检查和相互批评")
    assert [fault for fault in page.faults if "422" not in fault] == []


def test_rows_and_sections_come_without_script(enter):
    """A row more and a row less are buttons that show the form again; a fact that is ticked shows its section."""
    page = enter("member", width=390, script=False)
    page.goto(f"/materials/{MEETING}.speech_outline.02/form")
    page.locator("[name='/opening']").fill("会前学习了四天")
    page.locator("[name='/facts/inquiries']").check()
    page.get_by_role("button", name="按勾选显示要填的部分").click()
    page.locator("[name='/inquiries/0/by']").fill("县纪委")
    page.locator("button[value='add:/inquiries']").click()
    page.locator("[name='/inquiries/1/by']").fill("县委组织部")
    page.locator("button[value='less:/inquiries/0']").click()
    expect(page.locator("[name='/inquiries/0/by']")).to_have_value("县委组织部")
    expect(page.locator("[name='/opening']")).to_have_value("会前学习了四天")
    assert fits(page)


def test_only_who_hands_in_fills_in(enter):
    page = enter("supervisor")
    assert page.goto(f"{PLAN}/form").status == 403
    member = enter("member")
    assert member.goto(f"/materials/{MEETING}.speech_outline.01/form").status in (403, 404)


def test_templates_are_looked_at_and_taken_away(enter):
    """The template of a material on a page and as Word; all of a unit's from the meeting's page."""
    page = enter("liaison", width=390)
    page.goto(PLAN)
    if page.locator("details.another").count():
        page.locator("details.another > summary").click()
    page.get_by_role("link", name="预览").click()
    expect(page.locator("article.paper")).to_contain_text("【请填写：会议地点】")
    assert fits(page)
    with page.expect_download() as word:
        page.get_by_role("link", name="下载 Word").click()
    assert word.value.suggested_filename == "会议方案（参考模板）.docx"
    page.goto(f"/meetings/{MEETING}")
    with page.expect_download() as package:
        page.get_by_role("link", name="下载全部参考模板").click()
    assert package.value.suggested_filename.endswith("参考模板.zip")


def test_the_office_puts_a_template_in_use_sees_it_filled_in_and_takes_it_away(enter):
    """What is wrong in it is told with what would be right; units get it while it stands."""
    office, member = enter("office", width=390), enter("member")
    office.goto("/campaigns")
    office.get_by_role("link", name="活动模板").click()
    office.get_by_role("link", name="个人发言提纲").click()
    for places in ("{单位}发言提纲", "{单位名称}发言提纲"):
        office.locator("#file").set_input_files({"name": "提纲.docx", "mimeType": "", "buffer": word(places)})
        office.locator("#note").fill("新版式")
        office.get_by_role("button", name="上传并启用").click()
        if places.startswith("{单位}"):
            expect(office.locator("main [role=alert]")).to_contain_text("“{单位}”不是可用的占位，可以写 {单位名称}")
    expect(office.locator("article.paper")).to_have_text("青溪县农业农村局发言提纲")
    assert fits(office)
    member.goto(f"/materials/{MEETING}.speech_outline.02/template")
    expect(member.locator("article.paper")).to_have_text("青溪县农业农村局发言提纲")
    office.get_by_text("撤下，恢复系统模板").click()
    office.locator("#reason").fill("改用统一模板")
    office.get_by_role("button", name="撤下", exact=True).click()
    expect(office.locator(".head .chip")).to_have_text("系统模板")
    member.reload()
    expect(member.locator("main")).to_contain_text("只作参考")
    assert member.goto(office.url).status == 403
