"""Drafts, versions and the work over all units, against the real store."""

import time

import pytest

from services.registry import (
    definition,
    definition_store,
    domain,
    laying,
    planning,
    preview_store,
    rosters,
    store,
    versions,
)
from services.spine import clock, contracts, errors, mongo

LOADED = contracts.documents()["documents/campaign"]["examples"][0]
CODE = LOADED["campaign_code"]
AT = "2023-12-20T08:00:00.000Z"
UNITS = [
    {"unit_code": f"990823-{n:04d}", "region_code": "990823", "name": f"单位{n}", "team": "党组", "level": "county"}
    | {"members": 1}
    for n in range(230)
]


@pytest.fixture
def loaded(db):
    """A running campaign of 230 units."""
    store.prepare(db)
    campaign = {**definition.define(LOADED, UNITS), "state": "open", "groups": []}
    campaign = store.load_campaign(db, campaign, AT)
    store.load_meetings(db, campaign, [domain.announce(planning.plan(campaign, unit, "G4"))[0] for unit in UNITS], AT)
    return db


def test_loading_again_adds_and_changes_what_is_new_and_nothing_else(loaded):
    campaign = store.campaign(loaded, CODE)
    again = [planning.plan(campaign, unit, "G4") for unit in UNITS]
    assert store.load_meetings(loaded, campaign, again, AT) == (0, 0)
    late = planning.plan(campaign, {**UNITS[0], "unit_code": "990823-9999"}, "G4")
    assert store.load_meetings(loaded, campaign, [{**again[0], "unit_name": "甲"}, *again[1:], late], AT) == (1, 1)
    assert store.announce(loaded, CODE, AT) == 231
    told = [row["unit"] for row in loaded.meetings.find() if row["outbox"]]
    assert told == ["990823-9999"]
    assert store.announce(loaded, CODE, AT) == 231
    assert loaded.meetings.count_documents({"outbox.1": {"$exists": True}}) == 0


def draft(db, **values):
    campaign, before = store.campaign(db, CODE), definition_store.draft(db, CODE)
    sent = {"revision": before["revision"], "definition": {**versions.definition_of(campaign), **values}}
    return definition_store.save_draft(db, before, versions.edit(campaign, before, sent, "甲", "a", AT), AT)


def publish(db, **values):
    drafted, campaign = draft(db, **values), store.campaign(db, CODE)
    after, facts = versions.publish(campaign, drafted, "推迟", len(UNITS), "甲", "a", AT)
    dropped = versions.drop(drafted, "甲", "a", AT)
    return definition_store.publish(db, campaign, after, facts, drafted, dropped, AT)


def work(db, name, act, seconds):
    claimed = definition_store.claim(db, name, time.time())
    assert claimed, "nothing to do"
    act(db, claimed, time.monotonic() + seconds)
    return db[name].find_one({"_id": claimed["_id"]})


def on(db):
    return sorted({(row["meeting_on"], row["definition"]) for row in db.meetings.find()})


def test_a_draft_is_written_by_whoever_saw_it_last(loaded):
    seen = definition_store.draft(loaded, CODE)
    draft(loaded, title="甲")
    with pytest.raises(errors.Stale):
        definition_store.save_draft(loaded, seen, {**seen, "definition": {}}, AT)


def test_a_published_version_and_the_one_before_are_kept_whole_and_the_draft_is_gone(loaded):
    saved = publish(loaded, title="新题目")
    kept = definition_store.all_versions(loaded, saved)
    assert [(row["version"], row["definition"]["title"]) for row in kept] == [(2, "新题目"), (1, LOADED["title"])]
    assert kept[0]["differences"] == [{"pointer": "/title", "from": LOADED["title"], "to": "新题目"}]
    assert definition_store.draft(loaded, CODE)["definition"] is None
    assert [event["type"] for event in loaded.campaigns.find_one()["outbox"]] == ["rectify.campaign_revised"]


def test_an_aspect_to_examine_that_was_dropped_keeps_its_last_name(loaded):
    first, *rest = store.campaign(loaded, CODE)["aspects"]
    publish(loaded, aspects=[{**first, "title": "学习"}, *rest])
    assert definition_store.dropped_aspects(loaded, store.campaign(loaded, CODE)) == []
    work(loaded, "versions", laying.lay_out, 60)
    publish(loaded, aspects=rest)
    campaign = store.campaign(loaded, CODE)
    assert definition_store.dropped_aspects(loaded, campaign) == [{**first, "title": "学习"}]


