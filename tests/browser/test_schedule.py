"""The schedule at browsers: another day asked for and decided, clashes, the holiday file, a calendar subscribed to."""

import re
from datetime import timedelta

import docx
import requests
from playwright.sync_api import Page, expect

from services.spine import clock, contracts
from tests.browser.conftest import MEETING, OTHER, UNIT, Enter
from tests.browser.test_organisations import seen
from tests.stack import CAMPAIGN, Stack, grant

UNIT_PAGE = f"/meetings/{MEETING}"


def day(offset: int) -> str:
    return (clock.day(clock.today()) + timedelta(days=offset)).isoformat()


def ask(page: Page, on: str, reason: str, button: str) -> None:
    page.locator("#s-on").fill(on)
    page.locator("#s-reason").fill(reason)
    page.get_by_role("button", name=button).click()


def test_a_unit_asks_and_the_office_grants_and_each_date_says_how_it_was_counted(enter: Enter) -> None:
    """On a phone without a script; refused where it may not move by itself, the form leads to asking."""
    unit = enter("liaison", width=390, script=False)
    unit.goto(UNIT_PAGE)
    expect(unit.locator("#a1")).to_contain_text(re.compile(r"T（\d+月\d+日）− 15 个自然日"))
    ask(unit, day(10), "提前安排", "调整日期并重新推算")
    expect(unit.locator(".notice.ok")).to_contain_text("十二项日期已重新推算")
    ask(unit, day(15), "与全会冲突", "调整日期并重新推算")
    expect(unit.locator("main .notice.bad")).to_contain_text("需向主题教育办申请")
    expect(unit.locator("#s-reason")).to_have_value("与全会冲突")
    unit.get_by_role("button", name="申请改期").click()
    expect(unit.locator(".notice.ok")).to_contain_text("改期申请已提交")
    assert unit.evaluate("document.documentElement.scrollWidth") <= 390

    office = enter("office")
    office.locator("#askings").locator("xpath=..").get_by_role("link").first.click()
    office.locator("#d-reason").fill("情况属实")
    office.get_by_role("button", name="同意改期").click()
    expect(office.locator(".notice.ok")).to_contain_text("已同意改期")
    office.goto("/schedule?state=decided")
    expect(office.locator("tbody tr")).to_contain_text("已同意")

    unit.goto(UNIT_PAGE)
    history = unit.locator("#history").locator("xpath=..")
    expect(history).to_contain_text("改期申请获同意")
    expect(history).to_contain_text("12 项日期随之变动")


def test_a_countys_office_decides_looks_on_reports_and_coaches_in_its_county_alone(enter: Enter, stack: Stack) -> None:
    """From its first page to the asking of its unit; board, bulletin and who was not reached know no other county."""
    stack.enrol("county", grant("county_office", "region", UNIT[:6]))
    unit, county = enter("liaison"), enter("county")
    unit.goto(UNIT_PAGE)
    unit.locator("#s-on").fill(day(14))
    unit.locator("#s-reason").fill("与县里的会冲突")
    unit.get_by_role("button", name="申请改期").click()
    expect(unit.locator(".notice.ok")).to_contain_text("改期申请已提交")
    county.bring_to_front()
    county.reload()
    askings = county.locator("section[aria-labelledby=askings]")
    expect(askings.locator("li")).to_have_count(1)
    askings.get_by_role("link").first.click()
    county.locator("#d-reason").fill("县里的会已改期")
    county.get_by_role("button", name="不同意").click()
    expect(county.locator(".notice.ok")).to_be_visible()
    county.goto("/schedule?state=decided")
    expect(county.locator("tbody tr").first).to_contain_text("县里的会已改期")

    rooms = county.get_by_role("navigation", name="主菜单")
    rooms.get_by_role("link", name="总览").click()
    county.goto("/board/units")
    expect(county.locator("tbody tr")).to_have_count(1)
    expect(county.locator("tbody tr")).to_contain_text("青溪县农业农村局")
    county.get_by_role("link", name="简报").click()
    county.get_by_role("button", name="编发简报").click()
    expect(county.locator("tbody tr")).to_contain_text(UNIT[:6])
    with county.expect_download() as download:
        county.get_by_role("link", name="下载 Word").click()
    said = "".join(docx.Document(str(download.value.path())).element.body.itertext())
    assert UNIT[:6] in said and OTHER[:6] not in said

    rooms.get_by_role("link", name="辅导").click()
    county.get_by_label("送学上门", exact=True).check()
    expect(county.locator("#unit option", has_text="桐浦")).to_have_count(0)
    county.locator("#unit").select_option(label="青溪县农业农村局")
    county.locator("#title-new").fill("谈心谈话怎么谈")
    county.get_by_label("4. 谈心谈话").check()
    county.get_by_role("button", name="登记辅导").click()
    expect(county.locator(".notice.ok")).to_contain_text("辅导已登记")
    county.goto("/coaching/unreached")
    county.locator("tbody tr", has_text="4. ").get_by_role("link").first.click()
    expect(county.locator("#list .count")).to_have_text("1")
    expect(county.locator("main")).not_to_contain_text("桐浦")
    answer = county.goto(f"/meetings/{CAMPAIGN}.{OTHER}")
    assert answer is not None and answer.status == 404
    assert county.faults == unit.faults == []  # type: ignore[attr-defined]


