"""The tree of organisations: what a table changes, all that is wrong with it at once, what ends and how."""

import csv
import io

import pytest

from services.registry import (
    definition,
    domain,
    organisation_imports,
    organisation_sheet,
    organisation_store,
    planning,
    store,
)
from services.registry import organisations as tree
from services.spine import contracts, sheets
from services.spine.errors import Refusal
from tests.registry.test_domain import LOADED, UNIT

NOW, TODAY = "2023-12-20T08:00:00.000Z", "2023-12-20"
STEMS = ["9908"]
HEAD = ["组织代码", "名称", "层级", "上级组织代码", "行政区划代码", "领导班子", "班子人数"]
ROWS = [
    ["990800", "闽川市", "市", "", "", "", ""],
    ["990823", "青溪县", "县", "990800", "", "", ""],
    ["990823-NYNC", "青溪县农业农村局", "县", "990823", "", "党组", "7"],
    ["990823-SL", "青溪县水利局", "县", "990823", "", "党组", "5"],
]
POSTS = ["组织代码", "岗位编号", "职务", "角色", "任职起", "任职止"]
ENTRY = tree.entry("2023-12-19", "机构改革", "市办", NOW, TODAY)


def as_csv(*rows: list[str], encoding: str = "utf-8-sig") -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode(encoding)


def looked(data: bytes, known=None, stems=STEMS, name: str = "组织.csv", units=None, stood=None):
    tables, unread = organisation_sheet.read(name, data)
    return organisation_imports.look(tables, unread, known or {}, stems, units or {}, stood or {}, TODAY)


def brought_in(db, data: bytes, name: str = "组织.csv", *, end_unnamed: bool = False) -> dict:
    """The table looked at and done."""
    terms = organisation_store.stood(db, {"990823-NYNC"})
    lines, counts, faults = looked(data, organisation_store.known(db), name=name, stood=terms)
    assert faults == []
    stood = str(db.organisation_imports.count_documents({}))
    import_id = organisation_imports.named("office", "sha", stood)
    facts = {"file_name": name, "by": "市办", "by_account": "office", "counts": counts, "opened_at": NOW}
    found, kept = organisation_imports.begin(import_id, lines, faults, **facts)
    organisation_store.add_import(db, found, kept, NOW)
    found = organisation_store.get_import(db, import_id, "office")
    organisation_store.save_import(db, found, organisation_imports.run(found, NOW, end_unnamed=end_unnamed), NOW)
    found = organisation_store.get_import(db, import_id, "office")
    while organisation_store.apply(db, found, TODAY, NOW):
        pass
    organisation_store.finish(db, import_id, organisation_store.overtaken(db, import_id), NOW)
    return organisation_store.get_import(db, import_id, "office")


def known(*rows: list[str]) -> dict:
    lines, _, _ = looked(as_csv(HEAD, *(rows or ROWS)))
    return {
        line["code"]: {**tree.added(line["code"], line["after"], {"what": "imported", **ENTRY}), "revision": 1}
        for line in lines
    }


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_a_table_in_either_encoding_is_the_same_table(encoding):
    lines, counts, faults = looked(as_csv(HEAD, *ROWS, encoding=encoding))
    assert (counts, faults) == ({"new": 4, "changed": 0, "unchanged": 0, "short": 0, "gone": 0, "unnamed": 0}, [])
    assert lines[2]["after"] | {"row": 0} == lines[2]["after"] | {"row": 0, "region": "990823", "members": 7}


