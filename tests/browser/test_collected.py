"""The summary of opinions at browsers: merged, filed, fed back, read by whom they are about, taken into the ledger."""

import io

import openpyxl
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import UNIT, Enter
from tests.stack import CAMPAIGN, Stack, grant

SAID = ["王建国局长下乡少", "很少到田头", "打13800001234没人接"]


@pytest.fixture(scope="module", autouse=True)
def collected(stack: Stack) -> None:
    """Three opinions about one post."""
    liaison = stack.person("liaison", grant("liaison", "unit", UNIT))
    draft = {"campaign": CAMPAIGN, "unit": UNIT, "post": "02"}
    liaison.post("intake", "/opinions", {**draft, "opinions": [{"source": "forum", "text": one} for one in SAID]})
    stack.settled()


def test_a_liaison_merges_files_and_feeds_back_and_exports(enter: Enter) -> None:
    """Without a script, on a phone; the original words stay below the merged opinion."""
    page = enter("liaison", script=False, width=390)
    page.goto("/opinions")
    for said in SAID[:2]:
        page.locator("li", has_text=said).locator("input[type=checkbox]").check()
    page.get_by_text("归并勾选的意见").click()
    page.locator("textarea[name=text]").fill("深入基层不够")
    page.get_by_role("button", name="归并", exact=True).click()
    expect(page.locator(".notice.ok")).to_contain_text("已归并")
    expect(page.locator("li", has_text=SAID[0])).to_contain_text("已归并")
    merged = page.locator("li", has_text="深入基层不够")
    merged.get_by_text("分类", exact=True).click()
    merged.locator("input[name=category]").fill("作风建设")
    merged.get_by_role("button", name="保存").click()
    expect(page.locator("li", has_text="深入基层不够")).to_contain_text("作风建设")
    page.get_by_role("button", name="原汁原味反馈给本人（2 条）").click()
    expect(page.locator(".notice.ok")).to_contain_text("已反馈")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    answer = page.request.get(f"/opinions.xlsx?unit={UNIT}")
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.body())).worksheets[0].iter_rows(min_row=2, values_only=True))
    assert {str(row[4]).split("\n")[0] for row in rows} == {"深入基层不够", SAID[2]}
    assert any(SAID[0] in str(row[4]) and row[2] == "作风建设" for row in rows)


def test_the_summary_is_handed_in_by_one_button_and_is_not_read_by_those_it_does_not_concern(enter: Enter) -> None:
    """Without a script; pressed again it is one version."""
    page = enter("liaison", script=False)
    for told in ("第 1 版", "没有重复登记"):
        page.goto("/opinions")
        page.locator("#people-forum").fill("24")
        page.get_by_role("button", name="按此提交汇总").click()
        expect(page.locator(".flash, .notice").filter(has_text=told)).to_be_visible()
    expect(page.locator("h1")).to_contain_text("征求意见汇总")
    page.goto(f"/materials/{CAMPAIGN}.{UNIT}.opinion_summary.team/versions/1/form")
    expect(page.locator("main")).to_contain_text(SAID[0])
    seen = enter("member").request.get(f"/materials/{CAMPAIGN}.{UNIT}.opinion_summary.team/versions/1/form")
    assert seen.status == 404


def test_a_member_reads_what_is_said_of_him_masked_and_signs_for_it(enter: Enter) -> None:
    """Nobody's name, no number."""
    page = enter("member")
    expect(page.locator("section[aria-labelledby^=feedback]")).to_contain_text("已反馈 2 条，请阅")
    page.get_by_role("link", name="对我的意见").click()
    expect(page.locator("main")).to_contain_text("打＊＊＊没人接")
    expect(page.locator("main")).not_to_contain_text("1380000")
    page.get_by_role("button", name="我已阅").click()
    expect(page.locator(".notice.ok")).to_contain_text("2 条意见已阅")
    expect(page.get_by_role("button", name="我已阅")).to_have_count(0)


def test_an_opinion_becomes_a_problem_in_the_ledger_and_says_so(enter: Enter) -> None:
    """With its words to begin with."""
    page = enter("liaison")
    page.goto("/opinions")
    page.locator("li", has_text=SAID[2]).get_by_role("link", name="列入台账").click()
    expect(page.locator("#problem")).to_have_value(SAID[2])
    page.locator("input[name=category][value=phased]").check()
    page.locator("#responsible").fill("副局长")
    page.locator("#standard").fill("有人接")
    page.locator("#due_on").fill("2099-12-31")
    for name, value in (("what-0", "值班"), ("who-0", "副局长"), ("due_on-0", "2099-12-01")):
        page.locator(f"[name={name}]").fill(value)
    page.locator("main form button.button").click()
    expect(page.locator(".notice.ok")).to_contain_text("问题已登记")
    page.goto("/opinions")
    page.locator("li", has_text=SAID[2]).get_by_role("link", name="已列入台账").click()
    page.locator("#chain").get_by_role("link", name="征求意见").click()
    page.wait_for_url("**/opinions?unit=*#o-*")
    expect(page.locator(":target")).to_contain_text(SAID[2])
    assert page.faults == []  # type: ignore[attr-defined]
