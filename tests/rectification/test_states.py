"""The states of an item: clear before it is planned, closed level by level, looked at again, never early and never
twice."""

from itertools import pairwise
from typing import Any

import pytest

from services.rectification import (
    chain,
    closing,
    domain,
    interim,
    lateness,
    lists,
    rechecks,
    requests,
    revising,
    slip,
    views,
)
from services.registry import definition
from services.spine.errors import Refusal

STRICT: dict[str, Any] = definition.REFERENCE["policy"]["rectification"]
PHASED: dict[str, Any] = {**STRICT["lists"]["phased"], "milestones": 0}
RULES: dict[str, Any] = {**STRICT, "lists": {**STRICT["lists"], "phased": PHASED}}
PLACE: dict[str, Any] = {
    "campaign": "a-campaign",
    "unit": "990823-NYNC",
    "region": "990823",
    "group": "G4",
    "rectification": RULES,
}
FIELDS: dict[str, Any] = {
    "responsible": "分管副局长",
    "standard": "通水验收",
    "measures": [{"key": "m1", "what": "修复", "who": "分管副局长", "due_on": "2024-02-28", "with": ["水利局"]}],
    "due_on": "2024-03-31",
}
BARE: dict[str, Any] = {"key": "p01", "problem": "灌渠水毁半年未修复", "source": "supervision", "category": "phased"}
WORDS = {"title": "验收单", "dated_on": "2024-01-15"}
EVIDENCE = [{**WORDS, "sha256": "f" * 64, "file_name": "验收单.pdf"}]
EFFECT = {"result": "已通水", "effect": {"before": "靠抽水", "after": "自流灌溉"}}


def hand(account: str = "liaison", today: str = "2024-01-20") -> domain.Hand:
    return domain.Hand(account, account, f"{today}T08:00:00.000Z", today)


def registered(**changed: object) -> domain.Item:
    return domain.register(PLACE, 30, 1, {**BARE, **changed}, hand())[0]


def item(**changed: object) -> domain.Item:
    return registered(**{**FIELDS, **changed})


def progressed(begun: domain.Item, today: str = "2024-01-20", **more: object) -> domain.Item:
    number = len(begun["progress"])
    evidence = [{**WORDS, "sha256": f"{number:064}", "file_name": "验收单.pdf"}]
    entry = {"key": f"e{number}", "on": "2024-01-16", "text": "完成", "evidence": evidence, **more}
    return domain.record_progress(begun, entry, hand(today=today), RULES)[0]


def applied(begun: domain.Item | None = None, today: str = "2024-01-20", rank: str = "county") -> domain.Item:
    return closing.apply(progressed(begun or item(), today), EFFECT, hand(today=today), RULES, rank)[0]


def verified(
    asked: domain.Item, account: str = "supervisor", passed: bool = True, today: str = "2024-01-20", **more: object
) -> domain.Changed:
    role = "office" if account.startswith("office") else "supervisor"
    draft = {"passed": passed, "reason": "现场查看属实", "hash": domain.applied_for(asked), **more}
    draft |= {} if passed or "due_on" in more or asked["category"] == "immediate" else {"due_on": asked["due_on"]}
    return closing.verify(asked, draft, hand(account, today), False, [role], RULES)


def closed(today: str = "2024-01-20") -> domain.Item:
    return verified(applied(today=today), today=today)[0]


def revised(begun: domain.Item, today: str = "2024-01-22", **draft: object) -> domain.Changed:
    return revising.revise(begun, draft, hand(today=today), RULES, 30)


def asked(begun: domain.Item, kind: str, to: str, today: str = "2024-01-22", **more: object) -> domain.Item:
    draft = {"kind": kind, "to": to, "reason": "汛期提前", **more}
    return requests.ask(begun, draft, hand(today=today), RULES, 30)[0]


def decided(begun: domain.Item, passed: bool = True, account: str = "leader", today: str = "2024-01-23") -> domain.Item:
    return requests.decide(begun, 1, {"passed": passed, "reason": "情况属实"}, hand(account, today), False, RULES, 30)[
        0
    ]


def test_a_problem_counts_as_planned_once_the_five_clear_fields_are_there():
    begun = registered()
    assert (begun["state"], begun["lacking"]) == ("registered", ["responsible", "standard", "measures", "due_on"])
    with pytest.raises(Refusal, match="wrong_state"):
        progressed(begun)
    half, facts = revised(begun, responsible="分管副局长")
    assert half["state"] == "registered" and [fact.name for fact in facts] == ["item_revised"]
    whole, facts = revised(half, **FIELDS)
    assert (whole["state"], whole["lacking"], whole["first_due_on"]) == ("open", [], "2024-03-31")
    assert [fact.name for fact in facts] == ["item_planned"]
    assert revised(whole, **FIELDS) == (whole, [])


def test_what_has_all_its_fields_is_open_at_once_and_stays_clear():
    begun = item()
    assert begun["state"] == "open" and begun["report_due_on"] == "2024-01-25"
    with pytest.raises(Refusal) as refused:
        revised(begun, measures=[])
    assert refused.value.errors[0]["pointer"] == "/measures"