def test_all_that_is_wrong_is_said_at_once_by_cell_with_what_would_be_right():
    wrong = [
        ["990823-NYNC", "", "县级", "990823", "", "党组", "七"],
        ["990823-SL", "水利局", "县", "990899", "", "党组", ""],
        ["990823-SL", "又一个", "县", "", "", "", ""],
        ["990700-01", "别市", "市", "", "", "", ""],
        ["990823-A", "甲", "县", "990823-B", "", "", ""],
        ["990823-B", "乙", "县", "990823-A", "", "", ""],
        ["990824", "有班子的县", "县", "", "", "党组", ""],
        ["990825", "市上面是县", "市", "990824", "", "", ""],
    ]
    lines, _, faults = looked(as_csv(HEAD, *wrong))
    found = {(fault["cell"], fault["code"]) for fault in faults}
    assert found == {
        ("B2", "organisation_cell"),
        ("C2", "organisation_cell"),
        ("G2", "organisation_cell"),
        ("D2", "organisation_parent_unknown"),
        ("D3", "organisation_parent_unknown"),
        ("A4", "organisation_twice"),
        ("E5", "organisation_outside"),
        ("D6", "organisation_circle"),
        ("D7", "organisation_circle"),
        ("A8", "organisation_team_code"),
        ("D9", "organisation_parent_below"),
    }
    assert "省、市、县" in organisation_imports.told(faults[1], "zh")["detail"]
    assert "province, city" in organisation_imports.told(faults[1], "en")["detail"]
    begun, kept = organisation_imports.begin("i1", lines, faults)
    assert (begun["state"], kept) == ("faulty", []), "nothing of it can be done"
    with pytest.raises(Refusal, match="organisations_faulty"):
        organisation_imports.run(begun, NOW)


def test_posts_have_their_time_and_a_team_one_first_responsible_person_at_a_time():
    posts = [
        ["990823-NYNC", "1", "党组书记", "第一责任人", "2022/3/1", "2023-12-18"],
        ["990823-NYNC", "01", "党组书记", "第一责任人", "2023年12月19日", ""],
        ["990823-NYNC", "02", "副局长", "班子成员", "45000", ""],
    ]
    lines, _, faults = looked(as_csv(POSTS, *posts), known())
    assert faults == []
    found = {**known()["990823-NYNC"], **lines[0]["after"]}
    assert [post["from"] for post in found["posts"]] == ["2022-03-01", "2023-12-19", "2023-03-15"]
    assert [post["post"] for post in tree.posts_on(found, TODAY)] == ["01", "02"]
    contracts.check("documents/unit", tree.as_unit(found, TODAY))
    twice = [
        *posts,
        ["990823-NYNC", "03", "又一位", "第一责任人", "2023-01-01", ""],
        posts[2],
        ["990823-NYNC", "04", "早退", "班子成员", "2023-01-01", "2022-01-01"],
    ]
    _, _, faults = looked(as_csv(POSTS, *twice), known())
    assert {(one["cell"], one["code"]) for one in faults} == {
        ("F7", "post_ends_before"),
        ("B6", "post_in_two_rows"),
        ("D5", "post_two_secretaries"),
    }


def test_each_post_that_would_end_is_named_with_its_role_and_no_first_responsible_person_makes_way_unnamed():
    team = [
        ["990823-NYNC", "01", "党组书记", "第一责任人", "", ""],
        ["990823-NYNC", "02", "副局长", "班子成员", "", ""],
        ["990823-NYNC", "03", "总农艺师", "班子成员", "", ""],
    ]
    (line,), _, _ = looked(as_csv(POSTS, *team), known())
    stood = {**known(), "990823-NYNC": {**known()["990823-NYNC"], **line["after"]}}
    (line,), counts, _ = looked(as_csv(POSTS, [*team[1][:5], "2023-12-18"]), stood)
    assert line["leaving"] == [
        {"post": "01", "role": "secretary", "how": "unnamed", "title": "党组书记"},
        {"post": "02", "role": "member", "how": "ended", "title": "副局长"},
        {"post": "03", "role": "member", "how": "unnamed", "title": "总农艺师"},
    ]
    assert (counts["changed"], counts["unnamed"]) == (1, 1)
    assert [post["post"] for post in line["after"]["posts"]] == ["01", "02", "03"]
    (line,), counts, _ = looked(as_csv(POSTS, *team[:2]), stood)
    assert (line["outcome"], line["changes"], counts["short"]) == ("short", [], 1), "nothing changes, unless they end"
    _, counts, _ = looked(as_csv(POSTS, *team), stood)
    assert (counts["unchanged"], counts["unnamed"]) == (1, 0)
    other = ["990823-NYNC", "04", "党组书记", "第一责任人", "2023-12-19", ""]
    _, _, faults = looked(as_csv(POSTS, other), stood)
    assert [(one["cell"], one["code"]) for one in faults] == [("D2", "post_secretary_unnamed")]
    _, _, faults = looked(as_csv(POSTS, [*team[0][:5], "2023-12-18"], other), stood)
    assert faults == []


