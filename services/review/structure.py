"""Structure: what each paragraph of a material is: opening, last year's rest, an aspect's problem, its example, a
cause, a measure.

Units number their headings in every way there is, or not at all. So a heading is known by its words and its
shortness, not by its style; what has no heading is known by how its sentence begins. A paragraph is never lost:
where nothing tells what it is, it belongs to what stands before it. Nodes:

    {"id": "problem-theory-1", "role": "problem", "aspect": "theory", "paragraphs": [6], "text": "…"}
"""

import itertools
import re
from collections.abc import Sequence
from typing import Any

from . import aspects as settling
from . import headings, measures_table, roles, rules, sections
from .glance import Glance, Passage

WITHIN = tuple(f"causes.{root}" for root in ("conviction", "purpose", "spirit", "style", "discipline", "mind"))
UNDER, SEVERAL = 40, 3
TIE = re.compile(r"[（(]?([甲乙丙丁戊己庚辛A-H①-⑳]|\d{1,2}|[一二三四五六七八九十]{1,2})[，,、.．)）：:]")
ROLES = ("opening", "last_year", "aspect", "problem", "example", "cause", "measure", "closing")
Paragraph = dict[str, Any]
Node = dict[str, Any]


def read(
    paragraphs: Sequence[Paragraph], kind: str, aspects: Sequence[dict[str, str]], glance: Glance | None = None
) -> dict[str, Any]:
    """The nodes of a material; `aspects` are the campaign's, as [{code, title}]."""
    glance = glance or Glance(rules.present())
    glance.look([paragraph["text"] for paragraph in paragraphs])
    titles = headings.titles(tuple((each["code"], each["title"]) for each in aspects), glance.rules)
    lines = roles.assign(paragraphs, titles, glance)
    settling.settle(lines, titles, glance)
    lines = roles.measures_apart(lines, glance)
    nodes = [*_plain("opening", lines), *_plain("last_year", lines), *_problems(lines, glance)]
    nodes += [*_causes(lines, titles, glance), *_measures(lines, titles, glance), *_plain("closing", lines)]
    return {
        "kind": kind,
        "glance": glance,
        "nodes": nodes,
        "lines": lines,
        "sections": sorted({line["role"] for line in lines}),
        "aspects": [{"code": each["code"], "title": each["title"]} for each in aspects],
    }


def _node(identity: str, role: str, lines: Sequence[dict[str, Any]], **more: Any) -> Node:
    text = "\n".join([line["text"] for line in lines])
    return {"id": identity, "role": role, **more, "paragraphs": sorted({line["n"] for line in lines}), "text": text}


def _plain(role: str, lines: Sequence[dict[str, Any]]) -> list[Node]:
    mine = [line for line in lines if line["role"] == role]
    return [_node(role, role, mine)] if mine else []


def _problems(lines: Sequence[dict[str, Any]], glance: Glance) -> list[Node]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for line in lines:
        if line["role"] == "problem" and (line["aspects"] or not line["heading"]):
            groups.setdefault("+".join(line["aspects"]) or "none", []).append(line)
    glance.tell(line["text"] for mine in groups.values() for line in mine if not line["heading"])
    nodes: list[Node] = []
    for key, mine in groups.items():
        more = {} if key == "none" else {"aspect": key.split("+")[0]}
        if "+" in key:
            more["also"] = key.split("+")[1:]  # type: ignore[assignment]
        if key != "none":
            nodes.append(_node(f"aspect-{key}", "aspect", mine, **more))
        bodies = [line for line in mine if not line["heading"]]
        for number, line in enumerate(bodies, 1):
            nodes.append(_node(f"problem-{key}-{number}", "problem", [line], **more))
        told = [(line, each.text) for line in bodies for each in glance.of(line["text"]).sentences if each.weight >= 1]
        for number, (line, sentence) in enumerate(told, 1):
            found = {"id": f"example-{key}-{number}", "role": "example", **more}
            nodes.append({**found, "paragraphs": [line["n"]], "text": sentence})
    return nodes


def _sentences(text: str, glance: Glance) -> list[str]:
    return [each.text for each in glance.of(text).sentences]


def _causes(lines: Sequence[dict[str, Any]], titles: headings.Titles, glance: Glance) -> list[Node]:
    items: list[list[dict[str, Any]]] = []
    for line in lines:
        if line["role"] == "cause" and not headings.is_section_title(line, titles):
            fresh = line["depth"] or not items or not items[-1][-1]["heading"]
            pieces = headings.enumerated(line["text"])
            if fresh or len(pieces) > 1:
                items += [[{**line, "text": piece}] for piece in pieces]
            else:
                items[-1].append(line)
    if len(items) == 1:
        lone = [{**line, "text": sentence} for line in items[0] for sentence in _sentences(line["text"], glance)]
        items = [[line] for line in lone]
    if not items:
        return _causes_in_place(lines, glance)
    kept = [item for item in items if not headings.is_lead_in(item[0]["text"], titles) or len(items) == 1]
    return [
        _node(f"cause-{number}", "cause", item, **({"aspect": item[0]["aspects"][0]} if item[0]["aspects"] else {}))
        for number, item in enumerate(kept, 1)
    ]


