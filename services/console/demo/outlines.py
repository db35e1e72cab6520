"""What most units that have met had handed in: short materials, each its own, told in life/outlines.txt.

A block is one material: `@unit/post`, a line for each of the six aspects in their order, lines 因 (causes), lines 改
(measures); `{20}` becomes the day so many days from today. Here they get their head and one of several arrangements,
as people write them. None is a copy of another: what they share is the form.
"""

import itertools
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from services.console.demo import people
from services.console.demo.people import Life

NUMERALS = "一二三四五六七八九十"
CAUSE, MEASURE = "因 ", "改 "
SECTIONS = (
    ("一、存在的主要问题", "二、原因剖析", "三、整改措施"),
    ("一、检视问题", "二、思想根源", "三、改进措施"),
    ("一、对照检查发现的问题", "二、产生问题的原因", "三、下一步整改措施"),
    ("一、突出问题", "二、根源剖析", "三、整改措施"),
)
ORDERS = ("（{0}）{1}方面。{2}", "{3}. {1}方面：{2}", "{0}是{1}方面。{2}")
POINTS = ("{0}是{1}", "{2}.{1}", "（{0}）{1}")


class Written(NamedTuple):
    """One material of outlines.txt: whose it is, its problems in the aspects' order, causes and measures."""

    unit: str
    post: str
    problems: list[str]
    causes: list[str]
    measures: list[str]


def read(life: Life) -> list[Written]:
    """All of them, in the order of the file."""
    found = []
    for block in (life.place / "life/outlines.txt").read_text("utf-8").split("@")[1:]:
        place, *lines = block.split("\n")
        unit, _, post = place.partition("/")
        told = [life.told(line) for line in lines if line]
        causes = [line.removeprefix(CAUSE) for line in told if line.startswith(CAUSE)]
        measures = [line.removeprefix(MEASURE) for line in told if line.startswith(MEASURE)]
        problems = [line for line in told if not line.startswith((CAUSE, MEASURE))]
        found.append(Written(unit, post, problems, causes, measures))
    return found


def posts(life: Life) -> dict[str, set[str]]:
    """Which posts of which units handed in one of these."""
    grouped = itertools.groupby(read(life), key=lambda each: each.unit)
    return {unit: {each.post for each in rows} for unit, rows in grouped}


def step(life: Life, written: Written) -> dict[str, Any]:
    """The step by which it is handed in: the name's ending and its text."""
    marked = people.number("marked", written.unit, written.post) % 2
    text = "\n\n".join(_lines(life, written, "## " if marked else ""))
    return {"hand_in": f"{written.post}.{'md' if marked else 'txt'}", "text": f"# {text}" if marked else text}


def _lines(life: Life, written: Written, mark: str) -> Iterator[str]:
    chance = people.number(written.unit, written.post)
    titles = [aspect["title"] for aspect in life.aspects]
    problem, cause, measure = (f"{mark}{section}" for section in SECTIONS[chance % len(SECTIONS)])
    order, point = ORDERS[chance // 7 % len(ORDERS)], POINTS[chance // 31 % len(POINTS)]
    yield from _head(life, written)
    yield problem
    for place, (title, told) in enumerate(zip(titles, written.problems, strict=True)):
        yield order.format(NUMERALS[place], title, told, place + 1)
    yield cause
    yield from (point.format(NUMERALS[place], told, place + 1) for place, told in enumerate(written.causes))
    yield measure
    yield from (f"{place}.{told}" for place, told in enumerate(written.measures, 1))


def _head(life: Life, written: Written) -> Iterator[str]:
    unit = life.cast.units[written.unit]
    if written.post == "team":
        yield f"{unit['name']}领导班子对照检查材料"
        yield people.choice(life.read("sayings.json")["opening_team"], written.unit)
        return
    held = next(post["title"] for post in unit["posts"] if post["post"] == written.post)
    title = re.sub(r"（.*?）", "", held).replace("副职", "班子成员")
    yield "专题民主生活会个人发言提纲"
    yield f"{unit['name']}{title}"
    yield people.choice(life.read("sayings.json")["opening"], written.unit, written.post)
