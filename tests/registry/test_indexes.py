"""What is asked of organisations, imports, previews, coaching, questions and days is found by an index, by whomever."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from pymongo.collection import Collection

from services.registry import coaching_store, day_store, organisation_store, posts_store, preview_store, replanning
from services.registry import store as registry
from services.registry.preview_store import ALL

CODE, CITY, COUNTY, UNIT, ON = "a-campaign", ["9908"], ["990823"], "990823-U1", "2024-01-09"
GROUP_PART, COUNTY_PART = {"campaign": CODE, "group": "G4"}, {"campaign": CODE, "region": "990823"}
SCOPES: dict[str, dict[str, Any]] = {
    "office": {"campaign": CODE},
    "county": COUNTY_PART,
    "group": GROUP_PART,
    "unit": {"campaign": CODE, "unit": UNIT},
    "county and group": {"$or": [GROUP_PART, COUNTY_PART]},
}
PREVIEW = {"_id": CODE, "draft_revision": 1, "worked": 3, "counts": {**replanning.NOTHING, "same": 0}}
IMPORT = {"_id": "i1", "by": "办", "file_name": "a.csv", "counts": {"new": 1}}
Ask = Callable[[Any], Any]


def listed(stems: list[str], **query: str) -> Ask:
    return lambda db: organisation_store.listed(db, stems, query)


QUESTIONS: dict[str, Ask] = {
    "topmost": listed(CITY),
    "below": listed(CITY, parent="990823"),
    "a level": listed(COUNTY, level="county"),
    "searched": listed(COUNTY, q="局"),
    "closed": listed(COUNTY, state="closed"),
    "counted": lambda db: organisation_store.counts(db, COUNTY),
    "children": lambda db: organisation_store.children(db, "990823"),
    "written out": lambda db: list(organisation_store.everything(db, COUNTY)),
    "chosen": lambda db: organisation_store.chosen(db, CITY, ["county"], ["990823"]),
    "to take another in": lambda db: organisation_store.taker(db, UNIT, CITY),
    "open meetings": lambda db: organisation_store.open_meetings(db, UNIT),
    "ended": lambda db: organisation_store.ended(db, UNIT),
    "team": lambda db: posts_store.team(db, UNIT),
    "imports": lambda db: organisation_store.imports(db, "office", {}),
    "waiting imports": lambda db: organisation_store.claim(db, 0.0),
    "next piece": lambda db: organisation_store.apply(db, IMPORT, ON, f"{ON}T08:00:00.000Z"),
    "overtaken": lambda db: organisation_store.overtaken(db, "i1"),
    "lines": lambda db: organisation_store.lines(db, IMPORT, "new", {}),
    "previews": lambda db: [preview_store.effects(db, PREVIEW, {"what": one}) for one in (ALL, *replanning.COUNTED)],
    "places of coaching": lambda db: coaching_store.follow(db, CODE, [UNIT]),
    "day": lambda db: day_store.of(db, {"_id": f"{CODE}.{UNIT}"}),
}
IN_SCOPE: dict[str, Callable[[Any, dict[str, Any]], Any]] = {
    "sessions": lambda db, within: coaching_store.sessions(db, CODE, within, {}),
    "sessions of a unit": lambda db, within: coaching_store.sessions(db, CODE, within, {"unit": UNIT}),
    "session": lambda db, within: coaching_store.session(db, f"{CODE}.s1", within),
    "attendance": lambda db, within: coaching_store.attendance(db, f"{CODE}.s1", within, {"state": "awaited"}),
    "reached": lambda db, within: coaching_store.reached(db, CODE, within, {}, ON),
    "questions": lambda db, within: list(coaching_store.found(db, coaching_store.visible(CODE, within), {})),
    "questions by words": lambda db, within: list(
        coaching_store.found(db, coaching_store.visible(CODE, within), {"q": "缺席怎么办", "aspect": "talks"})
    ),
    "questions counted": lambda db, within: coaching_store.counted(db, coaching_store.visible(CODE, within)),
}


@pytest.fixture(scope="module")
def kept(store):
    """Some of everything, and as much elsewhere."""
    db = store.client["indexes"]
    for rooms in (registry, organisation_store, preview_store, posts_store):
        rooms.prepare(db)
    tree = {"name": "局", "level": "county", "state": "active", "team": "党组", "posts": [], "history": []}
    for region in ("990823", "990824", "990723"):
        codes = [region, *(f"{region}-U{number}" for number in range(3))]
        db.organisations.insert_many(
            [{"_id": code, "code": code, "region": region, "parent": region, **tree} for code in codes]
        )
    for one in ("i1", "i2"):
        piece: dict[str, Any] = {"import": one, "done": True, "outcome": "new", "overtaken": [], "lines": []}
        db.organisation_lines.insert_one({"_id": f"{one}.new.0000", **piece})
        db.organisation_imports.insert_one({"_id": one, "state": "done", "until": 0, "by_account": one})
    for code in (CODE, "b-campaign"):
        place = {"campaign": code, "unit": UNIT, "region": "990823", "group": "G4", "aspects": ["talks"]}
        first = dict.fromkeys((ALL, *replanning.COUNTED), 1)
        db.effects.insert_one({"campaign": code, "draft_revision": 1, "first": first, "rows": "[]"})
        db.coaching_sessions.insert_one({"_id": f"{code}.s1", **place, "on": ON, "withdrawn": None})
        there = {"session_id": f"{code}.s1", "state": "awaited", "count": 1, "posts": [], "own": None}
        db.coaching_attendance.insert_one({"_id": f"{code}.s1.{UNIT}", **place, **there})
        db.questions.insert_one({**place, "state": "answered", "public": True, "terms": [], "asked": {"at": ON}})
        db.days.insert_one({"_id": f"{code}.{UNIT}"})
    return db


def asked(monkeypatch, ask: Callable[[], Any]) -> list[tuple[Any, dict[str, Any]]]:
    """What was asked of the store meanwhile: the collections, and by what."""
    made: list[tuple[Any, dict[str, Any]]] = []
    for name in ("find", "count_documents", "aggregate", "distinct", "find_one_and_update"):
        monkeypatch.setattr(Collection, name, _noted(getattr(Collection, name), name, made))
    ask()
    monkeypatch.undo()
    return made


def _noted(real, name, made):
    def act(collection, *said, **how):
        wanted = said[1] if name == "distinct" else said[0]
        made.append((collection, wanted[0]["$match"] if name == "aggregate" else wanted))
        return real(collection, *said, **how)

    return act


def by_index(collection, wanted: dict[str, Any]) -> bool:
    """Whether an index begins with something that is asked for: the embedded store explains no question that asks for
    more than its index knows, though it answers it by the index, unless there is an $or or a pattern in it. Of several
    ways each has to be one."""
    ways = [part for key, part in wanted.items() if key == "$or"]
    found = [collection.find({key: part}).explain() for key, part in wanted.items() if key[0] != "$"]
    return any("COLLSCAN" not in str(plan["queryPlanner"]["winningPlan"]) for plan in found) or any(
        all(by_index(collection, one) for one in way) for way in ways
    )


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_question_looks_through_a_whole_collection(kept, question, monkeypatch):
    made = asked(monkeypatch, partial(QUESTIONS[question], kept))
    assert made and [(one.name, wanted) for one, wanted in made if not by_index(one, wanted)] == []


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("question", IN_SCOPE)
def test_no_question_of_a_scope_looks_through_a_whole_collection(kept, question, scope, monkeypatch):
    made = asked(monkeypatch, partial(IN_SCOPE[question], kept, SCOPES[scope]))
    assert made and [(one.name, wanted) for one, wanted in made if not by_index(one, wanted)] == []


def test_a_jurisdiction_reads_its_own_organisations_alone(kept):
    plan = kept.organisations.find(organisation_store.inside(COUNTY)).explain()
    assert plan["executionStats"]["totalDocsExamined"] == plan["executionStats"]["nReturned"] == 4
    both = organisation_store.inside(["9907", "990824"])
    assert {row["region"] for row in kept.organisations.find(both)} == {"990723", "990824"}
