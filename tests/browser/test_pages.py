"""What holds for every page: on a phone, in English, without scripts, by keyboard, for a screen reader."""

import collections
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from services.rectification import lists
from services.spine import clock
from tests.browser.conftest import MEETING, PEOPLE, UNIT, Enter
from tests.stack import CAMPAIGN, MATERIALS, Stack, document, grant, wait_until

OUTLINE = f"{MEETING}.speech_outline.02"
LATE = f"{MEETING}.late"
PAPER = f"{LATE}.e1-1-1"
TO_JUDGE = f"{MEETING}.speech_outline.05"
EVERYWHERE = ["/today", "/messages", "/meetings", f"/meetings/{MEETING}", "/materials", f"/materials/{OUTLINE}"]
PAGES = {
    "liaison": [
        *EVERYWHERE,
        f"/reviews/{OUTLINE}.v1",
        "/items",
        "/items/new",
        f"/items/{MEETING}.p01",
        f"/items/{LATE}",
        "/items/candidates",
        "/items/findings/new",
        "/items/leftovers",
        "/escalations",
        "/reports",
        "/ledger",
        "/ledger/flow",
        "/ledger/views",
        "/effectiveness",
    ],
    "member": ["/today", f"/meetings/{MEETING}", f"/materials/{OUTLINE}", "/messages"],
    "supervisor": [
        "/today",
        "/reviews",
        "/reviews/readers",
        "/reviews/recusals",
        "/reviews/forms",
        "/reviews/samples",
        "/items/candidates",
        "/items/recurrences",
        f"/reviews/{OUTLINE}.v1",
        f"/reviews/{OUTLINE}.v1/print",
        f"/reviews/{OUTLINE}.v1/copies",
        f"/reviews/{OUTLINE}.v1/differences",
        "/reviews/day?on=2024-01-05",
        "/reviews?mine=free",
        f"/meetings/{MEETING}/comment",
        f"/items/{MEETING}.p01",
        f"/evaluations/{MEETING}.v1",
        "/board",
    ],
    "office": [
        "/today",
        "/board",
        "/board/grid",
        "/board/trend",
        "/board/standards",
        "/board/groups",
        "/board/problems",
        "/board/units?aspect=1&state=open",
        "/board/bulletins",
        "/meetings?relays=1",
        f"/campaigns/{CAMPAIGN}",
        f"/meetings/{MEETING}",
        f"/meetings/{MEETING}/comment",
        "/reviews/samples",
        "/rules",
        "/escalations",
        f"/escalations/{PAPER}",
        f"/escalations/{PAPER}/print",
        "/reports",
        "/evaluations",
        f"/evaluations/{MEETING}.v1",
        "/schedule",
        "/schedule/clashes",
        "/schedule/workdays",
        "/organisations",
        "/groups?group=G4",
        "/requirements",
        f"/campaigns/{CAMPAIGN}/definition",
        f"/campaigns/{CAMPAIGN}/definition/basics",
        f"/campaigns/{CAMPAIGN}/definition/checklist",
        f"/campaigns/{CAMPAIGN}/definition/rectification",
        f"/campaigns/{CAMPAIGN}/preview",
        f"/campaigns/{CAMPAIGN}/versions",
        f"/campaigns/{CAMPAIGN}/versions/1",
        f"/campaigns/{CAMPAIGN}/copy",
        "/campaign-folder",
        "/coaching",
        "/coaching/unreached",
        "/questions",
        f"/meetings/{MEETING}/day",
        f"/teams/{UNIT}",
    ],
    "county": ["/today", "/board", "/schedule", "/organisations", "/requirements", "/coaching", f"/meetings/{MEETING}"],
    "secretary": ["/today", f"/meetings/{MEETING}", f"/meetings/{MEETING}/day", "/coaching", "/questions"],
    "leader": ["/today", "/reviews", f"/meetings/{MEETING}/day"],
    "auditor": ["/today", "/me"],
    "system": ["/today", "/operations", "/schedule/workdays"],
    "security": ["/today", "/accounts", "/me"],
}
ROLES = {
    "county": grant("county_office", "region", UNIT[:6]),
    "leader": grant("group_leader", "group", "G4"),
    "auditor": grant("auditor", "system", "*", None),
}
FAILURES = {
    False: {"问题不准", "缺具体事例", "说服力不强", "根源不深", "措施不实"},
    True: {
        "Problems not pinned down",
        "No concrete examples",
        "Not convincing",
        "Causes not dug out",
        "Measures not workable",
    },
}
LONG = "长" * 60
ITEM = {
    "campaign": CAMPAIGN,
    "unit": UNIT,
    "key": "p01",
    "problem": f"={LONG} https://example.org/{'a' * 80}",
    "source": "opinion",
    "category": "phased",
    "responsible": LONG,
    "standard": LONG,
    "measures": [{"what": LONG, "who": "办公室", "due_on": "2099-01-01"}],
    "milestones": [{"key": "s1", "deliverable": LONG, "due_on": "2099-01-01"}],
    "due_on": "2099-01-01",
}


