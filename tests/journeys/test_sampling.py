"""A sample read again, over the doors: the office draws, another group reads blind, the author notices nothing."""

from types import SimpleNamespace

import pytest

from tests.stack import CAMPAIGN, Refused, document, grant

UNIT, OTHER = "990823-NYNC", "990881-LY"
OUTLINE = f"{CAMPAIGN}.{UNIT}.speech_outline.02"
PASSED = {code: {"passed": True} for code in ("problems", "examples", "persuasion", "causes", "measures")}
SENT_BACK = {**PASSED, "measures": {"passed": False, "reason": "没有写完成日期", "would_pass": "写明日期"}}
HERE = {"campaign": CAMPAIGN}


@pytest.fixture(scope="module")
def people(opened):
    second = grant("supervisor", "group", "G7")
    former = {**grant("liaison", "unit", UNIT), "until": "2020-01-01"}
    return SimpleNamespace(
        liaison=opened.person("liaison", grant("liaison", "unit", UNIT)),
        secretary=opened.person("secretary", grant("secretary", "unit", UNIT)),
        first=opened.person("first", grant("supervisor", "group", "G4")),
        second=opened.person("second", second),
        third=opened.person("third", second),
        moved=opened.person("first", second),
        former=opened.person("former", second, former),
        office=opened.person("office", grant("office", "campaign", CAMPAIGN)),
        elsewhere=opened.person("elsewhere", grant("office", "campaign", "another-2023", "another-2023")),
        county=opened.person("county", grant("county_office", "region", "990823")),
    )


@pytest.fixture(scope="module")
def drawn(opened, people):
    """One outline was sent back by its group, and drawn."""
    for unit, group in ((UNIT, "first"), (OTHER, "second")):
        liaison, outline = opened.person("l", grant("liaison", "unit", unit)), f"{CAMPAIGN}.{unit}.speech_outline.02"
        liaison.hand_in(outline, "提纲.txt", document("so-02.md" if unit == UNIT else "so-04.txt"))
        opened.settled()
        reader = getattr(people, group)
        reader.post("review", f"/reviews/{outline}.v1/verdict", {"standards": SENT_BACK if unit == UNIT else PASSED})
    opened.settled()
    assert people.office.post("review", "/samples", {**HERE, "seed": "s"}) == {"drawn": 2, "seed": "s", "percent": 10}
    (row,) = people.second.get("review", "/rereadings", **HERE)["rows"]
    return f"/rereadings/{row['rereading_id']}"


def refused(code, status, ask, *arguments, **query):
    with pytest.raises(Refused) as no:
        ask(*arguments, **query)
    assert (no.value.code, no.value.status) == (code, status), no.value.problem


def test_pressing_again_draws_nothing_twice(people, drawn):
    for again in ({"seed": "s", "percent": 100}, {"percent": 100}):
        assert people.office.post("review", "/samples", {**HERE, **again})["drawn"] == 0


def test_only_the_office_of_the_campaign_draws_and_sees_the_calibration(people, drawn):
    for who in (people.second, people.county, people.secretary):
        refused("not_permitted", 403, who.post, "review", "/samples", HERE)
        refused("not_permitted", 403, who.get, "review", "/calibration", **HERE)
    refused("not_found", 404, people.elsewhere.post, "review", "/samples", HERE)
    refused("not_found", 404, people.elsewhere.get, "review", "/calibration", **HERE)
    assert people.elsewhere.get("review", "/rereadings", **HERE)["total"] == 0


def test_another_group_reads_it_and_nobody_whom_it_concerns(people, drawn):
    refused("not_found", 404, people.first.get, "review", drawn)
    refused("judged_first", 403, people.moved.get, "review", drawn)
    refused("own_former_unit", 403, people.former.get, "review", drawn)
    refused("own_former_unit", 403, people.former.post, "review", f"{drawn}/verdict", {"standards": PASSED})
    refused("not_permitted", 403, people.liaison.get, "review", drawn)
    refused("not_found", 404, people.elsewhere.get, "review", drawn)
    for who in (people.moved, people.former):
        assert people.office.get("review", "/rereadings", **HERE)["total"] == 2
        assert who.get("review", "/rereadings", **HERE)["total"] == 0
    rows = people.office.get("review", "/rereadings", **HERE, state="open")["rows"]
    assert {row["group"] for row in rows} == {"G4", "G7"}
    assert not any({"review_id", "first_group", "agreed"} & set(row) for row in rows)


def test_it_is_read_blind(people, drawn):
    shown = people.second.get("review", drawn)
    assert shown["paragraphs"] and shown["structure"] and shown["findings"] and len(shown["form"]["standards"]) == 5
    assert set(shown) == {
        "rereading_id", "campaign", "kind", "state", "paragraphs", "structure", "findings", "form", "flags",
    }  # fmt: skip
    assert "没有写完成日期" not in str(shown) and UNIT not in str(shown)


def test_the_second_verdict_counts_once_and_changes_nothing_for_the_author(opened, people, drawn):
    before = (
        people.liaison.get("review", f"/reviews/{OUTLINE}.v1"),
        people.liaison.get("intake", f"/materials/{OUTLINE}"),
    )
    events = opened.database("feed").events.count_documents({})
    silent = {**PASSED, "causes": {"passed": False}}
    refused("verdict_without_reason", 422, people.second.post, "review", f"{drawn}/verdict", {"standards": silent})
    for _ in range(2):
        given = people.second.post("review", f"{drawn}/verdict", {"standards": PASSED})
        assert given["outcome"] == "passed"
    refused("already_reread", 409, people.third.post, "review", f"{drawn}/verdict", {"standards": PASSED})
    opened.settled()

    assert people.second.get("review", drawn)["state"] == "judged"
    assert before == (
        people.liaison.get("review", f"/reviews/{OUTLINE}.v1"),
        people.liaison.get("intake", f"/materials/{OUTLINE}"),
    )
    assert opened.database("feed").events.count_documents({}) == events


def test_the_office_sees_how_far_they_agree(people, drawn):
    found = people.office.get("review", "/calibration", **HERE)
    group = next(row for row in found["groups"] if row["group"] == "G4")
    assert (group["judged"], group["passed_share"], group["reread"], group["agreed_share"]) == (1, 0.0, 1, 0.0)
    assert (group["kappa"], group["by_standard"]["measures"], group["by_standard"]["causes"]) == (None, 0.0, 1.0)
    assert found["overall"]["judged"] == 2 and found["sample_percent"] == 10
    (row,) = people.office.get("review", "/rereadings", **HERE, state="judged")["rows"]
    assert (row["first_group"], row["agreed"], row["review_id"]) == ("G4", False, f"{OUTLINE}.v1")
    (mine,) = people.second.get("review", "/rereadings", **HERE)["rows"]
    assert "agreed" not in mine
