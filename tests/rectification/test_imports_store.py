"""An import of a ledger as it is kept: done once, whoever goes on with it; nothing of it before somebody confirms."""

import concurrent.futures
import io
import itertools

import openpyxl
import pytest

from services.rectification import (
    domain,
    imports,
    imports_store,
    pages_store,
    sheet_lines,
    sheet_marked,
    sheet_reading,
    store,
    summing,
)
from services.spine import contracts
from services.spine.http import public
from tests.rectification.test_sheet import DRAFT, HAND, NAME, PLAN, TODAY, UNIT, edited, told, written
from tests.rectification.test_sheet_reading import HEAD, book, row

CAMPAIGN = PLAN["campaign"]


@pytest.fixture
def ledger(db):
    """A unit with two items."""
    store.prepare(db)
    aspects = [{"code": "theory", "title": "理论学习"}]
    db.campaigns.insert_one({"_id": CAMPAIGN, "immediate_days": 30, "rectification": None, "aspects": aspects})
    db.meetings.insert_one(
        {"_id": f"{CAMPAIGN}.{UNIT}", **{k: PLAN[k] for k in ("campaign", "unit", "region", "group")}}
    )
    for number in (1, 2):
        count = store.next_number(db, CAMPAIGN, UNIT)
        draft = {**DRAFT, "key": f"p{number:02}", "problem": f"问题{number}"}
        made = domain.register(store.plan(db, CAMPAIGN, UNIT), 30, count, draft, HAND)
        store.add(db, *made, HAND.at)
    return db


def stands(db) -> sheet_lines.Ground:
    return imports_store.ground(db, CAMPAIGN, UNIT, NAME, HAND)


def handed_over(db, data: bytes, name: str = "台账.xlsx") -> imports.Import:
    """The sheet looked at."""
    ground = stands(db)
    import_id = imports.named("liaison", UNIT, str(hash(data)), ground.items)
    lines, notes = imports.look(import_id, sheet_reading.read(name, data), ground)
    facts = {"campaign": CAMPAIGN, "unit": UNIT, "unit_name": NAME, "file_name": name, "sha256": "a" * 64}
    facts |= {"by": "联络员", "by_account": "liaison", "own": True, "opened_at": HAND.at, "items": len(ground.items)}
    found, kept = imports.begin(import_id, lines, notes, **facts)
    imports_store.add(db, found, kept, data, HAND.at)
    assert not imports_store.add(db, found, kept, data, HAND.at), (
        "the same file over the same ledger is the same import"
    )
    return imports_store.get(db, import_id, "liaison")


def confirmed(db, found: imports.Import) -> imports.Import:
    counts = imports.counted(imports_store.every_line(db, found["_id"]))
    imports_store.save(db, found, imports.run(found, counts, HAND.at), HAND.at)
    return imports_store.get(db, found["_id"], "liaison")


def done(db, found: imports.Import) -> None:
    for line in imports_store.pending(db, found):
        imports_store.work(db, imports_store.standing(db, found, HAND), line)
    imports_store.finish(db, found["_id"], HAND.at)


def test_nothing_is_written_before_it_is_confirmed_and_then_only_what_was_changed(ledger):
    before = list(ledger.items.find().sort("_id", 1))
    data = written(stands(ledger).items)
    found = handed_over(ledger, edited(data, {("standard", 1): "通水合格"}))
    assert list(ledger.items.find().sort("_id", 1)) == before
    running = confirmed(ledger, found)
    assert imports.run(running, {}, "later") == running, "the second click"
    done(ledger, running)
    first, second = ledger.items.find().sort("_id", 1)
    assert second == before[1]
    assert {key for key in first if first[key] != before[0][key]} == {"standard", "history", "revision", "outbox"}
    assert handed_over(ledger, data)["_id"] != found["_id"], "over another ledger it is another import"


