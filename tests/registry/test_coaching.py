"""Coaching: who was there, what the unit says to it, and who has not been reached."""

import pytest

from services.registry import coaching, coaching_store, posts, posts_store, store
from services.spine.errors import Refusal

AT = "2024-01-02T08:00:00.000Z"
HAND = coaching.Hand("office", "主题教育办", "office", AT, "2024-01-02")
UNIT_HAND = HAND._replace(account="liaison", name="联络员", role="liaison")
CAMPAIGN = {"campaign_code": "a-campaign", "checklist": [{"code": "talks"}, {"code": "outlines"}]}
DRAFT = {"key": "t01", "kind": "training", "on": "2024-01-01", "title": "集中培训", "aspects": ["talks"]}
OFFICE = {"region": "990800", "group": None}


def meeting(unit, region="990823", group="G4"):
    posts = [{"post": "01", "role": "secretary"}, {"post": "02", "role": "member"}, {"post": "03", "role": "member"}]
    places = {
        "campaign": "a-campaign",
        "unit": unit,
        "unit_name": unit,
        "team": "党组",
        "region": region,
        "group": group,
    }
    return {"_id": f"a-campaign.{unit}", **places, "posts": posts}


ONE, TWO = meeting("990823-A"), meeting("990824-B", "990824", "G1")


def session(**changes):
    return coaching.begin(CAMPAIGN, {**DRAFT, **changes}, OFFICE, HAND)


def refused(code, act, *arguments):
    with pytest.raises(Refusal) as no:
        act(*arguments)
    assert no.value.code == code
    return [(one["pointer"], one["code"]) for one in no.value.errors]


def test_a_session_is_corrected_by_a_version_and_withdrawn_with_a_reason():
    first = session()
    draft = {**{key: DRAFT[key] for key in ("on", "title", "aspects")}, "place": "党校", "follows": 1, "reason": "漏填"}
    second = coaching.correct(CAMPAIGN, first, draft, HAND)
    assert [one["place"] for one in second["versions"]] == ["", "党校"] and second["place"] == "党校"
    assert coaching.correct(CAMPAIGN, second, draft, HAND) == second
    refused("coaching_changed", coaching.correct, CAMPAIGN, second, {**draft, "title": "另一主题"}, HAND)
    gone = coaching.withdraw(second, "重复登记", HAND)
    assert coaching.withdraw(gone, "又", HAND) == gone
    refused("coaching_withdrawn", coaching.check_open, gone, "2024-01-02")
    refused("day_in_future", coaching.check_open, session(on="2024-02-01"), "2024-01-02")
    refused("key_taken", coaching.check_same, first, {**DRAFT, "title": "另一主题"})
    wrong = {**DRAFT, "aspects": ["talks", "dance"]}
    assert refused("invalid", coaching.begin, CAMPAIGN, wrong, OFFICE, HAND) == [
        ("/aspects/1", "aspect_not_on_checklist")
    ]


def test_all_that_is_wrong_with_a_list_is_said_at_once_and_a_visit_is_to_one_unit():
    rows = [{"unit": "990823-A", "posts": ["01", "09"]}, {"unit": "990899-X", "posts": ["01"]}]
    known = {"990823-A": ONE, "990824-B": TWO}
    assert refused("attendance_faulty", coaching.check_rows, session(), rows, known) == [
        ("/rows/0/posts/1", "unknown_post"),
        ("/rows/1/unit", "unit_not_yours"),
    ]
    visit = session(kind="visit", unit="990823-A")
    assert refused("attendance_faulty", coaching.check_rows, visit, [{"unit": "990824-B", "posts": ["01"]}], known) == [
        ("/rows/0/unit", "visit_of_one_unit")
    ]
    assert coaching.chosen([ONE, TWO], "member") == {"990823-A": ["02", "03"], "990824-B": ["02", "03"]}


def test_what_was_entered_and_what_the_unit_says_are_kept_apart_with_their_history():
    row = coaching.attend(None, session(), ONE, ["01", "02"], HAND)
    assert (row["state"], row["count"]) == ("awaited", 2)
    assert coaching.attend(row, session(), ONE, ["02"], HAND) == row
    said = coaching.confirm(row, ONE, ["01", "liaison"], "副局长请假", UNIT_HAND)
    assert (said["state"], said["posts"], coaching.standing(said)) == ("differs", ["01", "02"], ["01"])
    assert coaching.confirm(said, ONE, ["liaison", "01"], "副局长请假", UNIT_HAND) == said
    mended = coaching.attend(coaching.remove(said, ["02"], "请假未到", HAND), session(), ONE, ["liaison"], HAND)
    assert (mended["state"], mended["count"]) == ("confirmed", 2)
    assert [entry["what"] for entry in mended["history"]] == ["added", "confirmed", "removed", "added"]
    refused("attendance_faulty", coaching.confirm, row, ONE, ["09"], "", UNIT_HAND)


