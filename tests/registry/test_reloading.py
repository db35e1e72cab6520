"""A folder loaded again: what people changed since stands and is told; what else it says of a running campaign is
drafted."""

import pytest

from services.registry import coaching_store, definition, domain, grouping, planning, reloading, store, telling
from services.spine.errors import Refusal
from services.spine.workdays import PUBLISHED
from tests.registry.test_versions import AT, BLANK, CAMPAIGN, LOADED, TODAY, UNIT, drafted

OTHER = {**UNIT, "unit_code": "990881-LY", "name": "龙塬区林业局"}
GROUPS = [
    {"group_code": "G4", "name": "第四督导组", "leader": "甲", "regions": ["990823"], "units": ["990823-NYNC"]},
    {"group_code": "G5", "name": "第五督导组", "units": ["990881-LY"]},
]
REQUEST = {"campaign": LOADED, "units": [UNIT, OTHER], "groups": GROUPS}
RUNNING = {**CAMPAIGN, "groups": GROUPS}
ENTRY = {"by": "甲", "at": AT, "reason": "人事调整"}


def folder(**changed) -> reloading.Folder:
    return reloading.planned(RUNNING, {**REQUEST, **changed}, PUBLISHED)


def meetings() -> dict[str, telling.Meeting]:
    return {meeting["unit"]: domain.announce(meeting)[0] for meeting in folder().units}


def test_a_folder_that_nobody_changed_anything_of_is_what_it_was():
    read, standing = folder(), {unit: meeting["group"] for unit, meeting in meetings().items()}
    assert reloading.beside(RUNNING, read, {}, standing) == read


def test_posts_and_group_that_were_changed_since_stand_and_are_told_in_words():
    now = meetings()["990823-NYNC"]
    posts = [*now["posts"], {"post": "07", "title": "二级调研员", "role": "member"}]
    now = planning.repost(now, RUNNING, posts, ENTRY, TODAY)[0]
    now = planning.regroup(now, "G5", "统一督导", "甲", AT)[0]
    read = reloading.beside(RUNNING, folder(), {now["unit"]: now}, {now["unit"]: "G5", "990881-LY": "G5"})

    assert (read.units[0]["posts"], read.units[0]["group"]) == (posts, "G5")
    assert [group["units"] for group in read.groups] == [[], ["990881-LY", "990823-NYNC"]]
    assert [(one["what"], one["stands"], one["folder"]) for one in read.kept] == [
        ("posts", "07 二级调研员", "—"),
        ("group", "第五督导组", "第四督导组"),
    ]
    said = planning.replan(now, read.units[0], RUNNING)
    assert said[1] == [] and said[0]["required"] == now["required"], "loading it says nothing to anybody"


def test_what_the_folder_says_anew_of_a_unit_nobody_touched_is_loaded():
    read = reloading.beside(RUNNING, folder(units=[{**UNIT, "members": 8}, OTHER]), {}, {"990823-NYNC": "G4"})
    assert len(read.units[0]["posts"]) == 8 and read.kept == []


def test_a_group_that_was_edited_stays_and_one_the_folder_forgot_stays_while_units_are_in_it():
    edited = grouping.edit(RUNNING, "G4", {"leader": "乙", "until": "2024-03-01", "reason": "轮换"}, "甲", AT)
    read = reloading.beside(edited, folder(), {}, {"990823-NYNC": "G4", "990881-LY": "G5"})
    assert (read.groups[0]["leader"], read.groups[0]["until"]) == ("乙", "2024-03-01")
    assert [(one["what"], one["stands"], one["folder"]) for one in read.kept] == [
        ("leader", "乙", "甲"),
        ("until", "2024-03-01", "—"),
    ]
    less = folder(units=[UNIT], groups=GROUPS[:1])
    kept = reloading.beside(RUNNING, less, {}, {"990823-NYNC": "G4", "990881-LY": "G5"}).groups
    assert [group["group_code"] for group in kept] == ["G4", "G5"]
    assert reloading.beside(RUNNING, less, {}, {"990823-NYNC": "G4"}).groups == GROUPS[:1]


