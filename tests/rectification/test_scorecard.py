"""The scorecard: counted from the ledger, last year's items first, lateness never hidden."""

import io
import re
from typing import Any

import docx
import pypdf
import pytest

from services.rectification import effects, issues, scorecard, scorecard_paper, store
from services.spine import official_pdf
from services.spine.errors import Refusal
from tests.rectification import acting
from tests.rectification.acting import CAMPAIGN, UNIT, actor, answered
from tests.rectification.test_effects import judged
from tests.rectification.test_states import PLACE, applied, closed, hand, item, registered

TODAY = "2024-05-01"
CARD = f"{CAMPAIGN}.{UNIT}"


def last_year(**more):
    begun = {**item(), "campaign": "last-year", "_id": f"last-year.{UNIT}.p01", "registered_on": "2023-02-01", **more}
    return {**begun, "item_id": begun["_id"]}


def test_last_years_items_stand_first_whether_taken_over_or_left_behind_and_then_what_is_late():
    own = [
        item(),
        {**item(key="p02"), "number": 2, "due_on": "2024-12-31"},
        {**item(key="p03", source="last_year"), "number": 3},
    ]
    card = scorecard.card(PLACE, own, [last_year()], TODAY)
    assert [(row["earlier"], row["overdue"], row["number"]) for row in card["rows"]] == [
        (True, True, 3), (True, True, 1), (False, True, 1), (False, False, 2),
    ]  # fmt: skip
    assert (card["earlier"]["total"], card["whole"]["total"], card["whole"]["overdue"]) == (2, 2, 1)


def test_of_earlier_ledgers_the_last_stands_there_and_what_is_open_of_those_before_it():
    old, last, later = last_year(campaign="old"), last_year(), last_year(campaign="next")
    dated = [(("2021-01", "old"), old), (("2023-01", "last-year"), last), (("2025-01", "next"), later)]
    assert scorecard.earlier(dated, ("2024-01", CAMPAIGN), set()) == [old, last]
    dated[0] = (("2021-01", "old"), {**old, "state": "closed"})
    assert scorecard.earlier(dated, ("2024-01", CAMPAIGN), set()) == [last]
    assert scorecard.earlier(dated[1:], ("2024-01", CAMPAIGN), {last["_id"]}) == [], "it was taken over"


def test_what_was_late_and_is_closed_is_counted_as_late_and_said_in_words():
    late = {**closed("2024-04-20"), "rebounds": 2}
    card = scorecard.card(PLACE, [late], [], TODAY)
    assert card["whole"] == {"total": 1, "closed": 1, "on_time": 0, "late": 1, "open": 0, "overdue": 0, "rebounds": 2}
    whole = {
        **card,
        "evaluations": [],
        "round_due_on": None,
        "escalations": [],
        "effects": scorecard.effects([late], [], UNIT),
    }
    rows = scorecard_paper.blocks(whole, "农业农村局")[-1]["rows"]
    assert rows[1][-1] == "已销号 2024-04-20，曾逾期，反弹2次"


def test_an_item_without_a_day_is_long_term_on_that_list_alone_and_its_state_is_said_in_its_own_word():
    own = [registered(), item(key="p02", category="long_term", due_on=None), applied(item(key="p03"))]
    card = scorecard.card(PLACE, own, [], "2024-01-20")
    beside: dict[str, Any] = {
        "evaluations": [],
        "round_due_on": None,
        "escalations": [],
        "effects": scorecard.effects(own, [], UNIT),
    }
    rows = scorecard_paper.blocks({**card, **beside}, "农业农村局")[-1]["rows"][1:]
    assert [row[-2:] for row in rows] == [["未定", "已登记"], ["长期", "整改中"], ["2024-03-31", "已申请销号"]]


def test_the_door_counts_what_the_unit_may_see_and_the_paper_says_the_same(db, monkeypatch):
    doors = acting.doors(db, monkeypatch, today=TODAY)
    accepted, _ = judged(closed())
    store.add(db, accepted, [], hand().at)
    store.add(db, last_year(), [], hand().at)
    place = {"campaign": CAMPAIGN, "kind": "unit", "of": UNIT, "region": "990823", "unit": UNIT, "group": "G4"}
    draft = issues.drafted(place, [effects.frozen(accepted)], [], 0)
    asked = {"hash": draft["hash"], "title": "x", "names": {}}
    issue, _ = issues.publish(draft, asked, place, hand("office"), own_units=False)
    db.issues.insert_one(issue)
    db.escalations.insert_one(
        {
            "_id": "e1",
            "campaign": CAMPAIGN,
            "unit": UNIT,
            "state": "acknowledged",
            "rung": 3,
            "step": "reminder",
            "rules": {"title": {"zh": "提醒函", "en": "Reminder"}},
        }
    )
    card = answered("scorecard", doors.scorecard(actor("secretary"), CARD))
    assert [row["earlier"] for row in card["rows"]] == [True, False] and card["earlier"]["overdue"] == 1
    assert card["effects"] == {"accepted": 1, "published": 1, "withdrawn": 0, "rules": 0}
    assert [(one["step"], one["count"]) for one in card["escalations"]] == [("reminder", 1)]
    page = docx.Document(io.BytesIO(doors.scorecard_word(actor("office"), CARD, {"unit_name": "农业农村局"}).body))
    assert "【上年遗留】" in page.tables[1].rows[1].cells[1].text and "提醒函1份" in page.paragraphs[2].text
    pdf = doors.scorecard_pdf(actor("office"), CARD, {"unit_name": "农业农村局"})
    text = "".join(sheet.extract_text() for sheet in pypdf.PdfReader(io.BytesIO(pdf.body)).pages)
    assert pdf.media == "application/pdf" and "农业农村局" in text
    assert all(said in re.sub(r"\s", "", text) for said in ("【上年遗留】", "提醒函1份"))
    for who in ("stranger", "elsewhere"):
        with pytest.raises(Refusal, match="not_found"):
            doors.scorecard(actor(who), CARD)


def test_a_long_ledger_goes_on_over_the_pages_of_its_pdf_with_nothing_lost_and_its_heads_said_again():
    """Also where one problem alone is longer than a page, and whatever signs its words have."""
    long = "".join(f"第{number}处<渗漏>&未修" for number in range(300))
    rows = [["序号", "问题"], *([str(number), "灌渠渗漏"] for number in range(60)), ["60", long]]
    made = official_pdf.write([{"kind": "title", "text": "整改情况"}, {"kind": "table", "rows": rows}], "整改情况")
    pages = [re.sub(r"\s", "", sheet.extract_text()) for sheet in pypdf.PdfReader(io.BytesIO(made)).pages]
    assert len(pages) > 3 and all("序号" in page for page in pages)
    assert "".join(page.replace("序号问题", "") for page in pages).endswith(long)