def test_what_stood_before_a_revision_is_found_in_the_history_with_who_and_when():
    second = {**FIELDS["measures"][0], "what": "重建"}
    changed, _ = revised(item(), problem="灌渠已修", measures=[second])
    last = changed["history"][-1]
    assert (last["what"], last["by"]) == ("revised", "liaison")
    assert last["changes"] == [
        {"field": "problem", "from": BARE["problem"], "to": "灌渠已修"},
        {"field": "measures", "from": FIELDS["measures"], "to": [second]},
    ]
    whole, _ = revised(registered(category="long_term"), **{**FIELDS, "category": "phased"})
    assert {"field": "category", "from": "long_term", "to": "phased"} in whole["history"][-1]["changes"]
    other = item(key="p02")
    [(_, shared, _)] = revising.spread(changed, [changed, other], hand())
    assert shared["history"][-1]["changes"] == last["changes"][1:]
    again, _ = closing.reopen(closed(), {"reason": "群众反映", "due_on": "2024-05-01"}, hand(), False, RULES, 30)
    assert again["history"][-1]["changes"] == [{"field": "due_on", "from": "2024-03-31", "to": "2024-05-01"}]


def test_what_was_opened_again_or_moved_is_edited_like_any_other():
    measures = [{**FIELDS["measures"][0], "due_on": "2024-02-10"}]
    done, _ = verified(applied(item(category="immediate", due_on="2024-02-10", measures=measures)))
    draft = {"reason": "群众反映", "due_on": "2024-04-10"}
    again, _ = closing.reopen(done, draft, hand("office", "2024-03-20"), False, RULES, 30)
    assert revised(again, "2024-03-21", standard="通水三个月")[0]["standard"] == "通水三个月"
    sooner, _ = verified(applied(), passed=False, due_on="2024-02-10")
    assert revised(sooner, standard="通水三个月")[0]["standard"] == "通水三个月"
    with pytest.raises(Refusal, match="measure_after_due"):
        revised(sooner, measures=[{**FIELDS["measures"][0], "due_on": "2024-02-20"}])
    changed, _ = revising.revise(item(), {"standard": "通水三个月"}, hand(), STRICT, 30)
    assert (changed["state"], changed["lacking"]) == ("open", [])
    with pytest.raises(Refusal, match="immediate_too_long"):
        revised(registered(category="immediate"), due_on="2024-03-01")


def test_list_and_day_are_the_units_own_until_the_item_is_planned():
    assert revised(registered(), category="immediate", due_on="2024-02-10")[0]["category"] == "immediate"
    for draft, code in (({"category": "immediate"}, "list_by_asking"), ({"due_on": "2024-05-01"}, "day_by_asking")):
        with pytest.raises(Refusal, match=code):
            revised(item(), **draft)
    dated, _ = revised(item(category="long_term", due_on=None), due_on="2024-12-31")
    assert (dated["due_on"], dated["first_due_on"]) == ("2024-12-31", "2024-12-31")


def test_the_day_first_named_stays_known_and_every_other_stands_in_the_history():
    """Before an item is planned its unit names another day and list as it likes, and nothing of it is lost."""
    said = [
        {"due_on": "2024-05-31"},
        {"category": "long_term", "due_on": "2024-12-31"},
        {"category": "phased", **FIELDS},
    ]
    begun = registered(due_on="2024-03-01")
    for draft in said:
        begun, _ = revised(begun, **draft)
    assert (begun["state"], begun["due_on"], begun["first_due_on"]) == ("open", FIELDS["due_on"], "2024-03-01")
    told = [(one["field"], one["from"], one["to"]) for line in begun["history"] for one in line.get("changes", ())]
    days = ["2024-03-01", "2024-05-31", "2024-12-31", FIELDS["due_on"]]
    assert [one for one in told if one[0] == "due_on"] == [("due_on", *pair) for pair in pairwise(days)]
    assert [one[1:] for one in told if one[0] == "category"] == [("phased", "long_term"), ("long_term", "phased")]
    assert [line["by"] for line in begun["history"]] == ["liaison"] * 4


def test_the_first_day_of_an_item_without_one_is_the_one_it_gets_by_whatever_move():
    begun = item(category="long_term", due_on=None)
    granted = decided(asked(begun, "retype", "phased", due_on="2024-06-30"))
    later = requests.decide(
        asked(granted, "postpone", "2024-09-30"),
        2,
        {"passed": True, "reason": "汛期"},
        hand("leader"),
        False,
        RULES,
        30,
    )[0]
    assert (later["due_on"], later["first_due_on"]) == ("2024-09-30", "2024-06-30")


def test_what_is_changed_at_once_leaves_its_list_by_asking_alone_planned_or_not():
    begun = registered(category="immediate", **{key: FIELDS[key] for key in ("responsible", "standard", "measures")})
    for to in ("phased", "long_term"):
        with pytest.raises(Refusal, match="list_by_asking"):
            revised(begun, category=to)
    with pytest.raises(Refusal, match="immediate_never_postponed"):
        asked(begun, "postpone", "2024-03-01")
    with pytest.raises(Refusal, match="wrong_state"):
        asked(registered(due_on="2024-03-01"), "postpone", "2024-04-01")
    waiting = asked(begun, "retype", "phased")
    assert (waiting["state"], views.waits(waiting)) == ("registered", "asking")
    granted = decided(waiting)
    assert (granted["state"], granted["category"], granted["lacking"]) == ("registered", "phased", ["due_on"])
    assert granted["history"][-1]["changes"] == [{"field": "category", "from": "immediate", "to": "phased"}]
    draft = {"passed": True, "reason": "情况属实"}
    clear, facts = requests.decide(asked(begun, "retype", "long_term"), 1, draft, hand("leader"), False, RULES, 30)
    assert (clear["state"], clear["look_back_on"], clear["lacking"]) == ("open", "2025-01-19", [])
    assert [fact.name for fact in facts] == ["retype_decided", "item_planned"]


