"""What comes in by the file: a county's zip, a unit's ledger; each is looked at first, then confirmed, then told."""

import io
import re
from pathlib import Path

import openpyxl
from playwright.sync_api import expect

from tests import parcels
from tests.browser.conftest import OTHER, UNIT, Enter
from tests.browser.test_organisations import seen
from tests.rectification.test_sheet_reading import book
from tests.stack import Stack, grant

LEDGER = Path(__file__).parents[1] / "rectification" / "ledger.csv"


def test_a_zip_is_looked_at_confirmed_and_its_result_is_there_when_one_comes_back(enter: Enter, stack: Stack) -> None:
    """On a phone in English, too; nothing is submitted before the button is pressed."""
    stack.enrol("county", grant("county_office", "region", UNIT[:6]))
    rows = [(OTHER, "speech_outline", "02", "别县.txt"), (UNIT, "criticism_list", "02", "没有.txt")]
    rows += [(UNIT, "criticism_list", post, f"{post}.txt") for post in ("03", "04")]
    data = parcels.packed(rows, {"03.txt": parcels.text(3), "04.txt": parcels.text(4)})
    page = enter("county")
    page.goto("/materials")
    page.get_by_role("link", name="批量提交").click()
    with page.expect_download() as manifest:
        page.get_by_role("button", name="下载清单").click()
    assert manifest.value.suggested_filename == "manifest.xlsx"
    page.locator("#file").set_input_files({"name": "全县.zip", "mimeType": "application/zip", "buffer": data})
    page.get_by_role("button", name="上传并核对").click()
    confirm = page.get_by_role("button", name="确认提交 2 份")
    expect(confirm).to_be_visible()
    expect(page.locator("tbody tr")).to_have_count(2)
    expect(page.locator("tbody")).to_contain_text("没有.txt")
    address = page.url
    page.goto("/materials?kind=criticism_list")
    expect(page.get_by_role("heading", name="没有符合条件的材料").or_(page.locator(".empty"))).to_be_visible()
    page.goto(address)
    confirm.click()
    expect(page.locator(".strip")).to_contain_text("已处理完")
    phone = enter("county", width=390, english=True)
    phone.goto(f"{address}?outcome=accepted")
    expect(phone.locator("tbody")).to_contain_text("criticism_list.03.v1")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    with phone.expect_download() as result:
        phone.get_by_role("link", name="Result as Excel").click()
    assert result.value.suggested_filename == "全县-result.xlsx"
    phone.goto("/lacking?kind=speech_outline")
    expect(phone.locator("tbody tr")).to_have_count(1)
    assert page.faults == [] and phone.faults == []  # type: ignore[attr-defined]


def test_a_liaison_sees_all_that_the_unit_owes_by_date_on_the_first_page(enter: Enter) -> None:
    """Before, at and after the meeting, each with its state."""
    page = enter("liaison")
    page.get_by_text(re.compile("全部应交材料")).click()
    days = page.locator("details[open] tbody time").evaluate_all("all => all.map(one => one.dateTime)")
    assert days == sorted(days) and len(days) > 15
    expect(page.locator("details[open] tbody")).to_contain_text("会议记录")


