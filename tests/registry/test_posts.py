"""Posts and groups over time: terms end and are never taken out, meetings not held follow, what was begun is owed."""

import pytest

from services.registry import (
    definition,
    domain,
    grouping,
    organisation_store,
    organisations,
    planning,
    posts,
    posts_store,
)
from services.spine import contracts
from services.spine.errors import Refusal
from tests.registry.test_domain import LOADED, UNIT

NOW, TODAY = "2023-12-20T08:00:00.000Z", "2023-12-20"
CODE = str(UNIT["unit_code"])
CAMPAIGN = definition.define(LOADED, [UNIT])
FIRST = {"post": "01", "title": "党组书记", "role": "secretary", "from": None, "until": None}
SECOND = {"post": "02", "title": "副局长", "role": "member", "from": "2022-03-01", "until": None}
TERMS = [FIRST, SECOND]


def draft(what: str, post: str = "02", on: str = TODAY, **more: str) -> dict[str, str]:
    return {"what": what, "post": post, "on": on, "reason": "工作调动", **more}


def days(terms: list[posts.Term]) -> list[tuple]:
    return [(term["post"], term["from"], term["until"]) for term in terms]


def test_another_person_in_a_post_begins_the_day_after_the_former_one_ends_and_twice_is_once():
    after = posts.change(TERMS, draft("succeeded", title="党组成员、副局长"))
    assert days(after)[1:] == [("02", "2022-03-01", "2023-12-19"), ("02", TODAY, None)]
    assert [row["title"] for row in organisations.posts_on({"posts": after}, TODAY)] == ["党组书记", "党组成员、副局长"]
    assert posts.change(after, draft("succeeded", title="党组成员、副局长")) == after
    assert posts.next_post(after) == "03"


def test_a_post_stands_empty_and_another_is_added_with_a_number_nobody_had():
    empty = posts.change(TERMS, draft("ended"))
    assert [one["post"] for one in posts.standing(empty, TODAY)] == ["01"]
    assert posts.change(empty, draft("ended")) == empty
    more = posts.change(empty, draft("added", "03", title="总工程师"))
    assert posts.change(more, draft("added", "03", title="总工程师")) == more
    assert [one["post"] for one in posts.standing(more, TODAY)] == ["01", "03"]


@pytest.mark.parametrize(
    "asked, code",
    [
        (draft("ended", "09"), "post_not_held"),
        (draft("succeeded", on="2022-03-01", title="别的"), "post_not_held"),
        (draft("added", "02", title="总工程师"), "post_taken"),
        (draft("added", "03", title="书记", role="secretary"), "team_has_secretary"),
    ],
)
def test_what_cannot_be_is_refused(asked, code):
    with pytest.raises(Refusal, match=code):
        posts.change(TERMS, asked)


def test_a_team_is_never_without_anybody():
    with pytest.raises(Refusal, match="team_without_posts"):
        posts.change([FIRST], draft("ended", "01"))
    later = posts.change(TERMS, draft("ended", on="2024-01-10"))
    with pytest.raises(Refusal, match="team_without_posts"):
        posts.change(later, draft("ended", "01"))


AHEAD = "2024-01-10"


def ahead(asked: dict[str, str]) -> dict:
    return posts.entry(asked, "县办", NOW, TODAY)


@pytest.mark.parametrize(
    "asked",
    [
        draft("succeeded", on=AHEAD, title="党组成员"),
        draft("ended", on=AHEAD),
        draft("added", "03", on=AHEAD, title="总工程师"),
        draft("succeeded", "01", on=AHEAD),
    ],
)
def test_a_change_that_has_not_come_is_taken_back_to_what_was_and_one_that_has_is_not(asked):
    after = posts.change(TERMS, asked)
    assert after != TERMS and posts.take_back(after, ahead(asked), TODAY) == TERMS
    for today in (AHEAD, "2024-01-11"):
        with pytest.raises(Refusal, match="post_change_came"):
            posts.take_back(after, ahead(asked), today)


def test_of_two_changes_of_a_post_the_former_is_taken_back_only_where_the_later_stands_without_it():
    later = draft("ended", on="2024-02-01")
    first = draft("succeeded", on=AHEAD, title="党组成员")
    both = posts.change(posts.change(TERMS, first), later)
    assert posts.take_back(both, ahead(first), TODAY) == posts.change(TERMS, later)
    added = draft("added", "03", on=AHEAD, title="总工程师")
    both = posts.change(posts.change(TERMS, added), draft("ended", "03", on="2024-02-01"))
    with pytest.raises(Refusal, match="post_changes_again") as no:
        posts.take_back(both, ahead(added), TODAY)
    assert no.value.params["on"] == "2024-02-01"
    ended = draft("ended", on=AHEAD)
    both = posts.change(posts.change(TERMS, ended), draft("added", on="2024-02-01", title="副局长"))
    with pytest.raises(Refusal, match="post_changes_again"):
        posts.take_back(both, ahead(ended), TODAY)