def test_what_is_not_planned_in_its_days_is_yellow_by_itself():
    begun = registered(category="long_term")
    assert begun["plan_due_on"] == "2024-02-04"
    assert [domain.colour(begun, day) for day in ("2024-02-04", "2024-02-05")] == ["blue", "yellow"]
    planned, _ = revised(begun, **{key: FIELDS[key] for key in ("responsible", "standard", "measures")})
    assert (planned["state"], planned["plan_due_on"]) == ("open", None)
    soon = {**PLACE, "rectification": {**RULES, "plan_within_days": 5}}
    assert domain.register(soon, 30, 1, BARE, hand())[0]["plan_due_on"] == "2024-01-25"


def test_the_policy_says_how_long_before_its_day_an_item_is_yellow_and_an_entry_follows_a_changed_one():
    early = {**RULES, "soon_days": 30}
    begun = domain.register({**PLACE, "rectification": early}, 30, 1, {**BARE, **FIELDS}, hand(today="2024-01-01"))[0]
    begun |= {"report_due_on": None}
    assert [domain.colour(begun, day) for day in ("2024-02-29", "2024-03-01")] == ["blue", "yellow"]
    assert lateness.kept(begun)["look_on"] == "2024-03-01"
    assert [one.name for one in lateness.look(begun, None, "2024-03-01").facts] == ["item_due_soon"]
    told = {**progressed(begun, "2024-03-01"), "report_due_on": None}
    assert [domain.colour(told, day) for day in ("2024-03-01", "2024-03-24")] == ["blue", "yellow"]


def test_the_same_draft_is_the_same_item_whatever_became_of_it():
    changed, _ = revised(item(), standard="通水并验收")
    assert domain.same(changed, {**BARE, **FIELDS}) and not domain.same(changed, {**BARE, **FIELDS, "aspect": "style"})


def test_a_policy_may_ask_for_milestones_and_they_are_reached_with_evidence_before_the_close_out():
    draft = {**BARE, **FIELDS}
    begun, _ = domain.register({**PLACE, "rectification": STRICT}, 30, 1, draft, hand())
    assert begun["lacking"] == ["milestones"]
    stone = {"key": "s1", "deliverable": "通水", "due_on": "2024-02-15"}
    planned, _ = revising.revise(begun, {"milestones": [stone]}, hand(), STRICT, 30)
    assert planned["state"] == "open"
    with pytest.raises(Refusal, match="milestone_without_evidence"):
        progressed(planned, milestones=["s1"], evidence=[], percent=100)
    with pytest.raises(Refusal, match="milestone_unknown"):
        progressed(planned, milestones=["s9"])
    with pytest.raises(Refusal, match="milestones_open"):
        applied(planned)
    reached = progressed(planned, milestones=["s1"])
    assert reached["milestones"][0]["done_on"] == "2024-01-16" and applied(reached)["state"] == "close_requested"
    with pytest.raises(Refusal, match="milestone_done"):
        revised(reached, milestones=[{**stone, "due_on": "2024-03-01"}])
    more, _ = revised(reached, milestones=[stone, {**stone, "key": "s2"}])
    assert [one["done_on"] for one in more["milestones"]] == ["2024-01-16", None]


def test_evidence_is_walked_back_to_the_measure_it_was_put_on_record_for():
    first, second = ({"what": what, "who": "副局长", "due_on": "2024-02-01"} for what in ("修渠", "建账"))
    begun = item(measures=[first, {**second, "key": "m2"}])
    with pytest.raises(Refusal, match="measure_unknown"):
        progressed(begun, measures=["建账"])
    found = chain.by_measure(progressed(begun, measures=["修渠"]))
    assert [(one["name"], one["stands"], len(one["evidence"])) for one in found] == [("修渠", True, 1), ("m2", True, 0)]
    assert [one["evidence"] for one in chain.by_measure(progressed(begun))] == [[], []]
    reworded = {**progressed(begun, measures=["修渠", "m2"]), "measures": [{**second, "key": "m2", "what": "建新账"}]}
    assert [(one["what"], one["stands"], len(one["evidence"])) for one in chain.by_measure(reworded)] == [
        ("建新账", True, 1),
        ("修渠", False, 1),
    ]


def test_what_of_an_item_is_to_be_done_by_a_day_of_its_own_is_said_until_there_is_evidence_for_it():
    """By posts and days alone; of a measure that no post owns nobody can be reminded."""
    measures = [{**FIELDS["measures"][0], "key": key, "post": post} for key, post in (("m1", "02"), ("m2", "02"))]
    measures += [{**FIELDS["measures"][0], "key": "m3"}]
    stones = [{"key": "s1", "deliverable": "通水", "due_on": "2024-02-09"}]
    begun, (told, *_) = domain.register(
        PLACE, 30, 1, {**BARE, **FIELDS, "measures": measures, "milestones": stones}, hand()
    )
    stone = {"what": "milestone", "post": None, "due_on": "2024-02-09"}
    measure = {"what": "measure", "post": "02", "due_on": "2024-02-28"}
    assert told.data["parts"] == [stone, measure]
    shown = {"on": "2024-01-19", "text": "开工", "evidence": EVIDENCE}
    said = []
    for number, entry in enumerate(
        ({"evidence": [], "measures": ["m1"]}, {"measures": ["m1"], "milestones": ["s1"]}, {"measures": ["m2"]})
    ):
        begun, (told,) = domain.record_progress(begun, {**shown, **entry, "key": f"e{number}"}, hand())
        said.append(told.data.get("parts"))
    assert said == [None, [measure], []]
    moved = revised(begun, measures=[{**measures[0], "key": "m4", "due_on": "2024-03-01"}])[1][0]
    assert moved.data["parts"] == [{**measure, "due_on": "2024-03-01"}]


