"""The day of a meeting on a tablet: the line is cut, nothing is lost, and what is refused is told."""

import re

import pytest
from playwright.sync_api import Page, expect

from services.spine import clock
from tests.browser.conftest import MEETING, UNIT, Enter
from tests.stack import Person, Stack, grant

DAY = f"/meetings/{MEETING}/day"


@pytest.fixture(scope="module", autouse=True)
def ready(stack: Stack) -> None:
    """The gate is open."""
    stack.open_gate(UNIT)
    stack.settled()


@pytest.fixture(scope="module")
def tablet(stay: Enter) -> Page:
    """The liaison's tablet."""
    return stay("liaison", width=820)


@pytest.fixture(scope="module")
def group(stay: Enter) -> Page:
    """The group's tablet at the same meeting."""
    return stay("supervisor", width=820)


def state(page: Page, words: str) -> None:
    """What the page says of entries that wait."""
    expect(page.locator("[data-state]")).to_have_text(words)


def person(stack: Stack, role: str) -> Person:
    return stack.person(role, grant(role, "unit", UNIT))


def test_every_button_works_without_script(enter: Enter) -> None:
    """A step begins, the next one is offered, and the one begun can be taken back; a refusal says why."""
    page = enter("secretary", width=390, script=False)
    page.goto(DAY)
    first, second = page.locator('[data-step="last_rectification"]'), page.locator('[data-step="opinions"]')
    expect(second.get_by_role("button")).to_have_count(0)
    first.get_by_role("button", name="开始此项").click()
    expect(page.locator("p.notice")).to_contain_text("已登记。")
    expect(second.get_by_role("button", name="开始此项")).to_be_visible()
    first.get_by_role("button", name="撤回").click()
    expect(first.get_by_role("button", name="开始此项")).to_be_visible()
    page.locator("form:has(input[name=post][value='02']) button[value=no]").click()
    expect(page.locator("p.notice")).to_contain_text("没有写原因")


def test_the_group_writes_its_comment_at_the_meeting_and_it_is_kept_until_it_may_be_issued(group: Page) -> None:
    """Before the day it is on record there is no button; what is typed outlives a cut line and a reload."""
    group.goto(DAY)
    expect(group.get_by_role("button", name="印发督导点评")).to_have_count(0)
    expect(group.locator("form[data-comment]")).to_contain_text("可以先写")
    group.context.set_offline(True)
    group.locator("#overall").fill("准备充分，批评有辣味。")
    group.locator("#problem-0").fill("建后管护没有明确责任人")
    group.locator("#aspect-0").select_option("responsibility")
    for _ in range(2):
        group.locator("fieldset", has=group.locator("#requirement-0")).get_by_role("button", name="再加一行").click()
    group.locator("#requirement-2").fill("月底前报整改方案")
    group.locator("#requirement-1").locator("xpath=../..").get_by_role("button").click()
    state(group, "草稿保存在这台设备上")
    group.context.set_offline(False)
    for address in (DAY, f"/meetings/{MEETING}/comment"):
        group.goto(address)
        expect(group.locator("#overall")).to_have_value("准备充分，批评有辣味。")
        expect(group.locator("#problem-0")).to_have_value("建后管护没有明确责任人")
        expect(group.locator("#aspect-0")).to_have_value("responsibility")
        expect(group.locator("#requirement-2")).to_be_visible()
        expect(group.locator("#requirement-2")).to_have_value("月底前报整改方案")
        expect(group.locator("#requirement-1")).to_be_hidden()


def test_what_is_pressed_while_the_line_is_cut_waits_and_arrives(tablet: Page, stack: Stack) -> None:
    """Entries of minutes without a network, a reload in the middle, then each arrives once and in order."""
    tablet.goto(DAY)
    state(tablet, "全部已保存")
    tablet.locator('[data-step="last_rectification"] [name=on]').click()
    state(tablet, "全部已保存")

    tablet.context.set_offline(True)
    tablet.locator('[data-step="opinions"] [name=on]').click()
    tablet.locator('[data-step="team_examination"] [name=on]').click()
    tablet.locator('button[value="02/01/yes"]').click()
    state(tablet, "3 条待发送")
    expect(tablet.locator("[data-why]")).to_contain_text("连接断开")
    assert "began_at" in str(person(stack, "liaison").get("registry", DAY)["agenda"][0])
    assert [row["began_at"] for row in person(stack, "liaison").get("registry", DAY)["agenda"][1:3]] == [None, None]

    tablet.route("**/day/entries", lambda route: route.abort())
    tablet.context.set_offline(False)
    tablet.reload()
    state(tablet, "3 条待发送")
    expect(tablet.locator('button[value="02/01/no"]')).to_have_attribute("aria-pressed", "true")
    tablet.unroute("**/day/entries")
    state(tablet, "全部已保存")
    found = person(stack, "liaison").get("registry", DAY)
    begun = [row["began_at"] for row in found["agenda"][:3]]
    assert begun == sorted(begun) and len({*begun}) == 3
    assert found["criticism"]["done"] == 1
    tablet.reload()
    expect(tablet.locator('button[value="02/01/no"]')).to_have_attribute("aria-pressed", "true")


