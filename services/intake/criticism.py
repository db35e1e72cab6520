"""Who has something to say to whom, by a unit's criticism lists (批评意见清单), and how much was said last year.

What must stay true: nothing of what a list says stands here; who criticises whom is seen by the unit's secretary and
liaison and by its group, of a member only what that member says to others; an office sees how far it has come, never
the pairs. A list: {lines: [see repeats], repeats: [see repeats]}, `lines` None where it was handed in without its form.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from services.intake import coverage
from services.intake.talk_readers import Reader

Lists = Mapping[str, dict[str, Any]]
Plan = dict[str, Any]
COUNTED = ("owed", "named", "lines", "repeated")


def shown(plan: Plan, lists: Lists, reader: Reader) -> dict[str, Any]:
    """How far the lists of a unit cover everybody, as this reader sees it."""
    team = coverage.posts(plan)
    posts = [post["post"] for post in team]
    seen = [post for post in posts if reader.sees_all or not reader.posts or post in reader.posts]
    with_pairs = reader.sees_all or bool(reader.posts)
    rows = [_row(post, posts, lists.get(post)) for post in seen]
    pairs = [pair for post in seen for pair in _pairs(post, lists.get(post))] if with_pairs else []
    return {
        **{key: plan[key] for key in ("campaign", "unit", "region", "group")},
        "posts": team,
        "own_posts": sorted(reader.posts),
        "counts": {"lists": len(rows), "here": sum(row["here"] for row in rows), **_sums(rows)},
        "rows": rows,
        "pairs": pairs if with_pairs else None,
    }


def _row(post: str, posts: Sequence[str], kept: dict[str, Any] | None) -> dict[str, Any]:
    lines = (kept or {}).get("lines")
    targets = {line["target"] for line in lines or ()} - {post}
    return {
        "post": post,
        "here": kept is not None,
        "readable": lines is not None,
        "owed": len(posts) - 1,
        "named": len(targets.intersection(posts)),
        "lines": len(lines or ()),
        "repeated": len((kept or {}).get("repeats", ())),
    }


def _pairs(post: str, kept: dict[str, Any] | None) -> list[dict[str, Any]]:
    """Whom somebody names, with how many lines and how many of them were said before."""
    lines, again = (kept or {}).get("lines") or (), [row["target"] for row in (kept or {}).get("repeats", ())]
    named = [line["target"] for line in lines]
    return [
        {"critic": post, "target": target, "lines": named.count(target), "repeated": again.count(target)}
        for target in sorted(set(named) - {post})
    ]


def _sums(rows: Sequence[dict[str, Any]]) -> dict[str, int]:
    return {key: sum(row[key] for row in rows) for key in COUNTED}
