"""The text of a material that came as a form: its sections as numbered headings, each entry a paragraph, to be read and
pre-checked like any other. The form was checked when it was handed in; nothing of it is left out.
Measures come last, as in a written text.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

MEDIA = "application/json"
NUMBERS = "一二三四五六七八九十"
STATES = {"done": "已完成", "partly": "部分完成", "not_done": "未完成"}
ROOTS = {
    "conviction": "理想信念",
    "purpose": "宗旨意识",
    "party_spirit": "党性修养",
    "style": "工作作风",
    "discipline": "纪律规矩",
    "ability": "能力本领",
    "other": "其他",
}
Line = tuple[int | None, str]


def paragraphs(document: Mapping[str, Any], aspects: Sequence[Mapping[str, str]]) -> list[dict[str, Any]]:
    """The paragraphs of a team's or a member's examination: [{n, text, heading, table}]."""
    lines: list[Line] = [(1, f"{document.get('unit', '')}{document.get('name', '')}对照检查材料")]
    lines += [(None, document[key]) for key in ("opening", "preparation") if key in document]
    lines.append((None, str(document["dated_on"])))
    sections = [
        (title, list(part)) for title, part in _sections(document, {one["code"]: one["title"] for one in aspects})
    ]
    for number, (title, part) in enumerate((title, part) for title, part in sections if part):
        lines += [(1, f"{NUMBERS[number]}、{title}"), *part]
    split = [(heading, line.strip()) for heading, text in lines for line in text.splitlines() if line.strip()]
    return [{"n": n, "text": text, "heading": heading, "table": False} for n, (heading, text) in enumerate(split, 1)]


def _sections(document: Mapping[str, Any], titles: Mapping[str, str]) -> Iterator[tuple[str, Iterator[Line]]]:
    def rows(key: str) -> list[dict[str, Any]]:
        return list(document.get(key, ()))

    yield (
        "上年整改措施落实情况",
        (
            (
                None,
                _joined(one["problem"], f"{STATES[one['state']]}：{one['measure']}", one["result"], one.get("why_not")),
            )
            for one in rows("last_year")
        ),
    )
    yield "对征求到意见的回应", ((None, _joined(one["opinion"], one["answer"])) for one in rows("answers"))
    yield "个人事项说明", ((None, _joined(one["matter"], one["text"])) for one in rows("personal_matters"))
    yield "函询、谈话、举报问题说明", ((None, _joined(one["by"], one["on"], one["text"])) for one in rows("inquiries"))
    yield "存在的突出问题", _by_aspect(rows("problems"), titles)
    yield "典型案例剖析", ((None, _joined(one["case"], one["lesson"], one["gap"])) for one in rows("negative_case"))
    yield "原因剖析", ((None, f"{ROOTS[one['root']]}方面。{one['text']}") for one in rows("causes"))
    yield "整改措施", ((None, f"{n}. {_measure(one)}") for n, one in enumerate(rows("measures"), 1))


def _by_aspect(problems: list[dict[str, Any]], titles: Mapping[str, str]) -> Iterator[Line]:
    codes = list(dict.fromkeys(one["aspect"] for one in problems))
    for number, code in enumerate(codes, 1):
        yield 2, f"（{NUMBERS[number - 1] if number <= len(NUMBERS) else number}）{titles.get(code, code)}方面"
        for one in problems:
            if one["aspect"] == code:
                yield None, _joined(one["problem"], one["shows"], one["example"])


def _measure(one: Mapping[str, str]) -> str:
    """One sentence, as a measure is written: what, who, by when, how it is checked."""
    year, month, day = one["due_on"].split("-")
    by = f"{year}年{int(month)}月{int(day)}日前完成"
    return (
        "，".join(part.strip("，。；") for part in (one["measure"], f"由{one['owner']}负责", by, one["check"])) + "。"
    )


def _joined(*parts: str | None) -> str:
    return "".join(part if part[-1] in "。！？；" else f"{part}。" for part in parts if part)
