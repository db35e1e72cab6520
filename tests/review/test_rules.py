"""A new version of the rules: faults named all at once, tried on past materials, held against what people decided."""

import itertools
import json
import re

import pytest

from services.review import domain, rules, rules_store, store, trials, trials_store, trying
from services.review.rules import checking, firsts, slowness
from services.spine.errors import Refusal
from tests.review import materials, usual

ODD = ["甲?乙?1", "甲{0,2}b", "(?:甲|乙b)1?甲", "(?:甲|乙|)b", "[^甲\\n]{2}甲", "甲(?!乙)(?:乙|b)?$", r"\w+\s甲"]
ODD += [r"甲\b", r"\d(?<=1)\W", "甲+?(?>乙|b)", "(?:甲乙?){2}b", "甲(?i:B)", "(?:1?甲?){1,3}\\n"]


def changed(name, **parts):
    """A file of the rules in use with some of it changed: `limits={"share": 0.9}` changes that limit only."""
    content = json.loads((rules.HERE / name).read_text("utf-8"))
    for part, values in parts.items():
        content[part] = {**content[part], **values} if isinstance(values, dict) else values
    return {name: json.dumps(content, ensure_ascii=False)}


def asked(*names):
    found = materials.documents()
    return [
        {
            "id": name,
            "kind": found[name]["kind"],
            "aspects": materials.ASPECTS,
            "paragraphs": materials.paragraphs(name),
        }
        for name in names
    ]


def test_what_is_usual_was_counted_in_all_labelled_materials():
    assert rules.present().by_room["usual"]["pairs"] == usual.learned(), "python -m tests.review.usual counts anew"


def test_a_pattern_is_met_where_it_would_be_found_only_sooner():
    texts = [each["text"] for name in materials.documents() for each in materials.paragraphs(name)]
    for _, pattern in (each for content in rules.present().by_room.values() for each in checking.patterns(content)):
        plain, quick = re.compile(pattern), firsts.quick(pattern)
        assert [bool(quick.search(each)) for each in texts] == [bool(plain.search(each)) for each in texts], pattern
    for pattern in (r"(?:^|[，。])甲|乙+丙", r"(?i)abc", r"(.)\1", r"甲?", "[^甲]乙", r"\bx", "(?P<a>甲)(?P=a)"):
        found = [firsts.quick(pattern).search(each) is None for each in ("甲甲", "丁，甲", "ABC", "乙丙", "x", "")]
        assert found == [re.search(pattern, each) is None for each in ("甲甲", "丁，甲", "ABC", "乙丙", "x", "")]
    texts = ["".join(letters) for length in range(5) for letters in itertools.product("甲乙b1\n", repeat=length)]
    for pattern in ODD:
        plain, quick = re.compile(pattern), firsts.quick(pattern)
        assert [bool(quick.search(each)) for each in texts] == [bool(plain.search(each)) for each in texts], pattern


def test_the_rules_in_use_have_no_faults_and_no_pattern_that_takes_for_ever():
    for name in rules.NAMES:
        text = (rules.HERE / f"{name}.json").read_text("utf-8")
        assert checking.faults({f"{name}.json": text}) == []
        assert [key for key, each in checking.patterns(json.loads(text)) if slowness.is_slow(each)] == []


