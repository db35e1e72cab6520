"""Sections: where problems end, causes begin and measures begin, in a text whose headings do not say so.

First by the place of a heading among those of its kind: what stands between the heading of problems and that of
measures is the heading of causes, whatever it calls itself. Then by how a sentence begins ("looking for the reasons
…"), or by the one that only says what comes next ("now to where it comes from."); then by what paragraphs hold: what
is to be done by a day is a measure, whatever stands above it. A table is a table of measures when its head names an
owner, a day or an action and no aspect.
"""

import functools
import itertools
from collections.abc import Sequence

from . import measures_table
from .headings import LEAD, Mark, Titles
from .rules import Rules

PARTS = ("problem", "cause", "measure")
LIKELY, TOGETHER, BODY, SEVERAL = 2, 3, 3, 3


def promises(sentence: str, rules: Rules) -> bool:
    """Whether a sentence says by which day something is to be done."""
    return rules.meets("measures", "to_come", sentence) and not rules.meets("measures", "done", sentence)


def guess(marks: Sequence[Mark], titles: Titles) -> None:
    """Name the sections that no heading names."""
    _tables(marks, titles)
    _by_aspects(marks)
    _by_place(marks)
    have = {each.section for each in marks}
    firsts: dict[str, int] = {}
    measures = [i for i, each in enumerate(marks) if each.section == "measure"]
    for i, each in enumerate(marks[: measures[0]] if len(measures) == 1 else marks):
        for code in each.aspects:
            firsts.setdefault(code, i)
    opened = next((i for i, each in enumerate(marks) if each.section == "problem"), 0)
    begun = max([opened, *firsts.values()])
    for role in ("cause", "measure"):
        if role in have or _each_by_itself(marks, role, titles, begun):
            continue
        turn = _turn(marks, role, titles)
        for i, each in enumerate(marks):
            begins = i > begun and not each.section and not each.table and (not each.aspects or role == "measure")
            if i == turn or (begins and titles.meets(f"lead_{role}", each.text[:60])):
                each.section, each.aspects = role, []
                each.is_heading = each.is_heading or (i == turn and len(each.text) <= LEAD)
                break
    if not any(each.section == "measure" for each in marks):
        _by_days(marks, opened, titles)


def _turn(marks: Sequence[Mark], role: str, titles: Titles) -> int | None:
    """The one paragraph that says, after several others, that a section comes next (再说来由。)."""
    said = [i for i, each in enumerate(marks) if not (each.section or each.table) and titles.turns_to(role, each.text)]
    return said[0] if len(said) == 1 and sum(each.long for each in marks[: said[0]]) >= SEVERAL else None


def _each_by_itself(marks: Sequence[Mark], role: str, titles: Titles, begun: int) -> bool:
    """Whether aspects have causes (measures) of their own: several paragraphs begin so before the last aspect does."""
    alike = [
        i
        for i, each in enumerate(marks)
        if not (each.section or each.table or each.aspects) and titles.meets(f"lead_{role}", each.text[:20])
    ]
    if len(alike) < SEVERAL or alike[0] > begun:
        return False
    for i in alike:
        marks[i].section, marks[i].local = role, True
    return True


def _tables(marks: Sequence[Mark], titles: Titles) -> None:
    if any(each.section == "measure" for each in marks):
        return
    rows = _rows(marks)
    named = {"owner", "due", "action"}
    head = next((each for each in rows if named & set(measures_table.columns(each.text, titles.rules))), None)
    aspect = head and any("方面" in cell for cell in measures_table.cells(head.text))
    if not aspect and rows and _between_aspects(marks, (head or rows[0]).n):
        for before, row in itertools.pairwise(marks):
            if row.table and not before.table and not row.section:
                row.section, row.local = "measure", True
    elif head is not None and not aspect:
        head.section = "measure"
    elif rows and not aspect and not any(each.section == "problem" and each.n > rows[0].n for each in marks):
        rows[0].section = "measure"


def _rows(marks: Sequence[Mark]) -> list[Mark]:
    """Rows of tables, but those of last year's problems or of what went before."""
    found, before = [], False
    for each in marks:
        before = each.section in ("last_year", "opening") if each.section else before and not each.aspects
        if each.table and not before:
            found.append(each)
    return found


