"""Units in lines: a list or count is the one that all meetings would give, and reads no meeting it does not show."""

import itertools
import random
from functools import partial

import orjson
import pytest
from pymongo.collection import Collection

from services.registry import (
    aspects,
    clashes,
    coaching_store,
    definition_store,
    domain,
    gates,
    meeting_lines,
    organisation_store,
    planning,
    postponing,
    preview_store,
    rosters,
    schedule_store,
    telling,
    tightening,
)
from services.registry import store as registry
from services.spine import actor, mongo, portions
from services.spine.errors import Stale
from tests.registry.test_domain import CAMPAIGN, TODAY, UNIT, meeting

CODE = CAMPAIGN["campaign_code"]
DAY, NOON = "2024-01-08", "2024-01-05T04:00:00.000Z"
SCOPES = {
    "office": {"campaign": CODE},
    "county": {"campaign": CODE, "region": "990801"},
    "group": {"campaign": CODE, "group": "G2"},
    "unit": {"campaign": CODE, "unit": "990801-U1"},
    "two": {"$or": [{"campaign": CODE, "group": "G1"}, {"campaign": CODE, "region": "990800"}]},
    "another campaign's": {"campaign": "another"},
}
QUERIES = [
    {}, {"region": "990801"}, {"group": "G1"}, {"stage": "writing"}, {"overdue": "1"}, {"q": "u1"}, {"on": DAY},
    {"group": "G2", "unheld": "1"}, {"relays": "1"}, {"relays": "1", "group": "G2"},
    {"region": "990802", "stage": "ready", "page": "2", "size": "2"},
]  # fmt: skip


def made(number: int, chance: random.Random) -> telling.Meeting:
    """A unit some way on."""
    region = f"99080{number % 3}"
    unit = {**UNIT, "unit_code": f"{region}-U{number}", "region_code": region, "name": f"单位U{number}"}
    unit["superior"] = f"990800-U{number % 2 * 3}" if number > 3 else None
    one = domain.announce(planning.plan(CAMPAIGN, unit, f"G{chance.randrange(3)}"))[0]
    for row in one["required"]:
        if chance.random() < 0.7:
            one = domain.material_moved(
                one, row["kind"], row["post"], 1, chance.choice(["submitted", "passed", "returned"]), DAY
            )[0]
    on, away = chance.choice([DAY, "2024-01-09", "2024-01-10"]), [{"post": "05", "reason": "病假"}]
    held = {"held_on": DAY, "absences": away} if chance.random() < 0.3 else None
    one = {**one, "meeting_on": on, "held": held, "stage": chance.choice(aspects.STAGES)}
    if one["stage"] == aspects.CANCELLED:
        one |= {"held": None, "cancelled": {"on": DAY}}
    elif held:
        state = ("awaited", "told", "confirmed")[number % 3]
        one["relays"] = [{"post": "05", "state": state}, {"post": "06", "state": "told"}]
    if chance.random() < 0.4:
        asked = {"number": 1, "state": "asked"}
        one |= {
            "postponements": [asked],
            "asking_since": chance.choice([None, f"2024-01-0{number % 5 + 1}T01:00:00.000Z"]),
        }
    return one


def prepare(db):
    registry.prepare(db)
    organisation_store.prepare(db)


@pytest.fixture(scope="module")
def loaded(store):
    """Forty units in three regions and three groups."""
    db = store.client["rosters"]
    prepare(db)
    chance = random.Random(3)
    registry.load_meetings(db, CAMPAIGN, [made(number, chance) for number in range(40)], NOON)
    return db


def everybody(db, within, query):
    """The same by looking at every meeting."""
    found = []
    for one in db.meetings.find():
        late = not one["cancelled"] and any(row["state"] == "open" and row["due_on"] < TODAY for row in one["aspects"])
        fits = (
            actor.lies_within(one, within)
            and all(one[key] == query[key] for key in ("region", "group", "stage") if key in query)
            and query.get("q", "").upper() in one["unit_name"] + one["unit"]
            and query.get("on", one["meeting_on"]) == one["meeting_on"]
            and (gates.to_be_held(one) or "unheld" not in query)
            and (late or "overdue" not in query)
            and (
                "relays" not in query
                or any(one["post"] == "05" and one["state"] != "confirmed" for one in one["relays"])
            )
        )
        found += [one] if fits else []
    return sorted(found, key=lambda one: ((one["held"] or {}).get("held_on") or one["meeting_on"], one["unit"]))


