"""The main job by people at browsers, end to end: from the upload to the effectiveness list.

One unit's way is told in order, each step by the person whose turn it is; each test starts where the one before ended.
"""

import io
import re
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.browser.conftest import MEETING, UNIT, Enter
from tests.stack import CAMPAIGN, MATERIALS, Person, Stack, grant

OUTLINE = f"{MEETING}.speech_outline.02"
PROBLEM = "下坑片灌渠水毁半年未修复，晚稻靠抽水浇灌"
STANDARDS = ("problems", "examples", "persuasion", "causes", "measures")


@pytest.fixture(scope="module")
def liaison(stay: Enter) -> Page:
    """The unit's liaison."""
    return stay("liaison")


@pytest.fixture(scope="module")
def supervisor(stay: Enter) -> Page:
    """The supervision group."""
    return stay("supervisor")


@pytest.fixture(scope="module")
def office(stay: Enter) -> Page:
    """The theme education office."""
    return stay("office")


def notice(page: Page, text: str) -> None:
    """The page says so after an action."""
    expect(page.locator(".notice").filter(has_text=text).first).to_be_visible()


def judge(page: Page, *fails: str) -> None:
    """Fill in the verdict: these standards fail, the others pass."""
    page.bring_to_front()  # a tab behind another draws once a second, and every click waits for it
    for code in STANDARDS:
        page.locator(f'input[name="{code}:passed"][value="{"no" if code in fails else "yes"}"]').check()
        if code in fails:
            page.locator(f"#{code}-reason").fill("没有写明原因，只讲客观条件。")
            page.locator(f"#{code}-would").fill("逐个问题写出主观原因。")


def test_a_liaison_hands_in_an_outline_and_sees_the_pre_check_finish(liaison: Page, stack: Stack) -> None:
    """From my work today to the material; once it is signed the page follows the pre-check by itself."""
    liaison.goto("/today")
    liaison.get_by_role("link", name=re.compile("个人发言提纲 · 班子成员2")).click()
    liaison.locator("#file").set_input_files(MATERIALS / "docx" / "so-12.docx")
    liaison.get_by_role("button", name="提交").click()
    notice(liaison, "第 1 版已收到，回执号")
    expect(liaison.locator("h1 + p .chip")).to_have_text("待签字")
    stack.sign(OUTLINE, 1)
    liaison.reload()
    expect(liaison.locator("h1 + p .chip")).to_have_text("待督导组审阅")


def test_the_same_file_again_is_not_taken_in_twice(liaison: Page) -> None:
    """A second press, a second browser tab: one version."""
    liaison.goto(f"/materials/{OUTLINE}")
    liaison.get_by_role("heading", name="提交第 2 版").click()
    liaison.locator("#file").set_input_files(MATERIALS / "docx" / "so-12.docx")
    liaison.get_by_role("button", name="提交第 2 版").click()
    notice(liaison, "没有重复登记")


def test_what_is_no_document_is_refused_with_a_reason_at_the_form(liaison: Page) -> None:
    """An export that only calls itself a document."""
    liaison.goto(f"/materials/{MEETING}.speech_outline.03")
    liaison.locator("#file").set_input_files(MATERIALS / "hostile" / "oa-export.docx")
    liaison.get_by_role("button", name="提交").click()
    notice(liaison, "与扩展名不符")


def test_a_double_click_on_the_verdict_gives_it_once(supervisor: Page, stack: Stack) -> None:
    """The supervisor reads, fails one standard with a reason, presses twice, and sees one verdict and no error."""
    supervisor.goto("/reviews")
    supervisor.get_by_role("link", name="青溪县农业农村局").click()
    expect(supervisor.locator(".text .para").first).to_be_visible()
    judge(supervisor, "causes")
    expect(supervisor.locator(".tally")).to_have_text("通过 4 · 不通过 1 · 未判 0")
    supervisor.get_by_role("button", name="发出结论").dblclick()
    notice(supervisor, "结论已发出：退回修改")
    stack.settled()
    assert stack.database("feed").events.count_documents({"name": "verdict_issued"}) == 1


