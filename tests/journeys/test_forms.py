"""Forms over the doors: alone or beside a file, as JSON or as a workbook; received, or read and pre-checked."""

import io
import json
import zipfile
from types import SimpleNamespace

import docx
import pytest

from services.intake import forms, kinds, workbook
from services.spine import clock, sheets
from tests.intake import corpus
from tests.intake.test_kind_schemas import example
from tests.intake.test_own_templates import word
from tests.stack import CAMPAIGN, Refused, document, grant, problem

UNIT = "990823-NYNC"
MEETING = f"{CAMPAIGN}.{UNIT}"
PLAN, LEDGER, OUTLINE = f"{MEETING}.meeting_plan.team", f"{MEETING}.ledger.team", f"{MEETING}.speech_outline.02"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture(scope="module")
def stack(embedded):
    embedded.load([UNIT])
    embedded.settled()
    return embedded


@pytest.fixture(scope="module")
def people(stack):
    return SimpleNamespace(
        liaison=stack.person("liaison", grant("liaison", "unit", UNIT)),
        second=stack.person("second", grant("member", "post", f"{UNIT}/02")),
        third=stack.person("third", grant("member", "post", f"{UNIT}/03")),
        supervisor=stack.person("supervisor", grant("supervisor", "group", "G4")),
        stranger=stack.person("stranger", grant("supervisor", "group", "G7")),
        office=stack.person("office", grant("office", "campaign", CAMPAIGN)),
        county=stack.person("county", grant("county_office", "region", "990823")),
        elsewhere=stack.person("elsewhere", grant("office", "campaign", "another", "another")),
    )


def give(who, material_id, form=None, file=None, follows=0):
    """Hand in a form, a file or both."""
    fields = {"follows": str(follows), **({"document": json.dumps(form, ensure_ascii=False)} if form else {})}
    files = {"file": file} if file else {"note": (None, "")}
    answer = who.ask("POST", "intake", f"/materials/{material_id}/versions", data=fields, files=files)
    if answer.status_code >= 400:
        raise Refused(answer)
    return answer.json()


def refused(code, ask, *arguments, **named):
    with pytest.raises(Refused) as no:
        ask(*arguments, **named)
    assert no.value.code == code, no.value.problem
    return no.value.problem


def need(people, material_id):
    rows = people.liaison.get("registry", f"/meetings/{MEETING}")["required"]
    return next(row for row in rows if row["material_id"] == material_id)


def test_every_kind_tells_its_schema_and_what_is_asked_of_this_unit(people):
    listed = people.liaison.get("intake", "/kinds")["rows"]
    assert {row["kind"] for row in listed} == set(kinds.KINDS)
    shown = people.liaison.get("intake", "/kinds/meeting_plan", material_id=PLAN)
    assert shown["required"] and shown["due_on"] == need(people, PLAN)["due_on"] and "$ref" not in json.dumps(shown)
    assert {one["code"] for one in shown["choices"]["campaign.aspects"]} >= {"theory"}
    assert shown["facts"] == {"last_year": True, "negative_case": True}
    refused("not_found", people.stranger.get, "intake", "/kinds/meeting_plan", material_id=PLAN)
    refused("not_found", people.liaison.get, "intake", "/kinds/minutes", material_id=PLAN)
    refused("not_found", people.liaison.get, "intake", "/kinds/nothing")
    refused("not_found", people.liaison.get, "intake", "/kinds/minutes", schema="urn:rectify:kinds:ledger:1")