def _causes_in_place(lines: Sequence[dict[str, Any]], glance: Glance) -> list[Node]:
    """Sentences among the problems that say why, where no section of causes is."""
    inside = [
        (line, each)
        for line in lines
        if line["role"] == "problem" and not line["heading"]
        for each in glance.of(line["text"]).sentences
    ]
    labels = _labels_of_causes(inside, glance)
    told = [
        ({**line, "text": each.text}, (line["aspects"] or [""])[0])
        for line, each in inside
        if each.has("causes.scattered")
        or (each.count(*WITHIN) and glance.rules.meets("causes", "searches", each.text) and each.weight < 1)
        or headings.label(each.text) in labels
    ]
    return [
        _node(f"cause-{number}", "cause", [line], aspect=aspect, in_place=True)
        for number, (line, aspect) in enumerate(told, 1)
    ]


def _labels_of_causes(inside: Sequence[tuple[dict[str, Any], Passage]], glance: Glance) -> set[str]:
    """The words that lead in a sentence again and again (往里想：…) where most of these tell something within."""
    met: dict[str, list[bool]] = {}
    for _, each in inside:
        if label := headings.label(each.text):
            met.setdefault(label, []).append(each.count(*WITHIN) > 0)
    others = [glance.rules.pattern("headings", f"label_{role}") for role in ("problem", "measure")]
    return {
        label
        for label, within in met.items()
        if len(within) >= SEVERAL
        and sum(within) * 2 > len(within)
        and not any(each.fullmatch(label) for each in others)
    }


def _measures_in_prose(lines: Sequence[dict[str, Any]], glance: Glance) -> list[Node]:
    """Measures told one after another in a paragraph or two: each begins with a sentence that says by when."""
    if any(line["heading"] or line["depth"] or line["table"] for line in lines):
        return []
    items: list[list[dict[str, Any]]] = []
    for line in lines:
        for each in _sentences(line["text"], glance):
            if sections.promises(each, glance.rules):
                items.append([])
            if items:
                items[-1].append({**line, "text": each})
    if not items or len(items) < SEVERAL * len({item[0]["n"] for item in items}):
        return []
    return [_node(f"measure-{number}", "measure", item, prose=True) for number, item in enumerate(items, 1)]


def _measures(lines: Sequence[dict[str, Any]], titles: headings.Titles, glance: Glance) -> list[Node]:
    mine = [line for line in lines if line["role"] == "measure" and not headings.is_section_title(line, titles)]
    if prose := _measures_in_prose(mine, glance):
        return prose
    nodes: list[Node] = []
    header: list[str] = []
    title: dict[str, Any] | None = None
    group: dict[str, Any] = {}
    for line, below in itertools.zip_longest(mine, mine[1:]):
        number = len(nodes) + 1
        if line["table"]:
            if columns := measures_table.columns(line["text"], titles.rules):
                header = columns
                group = {"under": line["text"]} if measures_table.days(line["text"], titles.rules) else {}
                continue
            fields = measures_table.fields(line["text"], header)
            nodes.append(_node(f"measure-{number}", "measure", [line], fields=fields, **group))
        elif line["heading"] and not _is_item(line, below):
            title, group = line, {"under": line["text"][:UNDER]}
        else:
            for piece in headings.enumerated(line["text"], least=30):
                part = {**line, "text": piece}
                more = {"under": line["text"][:UNDER]} if piece != line["text"] else group
                nodes.append(_node(f"measure-{len(nodes) + 1}", "measure", [title, part] if title else [part], **more))
            title = None
    if title is not None and not nodes:
        nodes.append(_node("measure-1", "measure", [title]))
    return _tied([node for node in nodes if not headings.is_lead_in(node["text"], titles)], glance)


def _is_item(line: dict[str, Any], below: dict[str, Any] | None) -> bool:
    """Whether a short numbered line is what it tells, and no heading: nothing stands between it and the next alike."""
    return line["depth"] > 0 and (below is None or (below["heading"] and below["depth"] in (0, line["depth"])))


def _tied(nodes: list[Node], glance: Glance) -> list[Node]:
    """Measures told in two lists tied by the same numbers, what will be done and by when and whom, as one each."""
    marks = [TIE.match(node["text"].rpartition("\n")[2]) for node in nodes]
    tied = [(mark.group(1), node) for mark, node in zip(marks, nodes, strict=True) if mark]
    half = len(tied) // 2
    if half < SEVERAL or [mark for mark, _ in tied[:half]] != [mark for mark, _ in tied[half:]]:
        return nodes
    dated = [any(glance.rules.meets("measures", key, node["text"]) for key in ("date", "repeat")) for _, node in tied]
    if sum(dated[:half]) * 2 > half or sum(dated[half:]) * 2 <= half:
        return nodes
    for (_, first), (_, second) in zip(tied[:half], tied[half:], strict=True):
        first["text"] += "\n" + second["text"]
        first["paragraphs"] = sorted({*first["paragraphs"], *second["paragraphs"]})
    taken = [second["id"] for _, second in tied[half:]]
    return [node for node in nodes if node["id"] not in taken]