def test_how_far_it_is_said_to_be_is_no_evidence():
    told = progressed(item(), evidence=[], percent=100)
    with pytest.raises(Refusal, match="evidence_missing"):
        closing.apply(told, EFFECT, hand(), RULES)


def test_a_milestone_that_was_not_reached_in_time_is_yellow_and_said_once_and_the_day_it_was_told_is_kept():
    stones = [{"key": f"s{n}", "deliverable": f"第{n}段", "due_on": f"2024-0{n}-20"} for n in (1, 2)]
    begun = {**item(milestones=stones), "report_due_on": None}
    assert [domain.colour(begun, day) for day in ("2024-01-20", "2024-01-21")] == ["blue", "yellow"]
    found = lateness.look(lateness.kept(begun), None, "2024-01-21")
    assert [(one.name, one.data["what"], one.data["on"]) for one in found.facts] == [
        ("item_day_passed", "milestone", "2024-01-20")
    ]
    assert lateness.look(found.item, None, "2024-01-22").facts == []
    reached = {**progressed(begun, "2024-01-25", milestones=["s1"]), "report_due_on": None}
    assert [reached["milestones"][0][key] for key in ("done_on", "entered_on")] == ["2024-01-16", "2024-01-25"]
    assert [domain.colour(reached, day) for day in ("2024-02-20", "2024-02-21")] == ["blue", "yellow"]
    assert lateness.kept(reached)["look_on"] == "2024-02-21"
    later, _ = revised(reached, milestones=[stones[0], {**stones[1], "due_on": "2024-02-25"}])
    assert later["milestones"][0] == reached["milestones"][0] and domain.colour(later, "2024-02-25") == "blue"


def test_a_missed_milestone_is_neither_moved_nor_taken_away_until_it_is_reached():
    stones = [{"key": f"s{n}", "deliverable": f"第{n}段", "due_on": f"2024-0{n}-25"} for n in (1, 2)]
    begun = {**item(milestones=stones), "report_due_on": None}
    moved = {**stones[0], "due_on": "2024-03-20"}
    assert revised(begun, "2024-01-25", milestones=[moved, stones[1]])[0]["milestone_due_on"] == "2024-02-25"
    for said in ([moved, stones[1]], [stones[1]], []):
        with pytest.raises(Refusal, match="milestone_missed"):
            revised(begun, "2024-01-26", milestones=said)
    told, _ = revised(begun, "2024-01-26", milestones=[{**stones[0], "deliverable": "头段"}, moved | {"key": "s3"}])
    assert domain.colour(told, "2024-01-26") == "yellow" and [one["key"] for one in told["milestones"]] == ["s1", "s3"]
    assert domain.colour(progressed(told, "2024-01-27", milestones=["s1"]), "2024-01-27") == "blue"
    with pytest.raises(Refusal, match="day_past") as refused:
        revised(begun, milestones=[*stones, {**stones[0], "key": "s3", "due_on": "2024-01-21"}])
    assert refused.value.errors[0]["pointer"] == "/milestones/2/due_on"
    bare = registered(milestones=stones)
    assert revised(bare, "2024-01-26", milestones=[moved])[0]["state"] == "registered", "nothing is planned yet"


def test_what_has_no_file_is_not_enough_to_apply_unless_the_policy_says_so_and_is_told_to_whoever_verifies():
    told = progressed(item(), evidence=[WORDS])
    with pytest.raises(Refusal, match="evidence_without_file") as refused:
        closing.apply(told, EFFECT, hand(), RULES)
    assert refused.value.params == {"needed": 1}
    lax = {**RULES, "evidence_files": 0}
    assert closing.apply(told, EFFECT, hand(), lax)[0]["state"] == "close_requested"
    with pytest.raises(Refusal, match="evidence_without_file"):
        closing.apply(progressed(told), EFFECT, hand(), {**RULES, "evidence_files": 2})
    asked = applied(told)
    shown = domain.shown(asked, "2024-01-20")
    assert (shown["evidence"], shown["fresh"], shown["fresh_files"]) == (2, 2, 1)
    lines = dict(slip.blocks(shown, "青溪县农业农村局", {})[2]["rows"])["佐证"].splitlines()
    assert [line.endswith("，无文件）") for line in lines] == [True, False]
    back = verified(asked, passed=False)[0]
    with pytest.raises(Refusal, match="evidence_without_file"):
        closing.apply(progressed(back, evidence=[{**WORDS, "dated_on": "2024-01-16"}]), EFFECT, hand(), RULES)


def test_no_milestone_is_due_after_its_problem_and_no_key_stands_for_two():
    stone = {"key": "s1", "deliverable": "通水", "due_on": "2024-04-01"}
    with pytest.raises(Refusal) as refused:
        item(milestones=[stone])
    assert refused.value.errors[0]["pointer"] == "/milestones/0/due_on"
    with pytest.raises(Refusal, match="key_repeated"):
        item(measures=FIELDS["measures"] * 2)


