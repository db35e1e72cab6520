"""A running campaign gets another version: drafted, previewed, published, laid out anew; copied; out and in again."""

import io
import json
import zipfile

import pytest

from services.registry import folder
from tests.stack import CAMPAIGN, Refused, Stack, campaign_folder, document, grant, wait_until

UNIT = "990823-NYNC"
MATERIAL = f"{CAMPAIGN}.{UNIT}.speech_outline.02"
UNITS = 60
REGISTRY = f"/campaigns/{CAMPAIGN}"


@pytest.fixture(scope="module")
def office(embedded: Stack):
    """The office of a campaign that is open for more units than a page holds, one outline of which is being read."""
    others = [row["unit_code"] for row in campaign_folder()["units"] if row["unit_code"] != UNIT]
    office = embedded.load([UNIT, *others[: UNITS - 1]])
    embedded.settled()
    embedded.person("liaison", grant("liaison", "unit", UNIT)).hand_in(
        MATERIAL, "提纲.docx", document("docx/so-03.docx")
    )
    embedded.settled()
    return office


def later(office, day: str, **policy) -> dict:
    """A draft with another last day and other policy values."""
    seen = office.get("registry", f"{REGISTRY}/draft")
    definition = {**seen["definition"], "all_meetings_held_by": day}
    definition["policy"] = {**definition["policy"], **policy}
    sent = {"revision": seen["draft_revision"], "definition": definition}
    return office.post("registry", f"{REGISTRY}/draft", sent)


def test_a_version_is_previewed_published_and_laid_out_for_every_unit(embedded, office):
    lengths = {"speech_outline": 2000}
    draft = later(office, "2099-01-10", answer_within={"days": 9, "unit": "natural"}, lengths=lengths)
    seen = {"revision": draft["draft_revision"]}
    office.post("registry", f"{REGISTRY}/preview", seen)
    preview = wait_until(
        lambda: (now := office.get("registry", f"{REGISTRY}/preview"))["state"] == "done" and now, 30, "previewed"
    )
    assert preview["counts"]["moved"] == preview["total"] == UNITS
    listed = office.get("registry", f"{REGISTRY}/preview/units", what="moved")
    assert listed["total"] == UNITS and len(listed["rows"]) == 50

    first = office.post("registry", f"{REGISTRY}/versions", {**seen, "reason": "市委决定推迟"})
    again = office.post("registry", f"{REGISTRY}/versions", {**seen, "reason": "市委决定推迟"})
    assert first["version"] == again["version"] == 2
    embedded.kill()
    embedded.start()  # killed as soon as it was published: the next start carries on
    wait_until(
        lambda: office.get("registry", f"{REGISTRY}/versions")["rows"][0]["state"] == "done", 60, "laid out anew"
    )
    embedded.settled()

    meeting = office.get("registry", f"/meetings/{CAMPAIGN}.{UNIT}")
    assert (meeting["meeting_on"], meeting["definition"]) == ("2099-01-10", 2)
    assert [entry["what"] for entry in meeting["history"]] == ["replanned"]
    told = embedded.database("feed").events.find({"name": "campaign_revised"})
    assert [row["event"]["data"]["version"] for row in told] == [2]
    for service in ("review", "rectification", "intake"):
        assert embedded.database(service).heard.count_documents({"_id": {"$regex": "on_campaign_revised"}}) == 1


def test_what_is_being_read_keeps_the_version_it_began_with(embedded, office):
    known = embedded.database("review").campaigns
    began = embedded.database("review").reviews.find_one({"_id": f"{MATERIAL}.v1"})["definition"]
    assert known.find_one({"_id": f"{CAMPAIGN}@{began}"})["answer_within"]["days"] == 2
    assert known.find_one({"_id": CAMPAIGN})["answer_within"]["days"] == 9
    liaison, begun = embedded.person("liaison", grant("liaison", "unit", UNIT)), "/kinds/speech_outline"
    asked = {post: liaison.get("intake", begun, material_id=f"{MATERIAL[:-2]}{post}") for post in ("02", "03")}
    assert {post: kind["most_characters"] for post, kind in asked.items()} == {"02": 3000, "03": 2000}
    for post, follows, most in (("02", 1, 3000), ("03", 0, 2000)):
        material_id = f"{MATERIAL[:-2]}{post}"
        handed = liaison.hand_in(material_id, "提纲.docx", document("docx/so-07.docx"), follows=follows)
        embedded.settled()
        review = liaison.get("review", f"/reviews/{material_id}.v{handed['version']}")
        assert review["most_characters"] == most