def test_a_form_alone_is_kept_received_and_does_its_aspect(stack, people):
    wrong = {**example("meeting_plan"), "meeting_on": "2024-06-31"}
    told = refused("form_invalid", give, people.liaison, PLAN, wrong)
    assert told["errors"][0]["pointer"] == "/meeting_on" and "只有 30 天" in told["errors"][0]["detail"]

    taken = give(people.liaison, PLAN, {**example("meeting_plan"), "meeting_on": "２０２４年１月９日"})
    assert taken["normalised"][0]["taken"] == "2024-01-09" and not taken["repeated"]
    assert give(people.liaison, PLAN, example("meeting_plan"))["repeated"]
    material = people.liaison.get("intake", f"/materials/{PLAN}")
    version = material["versions"][0]
    assert (material["state"], version["media"], version["form"]["sha256"]) == (
        "received", "application/json", taken["receipt"]["sha256"],
    )  # fmt: skip
    kept = people.supervisor.get("intake", f"/materials/{PLAN}/versions/1/form")
    assert kept["document"]["meeting_on"] == "2024-01-09" and kept["schema"] == "urn:rectify:kinds:meeting_plan:1"
    refused("not_found", people.stranger.get, "intake", f"/materials/{PLAN}/versions/1/form")

    stack.settled()
    assert need(people, PLAN)["state"] == "received"
    meeting = people.office.get("registry", f"/meetings/{MEETING}")
    assert meeting["aspects"][0]["state"] == "done" and meeting["papers"]["received"] == 1
    assert not meeting["gate"]["open"] and len(meeting["gate"]["missing"]) == meeting["materials"]["required"]
    refused("not_found", people.supervisor.get, "review", f"/reviews/{PLAN}.v1")


def test_a_filled_in_workbook_is_the_form_and_a_workbook_of_ones_own_is_a_file(people):
    known = forms.Known({}, people.liaison.get("intake", "/kinds/ledger", material_id=LEDGER)["choices"])
    handed_out = people.liaison.ask("GET", "intake", f"/kinds/ledger/workbook?material_id={LEDGER}")
    assert handed_out.headers["Content-Type"] == XLSX
    told = refused("form_invalid", give, people.liaison, LEDGER, file=("台账.xlsx", handed_out.content))
    assert told["errors"][0]["cell"]["sheet"] == "台账"

    data = workbook.write("urn:rectify:kinds:ledger:1", "zh", known, example("ledger"))
    checked = people.liaison.ask("POST", "intake", "/kinds/ledger/check", files={"file": ("a.xlsx", data)})
    assert checked.status_code == 200 and len(checked.json()["document"]["rows"]) == 2
    give(people.liaison, LEDGER, file=("台账.xlsx", data))
    version = people.liaison.get("intake", f"/materials/{LEDGER}")["versions"][0]
    assert version["file_name"] == "台账.xlsx" and version["form"]["schema"] == "urn:rectify:kinds:ledger:1"
    assert people.liaison.ask("GET", "intake", f"/materials/{LEDGER}/versions/1/file").content == data
    refused("form_not_ours", give, people.liaison, f"{MEETING}.rectification_plan.team", file=("a.xlsx", data))
    again = people.liaison.ask("GET", "intake", f"/kinds/ledger/workbook?material_id={LEDGER}")
    assert again.content[:2] == b"PK" and len(again.content) > len(handed_out.content), (
        "what was handed in stands in it"
    )


def test_what_nobody_may_hand_in_or_nothing_at_all_is_refused(people):
    refused("file_missing", give, people.liaison, PLAN, follows=1)
    refused("not_found", give, people.third, OUTLINE, example("speech_outline"))
    refused("not_permitted", give, people.supervisor, PLAN, example("meeting_plan"))
    refused("file_kind_unknown", give, people.liaison, PLAN, file=("方案.txt", b"plan"), follows=1)
    refused("schema_unknown", give, people.liaison, PLAN, {"$schema": "urn:rectify:kinds:meeting_plan:99"}, follows=1)


def test_what_applies_to_a_person_is_stated_by_those_who_know_and_then_asked(stack, people):
    path, stated = f"/materials/{OUTLINE}/facts", {"facts": {"inquiries": True, "last_year": False}}
    for who in (people.liaison, people.second):
        refused("not_permitted", who.post, "intake", path, stated)
    refused("not_found", people.stranger.post, "intake", path, stated)
    assert people.office.post("intake", path, stated)["facts"]["inquiries"] is True
    assert people.office.post("intake", path, stated)["facts"]["last_year"] is False
    assert len(stack.database("intake").facts.find_one({"post": "02"})["history"]) == 1
    nobody = f"/materials/{MEETING}.speech_outline.99/facts"
    refused("material_kind_not_required", people.office.post, "intake", nobody, stated)
    bare = {key: part for key, part in example("speech_outline").items() if key not in ("inquiries", "last_year")}
    bare["facts"] = {}
    told = refused("form_invalid", give, people.second, OUTLINE, bare)
    assert [one["pointer"] for one in told["errors"]] == ["/inquiries"]


