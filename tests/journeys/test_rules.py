"""New rules tried over the door, and by the command: by whom, over which materials, and never an accident."""

import concurrent.futures
import json

import pytest

from services.review import rules
from services.spine import contracts
from tests.stack import CAMPAIGN, MATERIALS, Refused, document, grant

UNIT = "990881-LY"
OUTLINE = f"{CAMPAIGN}.{UNIT}.speech_outline.02"
PASSED = {code: {"passed": True} for code in ("problems", "examples", "persuasion", "causes", "measures")}


def looser():
    content = json.loads((rules.HERE / "measures.json").read_text("utf-8"))
    return {**content, "version": 3, "limits": {**content["limits"], "share": 1.5, "share_own": 1.5}}


FILES = {"measures.json": json.dumps(looser(), ensure_ascii=False)}


@pytest.fixture(scope="module")
def office(embedded):
    office = embedded.load([UNIT])
    embedded.settled()
    liaison = embedded.person("liaison", grant("liaison", "unit", UNIT))
    liaison.hand_in(OUTLINE, "提纲.md", document("so-02.md"))
    liaison.hand_in(OUTLINE.replace(".02", ".03"), "提纲.txt", document("so-01.txt"))
    embedded.settled()
    supervisor = embedded.person("supervisor", grant("supervisor", "group", "G7"))
    supervisor.post("review", f"/reviews/{OUTLINE}.v1/verdict", {"standards": PASSED})
    return office


def test_the_office_sees_which_rules_are_in_use_and_what_others_would_change(office):
    assert office.get("review", "/rules")["version"] == rules.present().version
    found = office.post("review", "/rules/trials", {"files": FILES, "campaign": CAMPAIGN})
    assert (found["examined"], found["changed"]) == (2, 1)
    row = found["rows"][0]
    assert (row["review_id"], row["before"], row["after"], row["failed"]) == (f"{OUTLINE}.v1", ["measures"], [], [])
    assert found["agreement"]["after"] == found["agreement"]["before"] + 1
    assert office.post("review", "/rules/trials", {"files": FILES, "limit": 1})["examined"] == 1
    assert office.post("review", "/rules/trials", {"files": FILES, "campaign": "another-campaign"})["examined"] == 0


def test_a_file_in_use_is_given_out_as_it_is_written(office):
    answer = office.ask("GET", "review", "/rules/measures.json")
    assert answer.content == (rules.HERE / "measures.json").read_bytes()
    assert "measures.json" in answer.headers["Content-Disposition"]
    assert office.ask("GET", "review", "/rules/nobody.json").status_code == 404
    assert office.ask("GET", "review", "/rules/__init__.py").status_code == 404


def test_a_trial_is_kept_for_whoever_may_try_rules_in_its_campaign(embedded, office):
    found, again = (office.post("review", "/rules/trials", {"files": FILES, "campaign": CAMPAIGN}) for _ in range(2))
    assert (found["state"], found["files"], found["campaign"]) == ("done", ["measures.json"], CAMPAIGN)
    assert again["trial_id"] == found["trial_id"], "the same trial again is the same trial"
    colleague = embedded.person("colleague", grant("office", "campaign", CAMPAIGN))
    assert colleague.get("review", f"/rules/trials/{found['trial_id']}")["rows"] == found["rows"]
    listed = colleague.get("review", "/rules/trials", campaign=CAMPAIGN)["rows"]
    assert [row["trial_id"] for row in listed].count(found["trial_id"]) == 1 and "rows" not in listed[0]
    elsewhere = embedded.person("elsewhere", grant("office", "campaign", "another-campaign", "another-campaign"))
    assert elsewhere.get("review", "/rules/trials", campaign=CAMPAIGN)["total"] == 0
    elsewhere.post("review", "/rules/trials", {"files": FILES, "campaign": CAMPAIGN})
    assert colleague.get("review", "/rules/trials", campaign=CAMPAIGN)["rows"] == listed, "nothing is kept elsewhere"
    for path in (found["trial_id"], "0" * 16):
        assert elsewhere.ask("GET", "review", f"/rules/trials/{path}").status_code == 404