def test_the_second_editor_is_told_and_faults_come_all_at_once_by_field(office):
    seen = office.get("registry", f"{REGISTRY}/draft")
    later(office, "2099-02-01")
    with pytest.raises(Refused) as refused:
        office.post(
            "registry", f"{REGISTRY}/draft", {"revision": seen["draft_revision"], "definition": seen["definition"]}
        )
    assert refused.value.code == "draft_changed"
    broken = {**seen["definition"], "title": "", "all_meetings_held_by": "soon"}
    with pytest.raises(Refused) as refused:
        office.post("registry", f"{REGISTRY}/draft", {"revision": 99, "definition": broken})
    places = {one["pointer"] for one in refused.value.problem["errors"]}
    assert {"/definition/title", "/definition/all_meetings_held_by"} <= places
    revision = office.get("registry", f"{REGISTRY}/draft")["draft_revision"]
    office.post("registry", f"{REGISTRY}/draft/end", {"revision": revision})
    assert not office.get("registry", f"{REGISTRY}/draft")["open"]


def test_only_the_office_edits_county_offices_read_versions_and_units_do_neither(embedded, office):
    county = embedded.person("county", grant("county_office", "region", "990823"))
    secretary = embedded.person("secretary", grant("secretary", "unit", UNIT))
    elsewhere = embedded.person("elsewhere", grant("office", "campaign", "another", "another"))
    assert county.get("registry", f"{REGISTRY}/versions/2")["reason"] == "市委决定推迟"
    for who, path, status in (
        (county, "/draft", 403),
        (county, "/preview", 403),
        (county, "/folder", 403),
        (secretary, "/versions", 403),
        (elsewhere, "/draft", 404),
        (elsewhere, "/versions/2", 404),
    ):
        assert who.ask("GET", "registry", REGISTRY + path).status_code == status
    publish = county.ask("POST", "registry", f"{REGISTRY}/versions", json={"revision": 1, "reason": "r"})
    assert publish.status_code == 403


def sent(office, packed: bytes, **fields: str):
    return office.ask("POST", "registry", "/campaign-folders", data=fields, files={"file": ("c.zip", packed)})


def test_what_is_exported_is_loaded_again_and_changes_nothing(office, embedded, tmp_path):
    embedded.run("export", CAMPAIGN, str(tmp_path / "campaign.zip"))
    packed = (tmp_path / "campaign.zip").read_bytes()
    assert sent(office, packed, only="check").json()["units"] == UNITS
    answer = sent(office, packed).json()
    assert (answer["units"], answer["added"], answer["changed"]) == (UNITS, 0, 0)


def test_a_folder_that_differs_is_a_draft_with_its_preview_and_sets_no_group_back(office, embedded):
    packed = office.ask("GET", "registry", f"{REGISTRY}/folder").content
    office.post("registry", f"{REGISTRY}/groups/moves", {"units": [UNIT], "to": "G5", "reason": "统一督导"})
    later, days = io.BytesIO(), (b'"2099-01-10"', b'"2099-01-15"')
    with zipfile.ZipFile(io.BytesIO(packed)) as found, zipfile.ZipFile(later, "w") as place:
        for name in found.namelist():
            place.writestr(name, found.read(name).replace(*days) if name == "campaign.json" else found.read(name))
    drafted = [{"pointer": "/all_meetings_held_by", "from": "2099-01-10", "to": "2099-01-15"}]
    for only in ({"only": "check"}, {}, {}):
        told = sent(office, later.getvalue(), **only).json()
        assert (told["drafted"], told["changed"]) == (drafted, 0)
        assert [(one["code"], one["what"]) for one in told["kept"]["rows"]] == [(UNIT, "group")]
        assert office.get("registry", f"{REGISTRY}/draft")["open"] is not bool(only)
    assert office.get("registry", f"/meetings/{CAMPAIGN}.{UNIT}")["group"] == "G5"
    assert office.get("registry", f"/campaigns/{CAMPAIGN}")["all_meetings_held_by"] == "2099-01-10"
    draft = office.get("registry", f"{REGISTRY}/draft")
    assert (draft["draft_revision"], draft["differences"]) == (
        office.get("registry", f"{REGISTRY}/preview")["draft_revision"], drafted,
    )  # fmt: skip
    office.post(
        "registry",
        f"{REGISTRY}/draft",
        {"revision": draft["draft_revision"], "definition": {**draft["definition"], "title": "另一题目"}},
    )
    other = sent(office, later.getvalue())
    assert (other.status_code, other.json()["code"]) == (409, "draft_open")
    office.post("registry", f"{REGISTRY}/draft/end", {"revision": draft["draft_revision"] + 1})