def test_a_measure_of_one_key_is_one_measure_in_every_item_that_is_still_worked_on():
    first, done = item(key="p01"), {**closed(), "_id": "c", "item_id": "c"}
    second = item(key="p02", due_on="2024-02-28")
    changed, _ = revised(first, measures=[{**FIELDS["measures"][0], "what": "重建"}])
    ((before, after, facts),) = revising.spread(changed, [changed, second, done], hand())
    assert before == second and after["measures"][0]["what"] == "重建" and facts[0].name == "item_revised"
    assert revising.spread(changed, [changed, after], hand()) == []
    late, _ = revised(first, measures=[{**FIELDS["measures"][0], "due_on": "2024-03-01"}])
    with pytest.raises(Refusal, match="measure_shared"):
        revising.spread(late, [second], hand())


def test_what_comes_back_has_the_measures_it_shares_as_they_are_by_now_where_they_are_worked_on():
    draft = {"reason": "群众反映", "due_on": "2024-05-01"}
    said = {"p02": "重建", "p03": "拆除"}
    other, done = (item(key=key, measures=[{**FIELDS["measures"][0], "what": what}]) for key, what in said.items())
    before, others = closed(), [closed(), other, {**done, "state": "closed"}]
    again = closing.reopen(before, draft, hand(), False, RULES, 30)
    after, facts = revising.rejoined(before, again, others, hand("office"))
    assert after["measures"] == other["measures"] and after["due_on"] == "2024-05-01"
    assert [fact.name for fact in facts] == ["item_reopened", "item_revised"]
    told, last = after["history"][-2:]
    assert (told["what"], told["by"], last["what"]) == ("measure_changed", "office", "reopened")
    assert told["changes"] == [{"field": "measures", "from": before["measures"], "to": other["measures"]}]
    assert closing.reopen(after, draft, hand(), False, RULES, 30) == (after, []), "the second click"
    assert revising.rejoined(after, (after, []), [item(key="p02")], hand()) == (after, []), "it was not away"
    assert revising.rejoined(before, again, others[:1], hand()) == again, "nobody works on them"


@pytest.mark.parametrize(
    ("reported", "today", "following"),
    [
        ("2024-01-25", "2024-01-10", "2024-02-25"),
        ("2024-02-25", "2024-01-12", "2024-02-25"),
        ("2024-01-25", "2024-01-25", "2024-02-25"),
        ("2024-01-25", "2024-01-26", "2024-02-25"),
        ("2024-11-25", "2024-12-26", "2025-01-25"),
        (None, "2024-12-26", "2025-01-25"),
    ],
)
def test_a_months_report_is_made_once_and_a_missing_one_is_made_up_for_first(reported, today, following):
    assert lists.report_after(reported, today, today, RULES) == following


def test_what_was_done_by_the_report_before_is_no_report_of_this_month():
    begun = progressed(item(due_on="2024-12-31"), "2024-02-10")
    assert begun["report_due_on"] == "2024-02-25"
    for on in ("2019-01-01", "2024-01-25"):
        old = progressed(begun, "2024-02-10", on=on)
        assert (old["report_due_on"], len(old["progress"])) == ("2024-02-25", 2)
    assert progressed(begun, "2024-02-10", on="2024-01-26")["report_due_on"] == "2024-03-25"
    assert progressed(begun, "2024-03-01", on="2024-02-20")["report_due_on"] == "2024-03-25", "made up for late"


def test_a_missing_report_is_yellow_by_itself_and_an_entry_ends_it():
    begun = item(due_on="2024-12-31")
    assert [domain.colour(begun, day) for day in ("2024-01-25", "2024-01-26")] == ["blue", "yellow"]
    assert domain.colour(progressed(begun, "2024-01-26", evidence=[]), "2024-01-26") == "blue"


def test_a_long_term_item_is_looked_back_on_every_year_and_never_closed_without_an_interim_result():
    begun = item(category="long_term", due_on=None)
    assert begun["look_back_on"] == "2025-01-19"
    current = {**begun, "report_due_on": None}
    assert [domain.colour(current, day) for day in ("2025-01-19", "2025-01-20")] == ["blue", "yellow"]
    entry = {"key": "i1", "on": "2024-12-20", "result": "走访全覆盖", "evidence": EVIDENCE}
    with pytest.raises(Refusal, match="interim_missing"):
        applied(begun)
    kept, facts = interim.record(begun, entry, hand(today="2024-12-20"), RULES)
    assert kept["look_back_on"] == "2025-12-20" and facts[0].name == "interim_recorded"
    assert interim.record(kept, entry, hand(today="2024-12-20"), RULES) == (kept, [])
    assert closing.apply(kept, EFFECT, hand(today="2024-12-21"), RULES)[0]["state"] == "close_requested"
    with pytest.raises(Refusal, match="not_long_term"):
        interim.record(item(), entry, hand(today="2024-12-20"), RULES)


def test_a_look_back_that_was_missed_stays_on_record_though_it_is_made_up_for():
    begun = item(category="long_term", due_on=None)
    assert domain.shown(begun, "2025-01-19")["look_backs_missed"] == []
    assert domain.shown(begun, "2025-02-01")["look_backs_missed"] == ["2025-01-19"]
    entry = {"key": "i1", "on": "2025-01-10", "result": "走访全覆盖", "evidence": EVIDENCE}
    kept, _ = interim.record(begun, entry, hand(today="2025-02-01"), RULES)
    again, _ = interim.record(kept, {**entry, "key": "i2"}, hand(today="2025-02-02"), RULES)
    assert again["look_back_on"] == "2026-01-10" and again["look_backs_missed"] == ["2025-01-19"]


