"""A county's zip from the manifest to the last receipt, by a program: looked at, confirmed, killed in the middle, done;
and a unit's ledger as a sheet, there and back.

The steps are told in order.
"""

import io
import json
import time
import zipfile
from pathlib import Path

import openpyxl
import pytest
import requests

from services.spine import sheets
from tests import parcels
from tests.stack import CAMPAIGN, Refused, Stack, document, grant, wait_until

UNIT, SECOND, OUTSIDE = "990823-NYNC", "990823-05", "990881-LY"
KINDS = ("criticism_list", "speech_outline")


@pytest.fixture(scope="module")
def stack(embedded: Stack) -> Stack:
    """Two units of one county and one of another; who hands in."""
    embedded.load([UNIT, SECOND, OUTSIDE])
    embedded.settled()
    return embedded


@pytest.fixture(scope="module")
def county(stack):
    return stack.person("county", grant("county_office", "region", "990823"))


@pytest.fixture(scope="module")
def liaison(stack):
    return stack.person("liaison", grant("liaison", "unit", UNIT))


def hand_over(who, data: bytes, name: str = "全县.zip"):
    answer = who.ask("POST", "intake", "/batches", data={"campaign": CAMPAIGN}, files={"file": (name, data)})
    if answer.status_code >= 400:
        raise Refused(answer)
    return answer.json()


def reached(who, batch_id: str, *states: str):
    def there():
        found = who.get("intake", f"/batches/{batch_id}")
        return found if found["state"] in states else None

    return wait_until(there, 60, batch_id)


def lines(who, batch_id: str, **query):
    return who.get("intake", f"/batches/{batch_id}/lines", size=500, **query)["rows"]


def owed(stack) -> list[tuple[str, str, str]]:
    plans = stack.database("intake").plans.find({"unit": {"$in": [UNIT, SECOND]}})
    return [(plan["unit"], row["kind"], row["post"]) for plan in plans for row in plan["required"]]


@pytest.fixture(scope="module")
def county_zip(stack) -> bytes:
    """All outlines and lists of both units, and three lines that are wrong."""
    rows, files = [], {}
    for number, (unit, kind, post) in enumerate(owed(stack)):
        if post != "team" and kind in KINDS:
            rows.append((unit, kind, post, f"{unit}/{kind}-{post}.txt"))
            files[rows[-1][3]] = parcels.text(number)
    wrong = [
        (OUTSIDE, "speech_outline", "02", "没有这个.txt"),
        (UNIT, "meeting_plan", "team", "没有这个.docx"),
        (UNIT, "speech_outline", "99", "b.txt"),
    ]
    return parcels.packed([*wrong, *rows], {**files, "多余.txt": b"words"})


def test_1_the_template_has_what_the_units_in_scope_owe_and_nobody_elses(county, liaison):
    for who, units in ((county, {UNIT, SECOND}), (liaison, {UNIT})):
        answer = who.ask("GET", "intake", f"/batches/template?campaign={CAMPAIGN}")
        (sheet, *_) = sheets.read(answer.content)
        assert {row[1].text for number, row in sheet.rows.items() if number > 1} == units
    names = {"campaign": CAMPAIGN, "names": {UNIT: "县农业农村局"}}
    named = county.ask("POST", "intake", "/batches/template", json=names)
    assert "县农业农村局" in {row[2].text for row in sheets.read(named.content)[0].rows.values()}


def test_2_who_may_not_hand_in_for_units_may_not_hand_over_a_batch(stack):
    data = parcels.packed([(UNIT, "speech_outline", "02", "a.txt")], {"a.txt": b"words"})
    for role in (grant("supervisor", "group", "G4"), grant("member", "post", f"{UNIT}/02")):
        with pytest.raises(Refused) as no:
            hand_over(stack.person("other", role), data)
        assert (no.value.status, no.value.code) == (403, "not_permitted")
    with pytest.raises(Refused) as no:
        hand_over(stack.person("far", grant("county_office", "region", "990899")), data)
    assert no.value.status == 404


