"""Scrubbing: nothing of a person, of a post's faults or of criticism stays in a text, and what is harmless stays."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.notification import scrubbing
from services.spine import errors

CLEAN = """2024年1月9日，武平县农业农村局召开专题民主生活会。班子成员应到7人，实到6人，符合规定人数。
会议依次进行：通报上次民主生活会整改情况；主要负责人代表班子作对照检查；班子成员逐一对照检查、开展批评和自我批评；督导组点评。
会前，党组书记带头谈心谈话，聚焦查摆存在的问题。会议由党组书记、局长主持，县委常委、组织部部长出席并讲话，第四督导组组长到会指导。
达到了“团结—批评—团结”的目的，开展了“红脸出汗”的批评。会议贯彻“学思想、强党性、重实践、建新功”总要求，分管领导力戒形式主义。
公安局长、卫健局长、林业局局长、武平县长列席，全体党员、有关同志、广大干部参加。列入整改方案的问题12项，分管领导包案整改。"""
HARMLESS = ("武平县农业农村局", "武平县")
NAMES = st.text("建国志明秀英德华淑珍永强", min_size=2, max_size=3).map(lambda given: "王" + given)
GAPS = st.sampled_from(["", " ", "\u3000", "\u200b", "·", "\t", "\u0301"])
PIECES = st.lists(
    st.sampled_from(
        [
            "会议指出，", "局长作风不够扎实。", "张书记主持会议，", "“你不敢担当”的批评",
            "批评意见：下基层少",
            "电话１３８ 0000 1234。",
            "整改", "\n", "。", "“", "”", "有关", "同志", "王", "建国", "；",
        ]
    ),
    max_size=14,
)  # fmt: skip


def kinds(text: str, names=()) -> set[str]:
    return {find.kind for find in scrubbing.finds(text, names)}


@st.composite
def spoken_of(draw) -> tuple[str, list[str]]:
    """A text that speaks of people by name, with gaps in their names, and those names."""
    names = draw(st.lists(NAMES, min_size=1, max_size=4))
    pieces = draw(PIECES)
    for name in names:
        written = "".join(sign + draw(GAPS) for sign in name)
        pieces.insert(draw(st.integers(0, len(pieces))), written)
    return "".join(pieces), names


@settings(max_examples=300, deadline=None)
@given(spoken_of())
def test_no_marked_name_survives_and_what_was_scrubbed_passes_the_check(told):
    text, names = told
    scrubbed, removed = scrubbing.scrub(text, names)
    assert removed
    assert scrubbing.finds(scrubbed, names) == []
    assert not any(name in scrubbing.fold(scrubbed) for name in names)


@settings(max_examples=200, deadline=None)
@given(spoken_of())
def test_a_text_with_a_known_name_in_it_is_found_out_whatever_stands_around_it(told):
    text, names = told
    assert scrubbing.NAME in kinds(text, names)


def test_a_text_as_the_column_has_it_is_left_as_it_is():
    assert scrubbing.finds(CLEAN, ["王建国"], HARMLESS) == []
    assert scrubbing.scrub(CLEAN, ["王建国"], HARMLESS) == (CLEAN, [])


@pytest.mark.parametrize(
    "text",
    [
        "张书记主持会议", "李局长", "李建国局长", "张 书 记", "欧阳主任", "张某某同志", "王建国主持会议",
        "县委书记张明，", "局长李明表示", "老王反映",
    ],
)  # fmt: skip
def test_people_are_told_by_surname_and_post(text):
    assert kinds(text) == {scrubbing.PERSON}


@pytest.mark.parametrize(
    "text", ["局长抓落实不够", "书记作风存在漂浮", "主要负责人，担当精神不足", "班子成员下基层不深"]
)
def test_a_post_is_not_named_with_its_faults(text):
    assert kinds(text) == {scrubbing.FAULT}


@pytest.mark.parametrize(
    "text",
    [
        "“不敢担当”的批评",
        "批评指出：“你抓落实慢”",
        "提出批评意见：下基层少",
        "批评意见集中，如“办事拖拉”",
        "受到严肃批评",
    ],
)
def test_criticism_is_not_repeated(text):
    assert kinds(text) == {scrubbing.CRITICISM}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("拨打１３８ 0000 1234", scrubbing.PHONE),
        ("+86-138-0000-1234", scrubbing.PHONE),
        ("0597-2345678", scrubbing.PHONE),
        ("电话：85231", scrubbing.PHONE),
        ("350821 1990 0101 123X", scrubbing.IDENTITY),
    ],
)
def test_numbers_of_people_are_found_with_gaps_and_in_full_width(text, kind):
    assert kinds(text) == {kind}


def test_what_was_taken_out_is_listed_and_what_it_was_is_said_by_a_reason_in_both_languages():
    text = "会上，李局长发言。局长抓落实不够。会议结束。"
    scrubbed, removed = scrubbing.scrub(text)
    assert scrubbed == "会上，有关同志发言。会议结束。"
    assert [(one["kind"], one["words"]) for one in removed] == [
        (scrubbing.PERSON, "李局长"),
        (scrubbing.FAULT, "局长抓落实不够"),
    ]
    for kind in (*scrubbing.INSTEAD, scrubbing.FAULT, scrubbing.CRITICISM):
        assert all(
            "李局长" in errors.text(kind, language, {"words": "李局长", "paragraph": 1}) for language in ("zh", "en")
        )


def test_a_place_says_the_paragraph_and_the_words():
    places = scrubbing.places("会议召开。\n会上王 建国发言。", "/text", ["王建国"])
    assert places == [{"pointer": "/text", "code": scrubbing.NAME, "paragraph": 2, "words": "王 建国"}]


@pytest.mark.parametrize(
    ("name", "person"),
    [
        ("王建国", True),
        ("欧阳娜", True),
        ("买买提·阿不都", True),
        ("主题教育办公室", False),
        ("审计员", False),
        ("office", False),
    ],
)
def test_an_accounts_name_is_a_persons_or_an_offices(name, person):
    assert scrubbing.is_name(name) is person