@pytest.fixture(scope="module", autouse=True)
def lived(stack: Stack) -> None:
    """A material with findings, one that nobody touches, an item with long words, one found late by a night, a draft of
    another definition with what it comes to; and whoever signs in here beside the others."""
    for login, role in ROLES.items():
        stack.enrol(login, role)
    liaison = stack.person("liaison", grant("liaison", "unit", UNIT))
    liaison.hand_in(OUTLINE, "so-04.txt", document("so-04.txt"))
    liaison.hand_in(TO_JUDGE, "so-08.txt", document("so-08.txt"))
    liaison.post("rectification", "/items", ITEM)
    liaison.post("rectification", "/items", {**ITEM, "key": "late", "source": "other", "again": True})
    stack.settled()
    ledger, yesterday = stack.database("rectification"), lists.after(clock.today(), -1)
    ledger.items.update_one({"_id": LATE}, {"$set": {"due_on": yesterday, "look_on": yesterday}})
    ledger.nights.delete_many({})
    stack.run("ledger", "nightly")
    office, campaign = stack.person("office", grant("office", "campaign", CAMPAIGN)), f"/campaigns/{CAMPAIGN}"
    draft = office.get("registry", f"{campaign}/draft")
    changed = {"revision": draft["draft_revision"], "definition": {**draft["definition"], "title": LONG}}
    drafted = office.post("registry", f"{campaign}/draft", changed)
    office.post("registry", f"{campaign}/preview", {"revision": drafted["draft_revision"]})
    wait_until(lambda: office.get("registry", f"{campaign}/preview")["state"] == "done")
    stack.settled()


def unlabelled(page: Page) -> list[str]:
    """Fields that a screen reader could not name."""
    names: list[str] = page.evaluate(
        """() => [...document.querySelectorAll('input:not([type=hidden]), select, textarea, button, a')]
             .filter(one => !one.labels?.length && !one.textContent?.trim() && !one.getAttribute('aria-label'))
             .map(one => one.outerHTML)"""
    )
    return names


def apart(addresses: set[str]) -> list[str]:
    """Of links to one page with the same fields filled in, the first three: a list's filters differ in nothing else."""
    alike: dict[tuple[str, ...], list[str]] = collections.defaultdict(list)
    for address in sorted(addresses):
        parts = urlsplit(address)
        alike[parts.path, *sorted(parse_qs(parts.query))].append(address)
    return [address for those in alike.values() for address in those[:3]]


@pytest.mark.parametrize("login", PAGES)
@pytest.mark.parametrize("english", [False, True], ids=["zh", "en"])
def test_pages_fit_a_phone_are_sound_and_lead_somewhere(enter: Enter, login: str, english: bool) -> None:
    """390 px wide, nothing scrolls sideways; one heading, one main part, every field named, no id twice, no fault.

    Every address on a page answers, none leads to another site, and nothing is loaded from one.
    """
    page, outside = enter(login, width=390, english=english), []
    page.on("request", lambda asked: outside.append(asked.url) if "127.0.0.1" not in asked.url else None)
    addresses: set[str] = set()
    for address in PAGES[login]:
        answer = page.goto(address)
        assert answer is not None and answer.status == 200, address
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, address
        assert page.locator("h1").count() == page.locator("main").count() == 1, address
        assert page.locator("html").get_attribute("lang") == ("en" if english else "zh-CN")
        assert unlabelled(page) == [], address
        ids = page.evaluate("[...document.querySelectorAll('[id]')].map(one => one.id)")
        assert len(ids) == len(set(ids)), address
        links = page.evaluate("[...document.querySelectorAll('a[href]')].map(one => one.href.baseVal ?? one.href)")
        here = page.url.split("#")[0]
        assert {link.split("#")[1] for link in links if link.startswith(f"{here}#")} <= set(ids), address
        addresses |= {link.split("#")[0] for link in links if "/language/" not in link}
    for address in apart(addresses) if not english else ():
        assert page.request.get(address).status == 200, address
    assert outside == page.faults == []  # type: ignore[attr-defined]


def test_english_is_english(enter: Enter) -> None:
    """With the switch on, what is left in Chinese is what people wrote and the campaign's own names."""
    page = enter("security", english=True)
    for address in ("/today", "/accounts", "/me"):
        page.goto(address)
        words = page.locator("main").inner_text().replace("中文", "")
        assert not re.search("[\u4e00-\u9fff]", words), address
    page.get_by_role("link", name="中文").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    expect(page).to_have_url(re.compile("/me$"))


def test_the_thread_needs_no_script(enter: Enter) -> None:
    """Without JavaScript: read findings, follow one to its passage, set a filter, hand in a file, see the result."""
    page = enter("supervisor", script=False)
    page.goto(f"/reviews/{OUTLINE}.v1")
    page.locator(".findings a[href^='#p']").first.click()
    expect(page).to_have_url(re.compile("#p[0-9]+$"))
    page.goto("/items")
    page.locator("#f-category").select_option("immediate")
    page.get_by_role("button", name="筛选").click()
    expect(page).to_have_url(re.compile("category=immediate"))
    expect(page.locator(".empty")).to_contain_text("没有符合条件的问题")
    unit = enter("member", script=False)
    unit.goto(f"/materials/{OUTLINE}")
    unit.get_by_role("heading", name="提交第 2 版").click()
    unit.locator("#file").set_input_files({"name": "v2.txt", "mimeType": "text/plain", "buffer": document("so-01.txt")})
    unit.get_by_role("button", name="提交第 2 版").click()
    expect(unit.locator(".notice.ok").first).to_contain_text("第 2 版已收到")


