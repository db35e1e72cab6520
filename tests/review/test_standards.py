"""Standards: what is labelled is found and nothing else; so are faults no label has, in every arrangement."""

import itertools
import re
from typing import Any

import pytest

from services.review import precheck, rules, standards, structure
from services.review.glance import Glance
from services.review.standards.reading import Reading
from tests.review import faults, materials, variations

NAMES = list(materials.documents())
OTHERS = list(materials.submitted())


def examined(name, paragraphs=None, others=()):
    document = materials.documents()[name]
    return precheck.examine(
        paragraphs or materials.paragraphs(name), document["kind"], materials.ASPECTS,
        opinions=document["opinions_to_answer"], others=others, submitted_at=document["submitted_at"],
    )  # fmt: skip


def with_others(name):
    others = [
        {"id": other, "paragraphs": materials.paragraphs(other), "submitted_at": materials.submitted()[other]}
        for other in OTHERS
        if other != name
    ]
    return examined(name, others=others)


def table(rows):
    """Found and false alarms per standard, printed; rows are (expected, tolerated, given)."""
    print(f"\n{'standard':<12}{'labelled':>9}{'found':>7}{'false':>7}")
    labelled = found = false = 0
    for code in standards.CODES:
        wanted = [given for expected, _, given in rows if code in expected]
        hit = sum(code in given for given in wanted)
        wrong = sum(code in given and code not in expected and code not in may for expected, may, given in rows)
        print(f"{code:<12}{len(wanted):>9}{hit:>7}{wrong:>7}")
        labelled, found, false = labelled + len(wanted), found + hit, false + wrong
    return labelled, found, false


def test_labelled_failures_are_found_without_false_alarms():
    rows = [
        (each["fails"], each["tolerated"], with_others(name)["fails"]) for name, each in materials.documents().items()
    ]
    labelled, found, false = table(rows)
    assert found >= 0.95 * labelled
    assert false <= 1


def test_faults_that_no_labelled_document_has_are_found():
    cases = list(faults.all_faults())
    rows, missed = [], []
    for case in cases:
        given = precheck.examine(case.paragraphs, case.kind, materials.ASPECTS, opinions=case.opinions)["fails"]
        rows.append(((case.standard,), case.tolerated, given))
        if case.standard not in given or set(given) - {case.standard, *case.tolerated}:
            missed.append((case.name, given))
    labelled, found, false = table(rows)
    assert found >= 0.9 * labelled, missed
    assert false <= 0.1 * len(cases), missed


def test_the_same_text_in_another_arrangement_is_judged_the_same():
    """Copying is left out: it is a matter of other texts, and is measured by similarity."""
    rows = []
    for name, style in itertools.product(NAMES, variations.STYLES):
        document = materials.documents()[name]
        expected = [] if document["near_duplicate_of"] else document["fails"]
        rows.append((expected, document["tolerated"], examined(name, style(name))["fails"]))
    labelled, found, false = table(rows)
    assert found >= 0.95 * labelled
    assert false <= 0.05 * len(rows)


@pytest.mark.parametrize("rendering", [each["file"] for each in materials.labels()["renderings"]])
def test_a_rendering_is_judged_as_its_original(rendering):
    original = next(each["of"] for each in materials.labels()["renderings"] if each["file"] == rendering)
    assert examined(original, materials.paragraphs(rendering))["fails"] == examined(original)["fails"]


@pytest.mark.parametrize("name", NAMES)
def test_a_finding_points_at_words_that_stand_there(name):
    texts = {each["n"]: each["text"] for each in materials.paragraphs(name)}
    result = with_others(name)
    nodes = {node["id"] for node in result["structure"]}
    for each in result["findings"]:
        assert each["anchor"]["quotation"]
        assert each["anchor"]["quotation"] in texts[each["anchor"]["paragraph"]]
        assert each["anchor"]["node"] is None or each["anchor"]["node"] in nodes


