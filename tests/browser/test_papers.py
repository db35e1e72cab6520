"""The papers beside the gate, as a unit sees them: by stage and day, grouped, and handed in as a file."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import MEETING

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@pytest.mark.parametrize(("width", "english"), [(1440, False), (390, False), (1440, True), (390, True)])
def test_a_unit_sees_what_is_expected_when_and_nothing_runs_over_the_edge(enter, width, english):
    page = enter("liaison", width=width, english=english)
    page.goto(f"/meetings/{MEETING}")
    papers = page.locator("section[aria-labelledby=papers]")
    expect(papers.get_by_role("heading", level=3)).to_have_count(2)
    expect(papers.locator("ul.rows > li")).to_have_count(10)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_a_plan_is_handed_in_as_a_scan_and_is_received(enter, stack):
    page = enter("liaison", width=390)
    page.goto(f"/materials/{MEETING}.meeting_plan.team")
    expect(page.locator(".head")).to_contain_text("应于")
    expect(page.locator("#file")).to_have_attribute("accept", ".docx,.pdf,.png,.jpg,.jpeg,.xlsx")
    page.locator("#file").set_input_files({"name": "方案.pdf", "mimeType": "application/pdf", "buffer": PDF})
    page.locator("section[aria-labelledby=next] button").click()
    expect(page.locator(".steps li")).to_have_count(2)
    expect(page.locator(".head .chip")).to_have_text("已收到")
    expect(page.locator("#file")).to_be_hidden()
    page.get_by_role("heading", name="提交第 2 版").click()
    expect(page.locator("#file")).to_be_visible()
    stack.settled()
    page.goto(f"/meetings/{MEETING}")
    expect(page.locator("section[aria-labelledby=papers] ul.rows > li").first.locator(".chip")).to_have_text("已收到")
    assert page.faults == []