def test_an_item_is_closed_level_by_level_each_by_somebody_else():
    waiting = applied(rank="city")
    assert waiting["closeout"]["needed"] == ["group", "office"]
    passed, facts = verified(waiting)
    assert (passed["state"], passed["closeout"]["next"]) == ("close_requested", "office")
    assert (facts[0].name, facts[0].data["next"]) == ("closeout_passed", "office")
    with pytest.raises(Refusal, match="decided_before"):
        verified(passed)
    with pytest.raises(Refusal, match="level_not_yours"):
        verified(passed, "another-supervisor")
    done, facts = verified(passed, "office")
    assert (done["state"], facts[0].data["outcome"], done["recheck_on"]) == ("closed", "closed", "2024-07-18")
    assert [one["level"] for one in done["closeout"]["levels"]] == ["group", "office"]


def test_what_is_sent_back_has_a_day_and_what_was_applied_for_is_kept():
    back, facts = verified(applied(), passed=False, due_on="2024-02-10")
    assert (back["state"], back["due_on"], facts[0].data["due_on"]) == ("open", "2024-02-10", "2024-02-10")
    again = applied(back, "2024-02-01")
    assert [one["levels"][0]["passed"] for one in again["earlier_closeouts"]] == [False]
    slow, _ = verified(applied(), passed=False, today="2024-04-10", due_on="2024-04-25")
    assert (slow["due_on"], slow["late"]) == ("2024-04-25", False)
    for due_on, code in (("2024-01-19", "day_past"), (None, "return_day_needed")):
        with pytest.raises(Refusal, match=code) as refused:
            verified(applied(), passed=False, due_on=due_on)
        assert refused.value.errors[0]["pointer"] == "/due_on"


def test_a_return_is_no_way_to_another_day():
    with pytest.raises(Refusal, match="return_too_late") as refused:
        verified(applied(), passed=False, due_on="2024-04-01")
    assert refused.value.params["latest"] == "2024-03-31"
    assert verified(applied(), passed=False, today="2024-03-20", due_on="2024-04-01")[0]["due_on"] == "2024-04-01"
    with pytest.raises(Refusal, match="return_too_late") as refused:
        verified(applied(), today="2024-04-10", passed=False, due_on="2024-04-26")
    assert refused.value.params["latest"] == "2024-04-25"


def test_what_is_long_term_is_returned_with_a_day_to_answer_by():
    entry = {"key": "i1", "on": "2024-01-18", "result": "走访全覆盖", "evidence": EVIDENCE}
    begun, _ = interim.record(item(category="long_term", due_on=None), entry, hand(), RULES)
    waiting, _ = closing.apply(begun, EFFECT, hand(), RULES)
    with pytest.raises(Refusal, match="return_day_needed"):
        verified(waiting, passed=False, due_on=None)
    with pytest.raises(Refusal, match="return_too_late"):
        verified(waiting, passed=False, due_on="2024-02-20")
    back, facts = verified(waiting, passed=False, due_on="2024-02-19")
    assert (back["due_on"], facts[0].data["due_on"]) == ("2024-02-19", "2024-02-19")
    assert domain.colour(back, "2024-02-20") == "red"


def test_whoever_passed_a_level_may_send_it_back_until_it_is_closed_and_decides_on_no_other():
    passed, _ = verified(applied(rank="city"), "office")
    with pytest.raises(Refusal, match="decided_before"):
        verified(passed, "office")
    back, facts = verified(passed, "office", passed=False, due_on="2024-02-04")
    assert (back["state"], facts[0].data["level"], back["history"][-1]["level"]) == ("open", "group", "group")
    assert [one["passed"] for one in back["closeout"]["levels"]] == [True, False]
    again = applied(back, rank="city")
    assert verified(verified(again)[0], "office")[0]["state"] == "closed"
    with pytest.raises(Refusal, match="level_not_yours"):
        verified(passed, "another-supervisor", passed=False, due_on="2024-02-04")


def test_what_was_shown_before_is_not_new_by_being_entered_again():
    back, _ = verified(applied(), passed=False, due_on="2024-02-10")
    old = domain.evidence_of(back)
    for same in (old, [{**old[0], "title": "又一份"}]):
        with pytest.raises(Refusal, match="evidence_not_fresh"):
            closing.apply(progressed(back, evidence=same), EFFECT, hand(), RULES)
    words = progressed(item(), evidence=[WORDS])
    kept = {**words, **domain.came_back(words, "2024-01-20")}
    assert domain.fresh_evidence(progressed(kept, evidence=[WORDS])) == []
    assert len(domain.fresh_evidence(progressed(kept, evidence=[{**WORDS, "dated_on": "2024-01-16"}]))) == 1


def test_a_decision_is_on_exactly_what_was_seen_or_it_is_refused():
    first = applied(rank="city")
    seen = domain.shown(first, "2024-01-20")["closeout"]["hash"]
    with pytest.raises(Refusal, match="closeout_changed"):
        verified(first, hash="0" * 64)
    back, _ = verified(first, passed=False)
    again = closing.apply(progressed(back), {**EFFECT, "result": "另有说法"}, hand(), RULES, "city")[0]
    with pytest.raises(Refusal, match="closeout_changed"):
        verified(again, hash=seen)
    passed, _ = verified(again)
    with pytest.raises(Refusal, match="closeout_changed"):
        verified(passed, "office", hash=domain.applied_for(again))
    assert verified(passed, "office")[0]["state"] == "closed"