def test_a_finding_says_why_and_what_would_pass_in_both_languages():
    for name in NAMES:
        for each in with_others(name)["findings"]:
            assert set(each) == {
                "id", "code", "standard", "severity", "anchor", "reason", "would_pass", "confidence", "rule",
            }  # fmt: skip
            assert each["standard"] in standards.CODES
            assert each["severity"] in ("fail", "note")
            assert each["rule"] == f"{each['standard']}.{each['code']}"
            assert 0 < each["confidence"] < 1
            assert all(each[key][language] for key in ("reason", "would_pass") for language in ("zh", "en"))


def test_the_same_text_gives_the_same_findings():
    assert with_others("ti-05.txt") == with_others("ti-05.txt")


def test_circumstances_that_are_named_and_overruled_are_no_outside_causes():
    by = rules.present()
    glance = Glance(by)
    own = "平台监管拿不准，客观上法规更新快是有的，但同样的政策兄弟市局能办下来，差的是我自己不钻研。"
    assert standards.causes.inside(glance.of(own), by)
    assert not standards.causes.inside(glance.of("编制只减不增，专业技术人员断档，经费紧张，客观上难以推进。"), by)


def test_soon_and_when_conditions_allow_are_no_dates():
    reading = Reading(structure.read([], "speech_outline", materials.ASPECTS), {})
    assert not standards.measures.dated(reading, {"text": "条件成熟时由我牵头，尽快完成。"})
    assert standards.measures.dated(reading, {"text": "由我牵头，清明节前后、4月底前完成。"})


def redated(name, year):
    return [{**each, "text": each["text"].replace("2024年", f"{year}年")} for each in materials.paragraphs(name)]


@pytest.mark.parametrize(
    ("year", "submitted_at", "found"),
    [
        (2022, "2023-12-30", ["date_over"]),
        (2024, "2023-12-30", []),
        (2024, "2024-12-30T01:00:00Z", ["date_over"]),
        (2024, "2027-01-10", []),
        (2024, None, []),
    ],
)
def test_a_measure_that_was_to_be_done_before_the_text_was_handed_in_fails(year, submitted_at, found):
    """A text that names no year near the day it came in is of another time; what was late then nobody knows."""
    result = precheck.examine(
        redated("so-12.txt", year), "speech_outline", materials.ASPECTS, submitted_at=submitted_at
    )
    assert [each["code"] for each in result["findings"]] == found
    assert result["fails"] == (["measures"] if found else [])


@pytest.mark.parametrize(
    ("plan", "found"),
    [
        ({"meeting_on": "2024-01-25"}, ["before_meeting"]),
        ({"meeting_on": "2024-01-10"}, []),
        ({"meeting_on": "2021-12-01"}, ["far_off"]),
        ({"meeting_on": None, "last_on": "2021-12-01"}, ["far_off"]),
        ({"meeting_on": None, "last_on": "2024-01-10"}, []),
        ({"meeting_on": "2024-01-10", "last_on": "2021-12-01"}, []),
        (None, []),
    ],
)
def test_deadlines_before_the_meeting_and_years_after_it_are_noted_and_no_fault(plan, found):
    asked = (materials.paragraphs("so-12.txt"), "speech_outline", materials.ASPECTS)
    result = precheck.examine(*asked, submitted_at="2023-12-28", plan=plan)
    assert [(each["code"], each["severity"]) for each in result["findings"]] == [(code, "note") for code in found]
    of_another_time = precheck.examine(*asked, submitted_at="2027-01-10", plan=plan)
    assert of_another_time["findings"] == []


def test_one_date_that_is_over_is_noted_whatever_its_year():
    paragraphs = [
        {**each, "text": each["text"].replace("2024年1月20日前", "2019年1月20日前")}
        for each in materials.paragraphs("so-12.txt")
    ]
    result = precheck.examine(paragraphs, "speech_outline", materials.ASPECTS, submitted_at="2023-12-28")
    assert [(each["code"], each["severity"]) for each in result["findings"]] == [("date_over", "note")]
    assert "2019年1月20日前" in result["findings"][0]["anchor"]["quotation"]


