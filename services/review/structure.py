"""Structure: what each paragraph of a material is: opening, last year's rest, an aspect's problem, its example, a
cause, a measure.

Units number their headings in every way there is, or not at all. So a heading is known by its words and its
shortness, not by its style; what has no heading is known by how its sentence begins. A paragraph is never lost:
where nothing tells what it is, it belongs to what stands before it. Nodes:

    {"id": "problem-theory-1", "role": "problem", "aspect": "theory", "paragraphs": [6], "text": "…"}
"""

import re
from collections.abc import Sequence
from typing import Any

from . import aspects as settling
from . import headings, measures_table, origin, rules, sections
from .glance import Glance

WITHIN = tuple(f"causes.{root}" for root in ("conviction", "purpose", "spirit", "style", "discipline", "mind"))
SEVERAL = 3
SEARCHES = re.compile(r"因为|图的是|凭着|做成了|让给|丢在|[心打]底|心眼|觉得|认为|不愿|不肯|总想|以为|是我")
ROLES = ("opening", "last_year", "aspect", "problem", "example", "cause", "measure", "closing")
Paragraph = dict[str, Any]
Node = dict[str, Any]


def read(
    paragraphs: Sequence[Paragraph], kind: str, aspects: Sequence[dict[str, str]], glance: Glance | None = None
) -> dict[str, Any]:
    """The nodes of a material; `aspects` are the campaign's, as [{code, title}]."""
    glance = glance or Glance(rules.present())
    glance.look(paragraph["text"] for paragraph in paragraphs)
    titles = headings.titles(tuple((each["code"], each["title"]) for each in aspects), glance.rules)
    lines = _assign(paragraphs, titles, glance)
    settling.settle(lines, titles, glance)
    lines = _measures_apart(lines, glance)
    nodes = [*_plain("opening", lines), *_plain("last_year", lines), *_problems(lines, glance)]
    nodes += [*_causes(lines, titles, glance), *_measures(lines, titles), *_plain("closing", lines)]
    return {
        "kind": kind,
        "glance": glance,
        "nodes": nodes,
        "lines": lines,
        "sections": sorted({line["role"] for line in lines}),
        "aspects": [{"code": each["code"], "title": each["title"]} for each in aspects],
    }


def _assign(paragraphs: Sequence[Paragraph], titles: headings.Titles, glance: Glance) -> list[dict[str, Any]]:
    """Each paragraph, or part of one, with its role and aspect: {n, text, head, role, aspects, heading, table}."""
    marks = [headings.mark(paragraph, titles) for paragraph in paragraphs]
    _clear_head(marks, titles)
    if not any(mark.section == "cause" for mark in marks) or not any(mark.section == "measure" for mark in marks):
        sections.guess(marks, titles)
    last = max((i for i, mark in enumerate(marks) if mark.section or mark.aspects or mark.table), default=-1)
    headed = {code for mark in marks if mark.depth or mark.is_heading for code in mark.aspects}
    role, rank, local = "title", 0, False
    arranged = sum(mark.local for mark in marks) >= SEVERAL
    current: list[str] = []
    begun: set[str] = set()
    lines: list[dict[str, Any]] = []
    for i, mark in enumerate(marks):
        if mark.section:
            local = (mark.local and (bool(current) or arranged)) or (bool(current) and mark.depth > rank > 0)
            role, current = mark.section, current if local else []
        if mark.aspects and _opens_aspect(mark, rank, role, headed, local and not set(mark.aspects) <= begun):
            role, current, rank, local = "problem", mark.aspects, mark.depth, False
            begun |= set(current)
        elif (local or (arranged and role == "opening")) and _like_the_last(mark, rank):
            role, current, local = "problem", [], False
        elif role == "problem" and not mark.section and (0 < mark.depth == rank or headings.sums_up(mark.text)):
            current = []
        elif role == "title" and mark.long:
            role = "opening"
        if i > last and i >= len(marks) - 2 and role in ("measure", "cause") and _closes(mark, titles, glance):
            role = "closing"
        lines += _parts(mark, role, current, titles)
        if lines[-1]["aspects"] != current and role == "problem":
            current = lines[-1]["aspects"]
    return lines


def _closes(mark: headings.Mark, titles: headings.Titles, glance: Glance) -> bool:
    """Whether a last paragraph takes leave instead of promising something."""
    leave = not mark.depth and not mark.table and titles.pattern("closing").search(mark.text) is not None
    return leave and glance.of(mark.text).weight < 1


def _clear_head(marks: Sequence[headings.Mark], titles: headings.Titles) -> None:
    """What stands above the first sentence and names the text or its author opens nothing."""
    for mark in marks:
        if mark.long or mark.depth or mark.table:
            break
        if origin.AUTHOR.search(mark.text) or titles.pattern("title").search(mark.text):
            mark.section, mark.aspects = "", []


def _like_the_last(mark: headings.Mark, rank: int) -> bool:
    """Whether a heading is of the kind of the aspects' headings, though it names none."""
    return not mark.section and mark.depth == rank and mark.is_heading and not mark.text.endswith("。")