def test_the_keyboard_is_enough(enter: Enter) -> None:
    """The skip link comes first; j and k walk the findings; the focus can be seen."""
    page = enter("supervisor")
    page.goto(f"/reviews/{OUTLINE}.v1")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("跳到正文")
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    page.keyboard.press("j")
    first = page.locator(":focus").get_attribute("data-finding")
    page.keyboard.press("j")
    second = page.locator(":focus").get_attribute("data-finding")
    page.keyboard.press("k")
    assert first and first != second
    assert page.locator(":focus").get_attribute("data-finding") == first
    page.locator(".crumbs a").first.focus()
    page.keyboard.press("Tab")
    assert page.locator(":focus").evaluate("one => getComputedStyle(one).outlineStyle") == "solid"


def test_coming_back_and_reloading_does_no_harm(enter: Enter) -> None:
    """After an action the address is a page to read: reload repeats nothing, back shows the form ready again."""
    page = enter("liaison")
    page.goto(f"/items/{MEETING}.p01")
    page.locator("#p-text").fill("现场核对。")
    page.get_by_role("button", name="登记进展").click()
    expect(page.locator(".notice.ok")).to_contain_text("进展已登记。")
    page.reload()
    expect(page.locator("#progress ~ .line > li")).to_have_count(1)
    page.go_back()
    page.get_by_text("登记进展", exact=True).first.click()
    expect(page.get_by_role("button", name="登记进展")).not_to_have_attribute("aria-disabled", "true")


def test_errors_are_calm_pages_in_both_languages(enter: Enter) -> None:
    """A foreign id is not found; what a role may not do is not its page; the menu stays."""
    page = enter("liaison")
    answer = page.goto(f"/meetings/{CAMPAIGN}.990881-LY")
    assert answer is not None and answer.status == 404
    expect(page.locator("h1")).to_have_text("没有找到这一页")
    expect(page.locator(".rooms")).to_be_visible()
    english = enter("liaison", english=True)
    answer = english.goto("/accounts")
    assert answer is not None and answer.status == 403
    expect(english.locator("h1")).to_have_text("Your role does not allow this")


def test_a_page_for_certain_roles_is_refused_to_all_others(enter: Enter) -> None:
    """No empty table, no form that could not be sent, and no link that leads there."""
    for login, address in (("office", "/items/new"), ("member", "/items/new"), ("liaison", "/operations")):
        page = enter(login)
        page.goto("/items")
        expect(page.locator("main a[href^='/items/new']")).to_have_count(0 if address == "/items/new" else 1)
        answer = page.goto(address)
        assert answer is not None and answer.status == 403
        expect(page.locator("h1")).to_have_text("您的岗位没有这项权限")


def test_filters_offer_what_lies_in_the_scope(enter: Enter) -> None:
    """One unit: no choice of units. The office: all. A form offers the units one may write for."""
    page = enter("liaison")
    for address in ("/items", "/reviews", "/effectiveness", "/materials", "/meetings"):
        page.goto(address)
        expect(page.locator("#f-unit, #f-region, #f-group")).to_have_count(0)
    page.goto("/items/new")
    expect(page.locator("#unit option")).to_have_count(1)
    office = enter("office")
    office.goto("/items")
    expect(office.locator("#f-unit option")).to_have_count(3)


def test_a_list_that_is_not_there_says_why_and_how_to_go_on(enter: Enter) -> None:
    """A filter nobody knows, and a page after the last."""
    page = enter("supervisor")
    answer = page.goto("/items?state=foo")
    assert answer is not None and answer.status == 422
    expect(page.locator("h1")).to_have_text("筛选条件不对")
    expect(page.locator("main")).to_contain_text("state=foo")
    page.get_by_role("link", name="清除筛选").click()
    expect(page).to_have_url(re.compile("/items$"))
    page.goto("/meetings?page=99")
    expect(page.locator(".empty")).to_contain_text("没有第 99 页")
    page.get_by_role("link", name="回到第 1 页").click()
    expect(page.locator("tbody tr")).not_to_have_count(0)


def test_the_address_after_a_refused_form_is_a_page(enter: Enter) -> None:
    """Entered again it shows the thing, and no error."""
    page = enter("liaison")
    page.goto(f"/meetings/{MEETING}")
    page.get_by_role("button", name="登记会议已召开").click()
    expect(page).to_have_url(re.compile("/held$"))
    page.goto(page.url)
    expect(page).to_have_url(re.compile(f"/meetings/{MEETING}$"))


@pytest.mark.parametrize("width", [1440, 390])
def test_the_verdict_is_within_reach(enter: Enter, width: int) -> None:
    """On a wide screen the column ends where the window ends; on a phone a bar that stays leads to the form."""
    page = enter("supervisor", width=width)
    page.goto(f"/reviews/{TO_JUDGE}.v1")
    if width > 1000:
        bottom = page.locator(".beside").evaluate("one => one.getBoundingClientRect().bottom")
        assert 800 < bottom <= 900
    page.locator(".jumps:visible").get_by_role("link", name="作出结论").click()
    expect(page.locator("#judge")).to_be_in_viewport()
    expect(page.locator(".jumps:visible")).to_be_in_viewport()
    page.locator("#measures-reason").locator("xpath=ancestor::fieldset").scroll_into_view_if_needed()
    expect(page.get_by_role("button", name="发出结论")).to_be_in_viewport()
    if width < 1000:
        page.locator(".jumps:visible").get_by_role("link", name="正文").click()
        expect(page.locator("#p1")).to_be_in_viewport()