def test_a_form_that_a_group_reads_is_pre_checked_by_its_words(stack, people):
    give(people.second, OUTLINE, example("speech_outline"))
    stack.sign(OUTLINE, 1)
    stack.settled()
    review = people.supervisor.get("review", f"/reviews/{OUTLINE}.v1")
    assert review["state"] == "prechecked" and any("理论学习" in one["text"] for one in review["paragraphs"])
    give(people.second, OUTLINE, example("speech_outline"), ("提纲.txt", document("so-01.txt")), follows=1)
    versions = people.second.get("intake", f"/materials/{OUTLINE}")["versions"]
    assert versions[1]["media"] == "text/plain" and versions[1]["form"]["sha256"] == versions[0]["sha256"]


def test_postponing_moves_the_days_of_all_that_is_handed_in(people):
    before = need(people, PLAN)["due_on"]
    people.office.post("registry", f"/meetings/{MEETING}/schedule", {"on": clock.today(), "reason": "提前"})
    assert need(people, PLAN)["due_on"] < before


def test_templates_come_one_by_one_and_as_a_package_within_what_one_may_read(people):
    names = {"unit": "青溪县农业农村局", "campaign": "主题教育", "posts": {"02": "副局长/二"}}
    asked = {"material_id": OUTLINE, "names": names}
    answer = people.second.ask("POST", "intake", "/kinds/speech_outline/template", json=asked)
    assert answer.headers["Content-Disposition"].startswith("attachment; filename*=UTF-8''%E4%B8%AA%E4%BA%BA")
    assert answer.content.startswith(b"PK")
    shown = people.second.post("intake", "/kinds/speech_outline/template/preview", asked)["blocks"]
    assert (shown[0]["kind"], shown[0]["text"][:8]) == ("title", "青溪县农业农村局")
    assert any("理论学习" in block["text"] for block in shown)
    refused("not_found", people.third.post, "intake", "/kinds/speech_outline/template/preview", asked)
    refused("not_found", people.liaison.post, "intake", "/kinds/minutes/template/preview", asked)
    refused("not_found", people.liaison.post, "intake", "/kinds/review_opinion/template/preview", {})

    own_list = {**asked, "material_id": f"{MEETING}.criticism_list.02"}
    begun = people.second.ask("POST", "intake", "/kinds/criticism_list/workbook", json=own_list).content
    cells = {cell.text for row in sheets.read(begun)[0].rows.values() for cell in row.values()}
    assert {"青溪县农业农村局", "主题教育"} <= cells
    refused("not_found", people.third.post, "intake", "/kinds/criticism_list/workbook", own_list)

    whole = {"campaign": CAMPAIGN, "names": names}
    packed = people.liaison.ask("POST", "intake", f"/units/{UNIT}/templates", json=whole).content
    inside = zipfile.ZipFile(io.BytesIO(packed)).namelist()
    assert {"会议方案.docx", "整改台账.xlsx", "个人发言提纲/02 副局长 二.docx"} <= set(inside)
    owed = people.liaison.get("registry", f"/meetings/{MEETING}")["required"]
    assert len(inside) == len(set(inside)) == len(owed)
    own = people.second.ask("POST", "intake", f"/units/{UNIT}/templates", json=whole).content
    assert not any("/03" in name for name in zipfile.ZipFile(io.BytesIO(own)).namelist())
    refused("not_found", people.stranger.post, "intake", f"/units/{UNIT}/templates", whole)


