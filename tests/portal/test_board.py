"""The board's pages and workbooks, as the portal makes them of what the registry's own doors answer."""

import io
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlencode

import openpyxl
import pytest
from flask.testing import FlaskClient
from lxml import html

from services.portal import app, charts, clients, reference, sessions, wording
from services.portal.pages import board
from services.registry.service import RegistryService, prepare
from services.spine import actor, clock, contracts, errors, feed, http, mongo, settings, topology
from tests.registry.histories import told
from tests.registry.test_domain import CAMPAIGN as DEFINED
from tests.registry.test_progress_store import followed, named, said
from tests.stack import grant

CODE, TODAY = "a-campaign", "2024-02-12"
CAMPAIGN = {
    **DEFINED,
    "_id": CODE,
    "campaign": CODE,
    "title": {"zh": "专题民主生活会", "en": "Meetings"},
    "regions": [{"region_code": f"99000{number}", "name": f"第{number}县"} for number in range(3)],
    "groups": [{"group_code": f"G{number}", "name": f"第{number}督导组"} for number in (1, 2)],
}
OFFICE = sessions.Viewer("office", "office", (grant("office", "campaign", CODE, CODE),), "")
ROUTES = sorted(
    ((name, door) for name, door in topology.entrypoints("registry") if isinstance(door, http.Route)),
    key=lambda one: one[1].url.count("<"),
)
FILTERS: list[dict[str, str]] = [{}, {"region": "990001"}, {"group": "G2", "team": "党组"}]


@pytest.fixture(scope="module")
def filled(store: Any) -> Any:
    """What the registry keeps of forty units in three counties, some way on."""
    db, feed_db = store.client["board"], store.client["boardfeed"]
    feed.prepare(feed_db)
    prepare(db)
    said(feed_db, told(2, 40, 1600))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "today", lambda: TODAY)
        followed(db, feed_db)
    db.campaigns.insert_one(dict(CAMPAIGN))
    named(db)
    return db


def answered(db: Any, service: str, method: str, path: str, query: Any = None, **how: Any) -> clients.Answer:
    """What the registry's door answers to the office; no other service is there."""
    if service != "registry":
        raise clients.Unreachable(service)
    path, _, more = path.partition("?")
    asked = {**dict(parse_qsl(more)), **{name: str(value) for name, value in (query or {}).items() if value}}
    name, door, found = next(
        (name, door, found)
        for name, door in ROUTES
        if door.method == method and (found := re.fullmatch(re.sub(r"<(\w+)>", r"(?P<\1>[^/]+)", door.url), path))
    )
    registry: Any = RegistryService()
    registry.db = db
    claims = {"sub": OFFICE.login, "name": OFFICE.name, "grants": OFFICE.grants}
    arguments = {**found.groupdict(), "actor": actor.Actor(claims, door.may, TODAY)}
    try:
        if door.accepts:
            contracts.check(f"requests/{door.accepts}", asked)
            arguments["query"] = asked
        body = http.public(getattr(registry, name)(**arguments))
    except errors.Refusal as refusal:
        raise clients.Declined(refusal.body(how["language"])) from None
    return clients.Answer(200, body)


@pytest.fixture(scope="module")
def office(filled: Any) -> Iterator[FlaskClient]:
    """The office at a portal that has the registry behind it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "secret", lambda: "s" * 64)
        patch.setattr(clients, "call", lambda *asked, **how: answered(filled, *asked, **how))
        patch.setattr(clock, "today", lambda: TODAY)
        patch.setattr(mongo, "database", lambda _: filled.client["boardfeed"])
        patch.setattr(sessions, "exchange", lambda _: OFFICE)
        reference.forget()
        browser = app.create().test_client()
        browser.set_cookie(sessions.COOKIE, "token")
        yield browser
        reference.forget()


def page(office: FlaskClient, path: str, **query: Any) -> Any:
    """A page of the board, to be looked into."""
    answer = office.get(f"/board{path}?{urlencode(query)}")
    assert answer.status_code == 200, answer.text
    return html.fromstring(answer.text)


def headed(found: Any) -> str:
    """What a page says beside its title."""
    return str(found.xpath("//div[@class='head']")[0].text_content())


def table(found: Any, place: str = "") -> list[list[str]]:
    """What the body of a table shows: of each cell the first words."""
    rows = found.xpath(f"//{place or 'main'}//tbody/tr")
    return [[next((text for text in cell.itertext() if text.strip()), "").strip() for cell in row] for row in rows]


def sheet(office: FlaskClient, view: str, **query: Any) -> list[list[str]]:
    """The rows of the workbook that the page's own link leads to, as text, under their heads."""
    link = page(office, view, **query).xpath("//a[@class='export']/@href")[0]
    answer = office.get(link)
    assert answer.status_code == 200, answer.text
    (found,) = openpyxl.load_workbook(io.BytesIO(answer.data)).worksheets
    return [[str(value) if value is not None else "" for value in row] for row in found.values]