def test_an_answer_that_was_lost_on_the_way_does_nothing_twice(tablet: Page, stack: Stack) -> None:
    """The registry has it, the browser does not know: it sends again, and it is there once."""

    def lose(route: object) -> None:
        route.fetch()  # type: ignore[attr-defined]
        route.abort()  # type: ignore[attr-defined]

    tablet.route("**/day/entries", lose)
    tablet.locator('button[value="03/01/yes"]').click()
    expect(tablet.locator("[data-why]")).to_contain_text("连接断开")
    tablet.unroute("**/day/entries")
    state(tablet, "全部已保存")
    kept = stack.database("registry").days.find_one({"_id": MEETING})["entries"]
    assert sum(entry.get("critic") == "03" for entry in kept) == 1


def test_what_somebody_else_wrote_meanwhile_is_told_and_not_written_over(tablet: Page, stack: Stack) -> None:
    """The secretary marks a member absent; the tablet, which has not seen it, says present."""
    away = {"what": "attendance", "post": "02", "present": False, "reason": "病假"}
    sent = {"entries": [{**away, "at": clock.now(), "id": "other-0001"}]}
    person(stack, "secretary").post("registry", DAY, sent)
    tablet.locator("form:has(input[name=post][value='02']) button[value=yes]").click()
    expect(tablet.locator("[data-refused]")).to_contain_text("改过这一处")
    state(tablet, "全部已保存")
    tablet.reload()
    expect(tablet.locator("[data-refused]")).to_contain_text("改过这一处")
    tablet.get_by_role("button", name="不用了").click()
    expect(tablet.locator("form:has(input[name=post][value='02']) button[value=no]")).to_have_attribute(
        "aria-pressed", "true"
    )
    expect(tablet.locator("[data-refused]")).to_be_hidden()


def test_a_statement_that_was_overtaken_keeps_its_words_and_is_written_again(tablet: Page, stack: Stack) -> None:
    """Typed while the line is cut; refused, it is shown beside what stands, and written over that on purpose alone."""
    tablet.context.set_offline(True)
    tablet.locator("#d-text").fill("带头整改，年底前见效。")
    tablet.locator("form:has(#d-text) button").click()
    sent = {"what": "statement", "text": "另一个表态", "at": clock.now(), "id": "other-0002"}
    person(stack, "secretary").post("registry", DAY, {"entries": [sent]})
    tablet.context.set_offline(False)
    refused = tablet.locator("[data-refused]")
    expect(refused).to_contain_text("带头整改，年底前见效。")
    expect(refused.get_by_role("button", name="再写一次")).to_have_count(0)
    tablet.get_by_role("button", name="看现在的记录").click()
    expect(tablet.locator("#d-text")).to_have_value("另一个表态")
    expect(refused).to_contain_text("带头整改，年底前见效。")
    refused.get_by_role("button", name="再写一次").click()
    state(tablet, "全部已保存")
    expect(refused).to_be_hidden()
    expect(tablet.locator("#d-text")).to_have_value("带头整改，年底前见效。")
    assert person(stack, "liaison").get("registry", DAY)["statement"]["text"] == "带头整改，年底前见效。"


def test_all_others_come_with_one_tap_and_the_record_begins_with_it(tablet: Page) -> None:
    """An absence wants its reason first; the form of the record is filled in from the day."""
    row = tablet.locator("form:has(input[name=post][value='07'])")
    row.locator("button[value=no]").click()
    expect(row.locator("[name=reason]")).to_be_focused()
    row.locator("[name=reason]").fill("省委党校学习")
    row.locator("[name=written]").check()
    row.locator("button[value=no]").click()
    tablet.get_by_role("button", name="其余全部到会").click()
    state(tablet, "全部已保存")
    tablet.locator("#d-text").fill("照单全收，逐条整改。")
    tablet.locator("form:has(#d-text) button").click()
    tablet.locator("#d-place").fill("三楼会议室")
    tablet.locator("form:has(#d-place) button").click()
    state(tablet, "全部已保存")
    tablet.get_by_role("link", name="登记会议召开").click()
    expect(tablet.locator('input[name="reason-07"]')).to_have_value("省委党校学习")
    expect(tablet.locator('input[name="present"]:checked')).to_have_count(5)
    tablet.get_by_role("button", name="登记会议已召开").click()
    expect(tablet.locator(".notice.ok")).to_contain_text("会议已登记为召开。")
    tablet.goto(DAY)
    expect(tablet.locator("form[data-entry]")).to_have_count(0)
    expect(tablet.locator("main")).to_contain_text("当日记录不再改动")


def test_minutes_begin_with_the_day_and_write_over_nothing(tablet: Page) -> None:
    """One click from the day's page; a second fill leaves what was typed."""
    tablet.get_by_role("link", name="起草会议记录").click()
    place = tablet.locator("[name='/meeting/place']")
    expect(place).to_have_value("三楼会议室")
    expect(tablet.locator("[name='/summing_up/text']")).to_have_value("照单全收，逐条整改。")
    place.fill("礼堂")
    tablet.locator("[name='/meeting/host']").fill("")
    tablet.get_by_role("button", name="从会议当日记录带入空白处").click()
    expect(tablet.locator("#entries")).to_be_visible()
    expect(place).to_have_value("礼堂")
    assert not tablet.faults  # type: ignore[attr-defined]