def test_3_the_check_says_line_by_line_what_will_happen_and_keeps_nothing(stack, county, liaison, county_zip):
    batch = hand_over(county, county_zip)
    found = reached(county, batch["batch_id"], "checked")
    assert found["spare"] == ["多余.txt"] and found["outcomes"]["refused"] == 3
    assert found["outcomes"]["new"] == found["total"] - 3 and found["worked"] == found["total"]
    refused = lines(county, batch["batch_id"], outcome="refused")
    assert [row["refusal"]["code"] for row in refused] == [
        "not_found",
        "batch_file_missing",
        "material_kind_not_required",
    ]
    assert all(row["refusal"]["detail"] for row in refused)
    assert stack.database("intake").materials.count_documents({}) == 0
    with pytest.raises(Refused) as no:
        liaison.get("intake", f"/batches/{batch['batch_id']}")
    assert no.value.status == 404, "a batch is whose it is"
    assert hand_over(county, county_zip)["batch_id"] == batch["batch_id"]


def test_4_a_material_that_moved_meanwhile_is_told_and_a_batch_killed_in_the_middle_goes_on(stack, county, liaison):
    batch_id = county.get("intake", "/batches")["rows"][0]["batch_id"]
    liaison.upload(f"{CAMPAIGN}.{UNIT}.speech_outline.03", "提纲.docx", document("docx/so-01.docx"))
    county.post("intake", f"/batches/{batch_id}/run", {})
    wait_until(lambda: stack.database("intake").batch_lines.count_documents({"outcome": "accepted"}) >= 2)
    stack.kill("all")
    left = stack.database("intake").batch_lines.count_documents({"outcome": "new"})
    assert left, "it was killed too late to tell anything"
    stack.serve("all")
    done = reached(county, batch_id, "done")
    assert done["outcomes"] == {"accepted": done["total"] - 4, "refused": 4}
    (moved,) = (row for row in lines(county, batch_id, outcome="refused") if row["post"] == "03")
    assert moved["refusal"]["code"] == "version_exists" and "liaison" in moved["refusal"]["detail"]
    for row in lines(county, batch_id, outcome="accepted"):
        material = county.get("intake", f"/materials/{CAMPAIGN}.{row['unit']}.{row['kind']}.{row['post']}")
        (version,) = material["versions"]
        assert (version["submitted_by"], version["sha256"]) == ("county", row["receipt"]["sha256"])
        assert row["unsigned"] == version["asks"], "nobody has signed by uploading"


def test_5_run_again_or_handed_over_again_it_changes_nothing_and_the_zip_is_gone(stack, county, county_zip):
    batch_id = county.get("intake", "/batches")["rows"][0]["batch_id"]
    before = list(stack.database("intake").materials.find({}, {"revision": 1}))
    assert county.post("intake", f"/batches/{batch_id}/run", {})["state"] == "done"
    assert hand_over(county, county_zip)["state"] == "done"
    assert list(stack.database("intake").materials.find({}, {"revision": 1})) == before
    assert stack.database("intake")["parcels.chunks"].count_documents({}) == 0
    answer = county.ask("GET", "intake", f"/batches/{batch_id}/result")
    rows = sheets.read(answer.content)[0].rows
    assert len(rows) == county.get("intake", f"/batches/{batch_id}")["total"] + 1
    assert {row[6].text for row in rows.values()} == {"结果", "已收到", "不收"}


def test_6_the_same_files_in_another_zip_are_there_already(stack, county, county_zip):
    other = io.BytesIO(county_zip)
    with zipfile.ZipFile(other, "a") as package:
        package.writestr("又一个.txt", time.ctime())
    found = reached(county, hand_over(county, other.getvalue())["batch_id"], "checked")
    assert set(found["outcomes"]) == {"same", "refused", "next"}, "what the liaison handed in has another content"
    ended = county.post("intake", f"/batches/{found['batch_id']}/end", {})
    assert ended["state"] == "ended"
    with pytest.raises(Refused, match="batch_not_checked"):
        county.post("intake", f"/batches/{found['batch_id']}/run", {})


