"""Whoever keeps other systems as subscribers sees how far each is behind, and does something about it."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OTHER, PEOPLE, UNIT, Enter
from tests.receiver import Receiver
from tests.stack import CAMPAIGN, Stack, grant, wait_until


@pytest.fixture(scope="module")
def receiver(tmp_path_factory):
    with Receiver(tmp_path_factory.mktemp("receiver")) as running:
        yield running


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("RECTIFY_WEBHOOKS", "127.0.0.0/8")
        with Stack(tmp_path_factory.mktemp("subscribers"), portal=True) as running:
            running.load([UNIT, OTHER])
            for login in ("office", "system", "liaison"):
                running.enrol(login, PEOPLE[login])
            running.settled()
            yield running


def because(page: Page, button: str, reason: str) -> None:
    """Give the reason in the form that is open, and send it."""
    form = page.locator("form").filter(has=page.get_by_role("button", name=button, exact=True))
    form.locator("[name=reason]").fill(reason)
    form.get_by_role("button", name=button, exact=True).click()


def unfold(page: Page, title: str) -> None:
    page.locator("summary", has_text=title).first.click()


def test_an_address_is_made_proved_paused_and_moved_and_its_secrets_are_shown_once(enter: Enter, receiver):
    page = enter("office")
    page.goto("/campaigns")
    page.get_by_role("link", name="数据订阅").click()
    expect(page.get_by_text("还没有订阅方")).to_be_visible()
    unfold(page, "新增订阅方")
    page.get_by_label("系统名称").fill("协同办公")
    page.get_by_label("代码").fill("oa")
    page.get_by_label("方式").first.select_option("webhook")
    page.get_by_label("接收网址").fill("http://10.0.0.1/hook")
    page.get_by_label("从哪里开始").select_option("0")
    page.get_by_role("button", name="建立").click()
    expect(page.get_by_role("alert")).to_contain_text("10.0.0.1")
    expect(page.get_by_label("系统名称")).to_have_value("协同办公")
    page.get_by_label("接收网址").fill(receiver.url)
    page.get_by_role("button", name="建立").click()
    expect(page.locator("code.secret")).to_contain_text("whsec_")
    page.locator(".notice a").click()
    assert page.locator("code.secret").count() == 0 and page.url.endswith("/subscribers/oa")
    page.get_by_role("button", name="现在验证").click()
    expect(page.get_by_text("验证通过，开始推送。")).to_be_visible()
    wait_until(lambda: len(receiver.came()) > 2)
    for title, said in (("暂停", "已暂停，事件都留着。"), ("恢复", "已恢复，从停下的地方继续。")):
        unfold(page, title)
        because(page, title, "对方检修")
        expect(page.get_by_text(said)).to_be_visible()
    unfold(page, "更换密钥")
    because(page, "更换密钥", "例行更换")
    expect(page.locator("code.secret")).to_contain_text("whsec_")
    assert page.faults == []  # type: ignore[attr-defined]


def test_what_was_sent_is_sent_again_by_ticks_or_by_a_span_that_is_counted_first(enter: Enter, receiver, stack: Stack):
    office = stack.person("office", grant("office", "campaign", CAMPAIGN))
    wait_until(lambda: office.get("notification", "/subscribers/oa")["lag"] == 0)
    page, before = enter("office"), len(receiver.came())
    page.goto("/subscribers/oa")
    for box in page.locator("tbody input[name=number]").all()[:2]:
        box.check()
    because(page, "重发勾选的", "对方没有入库")
    wait_until(lambda: len(receiver.came()) == before + 2)
    unfold(page, "向它重放")
    page.get_by_label("起始时间").fill("2020-01-01T00:00")
    page.locator("#r-type").select_option("campaign_opened")
    page.get_by_role("button", name="看有多少个").click()
    expect(page.get_by_text("将重放 1 个事件")).to_be_visible()
    because(page, "开始重放", "对方恢复备份")
    wait_until(lambda: len(receiver.came()) == before + 3)
    page.goto("/subscribers/oa?preview=1")
    expect(page.get_by_role("alert")).to_contain_text("至少选一项")


def test_one_that_is_called_no_more_is_told_of_and_its_poison_is_left_out(enter: Enter, receiver, stack: Stack):
    office = stack.person("office", grant("office", "campaign", CAMPAIGN))
    receiver.answers(410)
    office.post("notification", "/subscribers/oa/replay", {"after": 0, "reason": "对方重装"})
    wait_until(lambda: office.get("notification", "/subscribers/oa")["state"] == "disabled")
    receiver.answers(200)
    wait_until(lambda: office.get("notification", "/messages", unread="1")["total"])
    page = enter("office")
    page.goto("/messages?unread=1")
    page.locator(".letters li", has_text="订阅方 oa 已停止推送").get_by_role("button").click()
    expect(page.get_by_text("对方回答 410")).to_be_visible()
    unfold(page, "跳过送不到的事件")
    because(page, "跳过", "对方无法处理，已人工核对")
    expect(page.get_by_text("第 1 号已跳过。")).to_be_visible()
    unfold(page, "恢复")
    because(page, "恢复", "对方已恢复")
    wait_until(lambda: office.get("notification", "/subscribers/oa")["lag"] == 0)
    wait_until(lambda: not office.get("notification", "/messages", unread="1")["total"])


@pytest.mark.parametrize("english", [False, True])
def test_the_pages_fit_a_phone_and_the_list_goes_to_excel(enter: Enter, english: bool):
    page = enter("system", width=390, english=english)
    for path in ("/subscribers", "/subscribers/oa"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
    answer = page.request.get("/subscribers.xlsx")
    assert answer.ok and answer.body()[:2] == b"PK"


def test_who_keeps_no_subscribers_sees_none(enter: Enter):
    page = enter("liaison")
    for path in ("/subscribers", "/subscribers/oa"):
        answer = page.goto(path)
        assert answer and answer.status == 403
    assert page.request.get("/subscribers.xlsx").status == 403