def test_the_absent_member_confirms_what_was_passed_on(tablet: Page, enter: Enter) -> None:
    """The unit records who told it; it stands on the member's first page until the member confirms."""
    member = enter("member", width=390)
    card = member.locator("section.card", has_text="批评意见转达")
    expect(card).to_contain_text("待转达")
    tablet.goto(f"/meetings/{MEETING}")
    tablet.get_by_text("登记转达").first.click()
    tablet.locator("#r-by-02").fill("主要负责人")
    tablet.locator("details:has(#r-by-02) button").click()
    expect(tablet.locator("#relays")).to_contain_text("待本人确认")
    member.reload()
    card.get_by_role("link").click()
    member.get_by_role("button", name="确认已向我转达").click()
    expect(member.locator("#relays")).to_contain_text("本人已确认")
    member.goto("/today")
    expect(card).to_have_count(0)


def test_a_record_is_corrected_with_before_and_after_to_be_seen(tablet: Page, enter: Enter) -> None:
    """Below the quorum it is refused and nothing typed is lost."""
    tablet.goto(f"/meetings/{MEETING}")
    tablet.get_by_text("登记有误，更正").click()
    form = tablet.locator("form:has(#c-on)")
    form.locator("input[name=present]").nth(6).check()
    tablet.locator("#c-reason").fill("黄平中途到会")
    for number in (2, 3, 4):
        form.locator("input[name=present]").nth(number).uncheck()
        form.locator(f'input[name="reason-0{number + 1}"]').fill("出差")
    form.get_by_role("button", name="登记更正").click()
    expect(tablet.locator("[role=alert]")).to_contain_text("不足 2/3")
    expect(tablet.locator("#c-reason")).to_have_value("黄平中途到会")
    for number in (2, 3, 4):
        form.locator("input[name=present]").nth(number).check()
    form.get_by_role("button", name="登记更正").click()
    expect(tablet.locator("#correction-1")).to_contain_text(re.compile("更正前：.*实到 5 人.*更正后：.*实到 6 人"))
    group = enter("supervisor")
    group.goto(f"/meetings/{MEETING}")
    expect(group.locator("#correction-1")).to_contain_text("黄平中途到会")


def test_a_comment_issued_while_the_line_is_cut_waits_and_is_issued_once(
    group: Page, enter: Enter, stack: Stack
) -> None:
    """A reload in the middle, an answer lost on the way; the page says that it waits, and then that it is issued. What
    a colleague had begun on another device is not lost by it."""
    colleague = enter("supervisor", width=390)
    colleague.goto(DAY)
    expect(colleague.locator("[data-state]")).to_be_hidden()
    colleague.locator("#overall").fill("还有一点要说")
    group.bring_to_front()
    group.goto(DAY)
    expect(group.locator("#overall")).to_have_value("准备充分，批评有辣味。")
    group.context.set_offline(True)
    group.get_by_role("button", name="印发督导点评").dblclick()
    state(group, "待印发")
    expect(group.locator("[data-why]")).to_contain_text("连接断开")
    assert not stack.database("review").supervision_comments.find_one({"_id": f"{MEETING}.comment"})

    def lose(route: object) -> None:
        route.fetch()  # type: ignore[attr-defined]
        route.abort()  # type: ignore[attr-defined]

    group.route("**/comment", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    group.context.set_offline(False)
    group.reload()
    state(group, "待印发")
    expect(group.locator("[data-why]")).to_contain_text("连接断开")
    group.unroute("**/comment")
    group.route("**/comment", lose, times=1)
    expect(group.locator(".notice.ok").first).to_contain_text("督导点评已印发")
    expect(group).to_have_url(re.compile("/comment$"))
    kept = stack.database("review").supervision_comments.find_one({"_id": f"{MEETING}.comment"})
    assert [one["text"] for one in kept["problems"]] == ["建后管护没有明确责任人"]
    assert (kept["requirements"], kept["addenda"]) == (["月底前报整改方案"], [])
    assert group.evaluate("() => localStorage.length") == 0
    assert not group.faults  # type: ignore[attr-defined]

    colleague.goto(f"/meetings/{MEETING}/comment")
    expect(colleague.locator("#note")).to_have_value("还有一点要说")
    expect(colleague.locator("#note")).to_be_visible()
    expect(colleague.locator("[data-other]")).to_be_visible()


def test_the_group_reads_the_day_and_has_no_button_of_the_units_on_it(enter: Enter) -> None:
    """Who gave and received how often, and which pairs are missing; on a telephone too."""
    page = enter("supervisor", width=390)
    page.goto(DAY)
    expect(page.locator("main")).to_contain_text("只记人次，不记内容。")
    expect(page.locator("#criticism")).to_contain_text("人次")
    expect(page.locator("form[data-entry]")).to_have_count(0)
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
