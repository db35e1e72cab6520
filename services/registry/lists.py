"""The lists of a campaign beside each other: its units, and the groups that follow them.

What must stay true: every fault is found at once, whoever wrote the lists, and in lists that are not well formed yet.
A fault: {pointer, code, ...what its sentence needs}.
"""

import collections
from collections.abc import Iterator, Sequence
from typing import Any

Fault = dict[str, Any]


def faults(units: Sequence[Any], groups: Sequence[Any]) -> Iterator[Fault]:
    """All that is wrong between units and groups, though each of them may be as it should."""
    placed = [(f"/units/{row}", unit) for row, unit in enumerate(units) if isinstance(unit, dict)]
    known = {str(unit.get("unit_code")) for _, unit in placed}
    followed = _followers(groups)
    yield from _twice((f"{at}/unit_code", "unit_twice", {"unit": str(unit.get("unit_code"))}) for at, unit in placed)
    yield from _groups(groups, known, followed)
    for at, unit in placed:
        code = str(unit.get("unit_code"))
        if code not in followed:
            yield {"pointer": f"{at}/unit_code", "code": "unit_without_group", "unit": code}
        yield from _posts(f"{at}/posts", code, unit.get("posts") or [])
    yield from _superiors(placed, known)


def places(units: Sequence[Any], groups: Sequence[Any]) -> set[str]:
    """The codes of the regions and groups that they name."""
    named = [unit.get("region_code") for unit in units if isinstance(unit, dict)]
    for group in groups:
        named += [group.get("group_code"), *(group.get("regions") or ())] if isinstance(group, dict) else []
    return set(map(str, named))


def _followers(groups: Sequence[Any]) -> dict[str, list[str]]:
    """The groups that name each unit."""
    found = collections.defaultdict(list)
    for group in groups:
        for unit in (group.get("units") or []) if isinstance(group, dict) else []:
            found[str(unit)].append(str(group.get("group_code")))
    return dict(found)


def _groups(groups: Sequence[Any], known: set[str], followed: dict[str, list[str]]) -> Iterator[Fault]:
    placed = [(f"/groups/{row}", group) for row, group in enumerate(groups) if isinstance(group, dict)]
    yield from _twice((f"{at}/group_code", "group_twice", {"group": str(one.get("group_code"))}) for at, one in placed)
    told = set()
    for at, group in placed:
        for unit in map(str, group.get("units") or []):
            place = {"pointer": f"{at}/units", "unit": unit, "group": str(group.get("group_code"))}
            if unit not in known:
                yield {**place, "code": "group_unknown_unit"}
            if unit in told:
                first, second = followed[unit][:2]
                yield {**place, "code": "unit_in_two_groups", "first": first, "second": second}
            told.add(unit)


def _twice(named: Iterator[tuple[str, str, dict[str, str]]]) -> Iterator[Fault]:
    """What bears a code that another bears before it."""
    seen = set()
    for at, code, what in named:
        value = tuple(what.values())
        if value in seen:
            yield {"pointer": at, "code": code, **what}
        seen.add(value)


def _posts(at: str, unit: str, posts: Sequence[Any]) -> Iterator[Fault]:
    """At one time a post is held once, and a team has at most one first responsible person."""
    posts = [post for post in posts if isinstance(post, dict)]
    yield from _twice((at, "unit_post_twice", {"unit": unit, "post": str(post.get("post"))}) for post in posts)
    if [post.get("role") for post in posts].count("secretary") > 1:
        yield {"pointer": at, "code": "unit_two_secretaries", "unit": unit}


def _superiors(placed: Sequence[tuple[str, dict[str, Any]]], known: set[str]) -> Iterator[Fault]:
    """A team above that takes no part, or that the unit itself is above."""
    above = {str(unit.get("unit_code")): str(unit["superior"]) for _, unit in placed if unit.get("superior")}
    for at, unit in placed:
        code = str(unit.get("unit_code"))
        if code not in above:
            continue
        place = {"pointer": f"{at}/superior", "unit": code, "superior": above[code]}
        if above[code] not in known:
            yield {**place, "code": "superior_unknown"}
        passed, next_above = set[str](), above[code]
        while next_above in above and next_above not in passed | {code}:
            passed.add(next_above)
            next_above = above[next_above]
        if next_above == code:
            yield {**place, "code": "superior_circle"}