def test_a_holiday_file_is_refused_with_its_rows_and_loaded(enter: Enter) -> None:
    """By the office, which finds it beside the schedule, and by the system administrator on the page of operations."""

    def load(page: Page, rows: str) -> None:
        data = f"日期,上班,名称\n{rows}\n".encode()
        page.locator("#file").set_input_files({"name": "安排.csv", "mimeType": "text/csv", "buffer": data})
        page.get_by_role("button", name="预览影响").click()

    def confirmed(page: Page) -> None:
        page.get_by_role("button", name="确认载入").click()
        expect(page.locator(".notice.ok")).to_contain_text("已载入")

    page = enter("office")
    page.goto("/schedule")
    page.get_by_role("link", name="节假日安排").click()
    load(page, "2027-13-01,否,春节\n2027-02-06,也许,春节")
    expect(page.locator("main .notice.bad")).to_contain_text("第 2 行")
    expect(page.locator("main .notice.bad")).to_contain_text("第 3 行")
    load(page, f"{day(-3)},否,调整")
    expect(page.locator("#effect")).to_contain_text(re.compile(r"个单位的日期变动|没有单位的日期变动"), timeout=60_000)
    assert page.get_by_role("button", name="确认载入").count() == 1, "nothing is loaded before it is confirmed"
    page.goto("/schedule/workdays")
    load(page, "2027-02-06,否,春节")
    confirmed(page)
    expect(page.locator("#years").locator("xpath=..")).to_contain_text("调休安排尚未载入")

    page = enter("system")
    page.goto("/operations")
    page.get_by_role("link", name="节假日安排").click()
    load(page, "2027-02-06,否,春节\n2027-02-20,是,春节调休")
    confirmed(page)
    expect(page.locator("#years").locator("xpath=..")).to_contain_text("按载入的文件")


def test_what_a_holiday_file_moves_is_seen_before_it_is_loaded_and_a_stale_look_is_refused(
    enter: Enter, stack: Stack
) -> None:
    """In both languages; with the page gone back to and the button pressed again nothing is loaded twice."""
    database, offset = stack.database("registry"), {"days": -6, "unit": "working"}
    standing = database.campaigns.find_one({"_id": CAMPAIGN})["checklist"][3]["offset"]
    database.campaigns.update_one({"_id": CAMPAIGN}, {"$set": {"checklist.3.offset": offset}})
    office = stack.person("office", grant("office", "campaign", CAMPAIGN))
    for meeting in (MEETING, f"{CAMPAIGN}.{OTHER}"):
        office.post("registry", f"/meetings/{meeting}/schedule", {"on": day(15), "reason": "工作安排"})
    page, phone = enter("office", width=1440), enter("office", width=390, english=True)

    def look() -> None:
        page.goto("/schedule/workdays")
        data = ("日期,上班,名称\n" + "".join(f"{day(at)},否,调整\n" for at in range(9, 15))).encode()
        page.locator("#file").set_input_files({"name": "安排.csv", "mimeType": "text/csv", "buffer": data})
        page.locator("#note").fill("国办发明电〔2026〕7号")
        page.get_by_role("button", name="预览影响").click()
        expect(page.locator("#effect")).to_contain_text(re.compile(r"\d 个单位的日期变动"), timeout=60_000)

    look()
    row = page.locator("tbody tr").filter(has_text="青溪县农业农村局")
    expect(row).to_contain_text(re.compile("谈心谈话：.+日 → .+日"))
    seen(page, "workdays-preview-zh")
    phone.goto("/schedule/workdays/preview")
    expect(phone.locator("#effect")).to_contain_text("units have dates that move")
    seen(phone, "workdays-preview-en")

    office.post("registry", f"/meetings/{CAMPAIGN}.{OTHER}/schedule", {"on": day(7), "reason": "工作安排"})
    page.get_by_role("button", name="确认载入").click()
    expect(page.locator("main .notice.bad")).to_contain_text("请重新上传文件")
    seen(page, "workdays-stale-zh")
    look()
    page.get_by_role("button", name="确认载入").click()
    expect(page.locator(".notice.ok")).to_contain_text("已载入")
    expect(page.locator("#versions").locator("xpath=..")).to_contain_text("国办发明电")
    seen(page, "workdays-loaded-zh")
    page.goto("/schedule/workdays/preview")
    expect(page.locator("main")).to_contain_text("这份安排已经载入")
    expect(page.get_by_role("button", name="确认载入")).to_have_count(0)
    database.campaigns.update_one({"_id": CAMPAIGN}, {"$set": {"checklist.3.offset": standing}})
    assert page.faults == [] and phone.faults == []  # type: ignore[attr-defined]


