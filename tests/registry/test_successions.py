"""Who comes and goes by a table or on a day it named: said once, accounts and meetings not held follow."""

import pytest

from services.registry import (
    definition,
    domain,
    organisation_store,
    organisations,
    planning,
    posts,
    posts_store,
    service,
    store,
    successions,
    successions_store,
)
from services.spine import clock, contracts
from services.spine.actor import Actor
from services.spine.errors import Refusal
from tests.registry.test_domain import LOADED, UNIT
from tests.registry.test_organisations import HEAD, NOW, POSTS, ROWS, TODAY, as_csv, brought_in

CODE = str(UNIT["unit_code"])
CAMPAIGN = {**definition.define(LOADED, [UNIT]), "state": "open"}


def term(post: str, since: str | None = None, until: str | None = None, role: str = "member") -> posts.Term:
    return {"post": post, "title": f"职务{post}", "role": role, "from": since, "until": until}


SECOND = term("02", "2022-03-01")


@pytest.mark.parametrize(
    "after, told",
    [
        ([term("02", "2022-03-01", "2023-12-17"), term("02", "2023-12-18")], [("succeeded", "2023-12-18")]),
        ([term("02", "2023-12-18")], [("succeeded", "2023-12-18")]),
        ([term("02", "2022-03-01", "2023-12-17")], [("ended", "2023-12-18")]),
        ([], [("ended", TODAY)]),
        ([term("02", "2022-03-01", TODAY)], []),
        ([SECOND, term("02", "2024-01-01")], []),
        ([term("02", "2021-03-01")], []),
        ([{**SECOND, "title": "党组成员、副局长"}], []),
        ([term("02", "2022-03-01", role="secretary")], [("succeeded", TODAY)]),
    ],
)
def test_a_table_tells_who_came_and_went_up_to_today(after, told):
    found = successions.brought([SECOND], after, TODAY)
    assert [(one["what"], one["on"]) for one in found] == told
    assert all((one["post"], one["role"]) == ("02", "member") for one in found)


def test_since_when_a_post_is_held_may_be_filled_in_and_a_new_post_is_told():
    assert successions.brought([term("02")], [term("02", "2022-03-01"), term("03", "2023-12-18")], TODAY) == [
        {"what": "added", "post": "03", "role": "member", "on": "2023-12-18"}
    ]
    left = [term("02", "2021-01-01", "2023-12-17"), term("02", "2023-12-18")]
    assert successions.brought([term("02")], left, TODAY)[0]["what"] == "succeeded"


def test_a_term_that_begins_or_ends_later_is_told_on_its_day():
    terms = [term("01", role="secretary"), term("02", "2022-03-01", "2023-12-31"), term("03", "2024-01-02")]
    terms += [term("01", "2024-01-02", role="secretary")]
    terms[0]["until"] = "2024-01-01"
    assert successions.next_turn(terms, TODAY) == "2024-01-01"
    assert successions.turned(terms, "2023-12-20", "2023-12-31") == []
    found = successions.turned(terms, "2023-12-20", "2024-01-02")
    assert [(one["what"], one["post"], one["role"], one["on"]) for one in found] == [
        ("ended", "02", "member", "2024-01-01"),
        ("succeeded", "01", "secretary", "2024-01-02"),
        ("added", "03", "member", "2024-01-02"),
    ]
    assert successions.next_turn(terms, "2024-01-02") is None


@pytest.fixture
def taking_part(db):
    """A unit of six posts in an open campaign, not in the tree yet."""
    service.prepare(db)
    db.campaigns.insert_one({**CAMPAIGN, "revision": 1, "outbox": []})
    store.load_meetings(db, CAMPAIGN, [domain.announce(planning.plan(CAMPAIGN, UNIT, "G4"))[0]], NOW)
    return db


