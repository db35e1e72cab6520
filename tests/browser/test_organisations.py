"""An officer brings a table in, opens the tree level by level, renames, moves a unit, and asks for more in a county."""

import os
import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import MEETING, OTHER, UNIT, Enter
from tests.registry.test_organisations import HEAD, POSTS, ROWS, as_csv
from tests.stack import Stack, campaign_folder, grant

SEEN = os.environ.get("RECTIFY_SCREENSHOTS")


def seen(page: Page, name: str) -> None:
    """Nothing sticks out of the window; kept as a picture where somebody wants to look."""
    width = page.viewport_size["width"]  # type: ignore[index]
    assert page.evaluate("document.documentElement.scrollWidth") <= width, name
    if SEEN:
        page.screenshot(path=str(Path(SEEN) / f"{name}-{width}.png"), full_page=True)


def hand_over(page: Page, data: bytes, name: str) -> None:
    page.goto("/organisations")
    page.locator("#file").set_input_files({"name": name, "mimeType": "text/csv", "buffer": data})
    page.get_by_role("button", name="上传并核对").click()


def test_a_table_is_mended_brought_in_and_the_tree_is_opened_level_by_level(enter: Enter, stack: Stack) -> None:
    """The fault is told by its cell; what is changed and what stays is seen before it is done."""
    page = enter("office", width=1440)
    page.get_by_role("link", name="组织", exact=True).click()
    with page.expect_download() as template:
        page.get_by_role("link", name="下载模板").click()
    assert template.value.suggested_filename == "organisations-template.xlsx"
    hand_over(
        page, as_csv(HEAD, *ROWS[:2], ["990823-NYNC", "青溪县农业农村局", "县级", "990899", "", "党组", "7"]), "错.csv"
    )
    expect(page.locator("tbody tr")).to_have_count(2)
    expect(page.locator("tbody")).to_contain_text("C4")
    seen(page, "faults-zh")
    hand_over(page, as_csv(HEAD, *ROWS, encoding="gb18030"), "组织.csv")
    expect(page.locator("tbody tr")).to_have_count(4)
    seen(page, "preview-zh")
    page.get_by_role("button", name="确认导入").click()
    expect(page.locator(".strip")).to_contain_text("已导入")
    hand_over(page, as_csv(POSTS, [UNIT, "01", "党组书记、局长", "第一责任人", "2022-03-01", ""]), "岗位.csv")
    expect(page.locator("tbody tr")).to_contain_text("表里没有的岗位：02")
    expect(page.locator("[name=end_unnamed]")).not_to_be_checked()
    seen(page, "posts-left-out-zh")
    left_out = page.url
    page.get_by_role("button", name="确认导入").click()
    expect(page.locator(".strip")).to_contain_text("已导入")
    expect(page.get_by_text("表里没有的岗位都保留了")).to_be_visible()
    page.goto("/organisations")
    seen(page, "tree-zh")
    for name in ("闽川市", "青溪县", "青溪县农业农村局"):
        page.get_by_role("main").get_by_role("link", name=name, exact=True).last.click()
    page.get_by_text("更名", exact=True).first.click()
    page.locator("#r-name").fill("青溪县农业农村和水利局")
    page.locator("#r-reason").fill("机构改革")
    page.get_by_role("button", name="更名").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("青溪县农业农村和水利局")
    page.get_by_text("撤销组织", exact=True).first.click()
    page.locator("#c-reason").fill("撤并")
    page.get_by_role("button", name="撤销组织").click()
    expect(page.get_by_role("alert")).to_contain_text("还没有召开")
    seen(page, "organisation-zh")
    with page.expect_download() as taken_out:
        page.goto("/organisations")
        page.get_by_role("link", name="导出 Excel").click()
    hand_over(page, Path(taken_out.value.path()).read_bytes(), "出.xlsx")
    expect(page.get_by_text("不用导入")).to_be_visible()
    phone = enter("office", width=390, english=True)
    for address, name in (
        (left_out, "posts-left-out-en"),
        ("/organisations?q=青溪", "tree-en"),
        (f"/organisations/{UNIT}", "organisation-en"),
        ("/groups?group=G4", "groups-en"),
        ("/requirements?region=990823", "requirements-en"),
    ):
        phone.goto(address)
        seen(phone, name)
    assert page.faults == [] and phone.faults == []  # type: ignore[attr-defined]