@pytest.mark.parametrize("scope", SCOPES)
def test_a_list_is_the_one_that_all_meetings_would_give(loaded, scope):
    for query in QUERIES:
        whole = everybody(loaded, SCOPES[scope], query)
        found = registry.listed(loaded, SCOPES[scope], CODE, query, TODAY)
        page, size = int(query.get("page", 1)), int(query.get("size", 50))
        assert found["total"] == len(whole), query
        assert found["rows"] == [meeting_lines.row(one, TODAY) for one in whole[(page - 1) * size : page * size]], query


@pytest.mark.parametrize("scope", SCOPES)
def test_what_is_lacking_asked_for_and_clashing_is_what_all_meetings_would_give(loaded, scope):
    within = SCOPES[scope]
    seen = everybody(loaded, within, {})
    for kind, late in itertools.product((None, "speech_outline"), (False, True)):
        query = {**({"kind": kind} if kind else {}), **({"late": "1"} if late else {})}
        rows = [meeting_lines.lacking(one, "2024-01-20", kind, late) for one in seen if not one["cancelled"]]
        rows = sorted(
            (row for row in rows if row["lacks"]), key=lambda row: (-row["late"], -len(row["lacks"]), row["unit"])
        )
        assert registry.lacking(loaded, within, CODE, query, "2024-01-20") == {
            "total": len(rows),
            "page": 1,
            "size": 50,
            "rows": rows,
        }
    asked = sorted(
        (one for one in seen if one["asking_since"] and gates.to_be_held(one)),
        key=lambda one: (one["asking_since"], one["unit"]),
    )
    assert schedule_store.postponements(loaded, within, CODE, {})["rows"] == [postponing.row(one) for one in asked]
    decided = [one["unit"] for one in seen if one["postponements"] and not one["asking_since"]]
    found = schedule_store.postponements(loaded, within, CODE, {"state": "decided"})
    assert [row["unit"] for row in found["rows"]] == sorted(decided)
    days = {
        (row["group"], row["on"]): [one["unit"] for one in row["units"]]
        for row in clashes.days(schedule_store.lines(loaded, within, CODE, {}))
    }
    unheld = sorted((one for one in seen if gates.to_be_held(one)), key=lambda one: (one["group"], one["meeting_on"]))
    assert days == {
        key: sorted(one["unit"] for one in some)
        for key, some in itertools.groupby(unheld, key=lambda one: (one["group"], one["meeting_on"]))
    }
    days_of = {
        one["unit"]: (one["held"] or {}).get("held_on") or one["meeting_on"]
        for one in loaded.meetings.find({"cancelled": None})
    }
    early = {one["unit"] for one in unheld if one["meeting_on"] < days_of.get(one["superior"], "")}
    assert {unit["unit"] for row in before_superiors(loaded, within) for unit in row["units"]} == early
    stages = registry.stages_of_groups(loaded, within, CODE)
    assert sum(sum(of.values()) for of in stages.values()) == len(seen)


def before_superiors(db, within):
    lines = schedule_store.lines(db, within, CODE, {})
    return clashes.early(CAMPAIGN, lines, schedule_store.superiors(db, {**CAMPAIGN, "waves": [{}]}, lines))


def test_units_are_named_page_by_page_and_only_in_the_places_asked_for(loaded):
    names, after = [], ""
    while after is not None:
        found = registry.units(loaded, CODE, {"size": "7", **({"after": after} if after else {})})
        assert found["total"] == 40
        names += [row["unit"] for row in found["units"]]
        after = found["next"]
    assert names == sorted(one["unit"] for one in loaded.meetings.find())
    few = registry.units(loaded, CODE, {"within": "region:990801,unit:990800-U3"})
    assert {row["region"] for row in few["units"]} == {"990800", "990801"} == set(few["own"]["regions"])
    assert few["total"] == 14 and few["units"][0]["posts"] == meeting()["posts"]
    assert [row["unit"] for row in registry.units(loaded, CODE, {"unit": "990800-U3,990801-U1"})["units"]] == [
        "990800-U3", "990801-U1"]  # fmt: skip


