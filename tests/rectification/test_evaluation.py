"""Evaluation of a unit's rectification: three methods, small groups kept, a grade by policy, another round if low."""

import pytest

from services.rectification import drawing, evaluation, evaluation_store, grading, store
from services.registry import definition
from services.spine.errors import Refusal
from tests.rectification import acting
from tests.rectification.acting import CAMPAIGN, OTHER, REGION, UNIT, actor, answered
from tests.rectification.test_states import FIELDS, PLACE, RULES, closed, hand
from tests.rectification.test_states import item as another

POLICY = RULES["evaluation"]
ITEM, FIRST, SECOND = f"{CAMPAIGN}.{UNIT}.p01", f"{CAMPAIGN}.{UNIT}.v1", f"{CAMPAIGN}.{UNIT}.v2"
LIMITS = {"rectification": RULES, "immediate_days": 30}
VISIT = {
    "key": "a1",
    "method": "visit",
    "on": "2024-01-19",
    "text": "灌渠渗漏",
    "score": 60,
    "items": [{"item_id": ITEM, "holds": False}],
}
ASKED = {
    "key": "b1",
    "method": "interviews",
    "on": "2024-01-19",
    "text": "说渗漏",
    "counts": {"good": 3, "ordinary": 6, "poor": 1},
}
FORM = {"form_id": f"{CAMPAIGN}.{UNIT}.fk7m2p9qx", "answered": 41, "score": 70}
LOW = {"grade": "ordinary", "reason": "渗漏未解决"}


def recorded(found, draft, account="supervisor"):
    return evaluation.record(found, draft, hand(account), account == "secretary", POLICY, [ITEM])[0]


def gathered():
    found = recorded(recorded(evaluation.begin(PLACE), VISIT), ASKED)
    return evaluation.appraised(found, FORM)[0]


def proposed(found=None):
    return evaluation.propose(found or gathered(), LOW, hand("supervisor"), False, POLICY, 5)[0]


def decided(found=None, account="office", **draft):
    return evaluation.decide(found or proposed(), LOW | draft, hand(account), False, POLICY)


def graded(found, **weights):
    grade = grading.computed(found, {**POLICY, "weights": POLICY["weights"] | weights})
    assert grade
    return grade


def test_thresholds_weights_and_points_are_the_policys():
    found = grading.methods(gathered(), POLICY, 5)
    assert [found[method]["score"] for method in grading.METHODS] == [60, 70, 70]
    assert graded(found) == {"score": 66, "grade": "ordinary"} and graded(found, visit=0)["score"] == 70
    for score, grade in ((90, "good"), (89, "fair"), (75, "fair"), (74, "ordinary"), (60, "ordinary"), (59, "poor")):
        assert graded({**found, "visit": {"score": score}}, interviews=0, appraisal=0)["grade"] == grade
    assert grading.computed(grading.methods(evaluation.begin(PLACE), POLICY, 5), POLICY) is None


def interviews(found):
    told = grading.methods(found, POLICY, 5)["interviews"]
    return [told[key] for key in ("records", "people", "counts", "score")]


def test_nothing_is_told_of_few_people_and_of_more_no_small_number():
    few = recorded(evaluation.begin(PLACE), ASKED | {"counts": {"good": 4}})
    assert interviews(few) == [1, None, None, None]
    more = recorded(few, ASKED | {"key": "b2", "counts": {"good": 27, "poor": 1}})
    assert interviews(more) == [2, 31, {"good": 31, "fair": 0, "ordinary": 0, "poor": None}, 100]
    assert interviews(recorded(few, ASKED | {"key": "b2", "counts": {"fair": 4, "poor": 4}}))[1] == 5, (
        "at least so many"
    )
    shown = evaluation.shown(gathered(), POLICY, 5, "2024-01-20", inside=False)
    assert all("counts" not in one and "by_account" not in one for one in shown["findings"])


