"""Variations: the labelled texts in other arrangements, and with faults put in that the labels do not have.

Measures what generalises: a rule that only knew the phrases of the labelled documents would fail here.
"""

import re
from typing import Any

from services.review import headings
from tests.review import materials

NUMERALS = "一二三四五六七八九十"
Paragraphs = list[dict[str, Any]]
START = re.compile(r"^(?:第?[一二三四五六七八九十]+[是、，]|[（(]?[一二三四五六七八九十\d]+[）)、.．]\s*)")


def made(texts: list[str], table_from: int | None = None) -> Paragraphs:
    """Paragraphs of these texts; those from an index on are rows of a table."""
    table = len(texts) if table_from is None else table_from
    return [{"n": n + 1, "text": text, "heading": None, "table": n >= table} for n, text in enumerate(texts)]


def parts(name: str) -> tuple[list[str], list[tuple[str, str]], list[str], list[str]]:
    """A document taken apart: opening, (aspect's title, what it tells), causes, measures; numbers gone."""
    found = materials.read(name)
    opening = [line["text"] for line in found["lines"] if line["role"] in ("title", "opening")]
    aspects = []
    for each in materials.ASPECTS:
        mine = [line for line in found["lines"] if line["role"] == "problem" and each["code"] in line["aspects"]]
        text = headings.numbered("".join(line["text"] for line in mine if not line["heading"]))[1]
        text = re.sub(rf"^[^。：，]{{0,8}}{each['title']}(?:方面|上|[不有][^。：，]{{1,6}}|欠缺)?[。：，；]?", "", text)
        if mine:
            aspects.append((each["title"], text))
    causes = [node["text"] for node in found["nodes"] if node["role"] == "cause"]
    measures = [node["text"].replace("    ", "，") for node in found["nodes"] if node["role"] == "measure"]
    bare = [[START.sub("", text.replace("\n", "")) for text in texts] for texts in (causes, measures)]
    return opening, aspects, bare[0], bare[1]


def _listed(form: str, texts: list[str]) -> list[str]:
    return [form.format(NUMERALS[i], i + 1, "①②③④⑤⑥⑦⑧⑨⑩"[i]) + text for i, text in enumerate(texts)]


def _sections(opening, problems, causes, measures, titles) -> Paragraphs:
    middle = [titles[1], *causes] if causes else []
    return made([*opening, titles[0], *problems, *middle, titles[2], *measures])


def parts_one_two_three(name: str) -> Paragraphs:
    """第一部分 … 第一，…"""
    opening, aspects, causes, measures = parts(name)
    told = _listed("第{0}，", [f"{title}方面。{text}" for title, text in aspects])
    titles = ("第一部分 存在的主要问题", "第二部分 原因剖析", "第三部分 整改措施")
    return _sections(opening, told, _listed("第{0}，", causes), _listed("第{0}，", measures), titles)


def circled(name: str) -> Paragraphs:
    """①理论学习：… （1）…, sections without numbers."""
    opening, aspects, causes, measures = parts(name)
    told = _listed("{2}", [f"{title}：{text}" for title, text in aspects])
    titles = ("存在问题", "问题产生的原因", "下一步打算")
    return _sections(opening, told, _listed("（{1}）", causes), _listed("（{1}）", measures), titles)


def without_headings(name: str) -> Paragraphs:
    """A narrative: 先讲… 再讲…, causes and measures known by how they begin."""
    opening, aspects, causes, measures = parts(name)
    words = ["先讲", "再讲", "第三个方面是", "接着是", "还有", "最后说说"]
    told = [f"{words[i]}{title}。{text}" for i, (title, text) in enumerate(aspects)]
    middle = ["深挖这些问题的根源，" + "".join(causes)] if causes else []
    return made([*opening, *told, *middle, "下一步，我将从以下方面抓整改。", *measures])


def aspect_by_aspect(name: str) -> Paragraphs:
    """一、理论学习方面 （一）存在问题 （二）原因剖析 （三）整改措施, six times."""
    opening, aspects, causes, measures = parts(name)
    texts = list(opening)
    for i, (title, text) in enumerate(aspects):
        texts += [f"{NUMERALS[i]}、{title}方面", "（一）存在问题", text]
        if causes:
            texts += ["（二）原因剖析", causes[min(i, len(causes) - 1)]]
        texts += ["（三）整改措施", measures[min(i, len(measures) - 1)]]
    return made(texts)


def labelled(name: str) -> Paragraphs:
    """理论学习 问题　… 根子　… 改　…, six times: a word and a space say what a paragraph is."""
    opening, aspects, causes, measures = parts(name)
    texts = list(opening)
    for i, (title, text) in enumerate(aspects):
        texts += [title, f"问题　{text}"]
        texts += [f"{label}　{told[i % len(told)]}" for label, told in (("根子", causes), ("改", measures)) if told]
    return made(texts)


def one_paragraph_each(name: str) -> Paragraphs:
    """All problems in one paragraph, all causes in one, all measures in one (一是…二是…)."""
    opening, aspects, causes, measures = parts(name)
    ended = [text if text.endswith("。") else text + "。" for text in measures]
    told = ["".join(f"{title}方面，{text}" for title, text in aspects)]
    joined = ["".join(_listed("{0}是", texts)) for texts in (causes, ended) if texts]
    return _sections(
        opening, told, joined[:1] if causes else [], joined[-1:], ("一、存在问题", "二、原因分析", "三、改进措施")
    )


def numbered_sentences(name: str) -> Paragraphs:
    """（一）理论学习方面存在的问题 1．… 2．…, one sentence a paragraph."""
    opening, aspects, causes, measures = parts(name)
    told = []
    for i, (title, text) in enumerate(aspects):
        told += [f"（{NUMERALS[i]}）{title}方面存在的问题", *_listed("{1}．", re.findall("[^。]+。", text)[:9])]
    titles = ("一、检视问题", "二、根源剖析", "三、努力方向")
    return _sections(opening, told, _listed("（{0}）", causes), _listed("{1}）", measures), titles)


def in_a_table(name: str) -> Paragraphs:
    """Measures only in a table without owner's and date's columns."""
    opening, aspects, causes, measures = parts(name)
    texts = [*opening, "一、存在问题", *_listed("（{0}）", [f"{title}。{text}" for title, text in aspects])]
    texts += ["二、原因", *_listed("{1}、", causes)] if causes else []
    return made([*texts, "序号    整改措施", *_listed("{1}    ", measures)], len(texts))


STYLES = (
    parts_one_two_three, circled, without_headings, aspect_by_aspect, labelled, one_paragraph_each,
    numbered_sentences, in_a_table,
)  # fmt: skip