def _opens_aspect(mark: headings.Mark, rank: int, role: str, headed: set[str], local: bool) -> bool:
    """Whether a paragraph that names an aspect opens it, or only speaks of it.

    Deeper than the aspects' own headings it only speaks of it; so does a sentence where that aspect has a heading
    elsewhere. Inside causes or measures only a heading of the aspects' own depth opens the next, in a text arranged
    aspect by aspect; `local`: what stands before belongs to an aspect, and this is another.
    """
    if role in ("cause", "measure"):
        if local:
            return mark.depth == rank and (mark.depth > 0 or mark.is_heading)
        return mark.nested and mark.is_heading and 0 < mark.depth == rank
    if rank and (mark.depth > rank or (not mark.depth and not mark.is_heading and set(mark.aspects) <= headed)):
        return False
    return role in ("title", "opening", "last_year", "problem")


def _parts(mark: headings.Mark, role: str, current: list[str], titles: headings.Titles) -> list[dict[str, Any]]:
    line = {
        "n": mark.n,
        "role": role,
        "aspects": current,
        "heading": mark.is_heading,
        "table": mark.table,
        "depth": mark.depth,
        "level": mark.level,
        "named": bool(mark.aspects) and set(mark.aspects) <= set(current),
    }
    if role != "problem" or mark.is_heading:
        return [{**line, "text": mark.text}]
    parts: list[dict[str, Any]] = []
    for piece, found in titles.split(mark.text):
        parts.append(
            {
                **line,
                "text": piece,
                "aspects": found or (parts[-1]["aspects"] if parts else current),
                "named": bool(found) or (line["named"] and not parts),
            }
        )
    return parts


def _node(identity: str, role: str, lines: Sequence[dict[str, Any]], **more: Any) -> Node:
    text = "\n".join(line["text"] for line in lines)
    return {"id": identity, "role": role, **more, "paragraphs": sorted({line["n"] for line in lines}), "text": text}


def _plain(role: str, lines: Sequence[dict[str, Any]]) -> list[Node]:
    mine = [line for line in lines if line["role"] == role]
    return [_node(role, role, mine)] if mine else []


def _problems(lines: Sequence[dict[str, Any]], glance: Glance) -> list[Node]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for line in lines:
        if line["role"] == "problem" and (line["aspects"] or not line["heading"]):
            groups.setdefault("+".join(line["aspects"]) or "none", []).append(line)
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
            nodes.append(_node(f"example-{key}-{number}", "example", [{**line, "text": sentence}], **more))
    return nodes


def _sentences(text: str, glance: Glance) -> list[str]:
    return [each.text for each in glance.of(text).sentences]


def _measures_apart(lines: list[dict[str, Any]], glance: Glance) -> list[dict[str, Any]]:
    """Where no section of measures is: the end of a problem's paragraph that says what will be done by when."""
    ends = (
        {}
        if any(line["role"] == "measure" for line in lines)
        else {
            i: at
            for i, line in enumerate(lines)
            if line["role"] == "problem" and (at := _promised_from(line["text"], glance))
        }
    )
    if len(ends) * 2 < len({code for line in lines for code in line["aspects"]}) or not ends:
        return lines
    parts: list[dict[str, Any]] = []
    for i, line in enumerate(lines):
        at = ends.get(i, len(line["text"]))
        parts.append({**line, "text": line["text"][:at]})
        if i in ends:
            parts.append({**line, "role": "measure", "heading": False, "depth": 0, "text": line["text"][at:]})
    return parts


def _promised_from(text: str, glance: Glance) -> int:
    """Where the sentences begin that end a paragraph by promising something; 0 where none do."""
    told = [each.text for each in glance.of(text).sentences]
    promises = [sections.promises(each) for each in told]
    first = promises.index(True) if any(promises[1:]) else 0
    return text.index(told[first]) if first and sum(promises[first:]) * 2 >= len(promises[first:]) else 0


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
    told = [
        ({**line, "text": each.text}, (line["aspects"] or [""])[0])
        for line in lines
        if line["role"] == "problem" and not line["heading"]
        for each in glance.of(line["text"]).sentences
        if each.has("causes.scattered") or (each.count(*WITHIN) and SEARCHES.search(each.text) and each.weight < 1)
    ]
    return [
        _node(f"cause-{number}", "cause", [line], aspect=aspect, in_place=True)
        for number, (line, aspect) in enumerate(told, 1)
    ]


def _measures(lines: Sequence[dict[str, Any]], titles: headings.Titles) -> list[Node]:
    mine = [line for line in lines if line["role"] == "measure" and not headings.is_section_title(line, titles)]
    nodes: list[Node] = []
    header: list[str] = []
    title: dict[str, Any] | None = None
    for line in mine:
        number = len(nodes) + 1
        if line["table"]:
            if columns := measures_table.columns(line["text"]):
                header = columns
                continue
            fields = measures_table.fields(line["text"], header)
            nodes.append(_node(f"measure-{number}", "measure", [line], fields=fields))
        elif line["heading"]:
            title = line
        else:
            for piece in headings.enumerated(line["text"], least=30):
                part = {**line, "text": piece}
                nodes.append(_node(f"measure-{len(nodes) + 1}", "measure", [title, part] if title else [part]))
            title = None
    if title is not None and not nodes:
        nodes.append(_node("measure-1", "measure", [title]))
    return [node for node in nodes if not headings.is_lead_in(node["text"], titles)]