def test_a_units_own_ledger_is_looked_at_decided_cell_by_cell_and_comes_back_as_the_official_sheet(
    enter: Enter,
) -> None:
    """What is not clear waits for a word; what was changed in the official sheet is all that is written."""
    page = enter("liaison", width=1440)
    page.goto("/items")
    page.get_by_role("link", name="从表格导入").click()
    page.locator("#file").set_input_files(LEDGER)
    page.get_by_role("button", name="上传并核对").click()
    expect(page.locator(".strip")).to_contain_text("待处理的建议")
    expect(page.get_by_role("button", name="确认导入")).to_have_count(0)
    expect(page.locator("tbody")).to_contain_text("2024-02-29")
    seen(page, "ledger-waiting-zh")
    page.locator("input[name='decide:2:due_on'][value=yes]").check()
    page.get_by_role("button", name="记下本页的选择").click()
    page.get_by_role("button", name="其余全部采纳").click()
    page.get_by_role("link", name="新增问题").click()
    page.locator("tbody summary").first.click()
    seen(page, "ledger-new-zh")
    with page.expect_download() as marked:
        page.get_by_role("link", name="下载标注过的 Excel").click()
    assert marked.value.suggested_filename == "ledger-marked.xlsx"
    page.get_by_role("button", name="确认导入").click()
    expect(page.locator(".strip")).to_contain_text("已导入")
    page.get_by_role("link", name="查看台账").click()
    expect(page.locator("tbody tr")).to_have_count(6)
    with page.expect_download() as sheet:
        page.get_by_role("link", name="导出 Excel").click()
    book = openpyxl.load_workbook(io.BytesIO(sheet.value.path().read_bytes()))
    page.goto("/ledger?unreported=&category=phased&sort=due&overdue=1")
    shown = [one.split(". ", 1)[0] for one in page.locator("tbody th > a").all_inner_texts()]
    seen(page, "ledger-grid-zh")
    with page.expect_download() as some:
        page.get_by_role("link", name="导出 Excel").click()
    rows = (
        openpyxl.load_workbook(io.BytesIO(some.value.path().read_bytes())).worksheets[0].iter_rows(min_row=5, max_col=1)
    )
    assert 0 < len(shown) < 6 and [str(row[0].value) for row in rows][:-1] == shown, "what the grid shows, in its order"
    book.worksheets[0]["J5"] = "改成这样"
    out = io.BytesIO()
    book.save(out)
    page.goto("/ledger-sheets")
    page.locator("#file").set_input_files({"name": "官方台账.xlsx", "mimeType": "", "buffer": out.getvalue()})
    seen(page, "ledger-sheets-zh")
    page.get_by_role("button", name="上传并核对").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody")).to_contain_text("改成这样")
    seen(page, "ledger-changed-zh")
    phone = enter("liaison", width=390, english=True)
    phone.goto("/ledger?sort=due")
    seen(phone, "ledger-grid-en")
    phone.goto("/ledger-sheets")
    seen(phone, "ledger-sheets-en")
    phone.get_by_role("link", name="ledger.csv").click()
    for view in ("note", "new", "left_out"):
        phone.goto(f"{phone.url.split('?', maxsplit=1)[0]}?view={view}")
        seen(phone, f"ledger-{view}-en")
    assert page.faults == [] and phone.faults == []  # type: ignore[attr-defined]


def test_a_list_nobody_named_is_chosen_on_the_page_and_a_column_that_is_not_known_is_told(enter: Enter) -> None:
    """Row by row or once for all; accepting all the rest leaves it open."""
    head = ["序号", "存在的主要问题", "整改措施", "整改责任人", "整改完成时限", "督办文号"]
    rows = [[n, f"没有清单的问题{n}", "列入计划", "主任", "2099-03-01", f"督办{n}号"] for n in range(1, 4)]
    rows += [[4, "马上改的问题", "当天改", "主任", "立行立改", ""]]
    page, phone = enter("secretary", width=1440), enter("secretary", width=390, english=True)
    page.goto("/ledger-sheets")
    page.locator("#file").set_input_files({"name": "三清单.xlsx", "mimeType": "", "buffer": book([head, *rows])})
    page.get_by_role("button", name="上传并核对").click()
    expect(page.locator("#confirm")).to_contain_text("先处理")
    expect(page.get_by_label("没有读的列")).to_contain_text("“督办文号”这一列不认得，有 3 格内容没有读")
    seen(page, "ledger-unlisted-zh")
    phone.goto(page.url)
    seen(phone, "ledger-unlisted-en")
    page.get_by_role("button", name="其余全部采纳").click()
    expect(page.locator("#confirm")).to_contain_text("先处理 3 处建议")
    page.locator("input[name='decide:0:category'][value=long_term]").check()
    page.get_by_role("button", name="记下本页的选择").click()
    expect(page.locator("#confirm")).to_contain_text("先处理 2 处建议")
    page.get_by_label("没有写明的都列入").select_option("phased")
    page.get_by_role("button", name="列入", exact=True).click()
    expect(page.get_by_role("button", name="确认导入")).to_be_visible()
    expect(page.get_by_label("没有读的列")).to_be_visible()
    page.get_by_role("link", name="新增问题").click()
    for summary in page.locator("tbody summary").all():
        summary.click()
    for words in ("长期整改", "阶段整改", "即知即改"):
        expect(page.locator("tbody ins", has_text=words).first).to_be_visible()
    seen(page, "ledger-listed-zh")
    phone.reload()
    seen(phone, "ledger-listed-en")
    page.get_by_role("button", name="确认导入").click()
    expect(page.locator(".strip")).to_contain_text("已导入")
    refused = page.goto("/items.xlsx?colour=purple")
    assert refused is not None and refused.status == 422
    expect(page.locator("main")).to_contain_text("不认识的条件：colour=purple")
    assert page.faults == [] and phone.faults == []  # type: ignore[attr-defined]
