"""Who sees what of a unit's talks.

What must stay true: what was promised is read by the two of a talk, the secretary and the group, by nobody else, not
even by the liaison who entered it; who talked with whom and when is seen besides by the liaison; a member sees the own
talks and what that member still owes; an office sees only which are missing.
"""

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from services.intake import coverage, talks

ALL = ("secretary", "liaison", "supervisor", "group_leader")
WORDS = ("secretary", "supervisor", "group_leader")


class Reader(NamedTuple):
    """The posts somebody holds in the unit and the roles in which the whole unit is seen."""

    posts: frozenset[str]
    roles: frozenset[str]

    @property
    def sees_all(self) -> bool:
        """Whether the whole matrix is seen."""
        return bool(self.roles & {*ALL})


def posts_of(grants: Sequence[dict[str, Any]], roles: Collection[str], plan: dict[str, Any]) -> frozenset[str]:
    """The posts of a unit that somebody with these grants holds; its secretary holds the secretary's."""
    held = [grant["scope"]["of"].partition("/") for grant in grants if grant["scope"]["kind"] == "post"]
    own = {post for unit, _, post in held if unit == plan["unit"]}
    first = {post["post"] for post in coverage.posts(plan) if post["role"] == "secretary" and "secretary" in roles}
    return frozenset(own | first)


def shown(book: talks.Book, reader: Reader) -> list[dict[str, Any]]:
    """The talks this reader sees, by day, each with whether this reader is to confirm it."""
    seen = [talk for talk in book["talks"] if reader.sees_all or reader.posts & {*talk["post"]}]
    rows = [_shown(talk, reader) for talk in seen]
    return sorted(rows, key=lambda row: (row["versions"][-1]["on"], row["talk_id"]))


def owed(plan: talks.Plan, book: talks.Book, reader: Reader) -> dict[str, Any]:
    """What is owed in this unit as this reader sees it: {due_on, posts, rows, ...counts}."""
    rows = coverage.owed(plan, book["talks"])
    whole = reader.sees_all or not reader.posts
    mine = rows if whole else [row for row in rows if reader.posts & {row["from_post"], row["with_post"]}]
    counted = coverage.counts(plan, mine)
    if not reader.sees_all and not reader.posts:
        mine = [{**row, "on": None} for row in rows if row["state"] != "confirmed"]
    places = {name: plan[name] for name in ("campaign", "unit", "region", "group")}
    return {
        **places,
        "rules": coverage.rules(plan),
        "posts": coverage.posts(plan),
        "own_posts": sorted(reader.posts),
        "rows": mine,
        "to_confirm": 0 if plan.get("cancelled_on") else sum(_to_confirm(one, reader) for one in talks.standing(book)),
        "counts": counted,
    }


def _shown(talk: talks.Talk, reader: Reader) -> dict[str, Any]:
    words = reader.roles & {*WORDS} or reader.posts & {*talk["post"]}
    hidden = {} if words else {"commitments": None}
    versions = [{**version, **hidden} for version in talk["versions"]]
    return {**talk, "versions": versions, "to_confirm": _to_confirm(talk, reader)}


def _to_confirm(talk: talks.Talk, reader: Reader) -> bool:
    return not talk["withdrawn"] and bool(reader.posts & {*coverage.awaited(talk["versions"][-1])})