@pytest.mark.parametrize("query", FILTERS, ids=str)
def test_the_boards_workbook_has_the_numbers_of_the_board(office, query):
    heads, *rows = sheet(office, "", **query)
    stages = len(wording.STAGES)
    for place, kind in (("by-region", "县（区）"), ("by-group", "督导组")):
        lines = table(page(office, "", **query), f"section[@aria-labelledby='{place}']")
        own = [row[1:] for row in rows if row[0] == kind]
        assert [row[: stages + 3] for row in own] == [line[: stages + 3] for line in lines] != []
        assert [row[stages + 4] for row in own] == [line[stages + 3] for line in lines]
        assert all(row[stages + 3] == "—" or float(row[stages + 3]) <= float(row[stages + 4]) for row in own)
    for at, state in enumerate(wording.COUNTED):
        lines = table(page(office, "", **query, counted=state), "section[@aria-labelledby='by-aspect']")
        own = [row[1:2] + row[stages + 6 + at :: len(wording.COUNTED)] for row in rows if row[0] == "县（区）"]
        assert own == lines and any(any(number != "0" for number in line[1:]) for line in lines)
    assert len(heads) == stages + 6 + 12 * len(wording.COUNTED)


@pytest.mark.parametrize("query", [*FILTERS, {"overdue": "1", "stage": "writing"}], ids=str)
def test_the_grids_workbook_has_its_cells(office, query):
    found = page(office, "/grid", **query)
    lines = table(found)
    assert [[row[0], *row[3:]] for row in sheet(office, "/grid", **query)[1:]] == lines != []
    drawn = found.xpath("//svg[@class='cells']/a/title/text()")
    assert [title.split(" · ")[0] for title in drawn] == [line[0] for line in lines]
    assert sum(int(number) for number in found.xpath("//svg[@class='cells']//text/text()")) == sum(
        int(line[3]) for line in lines
    )


@pytest.mark.parametrize("query", [*FILTERS, {"stage": "rectifying"}], ids=str)
def test_a_countys_number_beside_its_cells_is_the_length_of_its_list_on_whatever_page_it_stands(
    office, query, monkeypatch
):
    monkeypatch.setattr(board, "GRID", 3)
    told_of: dict[str, int] = {}
    drawn: dict[str, int] = {}
    for number in range(1, 20):
        found = page(office, "/grid", **query, page=number)
        for block in found.xpath("//section[@class='block']"):
            (link,) = block.xpath("./h2//a")
            address, cells = link.get("href"), len(block.xpath(".//rect"))
            told_of[address], drawn[address] = int(link.text), drawn.get(address, 0) + cells
            assert (cells < told_of[address]) == (f"本页 {cells} 个" in block.text_content())
        if not found.xpath("//a[@rel='next']"):
            break
    assert number > 2 and told_of == drawn
    for address, units in told_of.items():
        assert f"共 {units} 个单位" in office.get(address).text


@pytest.mark.parametrize("query", [*FILTERS, {"from": "2024-01-05", "until": "2024-01-09"}], ids=str)
def test_the_trends_workbook_has_its_days(office, query):
    lines = table(page(office, "/trend", **query))
    found = [[row[0][-2:], *row[1:]] for row in sheet(office, "/trend", **query)[1:]]
    assert found == [[re.findall(r"\d+", line[0])[-1].zfill(2), *line[1:]] for line in reversed(lines)] != []


@pytest.mark.parametrize("query", [*FILTERS, {"round": "2"}], ids=str)
def test_the_failed_standards_workbook_has_their_numbers(office, query):
    chosen = query.get("round", "1")
    failures = list(wording.CATALOGUES["failure"].values())
    rows = sheet(office, "/standards", **query)[1:]
    for place, kind in (("by-region", "县（区）"), ("by-group", "督导组")):
        found = page(office, "/standards", **query)
        lines = table(found, f"section[@aria-labelledby='{place}']")
        own = {(row[1], row[3]): row[4] for row in rows if (row[0], row[2]) == (kind, chosen)}
        shown = {
            (line[0], str(failure)): number
            for line in lines
            for failure, number in zip(failures, line[1:], strict=False)
            if number != "0"
        }
        assert own == shown != {}