def test_what_fails_is_called_what_it_is(enter: Enter) -> None:
    """A finding against a standard carries the word of the failure, in both languages."""
    for english, praise in ((False, "整改措施实"), (True, "Measures can be carried out")):
        page = enter("supervisor", english=english)
        page.goto("/reviews?state=all")
        assert page.locator(".tag").count() > 0
        for tag in page.locator(".tag").all_inner_texts():
            assert tag in FAILURES[english], tag
        page.goto(f"/reviews/{OUTLINE}.v1")
        for chip in page.locator(".finding.is-fail .chip").all_inner_texts():
            assert chip in FAILURES[english], chip
        expect(page.locator("main")).not_to_contain_text(praise)


def test_a_version_that_cannot_be_read_says_so_and_what_to_do(enter: Enter, stack: Stack) -> None:
    """It was not pre-checked; that is not the same as nothing found. One that was replaced says so too."""
    liaison, material = stack.person("liaison", grant("liaison", "unit", UNIT)), f"{MEETING}.speech_outline.07"
    liaison.hand_in(material, "扫描件.pdf", (MATERIALS / "hostile" / "scan-so-08.pdf").read_bytes())
    stack.settled()
    page = enter("supervisor")
    page.goto(f"/reviews/{material}.v1")
    expect(page.locator(".notice.warn")).to_contain_text("是扫描件，没有文字层")
    expect(page.locator(".notice.warn")).to_contain_text("请下载原件阅看")
    expect(page.locator("main")).not_to_contain_text("预审没有发现问题")
    liaison.hand_in(material, "so-12.txt", document("so-12.txt"), follows=1)
    stack.settled()
    unit = enter("liaison")
    unit.goto(f"/materials/{material}")
    expect(unit.locator(".version h2").nth(1)).to_contain_text("已被新版取代")


def test_a_waiver_says_that_and_why(enter: Enter, stack: Stack) -> None:
    """Not "done on"; and the list of meetings counts what was waived."""
    office = stack.person("office", grant("office", "campaign", CAMPAIGN))
    office.post("registry", f"/meetings/{MEETING}/aspects/3", {"state": "waived", "note": "已由县委办统一组织。"})
    office.post(
        "registry", f"/meetings/{MEETING}/waivers", {"kind": "speech_outline", "post": "06", "reason": "岗位空缺。"}
    )
    page = enter("liaison")
    page.goto(f"/meetings/{MEETING}")
    expect(page.locator("#a3")).to_contain_text("免予于")
    expect(page.locator("#a3")).to_contain_text("免予原因：已由县委办统一组织。")
    expect(page.locator("#a3")).not_to_contain_text("完成于")
    page.goto("/meetings")
    expect(page.locator("tbody tr")).to_contain_text("免予 1")
    english = enter("liaison", english=True)
    english.goto(f"/meetings/{MEETING}")
    expect(english.locator("#a3")).to_contain_text(re.compile(r"Due .*, waived on "))


def test_messages_say_days_as_pages_do(enter: Enter) -> None:
    """No day is left as it is stored."""
    page = enter("liaison")
    for address in ("/messages", "/today"):
        page.goto(address)
        assert not re.search(r"\d{4}-\d\d-\d\d", page.locator("main").inner_text()), address


def test_a_security_administrator_resets_a_password_and_sees_it_once(enter: Enter, stack: Stack) -> None:
    """The old one ends; the new one lets its owner in."""
    login = stack.person("security", grant("security_admin", "system", "*", None)).post(
        "access",
        "/accounts",
        {"login": "forgetful", "name": "健忘的人", "grants": [grant("liaison", "unit", UNIT)]},
    )["login"]
    page = enter("security")
    page.goto("/accounts")
    row = page.locator(f"#account-{login}")
    row.locator("summary").filter(has_text="重置密码").click()
    row.get_by_role("button", name="重置密码").click()
    stack.accounts[login] = page.locator("code.secret").inner_text()
    page.goto("/accounts")
    expect(page.locator("code.secret")).to_have_count(0)
    enter(login)


def test_a_grant_is_chosen_with_help(enter: Enter) -> None:
    """The role says which kind of scope, the kind how its code is written; what is malformed is not sent."""
    page = enter("security")
    page.goto("/accounts")
    page.get_by_text("新建账号").click()
    page.locator("#n-role").select_option("liaison")
    expect(page.locator("#n-kind")).to_have_value("unit")
    expect(page.locator("#n-campaign")).to_have_value(CAMPAIGN)
    page.locator("#n-of").fill("农业农村局")
    assert page.locator("#n-of").evaluate("field => field.validity.patternMismatch")
    page.locator("#n-of").fill(UNIT)
    assert page.locator("#n-of").evaluate("field => field.validity.valid")
    page.locator("#n-role").select_option("auditor")
    expect(page.locator("#n-of")).to_be_disabled()


def test_paper_shows_the_text_and_not_the_menu(enter: Enter) -> None:
    """Printed, a page is its content."""
    page = enter("supervisor")
    page.goto(f"/reviews/{OUTLINE}.v1")
    page.emulate_media(media="print")
    expect(page.locator(".rooms")).to_be_hidden()
    expect(page.locator("form[data-tally]")).to_be_hidden()
    expect(page.locator(".text")).to_be_visible()
    expect(page.locator(".findings")).to_be_visible()


SAID_ON_PAPER = dict.fromkeys(("", "/grid", "/units"), ("阶段：具备开会条件", "有逾期事项")) | {
    "/trend": ("2023年1月1日 —",)
}