def test_a_unit_goes_to_another_group_and_a_county_asks_for_more_but_never_for_less(enter: Enter, stack: Stack) -> None:
    """The office moves units; a county's office sees its own county only."""
    page = enter("office", width=1440)
    page.goto("/groups?group=G4")
    page.locator("#why").fill("分工调整")
    page.get_by_role("button", name="调整", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("请先勾选要调整的单位")
    page.locator("input[name=unit]").first.check()
    page.locator("#to").select_option("G5")
    page.locator("#why").fill("组长回避")
    page.get_by_role("button", name="调整").click()
    expect(page.get_by_text("已调整 1 个单位")).to_be_visible()
    seen(page, "groups-zh")
    page.goto(f"/requirements?region={UNIT[:6]}")
    page.locator("[name=immediate_days]").fill("40")
    page.locator("#why").fill("从严")
    page.get_by_role("button", name="提高要求").click()
    expect(page.get_by_role("alert")).to_contain_text("即知即改期限")
    expect(page.locator("[name=immediate_days]")).to_have_value("40")
    stack.enrol("qingxi", grant("county_office", "region", UNIT[:6]))
    county = enter("qingxi", width=1440)
    county.goto("/requirements")
    county.locator("[name=immediate_days]").fill("40")
    county.locator("#why").fill("县委要求")
    county.get_by_role("button", name="提高要求").click()
    expect(county.get_by_role("alert")).to_contain_text("只能比上级更严")
    county.locator("[name=immediate_days]").evaluate("field => (field.type = 'text')")
    county.locator("[name=immediate_days]").fill("--5")
    county.get_by_role("button", name="提高要求").click()
    expect(county.get_by_role("alert")).to_contain_text("没有提交成功")
    county.locator("[name=immediate_days]").fill("")
    county.locator("[name=needed]").fill("10")
    county.locator("[name=of]").fill("3")
    county.locator("[name=answer_days]").fill("2")
    county.get_by_role("button", name="提高要求").click()
    expect(county.get_by_role("alert")).to_contain_text("到会比例不能超过全部：10/3")
    seen(county, "quorum-refused-zh")
    for empty in ("needed", "of", "answer_days"):
        county.locator(f"[name={empty}]").fill("")
    county.locator("[name=immediate_days]").fill("20")
    county.locator("[name='offset:plan']").fill("-16")
    county.get_by_role("button", name="提高要求").click()
    expect(county.locator("tbody tr").filter(has_text="即知即改期限")).to_contain_text("县委要求")
    seen(county, "requirements-zh")
    county.goto("/groups?group=G5")
    expect(county.get_by_role("button", name="调整")).to_have_count(0)
    assert page.faults == [] and county.faults == []  # type: ignore[attr-defined]


def test_a_unit_asks_for_more_of_all_below_it_and_each_of_them_says_whose_it_is(enter: Enter, stack: Stack) -> None:
    """Refused, what was ticked stays ticked; in both languages."""
    tree = stack.database("registry").organisations
    tree.insert_one({"_id": OTHER, "parent": UNIT, "region": OTHER[:6], "state": "active"})
    page = enter("office", width=1440)
    page.goto(f"/requirements?unit={UNIT}")
    below = page.get_by_label("对它的全部下级组织同样要求")
    below.check()
    page.locator("[name=immediate_days]").fill("40")
    page.locator("#why").fill("从严")
    page.get_by_role("button", name="提高要求").click()
    expect(page.get_by_role("alert")).to_contain_text("只能比上级更严")
    expect(below).to_be_checked()
    page.locator("[name=immediate_days]").fill("20")
    page.get_by_role("button", name="提高要求").click()
    expect(page.locator(".notice.ok")).to_contain_text("已提高要求")
    tree.delete_one({"_id": OTHER})
    page.goto(f"/requirements?unit={OTHER}")
    row = page.locator("tbody tr").filter(has_text="即知即改期限")
    expect(row).to_contain_text("20")
    expect(row).to_contain_text("青溪县农业农村")
    expect(row).to_contain_text("县（市、区）要求，含全部下级")
    seen(page, "requirements-below-zh")
    phone = enter("office", width=390, english=True)
    phone.goto(f"/requirements?unit={OTHER}")
    expect(phone.locator("tbody tr").filter(has_text="20").first).to_contain_text("for all below it")
    seen(phone, "requirements-below-en")
    assert page.faults == [] and phone.faults == []  # type: ignore[attr-defined]


def test_a_change_of_a_post_told_ahead_is_taken_back_once(enter: Enter) -> None:
    """With a reason; who clicks again, from another window, changes nothing, and both deeds stay in the history."""
    page, other = enter("office", width=1440), enter("office", width=390, english=True)
    page.goto(f"/teams/{UNIT}")
    page.get_by_text("换人", exact=True).click()
    page.locator("#succeeded-post").select_option("01")
    page.locator("#succeeded-on").fill("2099-01-01")
    page.locator("#succeeded-reason").fill("到龄退休")
    page.get_by_role("button", name="登记换人").click()
    expect(page.locator("tbody tr").filter(has_text="从 2099")).to_have_count(1)
    other.goto(f"/teams/{UNIT}")
    for window, reason in ((page, "延迟退休"), (other, "Twice")):
        entry = window.locator("section[aria-labelledby=history] li").first
        entry.locator("summary").click()
        entry.locator("[name=reason]").fill(reason)
        seen(window, f"taking-back-{reason}")
        entry.locator("button").click()
        expect(window.locator(".chip").filter(has_text=re.compile("已撤回|Withdrawn"))).to_have_count(1)
        expect(window.locator("section[aria-labelledby=history]")).to_contain_text("延迟退休")
    seen(other, "taken-back-en")
    page.reload()
    expect(page.get_by_role("button", name="撤回这项变动")).to_have_count(0)
    expect(page.locator("tbody tr").filter(has_text="2099")).to_have_count(0)
    assert page.faults == [] and other.faults == []  # type: ignore[attr-defined]


def test_a_member_changes_with_a_day_and_a_group_is_edited_with_its_history(enter: Enter, stack: Stack) -> None:
    """Posts are named, never persons; whoever may not is shown no form."""
    page = enter("office", width=1440)
    page.goto(f"/teams/{UNIT}")
    page.get_by_text("换人", exact=True).click()
    page.locator("#succeeded-post").select_option("01")
    page.locator("#t-new").fill("党组书记、局长（新任）")
    page.locator("#succeeded-reason").fill("工作调动")
    page.get_by_role("button", name="登记换人").click()
    expect(page.locator("tbody tr").filter(has_text="党组书记、局长（新任）")).to_have_count(1)
    page.get_by_text("增设岗位", exact=True).click()
    page.locator("#a-title").fill("总工程师")
    page.locator("#added-reason").fill("增设")
    page.get_by_role("button", name="登记增设").click()
    expect(page.locator("tbody")).to_contain_text("总工程师")
    seen(page, "posts-zh")
    page.goto(f"/meetings/{MEETING}")
    expect(page.get_by_role("link", name="成员变动")).to_be_visible()
    seen(page, "meeting-zh")
    page.goto("/groups?group=G6")
    page.get_by_text("修改督导组", exact=True).click()
    page.locator("#e-leader").fill("一级调研员")
    expect(page.locator("[name=region]:checked")).to_have_count(1)
    page.locator("#e-until").fill("2099-01-31")
    page.locator("#e-reason").fill("充实力量")
    seen(page, "group-form-zh")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("充实力量")).to_be_visible()
    expect(page.locator("tbody")).to_contain_text("一级调研员")
    page.goto("/groups?group=G7")
    page.get_by_text("修改督导组", exact=True).click()
    page.locator("#e-until").fill("2024-01-31")
    page.locator("#e-reason").fill("抽调结束")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("alert")).to_contain_text("已经过去")
    expect(page.locator("[name=ends_at_once]")).not_to_be_checked()
    expect(page.locator("#e-reason")).to_have_value("抽调结束")
    seen(page, "group-over-zh")
    page.locator("#e-until").fill("2099-01-31")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("抽调至 2099年1月31日")).to_have_count(2)
    page.goto("/requirements?region=990823")
    page.get_by_text("增加签字人").click()
    page.locator("[name=more_signing]").check()
    page.locator("[name=signing][value='team_inspection:author']").check()
    page.locator("#why").fill("从严")
    seen(page, "signing-zh")
    page.get_by_text("增加提醒", exact=True).click()
    page.locator("[name='before:meeting']").fill("10")
    page.get_by_role("button", name="提高要求").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.locator("[name='before:meeting']")).to_have_value("10")
    page.locator("[name='to:meeting'][value=group]").check()
    seen(page, "more-reminders-zh")
    page.get_by_role("button", name="提高要求").click()
    expect(page.locator("tbody tr").filter(has_text="签字要求")).to_contain_text("从严")
    row = page.locator("tbody tr").filter(has=page.get_by_role("rowheader", name="提醒", exact=True))
    row.get_by_text("逐步查看").click()
    expect(row).to_contain_text("提前 10 天（督导组）")
    phone = enter("office", width=390, english=True)
    for address, name in ((f"/teams/{UNIT}", "posts-en"), ("/groups?group=G6", "group-en")):
        phone.goto(address)
        seen(phone, name)
    assert page.faults == [] and phone.faults == []  # type: ignore[attr-defined]