def test_a_faulty_folder_is_refused_with_every_fault_by_file_row_and_column(office):
    packed = office.ask("GET", "registry", f"{REGISTRY}/folder").content
    spoilt, row = io.BytesIO(), 0
    with zipfile.ZipFile(io.BytesIO(packed)) as found, zipfile.ZipFile(spoilt, "w") as place:
        for name in found.namelist():
            data = found.read(name).decode("utf-8-sig")
            row = 1 + data[: data.find(",county,")].count("\n") if name == "units.csv" else row
            place.writestr(f"活动/{name}", data.replace(",county,", ",country,", 1).replace('"2099-01-10"', '"soon"'))
    refused = sent(office, spoilt.getvalue())
    assert refused.status_code == 422
    places = {(one["file"], one["row"], one["column"]) for one in refused.json()["errors"]}
    assert places == {("units.csv", row, "level"), ("campaign.json", 0, "all_meetings_held_by")}
    assert sent(office, b"no zip").json()["code"] == "folder_faulty"


def test_a_campaign_loaded_for_the_first_time_breaks_no_rule_that_an_editor_is_held_to(embedded, office):
    person, wrong = embedded.person("first", grant("office", "campaign", "first", "first")), campaign_folder()
    policy = {**office.get("registry", REGISTRY)["policy"], "gate": {"aspects": [4, 13]}}
    wrong["campaign"] |= {"campaign_code": "first", "all_meetings_held_by": "2020-01-01", "policy": policy}
    loaded = person.ask("POST", "registry", "/campaigns", json=wrong)
    assert (loaded.status_code, loaded.json()["code"]) == (422, "definition_faulty")
    assert {(one["pointer"], one["code"]) for one in loaded.json()["errors"]} == {
        ("/definition/all_meetings_held_by", "days_reversed"),
        ("/definition/policy/gate/aspects/1", "gate_unknown_aspect"),
    }
    for refused in (sent(person, folder.pack(wrong), **only) for only in ({"only": "check"}, {})):
        assert (refused.status_code, refused.json()["code"]) == (422, "folder_faulty")
        assert {(one["file"], one["column"]) for one in refused.json()["errors"]} == {
            ("campaign.json", "all_meetings_held_by"),
            ("campaign.json", "policy.gate.aspects.1"),
        }
    assert person.ask("GET", "registry", "/campaigns/first").status_code == 404


def test_last_years_campaign_is_copied_to_a_new_code_by_whoever_holds_both(embedded, office):
    both = embedded.person("both", grant("office", "campaign", CAMPAIGN), grant("office", "campaign", "next", "next"))
    wanted = {"campaign_code": "next", "title": "下一年", "opens_on": "2099-12-01"}
    elsewhere = office.ask("POST", "registry", f"{REGISTRY}/copies", json=wanted)
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (403, "not_granted_there")
    copied = both.post("registry", f"{REGISTRY}/copies", wanted)
    assert (copied["units"], copied["added"]) == (UNITS, UNITS)
    assert both.post("registry", f"{REGISTRY}/copies", wanted)["added"] == 0
    shown = both.get("registry", "/campaigns/next")
    assert (shown["state"], shown["version"], shown["opens_on"]) == ("draft", 1, "2099-12-01")


def test_an_operator_previews_and_replans_from_the_terminal_and_running_it_again_changes_nothing(embedded, office):
    day, words = "2099-01-20", ("campaign", "replan", CAMPAIGN, "--reason", "再推迟")
    said = embedded.run("campaign", "preview", CAMPAIGN, "--held-by", day)
    assert f"{UNITS} 个单位的日期改变，0 个单位有新日期已经过去" in said.stdout
    assert f"/all_meetings_held_by 2099-01-10 → {day}" in said.stdout
    assert f"{UNITS}/{UNITS}" in said.stderr, "the bar"
    unsure = embedded.run(*words, check=False)
    assert unsure.returncode == 1
    assert office.get("registry", f"{REGISTRY}/draft")["open"], "nobody said yes"

    for _ in range(2):
        done = json.loads(embedded.run(*words, "--held-by", day, "--yes", "--json").stdout)
        assert (done["version"], done["state"], done["worked"], done["reason"]) == (3, "done", UNITS, "再推迟")
    assert office.get("registry", f"/meetings/{CAMPAIGN}.{UNIT}")["meeting_on"] == day
    refused = embedded.run("campaign", "preview", CAMPAIGN, check=False)
    assert refused.returncode == 1
    assert "没有草稿" in refused.stderr