def test_its_unit_learns_the_result_alone_and_nothing_of_what_was_said_in_interviews():
    waiting = evaluation.shown(proposed(), POLICY, 5, "2024-01-20", inside=True)
    assert (waiting["state"], waiting["findings"], waiting["proposal"], waiting["decision"]) == (
        "gathering",
        [],
        None,
        None,
    )
    result = evaluation.shown(decided()[0], POLICY, 5, "2024-01-20", inside=True)
    assert [one["method"] for one in result["findings"]] == ["visit"] and result["proposal"] is None
    assert result["decision"]["grade"] == "ordinary" and "说渗漏" not in str(result)


def test_the_group_proposes_after_all_methods_and_somebody_else_decides():
    with pytest.raises(Refusal, match="own_evaluation"):
        recorded(evaluation.begin(PLACE), VISIT, "secretary")
    for wrong, code in (
        ({"score": None}, "field_needed"),
        ({"on": "2024-01-21"}, "day_in_future"),
        ({"items": [{"item_id": "x", "holds": True}]}, "not_found"),
    ):
        draft = {key: value for key, value in (VISIT | wrong).items() if value is not None}
        with pytest.raises(Refusal, match=code):
            recorded(evaluation.begin(PLACE), draft)
    with pytest.raises(Refusal, match="grade_unknown"):
        recorded(evaluation.begin(PLACE), ASKED | {"counts": {"great": 6}})
    assert recorded(gathered(), VISIT) == gathered()
    with pytest.raises(Refusal, match="methods_missing"):
        proposed(recorded(evaluation.begin(PLACE), VISIT))
    with pytest.raises(Refusal, match="grade_not_proposed"):
        decided(gathered())
    with pytest.raises(Refusal, match="proposer_decides"):
        decided(account="supervisor")
    with pytest.raises(Refusal, match="day_past"):
        decided(due_on="2024-01-19")


def test_a_low_grade_opens_another_round_with_its_day_and_the_items_that_did_not_hold():
    found, facts = decided()
    assert [fact.name for fact in facts] == ["evaluation_decided", "second_round_opened"]
    assert facts[1].data == {
        "evaluation_id": SECOND,
        "unit": UNIT,
        "group": "G4",
        "round": 2,
        "due_on": "2024-03-20",
        "items": 1,
    }
    assert decided(found) == (found, [])
    with pytest.raises(Refusal, match="evaluation_decided_already"):
        decided(found, grade="poor")
    assert evaluation.appraised(found, FORM | {"form_id": "x"}) == (found, [])
    following = evaluation.next_round(found)
    assert (following["round"], following["due_on"], following["items"]) == (2, "2024-03-20", [ITEM])
    assert evaluation.shown(following, POLICY, 5, "2024-03-21", False)["late"]
    high, facts = decided(grade="good", due_on="2024-05-01")
    assert [fact.name for fact in facts] == ["evaluation_decided"] and high["decision"]["due_on"] is None


def test_a_low_grade_names_what_does_not_hold_so_no_second_round_is_empty():
    held = recorded(gathered(), VISIT | {"key": "a2", "items": [{"item_id": ITEM, "holds": True}]})
    assert evaluation.not_holding(held) == []
    with pytest.raises(Refusal, match="nothing_to_redo"):
        proposed(held)
    high = evaluation.propose(held, LOW | {"grade": "good"}, hand("supervisor"), False, POLICY, 5)[0]
    with pytest.raises(Refusal, match="nothing_to_redo"):
        decided(high)
    assert decided(recorded(high, VISIT | {"key": "a3"}))[1][1].data["items"] == 1