def test_among_more_units_than_a_box_holds_one_is_found_by_a_few_letters_within_the_own_scope(
    enter: Enter, stack: Stack
) -> None:
    """Its name alone is understood too, without a script."""
    many, folder = "many-units", campaign_folder()
    usual = {"team": "党组", "level": "county", "members": 1}
    folder["campaign"]["campaign_code"] = many
    folder["units"] = [
        {
            **usual,
            "unit_code": f"9908{23 + n % 2}-U{n:03}",
            "region_code": f"9908{23 + n % 2}",
            "name": f"第{n:03}号单位",
        }
        for n in range(210)
    ]
    folder["groups"] = [{**folder["groups"][0], "units": [unit["unit_code"] for unit in folder["units"]]}]
    whole, part = grant("office", "campaign", many, many), grant("county_office", "region", "990823", many)
    stack.person("office", whole).post("registry", "/campaigns", folder)
    for login, held in (("many-office", whole), ("many-county", part)):
        stack.enrol(login, held)

    page = enter("many-office", width=1440)
    page.goto("/requirements")
    page.locator("#f-unit").press_sequentially("20")
    offered = page.locator("#f-unit-found option")
    expect(offered).to_have_count(12)
    assert offered.last.get_attribute("value") == "990824-U209"
    page.locator("#f-unit").fill("990824-U209")
    seen(page, "unit-box-zh")
    page.locator("form.filters").get_by_role("button").first.click()
    expect(page.locator(".head")).to_contain_text("第209号单位")
    assert page.evaluate("fetch('/units.json?q=').then((answer) => answer.json())") == {"rows": []}
    assert page.faults == []  # type: ignore[attr-defined]

    phone = enter("many-office", width=390, english=True, script=False)
    phone.goto("/requirements")
    phone.locator("#f-unit").fill("第208号单位")
    seen(phone, "unit-box-en")
    phone.locator("form.filters").get_by_role("button").first.click()
    expect(phone.locator(".head")).to_contain_text("第208号单位")
    found = enter("many-county").request.get("/units.json?q=20").json()["rows"]
    assert {row["code"][:6] for row in found} == {"990823"}


