"""Pre-check: everything about one material in one answer, pure and quick; files from a folder without any service."""

import json
import random
import shutil
import time
from pathlib import Path

import pytest

from services.review import origin, precheck
from tests.review import materials


def other(name, **more):
    return {"id": name, "paragraphs": materials.paragraphs(name), "submitted_at": materials.submitted()[name], **more}


def examine(name, **more):
    return precheck.examine(materials.paragraphs(name), materials.documents()[name]["kind"], materials.ASPECTS, **more)


def author(label):
    return {"unit_name": label["unit_name"], "title": label["author_title"]}


def test_the_answer_has_everything_a_reader_and_the_store_need():
    result = examine("so-02.md")
    assert set(result) == {"fails", "findings", "structure", "near_copies", "answers", "rules_version"}
    assert result["fails"] == ["measures"]
    json.dumps(result, ensure_ascii=False)


def test_the_later_of_two_alike_texts_is_at_fault_and_the_earlier_is_not():
    later = examine("so-09.txt", others=[other("so-01.txt")], submitted_at="2024-01-04")
    earlier = examine("so-01.txt", others=[other("so-09.txt")], submitted_at="2023-12-28")
    assert later["fails"] == ["persuasion"]
    assert later["near_copies"][0]["whose"] == "another unit's material"
    assert earlier["fails"] == []
    assert earlier["near_copies"][0]["earlier"] == "mine"


def test_last_years_text_with_new_headings_is_the_writers_own_copy():
    result = examine("so-13.txt", others=[other("prior/so-13-2022.txt")], submitted_at="2024-01-02")
    assert result["fails"] == ["persuasion"]
    assert result["near_copies"][0]["whose"] == "own"


def test_who_handed_it_in_decides_whose_a_text_is_and_not_the_heading():
    """A copyist who forgets the heading gets the strongest word, not the mildest."""
    texts = {"unit": "990823-NYNC", "post": "03"}
    known = {"submitted_at": "2024-01-04"}
    foreign = examine("so-01.txt", others=[other("so-01.txt", **texts)], unit="990824-NYNC", post="02", **known)
    colleague = examine("so-01.txt", others=[other("so-01.txt", **texts)], unit="990823-NYNC", post="02", **known)
    own = examine("so-01.txt", others=[other("so-01.txt", **texts)], **texts, **known)

    assert [found["near_copies"][0]["whose"] for found in (foreign, colleague, own)] == [
        "another unit's material", "colleague", "own",
    ]  # fmt: skip
    reasons = [found["findings"][0]["reason"]["zh"] for found in (foreign, colleague, own)]
    assert [found["fails"] for found in (foreign, colleague, own)] == [["persuasion"]] * 3
    assert reasons[0].startswith("整篇照搬另一单位的材料：有 100% 的内容相同")
    assert len(set(reasons)) == 3


def test_several_sources_of_one_kind_are_one_finding_that_counts_them():
    others = [{**other("so-01.txt"), "id": f"m{n}", "unit": f"u{n}", "post": "02"} for n in (1, 2)]
    found = examine("so-09.txt", others=others, submitted_at="2024-01-04", unit="u3", post="02")["findings"]
    assert [each["code"] for each in found] == ["copied"]
    assert "共 2 份" in found[0]["reason"]["zh"]


@pytest.mark.parametrize("name", list(materials.documents()))
def test_a_head_that_names_its_author_in_any_usual_way_is_no_finding(name):
    label = materials.documents()[name]
    assert not origin.of_another(materials.paragraphs(name), author(label))


@pytest.mark.parametrize(
    ("head", "unit", "title"),
    [
        ("县发改局党组书记、局长", "枫渡县发展和改革局", "党组书记、局长"),
        ("枫渡县住建局党组成员、副局长", "枫渡县住房和城乡建设局", "党组成员、副局长（分管业务）"),
        ("闽川市云岭区教育局四级调研员", "云岭区教育局", "党组成员、副局长"),
        ("云岭区教育局副局长", "闽川市云岭区教育局", "党组成员、副局长"),
        ("青溪县政府办公室主任", "青溪县人民政府", "党组成员、政府办公室主任"),
        ("青溪县公安局党委书记、局长", "青溪县人民政府", "党组成员、副县长、公安局局长"),
        ("中共青溪县委副书记、县长", "中共青溪县委员会", "县委副书记、县长"),
        ("市国资委领导班子", "闽川市国有资产监督管理委员会", "领导班子"),
        ("闽川经济技术开发区管理委员会主任", "闽川经开区", "党组书记、主任"),
    ],
)  # fmt: skip
def test_abbreviations_and_second_posts_are_nobody_else(head, unit, title):
    assert not origin.of_another([{"n": 1, "text": head}], {"unit_name": unit, "title": title})


@pytest.mark.parametrize(
    ("head", "unit", "title"),
    [
        ("青溪县农业农村局党组成员、副局长", "竹源县农业农村局", "党组成员、副局长"),
        ("竹源县水利局党组成员、副局长", "竹源县农业农村局", "党组成员、副局长"),
        ("竹源县农业农村局党组书记、局长", "竹源县农业农村局", "党组成员、副局长（分管畜牧）"),
        ("青溪县财政局领导班子对照检查材料", "青溪县审计局", "领导班子"),
    ],
)
def test_a_head_of_another_unit_or_post_fails(head, unit, title):
    assert origin.of_another([{"n": 1, "text": head}], {"unit_name": unit, "title": title}) == (1, head)


