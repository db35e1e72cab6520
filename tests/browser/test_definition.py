"""The office changes a running campaign at a browser: draft, conflict, faults, preview, publication, versions."""

import io
import re
import time
import zipfile

from playwright.sync_api import FilePayload, Page, expect

from tests.browser.conftest import MEETING, Enter
from tests.stack import CAMPAIGN, Stack, grant, wait_until

DEFINITION = f"/campaigns/{CAMPAIGN}/definition"


def save(page: Page, part: str, **typed: str) -> None:
    """Type into a part of the draft and save it."""
    page.goto(f"{DEFINITION}/{part}")
    for name, text in typed.items():
        page.locator(f'[name="/{name}"]').fill(text)
    page.get_by_role("button", name="保存到草稿").last.click()


def test_a_draft_is_edited_by_two_previewed_and_published(enter: Enter, stack: Stack) -> None:
    """What the second typed is kept; faults stand at their entries; a published version is in force for the units, and
    while one of two stands on it (somebody else is at it, it seems) the page shows half a bar and waits."""
    stack.enrol("office2", grant("office", "campaign", CAMPAIGN))
    mine, theirs = enter("office"), enter("office2", width=390)
    theirs.goto(f"{DEFINITION}/basics")

    save(mine, "basics", all_meetings_held_by="soon")
    expect(mine.locator("#f-all_meetings_held_by-fault")).to_contain_text("应是日期")
    mine.locator('[name="/all_meetings_held_by"]').fill("2099年1月20日")
    mine.get_by_role("button", name="保存到草稿").last.click()
    expect(mine.locator("main")).to_contain_text("2099年1月20日")

    theirs.locator('[name="/office"]').fill("另一个办公室")
    theirs.get_by_role("button", name="保存到草稿").last.click()
    expect(theirs.locator(".notice.bad")).to_contain_text("office 已于")
    expect(theirs.locator(".notice.bad")).to_contain_text("全部会议完成日期")
    expect(theirs.locator('[name="/office"]')).to_have_value("另一个办公室")

    mine.get_by_role("button", name="预览对各单位的影响").click()
    expect(mine.get_by_role("heading", name="发布为第 2 版")).to_be_visible()
    expect(mine.locator(".tabs [aria-current=page]")).to_contain_text("2")
    with mine.expect_download() as download:
        mine.get_by_role("link", name="导出 Excel").click()
    assert zipfile.is_zipfile(io.BytesIO(download.value.path().read_bytes()))
    mine.get_by_role("button", name="重新计算").click()
    expect(mine.get_by_role("heading", name="发布为第 2 版")).to_be_visible(timeout=20000)
    mine.get_by_label("原因").fill("市委决定推迟")
    mine.get_by_role("button", name="发布", exact=True).click()
    expect(mine.locator(".notice.ok")).to_contain_text("第 2 版已发布")
    works, second = stack.database("registry").versions, {"campaign": CAMPAIGN, "version": 2}
    wait_until(lambda: works.find_one({**second, "state": "done"}))
    works.update_one(second, {"$set": {"state": "running", "after": MEETING, "worked": 1, "until": time.time() + 3600}})
    mine.reload()
    bar = mine.get_by_role("progressbar", name="进度")
    expect(bar).to_have_js_property("position", 0.5)
    expect(mine.locator("[data-wait]")).to_contain_text(re.compile("第 2 版正在为各单位重新排期.* 1 / 2"))
    works.update_one(second, {"$set": {"until": 0}})
    expect(bar).to_have_count(0)

    mine.goto(f"/meetings/{MEETING}")
    expect(mine.locator("#history").locator("xpath=..")).to_contain_text("市委决定推迟")
    mine.get_by_role("link", name="第 2 版").click()
    expect(mine.locator("main")).to_contain_text("全部会议完成日期")
    assert not mine.faults and not theirs.faults  # type: ignore[attr-defined]


def test_a_folder_goes_out_and_comes_in_again_with_its_faults_in_a_table(enter: Enter) -> None:
    """Three files at once, one of them spoilt; put right it is looked over and changes nothing."""
    page = enter("office")
    page.goto(f"/campaigns/{CAMPAIGN}")
    with page.expect_download() as download:
        page.get_by_role("link", name="导出文件夹").click()
    with zipfile.ZipFile(download.value.path()) as packed:
        files = {name: packed.read(name) for name in packed.namelist()}

    spoilt = {**files, "units.csv": files["units.csv"].replace(b",county,", b",country,", 1)}
    for given, told in ((spoilt, "units.csv"), (files, "没有错误：2 个单位")):
        page.goto("/campaign-folder")
        sent: list[FilePayload] = [{"name": name, "mimeType": "text/plain", "buffer": given[name]} for name in given]
        page.locator("#file").set_input_files(sent)
        page.get_by_role("button", name="只核对").click()
        expect(page.locator("main")).to_contain_text(told)
        expect(page.get_by_role("cell", name="level")).to_have_count(int(given is spoilt))


def test_last_years_campaign_is_copied_on_its_page(enter: Enter, stack: Stack) -> None:
    """The code the office has a role for stands there; a day that is wrong is told at its field and nothing typed is
    lost; pressed twice there is one campaign, with its units, to be looked over and opened."""
    stack.enrol("both", *(grant("office", "campaign", code, code) for code in (CAMPAIGN, "minchuan-2099")))
    page = enter("both")
    page.goto(f"/campaigns/{CAMPAIGN}")
    page.get_by_role("link", name="复制活动").click()
    expect(page.locator("#campaign_code")).to_have_value("minchuan-2099")
    page.locator("#title").fill("2099年度民主生活会")
    page.locator("#opens_on").fill("2099-12-01")
    page.locator("#held_by").fill("2099-11-01")
    page.get_by_role("button", name="复制", exact=True).click()
    expect(page.locator("#held_by-fault")).to_be_visible()
    expect(page.locator("#title")).to_have_value("2099年度民主生活会")
    page.locator("#held_by").fill("")
    page.get_by_role("button", name="复制", exact=True).dblclick()
    expect(page.locator(".notice.ok")).to_have_text("已复制，请核对定义后启动。")
    expect(page).to_have_url(re.compile("/campaigns/minchuan-2099$"))
    expect(page.locator("h1")).to_have_text("2099年度民主生活会")
    expect(page.get_by_role("button", name="启动活动")).to_be_visible()
    page.locator(".strip").get_by_role("link", name="2", exact=True).click()
    expect(page.locator("tbody tr")).to_have_count(2)
    assert not page.faults  # type: ignore[attr-defined]


def test_a_unit_finds_no_way_to_the_definition(enter: Enter) -> None:
    """Neither link nor page."""
    page = enter("secretary")
    page.goto(f"/campaigns/{CAMPAIGN}")
    expect(page.get_by_role("link", name=re.compile("定义|版本|文件夹"))).to_have_count(0)
    for path in (DEFINITION, f"{DEFINITION}/basics", f"/campaigns/{CAMPAIGN}/versions", "/campaign-folder"):
        answer = page.goto(path)
        assert answer and answer.status == 403