@pytest.mark.parametrize("script", [True, False], ids=["scripts", "no scripts"])
def test_the_board_prints_every_number_it_shows_or_keeps_folded(enter: Enter, script: bool) -> None:
    """On A4 no column falls off, and the grid's tables are open; on the screen they are as they were."""
    page = enter("office", width=718, script=script)
    for view in ("", "/grid", "/trend", "/standards", "/groups", "/problems", "/units"):
        page.goto(f"/board{view}")
        page.emulate_media(media="print")
        told = "main td, main th, main svg:not(.icon), .tile-n, .turns li, .head h1, .head p"
        unseen = page.locator(told).evaluate_all(
            "all => all.filter(one => !one.checkVisibility()).map(one => one.outerHTML)"
        )
        assert unseen == [], view
        wide = page.locator("table").evaluate_all(
            "all => all.map(one => one.scrollWidth - one.parentElement.clientWidth)"
        )
        assert all(over <= 0 for over in wide) and (wide or view == "/standards"), view
        page.emulate_media(media="screen")
        page.goto(f"/board{view}?region=990823&stage=ready&overdue=1&from=2023-01-01")
        said = page.locator(".said-filters .chip")
        assert said.first.is_visible() == (view == "/units"), view
        page.emulate_media(media="print")
        assert said.all_inner_texts() == ["990823", *SAID_ON_PAPER.get(view, ())] and said.last.is_visible(), view
        page.emulate_media(media="screen")
    page.goto("/board/grid")
    for event, shown in (("beforeprint", script), ("afterprint", False)):
        page.evaluate(f"dispatchEvent(new Event('{event}'))")
        assert page.locator(".block details[open]").count() == (2 if shown else 0)


def test_signing_out_ends_the_session(enter: Enter) -> None:
    """Afterwards every page asks to sign in, and leads back to where one wanted to go."""
    page = enter("office")
    page.get_by_role("button", name="退出").click()
    expect(page.locator("main")).to_contain_text("您已退出。")
    page.goto("/board?region=990823")
    expect(page).to_have_url(re.compile(r"/sign-in\?next=/board"))


def test_a_wrong_password_says_no_more_than_that(enter: Enter) -> None:
    """The form comes back with the account, not the password, and the reason is read first."""
    page = enter("office")
    page.get_by_role("button", name="退出").click()
    page.locator("#login").fill("office")
    page.locator("#password").fill("not the password")
    page.locator("main button").click()
    expect(page.locator(".notice.bad")).to_be_focused()
    expect(page.locator(".notice.bad")).to_have_text("账号或密码不对。")
    expect(page.locator("#login")).to_have_value("office")
    expect(page.locator("#password")).to_have_value("")


def test_the_menu_is_one_row_on_a_phone_and_opens_without_a_script(enter: Enter) -> None:
    """The row says where one is; by keyboard it opens to all entries, which are the same as on a wide page."""
    page = enter("office", width=390, script=False)
    page.goto("/meetings")
    menu = page.get_by_role("navigation", name="主菜单")
    assert menu.bounding_box()["height"] < 50  # type: ignore[index]
    expect(menu.get_by_role("link")).to_have_count(0)
    menu.locator("summary").press("Enter")
    expect(menu.get_by_role("link", name="民主生活会")).to_have_attribute("aria-current", "page")
    narrow = menu.get_by_role("link").all_inner_texts()
    menu.get_by_role("link", name="材料").click()
    expect(page.locator("h1")).to_have_text("材料")
    page.set_viewport_size({"width": 1280, "height": 900})
    assert menu.get_by_role("link").all_inner_texts() == narrow


def test_a_refused_page_keeps_what_was_written_when_its_language_is_switched(enter: Enter, stack: Stack) -> None:
    """The refusal stands in the other language; nothing was done by switching, however often."""
    page = enter("liaison", script=False)
    page.goto(f"/meetings/{MEETING}")
    before = stack.database("registry").meetings.find_one({"meeting_id": MEETING})["revision"]
    page.locator("#s-on").fill(str(page.locator("#s-on").get_attribute("max")))
    page.locator("#s-reason").fill("   ")
    page.get_by_role("button", name="调整日期并重新推算").click()
    expect(page.locator(".notice.bad")).to_contain_text("没有提交成功")
    day = page.locator("#s-on").input_value()
    for name, said in (("English", "Not submitted."), ("中文", "没有提交成功"), ("English", "Not submitted.")):
        page.get_by_role("button", name=name).click()
        expect(page.locator(".notice.bad")).to_contain_text(said)
        assert page.locator("#s-on").input_value() == day
    assert stack.database("registry").meetings.find_one({"meeting_id": MEETING})["revision"] == before
    page.goto("/today")
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_a_document_is_signed_by_the_office_and_acknowledged_by_the_first_responsible_person(
    enter: Enter, stack: Stack
) -> None:
    """From the day's page to the signature, twice; the unit sees it from then on, answers and promises a day."""
    secretary, office = enter("secretary"), enter("office")
    answer = secretary.goto(f"/escalations/{PAPER}")
    assert answer is not None and answer.status == 404
    stack.enrol("moved", PEOPLE["office"], {**PEOPLE["liaison"], "until": lists.after(clock.today(), -1)})
    moved = enter("moved")
    expect(moved.get_by_role("heading", level=1)).to_be_visible()
    expect(moved.get_by_text("督办文书等待签发")).to_have_count(0)
    office.bring_to_front()
    office.get_by_role("link", name="1 份督办文书等待签发").click()
    office.get_by_role("link", name="督办通知书").click()
    expect(office.locator(".red-line")).to_have_text(re.compile("整改督〔\\d{4}〕　号"))
    office.locator("#e-password").fill("wrong-password")
    office.get_by_role("button", name="签发").click()
    expect(office.locator(".notice.bad")).to_contain_text("密码不对")
    office.locator("#e-password").fill(stack.accounts["office"])
    office.get_by_role("button", name="签发").dblclick()
    expect(office.locator(".red-line")).to_have_text(re.compile("整改督〔\\d{4}〕1号"))
    with office.expect_download() as word:
        office.get_by_role("link", name="下载 Word").click()
    assert word.value.suggested_filename.endswith("督办通知书.docx")
    secretary.bring_to_front()
    secretary.goto("/today")
    secretary.get_by_role("link", name="1 份督办文书等您签收").click()
    secretary.get_by_role("link", name="督办通知书").click()
    secretary.locator("#e-answer").fill("因汛期停工，已倒排工期")
    secretary.locator("#e-promised").fill(lists.after(clock.today(), 5))
    secretary.get_by_role("button", name="签收并答复").click()
    expect(secretary.locator("h1 + p .chip")).to_have_text("已经签收")
    secretary.goto(f"/items/{LATE}")
    expect(secretary.locator("#ladder ~ ol .chip")).to_have_text("已经签收")