def test_what_is_taken_back_leaves_no_team_empty_and_none_with_two_first_responsible_persons():
    left, came = draft("ended", "01", on=AHEAD), draft("added", "03", on=AHEAD, title="党组书记", role="secretary")
    both = posts.change(posts.change(TERMS, left), came)
    with pytest.raises(Refusal, match="team_has_secretary"):
        posts.take_back(both, ahead(left), TODAY)
    added = draft("added", "03", on=AHEAD, title="总工程师")
    alone = posts.change(posts.change([FIRST], added), draft("ended", "01", on="2024-02-01"))
    with pytest.raises(Refusal, match="team_without_posts"):
        posts.take_back(alone, ahead(added), TODAY)


def test_a_meeting_lays_out_what_a_new_member_hands_in_and_keeps_what_was_begun():
    planned = domain.announce(planning.plan(CAMPAIGN, UNIT, "G4"))[0]
    last = planned["posts"][-1]["post"]
    begun, _ = domain.material_moved(planned, "speech_outline", last, 1, "submitted", TODAY)
    new = {"post": "20", "title": "总工程师", "role": "member"}
    asked = [*planned["posts"][:-1], new]
    entry = posts.entry(draft("added", "20"), "县办", NOW, TODAY)
    changed, facts = planning.repost(begun, CAMPAIGN, asked, entry, TODAY)
    states = {row["post"]: row["state"] for row in changed["required"] if row["kind"] == "speech_outline"}
    assert (states["20"], states[last]) == ("missing", "submitted")
    assert (facts[-1].name, facts[-1].data["because"]) == ("meeting_scheduled", "posts_changed")
    contracts.check("events/meeting_scheduled", facts[-1].data)
    assert changed["history"][-1]["to"] == "20 总工程师"
    assert planning.repost(changed, CAMPAIGN, asked, entry, TODAY) == (changed, [])
    assert planning.repost({**begun, "held": {"held_on": TODAY}}, CAMPAIGN, asked, entry, TODAY)[1] == []


def test_a_team_outside_the_tree_is_kept_too_and_its_change_is_said_in_the_same_write(db):
    planned = planning.plan(CAMPAIGN, UNIT, "G4")
    db.meetings.insert_one({**planned, "revision": 1, "outbox": []})
    posts_store.prepare(db)
    for on, known in (("2023-12-19", 1), (TODAY, 2)):
        found, asked = posts_store.team(db, CODE), draft("succeeded", on=on)
        terms = posts.change(found["posts"], asked)
        fact = posts.told(CODE, found["region"], asked, "member")
        posts_store.save(db, found, terms, posts.entry(asked, "县办", NOW, TODAY), fact, TODAY, NOW)
        kept = db.teams.find_one({"_id": CODE})
        assert (len(kept["history"]), len(kept["outbox"])) == (known, known)
    assert kept["outbox"][-1]["data"] == {
        "unit": CODE,
        "role": "member",
        "what": "succeeded",
        "post": "02",
        "on": TODAY,
    }
    with pytest.raises(Refusal, match="not_found"):
        posts_store.team(db, "990823-NONE")


GROUPS = [{"group_code": "G4", "name": "第四督导组", "regions": ["990823"], "units": [CODE]}]
GROUPS += [{"group_code": "G5", "name": "第五督导组", "regions": ["990881"], "units": []}]
ASKED = {"name": "第四督导组", "leader": "一级调研员", "regions": ["990823"], "until": "2023-12-19", "reason": "期满"}


def test_a_group_is_edited_with_its_history_and_a_region_has_one_group():
    campaign = {**CAMPAIGN, "groups": GROUPS}
    edited = grouping.edit(campaign, "G4", ASKED, "市办", NOW)
    assert [change["field"] for change in edited["group_changes"][0]["changes"]] == ["leader", "until"]
    assert grouping.edit(edited, "G4", ASKED, "市办", NOW) == edited, "the second click"
    contracts.check("documents/group", edited["groups"][0])
    contracts.check("documents/group", grouping.edit(edited, "G4", {**ASKED, "until": None}, "市办", NOW)["groups"][0])
    with pytest.raises(Refusal, match="region_of_other_group"):
        grouping.edit(campaign, "G4", {**ASKED, "regions": ["990823", "990881"]}, "市办", NOW)
    with pytest.raises(Refusal, match="not_found"):
        grouping.edit(campaign, "G9", ASKED, "市办", NOW)


def test_the_end_of_a_group_is_said_once_the_day_after_its_last():
    edited = grouping.edit({**CAMPAIGN, "groups": GROUPS}, "G4", ASKED, "市办", NOW)
    assert grouping.end(edited, "2023-12-19") == (edited, [])
    ended, facts = grouping.end(edited, TODAY)
    contracts.check("events/group_ended", facts[0].data)
    assert (facts[0].name, facts[0].data["group"]) == ("group_ended", "G4")
    assert grouping.end(ended, TODAY) == (ended, [])


