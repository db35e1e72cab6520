"""Lists of materials: page after page nothing is missed or doubled, and a page reads no more than it needs."""

import itertools
from typing import Any

import pymongo
import pytest

from services.intake import shelves_store, store
from tests.asked import Asked

CAMPAIGN, UNITS, POSTS = "a-2023", 120, 20
KINDS, STATES = ("speech_outline", "criticism_list"), ("passed", "returned")
ALL = {"campaign": CAMPAIGN}


def plan(n, **more):
    required = [{"kind": kind, "post": f"{post:02d}"} for kind in KINDS for post in range(POSTS)]
    places = {"unit": f"990823-B{n:03d}", "region": "990823", "group": f"G{n % 3}"}
    return {"campaign": CAMPAIGN, **places, "required": required, **more}


def row(owner, kind, post, **more):
    key = f"{owner['campaign']}.{owner['unit']}.{kind}.{post}"
    places = {part: owner[part] for part in ("campaign", "unit", "region", "group")}
    said = {"kind": kind, "post": post, "state": STATES[int(post) % 2], "secrecy": "internal"}
    return {"_id": key, **places, **said, **more}


@pytest.fixture(scope="module")
def asked():
    return Asked()


@pytest.fixture(scope="module")
def db(request, asked):
    """120 units with forty materials each; one is rare."""
    running = request.getfixturevalue("store")
    client = pymongo.MongoClient[Any](running.uri, event_listeners=[asked])
    kept = client["shelves"]
    store.prepare(kept)
    owners = [plan(n) for n in range(UNITS)]
    for owner in owners:
        store.remember_plan(kept, owner, 1)
    posts = [f"{post:02d}" for post in range(POSTS)]
    rows = [row(owner, kind, post) for owner in owners for kind, post in itertools.product(KINDS, posts)]
    rows[-1] |= {"state": "rewrite", "secrecy": "work_secret"}
    kept.materials.insert_many(rows)
    yield kept
    client.close()


def filters(asked):
    """What the store was asked of materials."""
    return [dict(one.said["filter"]) for one in asked.questions if one[:2] == ("find", "materials")]


def page(db, within=ALL, shown=lambda _: True, **query):
    return shelves_store.page(db, within, query, shown)


def walked(db, within=ALL, **query):
    found, after = list[str](), dict[str, str]()
    while True:
        one = page(db, within, **query, **after)
        found += [row["_id"] for row in one["rows"]]
        if one["next"] is None:
            return found
        after = {"after": one["next"]}


def expected(db, wanted):
    order = [("unit", 1), ("kind", -1), ("post", 1)]
    return [row["_id"] for row in db.materials.find({**ALL, **wanted}).sort(order)]


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"unit": "990823-B007"},
        {"group": "G1"},
        {"region": "990823"},
        {"kind": "criticism_list"},
        {"state": "returned", "kind": "criticism_list", "group": "G2"},
        {"state": "rewrite"},
        {"state": "unsigned"},
    ],
    ids=str,
)
def test_page_after_page_shows_each_once_and_in_order(db, query):
    assert walked(db, size="70", **query) == expected(db, query)


def test_a_page_reads_of_the_store_only_what_a_few_units_hold(db, asked):
    """The embedded store reads all that matches: so what is asked names its units, and an index has the rest."""
    deep = f"{CAMPAIGN}.990823-B060.speech_outline.00"
    for query in ({}, {"after": deep}, {"group": "G1"}, {"kind": KINDS[0]}, {"state": "passed", "after": deep}):
        asked.questions.clear()
        assert len(page(db, **query)["rows"]) == 50
        found = filters(asked)
        assert sum(db.materials.count_documents(one) for one in found) <= 300
        for one in found:
            plan = db.command("explain", {"find": "materials", "filter": one})["queryPlanner"]["winningPlan"]
            assert "IXSCAN" in str(plan)
            assert "unit" in str(plan)


def test_what_is_rare_is_found_in_a_few_questions(db, asked):
    asked.questions.clear()
    assert page(db, state="rewrite")["total"] == 1
    assert len(filters(asked)) <= 8


def test_the_total_is_told_when_one_page_holds_all(db):
    assert page(db, unit="990823-B007")["total"] == 40
    assert page(db)["total"] is None
    assert page(db, unit="990823-B007", size="40") | {"rows": 0} == {"total": 40, "size": 40, "next": None, "rows": 0}


def test_only_what_lies_in_the_scope_is_listed(db):
    """A post's own and the open ones of its unit; the county's office no work secrets; a group what counts."""
    unit = "990823-B119"
    own = {"campaign": CAMPAIGN, "unit": unit, "$or": [{"post": "03"}, {"post": "04", "state": "nothing"}]}
    assert {row["post"] for row in page(db, own)["rows"]} == {"03"}
    several = {"$or": [own, {"campaign": CAMPAIGN, "unit": "990823-B001"}, {"campaign": "b-2023", "group": "G1"}]}
    assert len(walked(db, several)) == 42
    assert walked(db, {**ALL, "secrecy": {"$in": [None, "internal"]}}, state="rewrite") == []
    assert page(db, shown=lambda _: False)["total"] == 0
    assert page(db, {"campaign": "b-2023"})["rows"] == []


def test_a_unit_stands_on_its_shelf_with_its_plan_and_those_planned_before_do_too(db):
    """A new group moves it; a deployment that had no shelves gets them at its start."""
    before = list(db.shelves.find())
    db.shelves.drop()
    db.done_once.drop()
    shelves_store.prepare(db)
    assert list(db.shelves.find()) == before
    store.remember_plan(db, plan(5, group="G9"), 2)
    assert len(walked(db, group="G9")) == 40
    store.remember_plan(db, plan(5), 3)
    assert list(db.shelves.find()) == before