def test_a_cell_of_the_ledger_is_changed_in_place_and_undone_and_many_after_a_preview(
    enter: Enter, stack: Stack
) -> None:
    """What is declined says why; what stood there comes back, be it nothing."""
    bare = {"key": "bare", "problem": "还没有想清楚", "source": "talk", "category": "phased"}
    at = {"campaign": CAMPAIGN, "unit": UNIT}
    stack.person("liaison", grant("liaison", "unit", UNIT)).post("rectification", "/items", {**at, **bare})
    page = enter("liaison")
    page.goto(f"/ledger?unit={UNIT}")

    def type_into(cell: Locator, words: str) -> None:
        cell.click()
        page.locator(".cell textarea").fill(words)
        page.keyboard.press("Enter")

    cell = page.locator(f"tr[data-item='{MEETING}.p01'] .cell[data-field=responsible]")
    before = cell.inner_text()
    type_into(cell, "局长")
    expect(page.locator(".grid-said")).to_contain_text("已保存")
    page.reload()
    expect(cell).to_have_text("局长")
    type_into(cell, before)
    expect(page.locator(".grid-said")).to_contain_text("撤销")
    page.keyboard.press("Control+z")
    expect(cell).to_have_text("局长")
    type_into(cell, "")
    expect(page.locator(".grid-said.bad")).to_contain_text("还缺“责任人”")
    page.keyboard.press("Escape")
    expect(cell).to_have_text("局长")
    blank = page.locator(f"tr[data-item='{MEETING}.bare'] .cell[data-field=standard]")
    type_into(blank, "有结论")
    expect(page.locator(".grid-said.ok")).to_contain_text("已保存")
    page.keyboard.press("Control+Z")
    expect(blank).to_have_text("")
    page.reload()
    expect(blank).to_have_text("")
    page.locator(f"input[value='{MEETING}.p01']").check()
    page.locator("#bulk-value").fill(before)
    page.get_by_role("button", name="先看会改成什么样").click()
    expect(page.locator("main table")).to_contain_text("局长")
    expect(page.locator("main table th[scope=row]")).to_contain_text(f"1. {ITEM['problem'][:50]}")
    page.get_by_role("button", name="确认修改 1 个问题").click()
    expect(page.locator(".notice.ok")).to_contain_text("已修改 1 个问题")
    page.get_by_role("link", name="返回台账表格").click()
    expect(page).to_have_url(re.compile(f"/ledger.*unit={UNIT}"))
    expect(cell).to_have_text(before)
    assert page.faults == []  # type: ignore[attr-defined]


def test_a_day_for_many_items_is_picked_and_one_typed_otherwise_is_put_right_where_it_stands(
    enter: Enter, stack: Stack
) -> None:
    """With a script the field takes days only; without, the answer names the fault and keeps choice and words. Over
    the items of a colour stands how many they are."""
    page = enter("liaison")
    page.goto(f"/ledger?unit={UNIT}&colour=red")
    expect(page.locator(".head p")).to_have_text("共 1 个问题")
    page.locator("#bulk-field").select_option("due_on")
    expect(page.locator("#bulk-value")).to_have_attribute("type", "date")
    page.locator("#bulk-field").select_option("standard")
    expect(page.locator("#bulk-value")).to_have_attribute("type", "text")
    bare = enter("liaison", script=False)
    bare.bring_to_front()
    bare.goto(f"/ledger?unit={UNIT}")
    bare.locator("input[name=item]").first.check()
    bare.locator("#bulk-field").select_option("due_on")
    bare.locator("#bulk-value").fill("2027年3月1日")
    bare.get_by_role("button", name="先看会改成什么样").click()
    expect(bare.locator("#bulk-value-fault")).to_contain_text("应是日期，例如 2026-03-01。")
    expect(bare.locator("#bulk-value")).to_have_value("2027年3月1日")
    bare.locator("#bulk-value").fill("2027-03-01")
    bare.get_by_role("button", name="先看会改成什么样").click()
    expect(bare.locator("main table tbody tr")).to_have_count(1)
    assert page.faults == []  # type: ignore[attr-defined]