def test_who_was_not_reached_is_counted_and_listed_alike():
    held, gone = session(), coaching.withdraw(session(key="t02", aspects=["outlines"]), "重复", HAND)
    rows = [coaching.attend(None, one, ONE, ["01", "02"], HAND) for one in (held, gone)]
    rows[0] = coaching.confirm(rows[0], ONE, ["01"], "", UNIT_HAND)
    known = coaching.reached([held, gone], rows, {})
    found = coaching.reach([ONE, TWO], known, ["talks", "outlines"], "talks", "member")
    for cell in found["rows"]:
        assert cell["unreached"] == len(coaching.unreached([ONE, TWO], known, cell["aspect"], cell["who"]))
    counted = {(cell["aspect"], cell["who"]): (cell["unreached"], cell["total"]) for cell in found["rows"]}
    assert counted["talks", "unit"] == (1, 2) and counted["outlines", "unit"] == (2, 2)
    assert counted["talks", "secretary"] == (1, 2) and counted["talks", "member"] == (4, 4)
    assert found["regions"] == [
        {"region": "990823", "total": 2, "unreached": 2},
        {"region": "990824", "total": 2, "unreached": 2},
    ]


def test_a_county_sees_its_own_attendance_and_whoever_was_elsewhere_does_not_find_the_session(db):
    store.prepare(db)
    db.meetings.insert_many([ONE, TWO])
    held = coaching_store.keep(db, "coaching_sessions", None, session(), AT)
    there = {one["unit"]: one for one in (ONE, TWO)}
    assert coaching_store.attend(db, held, there, {unit: ["01"] for unit in there}, HAND) == 2
    assert coaching_store.attend(db, held, there, {unit: ["01"] for unit in there}, HAND) == 0
    county, other = {"campaign": "a-campaign", "region": "990823"}, {"campaign": "a-campaign", "region": "990825"}
    (row,) = coaching_store.sessions(db, "a-campaign", county, {})["rows"]
    assert row["attendance"] == {"units": 1, "posts": 1, "awaited": 1, "confirmed": 0, "differs": 0}
    assert coaching_store.attendance(db, held["_id"], county, {})["total"] == 1
    assert coaching_store.sessions(db, "a-campaign", other, {})["total"] == 0
    refused("not_found", coaching_store.session, db, held["_id"], other)
    assert coaching_store.sessions(db, "a-campaign", county, {"state": "confirmed"})["total"] == 0
    assert coaching_store.reached(db, "a-campaign", county, {}, HAND.today) == {("990823-A", "01"): {"talks"}}


def test_whoever_comes_into_a_post_was_not_reached_by_what_the_former_one_heard(db):
    store.prepare(db)
    posts_store.prepare(db)
    db.meetings.insert_many([ONE, TWO])
    held = coaching_store.keep(db, "coaching_sessions", None, session(), AT)
    there = {one["unit"]: one for one in (ONE, TWO)}
    coaching_store.attend(db, held, there, {unit: ["01", "02", "liaison"] for unit in there}, HAND)

    def terms(post, on):
        former = {"post": post, "title": "书记", "role": "member", "from": "2022-03-01", "until": posts.before(on)}
        return [former, {**former, "from": on, "until": None}]

    def reached(today):
        found = coaching_store.reached(db, "a-campaign", {"campaign": "a-campaign"}, {}, today)
        return sorted(f"{unit[-1]}{post}" for unit, post in found)

    everybody = ["A01", "A02", "Aliaison", "B01", "B02", "Bliaison"]
    assert reached("2024-01-02") == everybody
    db.organisations.insert_one({"_id": ONE["unit"], "posts": [*terms("01", "2024-01-03"), *terms("02", DRAFT["on"])]})
    db.teams.insert_many([{"_id": one["unit"], "posts": terms("02", "2024-01-04")} for one in (ONE, TWO)])
    assert reached("2024-01-02") == everybody, "who comes later is not there yet"
    assert reached("2024-01-03") == [one for one in everybody if one != "A01"]
    assert reached("2024-01-04") == [one for one in everybody if one not in ("A01", "B02")]