def test_a_verdict_sent_twice_without_script_is_answered_as_given(enter: Enter, stack: Stack) -> None:
    """From a second tab with the same words: no error, nothing new. With other words: told that one was given."""
    page = enter("supervisor", script=False)
    review = f"{MEETING}.speech_outline.04.v1"
    _unit(stack).hand_in(f"{MEETING}.speech_outline.04", "so-02.md", (MATERIALS / "so-02.md").read_bytes())
    stack.settled()
    second, third = page.context.new_page(), page.context.new_page()
    for one, fails in ((page, ["measures"]), (second, ["measures"]), (third, [])):
        one.goto(f"/reviews/{review}")
        judge(one, *fails)
    for one in (page, second):
        one.bring_to_front()
        one.get_by_role("button", name="发出结论").click()
        notice(one, "结论已发出：退回修改")
    third.bring_to_front()
    third.get_by_role("button", name="发出结论").click()
    notice(third, "第 1 版已于")
    expect(third.locator("#verdict")).to_contain_text("退回修改")


def test_a_verdict_on_an_old_version_is_told_of_the_new_one(enter: Enter, stack: Stack) -> None:
    """While it was being read a newer version came: nothing is judged, and the way to the new one is shown."""
    page, material = enter("supervisor"), f"{MEETING}.speech_outline.05"
    _unit(stack).hand_in(material, "so-05.md", (MATERIALS / "so-05.md").read_bytes())
    stack.settled()
    page.goto(f"/reviews/{material}.v1")
    judge(page)
    _unit(stack).hand_in(material, "so-06.txt", (MATERIALS / "so-06.txt").read_bytes(), follows=1)
    stack.settled()
    page.get_by_role("button", name="发出结论").click()
    notice(page, "已被第 2 版取代")
    page.get_by_role("link", name="打开第 2 版").click()
    expect(page.get_by_role("button", name="发出结论")).to_be_visible()


def test_sixty_megabytes_get_a_clear_answer(enter: Enter, tmp_path: Path) -> None:
    """With script before anything is sent, without script at the form, with what was written; the portal goes on."""
    large = tmp_path / "材料.docx"
    large.write_bytes(b"PK" + bytes(60 * 1024 * 1024))
    for script in (True, False):
        page = enter("liaison", script=script)
        page.goto(f"/materials/{MEETING}.speech_outline.06")
        page.locator("#note").fill("改了第三部分")
        page.locator("#file").set_input_files(large)
        page.get_by_role("button", name="提交").click()
        if script:
            assert page.locator("#file").evaluate("field => field.validationMessage").startswith("文件超过 10 MB")
        else:
            notice(page, "文件超过 10 MB，没有收下")
            expect(page.locator("#note")).to_have_value("改了第三部分")
        page.goto("/today")
        expect(page.locator("h1")).to_have_text("今日工作")


def test_the_unit_answers_the_comment_and_hands_in_version_two(liaison: Page, stack: Stack) -> None:
    """It sees what to change; without an answer nothing is handed in."""
    liaison.goto("/today")
    liaison.locator("#returned-1").locator("xpath=..").get_by_role("link", name=re.compile("班子成员2")).click()
    expect(liaison.locator(".answers")).to_contain_text("没有写明原因，只讲客观条件。")
    liaison.locator("#file").set_input_files(MATERIALS / "docx" / "so-01.docx")
    liaison.get_by_role("button", name="提交第 2 版").click()
    assert liaison.locator("#answer-1").evaluate("field => field.validity.valueMissing")
    liaison.locator('input[name^="how:"][value="accepted"]').check()
    liaison.locator("#where-1").fill("第三部分")
    liaison.locator("#answer-1").fill("已在第三部分逐个问题补写主观原因。")
    liaison.get_by_role("button", name="提交第 2 版").click()
    notice(liaison, "第 2 版已收到")
    stack.sign(OUTLINE, 2)
    liaison.reload()
    expect(liaison.locator("h1 + p .chip")).to_have_text("待督导组审阅")


def test_the_group_sees_the_answer_beside_the_new_text_and_passes_it(supervisor: Page) -> None:
    """Last round's comment and its answer stand beside version 2."""
    supervisor.goto(f"/reviews/{OUTLINE}.v2")
    expect(supervisor.locator("#answered").locator("xpath=..")).to_contain_text("已在第三部分逐个问题补写主观原因。")
    for confirm in supervisor.locator('input[name^="response:"][value="yes"]').all():
        confirm.check()
    judge(supervisor)
    supervisor.get_by_role("button", name="发出结论").click()
    notice(supervisor, "结论已发出：已通过")


