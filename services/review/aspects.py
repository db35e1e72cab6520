"""Aspects: which of the campaign's aspects each problem is about, where no heading says it by its title.

Units call an aspect by one character (学、廉), by a question (我的手干净不干净？) or not at all. A text with as many
parallel problems as there are aspects has most likely gone through them in order; so problems that are alike in
style are laid against the aspects that are still missing, by a short name in their first clause, by what they talk
about and by their order. Two aspects under one heading are two where each has an item there. An aspect is only
missing where no problem is left for it.
"""

import functools
import itertools
import re
import statistics
from collections import Counter
from collections.abc import Sequence
from typing import Any

from .glance import Glance
from .headings import JOINED, Titles, numbered
from .rules import Rules

Line = dict[str, Any]
BRACKETS = "【〔[《"
BRACKETED = re.compile(r"^[【〔\[《]([^】〕\]》]{1,16})[】〕\]》]")
CLAUSE = re.compile(r"[。：；！？\n]|——")
LONG, FULL, TELLING = 45, 60, 80
PARTS, SEVERAL, ROW = ("cause", "measure"), 3, ("row", 0)
HEAD, NAMED, CLEAR, LEADS, ORDER, SPARE = 26, 4.0, 3.0, 1.5, 0.75, 2


def settle(lines: Sequence[Line], titles: Titles, glance: Glance) -> None:
    """Give the aspects that no line has to the problems that have none."""
    codes = list(titles.full.values())
    _rows(lines, titles)
    _each_its_own(lines, titles)
    _in_order(lines, codes)
    _one_each(lines, codes, titles, glance)
    have = _have(lines)
    missing = [code for code in codes if code not in have]
    if not missing:
        return
    missing = _early(lines, missing, titles)
    region = [i for i, line in enumerate(lines) if line["role"] == "problem"]
    if not missing or not region:
        return
    items = _items(lines, region)
    free = [item for item in items if not lines[item[0]]["named"]]
    complete = len(codes) <= len(items) <= len(codes) + SPARE
    scores = {
        (k, code): score + (ORDER if items.index(item) == codes.index(code) else 0)
        for k, item in enumerate(free)
        for code, score in _scores(lines, item, missing, titles, glance).items()
    }
    taken: set[int] = set()
    for (k, code), score in sorted(scores.items(), key=lambda each: -each[1]):
        if k in taken or code not in missing:
            continue
        rivals = [scores[k, other] for other in missing if other != code]
        clear = score >= NAMED or (score >= CLEAR and score - max(rivals, default=0.0) >= LEADS)
        if complete or clear:
            taken.add(k)
            missing.remove(code)
            for i in free[k]:
                lines[i]["aspects"] = [code]
            lines[free[k][0]]["named"] = True
            lines[free[k][0]]["guessed"] = score < NAMED and _style(lines[free[k][0]]) in (None, ROW)


def _have(lines: Sequence[Line]) -> set[str]:
    """The aspects some line has."""
    return {code for line in lines for code in line["aspects"]}


def _rows(lines: Sequence[Line], titles: Titles) -> None:
    """Rows of a table that each have an aspect's title in a cell of its own are what is said of these aspects."""
    rows = [
        (line, cell) for line in lines if line["table"] for cell in line["text"].split("    ") if cell in titles.full
    ]
    rows = [(line, titles.full[cell]) for line, cell in rows if line["role"] in ("title", "opening", "problem")]
    codes = {code for _, code in rows}
    if len(rows) != len(codes) or len(codes) < SEVERAL:
        return
    for line in lines:
        if not (line["table"] or line["heading"] or line["depth"]) and codes.issuperset(line["aspects"]):
            line["aspects"], line["named"] = [], False
    for line in itertools.dropwhile(lambda line: line is not rows[0][0], lines):
        line["role"] = "problem" if line["role"] == "opening" else line["role"]
    for line, code in rows:
        line["role"], line["aspects"], line["named"] = "problem", [code], True