def test_killed_between_any_two_writes_it_goes_on_and_does_nothing_twice(ledger):
    data = written(stands(ledger).items)
    new = {("problem", 4): "新问题", ("source", 4): "自查", ("category", 4): "长期整改"}
    found = confirmed(
        ledger, handed_over(ledger, edited(data, {("standard", 1): "合格", ("progress", 2): "已开工", **new}))
    )
    for killed_after in range(3):
        for line in itertools.islice(imports_store.pending(ledger, found), killed_after + 1):
            imports_store.work(ledger, imports_store.standing(ledger, found, HAND), line)
        ledger.ledger_lines.update_many({}, {"$set": {"done": False}})  # killed before it was noted
    done(ledger, found)
    items = list(ledger.items.find().sort("number", 1))
    assert [one["problem"] for one in items] == ["问题1", "问题2", "新问题"]
    assert [entry["what"] for entry in items[0]["history"]] == ["registered", "revised"]
    assert [entry["text"] for entry in items[1]["progress"]] == ["已开工"]
    assert imports_store.get(ledger, found["_id"], "liaison")["state"] == "done"
    assert [event["type"] for event in items[2]["outbox"]] == ["rectify.item_registered"]


def test_it_goes_on_from_where_it_has_come_to_and_is_summed_up_then(ledger, monkeypatch):
    monkeypatch.setattr(imports_store, "PENDING", 5)
    rows = [HEAD, *(row(problem=f"新问题{n}") for n in range(12))]
    found, begun = confirmed(ledger, handed_over(ledger, book(rows))), summed(ledger)
    for line in itertools.islice(imports_store.pending(ledger, found), 7):
        imports_store.work(ledger, imports_store.standing(ledger, found, HAND), line)
    assert summed(ledger) == begun == 2, "not row by row"
    imports_store.renew(ledger, found, 0, 7, 7)
    assert summed(ledger) == 9
    found = imports_store.get(ledger, found["_id"], "liaison")
    assert (found["worked"], [line["number"] for line in imports_store.pending(ledger, found)]) == (7, [*range(7, 12)])


def summed(db) -> int:
    return summing.summary(db, {"campaign": CAMPAIGN}, {"by": "region"}, TODAY)["total"]


def test_two_at_once_carry_it_out_once(ledger):
    rows = [HEAD, *(row(problem=f"新问题{n}") for n in range(12))]
    found = confirmed(ledger, handed_over(ledger, book(rows)))
    with concurrent.futures.ThreadPoolExecutor(2) as hands:
        list(hands.map(lambda _: done(ledger, found), range(2)))
    assert sorted(one["problem"] for one in ledger.items.find({"number": {"$gt": 2}})) == sorted(
        f"新问题{n}" for n in range(12)
    )


def test_what_somebody_else_changed_after_the_look_is_left_to_them_and_said(ledger):
    data = written(stands(ledger).items)
    found = confirmed(ledger, handed_over(ledger, edited(data, {("standard", 1): "甲", ("responsible", 1): "副局长"})))
    ledger.items.update_one({"number": 1}, {"$set": {"standard": "乙"}, "$inc": {"revision": 1}})
    done(ledger, found)
    first = ledger.items.find_one({"number": 1})
    assert (first["standard"], first["responsible"]) == ("乙", "副局长")
    assert imports_store.lines(ledger, found["_id"], {"outcome": "changed"})["rows"][0]["overtaken"] == ["standard"]
    assert imports_store.get(ledger, found["_id"], "liaison")["overtaken"] == 1


def test_what_a_rule_refuses_by_then_is_said_and_the_rest_goes_on(ledger):
    data = written(stands(ledger).items)
    found = confirmed(ledger, handed_over(ledger, edited(data, {("standard", 1): "甲", ("standard", 2): "乙"})))
    ledger.items.update_one({"number": 1}, {"$set": {"state": "close_requested"}})
    done(ledger, found)
    lines = imports_store.lines(ledger, found["_id"], {"outcome": "changed"})["rows"]
    assert [line.get("refused", {}).get("code") for line in lines] == ["wrong_state", None]
    assert ledger.items.find_one({"number": 2})["standard"] == "乙"