def test_a_calendar_is_subscribed_to_by_an_address_shown_once_and_revoked(enter: Enter, stack: Stack) -> None:
    """Who has the address needs no account and learns no name; revoked, it is not found."""
    page = enter("supervisor")
    page.goto("/me")
    page.get_by_role("button", name="生成订阅地址").click()
    address = page.locator("#link").input_value()
    assert address.startswith(stack.url)
    taken = requests.get(address, timeout=30)
    assert taken.headers["Content-Type"].startswith("text/calendar") and "Set-Cookie" not in taken.headers
    assert "Rectify：" in taken.text and "青溪" not in taken.text and "990823" not in taken.text
    page.goto("/me")
    assert page.locator("#link").count() == 0
    page.get_by_role("button", name="停用").click()
    expect(page.locator("#calendar").locator("xpath=..")).to_contain_text("已停用")
    assert requests.get(address, timeout=30).status_code == 404
    with page.expect_download() as download:
        page.get_by_role("link", name="下载日历文件").click()
    assert "青溪" in download.value.path().read_text("utf-8")


def test_a_unit_before_its_superior_is_a_clash_whichever_of_them_moves(enter: Enter, stack: Stack) -> None:
    """Until the superior moves, too, or the office allows it on the unit's page."""
    office = stack.person("office", grant("office", "campaign", CAMPAIGN))
    stack.database("registry").meetings.update_one({"_id": MEETING}, {"$set": {"superior": OTHER}})

    def superior_on(offset: int) -> None:
        office.post("registry", f"/meetings/{CAMPAIGN}.{OTHER}/schedule", {"on": day(offset), "reason": "工作安排"})

    superior_on(8)
    office.post("registry", f"/meetings/{MEETING}/schedule", {"on": day(8), "reason": "工作安排"})
    superior_on(9)
    page = enter("office")
    page.goto("/schedule/clashes?what=before_superior")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody tr")).to_contain_text("早于上级")
    superior_on(8)
    page.reload()
    expect(page.locator("tbody tr")).to_have_count(0)

    superior_on(9)
    page.reload()
    page.locator("tbody").get_by_role("link").click()
    ask(page, day(8), "已商上级", "调整日期并重新推算")
    page.locator("main").get_by_label("准予早于上级").check()
    page.get_by_role("button", name="调整日期并重新推算").click()
    expect(page.locator("#history").locator("xpath=..")).to_contain_text("准予早于上级")
    page.goto("/schedule/clashes?what=before_superior")
    expect(page.locator("tbody tr")).to_have_count(0)


def test_a_units_page_says_what_moved_its_days_and_who_had_it_moved(enter: Enter, stack: Stack) -> None:
    """A stricter rule and a holiday file that was loaded, in both languages."""
    office = enter("office")
    office.goto(f"/requirements?unit={MEETING.partition('.')[2]}")
    office.locator("[name='offset:plan']").fill("-18")
    office.locator("#why").fill("早作准备")
    office.get_by_role("button", name="提高要求").click()
    expect(office.locator(".notice.ok")).to_contain_text("已提高要求")
    found = contracts.documents()["documents/meeting"]["examples"][0]
    loaded = [entry for entry in found["history"] if entry["what"] == "calendar_loaded"]
    stack.database("registry").meetings.update_one({"_id": MEETING}, {"$push": {"history": {"$each": loaded}}})

    unit = enter("liaison", width=390)
    unit.goto(UNIT_PAGE)
    history = unit.locator("#history").locator("xpath=..")
    expect(history).to_contain_text("要求提高，日期重新推算")
    expect(history).to_contain_text("早作准备")
    expect(history).to_contain_text("节假日安排有变，日期重新推算")
    history.locator("details").evaluate_all("all => all.forEach(one => one.open = true)")
    expect(history.get_by_role("link", name="节假日安排第 2 版").first).to_be_visible()
    expect(history).to_contain_text(re.compile(r"会议方案报备：.+日 → .+日"))
    assert unit.evaluate("document.documentElement.scrollWidth") <= 390
    english = enter("liaison", english=True)
    english.goto(UNIT_PAGE)
    expect(english.locator("#history").locator("xpath=..")).to_contain_text("More was asked, dates counted anew")
    expect(english.locator("#history").locator("xpath=..")).to_contain_text("Holidays changed, dates counted anew")