def test_7_a_state_secret_anywhere_in_the_zip_ends_the_batch_and_nothing_of_it_stays(stack, county):
    row = (UNIT, "criticism_list", "02", "a.txt")
    secret, outside = "机密★一年".encode(), (OUTSIDE, "criticism_list", "02", "b.txt")
    for rows, files in (
        ([row], {"a.txt": secret}),
        ([row], {"a.txt": b"words", "b.txt": secret}),
        ([row, outside], {"a.txt": b"words", "b.txt": secret}),
    ):
        batch = hand_over(county, parcels.packed(rows, files))
        found = reached(county, batch["batch_id"], "refused")
        assert found["refusal"]["code"] == "batch_secret"
        assert stack.database("intake")["parcels.chunks"].count_documents({}) == 0


def test_8_what_is_too_large_or_no_zip_is_refused_at_once(stack, county):
    with pytest.raises(Refused, match="batch_not_zip"):
        hand_over(county, b"Rar!" + b"\0" * 100)
    address = f"http://127.0.0.1:{stack.ports['intake']}/batches"
    answer = requests.post(address, data=b"", headers={"Content-Length": str(300 * 2**20)}, timeout=30)
    assert answer.status_code in (401, 413)


def test_9_units_are_listed_by_what_they_lack(stack, county, liaison):
    stack.settled()
    listed = county.get("registry", f"/campaigns/{CAMPAIGN}/lacking")
    assert {row["unit"] for row in listed["rows"]} == {UNIT, SECOND}
    plans = county.get("registry", f"/campaigns/{CAMPAIGN}/lacking", kind="meeting_plan")
    assert all({one["kind"] for one in row["lacks"]} == {"meeting_plan"} for row in plans["rows"])
    late = county.get("registry", f"/campaigns/{CAMPAIGN}/lacking", late="1")
    assert all(one["overdue"] for row in late["rows"] for one in row["lacks"])
    with pytest.raises(Refused) as no:
        liaison.get("registry", f"/campaigns/{CAMPAIGN}/lacking")
    assert no.value.status == 403


def test_10_the_command_does_the_same_and_run_again_it_says_the_same(stack, tmp_path):
    place = tmp_path / "县.zip"
    rows = [(UNIT, "meeting_plan", "team", "方案.docx"), (UNIT, "minutes", "team", "没有.docx")]
    place.write_bytes(parcels.packed(rows, {"方案.docx": document("docx/so-01.docx")}))
    checked = stack.run("batch", "check", str(place), "--campaign", CAMPAIGN, check=False)
    assert checked.returncode == 1 and "没有.docx" in checked.stdout, checked.stdout + checked.stderr
    assert not stack.database("intake").materials.count_documents({"kind": "meeting_plan"})
    for _ in range(2):
        ran = stack.run("batch", "run", str(place), "--campaign", CAMPAIGN, "--by", "市办", "--json", check=False)
        found = json.loads(ran.stdout)
        assert (found["state"], found["outcomes"]) == ("done", {"accepted": 1, "refused": 1}), ran.stderr
    (material,) = stack.database("intake").materials.find({"kind": "meeting_plan"})
    assert [row["submitted_by"] for row in material["versions"]] == ["市办"]
    assert len(sheets.read((tmp_path / "县-result.xlsx").read_bytes())[0].rows) == 3


def handed_in(who, data: bytes, name: str = "台账.csv", unit: str = UNIT):
    places = {"campaign": CAMPAIGN, "unit": unit, "unit_name": "青溪县农业农村局"}
    answer = who.ask("POST", "rectification", "/ledger-imports", data=places, files={"file": (name, data)})
    if answer.status_code >= 400:
        raise Refused(answer)
    return answer.json()