@pytest.mark.parametrize(("written", "level"), [("县（市、区）", "county"), ("乡镇(街道)", "township"), ("市", "city")])
def test_a_level_is_understood_as_the_pages_call_it(written, level):
    lines, _, faults = looked(as_csv(HEAD, ["990823-X", "甲", written, "", "", "党组", "3"]))
    assert (faults, lines[0]["after"]["level"]) == ([], level)


def test_what_is_not_in_the_table_is_told_and_stays():
    before = known()
    lines, counts, _ = looked(as_csv(HEAD, *ROWS[:2], [*ROWS[2][:1], "青溪县农业局", *ROWS[2][2:]]), before)
    assert counts == {"new": 0, "changed": 1, "unchanged": 2, "short": 0, "gone": 1, "unnamed": 0}
    assert {line["code"]: line["outcome"] for line in lines} == {"990823-NYNC": "changed", "990823-SL": "gone"}
    assert lines[0]["changes"] == [{"field": "name", "from": "青溪县农业农村局", "to": "青溪县农业局"}]
    _, counts, _ = looked(as_csv(HEAD, *ROWS), before, ["990811"])
    assert counts["gone"] == 0, "another county's are not missed"


def test_what_is_new_to_the_tree_but_takes_part_under_another_name_is_told_before_it_is_renamed(db):
    campaign, named = definition.define(LOADED, [UNIT]), {"unit_code": "990823-SL", "name": "青溪县水务局"}
    store.load_meetings(db, campaign, [planning.plan(campaign, {**UNIT, **named}, "G4")], NOW)
    lines, _, _ = looked(as_csv(HEAD, *ROWS), units=organisation_store.taking_part(db))
    changes = {line["code"]: line["changes"] for line in lines}
    assert changes.pop("990823-SL") == [{"field": "name", "from": "青溪县水务局", "to": "青溪县水利局"}]
    assert not any(changes.values())


def test_a_formula_and_what_is_no_table_are_refused():
    with pytest.raises(Refusal, match="organisations_not_ours"):
        looked(as_csv(["名称", "电话"], ["甲", "1"]))
    with pytest.raises(Refusal, match="file_damaged"):
        organisation_sheet.read("组织.xlsx", b"PK not a workbook")
    with pytest.raises(Refusal, match="organisations_not_ours"):
        organisation_sheet.read("空.xlsx", organisation_sheet.write([], "zh"))


HELD: tree.Meeting = {"meeting_id": "a-campaign.990823-NYNC", "campaign": "a-campaign", "unit_name": "青溪县农业农村局"}
HELD |= {"title": "专题民主生活会", "held_on": "2023-12-08", "items": 3, "materials": 2}


def test_what_is_open_after_a_meeting_goes_to_the_successor_and_everybody_is_told():
    gone, _ = tree.merge(known()["990823-NYNC"], known()["990823-SL"], [], [HELD], ENTRY)
    told = [(change["field"], change["to"]) for change in gone["history"][-1]["changes"]]
    assert told == [("into", "990823-SL 青溪县水利局"), ("open_items", "3"), ("open_materials", "2")]
    fact = tree.merged(gone, ["a-campaign"])
    contracts.check("events/organisation_merged", fact.data)
    assert fact.data["campaigns"] == ["a-campaign"] and fact.data["on"] == "2023-12-19"