def test_what_is_changed_at_once_is_never_given_more_time():
    measures = [{**FIELDS["measures"][0], "due_on": "2024-02-10"}]
    begun = item(category="immediate", due_on="2024-02-10", measures=measures)
    with pytest.raises(Refusal, match="immediate_never_postponed"):
        asked(begun, "postpone", "2024-02-15")
    with pytest.raises(Refusal, match="immediate_never_postponed"):
        verified(applied(begun), passed=False, due_on="2024-02-11")
    slow, _ = verified(applied(begun), passed=False, today="2024-02-20")
    assert slow["due_on"] == "2024-02-10" and domain.colour(slow, "2024-02-20") == "red"


def test_another_list_is_asked_for_and_granted_by_somebody_else():
    measures = [{**FIELDS["measures"][0], "due_on": "2024-02-10"}]
    begun = asked(
        item(category="immediate", due_on="2024-02-10", measures=measures), "retype", "phased", due_on="2024-06-30"
    )
    assert (begun["category"], begun["requests"][0]["decided"]) == ("immediate", None)
    assert asked(begun, "retype", "phased", due_on="2024-06-30") is begun
    with pytest.raises(Refusal, match="request_waiting"):
        asked(begun, "retype", "long_term")
    with pytest.raises(Refusal, match="asker_decides"):
        decided(begun, account="liaison")
    with pytest.raises(Refusal, match="own_item"):
        requests.decide(begun, 1, {"passed": True, "reason": "x"}, hand("secretary"), True, RULES, 30)
    granted = decided(begun)
    assert (granted["category"], granted["due_on"], granted["first_due_on"]) == ("phased", "2024-06-30", "2024-02-10")
    assert decided(granted) is granted
    with pytest.raises(Refusal, match="request_decided"):
        decided(granted, passed=False)
    assert [one["what"] for one in granted["history"]][-2:] == ["retype_asked", "retype_granted"]


def test_nothing_is_granted_while_a_close_out_is_decided_or_too_few_levels_would_close_it():
    begun = asked(item(), "retype", "long_term")
    with pytest.raises(Refusal, match="wrong_state"):
        decided(applied(begun))


def test_what_was_put_back_is_not_applied_for_with_the_old_evidence():
    back, _ = verified(applied(), passed=False)
    draft = {"reason": "群众反映", "due_on": "2024-05-01"}
    again, _ = closing.reopen(closed(), draft, hand("office"), False, RULES, 30)
    came = {"on": "2024-01-20", "result": "rebounded", **draft}
    rebounded, _ = rechecks.record(closed(), came, hand("office"), False, RULES, 30)
    for one in (back, again, rebounded):
        for begun in (one, progressed(one, evidence=[])):
            with pytest.raises(Refusal, match="evidence_not_fresh"):
                closing.apply(begun, EFFECT, hand(), RULES)
        assert domain.shown(one, "2024-01-20")["fresh"] == 0 and domain.shown(one, "2024-01-20")["evidence"] == 1
        assert applied(one)["state"] == "close_requested"


def test_what_was_asked_for_waits_for_nobody_once_its_item_is_closed():
    done, facts = verified(applied(asked(item(), "postpone", "2024-06-30")))
    assert [(fact.name, fact.data["outcome"]) for fact in facts] == [
        ("closeout_decided", "closed"),
        ("item_postponement_decided", "lapsed"),
    ]
    over = done["requests"][0]["decided"]
    assert (over["passed"], over["lapsed"], over["reason"]) == (False, True, "现场查看属实")
    assert done["due_on"] == "2024-03-31" and closed()["requests"] == []


def test_what_cannot_be_granted_cannot_be_asked_for():
    for begun, kind, to, code in (
        (item(), "retype", "phased", "same_list"),
        (item(), "retype", "immediate", "immediate_too_long"),
        (item(), "postpone", "2024-03-31", "day_not_later"),
        (item(category="long_term", due_on=None), "postpone", "2024-12-31", "no_day_to_postpone"),
        (item(category="long_term", due_on=None), "retype", "phased", "due_date_needed"),
    ):
        with pytest.raises(Refusal, match=code):
            asked(begun, kind, to)


def test_another_day_never_undoes_that_an_item_was_late():
    late = asked(item(), "postpone", "2024-06-30", today="2024-04-02")
    granted = decided(late, today="2024-04-03")
    assert (granted["due_on"], granted["late"], domain.colour(granted, "2024-04-03")) == ("2024-06-30", True, "yellow")
    waiting = applied(granted, "2024-05-01")
    assert [domain.colour(waiting, day) for day in ("2024-05-01", "2024-07-01")] == ["yellow", "yellow"]
    assert domain.colour(applied(granted, "2024-07-01"), "2024-07-01") == "red"
    done, facts = verified(waiting, today="2024-05-01")
    assert domain.colour(done, "2024-05-01") == "yellow" and not facts[0].data["on_time"]
    refused = decided(asked(item(), "postpone", "2024-06-30"), passed=False)
    assert refused["due_on"] == "2024-03-31" and refused["history"][-1]["what"] == "postpone_refused"


def test_a_closing_is_undone_by_others_only_with_reason_and_day_and_everything_is_kept():
    draft = {"reason": "群众反映渠水又断", "due_on": "2024-06-30"}
    with pytest.raises(Refusal, match="own_item"):
        closing.reopen(closed(), draft, hand("secretary"), True, RULES, 30)
    again, facts = closing.reopen(closed(), draft, hand("office"), False, RULES, 30)
    assert (again["state"], again["closed_on"], again["due_on"], again["closeout"]) == (
        "open",
        None,
        "2024-06-30",
        None,
    )
    assert again["earlier_closeouts"][0]["verified_by"] == "supervisor" and again["first_due_on"] == "2024-03-31"
    assert (facts[0].name, facts[0].data["because"]) == ("item_reopened", "reopened")
    assert closing.reopen(again, draft, hand("office"), False, RULES, 30) == (again, [])


