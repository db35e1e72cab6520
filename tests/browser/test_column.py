"""The column at browsers: two people make an article public, everybody reads it, nobody else is let near."""

import io
import zipfile
from collections.abc import Iterator
from xml.etree import ElementTree

import pytest
import requests
from playwright.sync_api import Browser, Page, expect

from services.spine import clock
from tests.browser.conftest import OTHER, UNIT, Enter
from tests.stack import CAMPAIGN, Person, Refused, Stack, grant, wait_until

FIRST, SECOND = f"{CAMPAIGN}.{UNIT}.a1", f"{CAMPAIGN}.{OTHER}.a1"
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(scope="module", autouse=True)
def held(stack: Stack) -> None:
    """Two meetings were held; somebody of the unit has an account with a person's name."""
    office = stack.person("office", grant("office", "campaign", CAMPAIGN))
    stack.enrol("office2", grant("office", "campaign", CAMPAIGN))
    accounts = stack.database("access").accounts
    accounts.update_one({"_id": "secretary"}, {"$set": {"name": "林守正"}})
    for unit in (UNIT, OTHER):
        posts = [one["post"] for one in stack.open_gate(unit)["posts"]]
        record = {"held_on": clock.today(), "present": posts, "absences": []}
        office.post("registry", f"/meetings/{CAMPAIGN}.{unit}/held", record)
    stack.settled()


def outsiders(stack: Stack) -> list[Person]:
    roles = [grant("liaison", "unit", UNIT), grant("secretary", "unit", UNIT), grant("member", "post", f"{UNIT}/02")]
    roles += [grant("supervisor", "group", "G4"), grant("group_leader", "group", "G4")]
    roles += [grant(role, "system", "*", None) for role in ("system_admin", "security_admin", "auditor", "subscriber")]
    return [stack.person(f"outsider-{number}", role) for number, role in enumerate(roles)]


def read(stack: Stack, path: str, **headers: str) -> requests.Response:
    answer = requests.get(stack.url + path, headers=headers, timeout=30, allow_redirects=False)
    assert "Set-Cookie" not in answer.headers and "office" not in answer.text
    return answer


def test_unit_group_and_administrators_neither_read_nor_write_nor_release(stack: Stack) -> None:
    """Nor does a county's office what is another county's."""
    office = stack.person("office", grant("office", "campaign", CAMPAIGN))
    seen = office.get("notification", f"/articles/{FIRST}")
    deeds = {
        "text": {"title": "改写", "text": "改写"},
        "check": {"title": "改写", "text": "改写"},
        "release": {"step": "first", "hash": seen["hash"]},
        "withdrawal": {"reason": "撤回"},
        "redraft": {},
        f"pictures/{'a' * 64}/removal": {},
    }
    county = stack.person("county", grant("county_office", "region", "990881"))
    for who, status in [*((one, 403) for one in outsiders(stack)), (county, 404)]:
        for deed, body in deeds.items():
            with pytest.raises(Refused) as refused:
                who.post("notification", f"/articles/{FIRST}/{deed}", body)
            assert refused.value.status == status
        for path in (f"/articles/{FIRST}", f"/articles/{FIRST}/package"):
            assert who.ask("GET", "notification", path).status_code == status
    assert [row["article_id"] for row in county.get("notification", "/articles")["rows"]] == [SECOND]
    for service, path in (("access", "/account-names"), ("intake", "/opinions/masked-names")):
        assert office.ask("GET", service, path, params={"campaign": CAMPAIGN}).status_code == 403
    assert office.ask("GET", "registry", f"/meetings/{CAMPAIGN}.{UNIT}/outline").status_code == 403


def test_two_people_make_an_article_public_once_no_name_stands_in_it(enter: Enter, stack: Stack) -> None:
    """A name is told while it is typed; taken out it is listed; whoever released first does not release again."""
    page = enter("office")
    page.goto("/articles")
    page.get_by_role("link", name="青溪县农业农村局召开专题民主生活会").click()
    page.wait_for_url("**/articles/*")  # and until its script listens
    words = page.locator("#text").input_value()
    page.locator("#text").fill(f"{words}\n林 守 正主持会议，张书记出席。")
    expect(page.locator("[data-unfit]")).to_contain_text("“林 守 正”是参会人员的姓名")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_role("button", name="初次签发")).to_have_count(0)
    page.get_by_role("button", name="隐去不能公开的内容并保存").click()
    expect(page.locator("section", has_text="已隐去的内容").first).to_contain_text("张书记")
    expect(page.locator("#text")).to_have_value(f"{words}\n有关同志主持会议，有关同志出席。")
    seen = page.screenshot(type="jpeg")
    told = b"\xff\xe1\x00\x0aGPS 25.0"
    page.locator("#file").set_input_files(
        {"name": "1.jpg", "mimeType": "image/jpeg", "buffer": seen[:2] + told + seen[2:]}
    )
    page.locator("#caption").fill("会议现场")
    page.get_by_role("button", name="加入图片").click()
    page.get_by_role("button", name="初次签发").click()
    expect(page.locator(".notice.ok").first).to_contain_text("请另一位同志")
    page.get_by_role("button", name="第二次签发，公开发布").click()
    expect(page.locator(".notice.bad")).to_contain_text("两次签发不能是同一个人")
    assert read(stack, f"/column/{FIRST}").status_code == 404
    assert page.faults == []  # type: ignore[attr-defined]

    second = enter("office2", english=True, width=390)
    second.goto(f"/articles/{FIRST}")
    second.get_by_role("button", name="Second release: make public").click()
    expect(second.locator(".notice.ok").first).to_contain_text("It is public now")
    assert second.evaluate("document.documentElement.scrollWidth") <= 390
    with zipfile.ZipFile(io.BytesIO(second.request.get(f"/articles/{FIRST}.zip").body())) as package:
        assert package.namelist() == ["正文.txt", "正文.html", "封面.svg", "封面.png", "图片1.jpg"]
        assert b"GPS" not in package.read("图片1.jpg")