def test_a_last_day_that_is_over_is_asked_about_while_units_are_followed():
    campaign = {**CAMPAIGN, "groups": [{**GROUPS[0], "units": []}, *GROUPS[1:]]}
    with pytest.raises(Refusal, match="group_ends_at_once") as no:
        grouping.check_last(campaign, "G4", ASKED, {CODE: "G4"}, TODAY)
    assert (no.value.status, no.value.params["count"], no.value.errors[0]["pointer"]) == (409, 1, "/until")
    grouping.check_last(campaign, "G4", {**ASKED, "ends_at_once": True}, {CODE: "G4"}, TODAY)
    grouping.check_last(campaign, "G4", ASKED, {CODE: "G5"}, TODAY)
    for last in (TODAY, None):
        grouping.check_last(campaign, "G4", {**ASKED, "until": last}, {CODE: "G4"}, TODAY)
    edited = grouping.edit(campaign, "G4", ASKED, "市办", NOW)
    grouping.check_last(edited, "G4", ASKED, {CODE: "G4"}, TODAY)  # another name, the same day


def test_a_last_day_that_is_set_right_is_said_once_and_may_be_over_again():
    edited = grouping.edit({**CAMPAIGN, "groups": GROUPS}, "G4", ASKED, "市办", NOW)
    ended, _ = grouping.end(edited, TODAY)
    for last in ("2024-01-31", None):
        right = grouping.edit(ended, "G4", {**ASKED, "until": last}, "市办", NOW)
        resumed, (fact,) = grouping.resume(ended, right, "G4", TODAY)
        contracts.check("events/group_resumed", fact.data)
        assert (fact.name, fact.data) == ("group_resumed", {"group": "G4", "until": last})
        assert grouping.resume(resumed, resumed, "G4", TODAY) == (resumed, [])
        again = grouping.edit(resumed, "G4", ASKED, "市办", NOW)
        assert [one.name for one in grouping.end(again, TODAY)[1]] == ["group_ended"]
    earlier = grouping.edit(ended, "G4", {**ASKED, "until": "2023-12-01"}, "市办", NOW)
    assert grouping.resume(ended, earlier, "G4", TODAY) == (earlier, []), "it is over as it was"


def test_above_a_unit_stands_the_nearest_organisation_that_takes_part(db):
    tree = [("990800-SW", None), ("990823", "990800-SW"), ("990823-XW", "990823"), (CODE, "990823-XW")]
    db.organisations.insert_many([{"_id": code, "parent": parent, "name": code} for code, parent in tree])
    above = organisation_store.above(db, {CODE: None})[CODE]
    assert above == ["990823-XW", "990823", "990800-SW"]
    for taking_part, nearest in (
        ({CODE, "990823-XW", "990800-SW"}, "990823-XW"), ({CODE, "990800-SW"}, "990800-SW"), ({CODE}, None),
    ):  # fmt: skip
        assert organisations.placed({}, above, taking_part) == {"above": above, "superior": nearest}
    assert organisation_store.region_names(db, {"990823", "990899"}) == [{"region_code": "990823", "name": "990823"}]


FRESH = {"group_code": "G8", "name": "第八督导组", "leader": "", "regions": ["990824"], "until": None, "reason": "新增"}


def test_a_group_is_added_once_with_its_history_and_under_a_code_of_its_own():
    campaign = {**CAMPAIGN, "groups": GROUPS}
    added = grouping.add(campaign, FRESH, "市办", NOW)
    contracts.check("documents/group", added["groups"][-1])
    assert (added["groups"][-1]["group_code"], added["groups"][-1]["units"]) == ("G8", [])
    assert [change["field"] for change in added["group_changes"][0]["changes"]] == ["name", "regions"]
    assert grouping.add(added, FRESH, "市办", NOW) == added, "the second click"
    with pytest.raises(Refusal, match="group_exists"):
        grouping.add(campaign, {**FRESH, "group_code": "G4"}, "市办", NOW)
    with pytest.raises(Refusal, match="region_of_other_group"):
        grouping.add(campaign, {**FRESH, "regions": ["990823"]}, "市办", NOW)


def test_only_a_group_that_follows_no_unit_is_closed_and_its_members_are_told_once():
    campaign, said = {**CAMPAIGN, "groups": GROUPS}, ("合并", "市办", NOW, TODAY)
    for standing in ({CODE: "G4"}, {CODE: "G5"}):  # the second: it is on its way to another group
        with pytest.raises(Refusal, match="group_not_empty"):
            grouping.close(campaign, "G4", standing, *said)
    closed, facts = grouping.close(campaign, "G5", {CODE: "G4"}, *said)
    contracts.check("events/group_ended", facts[0].data)
    assert facts[0].data == {"group": "G5", "until": "2023-12-19"}
    assert [group["group_code"] for group in closed["groups"]] == ["G4"]
    told = {"group": "G5", "name": "第五督导组", "by": "市办", "at": NOW, "reason": "合并"}
    assert grouping.closed(closed) == [told]
    assert grouping.close(closed, "G5", {CODE: "G4"}, *said) == (closed, []), "the second click"
    again = grouping.add(closed, {**FRESH, "group_code": "G5"}, "市办", NOW)
    assert not grouping.was_closed(again, "G5") and grouping.closed(again) == [told]
    with pytest.raises(Refusal, match="not_found"):
        grouping.close(campaign, "G9", {}, *said)