def test_laying_out_goes_on_behind_the_last_unit_whoever_was_killed(loaded):
    publish(loaded, all_meetings_held_by="2024-01-20")
    halfway = work(loaded, "versions", laying.lay_out, -1)
    assert (halfway["worked"], halfway["state"]) == (100, "running") and len(on(loaded)) == 2
    loaded.versions.update_one({"_id": halfway["_id"]}, {"$set": {"after": "", "worked": 0}})  # killed before saying so
    assert work(loaded, "versions", laying.lay_out, 60)["state"] == "done"
    assert on(loaded) == [("2024-01-20", 2)]
    assert {len(row["history"]) for row in loaded.meetings.find()} == {1}
    assert store.campaign(loaded, CODE)["laying"] is False


def test_killed_between_the_campaign_and_its_version_the_next_stroke_keeps_it(loaded):
    saved = publish(loaded, all_meetings_held_by="2024-01-20")
    loaded.versions.delete_one({"version": 2})
    definition_store.keep_version(loaded, definition_store.laying(loaded)[0])
    assert definition_store.version(loaded, CODE, 2)["definition"] == versions.definition_of(saved)
    assert work(loaded, "versions", laying.lay_out, 60)["state"] == "done"
    assert definition_store.laying(loaded) == []


def test_units_that_came_in_while_a_version_was_published_are_laid_out_under_it(loaded):
    before = store.campaign(loaded, CODE)
    publish(loaded, all_meetings_held_by="2024-01-20")
    work(loaded, "versions", laying.lay_out, 60)
    late = {**UNITS[0], "unit_code": "990823-0000A", "name": "后来的"}
    store.load_meetings(loaded, before, [planning.plan(before, late, "G4")], AT)
    definition_store.lay_again(loaded, CODE, versions.number_of(before))
    work(loaded, "versions", laying.lay_out, 60)
    assert on(loaded) == [("2024-01-20", 2)]


def test_whoever_changes_a_unit_just_before_it_is_laid_out_is_not_overwritten(loaded, monkeypatch):
    publish(loaded, all_meetings_held_by="2024-01-20")
    first, saved = loaded.meetings.find_one({"unit": "990823-0000"}), mongo.save_all

    def overtaken(*args, **more):
        if not loaded.meetings.find_one({"unit": "990823-0000", "note": "a"}):
            loaded.meetings.update_one({"_id": first["_id"]}, {"$set": {"note": "a"}, "$inc": {"revision": 1}})
        return saved(*args, **more)

    monkeypatch.setattr(mongo, "save_all", overtaken)
    work(loaded, "versions", laying.lay_out, 60)
    now = loaded.meetings.find_one({"_id": first["_id"]})
    assert (now["note"], now["definition"]) == ("a", 2)


def test_a_held_meeting_is_read_under_the_version_it_began_with(loaded):
    key = f"{CODE}.990823-0001"
    loaded.meetings.update_one({"_id": key}, {"$set": {"held": {"held_on": "2023-12-19"}}})
    saved = publish(loaded, all_meetings_held_by="2024-01-20")
    work(loaded, "versions", laying.lay_out, 60)
    held = store.meeting(loaded, key)
    assert definition_store.begun_with(loaded, held, saved)["all_meetings_held_by"] == "2024-01-10"
    assert on(loaded) == [("2024-01-10", 1), ("2024-01-20", 2)]


def test_a_preview_counts_every_unit_once_and_lists_those_that_change(loaded):
    drafted = draft(loaded, all_meetings_held_by="2024-01-20")
    preview_store.begin(loaded, store.campaign(loaded, CODE), drafted["revision"], "2023-12-20")
    halfway = work(loaded, "previews", laying.preview, -1)
    assert (halfway["worked"], halfway["counts"]["moved"]) == (100, 100)
    done = work(loaded, "previews", laying.preview, 60)
    assert (done["state"], done["worked"], done["counts"]["moved"], done["counts"]["past"]) == ("done", 230, 230, 0)
    listed = preview_store.effects(loaded, done, {"what": "moved"})
    assert (listed["total"], len(listed["rows"]), listed["rows"][0]["unit"]) == (230, 50, "990823-0000")
    pages = [preview_store.effects(loaded, done, {"page": str(page), "size": "70"})["rows"] for page in range(1, 6)]
    assert [row["unit"] for rows in pages for row in rows] == [unit["unit_code"] for unit in UNITS]
    assert preview_store.effects(loaded, done, {"what": "past"})["rows"] == []
    assert on(loaded) == [("2024-01-10", 1)], "nothing is changed by looking"
    again = preview_store.begin(loaded, store.campaign(loaded, CODE), drafted["revision"], "2023-12-20")
    assert again["state"] == "done"