def test_11_a_units_ledger_comes_in_decided_by_cell_and_goes_out_as_the_official_sheet(
    stack, county, liaison, tmp_path
):
    kept = Path(__file__).parents[1] / "rectification" / "ledger.csv"
    for role in (grant("supervisor", "group", "G4"), grant("member", "post", f"{UNIT}/02")):
        with pytest.raises(Refused, match="not_permitted"):
            handed_in(stack.person("other", role), kept.read_bytes())
    with pytest.raises(Refused, match="not_found"):
        handed_in(liaison, kept.read_bytes(), unit=OUTSIDE)
    found = handed_in(liaison, kept.read_bytes())
    assert handed_in(liaison, kept.read_bytes())["import_id"] == found["import_id"]
    address = f"/ledger-imports/{found['import_id']}"
    assert (found["counts"]["new"], found["counts"]["left_out"]) == (6, 24)
    assert liaison.get("rectification", "/ledger")["total"] == 0, "nothing is written before it is confirmed"
    for who, path in ((county, address), (county, f"{address}/marked")):
        with pytest.raises(Refused, match="not_found"):
            who.get("rectification", path)
    with pytest.raises(Refused, match="ledger_undecided"):
        liaison.post("rectification", f"{address}/run", {})
    (line,) = [one for one in liaison.get("rectification", f"{address}/lines", told="ask")["rows"] if one["row"] == 4]
    (day,) = [one for one in line["findings"] if one["column"] == "due_on"]
    assert (day["cell"], day["proposal"], day["accepted"]) == ("J4", "2024-02-29", None)
    liaison.post(
        "rectification",
        f"{address}/decisions",
        {"decisions": [{"line": line["number"], "column": "due_on", "accepted": False}]},
    )
    assert liaison.post("rectification", f"{address}/decisions", {"rest": True})["counts"]["undecided"] == 0
    assert openpyxl.load_workbook(io.BytesIO(liaison.ask("GET", "rectification", f"{address}/marked").content))
    for _ in range(2):
        liaison.post("rectification", f"{address}/run", {})
    wait_until(lambda: liaison.get("rectification", address)["state"] == "done", 30)
    items = {one["problem"]: one for one in liaison.get("rectification", "/ledger")["rows"]}
    assert len(items) == 6 and items[line["problem"]]["due_on"] is None, "what was rejected was not taken"
    with pytest.raises(Refused, match="ledger_confirmed"):
        liaison.post("rectification", f"{address}/decisions", {"rest": True})
    sheet = county.ask(
        "POST", "rectification", "/ledger.xlsx", json={"unit": UNIT, "names": {UNIT: "青溪县农业农村局"}}
    )
    again = handed_in(county, sheet.content, "官方.xlsx")
    assert (again["counts"]["unchanged"], again["counts"]["undecided"], again["counts"]["note"]) == (6, 0, 0)
    book = openpyxl.load_workbook(io.BytesIO(sheet.content))
    book.worksheets[0]["J5"] = "通水验收"
    place = tmp_path / "改过.xlsx"
    book.save(place)
    words = ("ledger", "import", str(place), "--unit", UNIT, "--campaign", CAMPAIGN)
    looked = stack.run(*words, "--check", "--json", check=False)
    told = json.loads(looked.stdout)
    assert (looked.returncode, told["counts"]["changed"], told["counts"]["wrong"]) == (1, 0, 1), (
        "an office changes nothing"
    )
    found = handed_in(liaison, place.read_bytes(), place.name)
    liaison.post("rectification", f"/ledger-imports/{found['import_id']}/run", {})
    wait_until(lambda: liaison.get("rectification", f"/ledger-imports/{found['import_id']}")["state"] == "done", 30)
    assert sorted(one["standard"] for one in liaison.get("rectification", "/ledger")["rows"])[-1] == "通水验收"
    unnamed = tmp_path / "没有清单.csv"
    unnamed.write_text("序号,存在的问题,责任人,整改完成时限\n1,值班表没有公示,主任,2099-03-01\n", "utf-8")
    bring = ("ledger", "import", str(unnamed), "--unit", UNIT, "--campaign", CAMPAIGN, "--accept", "--json")
    told = json.loads(stack.run(*bring, check=False).stdout)
    assert (told["state"], told["counts"]["undecided"], told["counts"]["unlisted"]) == ("checked", 1, 1)
    told = json.loads(stack.run(*bring, "--list", "long_term", check=False).stdout)
    assert told["state"] == "done"
    items = {one["problem"]: one for one in liaison.get("rectification", "/ledger")["rows"]}
    assert items["值班表没有公示"]["category"] == "long_term"
