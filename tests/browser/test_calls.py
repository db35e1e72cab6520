"""How people are called, at a browser: one's own addresses and wishes, a real letter and where its code leads, what was
given up and is sent again, the rule of the campaign, what the public account takes along."""

import json
import re
from datetime import date, timedelta

import pytest

from services.spine import clock
from tests.mailbox import Mailbox
from tests.stack import CAMPAIGN, Stack, grant, wait_until

UNIT, OTHER = "990823-NYNC", "990881-LY"
PEOPLE = {
    "office": grant("office", "campaign", CAMPAIGN),
    "liaison": grant("liaison", "unit", UNIT),
    "secretary": grant("secretary", "unit", UNIT),
    "supervisor": grant("supervisor", "group", "G4"),
    "system": grant("system_admin", "system", "*", None),
}
CODE = re.compile(r"https://rectify\.example(/n/[2-9a-z]{10})$")


@pytest.fixture(scope="module")
def mailbox():
    with Mailbox() as running:
        yield running


@pytest.fixture(scope="module")
def stack(tmp_path_factory, mailbox):
    folder = tmp_path_factory.mktemp("calls")
    mail = {"host": "127.0.0.1", "port": mailbox.port, "security": "none", "from": "rectify@minchuan.example"}
    said = {"address": "https://rectify.example", "quiet": None, "mail": mail, "public_account": {}}
    (folder / "channels.json").write_text(json.dumps(said))
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("RECTIFY_CHANNELS_FILE", str(folder / "channels.json"))
        running = Stack(folder / "stack", portal=True).start()
    try:
        running.load([UNIT, OTHER])
        for login, role in PEOPLE.items():
            running.enrol(login, role)
        all_told(running)
        yield running
    finally:
        running.stop()


def all_told(stack: Stack) -> None:
    """Whatever was said has called whom it calls: who gives an address after this is called of what comes after."""
    stack.settled()
    wait_until(lambda: not stack.database("notification").messages.find_one({"told_at": None}), 30, "untold")


def move_meeting(stack: Stack, days: int) -> None:
    """The office sets another day, which the unit is told."""
    office, path = stack.person("office", PEOPLE["office"]), f"/meetings/{CAMPAIGN}.{UNIT}"
    on = office.get("registry", path)["meeting_on"]
    moved = (date.fromisoformat(on) + timedelta(days)).isoformat()
    office.post("registry", f"{path}/schedule", {"on": moved, "reason": "场地"})


def test_who_gives_an_address_is_called_without_content_and_the_code_leads_to_the_page(stack, mailbox, enter):
    page = enter("liaison")
    page.goto("/me")
    page.get_by_label("电子邮箱").fill("liaison@minchuan.example")
    page.get_by_role("button", name="保存联系方式").click()
    page.get_by_text("联系方式已保存。").wait_for()
    assert page.get_by_label("电子邮箱").input_value() == "liaison@minchuan.example"
    page.get_by_role("button", name="保存接收设置").click()
    page.get_by_text("接收设置已保存。").wait_for()
    move_meeting(stack, -1)
    wait_until(lambda: mailbox.came, 30, "a letter")
    letter, text = mailbox.came[0], mailbox.texts()[0]
    assert (letter["To"], letter["Subject"]) == ("liaison@minchuan.example", "您有 1 项待办或待阅")
    path = CODE.search(text)
    assert path and UNIT not in text
    page.goto(path.group(1))
    assert page.url == f"{stack.url}/meetings/{CAMPAIGN}.{UNIT}"
    other = enter("supervisor")
    assert other.goto(path.group(1)).status == 404, "to others the code says nothing"


def test_whoever_follows_a_view_is_called_by_mail_after_the_night_and_the_code_leads_to_the_view(stack, mailbox, enter):
    """No count, name or filter leaves with it, nor that it is to be done."""
    liaison = stack.person("liaison", PEOPLE["liaison"])
    at, problem = {"campaign": CAMPAIGN, "unit": UNIT}, {"source": "talk", "category": "phased"}
    liaison.post("rectification", "/items", {**at, **problem, "key": "p1", "problem": "灌渠水毁半年未修复"})
    draft = {"campaign": CAMPAIGN, "key": "view-kept-0001", "name": "还没有时限的", "query": {"category": "phased"}}
    view = liaison.post("rectification", "/ledger/views", draft)
    liaison.post("rectification", f"/ledger/views/{view['view_id']}/following", {"every": "daily"})
    all_told(stack)
    ledger, sendings = stack.database("rectification"), stack.database("notification").sendings
    ledger.followings.update_one({}, {"$set": {"next_on": clock.today()}})
    ledger.nights.delete_many({})
    stack.run("ledger", "nightly")
    row = wait_until(lambda: sendings.find_one({"event": "view_digested", "state": "sent"}), 30, "a digest")
    (letter,) = (one for one in mailbox.came if one.get_content().strip().endswith(row["code"]))
    assert (letter["To"], letter["Subject"]) == ("liaison@minchuan.example", "您有 1 项待办或待阅")
    assert letter.get_content().strip() == f"您有 1 项待办或待阅，请登录后查看：https://rectify.example/n/{row['code']}"
    page = enter("liaison")
    page.goto(f"/n/{row['code']}")
    assert page.url.startswith(f"{stack.url}/ledger?") and "category=phased" in page.url