def bring(db, *rows: tuple[str, str, str], end_unnamed: bool = False) -> None:
    """The posts of the unit by a table: number, from, until."""
    named = [[CODE, post, f"职务{post}", "第一责任人" if post == "01" else "班子成员", *days] for post, *days in rows]
    brought_in(db, as_csv(POSTS, *named), end_unnamed=end_unnamed)


def said(db) -> list[tuple[str, str, str]]:
    told = [event for event in db.organisations.find_one({"_id": CODE})["outbox"] if event["data"]["what"]]
    for event in told:
        contracts.check("events/post_changed", event["data"])
    assert len({event["id"] for event in told}) == len(told)
    return [(event["data"]["what"], event["data"]["post"], event["data"]["on"]) for event in told]


def asked(db) -> list[str]:
    return [post["post"] for post in db.meetings.find_one({"unit": CODE})["posts"]]


def test_posts_that_a_table_changes_are_said_with_it_and_meetings_not_held_follow(taking_part):
    db = taking_part
    brought_in(db, as_csv(HEAD, *ROWS))
    rows = [("01", "", ""), ("02", "2022-03-01", "2023-12-17"), ("02", "2023-12-18", ""), ("08", "2023-12-19", "")]
    bring(db, *rows, end_unnamed=True)
    assert said(db) == [("succeeded", "02", "2023-12-18")] + [
        ("ended", f"0{number}", TODAY) for number in range(3, 7)
    ] + [("added", "08", "2023-12-19")]
    assert asked(db) == ["01", "02", "08"]
    meeting = db.meetings.find_one({})
    assert meeting["outbox"][-1]["data"]["because"] == "posts_changed"
    assert (meeting["history"][-1]["by"], meeting["history"][-1]["reason"]) == ("市办", "组织.csv")
    shown = [entry["what"] for entry in db.organisations.find_one({"_id": CODE})["history"]]
    assert shown == ["imported", "imported", "post_succeeded", *["post_ended"] * 4, "post_added"]
    db.organisation_lines.update_many({}, {"$set": {"done": False}})  # as if killed before it was noted
    last = db.organisation_imports.find_one({}, sort=[("_id", -1)])
    kept = db.organisations.find_one({"_id": CODE}), db.meetings.find_one({})
    for found in db.organisation_imports.find({}):
        while organisation_store.apply(db, found, TODAY, NOW):
            pass
    assert last and (db.organisations.find_one({"_id": CODE}), db.meetings.find_one({})) == kept


def test_posts_that_a_table_does_not_name_stay_and_nobody_is_told_of_them(taking_part):
    """Whether the tree knows the team's posts already or only its meeting does."""
    db = taking_part
    brought_in(db, as_csv(HEAD, *ROWS))
    every = [f"0{number}" for number in range(1, 7)]
    for rows, came in (([("03", "", "")], []), ([("08", "2023-12-19", "")], ["08"])):
        bring(db, *rows)
        assert [term["post"] for term in db.organisations.find_one({"_id": CODE})["posts"]] == [*every, *came]
        assert asked(db) == [*every, *came]
    assert said(db) == [("added", "08", "2023-12-19")]


def test_posts_left_out_end_where_that_is_confirmed_but_never_the_first_responsible_persons(taking_part):
    db = taking_part
    brought_in(db, as_csv(HEAD, *ROWS))
    bring(db, *((f"0{number}", "2022-01-01", "") for number in range(1, 7)))
    bring(db, ("03", "2022-01-01", ""), end_unnamed=True)
    assert said(db) == [("ended", post, TODAY) for post in ("02", "04", "05", "06")]
    assert asked(db) == ["01", "03"]
    kept = {term["post"]: term["until"] for term in db.organisations.find_one({"_id": CODE})["posts"]}
    assert kept == {"01": None, "03": None, **dict.fromkeys(("02", "04", "05", "06"), "2023-12-19")}, "no term is lost"


