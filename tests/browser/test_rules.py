"""The office tries changed rules at a browser: what is in use, what would change, and that nothing does."""

import io
import json
import re

import openpyxl
import pytest
from playwright.sync_api import FilePayload, Page, expect

from services.review import rules
from tests.browser.conftest import MEETING, Enter
from tests.stack import CAMPAIGN, Stack, document, grant

OUTLINE = f"{MEETING}.speech_outline.02"
PASSED = {code: {"passed": True} for code in ("problems", "examples", "persuasion", "causes", "measures")}


@pytest.fixture(scope="module", autouse=True)
def judged(stack: Stack) -> None:
    """One outline that people passed although its measures were pointed out, and one that nobody has judged."""
    liaison = stack.person("liaison", grant("liaison", "unit", "990823-NYNC"))
    liaison.hand_in(OUTLINE, "so-02.md", document("so-02.md"))
    liaison.hand_in(OUTLINE.replace(".02", ".03"), "so-01.txt", document("so-01.txt"))
    stack.settled()
    supervisor = stack.person("supervisor", grant("supervisor", "group", "G4"))
    supervisor.post("review", f"/reviews/{OUTLINE}.v1/verdict", {"standards": PASSED})


def changed(**limits: object) -> FilePayload:
    """The file of measures with other limits, as somebody saved it."""
    content = json.loads((rules.HERE / "measures.json").read_text("utf-8"))
    content |= {"version": 3, "limits": {**content["limits"], **limits}}
    return payload(json.dumps(content, ensure_ascii=False).encode("utf-8-sig"))


def payload(data: bytes, name: str = "measures.json") -> FilePayload:
    """A file as a browser sends it."""
    return {"name": name, "mimeType": "application/json", "buffer": data}


def tried(page: Page, *files: FilePayload) -> None:
    """Upload files and try them."""
    page.goto("/rules")
    page.locator("#file").set_input_files(list(files))
    page.get_by_role("button", name="试算", exact=True).click()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_what_is_in_use_is_downloaded_changed_and_tried(enter: Enter, script: bool) -> None:
    """From the menu to the comparison; the page says that nothing was put into use."""
    page = enter("office", script=script, width=1440)
    page.get_by_role("link", name="预审规则").click()
    expect(page.get_by_text(f"版本 {rules.present().version}")).to_be_visible()
    expect(page.locator("main")).to_contain_text("启用由运维人员来做")
    with page.expect_download() as download:
        page.locator('a[download="measures.json"]').click()
    assert download.value.path().read_bytes() == (rules.HERE / "measures.json").read_bytes()

    tried(page, changed(share=1.5, share_own=1.5))
    expect(page.locator(".notice.ok").first).to_contain_text("在用的规则没有改动")
    expect(page.locator(".estimate")).to_contain_text("比对 2 份，1 份有变化")
    expect(page.locator(".estimate")).to_contain_text("更近")
    measures = page.locator("#totals ~ div tbody tr").last
    expect(measures).to_contain_text("1 → 0")
    row = page.locator("#rows ~ div tbody tr")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("（只提示）")
    row.get_by_role("link").click()
    expect(page).to_have_url(re.compile(f"/reviews/{re.escape(OUTLINE)}.v1$"))
    assert page.faults == []  # type: ignore[attr-defined]


def test_the_rows_are_filtered_and_exported_as_they_are_shown(enter: Enter) -> None:
    """By what changed and by standard; where nothing is left the page says so."""
    page = enter("office", script=False)
    tried(page, changed(share=1.5, share_own=1.5))
    rows = page.locator("#rows ~ div tbody tr")
    page.get_by_role("link", name=re.compile("^全部")).click()
    expect(rows).to_have_count(2)
    expect(rows.last).to_contain_text("没有结论")
    page.get_by_role("link", name=re.compile("^与人更远")).click()
    expect(page.locator("main")).to_contain_text("没有这样的材料")
    expect(page.get_by_role("link", name="导出 Excel")).to_have_count(0)
    page.get_by_role("link", name=re.compile("^与人更近")).click()
    page.locator("#f-standard").select_option("measures")
    page.get_by_role("button", name="筛选").click()
    expect(rows).to_have_count(1)
    with page.expect_download() as download:
        page.get_by_role("link", name="导出 Excel").click()
    sheet = openpyxl.load_workbook(io.BytesIO(download.value.path().read_bytes())).worksheets[0]
    assert [[cell.value for cell in row][4:10] for row in sheet.iter_rows(min_row=2)] == [
        ["说服力不强、措施不实", "说服力不强", sheet["G2"].value, "通过", "更近", f"{OUTLINE}.v1"],
    ]
    assert "measures" not in sheet["G2"].value and "（只提示）" in sheet["G2"].value