def test_the_office_puts_a_template_of_its_own_in_the_place_of_ours_and_takes_it_away(stack, people):
    kept = f"/campaigns/{CAMPAIGN}/templates/speech_outline"
    mine = {"material_id": OUTLINE, "names": {"unit": "青溪县农业农村局", "posts": {"02": "副局长"}}}

    def put(who, data, name="提纲.docx", path=kept):
        return who.ask("POST", "intake", path, data={"note": "新版式"}, files={"file": (name, data)})

    def read(who=people.second):
        answer = who.ask("POST", "intake", "/kinds/speech_outline/template", json=mine)
        return docx.Document(io.BytesIO(answer.content)).paragraphs[0].text

    ours, good = read(), word(["{单位", "名称}"], "{岗位}")
    for other in (people.liaison, people.second, people.supervisor, people.county):
        assert put(other, good).status_code == 403
        assert other.ask("GET", "intake", kept).status_code == 403
    assert put(people.elsewhere, good).status_code == 404
    unknown = put(people.office, word("{单位}")).json()
    assert (unknown["code"], unknown["errors"][0]["right"]) == ("placeholder_unknown", "{单位名称}")
    for data, name, code in (
        (corpus.word("宏", word__vbaProject_bin=b"x"), "提纲.docx", "file_macros"),
        (b"%PDF-1.4", "提纲.docx", "file_not_what_its_name_says"),
        (good, "提纲.docm", "file_kind_unknown"),
        (word("绝密★10年"), "提纲.docx", "secrecy_mark"),
    ):
        assert put(people.office, data, name).json()["code"] == code
    assert (
        put(people.office, good, path=f"/campaigns/{CAMPAIGN}/templates/ledger").json()["code"] == "template_not_word"
    )
    assert people.office.get("intake", kept)["versions"] == [] and read() == ours

    assert [put(people.office, good).status_code for _ in range(2)] == [201, 200]
    assert read() == "青溪县农业农村局"
    shown = people.second.post("intake", "/kinds/speech_outline/template/preview", mine)
    assert (shown["own"], [block["text"] for block in shown["blocks"]]) == (True, ["青溪县农业农村局", "副局长"])
    refused("not_found", people.third.post, "intake", "/kinds/speech_outline/template", mine)
    whole = {"campaign": CAMPAIGN, "names": mine["names"]}
    packed = people.liaison.ask("POST", "intake", f"/units/{UNIT}/templates", json=whole).content
    with zipfile.ZipFile(io.BytesIO(packed)) as package:
        outline = docx.Document(io.BytesIO(package.read("个人发言提纲/02 副局长.docx")))
    assert [one.text for one in outline.paragraphs] == ["青溪县农业农村局", "副局长"]
    seen = people.office.get("intake", kept)
    assert (seen["standing"], seen["blocks"][1]["text"], seen["versions"][0]["note"]) == (1, "副局长", "新版式")
    assert people.office.ask("GET", "intake", f"/files/{seen['versions'][0]['sha256']}").content == good

    away = {"version": 1, "reason": "改用统一模板"}
    assert people.liaison.ask("POST", "intake", f"{kept}/withdrawal", json=away).status_code == 403
    for _ in range(2):
        gone = people.office.post("intake", f"{kept}/withdrawal", away)
        assert (gone["standing"], gone["versions"][0]["withdrawn"]["by"]) == (None, "office")
    assert read() == ours
    rows = people.office.get("intake", f"/campaigns/{CAMPAIGN}/templates")["rows"]
    assert next(row for row in rows if row["kind"] == "speech_outline")["versions"][0]["withdrawn"]


BEFORE = "minchuan-2022-annual"
LINE = {"target": "03", "problem": "抓工作落实不够，布置多检查少", "fact": "全年布置的五项任务，到年底只检查过两项"}
LIST = f"{UNIT}.criticism_list.02"


@pytest.fixture(scope="module")
def lists(stack, people):
    """Last year's list of post 02, and this year's, which says one of two things again."""
    both = stack.person("office", *(grant("office", "campaign", code, code) for code in (CAMPAIGN, BEFORE)))
    copy = {"campaign_code": BEFORE, "title": "2022年度民主生活会", "opens_on": "2022-11-01"}
    both.post("registry", f"/campaigns/{CAMPAIGN}/copies", copy)
    both.post("registry", f"/campaigns/{BEFORE}/open", {})
    stack.settled()
    line = {**LINE, "advice": "建立月检查制度"}
    new = {**line, "target": "04", "problem": "下基层少，对群众意见回应慢", "fact": "全年下村四天"}
    form = {**example("criticism_list"), "criticisms": [line]}
    give(stack.person("second", grant("member", "post", f"{UNIT}/02", BEFORE)), f"{BEFORE}.{LIST}", form)
    give(people.second, f"{CAMPAIGN}.{LIST}", {**form, "criticisms": [new, {**line, "fact": "七项任务只查了三项"}]})
    give(people.third, f"{MEETING}.criticism_list.03", file=("清单.docx", word("批评意见清单")))
    stack.settled()