@pytest.mark.parametrize(
    ("files", "key"),
    [
        ({"nobody.json": "{}"}, ""),
        ({"measures.json": "{"}, ""),
        ({"measures.json": "[]"}, ""),
        ({"measures.json": "[" * 100_000}, ""),
        ({"measures.json": '{"version": 1' + "0" * 5000 + "}"}, ""),
        (changed("measures.json", version="three"), "version"),
        (changed("measures.json", limits={"share": "many"}), "limits/share"),
        (changed("measures.json", limits={"share": True}), "limits/share"),
        (changed("measures.json", limits={"share": float("nan")}), "limits/share"),
        (changed("measures.json", limits={"share": 10**400}), "limits/share"),
        (changed("measures.json", limits={"shares": 1}), "limits/shares"),
        (changed("measures.json", phrases={"unheard_of": ["x"]}), "phrases/unheard_of"),
        (changed("measures.json", phrases={"vague": "尽快"}), "phrases/vague"),
        (changed("measures.json", phrases={"vague": ["尽快", 3]}), "phrases/vague/2"),
        (changed("measures.json", phrases={"vague": ["尽快", ""]}), "phrases/vague/2"),
        (changed("measures.json", phrases={"vague": ["…以后"]}), "phrases/vague/1"),
        (changed("measures.json", phrases={"vague": ["(尽快/近期"]}), "phrases/vague/1"),
        (changed("measures.json", phrases={"vague": ["(一/二/三/四/五/六/七/八/九/十)" * 9]}), "phrases/vague/1"),
        (changed("measures.json", phrases={"vague": ["\ud800"]}), "phrases/vague/1"),
        (changed("measures.json", patterns={"owner": "(由"}), "patterns/owner"),
        (changed("measures.json", patterns={"owner": ""}), "patterns/owner"),
        (changed("measures.json", patterns={"owner": "x{9999999999999999}"}), "patterns/owner"),
        (changed("problems.json", topics={"理论学习": "学习)"}), "topics/理论学习"),
    ],
    ids=str,
)
def test_a_faulty_file_is_told_by_file_and_key(files, key):
    (fault,) = checking.faults(files)
    assert (fault.file, fault.key) == (next(iter(files)), key)
    assert fault.zh and fault.en


def test_a_missing_key_is_a_fault_and_every_fault_is_told_at_once():
    content = json.loads((rules.HERE / "measures.json").read_text("utf-8"))
    del content["phrases"]["vague"], content["limits"]["link"]
    content["limits"]["share"] = []
    found = checking.faults({"measures.json": json.dumps(content), "other.json": ""})
    keys = {(fault.file, fault.key) for fault in found}
    assert keys == {
        ("measures.json", "phrases/vague"), ("measures.json", "limits/link"), ("measures.json", "limits/share"),
        ("other.json", ""),
    }  # fmt: skip


def test_other_aspects_and_lists_that_take_hits_back_are_no_faults():
    assert checking.faults(changed("headings.json", aliases={"民族团结": ["团结"]})) == []
    assert checking.faults(changed("measures.json", phrases={"vague!": ["尽快落实"]})) == []


@pytest.mark.parametrize(
    "pattern",
    [
        "(a+)+$",
        "(?:学习|学习不够|不够)+深",
        r"([^，。]+)*x",
        r"(\d+)*年",
        "(?=(a+)+b)",
        "(甲|乙|甲乙)+丁",
        ".{0,60}" * 4 + "x",
    ],
)
def test_a_pattern_that_takes_for_ever_is_found_in_a_moment(pattern):
    assert slowness.is_slow(pattern)
    with pytest.raises(Refusal, match="rules_unfit") as no:
        trying.ask(changed("measures.json", patterns={"owner": pattern}), [])
    assert [place["pointer"] for place in no.value.errors] == ["/files/measures.json/patterns/owner"]


def test_whatever_new_rules_do_to_a_text_is_an_answer():
    with pytest.raises(Refusal, match="trial_died"):
        trying.ask(changed("measures.json", version=3), asked("so-01.txt"), seconds=0.05)
    with pytest.raises(Refusal, match="rules_unfit"):
        trying.ask(changed("measures.json", version=3), [{"id": "x", "paragraphs": None}])


def test_a_trial_says_what_both_versions_say():
    tried = trying.ask(
        changed("measures.json", version=3, limits={"share": 1.5, "share_own": 1.5}), asked("so-02.md", "so-01.txt")
    )
    assert tried["before"] == rules.present().version != tried["after"]
    found = trials.compare(tried, {"so-02.md": [], "so-01.txt": []})
    first = found["rows"][0]
    assert (first["review_id"], first["before"], first["after"], first["failed"]) == ("so-02.md", ["measures"], [], [])
    assert first["gone"] and all(f"{rule}:note" in first["added"] for rule in first["gone"])
    assert (found["examined"], found["changed"]) == (2, 1)
    assert {row["standard"]: (row["before"], row["after"]) for row in found["totals"]}["measures"] == (1, 0)
    assert (found["agreement"]["before"], found["agreement"]["after"]) == (9, 10)
    measures = found["agreement"]["standards"][-1]
    assert (measures["before"]["cried"], measures["after"]["cried"], measures["after"]["missed"]) == (1, 0, 0)