def test_a_form_without_a_score_neither_counts_as_done_nor_takes_the_place_of_one_with_a_score():
    few, small = FORM | {"form_id": "small", "answered": None, "score": None}, "small"
    asked = recorded(recorded(evaluation.begin(PLACE), VISIT), ASKED)
    found = evaluation.appraised(asked, few)[0]
    assert evaluation.shown(found, POLICY, 5, "2024-01-20", False)["missing"] == ["appraisal"]
    assert grading.methods(found, POLICY, 5)["appraisal"]["form_id"] == small, "it is told that there was one"
    with pytest.raises(Refusal, match="methods_missing"):
        proposed(found)
    for forms in ((FORM, few), (few, FORM)):
        found = asked
        for form in forms:
            found = evaluation.appraised(found, form)[0]
        told = grading.methods(found, POLICY, 5)["appraisal"]
        assert (told["records"], told["people"], told["score"], told["form_id"]) == (2, 41, 70, FORM["form_id"])
        assert proposed(found)["state"] == "proposed"
    unheard = recorded(gathered() | {"findings": []}, VISIT)
    with pytest.raises(Refusal, match="methods_missing"):
        proposed(recorded(unheard, ASKED | {"counts": {"poor": 4}}))


def test_the_same_seed_draws_the_same_and_another_seed_another():
    units = [f"990823-U{n}" for n in range(40)]
    rules = {"percent": 20, "least": 3, "items": 2}
    drawn = drawing.units("2024", units, rules)
    assert len(drawn) == 8 and drawn == drawing.units("2024", units[::-1], rules) != drawing.units("2025", units, rules)
    assert len(drawing.units("2024", units[:4], rules)) == 3
    assert drawing.items("2024", ["a", "b", "c"], ["d"], rules) != ["d"] and drawing.items("1", [], ["d"], rules) == [
        "d"
    ]


def test_the_reference_policy_stands_in_its_schema_and_grades_have_one_code_each():
    assert definition.REFERENCE["policy"]["rectification"]["evaluation"]["weights"] == POLICY["weights"]
    assert sum(POLICY["weights"].values()) == 100 and [one["again"] for one in POLICY["grades"]] == [
        False,
        False,
        True,
        True,
    ]


@pytest.fixture
def doors(db, monkeypatch):
    service = acting.doors(db, monkeypatch)
    store.add(db, closed(), [], hand().at)
    return service


def event(name, data, subject):
    source = "intake" if "form" in name else "rectification"
    envelope = {"specversion": "1.0", "datacontenttype": "application/json", "time": "2024-01-20T08:00:00.000Z"}
    told = {"id": f"{name}:{subject}:1", "source": f"/rectify/{source}", "type": f"rectify.{name}", "subject": subject}
    told |= {"dataschema": f"urn:rectify:events:{name}:1", "campaign": CAMPAIGN, "region": REGION}
    return envelope | told | {"sequence": 1, "data": data}


FORM_CLOSED = {
    "form_id": FORM["form_id"],
    "unit": UNIT,
    "group": "G4",
    "source": "anonymous_appraisal",
    "respondents": 60,
    "about": 1,
}


def test_who_may_not_evaluate_is_told_so_and_elsewhere_nothing_is_found(doors):
    for who, permission in (
        ("secretary", "evaluate"),
        ("member", "evaluate"),
        ("office", "propose_grade"),
        ("liaison", "propose_grade"),
        ("supervisor", "decide_grade"),
        ("secretary", "decide_grade"),
    ):
        with pytest.raises(Refusal, match="not_permitted"):
            actor(who, permission)
    with pytest.raises(Refusal, match="not_found"):
        doors.record_finding(actor("elsewhere", "evaluate"), FIRST, VISIT)
    with pytest.raises(Refusal, match="not_found"):
        doors.evaluation_of_unit(actor("stranger"), FIRST)
    with pytest.raises(Refusal, match="not_found"):
        doors.evaluation_of_unit(actor("office"), SECOND)
    with pytest.raises(Refusal, match="not_found"):
        doors.draw_evaluation_sample(actor("county_office", "decide_grade"), {"campaign": CAMPAIGN, "seed": "1"})