def test_the_meeting_is_refused_before_its_materials_have_passed(liaison: Page) -> None:
    """The gate is shut and says what is missing; recording the meeting is refused."""
    liaison.goto(f"/meetings/{MEETING}")
    expect(liaison.get_by_role("heading", name="还不能开会")).to_be_visible()
    liaison.get_by_role("button", name="登记会议已召开").click()
    notice(liaison, "份材料没有通过，不能开会")


def test_the_office_waives_the_rest_and_the_gate_opens(office: Page) -> None:
    """Each waiver with its reason."""
    office.goto(f"/meetings/{MEETING}")
    for _ in range(len(office.locator("#w-material option").all())):
        office.get_by_text("免予提交某份材料").click()
        office.locator("#w-reason").fill("岗位空缺，由班子材料代为体现。")
        office.get_by_role("button", name="免予提交").click()
        notice(office, "已免予提交该材料。")
    expect(office.locator(".gate .missing li")).to_have_text(["第 4 项：谈心谈话"])
    office.get_by_text("登记第 4 项").click()
    office.locator("#note-4").fill("与去年民主生活会后的谈话合并。")
    office.locator("#a4").get_by_role("button", name="免予").click()
    notice(office, "第 4 项已登记。")
    expect(office.get_by_role("heading", name="可以开会")).to_be_visible()


def test_the_meeting_is_refused_below_two_thirds_and_then_recorded(liaison: Page) -> None:
    """Four of seven are too few; six, with a reason for the seventh, are enough."""
    liaison.goto(f"/meetings/{MEETING}")
    boxes = liaison.locator('input[name="present"]')
    for number in (4, 5, 6):
        boxes.nth(number).uncheck()
        liaison.locator(f'input[name="reason-0{number + 1}"]').fill("因公出差")
    expect(liaison.locator(".attendance .tally")).to_have_text("实到 4 / 应到 7")
    liaison.get_by_role("button", name="登记会议已召开").click()
    notice(liaison, "不足 2/3")
    expect(boxes.nth(4)).not_to_be_checked()
    for number in (4, 5):
        boxes.nth(number).check()
    liaison.get_by_role("button", name="登记会议已召开").click()
    notice(liaison, "会议已登记为召开。")
    expect(liaison.get_by_role("heading", name="会议已召开")).to_be_visible()


def test_a_problem_is_registered_with_a_measure(liaison: Page) -> None:
    """Source, list, standard, measure with person and date, a milestone."""
    liaison.goto("/items/new")
    liaison.locator("#problem").fill(PROBLEM)
    liaison.locator("#source").select_option("supervision")
    liaison.get_by_label("阶段整改").check()
    liaison.locator("#responsible").fill("分管农田建设的副局长")
    liaison.locator("#due_on").fill("2099-03-31")
    liaison.locator("#standard").fill("通水验收")
    liaison.locator("#what-0").fill("完成灌渠修复并通水")
    liaison.locator("#who-0").fill("分管农田建设的副局长")
    liaison.locator("#m-due-0").fill("2099-02-28")
    liaison.locator("#deliverable-0").fill("全线通水")
    liaison.locator("#s-due-0").fill("2099-02-28")
    liaison.locator("main").get_by_role("button", name="登记问题").click()
    notice(liaison, "问题已登记。")
    expect(liaison.locator("h1")).to_have_text(PROBLEM)