def test_what_was_closed_is_looked_at_again_and_what_came_back_is_counted():
    held = {"on": "2024-07-18", "result": "held", "reason": "走访三户，通水正常"}
    done = closed()
    looked, facts = rechecks.record(done, held, hand("office", "2024-07-20"), False, RULES, 30)
    assert (looked["state"], looked["recheck_on"], facts[0].name) == ("closed", None, "recheck_recorded")
    assert looked["rechecks"][0]["due_on"] == "2024-07-18"
    assert rechecks.record(looked, held, hand("office", "2024-07-20"), False, RULES, 30) == (looked, [])
    came = {"on": "2024-08-01", "result": "rebounded", "reason": "又断水", "due_on": "2024-09-30"}
    back, facts = rechecks.record(looked, came, hand("office", "2024-08-02"), False, RULES, 30)
    assert (back["state"], back["rebounds"], len(back["rechecks"])) == ("open", 1, 2)
    assert [fact.name for fact in facts] == ["recheck_recorded", "item_reopened"]
    for on, code in (("2024-01-19", "before_closing"), ("2024-08-03", "day_in_future")):
        with pytest.raises(Refusal, match=code):
            rechecks.record(done, {**held, "on": on}, hand("office", "2024-08-02"), False, RULES, 30)
    with pytest.raises(Refusal, match="own_item"):
        rechecks.record(done, held, hand("secretary", "2024-08-02"), True, RULES, 30)


def test_a_look_before_its_day_takes_no_days_place_and_one_after_the_last_plans_none_anew():
    done = closed()
    looks = [("2024-01-20", "2024-07-18", None), ("2024-07-01", "2024-07-18", None), ("2024-07-19", None, "2024-07-18")]
    for on, following, served in [*looks, ("2024-08-01", None, None)]:
        said = {"on": on, "result": "held", "reason": f"{on} 走访"}
        done, (told,) = rechecks.record(done, said, hand("office", on), False, RULES, 30)
        assert (done["recheck_on"], told.data["recheck_on"], done["rechecks"][-1]["due_on"]) == (
            following,
            following,
            served,
        )
    assert len(done["rechecks"]) == 4


def test_what_came_back_is_yellow_until_it_is_applied_for_anew():
    back, _ = verified(applied(), passed=False, due_on="2024-03-31")
    assert domain.colour(applied(), "2024-01-20") == "blue" and domain.colour(back, "2024-01-20") == "yellow"
    again = applied(back)
    assert domain.colour(again, "2024-01-20") == "blue"
    done, _ = verified(again)
    assert domain.colour(done, "2024-01-20") == "green"
    came = {"on": "2024-02-01", "result": "rebounded", "reason": "又断水", "due_on": "2024-09-30"}
    assert (
        domain.colour(rechecks.record(done, came, hand("office", "2024-02-01"), False, RULES, 30)[0], "2024-02-01")
        == "yellow"
    )


def test_where_the_policy_says_so_what_came_back_shows_no_more_than_its_days_and_follows_another_policy():
    """By the next thing that is said of it, as of its other days."""
    calm = {**RULES, "when_returned": "as_due"}
    said = {"passed": False, "reason": "重拍", "due_on": "2024-03-31"}
    asking = applied()
    said |= {"hash": domain.applied_for(asking)}
    back, _ = closing.verify(asking, said, hand("督导员"), False, ["supervisor"], calm)
    reopened, _ = closing.reopen(
        closed("2024-01-20"), {"reason": "又坏了", "due_on": "2024-03-31"}, hand("office"), False, calm, 30
    )
    for one in (back, reopened):
        assert domain.colour(one, "2024-01-21") == "blue"
        told = {"key": "n9", "on": "2024-01-21", "text": "在改", "evidence": []}
        stricter, _ = domain.record_progress(one, told, hand(today="2024-01-21"), RULES)
        assert domain.colour(stricter, "2024-01-21") == "yellow"
        laxer, _ = domain.record_progress(stricter, {**told, "key": "n10"}, hand(today="2024-01-21"), calm)
        assert domain.colour(laxer, "2024-01-21") == "blue"


def test_thirty_days_are_counted_from_the_day_an_item_came_onto_its_list():
    begun = registered(category="phased")
    asking = requests.ask(
        begun, {"kind": "retype", "to": "immediate", "reason": "可立改"}, hand(today="2024-03-01"), RULES, 30
    )[0]
    said = {"passed": True, "reason": "同意"}
    moved = requests.decide(asking, 1, said, hand("office", "2024-03-01"), False, RULES, 30)[0]
    measures = [{**FIELDS["measures"][0], "due_on": "2024-03-10"}]
    clear = {**FIELDS, "measures": measures, "milestones": [], "due_on": "2024-03-10"}
    clear.pop("category", None)
    planned, _ = revising.revise(moved, clear, hand(today="2024-03-02"), RULES, 30)
    assert (planned["state"], planned["due_on"]) == ("open", "2024-03-10")
    with pytest.raises(Refusal) as no:
        revising.revise(moved, {**clear, "due_on": "2024-04-01"}, hand(today="2024-03-02"), RULES, 30)
    assert (no.value.code, no.value.params["latest"]) == ("immediate_too_long", "2024-03-31")
    own, _ = revising.revise(begun, {"category": "immediate"}, hand(today="2024-03-01"), RULES, 30)
    assert revising.revise(own, clear, hand(today="2024-03-02"), RULES, 30)[0]["state"] == "open"