def test_what_nobody_would_take_over_is_named_before_a_unit_is_closed_and_left_only_on_purpose():
    unit = known()["990823-NYNC"]
    with pytest.raises(Refusal, match="organisation_work_open") as refused:
        tree.close(unit, [], [HELD], ENTRY)
    said = refused.value.body("zh")
    assert "台账问题 3 个、材料 2 份" in said["detail"] and HELD["unit_name"] in said["errors"][0]["detail"]
    closed = tree.close(unit, [], [HELD], ENTRY, leave_open=True)
    assert [change["field"] for change in closed["history"][-1]["changes"]] == ["open_items", "open_materials"]
    assert tree.close(closed, [], [HELD], ENTRY) == closed, "the second click"
    assert tree.close(unit, [], [{**HELD, "items": 0, "materials": 0}], ENTRY)["state"] == "closed", "nothing is open"
    with pytest.raises(Refusal, match="organisation_meeting_open"):
        tree.close(unit, [], [{**HELD, "held_on": None}], ENTRY, leave_open=True)


def test_nothing_ends_while_something_would_be_left_without_a_place():
    unit = known()["990823-NYNC"]
    below = [known()["990823-SL"]]
    with pytest.raises(Refusal) as refused:
        tree.close(unit, below, [], ENTRY)
    assert refused.value.params["which"] == "990823-SL 青溪县水利局"
    with pytest.raises(Refusal, match="organisation_meeting_open") as refused:
        tree.merge(unit, below[0], [], [HELD, {**HELD, "held_on": None}], ENTRY)
    (place,) = refused.value.body("zh")["errors"]
    assert place["detail"] == "青溪县农业农村局（专题民主生活会）：会议还没有召开。"
    assert place["meeting_id"] == "a-campaign.990823-NYNC"
    with pytest.raises(Refusal, match="day_in_future"):
        tree.entry("2023-12-21", "早了", "市办", NOW, TODAY)
    gone, taken = tree.merge(unit, below[0], [], [], ENTRY)
    assert (gone["state"], gone["into"], gone["ended_on"]) == ("merged", "990823-SL", "2023-12-19")
    assert [one["history"][-1]["what"] for one in (gone, taken)] == ["merged", "took_in"]
    assert tree.as_unit(taken, TODAY)["predecessors"] == ["990823-NYNC"], "its ledgers are history of the other one's"
    assert tree.merge(gone, taken, [], [], ENTRY) == (gone, taken), "the second click changes nothing"
    assert tree.merge(unit, taken, [], [], ENTRY) == (gone, taken), "begun again after a crash between the two"
    with pytest.raises(Refusal, match="organisation_ended"):
        tree.rename(gone, "新名", "", ENTRY)
    with pytest.raises(Refusal, match="organisation_into_itself"):
        tree.merge(unit, unit, [], [], ENTRY)


def test_a_part_that_is_split_off_stands_beside_and_both_remember_it():
    changed, (part,) = tree.split(known()["990823-NYNC"], [{"code": "990823-XM", "name": "畜牧局"}], ENTRY)
    assert (part["parent"], part["level"], part["region"]) == ("990823", "county", "990823")
    assert (changed["history"][-1]["what"], part["history"][0]["what"]) == ("split", "split_off")
    assert changed["state"] == "active"
    assert tree.as_unit(part, TODAY)["predecessors"] == ["990823-NYNC"]
    assert tree.split(changed, [{"code": "990823-XM", "name": "畜牧局"}], ENTRY) == (changed, [part]), (
        "the second click"
    )


def test_teams_that_cannot_take_part_are_named_with_the_reason():
    _, (part,) = tree.split(known()["990823-NYNC"], [{"code": "990823-XM", "name": "畜牧局", "team": "党组"}], ENTRY)
    county = {**known()["990823"], "team": "班子", "members": 5}
    units = [tree.as_unit(one, TODAY) for one in (known()["990823-SL"], part, county)]
    assert tree.left_out(units) == [
        {"unit": "990823-XM", "name": "畜牧局", "why": "nobody"},
        {"unit": "990823", "name": "青溪县", "why": "region_code"},
    ]