def test_a_unit_that_takes_part_and_comes_into_the_tree_with_its_posts_hands_over_too(taking_part):
    db = taking_part
    brought_in(db, as_csv(HEAD, *ROWS[:2]))
    told = {
        "name": UNIT["name"],
        "level": "county",
        "parent": "990823",
        "region": "990823",
        "team": "党组",
        "members": 6,
    }
    told["posts"] = [term("01", role="secretary"), term("02")]
    lines = [{"code": CODE, "outcome": "new", "changes": [], "name": UNIT["name"], "revision": 0, "after": told}]
    db.organisation_lines.insert_one(
        {"_id": "i7.new.0000", "import": "i7", "outcome": "new", "number": 0, "done": False, "lines": lines}
    )
    assert organisation_store.apply(db, {"_id": "i7", "by": "市办", "file_name": "组织.xlsx"}, TODAY, NOW) == 1
    assert said(db) == [("ended", f"0{number}", TODAY) for number in range(3, 7)]
    assert asked(db) == ["01", "02"]


def test_on_the_day_a_term_begins_or_ends_it_is_said_once_and_meetings_follow(taking_part):
    db = taking_part
    brought_in(db, as_csv(HEAD, *ROWS))
    rows = [(f"0{number}", "", "2023-12-31" if number == 2 else "") for number in range(1, 7)]
    bring(db, *rows, ("08", "2024-01-02", ""))
    assert said(db) == [] and asked(db) == [f"0{number}" for number in range(1, 7)]
    for day, told in (("2023-12-31", 0), ("2024-01-01", 1), ("2024-01-02", 2), ("2024-01-02", 2)):
        successions_store.turn(db, day, NOW)
        assert len(said(db)) == told
    assert said(db) == [("ended", "02", "2024-01-01"), ("added", "08", "2024-01-02")]
    assert asked(db) == ["01", "03", "04", "05", "06", "08"]
    entry = db.meetings.find_one({})["history"][-1]
    assert (entry["what"], entry["by"], entry["reason"]) == ("posts_changed", "市办", "组织.csv")


def test_what_a_page_changed_on_that_day_is_not_said_again(taking_part):
    db = taking_part
    brought_in(db, as_csv(HEAD, *ROWS))
    bring(db, *[(f"0{number}", "", "2023-12-31" if number == 2 else "") for number in range(1, 7)])
    team, draft = posts_store.team(db, CODE), {"what": "ended", "post": "03", "on": "2024-01-01", "reason": "调动"}
    terms, entry = posts.change(team["posts"], draft), posts.entry(draft, "县办", NOW, "2024-01-01")
    posts_store.save(db, team, terms, entry, posts.told(CODE, "990823", draft, "member"), "2024-01-01", NOW)
    successions_store.turn(db, "2024-01-01", NOW)
    assert said(db) == [("ended", "03", "2024-01-01"), ("ended", "02", "2024-01-01")]


@pytest.mark.parametrize("in_tree", [True, False])
def test_a_change_that_a_page_tells_ahead_is_said_once_on_its_day_with_the_account(taking_part, in_tree):
    db, on = taking_part, "2024-01-02"
    if in_tree:
        brought_in(db, as_csv(HEAD, *ROWS))
    draft = {"what": "succeeded", "post": "02", "title": "党组成员", "on": on, "reason": "调动", "account": "member-02"}
    team, before = posts_store.team(db, CODE), db.meetings.find_one({})["posts"]
    terms, entry = posts.change(team["posts"], draft), posts.entry(draft, "县办", NOW, TODAY)
    posts_store.save(db, team, terms, entry, posts.told(CODE, "990823", draft, "member"), TODAY, NOW)
    kept = db.organisations if in_tree else db.teams
    assert posts_store.team(db, CODE)["history"][-1]["ahead"] and kept.find_one({"_id": CODE})["outbox"] == []
    successions_store.turn(db, "2024-01-01", NOW)
    assert db.meetings.find_one({})["posts"] == before
    for _ in range(2):
        successions_store.turn(db, on, NOW)
    (event,) = kept.find_one({"_id": CODE})["outbox"]
    contracts.check("events/post_changed", event["data"])
    said_of = {key: draft[key] for key in ("what", "post", "on", "account")}
    assert event["data"] == {"unit": CODE, "role": "member", **said_of}
    meeting = db.meetings.find_one({})
    assert meeting["posts"][1]["title"] == "党组成员"
    assert (meeting["history"][-1]["by"], meeting["history"][-1]["reason"]) == ("县办", "调动")
    assert [entry["what"] for entry in kept.find_one({"_id": CODE})["history"]][-1:] == ["post_succeeded"]