@pytest.mark.parametrize(
    ("file", "parts", "more"),
    [
        ("facts.json", {"patterns": {"month": "(?!)", "counted": "(?!)", "doctrine": "\\d+"}}, "examples.no_example"),
        ("causes.json", {"patterns": {"own": "(?!)", "blames": "."}}, "causes.outside_only"),
    ],
)
def test_a_trial_reaches_the_words_by_which_facts_and_ones_own_causes_are_known(file, parts, more):
    tried = trying.ask(changed(file, **parts), asked("so-01.txt"))
    assert more in trials.compare(tried, {})["rows"][0]["added"]


def test_a_trial_knows_whose_material_it_is_as_the_pre_check_does(db):
    """A head that names another unit is found in a trial, too, and held against what people decided."""
    store.remember_campaign(db, {"campaign": "c", "sequence": 1, "data": {"aspects": materials.ASPECTS}})
    known = materials.documents()["so-01.txt"]
    past = {"_id": "m.v1", "campaign": "c", "kind": known["kind"], "paragraphs": materials.paragraphs("so-01.txt")}
    past |= {"submitted_at": "2023-12-28T08:00:00.000Z", "unit": "990824-LY", "post": "02", "near_copies": []}
    past |= {"meeting_on": None, "answers": []}
    another = {"unit_name": "云岭县林业局", "title": "党组成员、副局长"}
    asked_for = [rules_store.material(db, past, author) for author in (None, another)]
    nobody, of_another = trying.ask(changed("measures.json", version=3), asked_for)["found"]
    assert set(of_another["before"]["rules"]) - set(nobody["before"]["rules"]) == {"persuasion.of_another"}


def test_where_nobody_has_judged_there_is_no_agreement():
    tried = trying.ask(changed("measures.json", version=3), asked("so-01.txt"))
    found = trials.compare(tried, {})
    assert (found["agreement"], found["changed"], found["rows"][0]["failed"]) == (None, 0, None)


def begun(files, campaign="c", at="2026-03-01T08:00:00.000Z"):
    return trials.begin(files, campaign, 100, domain.Reader("ann", "办公室", at, at[:10]))


def test_a_trial_that_never_ended_is_told_as_lost():
    trial = begun({"measures.json": "{}"})
    assert trials.shown(trial, "2026-03-01T08:01:00.000Z")["state"] == "running"
    assert trials.shown(trial, "2026-03-01T08:02:01.000Z")["state"] == "lost"


def test_the_same_trial_is_kept_once_and_the_oldest_go(db):
    trials_store.prepare(db)
    first = begun({"measures.json": "0"})
    for _ in range(2):
        trials_store.begin(db, first)
    trials_store.end(db, first, {"state": "done", "rows": [1]})
    assert [row["state"] for row in db.trials.find()] == ["done"]
    for minute in range(trials_store.MOST):
        trials_store.begin(db, begun({"measures.json": str(minute + 1)}, at=f"2026-03-01T09:{minute:02}:00.000Z"))
    trials_store.begin(db, begun({"measures.json": "0"}, campaign="other"))
    assert trials_store.listed(db, {"campaign": "c"}, {})["total"] == trials_store.MOST
    with pytest.raises(Refusal, match="not_found"):
        trials_store.get(db, first["_id"], {"campaign": "c"})


def test_of_ten_thousand_faults_as_many_are_kept_as_anybody_reads():
    places = [
        {"pointer": f"/files/x/{n}", "code": "rule_unfit", "detail": {"zh": "错", "en": "bad"}} for n in range(9999)
    ]
    kept = {**begun({}), **trials.refused(Refusal("rules_unfit", count=9999, errors=places))}
    told = trials.shown(kept, kept["at"], "en")["refusal"]
    assert (len(told["errors"]), told["errors"][0]["detail"]) == (trials.MOST_FAULTS, "bad")
    assert "9999" in told["detail"]