def test_a_refused_trial_keeps_its_faults(office):
    with pytest.raises(Refused) as no:
        trial(office, {"measures.json": "{"})
    kept = office.get("review", "/rules/trials")["rows"][0]
    assert kept["state"] == "refused"
    kept = office.get("review", f"/rules/trials/{kept['trial_id']}")
    assert kept["refusal"]["errors"] == no.value.problem["errors"] != []


def test_nobody_else_tries_rules(embedded, office):
    for role, kind, of in (
        ("supervisor", "group", "G7"),
        ("liaison", "unit", UNIT),
        ("county_office", "region", "990881"),
    ):
        other = embedded.person("other", grant(role, kind, of))
        read = ("/rules", "/rules/measures.json", "/rules/trials", f"/rules/trials/{'0' * 16}")
        for ask in (lambda who=other: trial(who), *(lambda who=other, at=at: who.get("review", at) for at in read)):
            with pytest.raises(Refused) as no:
                ask()
            assert no.value.code == "not_permitted"
    elsewhere = embedded.person("elsewhere", grant("office", "campaign", "another-campaign", "another-campaign"))
    assert trial(elsewhere)["examined"] == 0


def trial(who, files=FILES):
    return who.post("review", "/rules/trials", {"files": files})


def test_faulty_rules_are_answered_with_every_fault_by_file_and_key(office):
    content = looser()
    content["limits"]["share"], content["patterns"]["owner"] = "x", "(a+)+$"
    with pytest.raises(Refused) as no:
        trial(office, {"measures.json": json.dumps(content), "no.json": "{}"})
    assert (no.value.status, no.value.code) == (422, "rules_unfit")
    assert [place["pointer"] for place in no.value.problem["errors"]] == [
        "/files/measures.json/limits/share", "/files/no.json",
    ]  # fmt: skip


def test_one_trial_at_a_time_and_the_doors_stay_open_meanwhile(office):
    with concurrent.futures.ThreadPoolExecutor(4) as hands:
        asked = [hands.submit(office.ask, "POST", "review", "/rules/trials", json={"files": FILES}) for _ in range(3)]
        assert office.get("review", "/health")["ok"]
        answers = [one.result() for one in asked]
    assert {answer.status_code for answer in answers} <= {200, 409} and 200 in {one.status_code for one in answers}
    twice = [one.json() for one in answers if one.status_code == 409]
    assert {one["code"] for one in twice} <= {"trial_running"}
    known = {row["trial_id"] for row in office.get("review", "/rules/trials")["rows"]}
    assert {one["params"]["trial_id"] for one in twice} <= known, "who asked for the same is told where it will be"


def test_the_command_tries_rules_over_a_deployment_and_over_files(embedded, office, tmp_path):
    (tmp_path / "measures.json").write_text(FILES["measures.json"], "utf-8")
    online = json.loads(embedded.run("rules", "try", str(tmp_path), "--json").stdout)
    contracts.check("documents/rules_trial", online)
    assert (online["examined"], online["changed"]) == (2, 1)
    offline = json.loads(embedded.run("rules", "try", str(tmp_path), str(MATERIALS / "so-02.md"), "--json").stdout)
    assert (offline["examined"], offline["rows"][0]["after"], offline["agreement"]) == (1, [], None)
    assert "measures" in embedded.run("rules", "try", str(tmp_path), str(MATERIALS)).stdout
    shown = json.loads(embedded.run("rules", "show", "--json").stdout)
    assert shown["version"] == rules.present().version
    assert "share=0.34" in embedded.run("rules", "show").stdout


def test_the_command_names_faults_and_ends_with_one(embedded, office, tmp_path):
    (tmp_path / "measures.json").write_text('{"version": 3}', "utf-8")
    for where in ([], [str(MATERIALS / "so-02.md")]):
        ended = embedded.run("rules", "try", str(tmp_path), *where, check=False)
        assert ended.returncode == 1 and "measures.json/phrases" in ended.stderr
    assert embedded.run("rules", "try", str(tmp_path / "nowhere"), check=False).returncode != 0