def test_another_definition_is_a_draft_of_a_running_campaign_and_nothing_before_it_runs():
    later = {**LOADED, "all_meetings_held_by": "2024-02-01"}
    wanted = reloading.wanted(RUNNING, later, BLANK)
    assert wanted is not None and wanted["all_meetings_held_by"] == "2024-02-01"
    assert reloading.told(folder(), RUNNING, wanted)["drafted"] == [
        {"pointer": "/all_meetings_held_by", "from": LOADED["all_meetings_held_by"], "to": "2024-02-01"}
    ]
    assert reloading.wanted(RUNNING, LOADED, BLANK) is None
    assert reloading.wanted({**RUNNING, "state": "draft"}, later, BLANK) is None
    assert reloading.wanted(RUNNING, later, drafted(wanted)) == wanted, "loaded twice it is one draft"


def test_a_draft_of_somebody_else_is_not_written_over_and_faults_are_told_by_field():
    later = {**LOADED, "all_meetings_held_by": "2024-02-01"}
    with pytest.raises(Refusal, match="draft_open"):
        reloading.wanted(RUNNING, later, drafted({**definition.define(LOADED, []), "title": "另一份"}))
    with pytest.raises(Refusal, match="definition_faulty"):
        reloading.wanted(RUNNING, {**LOADED, "all_meetings_held_by": "2023-01-01"}, BLANK)


def test_the_store_finds_what_people_changed(db):
    for meeting in meetings().values():
        store.load_meetings(db, RUNNING, [planning.regroup(meeting, "G5", "统一督导", "甲", AT)[0]], AT)
    read = store.beside(db, RUNNING, folder())
    assert [(one["code"], one["stands"]) for one in read.kept] == [("990823-NYNC", "第五督导组")]
    assert store.beside(db, None, folder()) == folder()


def test_a_group_that_people_added_stays_and_one_that_they_closed_does_not_come_back():
    fresh: dict = {"group_code": "G8", "name": "第八督导组", "regions": [], "until": None, "reason": "新增"}
    campaign = grouping.add(RUNNING, fresh, "甲", AT)
    standing = {"990823-NYNC": "G4", "990881-LY": "G4"}
    moved = {**campaign, "groups": grouping.move(campaign["groups"], ["990881-LY"], "G4")}
    closed, _ = grouping.close(moved, "G5", standing, "合并", "甲", AT, TODAY)
    now = planning.regroup(meetings()["990881-LY"], "G4", "合并", "甲", AT)[0]
    read = reloading.beside(closed, folder(), {now["unit"]: now}, standing)
    assert [(group["group_code"], group["units"]) for group in read.groups] == [
        ("G4", ["990823-NYNC", "990881-LY"]),
        ("G8", []),
    ]
    assert ("group", "G5", "closed") in [(one["of"], one["code"], one["what"]) for one in read.kept]


def test_what_was_entered_of_a_unit_and_what_it_asked_go_along_to_another_group(db):
    store.prepare(db)
    store.join(db, RUNNING, list(meetings().values()), AT)
    old = {"campaign": RUNNING["campaign_code"], "unit": "990823-NYNC", "region": "990823", "group": "G4"}
    for kept in (db.coaching_attendance, db.questions):
        kept.insert_many([{"_id": "its", **old, "revision": 1},
                          {"_id": "of none", **old, "unit": None, "revision": 1}])  # fmt: skip

    def standing():
        rows = [*db.coaching_attendance.find(), *db.questions.find()]
        return [(row["_id"], row["region"], row["group"], row["revision"]) for row in rows]

    for _ in range(2):
        store.join(db, RUNNING, [{**one, "group": "G5"} for one in folder().units], AT)
        assert standing() == [("its", "990823", "G5", 2), ("of none", "990823", "G4", 1)] * 2
    meeting = store.meeting(db, f"{RUNNING['campaign_code']}.990823-NYNC")
    store.save(db, meeting, planning.regroup(meeting, "G4", "合并", "甲", AT), AT)
    coaching_store.follow(db, RUNNING["campaign_code"], ["990881-LY"])
    assert standing()[0][2] == "G5"
    for _ in range(2):
        coaching_store.follow(db, RUNNING["campaign_code"], ["990823-NYNC"])
        assert standing()[0] == standing()[2] == ("its", "990823", "G4", 3)