def test_a_change_of_many_is_taken_back_as_one_but_for_what_was_changed_since(enter: Enter, stack: Stack) -> None:
    """Each says again what it said itself, be it nothing; a second press and the way back do no harm."""
    liaison, at = stack.person("liaison", grant("liaison", "unit", UNIT)), {"campaign": CAMPAIGN, "unit": UNIT}
    words = {"m1": "查摆不深", "m2": "台账不全", "m3": "会风不严"}
    for key, problem in words.items():
        bare = {"key": key, "problem": problem, "source": "talk", "category": "phased"}
        liaison.post("rectification", "/items", {**at, **bare} | ({"standard": "有结论"} if key == "m2" else {}))
    page = enter("liaison")
    cells = {key: page.locator(f"tr[data-item='{MEETING}.{key}'] .cell[data-field=standard]") for key in words}
    page.goto(f"/ledger?unit={UNIT}")
    for key in words:
        page.locator(f"input[value='{MEETING}.{key}']").check()
    page.locator("#bulk-field").select_option("standard")
    page.locator("#bulk-value").fill("群众满意")
    page.get_by_role("button", name="先看会改成什么样").click()
    page.get_by_role("button", name="确认修改 3 个问题").dblclick()
    expect(page.locator(".notice.ok")).to_contain_text("已修改 3 个问题")
    page.reload()
    since = {"items": [{"item_id": f"{MEETING}.m3"}], "field": "standard", "value": "领导满意", "confirm": True}
    assert liaison.post("rectification", "/ledger/revision", since)["rows"][0]["outcome"] == "done"
    page.get_by_role("button", name="撤销，3 个问题改回原来的").dblclick()
    expect(page).to_have_url(re.compile(f"/ledger[?].*unit={UNIT}"))
    expect(page.locator("main")).to_contain_text("已撤销 2 个问题的修改")
    expect(page.locator("main")).to_contain_text("1 个没有撤销")
    assert [cells[key].inner_text() for key in words] == ["", "有结论", "领导满意"]


def test_what_somebody_else_changed_meanwhile_is_told_in_the_cell_and_neither_words_are_lost(
    enter: Enter, stack: Stack
) -> None:
    """What was typed stays in the open cell, what the other wrote in the ledger: Escape leaves that, and only Enter,
    pressed once more, not leaving the cell, puts one's own words over it."""
    page = enter("liaison")
    page.goto(f"/ledger?unit={UNIT}")
    cell = page.locator(f"tr[data-item='{MEETING}.p01'] .cell[data-field=responsible]")
    before, field = cell.inner_text(), page.locator(".cell textarea")
    cell.click()
    field.fill("本页写的")
    secretary = stack.person("secretary", grant("secretary", "unit", UNIT))

    def other(said: str) -> None:
        change = {"items": [{"item_id": f"{MEETING}.p01"}], "field": "responsible", "value": said, "confirm": True}
        assert secretary.post("rectification", "/ledger/revision", change)["rows"][0]["outcome"] == "done"

    def stored() -> str:
        return str(stack.database("rectification").items.find_one({"_id": f"{MEETING}.p01"})["responsible"])

    other("别人写的")
    page.keyboard.press("Enter")
    expect(page.locator(".grid-said.bad")).to_contain_text("刚刚被别人改成“别人写的”，没有覆盖")
    expect(field).to_have_value("本页写的")
    page.locator("h1").click()
    expect(field).to_have_value("本页写的")
    assert stored() == "别人写的"
    field.press("Escape")
    expect(cell).to_have_text("别人写的")
    cell.click()
    field.fill("本页写的")
    other("别人又写的")
    page.keyboard.press("Enter")
    expect(page.locator(".grid-said.bad")).to_contain_text("别人又写的")
    page.keyboard.press("Enter")
    expect(page.locator(".grid-said.ok")).to_contain_text("已保存")
    assert stored() == "本页写的"
    page.get_by_role("button", name="撤销").click()
    expect(cell).to_have_text("别人又写的")
    other(before)
    assert page.faults == []  # type: ignore[attr-defined]


def test_the_chart_of_weeks_is_of_what_the_ledger_shows_and_names_what_it_leaves_out(
    enter: Enter, stack: Stack
) -> None:
    """By list it is drawn, and by words; what is late today is no matter of weeks. The way back keeps all filters."""
    at_once = {"key": "at-once", "problem": "台账照抄上年", "source": "talk", "category": "immediate"}
    liaison = stack.person("liaison", grant("liaison", "unit", UNIT))
    liaison.post("rectification", "/items", {"campaign": CAMPAIGN, "unit": UNIT, **at_once})
    page, left = enter("office"), "main tbody tr:first-child td"
    for asked in ("q=照抄&source=talk", "category=immediate", "category=phased"):
        page.goto(f"/ledger?{asked}")
        count = page.locator("main table.grid tbody tr").count()
        page.get_by_role("link", name="进度图").click()
        expect(page.locator(left).first).to_have_text(str(count))
        expect(page.locator(".charts figcaption").first).to_have_text(f"未销号问题 最高 {count}")
        expect(page.locator(".notice")).to_have_count(0)
    page.goto("/ledger?category=phased&overdue=1")
    page.get_by_role("link", name="进度图").click()
    expect(page.locator(".notice.info")).to_contain_text("没有按这些筛选：逾期")
    expect(page.locator(left).first).to_have_text(str(count))
    page.get_by_role("navigation", name="所在位置").get_by_role("link", name="台账表格").click()
    expect(page).to_have_url(re.compile("category=phased.*overdue=1|overdue=1.*category=phased"))
    for told in ("/ledger?colour=blue", "/ledger?source=talk"):
        page.goto(told)
        moves = page.locator("p.waits a").first
        moving = moves.locator(".count").inner_text()
        moves.click()
        expect(page.locator("main table.grid tbody tr")).to_have_count(int(moving))
    page.goto("/ledger?colour=green")
    expect(page.locator("p.waits")).to_have_count(0)
    page.goto(f"/ledger/flow?q=照抄&unit={UNIT}")
    expect(page.locator(left).first).to_have_text("1")