def test_a_wrong_code_to_merge_into_keeps_what_was_typed_and_lists_show_who_has_ended(enter: Enter) -> None:
    """What was merged is found by its state."""
    page = enter("office", width=1440)
    rows = [ROWS[0], *([f"990866{code}", name, "县", *rest] for code, name, *rest in (
        ("", "乙县", "990800", "990866", "", ""), ("-JY", "乙县教育局", "990866", "990866", "党组", "5"),
        ("-TY", "乙县体育局", "990866", "990866", "党组", "5"),
    ))]  # fmt: skip
    hand_over(page, as_csv(HEAD, *rows), "乙县.csv")
    page.get_by_role("button", name="确认导入").click()
    expect(page.locator(".strip")).to_contain_text("已导入")
    page.goto("/organisations/990866-TY")
    page.get_by_text("并入另一个组织", exact=True).click()
    page.locator("#m-into").fill("990866-JJ")
    page.locator("#m-reason").fill("机构改革")
    page.get_by_role("button", name="并入", exact=True).click()
    expect(page.locator("#m-into-fault")).to_contain_text("没有组织 990866-JJ")
    expect(page.locator("#m-reason")).to_have_value("机构改革")
    seen(page, "merge-refused-zh")
    page.locator("#m-into").fill("990866-jy")
    page.get_by_role("button", name="并入", exact=True).click()
    expect(page.get_by_text("已并入，沿革保留")).to_be_visible()
    for address in ("/organisations?state=merged", "/organisations?state=merged&q=体育"):
        page.goto(address)
        expect(page.locator("tbody tr")).to_contain_text("乙县体育局")
        expect(page.locator("tbody .chip")).to_have_count(1)
    seen(page, "merged-zh")
    page.goto("/organisations/990866-JY")
    page.get_by_text("分设一个组织", exact=True).click()
    for field, text in (("code", "990866-KX"), ("name", "乙县科技局"), ("team", "党组"), ("reason", "单设")):
        page.locator(f"#s-{field}").fill(text)
    page.get_by_role("button", name="分设", exact=True).click()
    page.goto("/groups")
    page.locator("[name=level][value=county]").check()
    page.locator("form[action$='/groups/units'] [name=group]").select_option("G4")
    page.get_by_role("button", name="纳入活动").click()
    expect(page.get_by_text("没有纳入：乙县科技局（没有岗位，班子人数为零）")).to_be_visible()
    seen(page, "units-left-out-zh")
    page.goto("/organisations/990866")
    page.get_by_text("更名", exact=True).first.click()
    expect(page.locator("#r-name")).to_be_visible()
    expect(page.locator("#r-team")).to_have_count(0)
    phone = enter("office", width=390, english=True)
    phone.goto("/organisations?state=merged")
    seen(phone, "merged-en")
    assert page.faults == [] and phone.faults == []  # type: ignore[attr-defined]
