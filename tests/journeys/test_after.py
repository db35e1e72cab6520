"""After the meeting: minutes signed and locked, put right by an addendum, the report receipted, all of it in a package.

The steps are told in order, by programs at the services' doors.
"""

import io
import json
import subprocess
import sys
import time
import zipfile
from types import SimpleNamespace

import pytest

from services.spine import actor, clock, contracts
from tests.intake.corpus import png
from tests.stack import CAMPAIGN, Person, Refused, document, grant

UNIT, OTHER = "990823-NYNC", "990881-LY"
MEETING = f"{CAMPAIGN}.{UNIT}"
MINUTES, REPORT, LIST = (f"{MEETING}.{kind}.team" for kind in ("minutes", "meeting_report", "filing_list"))
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
PLACE = {"campaign": CAMPAIGN}
ADDENDUM = {"text": "第四项第二条批评人应为周敏", "reason": "记录时写错了姓名"}
RECEIPT = {"addressee": "organisation", "outcome": "received", "name": "何敏", "on": clock.today()}


@pytest.fixture(scope="module")
def people(embedded):
    embedded.load([UNIT, OTHER])
    embedded.settled()
    granted = {
        "office": grant("office", "campaign", CAMPAIGN),
        "county": grant("county_office", "region", "990823"),
        "supervisor": grant("supervisor", "group", "G4"),
        "liaison": grant("liaison", "unit", UNIT),
        "secretary": grant("secretary", "unit", UNIT),
        "member": grant("member", "post", f"{UNIT}/02"),
        "neighbour": grant("liaison", "unit", OTHER),
    }
    return SimpleNamespace(**{name: embedded.person(name, one) for name, one in granted.items()})


def refused(code: str, act, *words, **how) -> int:
    with pytest.raises(Refused) as no:
        act(*words, **how)
    assert no.value.code == code, no.value
    return no.value.status


def form(kind: str, **more: object) -> str:
    example = contracts.documents()[f"kinds/{kind}.1"]["examples"][0]
    return json.dumps({**example, **more}, ensure_ascii=False)


def sign(who: Person, about: str, sha256: str, path: str, **more: str) -> dict:
    who.stack.take_secret()
    deed = {"purpose": "sign", "about": about, "sha256": sha256, "by": who.name}
    return who.post("intake", path, {"proof": actor.vouch({**deed, "exp": int(time.time()) + 300}), **more})


def filing(who: Person) -> dict:
    return who.get("intake", f"/units/{UNIT}/filing", **PLACE)


def attach(who: Person, **files: object):
    return who.ask("POST", "intake", f"/materials/{MINUTES}/addenda", data=ADDENDUM, **files)


def test_1_minutes_count_when_recorder_and_host_have_signed_and_are_locked_then(people):
    kept = people.liaison.upload(MINUTES, "会议记录.pdf", PDF, document=form("minutes"))
    assert kept["unsigned"] == ["author", "secretary"]
    sha256 = kept["receipt"]["sha256"]
    assert people.secretary.sign(MINUTES, 1, sha256)["unsigned"] == ["author"], (
        "the host does not sign for the recorder"
    )
    assert refused("not_found", people.neighbour.sign, MINUTES, 1, sha256) == 404
    assert attach(people.liaison).json()["code"] == "not_locked"
    assert people.liaison.sign(MINUTES, 1, sha256)["unsigned"] == []
    refused("material_locked", people.liaison.upload, MINUTES, "改.pdf", PDF + b"%", 1)
    assert people.liaison.upload(MINUTES, "会议记录.pdf", PDF, document=form("minutes"))["repeated"]


