"""Reference templates: one for every kind, with what is known written in, and not passing as they are."""

import io

import docx
import jinja2
import pytest

from services.intake import files, kinds, reference, reference_word
from services.review import extraction, precheck, rules

POSTS = (("01", "党组书记、局长"), ("02", "副局长"))
FACTS = reference.Facts(
    unit="青溪县农业农村局",
    campaign="学习贯彻主题教育专题民主生活会",
    meeting_on="2024-01-09",
    post="02",
    posts=POSTS,
    aspects=(("theory", "理论学习"), ("integrity", "廉洁自律")),
    applies={"last_year": True},
)


@pytest.mark.parametrize("kind", list(kinds.KINDS))
@pytest.mark.parametrize("facts", [FACTS, FACTS._replace(most=5000), reference.NOTHING])
def test_every_kind_has_a_template_that_word_opens(kind, facts):
    data = reference_word.write(reference.blocks(kind, facts))
    assert files.recognise("模板.docx", data, ("docx",)) == files.DOCX
    opened = docx.Document(io.BytesIO(data))
    assert opened.paragraphs[0].style and opened.paragraphs[0].style.name == "Title"
    assert ("青溪县农业农村局" in opened.paragraphs[0].text) == bool(facts.unit)
    assert "None" not in reference.text(kind, facts)


@pytest.mark.parametrize("kind", list(kinds.KINDS))
def test_every_place_to_fill_in_is_one_that_the_pre_check_finds(kind):
    """Whatever was left as it is, in a paragraph or in a cell, stands in words that are found."""
    pattern = rules.present().pattern("persuasion", "placeholder")
    lines = [line for line in reference.text(kind).splitlines() if "【" in line or "（请" in line]
    assert lines
    assert [line for line in lines if not pattern.search(line)] == []


@pytest.mark.parametrize("kind", ["team_inspection", "speech_outline"])
def test_a_template_handed_in_as_it_is_does_not_pass(kind):
    data = reference_word.write(reference.blocks(kind, FACTS._replace(most=5000)))
    paragraphs = extraction.extract(data, "模板.docx")["paragraphs"]
    aspects = [{"code": code, "title": title} for code, title in FACTS.aspects]
    assert "persuasion" in precheck.examine(paragraphs, kind, aspects)["fails"]


def test_what_applies_has_its_section_and_what_does_not_has_none():
    outline = reference.text("speech_outline", FACTS)
    assert "## 二、上年度整改措施落实情况" in outline
    assert "函询" not in outline
    assert "### （二）廉洁自律方面" in outline
    assert "青溪县农业农村局副局长" in outline
    assert "2024年1月9日" in reference.text("meeting_plan", FACTS)
    assert "函询" in reference.text("speech_outline", FACTS._replace(applies={"inquiries": True}))


@pytest.mark.parametrize(
    "name",
    [
        "{{ 7 * 7 }}",
        "{% for a in 'x' %}",
        "局\n# 标题",
        "局 | 列 | 列",
        "{{ ''.__class__.__mro__ }}",
        "局\r\n| 甲 | 乙 |",
    ],
)
def test_a_name_is_written_as_it_is_and_runs_nothing(name):
    facts = FACTS._replace(unit=name, posts=(("02", name),))
    for kind in kinds.KINDS:
        marks = [block["kind"] for block in reference.blocks(kind, facts)]
        assert marks == [block["kind"] for block in reference.blocks(kind, FACTS._replace(posts=POSTS[1:]))]
        assert "49" not in reference.text(kind, facts)


@pytest.mark.parametrize("source", ["{{ hint.__globals__ }}", "{{ applies.update({}) }}", "{{ nothing }}"])
def test_a_template_reaches_nothing_but_what_it_was_given(source):
    made = reference._environment().from_string(source)
    with pytest.raises((jinja2.exceptions.SecurityError, jinja2.exceptions.UndefinedError)):
        made.render(hint=reference.hint, applies={})


def test_how_long_a_text_may_be_stands_in_its_template_where_the_campaign_says_so():
    assert "全文不超过 3000 字，空格不计" in reference.text("speech_outline", FACTS._replace(most=3000))
    assert "不超过" not in reference.text("speech_outline", FACTS).split("\n")[1]
