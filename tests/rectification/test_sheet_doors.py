"""Who may do what to a ledger by handing in a sheet, at the doors."""

import pytest

from services.rectification import imports_store, store
from services.spine.doors import Upload
from services.spine.errors import Refusal
from tests.rectification import acting
from tests.rectification.test_sheet_reading import HEAD, as_csv, row

PLACES = {"campaign": acting.CAMPAIGN, "unit": acting.UNIT}
STANDS = row(problem="学习不系统")
CHANGED = row(problem="学习不系统", standard="每周一题", progress="已列入计划")
NEW = row(problem="接访不及时", progress="已排班")


@pytest.fixture
def doors(db, monkeypatch):
    """A unit with one item."""
    made = acting.doors(db, monkeypatch)
    done(made, "liaison", STANDS)
    return made


def handed_in(doors, who, *rows):
    upload = Upload("台账.csv", as_csv([HEAD, *rows]))
    found = doors.open_ledger_import(acting.actor(who, "import_ledger"), PLACES, upload, "zh")
    return acting.answered("ledger_import", found)


def run(doors, who, found):
    doors.decide_ledger_lines(acting.actor(who, "import_ledger"), found["import_id"], {"rest": True}, "zh")
    doors.run_ledger_import(acting.actor(who, "import_ledger"), found["import_id"], {}, "zh")
    while imports_store.get(doors.db, found["import_id"], who)["state"] == "running":
        doors.work_ledger_imports()
    return imports_store.get(doors.db, found["import_id"], who)


def done(doors, who, *rows):
    return run(doors, who, handed_in(doors, who, *rows))


def ledger(doors):
    return {item["problem"]: item for item in store.of_unit(doors.db, acting.CAMPAIGN, acting.UNIT)}


@pytest.mark.parametrize("who", ["secretary", "liaison"])
def test_the_unit_changes_its_items_and_reports_on_them_by_a_sheet(doors, who):
    done(doors, who, CHANGED, NEW)
    items = ledger(doors)
    assert items["学习不系统"]["standard"] == "每周一题" and items["学习不系统"]["progress"][0]["by"] == who
    assert [one["text"] for one in items["接访不及时"]["progress"]] == ["已排班"]


@pytest.mark.parametrize("who", ["office", "county_office"])
def test_an_office_registers_what_is_new_and_changes_nothing_that_is_the_units(doors, who):
    before = ledger(doors)["学习不系统"]

    found = handed_in(doors, who, CHANGED, NEW)
    lines = imports_store.every_line(doors.db, found["import_id"])
    told = {one["column"]: one["code"] for one in lines[0]["findings"] if one["kind"] == "wrong"}
    assert told == dict.fromkeys(("standard", "progress"), "ledger_units_own")
    assert [line["outcome"] for line in lines] == ["unchanged", "new"] and not lines[0]["changes"]
    run(doors, who, found)

    items = ledger(doors)
    assert items["学习不系统"] == before
    new = items["接访不及时"]
    assert (new["progress"], new["particulars"]["remarks"]) == ([], "进展：已排班")
    assert {one["by"] for one in new["history"]} == {who}


@pytest.mark.parametrize("who", ["supervisor", "group_leader", "member"])
def test_groups_and_members_hand_in_no_ledger(doors, who):
    with pytest.raises(Refusal, match="not_permitted"):
        handed_in(doors, who, NEW)


def test_another_unit_is_not_found(doors):
    with pytest.raises(Refusal, match="not_found"):
        handed_in(doors, "stranger", NEW)


def test_whoever_left_the_unit_before_confirming_changes_nothing_any_more(doors):
    before, found = ledger(doors)["学习不系统"], handed_in(doors, "liaison", CHANGED, NEW)
    doors.decide_ledger_lines(acting.actor("liaison", "import_ledger"), found["import_id"], {"rest": True}, "zh")
    moved = acting.actor("county_office", "import_ledger")
    moved.id = "liaison"
    doors.run_ledger_import(moved, found["import_id"], {}, "zh")
    while imports_store.get(doors.db, found["import_id"], "liaison")["state"] == "running":
        doors.work_ledger_imports()
    items = ledger(doors)
    assert items["学习不系统"] == before and items["接访不及时"]["progress"] == []
    assert imports_store.get(doors.db, found["import_id"], "liaison")["refused"] == 1