def test_the_same_files_sent_twice_are_one_trial(enter: Enter) -> None:
    """And what was tried is found again among the recent ones."""
    page = enter("office", script=False, width=390)
    addresses = []
    for _ in range(2):
        tried(page, changed(link=0.99))
        expect(page.locator(".estimate")).to_be_visible()
        addresses.append(page.url)
    page.goto("/rules")
    assert addresses[0] == addresses[1]
    assert page.locator(f'a[href$="{addresses[0].rpartition("/")[2]}"]').count() == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_faults_are_shown_by_file_and_key_and_kept(enter: Enter) -> None:
    """All at once, also what is no text; in English too."""
    page = enter("office", english=True)
    page.goto("/rules")
    page.locator("#file").set_input_files([changed(share="x"), payload(b"{}", "nobody.json")])
    page.get_by_role("button", name="Try", exact=True).click()
    faults = page.locator("main table").first.locator("tbody tr")
    expect(faults).to_have_count(2)
    expect(faults.first).to_contain_text("limits/share")
    expect(faults.last).to_contain_text("nobody.json")
    page.goto("/rules")
    page.locator("#recent ~ ul a").first.click()
    expect(page.locator("main table tbody tr")).to_have_count(2)
    for files in ([payload("尽快".encode("gb18030"))], [changed(), changed()]):
        page.goto("/rules")
        page.locator("#file").set_input_files(files)
        page.get_by_role("button", name="Try", exact=True).click()
        expect(page.locator("main table").first).to_contain_text("measures.json")
        expect(page.locator(".notice.bad")).to_be_visible()


def test_a_file_that_is_too_large_comes_back_with_the_reason(enter: Enter) -> None:
    """The form is there again."""
    page = enter("office", script=False)
    tried(page, payload(b" " * 12_000_000))
    expect(page.locator(".notice.bad")).to_contain_text("10 MB")
    expect(page.locator("#file")).to_be_visible()


def test_the_page_of_a_trial_that_runs_shows_its_result_by_itself(enter: Enter, stack: Stack) -> None:
    """It waits; one that broke off is told as such."""
    page = enter("office")
    tried(page, changed(share=1.4, share_own=1.4))
    expect(page.locator(".estimate")).to_be_visible()
    trial_id, trials = page.url.rpartition("/")[2], stack.database("review").trials
    trials.update_one({"_id": trial_id}, {"$set": {"state": "running"}})
    page.reload()
    expect(page.locator("main")).to_contain_text("正在试算，最多一分钟")
    trials.update_one({"_id": trial_id}, {"$set": {"state": "done"}})
    expect(page.locator(".estimate")).to_be_visible()
    trials.update_one({"_id": trial_id}, {"$set": {"state": "running", "at": "2026-01-01T00:00:00.000Z"}})
    page.reload()
    expect(page.locator("main")).to_contain_text("这次试算中断了")


@pytest.mark.parametrize("login", ["supervisor", "liaison", "member", "system"])
def test_nobody_else_finds_the_page(enter: Enter, login: str) -> None:
    """Neither in the menu nor by its address."""
    page = enter(login)
    expect(page.get_by_role("link", name="预审规则")).to_have_count(0)
    for address in ("/rules", "/rules/files/measures.json", "/rules/trials/0000000000000000"):
        assert page.request.get(address).status == 403, address


def test_where_nothing_was_handed_in_there_is_nothing_to_compare(enter: Enter, stack: Stack) -> None:
    """A trial in such a campaign ends with that."""
    office = stack.person("office", grant("office", "campaign", CAMPAIGN))
    text = changed(link=0.5)["buffer"].decode("utf-8-sig")
    trial = office.post("review", "/rules/trials", {"files": {"measures.json": text}, "campaign": CAMPAIGN})
    stack.database("review").trials.update_one({"_id": trial["trial_id"]}, {"$set": {"examined": 0, "rows": []}})
    page = enter("office")
    page.goto(f"/rules/trials/{trial['trial_id']}")
    expect(page.locator("main")).to_contain_text("没有可以比对的材料")