def test_a_preview_tells_who_comes_to_stand_before_the_team_above(loaded):
    """The superior has no day of its own and goes with the campaign's last; whoever chose one stays."""
    first, *rest = sorted(unit["unit_code"] for unit in UNITS)
    entry, free = {"what": "rescheduled", "to": "2024-01-10"}, "2024-01-20"
    days = {**dict.fromkeys((rest[0], rest[2], rest[3]), "2024-01-10"), rest[150]: "2024-01-09", rest[1]: "2024-01-08"}
    for unit, day in days.items():
        held = {"held_on": day} if unit == rest[1] else None
        allowed = {rest[2]: {"before_superior": free}, rest[3]: {"before_superior": "2024-01-19"}}.get(unit, {})
        chosen = {"meeting_on": day, "superior": first, "held": held, "history": [{**entry, **allowed}]}
        loaded.meetings.update_one({"unit": unit}, {"$set": chosen, "$inc": {"revision": 1}})
    rosters.put(loaded, loaded.meetings.find({}))
    drafted = draft(loaded, all_meetings_held_by="2024-01-20")
    preview_store.begin(loaded, store.campaign(loaded, CODE), drafted["revision"], "2023-12-20")
    done = work(loaded, "previews", laying.preview, 60)
    assert (done["counts"]["early"], done["counts"]["held"]) == (2, 1), "who was allowed to is not told"
    found = preview_store.effects(loaded, done, {"what": "early"})
    contracts.check("documents/effect_on_units", found)
    assert [(row["unit"], row["moved"]) for row in found["rows"]] == [(rest[0], 0), (rest[3], 0)]
    assert found["rows"][0]["superior"]["on"] == "2024-01-20"


def test_a_preview_is_worked_out_again_where_it_is_asked_for_or_another_calendar_was_loaded(loaded):
    drafted, campaign = draft(loaded, all_meetings_held_by="2024-01-20"), store.campaign(loaded, CODE)
    asked = campaign, drafted["revision"], "2023-12-20"
    preview_store.begin(loaded, *asked)
    assert work(loaded, "previews", laying.preview, 60)["counts"]["moved"] == 230
    met = {"held": {"held_on": "2023-12-20", "recorded_at": AT}}
    loaded.meetings.update_one({"unit": "990823-0001"}, {"$set": met, "$inc": {"revision": 1}})
    rosters.put(loaded, loaded.meetings.find({}))
    assert preview_store.begin(loaded, *asked)["counts"]["moved"] == 230, "opened again it is there"

    for _ in range(2):
        assert preview_store.begin(loaded, *asked, again=True)["state"] == "running"
    assert work(loaded, "previews", laying.preview, 60)["counts"]["moved"] == 229
    assert preview_store.begin(loaded, *asked)["state"] == "done"
    assert preview_store.begin(loaded, *asked, 1)["state"] == "running", "days are counted otherwise since"


def test_rules_that_change_are_told_of_every_unit_and_stand_in_its_history(loaded):
    policy = {**store.campaign(loaded, CODE)["policy"], "quorum": {"needed": 1, "of": 1}}
    drafted = draft(loaded, policy=policy)
    preview_store.begin(loaded, store.campaign(loaded, CODE), drafted["revision"], "2023-12-20")
    done = work(loaded, "previews", laying.preview, 60)
    assert (done["counts"]["rules"], done["counts"]["same"]) == (230, 0)
    found = preview_store.effects(loaded, done, {"what": "rules"})
    contracts.check("documents/effect_on_units", found)
    assert found["rows"][0]["rules"] == ["quorum"]
    publish(loaded, policy=policy)
    work(loaded, "versions", laying.lay_out, 60)
    assert {tuple(row["history"][-1]["rules"]) for row in loaded.meetings.find({"campaign": CODE})} == {("quorum",)}


def test_a_preview_of_a_draft_that_has_changed_ends_and_is_begun_anew(loaded):
    drafted = draft(loaded, all_meetings_held_by="2024-01-20")
    preview_store.begin(loaded, store.campaign(loaded, CODE), drafted["revision"], clock.today())
    draft(loaded, all_meetings_held_by="2024-01-25")
    ended = work(loaded, "previews", laying.preview, 60)
    assert (ended["state"], ended["worked"]) == ("done", 0)
    fresh = preview_store.begin(loaded, store.campaign(loaded, CODE), 2, clock.today())
    assert (fresh["state"], fresh["draft_revision"]) == ("running", 2)


def test_a_part_of_the_units_is_found_by_index(loaded):
    wanted = {"campaign": CODE, "unit": {"$gt": "990823-0100", "$lte": "990823-0199"}}
    assert "COLLSCAN" not in str(loaded.meetings.find(wanted).sort("unit", 1).explain())