def test_2_an_addendum_is_signed_the_same_way_stands_beside_and_is_said_once(embedded, people):
    assert (attach(people.supervisor).status_code, attach(people.neighbour).status_code) == (403, 404)
    file = {"files": {"file": ("更正页.pdf", PDF + b"%2")}}
    first, again = attach(people.liaison, **file), attach(people.liaison, **file)
    assert [first.status_code, again.status_code] == [201, 200] and first.json() == again.json()
    made, path = first.json(), f"/materials/{MINUTES}/addenda/1/signatures"
    assert people.supervisor.get("intake", f"/materials/{MINUTES}")["addenda"] == []
    refused("proof_unknown", sign, people.liaison, made["addendum"], "0" * 64, path)
    assert refused("not_permitted", sign, people.supervisor, made["addendum"], made["sha256"], path) == 403
    for who, left in ((people.liaison, ["secretary"]), (people.secretary, []), (people.secretary, [])):
        assert sign(who, made["addendum"], made["sha256"], path)["unsigned"] == left
    seen = people.supervisor.get("intake", f"/materials/{MINUTES}")
    assert (len(seen["versions"]), [one["text"] for one in seen["addenda"]]) == (1, [ADDENDUM["text"]])
    embedded.settled()
    assert embedded.database("feed").events.count_documents({"name": "addendum_attached"}) == 1


def test_2b_an_addendum_is_signed_on_paper_recorded_by_one_and_confirmed_by_another(people):
    path, words = f"/materials/{MINUTES}/addenda", {"text": "地点应为二楼会议室", "reason": "写错地点"}
    made = people.liaison.ask("POST", "intake", path, data=words).json()
    pages, page = f"{path}/{made['number']}/paper-signatures", {"role": "secretary", "reason": "主持人外出"}

    def record(who: Person, picture: bytes = png()) -> int:
        return who.ask("POST", "intake", pages, data=page, files={"file": ("签字页.png", picture)}).status_code

    assert [record(people.supervisor), record(people.neighbour), record(people.liaison, b"no")] == [403, 404, 422]
    assert [record(people.liaison), record(people.liaison)] == [201, 201]
    deed, there = (made["addendum"], made["sha256"], f"{pages}/confirmation"), {"role": "secretary"}
    assert refused("not_permitted", sign, people.liaison, *deed, **there) == 403
    assert refused("paper_by_office", sign, people.secretary, *deed, **there) == 403
    refused("proof_unknown", sign, people.office, made["addendum"], "0" * 64, deed[2], **there)
    assert sign(people.office, *deed, **there)["unsigned"] == ["author"]
    signed = sign(people.liaison, *deed[:2], f"{path}/{made['number']}/signatures")
    assert (signed["unsigned"], len(signed["on_paper"]), bool(signed["counted_at"])) == ([], 1, True)


def test_3_a_report_sent_back_is_owed_again_until_a_new_version_is_received_by_each(embedded, people):
    people.liaison.hand_in(REPORT, "报告.pdf", PDF + b"%r")
    receipts = f"/materials/{REPORT}/versions/1/receipts"
    assert refused("not_permitted", people.liaison.post, "intake", receipts, RECEIPT) == 403
    back = {**RECEIPT, "outcome": "returned", "reason": "缺问题清单"}
    given = people.office.post("intake", receipts, back)
    assert given == people.office.post("intake", receipts, back)
    assert (given["state"], given["waiting"]) == ("returned", ["discipline"])
    embedded.settled()

    def needed() -> str:
        rows = people.liaison.get("registry", f"/meetings/{MEETING}")["required"]
        return next(row["state"] for row in rows if row["kind"] == "meeting_report")

    assert needed() == "returned"

    def told(who: Person) -> list[str]:
        rows = who.get("notification", "/messages")["rows"]
        return [row["subject"] for row in rows if row["event"] == "receipt_given"]

    for who, letters in ((people.liaison, 1), (people.secretary, 1), (people.member, 0), (people.neighbour, 0)):
        assert told(who) == ["第 1 版被报送对象退回"] * letters
    people.liaison.hand_in(REPORT, "报告.pdf", PDF + b"%r2", 1)
    for one in ("organisation", "discipline"):
        people.office.post("intake", f"/materials/{REPORT}/versions/2/receipts", {**RECEIPT, "addressee": one})
    embedded.settled()
    assert needed() == "received" and len(told(people.liaison)) == 1