def test_lines_are_found_by_what_waits_and_only_their_owner_sees_the_import(ledger):
    found = handed_over(
        ledger, book([HEAD, row(due_on="2024年3月底"), row(problem="乙", category="马上就改", due_on="2024-02-01")])
    )
    waiting = imports_store.lines(ledger, found["_id"], {"told": "waiting"})["rows"]
    assert [line["row"] for line in waiting] == [2]
    changed = imports.decide(imports_store.every_line(ledger, found["_id"]), [], True)
    imports_store.save_lines(ledger, [sheet_lines.settle(line, None, stands(ledger)) for line in changed])
    assert imports_store.lines(ledger, found["_id"], {"told": "waiting"})["total"] == 0
    assert imports_store.listed(ledger, "somebody", {})["total"] == 0
    contracts.check("documents/ledger_import_list", public(imports_store.listed(ledger, "liaison", {"unit": UNIT})))


def test_the_file_comes_back_with_its_cells_marked_and_comes_in_again(ledger):
    rows = [HEAD, row(due_on="2024年3月底"), row(problem="", standard="x"), row(problem="=1+1")]
    data = book(rows, merged=("A3:A4", "A3:B4"))
    found = handed_over(ledger, data)
    lines = imports_store.every_line(ledger, found["_id"])
    marked = sheet_marked.write("台账.xlsx", imports_store.file(ledger, found["_id"]), lines, "zh")
    page = openpyxl.load_workbook(io.BytesIO(marked)).worksheets[0]
    cell = page["I2"]
    assert (cell.value, cell.fill.fgColor.rgb) == ("2024年3月底", "FFFFF2B3")
    assert cell.comment and "→ 2024-03-31" in cell.comment.text
    assert page["C3"].comment and page["C4"].data_type == "s"
    assert told(imports_store.every_line(ledger, handed_over(ledger, marked)["_id"]))[0] == told(lines)[0]


def test_a_ledger_is_given_out_some_at_a_time_by_the_filters_and_in_the_order_of_its_list(ledger, monkeypatch):
    monkeypatch.setattr(imports_store, "CHUNK", 3)
    for number in range(3, 9):
        said = {"key": f"p{number}", "problem": f"Test 问题{number}", "aspect": "theory" if number % 2 else None}
        said |= {"owner_post": "02" if number == 4 else None}
        said |= {"category": ("phased", "long_term")[number % 2], "due_on": f"2024-04-{30 - number}"}
        made = domain.register(store.plan(ledger, CAMPAIGN, UNIT), 30, number, {**DRAFT, **said}, HAND)
        store.add(ledger, *made, HAND.at)
    closed = {"state": "closed", "closed_on": TODAY, "recheck_on": "2024-03-01"}
    before = store.get(ledger, f"{CAMPAIGN}.{UNIT}.p8")
    store.save(ledger, before, ({**before, **closed}, []), HAND.at)
    within, lengths = {"campaign": CAMPAIGN}, set()
    for query in (
        {}, {"sort": "due"}, {"sort": "age"}, {"q": "TEST"}, {"aspect": "theory"}, {"overdue": "1"},
        {"unreported": "1"},
        {"recheck_due": "1"}, {"age": "90"}, {"age": "30"}, {"unit": UNIT, "sort": "due"}, {"colour": "red"},
        {"colour": "green", "sort": "due"}, {"waits": "unit", "category": "phased"}, {"campaign": "other"},
        {"owner": f"{UNIT}/02"},
    ):  # fmt: skip
        for today in (TODAY, "2024-04-20"):
            pages = list(imports_store.pages(ledger, within, query, today))
            found = [one["_id"] for page in pages for one in page]
            assert found == [one["_id"] for one in pages_store.page(ledger, within, query, today)["rows"]], query
            assert all(len(page) <= 3 for page in pages)
            lengths.add(len(found))
    assert lengths >= {0, 1, 3, 8}, "the filters tell them apart"
    assert imports_store.aspects(ledger, CAMPAIGN) == {"theory": "理论学习"}


def test_the_sheet_can_be_asked_for_by_every_filter_of_the_list():
    """A kept view, what is late and what is to be looked at again leave as the official sheet, too."""
    listed, sheet, named = (
        contracts.documents()[f"requests/{name}"]["properties"]
        for name in ("find_ledger", "find_items", "export_ledger")
    )
    assert sheet == {key: one for key, one in listed.items() if key not in ("after", "size")}
    assert named == {**sheet, "names": named["names"]}