def _each_its_own(lines: Sequence[Line], titles: Titles) -> None:
    """Under a heading of several aspects: items that call one of them each, by the heading's own names or others, or
    as many numbered ones as there are.
    """
    for at, head in enumerate(lines):
        codes = head["aspects"] if head["role"] == "problem" and head["heading"] else []
        if len(codes) < 2:  # noqa: PLR2004
            continue
        below = itertools.takewhile(functools.partial(_is_of, codes), lines[at + 1 :])
        told = list(itertools.takewhile(lambda line: not (line["heading"] and len(line["aspects"]) > 1), below))
        nicknames = _nicknames(head, codes)
        called = [
            {nicknames[each] for each in nicknames if each in _head(line)}
            or titles.called(_head(line)).intersection(codes)
            for line in told
        ]
        starts = {i: next(iter(known)) for i, known in enumerate(called) if len(known) == 1}
        items = [i for i, line in enumerate(told) if line["depth"]]
        if set(starts.values()) != set(codes) and len(items) == len(codes):
            starts = dict(zip(items, codes, strict=True))
        if set(starts.values()) == set(codes):
            head["aspects"], own = [], [starts[min(starts)]]
            for i, line in enumerate(told):
                own = [starts[i]] if i in starts else own
                line["aspects"], line["named"] = own, i in starts


def _nicknames(head: Line, codes: Sequence[str]) -> dict[str, str]:
    """What a heading of several aspects calls each of them before it names them (学与信：…)."""
    names = JOINED.split(_head(head).strip())
    return dict(zip(names, codes, strict=True)) if len(names) == len(codes) and all(names) else {}


def _is_of(codes: Sequence[str], line: Line) -> bool:
    return line["role"] == "problem" and set(line["aspects"]) <= set(codes)


def _head(line: Line) -> str:
    return CLAUSE.split(numbered(line["text"])[1][:HEAD], maxsplit=1)[0]


def _in_order(lines: Sequence[Line], codes: Sequence[str]) -> None:
    """Where hardly any aspect is named: as many parallel items as there are aspects, before the causes, are theirs."""
    if len(_have(lines)) * 2 >= len(codes):
        return
    end = _end(lines)
    first = next((i for i, line in enumerate(lines) if len(line["text"]) >= LONG and not line["heading"]), 0)
    styles: dict[tuple[str, int], list[int]] = {}
    for i, line in enumerate(lines[:end]):
        told = i + 1 < end and not lines[i + 1]["heading"]
        if (style := _style(line)) and (told if line["heading"] else i > first):
            styles.setdefault(style, []).append(i)
    long = [i for i in range(first, end) if len(lines[i]["text"]) >= TELLING and not lines[i]["heading"]]
    for starts in (*styles.values(), long):
        if len(starts) == len(codes) + 1 and starts[0] <= first:  # the title, or what opens the text
            del starts[0]
        if len(starts) == len(codes):
            arranged = any(line["role"] in PARTS for line in lines[:end])
            for line in lines[starts[0] : end]:
                line["role"] = line["role"] if arranged else "problem"
                line["aspects"], line["named"] = [], False
            return


def _end(lines: Sequence[Line]) -> int:
    """Where problems end: where causes or measures begin, or the last of them where each has its own."""
    parts = [i for i, line in enumerate(lines) if line["role"] in PARTS]
    again = [i for i in parts if i + 1 < len(lines) and lines[i + 1]["role"] == "problem"]
    return parts[-1] if len(again) >= SEVERAL else parts[0] if parts else len(lines)


def _one_each(lines: Sequence[Line], codes: Sequence[str], titles: Titles, glance: Glance) -> None:
    """Of several headings that were taken for the same aspect, while others are missing, the likeliest keeps it."""
    if len(_have(lines)) == len(codes):
        return
    region = [i for i, line in enumerate(lines) if line["role"] == "problem"]
    items = [item for item in _items(lines, region) if lines[item[0]]["named"] and lines[item[0]]["heading"]]
    for code in codes:
        rivals = [item for item in items if lines[item[0]]["aspects"] == [code]]
        if len(rivals) < 2:  # noqa: PLR2004
            continue
        best = max(rivals, key=lambda item: _scores(lines, item, [code], titles, glance)[code])
        for item in rivals:
            if item is not best:
                lines[item[0]]["named"] = False
                for i in item:
                    lines[i]["aspects"] = []


def _early(lines: Sequence[Line], missing: list[str], titles: Titles) -> list[str]:
    """Paragraphs taken for the opening whose first clause calls an aspect; what is still missing after them."""
    left = list(missing)
    _alike_before(lines, titles)
    for line in lines:
        if line["role"] not in ("opening", "title") or line["heading"] or len(line["text"]) < LONG:
            continue
        head = CLAUSE.split(numbered(line["text"])[1][:HEAD], maxsplit=1)[0]
        known = titles.called(head)
        called = [code for code in left if code in known]
        if len(called) == 1 and not titles.meets("prepared", line["text"][:HEAD]):
            line["role"], line["aspects"], line["named"] = "problem", called, True
            left.remove(called[0])
    for line in itertools.dropwhile(lambda line: line["role"] != "problem", lines):
        if line["role"] == "opening":  # what stands between problems opens nothing
            line["role"] = "problem"
    return left