def test_what_was_given_up_is_seen_without_addresses_and_sent_again(stack, mailbox, enter):
    all_told(stack)
    stack.person("secretary", PEOPLE["secretary"]).post("access", "/me/contact", {"email": "nobody@minchuan.example"})
    before = len(mailbox.came)
    move_meeting(stack, 1)
    wait_until(lambda: stack.database("notification").sendings.find_one({"state": "dead"}), 30, "given up")
    stack.person("secretary", PEOPLE["secretary"]).post("access", "/me/contact", {"email": "found@minchuan.example"})
    page = enter("system")
    page.goto("/operations")
    page.get_by_role("link", name="通知发送").click()
    page.get_by_text("SMTPRecipientsRefused 550").first.wait_for()
    assert "@minchuan.example" not in page.content() and page.get_by_text("什么时候不提醒").count() == 0
    page.get_by_label("重发原因").fill("邮箱已更正")
    page.get_by_role("button", name="全部重发（1 条）").click()
    page.get_by_text("1 条已重新排队发送。").wait_for()
    page.get_by_text("没有发不出去的通知").wait_for()
    wait_until(lambda: "found@minchuan.example" in [letter["To"] for letter in mailbox.came[before:]], 30, "sent again")
    page.get_by_role("link", name="重发记录").click()
    row = page.get_by_role("row").filter(has_text="邮箱已更正")
    assert row.inner_text().split("\t")[1:] == ["system", "全部需要人处理的", "1", "邮箱已更正"] and page.faults == []


def test_the_office_sets_quiet_hours_and_takes_along_what_waits_for_the_public_account(stack, enter):
    all_told(stack)
    liaison = stack.person("liaison", PEOPLE["liaison"])
    liaison.post("access", "/me/contact", {"mobile": "13900000001"})
    move_meeting(stack, -1)
    waiting = {"channel": "public_account", "state": "waiting"}
    wait_until(lambda: stack.database("notification").sendings.find_one(waiting), 30, "waits")
    page = enter("office")
    page.goto(f"/calls?campaign={CAMPAIGN}")
    with page.expect_download() as taken:
        page.get_by_role("button", name="导出").click()
    lines = taken.value.path().read_text("utf-8-sig").splitlines()
    assert lines[0] == "手机号,内容,代码" and lines[1].startswith("13900000001,您有 1 项待办") and len(lines) == 2
    assert stack.database("notification").sendings.count_documents(waiting) == 0
    page.get_by_label("免打扰开始").fill("21:00")
    page.get_by_label("免打扰结束").fill("08:00")
    page.get_by_label("原因", exact=True).fill("不在休息时间打扰基层")
    page.get_by_role("button", name="修改时段").click()
    page.get_by_text("通知时段已修改").wait_for()
    assert page.get_by_label("免打扰开始").input_value() == "21:00" and page.faults == []


@pytest.mark.parametrize("who", ["liaison", "supervisor"])
def test_others_do_not_see_who_was_called(stack, enter, who):
    assert enter(who).goto("/calls").status == 403
    person = stack.person(who, PEOPLE[who])
    for path in ("/sendings", "/resends", "/channels", f"/delivery-policies/{CAMPAIGN}"):
        assert person.ask("GET", "notification", path).status_code == 403


def test_the_office_has_its_own_words_said_and_is_told_where_they_fail(stack, enter):
    page = enter("office")
    page.goto(f"/campaigns/{CAMPAIGN}/letters/meeting_scheduled/zh")
    text, note = page.get_by_label("模板（第一行是标题）"), page.get_by_label("改动说明（启用时填写）")
    text.fill("开会的日子定了\n在 {{ meeting_day }} 开会。")
    page.get_by_role("button", name="预览").click()
    page.get_by_text("模板第 2 行用了事件没有或不一定有的字段：meeting_day").wait_for()
    assert "meeting_day" in text.input_value(), "what was written is still there"
    text.fill("开会的日子定了\n在 {{ meeting_on }} 开会。")
    page.get_by_role("button", name="预览").click()
    page.locator("#preview ~ .card").get_by_text("开会的日子定了").first.wait_for()
    note.fill("说得明白些")
    page.get_by_role("button", name="启用这份用语").click()
    page.get_by_text("新的用语已启用。").wait_for()
    liaison = stack.person("liaison", PEOPLE["liaison"])
    assert liaison.get("notification", "/messages")["rows"][0]["subject"] == "开会的日子定了"
    page.get_by_label("系统用语", exact=True).check()
    page.get_by_label("原因").fill("还是原来的好")
    page.get_by_role("button", name="换回所选的").click()
    page.get_by_text("已换回所选的用语。").wait_for()
    assert page.get_by_text("第 1 版").count() and page.faults == []
    assert liaison.get("notification", "/messages")["rows"][0]["subject"] != "开会的日子定了"
    assert liaison.ask("GET", "notification", f"/letters/{CAMPAIGN}").status_code == 403
    elsewhere = stack.person("office-2", grant("office", "campaign", "another-campaign", "another-campaign"))
    assert elsewhere.ask("GET", "notification", f"/letters/{CAMPAIGN}").status_code == 404
