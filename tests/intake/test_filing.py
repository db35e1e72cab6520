"""What is filed: the whole file line by line, the filing list, and which units miss what."""

from typing import Any

import pytest

from services.intake import addenda, domain, filing, filing_store, forms, store
from tests.intake.test_addenda import GIVEN, PLACES, locked
from tests.intake.test_domain import handed
from tests.intake.test_signing import signer

READ = {"post": "team", "read": True}
PLAN: dict[str, Any] = {
    "_id": "a-campaign.990823-NYNC",
    **PLACES,
    "preparation": {"talks": {"confirmed": True}},
    "required": [
        {"kind": "team_inspection", **READ},
        *({"kind": "criticism_list", "post": post, "read": False} for post in ("01", "02")),
        {"kind": "minutes", "post": "team", "read": False},
        {"kind": "meeting_report", "post": "team", "read": False, "addressees": ["organisation"]},
        {"kind": "filing_list", "post": "team", "read": False},
    ],
}


def material(kind: str, post: str = "team", **more: object) -> domain.Material:
    return {**domain.submit(domain.begin(PLAN, kind, post), handed("b"))[0], **more}


def lines(*materials: domain.Material, talked: bool = False, commented: bool = False) -> dict[str, dict]:
    found = filing.whole(PLAN, materials, talked=talked, commented=commented)
    assert [line["code"] for line in found] == [f"M{number:02d}" for number in range(1, 19)]
    return {line["kind"]: line for line in found}


def test_what_the_campaign_asks_for_and_is_not_there_is_missing_whoever_makes_it():
    found = lines(material("team_inspection"), material("criticism_list", "02"))
    assert found["criticism_list"] == {
        "code": "M07", "kind": "criticism_list", "asked": 2, "here": 1, "missing": ["01"], "state": "missing"
    }  # fmt: skip
    assert (found["team_inspection"]["state"], found["review_opinion"]["state"]) == ("complete", "missing")
    assert {found[kind]["state"] for kind in ("talk_record", "supervision_comment", "minutes")} == {"missing"}
    assert {found[kind]["state"] for kind in ("meeting_plan", "closeout_application", "supervision_log")} == {
        "not_asked"
    }


def test_what_was_waived_is_not_missing_and_what_came_all_the_same_is_there():
    asked = [
        row | {"state": "waived"} if row["kind"] in ("criticism_list", "minutes") else row for row in PLAN["required"]
    ]
    plan, came = {**PLAN, "required": asked}, [material("criticism_list", "02")]
    found = {line["kind"]: line for line in filing.whole(plan, came, talked=False, commented=False)}
    assert (found["minutes"]["state"], found["minutes"]["asked"]) == ("waived", 0)
    assert (found["criticism_list"]["state"], found["criticism_list"]["asked"]) == ("complete", 1)
    states = {(row["kind"], row["post"]): row["state"] for row in filing.rows(plan, came, lambda _: True)}
    assert (states["minutes", "team"], states["criticism_list", "01"]) == ("waived", "waived")
    assert (states["criticism_list", "02"], states["meeting_report", "team"]) == ("here", "missing")


def test_talks_comment_and_verdict_complete_their_lines():
    judged = domain.settle(
        material("team_inspection"), {"version": 1, "outcome": "passed", "comments": [], "due_on": None}
    )
    found = lines(judged, talked=True, commented=True)
    assert {found[kind]["state"] for kind in ("talk_record", "supervision_comment", "review_opinion")} == {"complete"}


def test_what_waits_for_signatures_is_not_filed_yet():
    asked = domain.submit(domain.begin(PLAN, "minutes", "team"), handed("m")._replace(asks=("secretary",)))[0]
    assert lines(asked)["minutes"]["state"] == "missing"
    assert filing.rows(PLAN, [asked], lambda _: True)[3]["state"] == "missing"


def test_the_list_names_version_day_keeper_and_hash_and_a_secret_without_its_hash():
    amended = signing_both(addenda.attach(locked(), GIVEN)[0])
    secret = material("team_inspection", secrecy="work_secret")
    log = {**locked(), "kind": "supervision_log"}
    rows = filing.rows(PLAN, [amended, secret, log], lambda one: one["secrecy"] != "work_secret")
    by_kind = {row["kind"]: row for row in rows}
    assert [row["number"] for row in rows] == list(range(1, 8))
    assert (by_kind["minutes"]["addenda"], by_kind["minutes"]["sha256"]) == (1, "a" * 64)
    assert (by_kind["team_inspection"]["withheld"], by_kind["team_inspection"]["sha256"]) == (True, None)
    document = filing.document(rows, "林晓", "2024-01-24")
    assert [one["kind"] for one in document["rows"]] == ["team_inspection", "minutes", "other"]
    assert document["rows"][1]["note"] == "另有补正 1 份"
    assert forms.check("filing_list", document).document["rows"] == document["rows"]


def signing_both(one: domain.Material) -> domain.Material:
    return addenda.sign(one, 1, signer("s", "author", "secretary"))[0]


@pytest.fixture
def kept(db):
    for collection in ("materials", "talk_books", "studies"):
        db.create_collection(collection)
    filing_store.prepare(db)
    for unit, region in (("990823-NYNC", "990823"), ("990881-LY", "990881")):
        plan = {**{key: part for key, part in PLAN.items() if key != "_id"}, "unit": unit, "region": region}
        store.remember_plan(db, plan, 1)
    store.keep(db, None, material("criticism_list", "01"), [], "2024-01-10T00:00:00Z")
    store.keep(db, None, material("minutes"), [], "2024-01-10T00:00:00Z")
    return db


def test_units_are_listed_by_what_they_miss_those_that_miss_most_first(kept):
    asked = {"campaign": "a-campaign"}
    found = filing_store.listed(kept, {"campaign": "a-campaign"}, asked)
    assert [(row["unit"], row["here"]) for row in found["rows"]] == [("990881-LY", 0), ("990823-NYNC", 2)]
    only = filing_store.listed(kept, {"campaign": "a-campaign"}, {**asked, "missing": "minutes"})
    assert [row["unit"] for row in only["rows"]] == ["990881-LY"]
    assert filing_store.listed(kept, {"campaign": "a-campaign", "region": "990823"}, asked)["total"] == 1
    second = filing_store.listed(kept, {"campaign": "a-campaign"}, {**asked, "page": "2", "size": "1"})
    assert (second["total"], [row["unit"] for row in second["rows"]]) == (2, ["990823-NYNC"])


def test_a_comment_heard_completes_the_line_and_exports_are_known(kept):
    plan = store.plan(kept, "a-campaign", "990823-NYNC")
    event = {"campaign": "a-campaign", "data": {"unit": "990823-NYNC"}, "sequence": 1}
    filing_store.remember_comment(kept, event)
    whole = filing_store.whole(kept, plan, filing_store.materials(kept, plan))
    assert "supervision_comment" not in filing.missing(whole)
    for at in ("2024-01-20T00:00:00Z", "2024-01-21T00:00:00Z"):
        filing_store.remember_export(kept, {"campaign": "a-campaign", "unit": "990823-NYNC", "by": "a", "at": at})
    assert [one["at"] for one in filing_store.exports(kept, plan)] == ["2024-01-21T00:00:00Z", "2024-01-20T00:00:00Z"]