def test_of_parts_whose_codes_are_taken_none_is_split_off_and_all_are_named(db):
    organisation_store.prepare(db)
    brought_in(db, as_csv(HEAD, *ROWS))
    unit, stood = organisation_store.get(db, "990823-NYNC", STEMS), db.organisations.count_documents({})
    asked = [{"code": "990823-XM", "name": "畜牧局"}, {"code": "990823-SL", "name": "水利局"},
             {"code": "990823-XM", "name": "水产局"}]  # fmt: skip
    with pytest.raises(Refusal, match="organisation_code_taken") as no:
        organisation_store.split_off(db, tree.split(unit, asked, ENTRY)[1], NOW)
    assert [one["pointer"] for one in no.value.errors] == ["/parts/1/code", "/parts/2/code"]
    assert db.organisations.count_documents({}) == stood
    for _ in range(2):
        organisation_store.split_off(db, tree.split(unit, asked[:1], ENTRY)[1], NOW)
    assert db.organisations.count_documents({}) == stood + 1


def test_an_import_done_twice_or_begun_again_changes_nothing_more_and_overtaken_lines_say_so(db):
    organisation_store.prepare(db)
    assert brought_in(db, as_csv(HEAD, *ROWS))["state"] == "done"
    stood = list(db.organisations.find({}).sort("_id", 1))
    assert [len(one["history"]) for one in stood] == [1] * 4
    assert brought_in(db, as_csv(HEAD, *ROWS))["total"] == 0
    assert list(db.organisations.find({}).sort("_id", 1)) == stood
    other = [*ROWS[:2], *([row[0], row[1] + "（新）", *row[2:]] for row in ROWS[2:])]
    lines, counts, faults = looked(as_csv(HEAD, *other), organisation_store.known(db))
    begun, kept = organisation_imports.begin(
        "i9", lines, faults, by="市办", by_account="o", file_name="x", counts=counts
    )
    organisation_store.add_import(db, begun, kept, NOW)
    unit = organisation_store.get(db, "990823-SL", STEMS)
    organisation_store.save(db, unit, tree.rename(unit, "青溪县水务局", "", ENTRY), NOW)
    assert organisation_store.apply(db, begun, TODAY, NOW) == 2
    db.organisation_lines.update_many({"import": "i9"}, {"$set": {"done": False}})  # as if killed before it was noted
    assert organisation_store.apply(db, begun, TODAY, NOW) == 2
    names = {row["code"]: (row["name"], len(row["history"])) for row in db.organisations.find({"team": "党组"})}
    assert names == {"990823-NYNC": ("青溪县农业农村局（新）", 2), "990823-SL": ("青溪县水务局", 2)}
    assert organisation_store.overtaken(db, "i9") == 1


def test_what_goes_out_as_excel_comes_in_again_unchanged_in_both_languages(db):
    organisation_store.prepare(db)
    brought_in(db, as_csv(HEAD, *ROWS))
    brought_in(db, as_csv(POSTS, ["990823-NYNC", "01", "党组书记", "第一责任人", "2022-03-01", ""]))
    for language in ("zh", "en"):
        data = organisation_sheet.write(organisation_store.everything(db, STEMS), language)
        assert [len(sheet.rows) for sheet in sheets.read(data)] == [5, 2]
        lines, counts, faults = looked(data, organisation_store.known(db), name="组织.xlsx")
        assert (lines, faults, counts["unchanged"]) == ([], [], 4)


