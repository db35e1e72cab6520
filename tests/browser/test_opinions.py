"""Opinions at browsers: entered by the unit, met by the author, added to by the group, a reason to send back."""

import io
import re

import openpyxl
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import MEETING, UNIT, Enter
from tests.stack import Stack, document, grant

OUTLINE = f"{MEETING}.speech_outline.02"
ANSWERED, MISSED = "高标准农田重建轻管", "驾校补贴名额分配不公，亲戚先挑，残疾学员靠后"


@pytest.fixture(scope="module", autouse=True)
def handed_in(stack: Stack) -> None:
    """One outline that waits to be read."""
    liaison = stack.person("liaison", grant("liaison", "unit", UNIT))
    liaison.hand_in(OUTLINE, "so-01.txt", document("so-01.txt"))
    stack.settled()


def test_a_liaison_enters_opinions_one_a_line_and_the_same_again_changes_nothing(enter: Enter, stack: Stack) -> None:
    """Without a script, on a phone; a refused form comes back with what was written."""
    page = enter("liaison", script=False, width=390)
    page.goto(f"/materials/{OUTLINE}")
    expect(page.locator("#opinions").locator("xpath=..")).to_contain_text("还没有录入意见")
    for told in ("收下 2 条意见", "2 条以前录入过"):
        page.get_by_text("录入意见", exact=True).click()
        page.locator("#o-source").select_option("forum")
        page.locator("#o-text").fill(f"{ANSWERED}\n\n  {MISSED}\n")
        page.get_by_role("button", name="录入", exact=True).click()
        expect(page.locator(".notice").first).to_contain_text(told)
    page.get_by_text("录入意见", exact=True).click()
    page.locator("#o-text").fill("长" * 501)
    page.get_by_role("button", name="录入", exact=True).click()
    expect(page.locator(".notice.bad")).to_be_visible()
    expect(page.locator("#o-text")).to_have_value("长" * 501)
    assert page.locator("#o-source option[value=supervision_group]").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    stack.settled()


def test_an_author_sees_which_opinions_are_not_answered_and_where_the_others_are(enter: Enter) -> None:
    """In both languages; an author enters nothing."""
    page = enter("member")
    page.goto(f"/materials/{OUTLINE}")
    rows = page.locator(".opinions > li")
    expect(rows.first).to_contain_text("没有回应")
    expect(rows.first).to_contain_text(MISSED)
    expect(rows.last).to_contain_text("已回应")
    expect(rows.last.locator("a")).to_have_attribute("href", re.compile(f"^/reviews/{OUTLINE}.v1#p[0-9]+$"))
    assert page.locator("#new-opinion, .opinions details").count() == 0
    english = enter("member", english=True)
    english.goto(f"/materials/{OUTLINE}")
    expect(english.locator(".opinions > li").first).to_contain_text("No answer")


def test_a_reader_goes_from_an_opinion_to_its_passage_and_uses_it_as_a_reason(enter: Enter) -> None:
    """Like a finding, also one whose answer does not convince."""
    page = enter("supervisor", width=1440)
    page.goto(f"/reviews/{OUTLINE}.v1")
    rows = page.locator(".opinions > li")
    rows.last.locator("a").click()
    expect(page.locator(rows.last.locator("a").get_attribute("href") or "")).to_be_in_viewport()
    rows.last.get_by_role("button", name="作为退回理由").click()
    expect(page.locator('input[name="problems:passed"][value="no"]')).to_be_checked()
    expect(page.locator("#problems-reason")).to_have_value(f"没有回应群众意见：“{ANSWERED}”")
    rows.first.get_by_role("button", name="作为退回理由").click()
    expect(page.locator("#problems-reason")).to_have_value(f"征求到的意见“{MISSED}”没有回应。")
    assert page.faults == []  # type: ignore[attr-defined]


def test_opinions_and_answers_go_with_the_form_on_paper_and_in_the_workbook(enter: Enter) -> None:
    """Where the reader has no connection."""
    page = enter("supervisor", script=False)
    page.goto(f"/reviews/{OUTLINE}.v1/print")
    rows = page.locator("h2", has_text="征求意见的回应").locator("+ ol > li")
    expect(rows.first).to_contain_text(f"没有回应 {MISSED}")
    expect(rows.last).to_contain_text(re.compile(f"已回应 {ANSWERED}.*第 [0-9]+ 段：", re.S))
    answer = page.request.get(f"/reviews/forms.xlsx?unit={UNIT}&state=prechecked")
    third = openpyxl.load_workbook(io.BytesIO(answer.body()))["意见表"]
    lines = [[str(cell.value) for cell in row] for row in third.iter_rows(min_row=3)]
    assert [line[5:7] for line in lines] == [[MISSED, "没有回应"], [ANSWERED, "已回应"]]
    assert "农田" in lines[1][8]


def test_the_group_s_remark_has_the_text_pre_checked_once_more(enter: Enter, stack: Stack) -> None:
    """The page waits for it and shows what was found."""
    page = enter("supervisor")
    page.goto(f"/reviews/{OUTLINE}.v1")
    page.get_by_text("写督导组意见", exact=True).click()
    expect(page.locator("#o-source")).to_have_value("supervision_group")
    page.locator("#o-text").fill("对校车接送点选址不管不问")
    page.get_by_role("button", name="录入", exact=True).click()
    expect(page.locator(".notice.ok").first).to_contain_text("收下 1 条意见")
    stack.settled()
    page.goto(f"/reviews/{OUTLINE}.v1")
    expect(page.locator(".opinions .is-fail")).to_have_count(2)
    unit = enter("liaison")
    unit.goto(f"/materials/{OUTLINE}")
    remark = unit.locator(".opinions > li", has_text="校车")
    expect(remark).to_contain_text("督导组提出")
    expect(remark.locator("details")).to_have_count(0)


def test_who_judges_without_a_script_chooses_an_opinion_as_the_ground(enter: Enter, stack: Stack) -> None:
    """Its words become the reason."""
    page = enter("supervisor", script=False)
    page.goto(f"/reviews/{OUTLINE}.v1")
    for code in ("examples", "persuasion", "causes", "measures"):
        page.locator(f'input[name="{code}:passed"][value=yes]').check()
    page.locator('input[name="problems:passed"][value=no]').check()
    option = page.locator("#problems-finding option", has_text="没有回应群众意见").get_attribute("value")
    page.locator("#problems-finding").select_option(option)
    page.get_by_role("button", name="发出结论").click()
    expect(page.locator(".notice.ok").first).to_contain_text("退回修改")
    given = stack.database("review").reviews.find_one({"_id": f"{OUTLINE}.v1"})["verdict"]
    assert given["standards"]["problems"]["reason"] == f"没有回应群众意见：“{ANSWERED}”"


def test_a_withdrawn_opinion_is_shown_with_its_reason(enter: Enter) -> None:
    """It stays on record."""
    page = enter("liaison", script=False)
    page.goto(f"/materials/{OUTLINE}")
    row = page.locator(".opinions > li", has_text=MISSED)
    row.get_by_text("撤销", exact=True).click()
    row.locator("input[name=reason]").fill("与第一条重复")
    row.get_by_role("button", name="撤销这条意见").click()
    expect(page.locator(".notice.ok").first).to_contain_text("意见已撤销")
    expect(page.locator(".opinions > li", has_text=MISSED)).to_contain_text("撤销原因：与第一条重复")
