"""What is passed by: a remark nobody takes up, an opinion pushed on, problems no measure answers, one's own part."""

import pytest

from services.review import extraction, precheck
from tests.review import materials
from tests.review.test_empty import TOLD, WHY, outline

KEPT = "\n".join(f"（{n}）2024年{n}月底前由我办完，村里验收。" for n in range(1, 7))
HEARD = ("自建房判级凭感觉", "下村蜻蜓点水", "分管领导防汛物资说不清")


def found(text, code, kind="speech_outline", opinions=()):
    paragraphs = extraction.extract(text.encode(), "text.txt")["paragraphs"]
    given = precheck.examine(paragraphs, kind, materials.ASPECTS, opinions=opinions)["findings"]
    return [each["severity"] for each in given if each["code"] == code]


def whole(measures=KEPT, why=WHY, head="", **instead):
    causes = "\n".join(f"（{n}）{each}" for n, each in zip("一二三四五六", why, strict=False))
    return f"{head}{outline(**instead)}\n七、原因剖析\n{causes}\n八、整改措施\n{measures}"


@pytest.mark.parametrize(("taken", "severity"), [(2, "fail"), (1, "note")])
def test_the_one_remark_left_of_several_is_left_where_all_others_are_taken_up_in_their_words(taken, severity):
    """Where others went by other words, so may this one."""
    told = {
        "ability": f"有人说我自建房判级凭感觉，一点不错。{TOLD['ability']}",
        "style": f"说我下村蜻蜓点水，说得对。{TOLD['style']}" if taken > 1 else TOLD["style"],
    }
    heard = [
        {"id": str(n), "source": "forum" if n < 2 else "supervision_group", "text": text}
        for n, text in enumerate(HEARD)
    ]
    assert found(whole(**told), "opinion_unanswered", opinions=heard)[-1:] == [severity]


@pytest.mark.parametrize(
    "pushed",
    [
        "这条意见反映的应当是别的部门职责，水务站在管。",
        "停水同我本人关系不大，是水务站的事。",
        "停水归水务站，群众可能没有弄清楚。",
    ],
)
def test_an_opinion_called_another_s_business_is_not_answered(pushed):
    heard = [{"id": "1", "source": "forum", "text": "塔背村停水没有人管"}]
    told = f"关于“塔背村停水没有人管”，{pushed}{TOLD['style'].replace('塔背村停水二十六天，', '')}"
    assert found(whole(style=told), "opinion_denied", opinions=heard) == ["fail"]