@pytest.mark.parametrize("query", FILTERS, ids=str)
def test_the_groups_workbook_has_their_readings(office, query):
    lines, rows = table(page(office, "/groups", **query)), sheet(office, "/groups", **query)[1:]
    readings = len(wording.READINGS)
    assert [row[: readings + 2] for row in rows] == [line[: readings + 2] for line in lines] != []
    for row, line in zip(rows, lines, strict=True):
        first, back, median = row[readings + 2 :]
        assert [median, f"{float(first):.0%}", f"{float(back):.0%}"] == line[readings + 2 :]


@pytest.mark.parametrize("query", FILTERS, ids=str)
def test_common_problems_open_their_lists_where_they_are_told_and_their_workbook_tells_no_more(office, query):
    found, rows = page(office, "/problems", **query), sheet(office, "/problems", **query)[1:]
    lines, told_of, silent = found.xpath("//table[contains(@class, 'matrix')]/tbody/tr"), 0, 0
    for row, line in zip(rows, lines, strict=True):
        cells = line.xpath("./td")[1:-1] or line.xpath("./td")[1:]
        assert row[:2] == [line.xpath("./th")[0].text, line.xpath("./td")[0].text]
        numbers = [row[at : at + 2] for at in range(2, len(row), 2)]
        for (units, things), cell in zip(numbers, cells if len(cells) > 1 else cells * 4, strict=True):
            links = cell.xpath(".//a")
            assert [link.text for link in links] == ([units, things] if units.isdecimal() and units != "0" else [])
            for link in links:
                head = headed(html.fromstring(office.get(link.get("href")).text))
                assert f"共 {units} 个单位" in head and f"计 {things} 份" in head
            told_of, silent = told_of + len(links), silent + ("不显示" in units and "不显示" in cell.text_content())
    assert told_of >= 8 or "group" in query
    assert silent


@pytest.mark.parametrize("query", [*FILTERS, {"region": "990001", "stage": "rectifying"}], ids=str)
def test_a_lists_workbook_has_every_unit_of_the_list(office, query):
    found = page(office, "/units", **query)
    names, rows = [line[0] for line in table(found)], sheet(office, "/units", **query)[1:]
    assert [row[0] for row in rows] == names
    assert f"共 {len(rows)} 个单位" in headed(found)
    whole = sheet(office, "/units")[1:]
    assert (len(rows) < len(whole)) == bool(query) and all(row in whole for row in rows)


@pytest.mark.parametrize("query", FILTERS, ids=str)
@pytest.mark.parametrize("view", ["", "/standards", "/problems"])
def test_a_bar_is_drawn_of_the_numbers_in_its_row(office, view, query):
    """Its parts are as wide as they are many; nobody has to see them, for the row has the same in its cells."""
    found, parts = page(office, view, **query), 0
    for row in found.xpath("//table[contains(@class, 'matrix')]//tr[.//svg]"):
        (drawing,) = row.xpath(".//svg")
        assert drawing.get("aria-hidden") == "true"
        bars = [(bar.xpath("./title")[0].text.split(), float(bar.get("width"))) for bar in drawing.xpath("./rect")]
        heads = row.xpath("./ancestor::table[1]/thead/tr/th/text()")
        cells = {head: re.findall(r"\d+", " ".join(cell.itertext())) for head, cell in zip(heads, row, strict=False)}
        for (*name, number), _ in bars:
            assert number in cells[" ".join(name) or "单位"]
        lengths = {round(width / int(number), 1) for (*_, number), width in bars}
        assert not lengths or max(lengths) - min(lengths) < 0.2
        parts += len(bars)
    assert parts or (view, len(query)) == ("/problems", 2)


@pytest.mark.parametrize("query", FILTERS, ids=str)
def test_a_line_goes_through_the_numbers_of_the_table_below_it(office, query):
    found = page(office, "/trend", **query)
    heads = found.xpath("//table[contains(@class, 'matrix')]/thead/tr/th/text()")
    days = [dict(zip(heads, line, strict=True)) for line in reversed(table(found))]
    drawn = 0
    for figure in found.xpath("//figure"):
        (drawing,) = figure.xpath("./svg")
        top = int(re.findall(r"\d+", figure.xpath("./figcaption/span")[0].text)[0])
        for line in drawing.xpath("./polyline"):
            heights = [float(point.split(",")[1]) for point in line.get("points").split()]
            name = line.xpath("./title")[0].text
            assert [round(top * (1 - height / charts.LINES_HEIGHT)) for height in heights] == [
                int(day[name]) for day in days
            ]
            drawn += 1
        assert drawing.get("aria-hidden") == "true"
    assert drawn > 4


def test_a_share_is_as_wide_as_it_says(office):
    found = page(office, "/groups").xpath("//td[.//svg]")
    for cell in found:
        width = float(cell.xpath(".//rect/@width")[0])
        assert f"{width / charts.WIDTH:.0%}" == cell.xpath("./span")[0].text
    assert len(found) == 4