def test_back_and_registered_again_makes_no_twin_unless_it_is_said_so(enter: Enter) -> None:
    """The browser's way back to a form that was sent, and a second press: the same words are asked about once."""
    page = enter("liaison")
    page.goto("/items/new")
    page.locator("#problem").fill("窗口中午无人值守")
    page.get_by_label("阶段整改").check()
    button = page.locator("main").get_by_role("button", name="登记问题")
    button.click()
    expect(page.locator(".notice.ok")).to_be_visible()
    first = page.url
    page.go_back()
    page.locator("#problem").fill("窗口中午无人值守 ")
    page.get_by_label("阶段整改").check()
    button.click()
    link = page.get_by_role("link", name="相同")
    expect(link).to_have_attribute("href", first.removeprefix(page.evaluate("location.origin")))
    page.get_by_label("另行登记").check()
    button.click()
    expect(page.locator(".notice.ok")).to_be_visible()
    assert page.url != first


def test_what_is_late_and_waits_for_the_group_is_not_blamed_on_its_unit(enter: Enter, stack: Stack) -> None:
    """Each red problem on the group's first page says whose move it is."""
    items = stack.database("rectification").items
    before = items.find_one({"_id": LATE})
    page = enter("supervisor")
    red = page.locator("section[aria-labelledby=red]")
    page.goto("/today")
    expect(red.locator("li")).to_contain_text("单位正在整改")
    try:
        asked = {"overdue": True, "next": "group", "needed": ["group"], "levels": []}
        moved = {"state": "close_requested", "late": True, "waits": "group", "closeout": asked}
        items.update_one({"_id": LATE}, {"$set": moved})
        page.goto("/today")
        expect(red.locator("li")).to_contain_text("等督导组核验")
        expect(red).not_to_contain_text("轮到：责任单位")
    finally:
        items.replace_one({"_id": LATE}, before)


def test_filters_are_kept_shared_and_followed_and_a_message_leads_back_to_them(enter: Enter, stack: Stack) -> None:
    """The office keeps a view for liaisons; one follows it, is told counts by the night, and opens it from there."""
    office, liaison = enter("office"), enter("liaison")
    office.bring_to_front()
    office.goto("/ledger?overdue=1")
    office.get_by_text("保存当前筛选").click()
    office.locator("#view-name").fill("逾期的")
    office.get_by_role("button", name="保存", exact=True).dblclick()
    expect(office.locator("a[aria-current]", has_text="逾期的")).to_be_visible()
    office.get_by_role("link", name="管理和订阅").click()
    office.get_by_text("改名、共享、删除").click()
    office.get_by_label("共享给本范围内的").select_option("liaison")
    office.get_by_role("button", name=re.compile("保存.*逾期的")).click()
    expect(office.locator("main h2 .tag")).to_have_text("共享给：联络员")
    liaison.bring_to_front()
    liaison.goto("/ledger/views")
    expect(liaison.locator("main h2 .tag")).to_have_text("共享给您")
    liaison.get_by_label("摘要").select_option("daily")
    liaison.get_by_role("button", name="确定").click()
    expect(liaison.locator(".notice")).to_contain_text("已订阅")
    ledger = stack.database("rectification")
    ledger.followings.update_one({}, {"$set": {"next_on": clock.today()}})
    ledger.nights.delete_many({})
    stack.run("ledger", "nightly")
    wait_until(lambda: stack.database("notification").messages.find_one({"event": "view_digested"}))
    liaison.goto("/messages?unread=1")
    told = liaison.locator(".letters li", has_text="订阅的台账视图")
    expect(told).to_contain_text("红灯 1 个")
    told.get_by_role("button").click()
    expect(liaison).to_have_url(re.compile("/ledger.*overdue=1"))
    expect(liaison.locator("main tbody tr")).to_have_count(1)
    assert office.faults == [] == liaison.faults  # type: ignore[attr-defined]


def test_evidence_that_stands_on_two_problems_is_flagged_to_whoever_reads_either(enter: Enter, stack: Stack) -> None:
    """The same file, and the same words and day without one; from the flag to the other problem and back."""
    items = stack.database("rectification").items
    day = {"dated_on": clock.today()}
    pieces = [{**day, "title": "验收单", "sha256": "f" * 64, "file_name": "验收单.pdf"}, {**day, "title": "会议纪要"}]
    entry = {"key": "again", "on": clock.today(), "by": "李联络", "at": clock.now(), "text": "", "evidence": pieces}
    try:
        items.update_many({"_id": {"$in": [f"{MEETING}.p01", LATE]}}, {"$push": {"progress": entry}})
        page = enter("supervisor")
        page.goto(f"/items/{MEETING}.p01")
        rows = page.locator("section[aria-labelledby=checked-evidence] tbody tr")
        expect(rows.first).to_contain_text("同一文件还用于 第 2 号")
        expect(rows.last).to_contain_text("同样的文字和日期还用于 第 2 号 没有附文件")
        rows.last.get_by_role("link").click()
        expect(page).to_have_url(re.compile(LATE))
        expect(rows.last).to_contain_text("同样的文字和日期还用于 第 1 号")
    finally:
        items.update_many({}, {"$pull": {"progress": {"key": "again"}}})