def _between_aspects(marks: Sequence[Mark], table: int) -> bool:
    """Whether headings of aspects stand before and after a table: then each aspect has a table of its own."""
    named = [each.n for each in marks if each.aspects and (each.is_heading or each.depth)]
    return bool(named) and named[0] < table < named[-1]


def _by_aspects(marks: Sequence[Mark]) -> None:
    """A heading under which several aspects are named is one of problems, whatever it calls itself."""
    if any(each.section == "problem" for each in marks):
        return
    head = next((i for i, each in enumerate(marks) if each.long), 0)
    for i, each in enumerate(marks):
        if each.is_heading and not each.section and not each.aspects and (each.depth or i > head):
            below = itertools.takewhile(functools.partial(_below, _kind(each)), marks[i + 1 :])
            if len({code for mark in below for code in mark.aspects[:1]}) >= SEVERAL:
                _name([each], "problem")
                return


def _below(kind: tuple[int, int], mark: Mark) -> bool:
    return not (mark.is_heading and _kind(mark) == kind)


def _by_place(marks: Sequence[Mark]) -> None:
    """A heading that says nothing, between two that do, of the same kind."""
    known = [each for each in marks if each.section and not each.local and not each.table]
    tops = [each for each in marks if each.is_heading and each.depth == 1] if not known else []
    for kind in {_kind(each) for each in (*known, *tops)}:
        row = [each for i, each in enumerate(marks) if _kind(each) == kind and _is_top(marks, i)]
        body = [each for each in row if each.section not in ("opening", "last_year", "case")]
        if (
            len(body) == len(PARTS)
            and not any(each.aspects for each in body)
            and not {each.section for each in known if each not in body}
        ):
            for each, part in zip(body, PARTS, strict=True):
                each.section = each.section or part
        named = [each.section for each in row]
        if "problem" in named and "measure" in named and "cause" not in {each.section for each in known}:
            between = row[named.index("problem") + 1 : named.index("measure")]
            _name([each for each in between if not each.section and not each.aspects][-1:], "cause")
        elif "cause" in named and "measure" not in {each.section for each in known}:
            _name([each for each in row[named.index("cause") + 1 :] if not each.section][:1], "measure")


def _is_top(marks: Sequence[Mark], i: int) -> bool:
    """Whether a mark is a heading with a text below it."""
    below = next((each for each in marks[i + 1 :] if each.long or each.table or _kind(each) == _kind(marks[i])), None)
    own = bool(marks[i].section or marks[i].long)
    return (
        (marks[i].is_heading or marks[i].depth > 0)
        and not marks[i].local
        and (own or (below is not None and (below.long or below.table)))
    )


def _kind(mark: Mark) -> tuple[int, int]:
    return (mark.depth, 0 if mark.depth else mark.level or 9)


def _name(marks: Sequence[Mark], section: str) -> None:
    for each in marks:
        each.section, each.aspects = section, []


def _by_days(marks: Sequence[Mark], opened: int, titles: Titles) -> None:
    """Measures begin where paragraphs, from there to the end, name the days by which something is to be done.

    Several in one paragraph, or one each in several. Not where hardly anything stands before them: then each paragraph
    tells its problem and its measure.
    """
    till = titles.rules.pattern("measures", "till")
    days = [len(till.findall(each.text)) for each in marks]
    start = None
    for i in range(len(marks) - 1, opened, -1):
        row = i >= TOGETHER and all(days[i - TOGETHER + 1 : i])
        if days[i] >= LIKELY or (days[i] and (row or start is not None)):
            start = i
        elif marks[i].long and start is not None and (start > i + 1 or not days[i - 1]):
            break
    if start is None or sum(days[start:]) < TOGETHER:
        return
    if sum(each.long for each in marks[:start]) < min(BODY, sum(each.long for each in marks[start:])):
        return
    before = marks[start - 1]
    begin = start - 1 if start - 1 > opened and not before.long and not before.aspects else start
    marks[begin].section, marks[begin].aspects = "measure", []
    for each in marks[begin + 1 :]:
        each.aspects = []