def test_nothing_is_closed_without_evidence_nor_by_the_unit_itself(liaison: Page) -> None:
    """The close-out is refused first; then progress with a file, then the application, and no verification here."""
    liaison.goto(f"/items?unit={UNIT}")
    liaison.get_by_role("link", name=PROBLEM).click()
    liaison.get_by_text("申请销号", exact=True).first.click()
    _apply(liaison)
    notice(liaison, "没有佐证材料，不能申请销号")
    liaison.locator("#p-text").fill("灌渠已修复1.2公里，通水正常。")
    liaison.get_by_label("完成灌渠修复并通水").check()
    liaison.get_by_label("全线通水").check()
    liaison.locator("#title-0").fill("通水验收单")
    liaison.locator("#file-0").set_input_files(MATERIALS / "docx" / "so-03.docx")
    liaison.get_by_role("button", name="登记进展").click()
    notice(liaison, "进展已登记。")
    liaison.locator("#chain summary").click()
    expect(liaison.locator("#chain li").filter(has_text="完成灌渠修复并通水")).to_contain_text("通水验收单")
    expect(liaison.get_by_role("link", name="通水验收单").last).to_be_visible()
    _apply(liaison)
    notice(liaison, "已申请销号，等待督导组核验。")
    expect(liaison.get_by_role("button", name="提交核验")).to_have_count(0)


def test_the_group_verifies_and_the_effectiveness_list_shows_it(supervisor: Page, stack: Stack) -> None:
    """Found on my work today, closed with a reason, derived into the list."""
    stack.settled()
    supervisor.goto("/today")
    supervisor.get_by_role("link", name=PROBLEM).first.click()
    supervisor.get_by_label("通过，销号").check()
    supervisor.locator("#v-reason").fill("现场查看，通水属实。")
    supervisor.get_by_role("button", name="提交核验").click()
    notice(supervisor, "核验通过，问题已销号。")
    supervisor.goto("/effectiveness")
    row = supervisor.locator("tbody tr").filter(has_text=PROBLEM)
    expect(row).to_contain_text("晚稻靠抽水浇灌")
    expect(row).to_contain_text("按期")


def test_every_number_of_the_board_is_the_length_of_the_list_it_opens(office: Page, stack: Stack) -> None:
    """On every page of it, of units and of things; a filter stays in the address, through a reload and back again."""
    stack.settled()
    seen = set()
    for view in ("", "?counted=done", "?region=990823&stage=closed", "/trend", "/standards", "/groups"):
        office.goto(f"/board{view}")
        links = office.locator(".matrix td a, .tiles a, .turns a")
        cells = [
            (re.findall(r"\d+", link.inner_text())[0], link.get_attribute("href"), link.get_attribute("class"))
            for link in links.all()
        ]
        assert cells
        seen |= set(cells)
    assert len(seen) > 30
    for number, address, kind in seen:
        office.goto(str(address))
        told = office.locator(".head .things" if kind == "things" else ".head .muted").first
        expect(told).to_contain_text(re.compile(rf"^[共计] {number} [个份]"))

    office.goto("/board")
    office.locator("#f-stage").select_option("closed")
    office.get_by_role("button", name="筛选").click()
    expect(office).to_have_url(re.compile("stage=closed"))
    office.reload()
    expect(office.locator("#f-stage")).to_have_value("closed")
    address = office.url
    office.locator(".turns a, .tiles a").first.click()
    expect(office).to_have_url(re.compile("/board/units.*stage=closed"))
    office.go_back()
    expect(office).to_have_url(address)
    with office.expect_download() as download:
        office.get_by_role("link", name="导出 Excel").click()
    assert download.value.suggested_filename.endswith(".xlsx")


def test_a_bulletin_is_made_once_and_downloaded_the_same_again(office: Page) -> None:
    """Its form sent a second time makes no second one."""
    office.goto("/board/bulletins")
    office.get_by_role("button", name="编发简报").click()
    notice(office, "第 1 期简报已编发，数字已固定。")
    expect(office.locator("tbody tr")).to_have_count(1)
    taken = []
    for _ in range(2):
        with office.expect_download() as download:
            office.get_by_role("link", name="下载 Word").click()
        taken.append(download.value.path().read_bytes())
    assert taken[0] == taken[1] and zipfile.is_zipfile(io.BytesIO(taken[0]))


def test_the_messages_lead_to_what_they_are_about(liaison: Page) -> None:
    """The unit was told of the verdicts; opening one marks it as read."""
    liaison.goto("/messages?unread=1")
    before = liaison.locator(".letters > li").count()
    liaison.locator(".letters").get_by_role("button", name=re.compile("^打开")).first.click()
    expect(liaison).to_have_url(re.compile("/(materials|items|meetings)/"))
    liaison.goto("/messages?unread=1")
    expect(liaison.locator(".letters > li")).to_have_count(before - 1)


