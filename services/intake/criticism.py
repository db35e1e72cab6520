"""Who has something to say to whom, by a unit's criticism lists (批评意见清单), and how much was said last year.

What must stay true: nothing of what a list says stands here; who criticises whom is seen by the unit's secretary and
liaison and by its group, of a member only what that member says to others; an office sees how far it has come, never
the pairs. A list: {lines: [see repeats], repeats: [see repeats]}, `lines` None where it was handed in without its form.
What of a list is to reach the ledger is said by id, of whoever wrote it; not whom it is about.
"""

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from services.intake import coverage, domain
from services.intake.talk_readers import Reader
from services.spine.events import Fact

Lists = Mapping[str, dict[str, Any]]
Plan = dict[str, Any]
COUNTED = ("owed", "named", "lines", "repeated")
WORDS = ("target", "problem", "fact", "advice")
FILL = re.compile(r"[\s，。；、！？,.;!?]+")


def named(material: domain.Material, document: dict[str, Any] | None) -> list[dict[str, Any]]:
    """The problems a list names, each once: {id, aspect, target, problem, fact, advice}; a list without its form is one
    problem without words. The id follows from whom it is about and what it says, so a line put right elsewhere stays.
    """
    found: dict[str, dict[str, Any]] = {}
    for row in [{}] if document is None else document.get("criticisms", ()):
        words = {key: str(row.get(key, "")) for key in WORDS}
        key = _key(material, words)
        found.setdefault(key, {"id": key, "aspect": row.get("aspect"), **words})
    return list(found.values())


def changed(material: domain.Material, problems: Sequence[dict[str, Any]]) -> Fact:
    """What is said when another version of a list counts, or none: its problems by id, no word of them."""
    said = {key: material[key] for key in ("material_id", "unit", "group", "post", "secrecy")}
    lines = [{key: one[key] for key in ("id", "aspect")} for one in problems]
    said |= {"version": material["counted"], "lines": lines}
    return Fact("criticism_changed", material["_id"], material["campaign"], material["region"], said)


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


def _key(material: domain.Material, words: dict[str, str]) -> str:
    problem = FILL.sub("", unicodedata.normalize("NFKC", words["problem"])) or words["problem"]
    mark = hashlib.sha256(f"{words['target']}|{problem}".encode()).hexdigest()[:16]
    return f"{material['campaign']}.{material['unit']}.criticism.{material['post']}.c{mark}"


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