def test_4_the_filing_list_says_what_is_there_and_missing_and_is_handed_in_as_it_is(people):
    assert refused("not_permitted", people.member.get, "intake", f"/units/{UNIT}/filing", **PLACE) == 403
    assert refused("not_found", people.neighbour.get, "intake", f"/units/{UNIT}/filing", **PLACE) == 404
    found = filing(people.liaison)
    rows = {row["material_id"]: row for row in found["rows"]}
    assert (rows[MINUTES]["addenda"], rows[REPORT]["waiting"], rows[LIST]["state"]) == (2, [], "missing")
    assert "notification" in found["missing"] and "minutes" not in found["missing"]
    fields = {"follows": "0", "document": json.dumps(found["document"], ensure_ascii=False)}
    path = f"/materials/{LIST}/versions"
    handed = people.liaison.ask("POST", "intake", path, files={key: (None, part) for key, part in fields.items()})
    assert (handed.status_code, handed.json()["state"]) == (201, "received")
    assert "filing_list" not in filing(people.liaison)["missing"]
    assert refused("not_permitted", people.liaison.get, "intake", "/filings", **PLACE) == 403
    units = people.office.get("intake", "/filings", **PLACE, missing="minutes")["rows"]
    assert [row["unit"] for row in units] == [OTHER]
    assert [row["unit"] for row in people.county.get("intake", "/filings", **PLACE)["rows"]] == [UNIT]


def package(who: Person) -> tuple[bytes, str]:
    answer = who.ask("GET", "intake", f"/units/{UNIT}/archive", params=PLACE)
    assert answer.status_code == 200, answer.text
    assert int(answer.headers["Content-Length"]) == len(answer.content)
    return answer.content, answer.headers["ETag"].strip('"')


def test_5_the_package_is_the_same_for_the_same_content_verifies_offline_and_a_flipped_byte_is_found(tmp_path, people):
    assert refused("not_permitted", people.supervisor.get, "intake", f"/units/{UNIT}/archive", **PLACE) == 403
    assert refused("not_found", people.neighbour.get, "intake", f"/units/{UNIT}/archive", **PLACE) == 404
    (data, manifest), again = package(people.liaison), package(people.office)
    assert again == (data, manifest)
    zipfile.ZipFile(io.BytesIO(data)).extractall(tmp_path)
    assert (tmp_path / "M09 会议记录/第1版 会议记录.pdf").read_bytes() == PDF

    def verify(*words: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [sys.executable, "-I", "verify.py", *words], cwd=tmp_path, capture_output=True, check=False
        )

    assert verify(".", manifest).returncode == 0
    assert (tmp_path / "M09 会议记录/补正2 签字页1 签字页.png").read_bytes() == png()
    page = tmp_path / "M09 会议记录/补正1 更正页.pdf"
    page.write_bytes(page.read_bytes()[:-1] + b"3")
    found = verify()
    assert found.returncode == 1 and "损坏 damaged: M09 会议记录/补正1 更正页.pdf" in found.stdout.decode()
    taken = filing(people.office)["exports"]
    assert [(one["by"], one["manifest_sha256"]) for one in taken] == [("office", manifest), ("liaison", manifest)]


def test_6_a_work_secret_is_left_out_for_whom_it_is_not_and_that_is_said(embedded, people):
    plan = f"{MEETING}.meeting_plan.team"
    people.liaison.hand_in(plan, "方案.docx", document("docx/so-01.docx"), secrecy="work_secret")
    for who, inside in ((people.secretary, True), (people.county, False)):
        with zipfile.ZipFile(io.BytesIO(package(who)[0])) as found:
            manifest = json.loads(found.read("manifest.json"))
        left = {"material_id": plan, "kind": "meeting_plan", "post": "team", "reason": "work_secret"}
        assert (left in manifest["left_out"]) is not inside
        assert any(one["kind"] == "meeting_plan" for one in manifest["files"] if "kind" in one) is inside
    row = next(row for row in filing(people.county)["rows"] if row["material_id"] == plan)
    assert (row["state"], row["withheld"], row["sha256"]) == ("here", True, None)