def test_a_head_that_names_somebody_else_is_told_where_the_author_is_known():
    found = examine("so-01.txt", author=author(materials.documents()["so-09.txt"]))
    assert [each["code"] for each in found["findings"]] == ["of_another"]
    assert found["fails"] == ["persuasion"]
    assert examine("so-01.txt")["findings"] == []


def test_one_side_without_a_day_is_taken_for_the_earlier():
    """A store that only offers earlier texts need not say mine; the date in a text's head is then not compared."""
    assert examine("so-09.txt", others=[other("so-01.txt")])["fails"] == ["persuasion"]


def test_an_answered_opinion_is_no_finding_and_an_unanswered_one_is_named():
    opinions = materials.documents()["so-08.txt"]["opinions_to_answer"]
    found = [each for each in examine("so-08.txt", opinions=opinions)["findings"] if each["severity"] == "fail"]
    assert len(found) == 1
    assert "走教教师" in found[0]["reason"]["zh"]


def test_a_text_says_who_wrote_it_and_when():
    assert origin.written_on(materials.paragraphs("so-01.txt")) == "2023-12-28"
    assert origin.written_on(materials.paragraphs("so-13.txt")) == "2023-12"
    assert origin.written_on(materials.paragraphs("so-02.md")) is None
    assert origin.author(materials.paragraphs("so-13.txt")) == origin.author(
        materials.paragraphs("prior/so-13-2022.txt")
    )
    assert not origin.author(materials.paragraphs("so-01.txt")) & origin.author(materials.paragraphs("so-09.txt"))


def test_it_takes_milliseconds():
    """Well under what a worker's task costs around it; only the processor's time counts, as machines are shared."""
    paragraphs = [{**each, "n": n} for n, each in enumerate(materials.paragraphs("so-14.md") * 3, 1)]
    times = []
    for _ in range(5):
        began = time.process_time()
        precheck.examine(paragraphs, "speech_outline", materials.ASPECTS)
        times.append(time.process_time() - began)
    assert min(times) < 0.1


@pytest.mark.parametrize("text", ["1", "20231", "一是", "不", "某", "，", "但", "取得", "理论学习", "（一）", "“"])
def test_no_text_makes_it_slow(text):
    """A text of nothing but one thing would find any rule whose time grows with the square of its length."""
    long = text * (20_000 // len(text))
    titles = ["一、存在问题", "（一）理论学习方面。" + long, "二、原因", long, "三、措施", long]
    paragraphs = [{"n": n, "text": each, "heading": None, "table": False} for n, each in enumerate(titles, 1)]
    began = time.process_time()
    precheck.examine(paragraphs, "speech_outline", materials.ASPECTS)
    assert time.process_time() - began < 5


def test_any_mixture_of_paragraphs_gets_an_answer_with_places_that_stand():
    chance = random.Random(20231204)
    everything = [each for name in materials.documents() for each in materials.paragraphs(name)]
    opinions = [{"id": "o1", "source": "survey_form", "text": "食堂饭菜差"}]
    for _ in range(150):
        mixed = [
            {**each, "n": n, "table": chance.random() < 0.1}
            for n, each in enumerate(chance.sample(everything, chance.randrange(1, 25)), 1)
        ]
        result = precheck.examine(mixed, "team_inspection", materials.ASPECTS, opinions, [other("so-01.txt")])
        for each in result["findings"]:
            assert each["anchor"]["quotation"] in mixed[each["anchor"]["paragraph"] - 1]["text"]
        assert len({node["id"] for node in result["structure"]}) == len(result["structure"])


def test_a_kind_the_standards_are_not_about_is_not_judged():
    found = precheck.examine(materials.paragraphs("ti-05.txt"), "minutes", materials.ASPECTS)
    assert found["fails"] == found["findings"] == []
    assert precheck.examine([], "speech_outline", materials.ASPECTS)["fails"] == []


@pytest.fixture(scope="module")
def from_files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("others")
    for name in ("so-01.txt", "so-09.txt", "so-12.txt", "docx/so-01.docx", "prior/so-13-2022.txt", "hostile/bomb.docx"):
        shutil.copy(materials.HERE / name, folder / Path(name).name)
    names = ["so-01.txt", "so-09.txt", "so-13.txt", "docx/so-01.docx", "hostile/bomb.docx", "hostile/oa-export.docx"]
    found = precheck.examine_files([materials.HERE / name for name in names], "speech_outline", (), folder)
    return dict(zip(names, found, strict=True))


def test_copies_in_a_folder_are_named_and_renderings_are_not_copies(from_files):
    found = from_files
    assert found["so-01.txt"]["near_duplicate_of"] is None
    assert found["so-09.txt"]["near_duplicate_of"].endswith(("so-01.txt", "so-01.docx"))
    assert found["so-13.txt"]["near_duplicate_of"].endswith("so-13-2022.txt")
    assert found["docx/so-01.docx"]["near_duplicate_of"] is None
    assert found["docx/so-01.docx"]["fails"] == []


def test_hostile_files_are_refused_and_never_judged(from_files):
    found = from_files
    assert found["hostile/bomb.docx"]["refused"] == "file_bomb"
    assert found["hostile/oa-export.docx"]["refused"] == "file_not_what_its_name_says"
    assert all("fails" not in found[name] and found[name]["reason"] for name in found if name.startswith("hostile"))


def test_of_renderings_of_one_source_the_one_nearest_to_the_top_is_named():
    (found,) = precheck.examine_files([materials.HERE / "so-09.txt"], None, against=materials.HERE)
    assert found["near_duplicate_of"] == str(materials.HERE / "so-01.txt")