def test_criticism_said_last_year_already_is_shown_to_whoever_may_read_the_list(people, lists):
    path = f"/materials/{CAMPAIGN}.{LIST}/versions/1/repeats"
    for who in (people.second, people.liaison, people.supervisor, people.office, people.county):
        told = who.get("intake", path)
        assert told["compared_with"]["campaign"] == BEFORE and told["lines"] == 2
        assert [(row["line"], row["how"], row["before"]["line"]) for row in told["repeats"]] == [(2, "same", 1)]
        assert told["repeats"][0]["before"]["fact"] == LINE["fact"]
    for who in (people.third, people.stranger, people.elsewhere):
        refused("not_found", who.get, "intake", path)
    assert people.third.get("intake", f"/materials/{MEETING}.criticism_list.03/versions/1/repeats")["lines"] is None
    refused("not_found", people.liaison.get, "intake", f"/materials/{PLAN}/versions/1/repeats")


def test_who_criticises_whom_is_covered_without_what_is_said(people, lists):
    where = {"campaign": CAMPAIGN, "unit": UNIT}
    for who in (people.liaison, people.supervisor):
        told = who.get("intake", "/criticism", **where)
        assert (told["counts"]["here"], told["counts"]["lines"], told["counts"]["repeated"]) == (2, 2, 1)
        assert told["pairs"] == [
            {"critic": "02", "target": "03", "lines": 1, "repeated": 1},
            {"critic": "02", "target": "04", "lines": 1, "repeated": 0},
        ]
        assert LINE["problem"] not in json.dumps(told, ensure_ascii=False)
    for who in (people.office, people.county):
        told = who.get("intake", "/criticism", **where)
        assert told["pairs"] is None and told["counts"]["repeated"] == 1 and len(told["rows"]) > 2
    third = people.third.get("intake", "/criticism", **where)
    assert ([row["post"] for row in third["rows"]], third["pairs"]) == (["03"], [])
    for who in (people.stranger, people.elsewhere):
        refused("not_found", who.get, "intake", "/criticism", **where)


def test_a_line_of_criticism_reaches_the_ledger_and_back_without_a_word_of_it_being_told(stack, people, lists):
    listed = f"{CAMPAIGN}.{LIST}"

    def waiting(who, **query):
        rows = who.get("rectification", "/candidates", campaign=CAMPAIGN, source="criticism", **query)["rows"]
        return [(row["post"], row["state"]) for row in rows]

    for who in (people.liaison, people.supervisor, people.office):
        assert waiting(who) == [("02", "open"), ("03", "open"), ("02", "open")]
    assert (waiting(people.second), waiting(people.third)) == ([("02", "open")] * 2, [("03", "open")])
    rows = people.liaison.get("intake", f"/materials/{listed}/criticisms")["rows"]
    line = next(row for row in rows if row["problem"] == LINE["problem"])
    assert (line["target"], line["stands"]) == ("03", True)
    for who in (people.third, people.stranger):
        refused("not_found", who.get, "intake", f"/materials/{listed}/criticisms")
    draft = {**problem(UNIT, "cr1"), "source": "criticism", "candidate": line["id"], "problem": "抓落实不够"}
    item = people.liaison.post("rectification", "/items", draft)["item_id"]
    stack.settled()
    (origin,) = people.supervisor.get("rectification", f"/items/{item}/chain")["origins"]
    assert (origin["candidate_id"], origin["origin"]) == (line["id"], listed)
    back = people.second.get("rectification", "/candidates", campaign=CAMPAIGN, origin=listed)["rows"]
    assert {row["candidate_id"]: row["item_id"] for row in back}[line["id"]] == item
    assert people.third.get("rectification", f"/items/{item}/chain")["origins"] == [], "whose criticism it was"
    told = json.dumps(list(stack.database("feed").events.find({}, {"_id": 0})), ensure_ascii=False, default=str)
    assert "criticism_changed" in told and LINE["problem"] not in told