def test_an_item_is_completed_planned_and_asked_for_on_its_pages(liaison: Page, supervisor: Page, office: Page) -> None:
    """Registered half clear, completed, laid before the group as a plan; another list is asked for and granted."""
    liaison.goto("/items/new")
    liaison.locator("#problem").fill("窗口中午无人值守，群众办事跑两趟")
    liaison.get_by_label("阶段整改").check()
    liaison.locator("main").get_by_role("button", name="登记问题").click()
    notice(liaison, "“五明确”还没有写全")
    expect(liaison.locator(".head").first).to_contain_text("等单位写全“五明确”")
    address = liaison.url
    liaison.get_by_role("link", name="写全").click()
    for name, text in (("responsible", "办公室主任"), ("due_on", "2099-03-31"), ("standard", "中午有人值守")):
        liaison.locator(f"#{name}").fill(text)
    for name, text in (("what-0", "排班"), ("who-0", "主任"), ("m-due-0", "2099-02-28"), ("with-0", "财务股、信访室")):
        liaison.locator(f"#{name}").fill(text)
    liaison.locator("#deliverable-0").fill("排班表公示")
    liaison.locator("#s-due-0").fill("2099-01-31")
    liaison.get_by_role("button", name="保存").click()
    notice(liaison, "已保存。")
    expect(liaison.locator("main")).to_contain_text("配合：财务股、信访室")

    liaison.goto(f"/plans/{MEETING}")
    liaison.locator("#g").fill("三个月内解决窗口问题")
    liaison.get_by_role("button", name="报审整改方案").click()
    notice(liaison, "整改方案已报审。")
    supervisor.goto("/plans")
    supervisor.get_by_role("link", name="青溪县农业农村局").click()
    row = supervisor.locator("main tbody tr", has_text="窗口中午无人值守")
    for text in ("中午有人值守", "主任", "2099年2月28日", "配合：财务股、信访室", "排班表公示", "2099年1月31日"):
        expect(row).to_contain_text(text)
    supervisor.get_by_label("同意").check()
    supervisor.locator("#d-reason").fill("措施具体")
    supervisor.get_by_role("button", name="提交审定").click()
    notice(supervisor, "整改方案已审定。")

    liaison.goto(address)
    liaison.get_by_text("申请延期或调整清单").click()
    liaison.locator("#q-day").fill("2099-05-31")
    liaison.locator("#q-reason").fill("机构调整")
    liaison.get_by_role("button", name="提交申请").click()
    notice(liaison, "申请已提交")
    office.goto(address)
    expect(office.locator(".head").first).to_contain_text("等组长或主题教育办定改清单、改时限的申请")
    office.get_by_label("同意", exact=True).check()
    office.locator("#q-why").fill("情况属实")
    office.get_by_role("button", name="提交办理意见").click()
    expect(office.locator("main")).to_contain_text("原定 2099年3月31日")
    office.goto(f"/plans/{MEETING}")
    notice(office, "有新增或变动")
    liaison.goto(f"/plans/{MEETING}")
    liaison.get_by_role("button", name="报审整改方案").click()
    office.reload()
    expect(office.locator("main")).to_contain_text("1 个问题有新增或变动，下面逐个写明改了什么")
    row = office.locator("main tbody tr", has_text="窗口中午无人值守")
    row.get_by_text("改动 1 处").click()
    expect(row.locator("dl")).to_contain_text("原为 2099年3月31日")
    expect(row.locator("dl")).to_contain_text("改后 2099年5月31日")


def _apply(page: Page) -> None:
    page.locator("#c-result").fill("灌渠修复完成并通水验收。")
    page.locator("#c-before").fill("1.2公里灌渠水毁，晚稻靠抽水浇灌。")
    page.locator("#c-after").fill("恢复自流灌溉130亩。")
    page.get_by_role("button", name="申请销号").click()


def _unit(stack: Stack) -> Person:
    return stack.person("liaison", grant("liaison", "unit", UNIT))