@pytest.mark.parametrize(
    ("text", "over"),
    [
        ("2023年10月底前完成2021年建成的灌渠修复", True),
        ("2023年2月底前恢复运行，其中3家1月31日前封堵", True),
        ("2023年11月底前摸清，12月31日前销号", False),
        ("对2022年底前受理的12件积案逐件包案，每月销号2件", False),
        ("2023年10月启动，2024年3月底前完成", False),
        ("今年10月底前完成", False),
        ("2023年12月底前完成", False),
    ],
)
def test_only_dates_with_a_year_all_of_them_over_count(text, over):
    assert is_over({"text": text}) is over


def test_a_date_is_read_from_its_column():
    node = {"text": "1 措施 局长 2023-09-30", "fields": {"due": "2023-09-30"}}
    assert is_over(node)
    assert not is_over({**node, "fields": {"due": "方案2023年9月30日，开工2024年3月31日"}})


def is_over(node: dict[str, Any], now: str = "2023-12-28") -> bool:
    due_by = standards.deadlines.due_by(node, rules.present())
    return due_by is not None and due_by < now


def test_one_we_in_a_personal_outline_is_no_fault():
    changed = [dict(each) for each in materials.paragraphs("so-01.txt")]
    changed[9]["text"] = changed[9]["text"].replace("我是分管领导", "我们都有份，我是分管领导")
    assert "persuasion" not in examined("so-01.txt", changed)["fails"]


def test_an_opinion_that_may_be_answered_in_other_words_is_only_noted():
    short, long = "来了就照相", "光荣院护工态度粗暴，投诉了没有回音，打电话也没人接"
    said = [{"id": each, "source": "forum", "text": each} for each in (short, long)]
    found = precheck.examine(materials.paragraphs("so-01.txt"), "speech_outline", materials.ASPECTS, said)["findings"]
    given = [each["severity"] for each in found if each["code"] == "opinion_unanswered"]
    assert given == ["note", "fail"]


def test_a_text_whose_parts_are_not_made_out_is_only_noted_to_miss_them():
    """Everything is told, but nothing is called by its name: what is missing is not sure."""
    told = [each for each in materials.paragraphs("so-01.txt") if not each["heading"]]
    mixed = [{**each, "n": n} for n, each in enumerate([told[0], *told[:0:-1]], 1)]
    found = precheck.examine(mixed, "speech_outline", materials.ASPECTS)["findings"]
    assert not [each for each in found if each["code"].endswith("missing") and each["severity"] == "fail"]


@pytest.mark.parametrize("title", ["理论学习", "能力本领", "廉洁自律"])
def test_an_aspect_by_another_name_is_never_sure_to_be_missing(title):
    renamed = [
        {**each, "text": each["text"].replace(title, "一张空桌子")} for each in materials.paragraphs("so-01.txt")
    ]
    found = precheck.examine(renamed, "speech_outline", materials.ASPECTS)["findings"]
    assert not [each for each in found if each["code"] == "aspect_missing" and each["severity"] == "fail"]


def test_days_of_measures_may_stand_once_after_them():
    listed = [dict(each) for each in materials.paragraphs("so-01.txt")]
    places = {
        n for node in materials.read("so-01.txt")["nodes"] if node["role"] == "measure" for n in node["paragraphs"]
    }
    for each in listed:
        if each["n"] in places:
            each["text"] = re.sub(r"(20\d\d年)?\d+月(\d+日|底|末|初)?(之?前|起)?|每[周月年]|每季度", "", each["text"])
    days = "时间安排：" + "；".join(f"第{n}项2024年{n}月底前" for n in range(1, 9))
    codes = [
        {each["code"] for each in examined("so-01.txt", text)["findings"]}
        for text in (listed, [*listed, {"n": len(listed) + 1, "text": days, "heading": None, "table": False}])
    ]
    assert ["no_date" in each for each in codes] == [True, False]


def test_other_aspects_are_data():
    """Another campaign's aspects are looked for by their titles, whatever they are."""
    aspects = [{"code": "a", "title": "理论学习"}, {"code": "b", "title": "服务群众"}]
    found = precheck.examine(materials.paragraphs("so-01.txt"), "speech_outline", aspects)
    missing = [each for each in found["findings"] if each["code"] == "aspect_missing"]
    assert [("“服务群众”" in each["reason"]["zh"], each["severity"]) for each in missing] == [(True, "note")]