def test_a_unit_is_evaluated_by_its_group_and_decided_by_the_office_and_what_did_not_hold_is_open_again(doors):
    answered("evaluation", doors.evaluation_of_unit(actor("secretary"), FIRST))
    for _ in range(2):
        doors.record_finding(actor("supervisor", "evaluate"), FIRST, VISIT)
        doors.record_finding(actor("supervisor", "evaluate"), FIRST, ASKED)
    told = event("opinion_form_closed", FORM_CLOSED | {"answered": 41, "score": 70}, FORM["form_id"])
    assert doors.on_opinion_form_closed([told]) == [None]
    evaluation_store.appraised(doors.db, told, hand().at)
    assert doors.on_opinion_form_closed([event("opinion_form_closed", FORM_CLOSED | {"answered": 41}, "another")]) == [
        None
    ]
    answered("evaluation", doors.propose_grade(actor("supervisor", "propose_grade"), FIRST, LOW))
    for _ in range(2):
        found = answered("evaluation", doors.decide_grade(actor("county_office", "decide_grade"), FIRST, LOW))
    assert found["decision"]["due_on"] == "2024-03-20" and len(found["findings"]) == 2
    assert [
        one["data"]["grade"]
        for one in acting.said(doors.db, "evaluations")
        if one["type"] == "rectify.evaluation_decided"
    ] == ["ordinary"]
    (opened,) = [one for one in acting.said(doors.db, "evaluations") if one["type"] == "rectify.second_round_opened"]
    measures = [{**FIELDS["measures"][0], "what": "重建"}]
    store.add(doors.db, another(key="p02", measures=measures), [], hand().at)
    assert doors.on_second_round_opened([opened]) == [None]
    evaluation_store.open_round(doors.db, FIRST, lambda _: LIMITS, hand().at, "2024-01-20")
    item = store.get(doors.db, ITEM)
    assert (item["state"], item["due_on"], item["history"][-1]["reason"]) == ("open", "2024-03-20", "渗漏未解决")
    assert item["measures"] == measures, "as another item has by now what they share"
    assert len([one for one in item["history"] if one["what"] == "reopened"]) == 1
    second = answered("evaluation", doors.evaluation_of_unit(actor("secretary"), SECOND))
    assert (second["round"], second["items"], second["due_on"]) == (2, [ITEM], "2024-03-20")
    rows = answered("evaluation_list", doors.evaluations(actor("office"), {"campaign": CAMPAIGN}))["rows"]
    assert {(row["unit"], row["round"]) for row in rows} == {(UNIT, 2), (OTHER, 1)}
    store.save(doors.db, item, ({**item, "state": "closed"}, []), hand().at)
    evaluation_store.open_round(doors.db, FIRST, lambda _: LIMITS, hand().at, "2024-01-20")
    assert store.get(doors.db, ITEM)["state"] == "closed", "told again, what was put right meanwhile stays closed"


def test_a_sample_is_kept_by_its_seed_and_each_sees_the_units_of_its_scope(doors):
    asked = {"campaign": CAMPAIGN, "seed": "20240120"}
    drawn = [doors.draw_evaluation_sample(actor("office", "decide_grade"), asked)[1] for _ in range(2)]
    assert drawn[0] == answered("evaluation_sample", drawn[1])
    assert [(one["unit"], one["items"]) for one in drawn[0]["units"]] == [(UNIT, [ITEM])] and drawn[0][
        "population"
    ] == 1
    (seen,) = answered("evaluation_sample_list", doors.evaluation_samples(actor("supervisor", "evaluate"), {}))["rows"]
    assert seen == drawn[0]
    assert doors.evaluation_samples(actor("elsewhere", "evaluate"), {})["total"] == 0
    with pytest.raises(Refusal, match="nothing_to_draw"):
        doors.draw_evaluation_sample(
            actor("office", "decide_grade"), {"campaign": CAMPAIGN, "region": "990881", "seed": "1"}
        )