@pytest.fixture
def anybody(chromium: Browser, stack: Stack) -> Iterator[Page]:
    """Somebody without an account, on a phone, without a script."""
    context = chromium.new_context(
        viewport={"width": 390, "height": 800}, java_script_enabled=False, base_url=stack.url
    )
    yield context.new_page()
    assert context.cookies() == []
    context.close()


def test_everybody_reads_what_was_released_and_nothing_else(anybody: Page, stack: Stack) -> None:
    """In both languages, without a cookie; what was read already is not sent again."""
    anybody.goto("/column")
    expect(anybody.locator(".stories > li")).to_have_count(1)
    anybody.get_by_role("link", name="青溪县农业农村局").click()
    expect(anybody.locator(".story-text")).to_contain_text("有关同志主持会议")
    picture = anybody.get_by_alt_text("会议现场")
    picture.scroll_into_view_if_needed()
    anybody.wait_for_load_state("networkidle")
    assert picture.bounding_box()["height"] > 100  # type: ignore[index]
    address = picture.get_attribute("src") or ""
    anybody.get_by_role("link", name="English").click()
    expect(anybody.locator(".story-agenda")).to_contain_text("The first responsible person sums up")
    assert anybody.evaluate("document.documentElement.scrollWidth") <= 390

    for path in ("/column", f"/column/{FIRST}", "/column/feed.atom", "/column?region=990881&page=0", address):
        answer = read(stack, path)
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "public, max-age=60")
        again = read(stack, path, **{"If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.text) == (304, "")
    assert "林守正" not in read(stack, f"/column/{FIRST}").text
    entry = ElementTree.fromstring(read(stack, "/column/feed.atom?region=990823").content).findall(f"{ATOM}entry")
    assert [one.findtext(f"{ATOM}id") for one in entry] == [f"urn:rectify:column:{FIRST}"]
    assert entry[0].find(f"{ATOM}link").get("href") == f"{stack.url}/column/{FIRST}"  # type: ignore[union-attr]
    elsewhere = address.replace(FIRST, SECOND)
    for path in (f"/column/{SECOND}", "/column/x", f"/column/{CAMPAIGN}.{UNIT}", elsewhere, address[:-1]):
        assert read(stack, path).status_code == 404, path


def test_what_was_withdrawn_leaves_list_and_feed_and_its_address_says_so(
    enter: Enter, anybody: Page, stack: Stack
) -> None:
    """Both were said to other systems."""
    page = enter("office", script=False)
    page.goto(f"/articles/{FIRST}")
    page.locator("summary", has_text="撤回").click()
    page.locator("#reason").fill("会议登记已更正")
    page.get_by_role("button", name="撤回稿件").click()
    expect(page.locator(".head .chip")).to_have_text("已撤回")
    assert read(stack, f"/column/{FIRST}/pictures/{'a' * 64}").status_code == 410
    answer = anybody.goto(f"/column/{FIRST}?lang=en")
    assert answer and answer.status == 410
    expect(anybody.locator("h1")).to_have_text("This article was withdrawn")
    assert ElementTree.fromstring(read(stack, "/column/feed.atom").content).findall(f"{ATOM}entry") == []
    anybody.goto("/column")
    expect(anybody.locator(".stories > li")).to_have_count(0)
    said, told = stack.database("feed").events, ["column_released", "column_withdrawn"]
    wait_until(lambda: [row["name"] for row in said.find({"name": {"$in": told}}).sort("_id", 1)] == told)


def test_after_a_withdrawal_two_people_release_another_draft_of_the_same_meeting(enter: Enter, stack: Stack) -> None:
    """The withdrawn one stays withdrawn and leads to the other; asked for twice it is made once."""
    page, again = enter("office"), FIRST[:-1] + "2"
    page.goto(f"/articles/{FIRST}")
    page.get_by_role("button", name="重新起草").click()
    expect(page).to_have_url(f"{stack.url}/articles/{again}")
    expect(page.locator(".head")).to_contain_text("第 2 稿，前稿已撤回")
    expect(page.locator("#text")).not_to_have_value("有关同志")
    office, other = (stack.person(name, grant("office", "campaign", CAMPAIGN)) for name in ("office", "office2"))
    assert office.post("notification", f"/articles/{FIRST}/redraft", {})["article_id"] == again
    page.get_by_role("button", name="初次签发").click()
    expect(page.locator(".notice.ok").first).to_contain_text("请另一位同志")
    seen = other.get("notification", f"/articles/{again}")
    other.post("notification", f"/articles/{again}/release", {"step": "second", "hash": seen["hash"]})
    assert [read(stack, f"/column/{key}").status_code for key in (FIRST, again)] == [410, 200]
    page.goto(f"/articles/{FIRST}")
    page.get_by_role("link", name="看重新起草的稿件").click()
    expect(page.locator(".head .chip")).to_have_text("已发布")
    assert page.faults == []  # type: ignore[attr-defined]