def read(monkeypatch, ask):
    """What was asked of the store meanwhile, by collection, with how each was found."""
    made: dict[int, tuple] = {}
    for name in ("find", "find_one", "count_documents", "aggregate", "distinct"):
        monkeypatch.setattr(Collection, name, _noted(getattr(Collection, name), name, made))
    ask()
    monkeypatch.undo()
    assert {name for name, _, _ in made.values()} <= {"find", "find_one"}, "nothing is counted by reading it"
    return [(one.name, one.find(wanted or {}).explain()) for _, one, wanted in made.values()]


def _noted(real, name, made):
    def act(collection, *asked, **how):
        made[len(made)] = (name, collection, asked[0] if asked else None)
        return real(collection, *asked, **how)

    return act


QUESTIONS = {
    "meetings": lambda db, within: registry.listed(db, within, CODE, {"size": "2"}, TODAY),
    "waiting": lambda db, within: registry.listed(db, within, CODE, {"size": "2", "relays": "1"}, TODAY),
    "searched": lambda db, within: registry.listed(db, within, CODE, {"size": "2", "q": "U", "overdue": "1"}, TODAY),
    "lacking": lambda db, within: registry.lacking(db, within, CODE, {"size": "2", "late": "1"}, TODAY),
    "clashes": lambda db, within: schedule_store.lines(db, within, CODE, {}),
    "before superiors": before_superiors,
    "asked": lambda db, within: schedule_store.postponements(db, within, CODE, {"size": "2"}),
    "answered": lambda db, within: schedule_store.postponements(db, within, CODE, {"size": "2", "state": "decided"}),
    "calendar": lambda db, within: schedule_store.dated(db, within, CODE),
    "groups": lambda db, within: registry.stages_of_groups(db, within, CODE),
    "units": lambda db, within: registry.units(db, CODE, {"size": "2"}),
    "coached": lambda db, within: coaching_store.units(db, CODE, within),
    "groups of all": lambda db, within: registry.groups_of(db, CODE),
    "unheld": lambda db, within: tightening.reached(db, CAMPAIGN, "region", "990801"),
    "unheld of a city": lambda db, within: tightening.reached(db, {**CAMPAIGN, "region_code": "0"}, "region", "990800"),
    "how many": lambda db, within: definition_store.units(db, CODE),
    "in parts": lambda db, within: definition_store.bounds(db, CODE, 10),
    "places": lambda db, within: definition_store.lines(db, CODE),
    "taking part": lambda db, within: organisation_store.taking_part(db),
    "above": lambda db, within: schedule_store.superior(db, {**CAMPAIGN, "waves": [{"levels": ["city"]}]}, meeting()),
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_list_or_count_reads_lines_and_the_meetings_it_shows_and_nothing_else(loaded, question, monkeypatch):
    most = {"rosters": 3, "roster_posts": 3, "meetings": 2}
    everything = question == "taking part"
    for scope in ("office", "county", "unit"):
        for name, plan in read(monkeypatch, partial(QUESTIONS[question], loaded, SCOPES[scope])):
            assert plan["executionStats"]["totalDocsExamined"] <= most[name], (scope, name)
            assert everything or "COLLSCAN" not in str(plan["queryPlanner"]["winningPlan"]), (scope, name)


def line_of(db, key="990823-NYNC"):
    (found,) = [line for line in rosters.every(db, CODE) if line.unit == key]
    return found


@pytest.fixture
def one(db):
    """A campaign of one unit."""
    prepare(db)
    registry.load_meetings(db, CAMPAIGN, [meeting()], NOON)
    return db


def test_a_line_follows_its_meeting_at_once_and_what_no_list_tells_writes_none(one):
    before = registry.meeting(one, meeting()["_id"])
    saved = registry.save(one, before, planning.rename(before, "乙", ""), NOON)
    assert (line_of(one).name, line_of(one).revision) == ("乙", saved["revision"])
    kept = one.rosters.find_one({})
    registry.save(one, saved, ({**saved, "corrections": ["x"]}, []), NOON)
    assert one.rosters.find_one({}) == kept


def test_an_older_meeting_never_overwrites_a_newer_line_and_who_was_overtaken_writes_none(one):
    old = registry.meeting(one, meeting()["_id"])
    registry.save(one, old, planning.rename(old, "乙", ""), NOON)
    rosters.put(one, [old])
    with pytest.raises(Stale):
        registry.save(one, old, planning.rename(old, "丙", ""), NOON)
    registry.write(one, [(old, *planning.rename(old, "丁", ""))], NOON)
    assert line_of(one).name == "乙"


def test_a_unit_that_moves_to_another_region_stands_in_one(one):
    registry.load_meetings(one, CAMPAIGN, [{**meeting(), "region": "990802"}], NOON)
    assert line_of(one).region == "990802"
    assert registry.units(one, CODE, {})["own"]["regions"] == ["990802"]


def test_whoever_dies_between_a_meeting_and_its_line_leaves_a_region_that_is_mended(one, monkeypatch):
    old = registry.meeting(one, meeting()["_id"])
    with monkeypatch.context() as dying:
        dying.setattr(rosters, "put", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            registry.save(one, old, planning.rename(old, "乙", ""), NOON)
    assert line_of(one).name != "乙"
    monkeypatch.setattr(rosters, "OWN", "another process")
    (hold,) = one.roster_holds.find()
    rosters.sweep(one, hold["until"] + rosters.HELD_SECONDS + 1)
    assert line_of(one).name != "乙", "it may be at it still"
    rosters.sweep(one, hold["until"] + rosters.LEFT_SECONDS + 1)
    assert line_of(one).name == "乙"
    assert not one.roster_holds.count_documents({})


def test_whoever_fails_between_a_meeting_and_its_line_mends_it_himself(one, monkeypatch):
    old = registry.meeting(one, meeting()["_id"])
    with monkeypatch.context() as failing:
        failing.setattr(rosters, "put", lambda *_: (_ for _ in ()).throw(Stale))
        with pytest.raises(Stale):
            registry.save(one, old, planning.rename(old, "乙", ""), NOON)
    rosters.sweep(one, one.roster_holds.find_one({})["until"] + rosters.HELD_SECONDS + 1)
    assert line_of(one).name == "乙"


def test_what_was_loaded_before_there_were_lines_has_them_from_the_start(db):
    db.meetings.insert_one({**meeting(), "revision": 3, "outbox": []})
    prepare(db)
    assert line_of(db).revision == 3


def test_lines_an_earlier_version_wrote_tell_what_they_did_not_after_the_start(one):
    unit, kept = {**meeting(), "superior": "990800-01"}, one.rosters.find_one({})
    away = {"held": {"held_on": DAY, "absences": [{"post": "05"}]}, "relays": [{"post": "05", "state": "told"}]}
    one.meetings.update_one({}, {"$set": {"superior": "990800-01", **away}})
    packed = orjson.loads(kept["packed"])
    packed["lines"] = {key: row[:-4] for key, row in packed["lines"].items()}
    one.rosters.update_one({}, {"$set": {"packed": orjson.dumps(packed).decode()}})
    one.done_once.delete_one({"_id": "rosters with relays"})
    assert (line_of(one).superior, line_of(one).relays) == ("", 0), "it is read meanwhile"
    prepare(one)
    assert (line_of(one).superior, line_of(one).level, line_of(one).relays) == (unit["superior"], unit["level"], 1)


def test_a_preview_counts_its_units_by_their_lines(one):
    assert preview_store.begin(one, {**CAMPAIGN, "_id": CODE}, 1, TODAY)["total"] == 1


def test_many_records_are_asked_for_by_their_ids_a_few_at_a_time(loaded, monkeypatch):
    monkeypatch.setattr(portions, "FEW", 7)
    keys = sorted(one["_id"] for one in loaded.meetings.find())
    assert sorted(one["_id"] for one in mongo.among(loaded.meetings, [*keys, "nobody"])) == keys
    assert list(mongo.among(loaded.meetings, [])) == []