@pytest.mark.parametrize("in_tree", [True, False])
def test_an_office_takes_back_what_it_told_ahead_and_on_its_day_nothing_turns(taking_part, monkeypatch, in_tree):
    db, on = taking_part, "2024-01-02"
    monkeypatch.setattr(clock, "today", lambda: TODAY)
    if in_tree:
        brought_in(db, as_csv(HEAD, *ROWS))
    doors, place = service.RegistryService(), {"kind": "campaign", "of": CAMPAIGN["campaign_code"]}
    doors.db, office = db, {"role": "office", "campaign": place["of"], "scope": place, "until": None}
    unit = {"role": "secretary", "campaign": place["of"], "scope": {"kind": "unit", "of": CODE}, "until": None}

    def person(may: str, grant: dict = office) -> Actor:
        return Actor({"sub": grant["role"], "name": grant["role"], "grants": [grant]}, may, TODAY)

    before = posts_store.team(db, CODE)["posts"]
    draft = {"what": "succeeded", "post": "02", "on": on, "reason": "调动", "account": "member-02"}
    (told,) = doors.change_post(person("change_post", unit), CODE, draft)["history"]
    assert told["open"]
    with pytest.raises(Refusal, match="not_permitted"):
        person("take_back_post", unit)
    with pytest.raises(Refusal, match="not_found"):
        doors.take_back_post(person("take_back_post"), CODE, "03", {"told_at": told["at"], "reason": "暂缓"})
    back = {"told_at": told["at"], "reason": "调动暂缓"}
    shown = doors.take_back_post(person("take_back_post"), CODE, "02", back)
    contracts.check("documents/team_posts", shown)
    (entry,) = shown["history"]
    assert shown["posts"] == before and "open" not in entry
    assert (entry["reason"], entry["taken_back"]["reason"], entry["taken_back"]["by"]) == ("调动", "调动暂缓", "office")
    assert doors.take_back_post(person("take_back_post"), CODE, "02", {**back, "reason": "再点"}) == shown
    kept = db.organisations if in_tree else db.teams
    assert kept.find_one({"_id": CODE})["turns_on"] is None
    monkeypatch.setattr(clock, "now", lambda: "2023-12-20T09:00:00.000Z")
    again = doors.change_post(person("change_post"), CODE, {**draft, "account": "member-2"})["history"][-1]
    for _ in range(2):
        successions_store.turn(db, on, NOW)
    (event,) = kept.find_one({"_id": CODE})["outbox"]
    assert event["data"]["account"] == "member-2", "what was taken back names nobody any more"
    monkeypatch.setattr(clock, "today", lambda: on)
    with pytest.raises(Refusal, match="post_change_came"):
        doors.take_back_post(person("take_back_post"), CODE, "02", {**back, "told_at": again["at"]})


def test_terms_an_earlier_version_brought_in_turn_on_their_day(db):
    posted = organisations.added(
        CODE, {"name": "局", "region": "990823", "posts": [term("02", None, "2099-12-31")]}, {}
    )
    db.organisations.insert_one({**posted, "revision": 1, "outbox": []})
    service.prepare(db)
    assert db.organisations.find_one({})["turns_on"] == "2100-01-01"
