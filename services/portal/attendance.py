"""Attendance pasted from Excel: a unit a line, then its posts.

What must stay true: nothing is guessed: a unit or a post that is not known is a fault, told by its line. A unit is
named by its code or its name, a post by its number, its title or what it is in every team (书记, 联络员, 全体).
"""

import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from flask_babel import gettext

LIAISON = "liaison"
ROLES = {"书记": "secretary", "第一责任人": "secretary", "主要负责人": "secretary", "联络员": LIAISON}
EVERYBODY = ("全体", "班子全体", "全体班子成员")
_APART = re.compile(r"[\t,，、;；]|\s{2,}")


class Pasted(NamedTuple):
    """What the lines say: units with posts, and what could not be read."""

    rows: list[dict[str, Any]]
    faults: list[str]


def read(text: str, units: Iterable[dict[str, Any]]) -> Pasted:
    """The lines as rows of attendance, one a unit."""
    known = {key: unit for unit in units for key in (unit["unit_code"], unit["name"])}
    there, faults = dict[str, list[str]](), list[str]()
    for number, line in enumerate(text.splitlines(), 1):
        first, *cells = [cell.strip() for cell in _APART.split(line.strip()) if cell.strip()] or [""]
        if not first:
            continue
        unit = known.get(first)
        if unit is None:
            faults.append(
                gettext("第 %(n)s 行：没有找到单位“%(unit)s”，请写单位代码或全称。", n=number, unit=first[:60])
            )
            continue
        if not cells:
            faults.append(gettext("第 %(n)s 行：没有写岗位。", n=number))
        posts = there.setdefault(unit["unit_code"], [])
        for cell in cells:
            found = _posts(unit, cell)
            if not found:
                name = unit["name"]
                faults.append(gettext("第 %(n)s 行：%(unit)s没有岗位“%(post)s”。", n=number, unit=name, post=cell[:60]))
            posts += [post for post in found if post not in posts]
    return Pasted([{"unit": unit, "posts": posts} for unit, posts in there.items() if posts], faults)


def _posts(unit: dict[str, Any], cell: str) -> list[str]:
    held = [*(unit.get("posts") or []), {"post": LIAISON, "title": "联络员", "role": LIAISON}]
    exact = [one["post"] for one in held if cell in (one["post"], one["title"], f"{one['post']} {one['title']}")]
    if exact:
        return exact[:1]
    if cell in EVERYBODY:
        return [one["post"] for one in held if one["role"] != LIAISON]
    return [one["post"] for one in held if one["role"] == ROLES.get(cell)]