def test_the_meetings_of_a_unit_follow_its_name_and_are_said_again_once_and_as_no_news_of_the_day(db):
    campaign = {**definition.define(LOADED, [UNIT]), "state": "open"}
    planned, _ = domain.announce(planning.plan(campaign, UNIT, "G4"))
    store.load_meetings(db, campaign, [planned], NOW)
    organisation_store.prepare(db)
    brought_in(db, as_csv(HEAD, *ROWS))
    assert db.meetings.find_one({})["outbox"] == [], "it is called so already"
    other = [*ROWS[:2], ["990823-NYNC", "青溪县农业局", "县", "990823", "", "党委", "7"]]
    brought_in(db, as_csv(HEAD, *other))
    meeting = db.meetings.find_one({})
    assert (meeting["unit_name"], meeting["team"]) == ("青溪县农业局", "党委")
    assert [event["data"]["because"] for event in meeting["outbox"]] == ["renamed"]
    organisation_store.follow(db, [{"_id": "990823-NYNC", "name": "青溪县农业局", "team": "党委"}], NOW)
    assert len(db.meetings.find_one({})["outbox"]) == 1


def test_the_tree_is_read_level_by_level_within_a_jurisdiction(db):
    organisation_store.prepare(db)
    brought_in(db, as_csv(HEAD, *ROWS))

    def codes(stems=STEMS, **query):
        return [(row["code"], row["children"]) for row in organisation_store.listed(db, stems, query)["rows"]]

    assert codes() == [("990800", 1)]
    assert codes(parent="990800") == [("990823", 2)]
    assert codes(["990823"]) == [("990823", 2)], "a county sees its own"
    assert codes(q="水利") == [("990823-SL", 0)] and codes(q="nync") == [("990823-NYNC", 0)]
    assert organisation_store.counts(db, STEMS) == {"city": 1, "county": 3}
    unit = organisation_store.get(db, "990823-SL", STEMS)
    assert [one["name"] for one in organisation_store.path(db, unit)] == ["闽川市", "青溪县"]
    with pytest.raises(Refusal, match="not_found"):
        organisation_store.get(db, "990823-SL", ["990811"])
    assert [row["code"] for row in organisation_store.chosen(db, STEMS, ["county"], ["990823"])] == [
        "990823-NYNC",
        "990823-SL",
    ]


def test_no_team_comes_under_a_regions_code_and_one_that_did_is_taken_away_by_a_rename():
    county = known()["990823"]
    with pytest.raises(Refusal, match="team_under_region") as no:
        tree.rename(county, county["name"], "班子", ENTRY)
    assert no.value.errors[0]["pointer"] == "/team"
    parts = [{"code": "990823-XM", "name": "畜牧局", "team": "党组"}, {"code": "990899", "name": "丙", "team": "党组"}]
    with pytest.raises(Refusal, match="team_under_region") as no:
        tree.split(known()["990823-NYNC"], parts, ENTRY)
    assert [one["pointer"] for one in no.value.errors] == ["/parts/1/code"]
    assert tree.rename({**county, "team": "班子"}, county["name"], "", ENTRY)["team"] == ""
    assert tree.rename(known()["990823-NYNC"], "农业局", "", ENTRY)["team"] == "党组", "as before"


def test_a_code_that_is_not_written_like_one_is_answered_with_one():
    with pytest.raises(Refusal) as no:
        contracts.check("requests/merge_organisation", {"into": "NYNC", "on": TODAY, "reason": "合并"})
    assert "990823-NYNC" in no.value.body("zh")["errors"][0]["detail"]


def test_one_that_is_to_take_another_in_and_is_not_there_is_refused_in_its_field(db):
    organisation_store.prepare(db)
    brought_in(db, as_csv(HEAD, *ROWS))
    assert organisation_store.taker(db, "990823-SL", STEMS)["name"] == "青溪县水利局"
    for code, stems in (("990823-XX", STEMS), ("990823-SL", ["990824"])):
        with pytest.raises(Refusal, match="organisation_unknown") as no:
            organisation_store.taker(db, code, stems)
        assert (no.value.status, no.value.errors[0]["pointer"]) == (422, "/into")