def test_the_group_accepts_the_effect_and_the_office_publishes_it_once(
    supervisor: Page, office: Page, liaison: Page
) -> None:
    """Derived, reviewed as it was seen, published by a press that is made twice, read by the unit."""
    supervisor.goto("/effectiveness")
    supervisor.get_by_role("link", name=PROBLEM).click()
    supervisor.get_by_role("link", name="台账第").click()
    supervisor.locator("#chain ol > li:last-child a").click()
    supervisor.get_by_label("采纳，可以公布").check()
    supervisor.locator("#r-reason").fill("变化属实。")
    supervisor.get_by_role("button", name="提交审核").click()
    notice(supervisor, "成效已采纳。")
    office.goto("/effectiveness/issues")
    office.locator("#of-unit").select_option(UNIT)
    office.get_by_role("button", name="预览待公布的成效").click()
    expect(office.locator("tbody tr")).to_contain_text(PROBLEM)
    office.get_by_role("button", name="公布", exact=True).dblclick()
    expect(office.locator(".head")).to_contain_text("第 1 期")
    liaison.goto("/effectiveness/issues")
    expect(liaison.locator("tbody tr")).to_have_count(1)
    liaison.locator("tbody tr a").click()
    expect(liaison.locator("tbody tr")).to_contain_text(PROBLEM)
    for kind in ("Word", "Excel"):
        with liaison.expect_download() as kept:
            liaison.get_by_role("link", name=kind).click()
        assert Path(kept.value.path()).read_bytes()[:2] == b"PK"


def test_a_low_grade_opens_another_round_and_withdraws_what_did_not_hold(
    supervisor: Page, office: Page, liaison: Page, stack: Stack
) -> None:
    """Drawn by a seed, visited, asked, appraised without names, proposed, decided; the unit finds its second round."""
    office.goto("/evaluations")
    office.get_by_role("button", name="抽样").click()
    notice(office, "已抽样")
    office.goto(f"/evaluations/{MEETING}.v1")
    office.locator("#a-count").fill("10")
    office.get_by_role("button", name="开设匿名测评表").click()
    notice(office, "匿名测评表已开设")
    form = office.url.rsplit("/", 1)[-1]
    examiner = stack.signed_in("examiner", grant("office", "campaign", CAMPAIGN))
    path = f"/opinion-forms/{form}"
    for code in examiner.post("intake", f"{path}/codes", {})["codes"][:6]:
        answers = {"code": code, "answers": {"team": {"q1": ["ordinary"]}}}
        stack.person("nobody").post("intake", f"/forms/{examiner.get('intake', path)['key']}/answers", answers)
    examiner.post("intake", f"{path}/closing", {})
    stack.settled()
    supervisor.goto(f"/evaluations/{MEETING}.v1")
    for looked in supervisor.get_by_label("没有到位").locator("visible=true").all():
        looked.check()
    supervisor.locator("#v-score").fill("60")
    supervisor.locator("#visit-text").fill("二段渗漏。")
    supervisor.get_by_role("button", name="登记情况").first.click()
    notice(supervisor, "评估情况已登记。")
    supervisor.locator('[name="count:ordinary"]').fill("6")
    supervisor.locator("#interviews-text").fill("说二段渗漏。")
    supervisor.get_by_role("button", name="登记情况").last.click()
    supervisor.locator("#p-reason").fill("没有到位。")
    supervisor.get_by_role("button", name="提交建议").click()
    notice(supervisor, "建议等次已提交")
    office.goto(f"/evaluations/{MEETING}.v1")
    office.locator("#d-reason").fill("须第二轮整改。")
    office.get_by_role("button", name="审定", exact=True).click()
    notice(office, "等次已审定。")
    stack.settled()
    liaison.goto("/evaluations")
    expect(liaison.locator(".notice")).to_contain_text("上一轮等次较低")
    liaison.get_by_role("link", name="整改情况一页").click()
    expect(liaison.locator("dl")).to_contain_text("撤回 1 项")
    (sheet,) = PdfReader(io.BytesIO(liaison.pdf(prefer_css_page_size=True))).pages
    assert [round(float(side) / 72 * 25.4) for side in (sheet.mediabox.width, sheet.mediabox.height)] == [210, 297]
    assert "Rectify" not in sheet.extract_text() and liaison.locator("article tbody tr").count() >= 6
    liaison.goto(f"/effectiveness/issues/{MEETING}.i1")
    expect(liaison.locator("tbody tr")).to_contain_text("须第二轮整改。")
