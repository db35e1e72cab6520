"""Roles: what each paragraph of a material tells, read from the first to the last: opening, problem, cause, measure.

A heading opens a section or an aspect; what follows belongs to it until the next does; short sentences that each call
an aspect above a paragraph are headings too. In a text told aspect by aspect a paragraph says of itself what it is
(根源：…), by its words or by the turns its label takes, and the next heading of the same kind begins the next aspect,
whatever it calls itself. Where no section of measures is, the promises at the end of a problem's paragraph are taken
apart.
"""

import itertools
from collections import Counter
from collections.abc import Sequence
from typing import Any

from . import headings, origin, sections
from .glance import Glance

SEVERAL = 3


def assign(paragraphs: Sequence[dict[str, Any]], titles: headings.Titles, glance: Glance) -> list[dict[str, Any]]:
    """Each paragraph, or part of one, with its role and aspect: {n, text, head, role, aspects, heading, table}."""
    marks = [headings.mark(paragraph, titles) for paragraph in paragraphs]
    _clear_head(marks, titles)
    _questions(marks)
    _above_paragraphs(marks, titles)
    _in_turns(marks, titles)
    _headings_first(marks)
    if not any(mark.section == "cause" for mark in marks) or not any(mark.section == "measure" for mark in marks):
        sections.guess(marks, titles)
    last = max([i for i, mark in enumerate(marks) if mark.section or mark.aspects or mark.table], default=-1)
    headed = {code for mark in marks if mark.depth or mark.is_heading for code in mark.aspects}
    role, rank, local = "title", 0, False
    arranged = sum([mark.local for mark in marks]) >= SEVERAL
    sums_up = titles.pattern("sums_up")  # what is said of all problems together, after the last aspect
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
        elif role == "problem" and not mark.section and (0 < mark.depth == rank or sums_up.match(mark.text)):
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
    leave = not mark.depth and not mark.table and titles.meets("closing", mark.text)
    return leave and glance.of(mark.text).weight < 1


def _clear_head(marks: Sequence[headings.Mark], titles: headings.Titles) -> None:
    """What stands above the first sentence and names the text or its author opens nothing."""
    for mark in marks:
        if mark.long or mark.depth or mark.table:
            break
        if origin.AUTHOR.search(mark.text) or titles.meets("title", mark.text):
            mark.section, mark.aspects = "", []


def _questions(marks: Sequence[headings.Mark]) -> None:
    """Headings that ask why (为何学得浅？) name problems where the paragraphs below say themselves which are causes."""
    asked = [mark for mark in marks if mark.section == "cause" and mark.is_heading]
    if len(asked) >= SEVERAL and sum(mark.section == "cause" and mark.local for mark in marks) >= SEVERAL:
        for mark in asked:
            mark.section = ""


def _above_paragraphs(marks: Sequence[headings.Mark], titles: headings.Titles) -> None:
    """Short sentences alone above a paragraph are headings where several do so and each calls one aspect."""
    called = [
        (mark, found)
        for mark, below in itertools.pairwise(marks)
        if len(mark.text) <= headings.SHORT < len(below.text)
        and mark.long
        and not (mark.section or mark.depth or mark.table or below.table)
        and not headings.SENTENCE_INSIDE.search(mark.text[:-1])
        and (found := titles.joined(mark.text) or mark.aspects or titles.hinted(mark.text, heading=True))
    ]
    if len({found[0] for _, found in called}) >= SEVERAL and all(len(found) == 1 for _, found in called):
        for mark, found in called:
            mark.is_heading, mark.aspects = True, found


def _in_turns(marks: Sequence[headings.Mark], titles: headings.Titles) -> None:
    """Three labels that return in turns (欠账：… 怎么欠下的：… 还法：…) are those of problem, cause and measure.

    Whatever their words, unless one of them says otherwise.
    """
    labels = [headings.label(mark.text) if mark.long and not mark.table else "" for mark in marks]
    times = Counter(filter(None, labels))
    order = [label for label, count in times.items() if count >= SEVERAL]
    turns = [label for label in labels if label in order]
    if len(order) != len(sections.PARTS) or turns != order * (len(turns) // len(order)):
        return
    role_of = dict(zip(order, sections.PARTS, strict=True))
    if any(headings.labelled(f"{label}：…", titles) not in ("", role) for label, role in role_of.items()):
        return
    for mark, label in zip(marks, labels, strict=True):
        if label in role_of:
            mark.section, mark.local, mark.aspects = role_of[label], True, []


def _headings_first(marks: Sequence[headings.Mark]) -> None:
    """What a heading says its text is goes before what the first words of that text look like."""
    for head, below in itertools.pairwise(marks):
        if head.is_heading and not (below.is_heading or below.depth):
            if head.aspects:
                below.aspects = []
            elif head.section in ("cause", "measure") and not head.local:
                below.section = ""
        elif head.section in ("cause", "measure") and head.depth and below.leads_in:
            below.section, below.aspects = "", []


def _like_the_last(mark: headings.Mark, rank: int) -> bool:
    """Whether a heading is of the kind of the aspects' headings, though it names none."""
    return not mark.section and mark.depth == rank and mark.is_heading


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


def measures_apart(lines: list[dict[str, Any]], glance: Glance) -> list[dict[str, Any]]:
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
    """Where the sentences begin that end a paragraph by promising something, or say so (办法：…); 0 where none do."""
    told = [each.text for each in glance.of(text).sentences]
    label = glance.rules.pattern("headings", "label_measure")
    for each in told[1:]:
        if (found := headings.LABEL.match(each)) and label.fullmatch(found.group(1)):
            return text.index(each)
    promises = [sections.promises(each, glance.rules) for each in told]
    last = max((i for i, promise in enumerate(promises) if promise), default=0)
    for first in range(last + 1):
        rest = promises[first:]
        if rest[0] and sum(rest) * 2 >= len(rest) and (False, False) not in itertools.pairwise(promises[first:last]):
            return text.index(told[first])
    return 0