def _alike_before(lines: Sequence[Line], titles: Titles) -> None:
    """Headings before the first that names an aspect, of its kind and with a text of their own, are of problems too."""
    first = next((i for i, line in enumerate(lines) if line["named"] and line["heading"]), 0)
    start = first
    for i in range(first - 1, 0, -1):
        line, told = lines[i], not lines[i + 1]["heading"]
        if line["heading"] and (_style(line) != _style(lines[first]) or not told or _is_preparation(line, titles)):
            break
        if line["heading"]:
            start = i
    for line in lines[start:first]:
        line["role"], line["aspects"] = "problem", []


def _is_preparation(line: Line, titles: Titles) -> bool:
    return any(titles.meets(f"section_{role}", line["text"]) for role in ("opening", "last_year"))


def _items(lines: Sequence[Line], region: Sequence[int]) -> list[list[int]]:
    """The region's lines by problem: each begins like the others (same kind of number or heading) or is a paragraph."""
    styles: dict[tuple[str, int], list[int]] = {}
    for i in region:
        if style := _style(lines[i]):
            styles.setdefault(style, []).append(i)
    named = {style: sum(bool(lines[i]["named"]) for i in found) for style, found in styles.items()}
    several = [style for style, found in styles.items() if len(found) > 2]  # noqa: PLR2004
    best = max(several, key=lambda style: (named[style], -style[1], len(styles[style])), default=None)
    starts = set(styles[best]) if best else {i for i in region if not lines[i]["heading"]}
    starts |= {i for i in region if lines[i]["named"]}
    items: list[list[int]] = []
    for i in region:
        if i in starts or not items:
            items.append([i])
        else:
            items[-1].append(i)
    return [item for item in items if item[0] in starts]


def _style(line: Line) -> tuple[str, int] | None:
    if line["table"]:
        return ROW
    if line["text"][:1] in BRACKETS and BRACKETED.match(line["text"]):
        return ("bracket", 0)
    if line["depth"]:
        return ("number", line["depth"])
    return ("heading", line["level"] or 9) if line["heading"] else None


def _scores(
    lines: Sequence[Line], item: Sequence[int], codes: Sequence[str], titles: Titles, glance: Glance
) -> dict[str, float]:
    """How likely an item is about each aspect: by the name its first clause calls, and by what it talks about."""
    first = lines[item[0]]["text"]
    bracketed = BRACKETED.match(first)
    head = bracketed.group(1) if bracketed else CLAUSE.split(numbered(first)[1][:HEAD], maxsplit=1)[0]
    if lines[item[0]]["table"]:
        head = first.split("    ")[0]
    told = [glance.of(lines[i]["text"]) for i in item]
    called = titles.called(head)
    titled = {code: f"headings.{title}" for title, code in titles.full.items()}
    return {
        code: (NAMED if code in called else 0.0) + min(sum([each.count(titled[code]) for each in told]), 6) * 0.5
        for code in codes
    }


def spare(lines: Sequence[Line], rules: Rules) -> int:
    """How many problems could be about an aspect that was not found: what begins like the aspects that were, or, where
    these do not begin alike, paragraphs no aspect has or one has twice as many of as others; and one after an opening.
    """
    last = max((i for i, line in enumerate(lines) if line["named"]), default=0)
    region = [
        line for i, line in enumerate(lines) if (i < last and line["role"] != "title") or line["role"] == "problem"
    ]
    styles = {_style(line) for line in region if line["named"]}
    alike = [line for line in region if not line["named"] and _style(line) in styles]
    full = [line for line in region if len(line["text"]) >= FULL and not line["heading"] and not line["table"]]
    told = Counter("".join(line["aspects"][:1]) for line in full if line["role"] == "problem")
    loose = told.pop("", 0)
    usual = statistics.median_low(told.values() or [1])
    if len(styles) == 1 and None not in styles:
        return max(len(alike), loose // usual)
    opening = [line for line in full if line["role"] == "opening"]
    late = len(opening) > 1 and not rules.meets("headings", "prepared", opening[-1]["text"][:HEAD])
    return sum(times // usual - 1 for times in told.values()) + loose // usual + late
