"""Posts of a team that a table does not name: they stay, unless whoever confirms the table says that they end.

What must stay true: every post that somebody would leave is named before; a first responsible person never leaves by
not being named. Who would leave: {post, title, role, how: unnamed|ended|succeeded}.
"""

from collections.abc import Sequence
from typing import Any

from services.registry import posts, successions
from services.registry.posts import Term

Leaving = dict[str, str]


def unnamed(stood: Sequence[Term], named: Sequence[Term]) -> list[Term]:
    """The terms of posts that a table does not name."""
    told = {term["post"] for term in named}
    return [term for term in stood if term["post"] not in told]


def beside(stood: Sequence[Term], named: Sequence[Term]) -> list[Term]:
    """The terms that a table names, with those of the posts that it does not name as they stood."""
    whole = [*named, *unnamed(stood, named)]
    return list(stood) if sorted(whole, key=_place) == sorted(stood, key=_place) else sorted(whole, key=_place)


def told(stood: Sequence[Term], named: Sequence[Term], today: str) -> list[Leaving]:
    """Who leaves by what a table says, and who would if what it does not name were to end."""
    whole, titles = beside(stood, named), {term["post"]: term["title"] for term in sorted(stood, key=_place)}
    left = [one for one in successions.brought(stood, whole, today) if one["what"] != "added"]
    found = [{"post": one["post"], "role": one["role"], "how": one["what"]} for one in left]
    last = {term["post"]: term["role"] for term in unnamed(stood, named) if (term["until"] or posts.LAST) >= today}
    found += [{"post": post, "role": role, "how": "unnamed"} for post, role in last.items()]
    return sorted(({**one, "title": titles[one["post"]]} for one in found), key=lambda one: one["post"])


def may_end(left: Sequence[Leaving]) -> set[str]:
    """The posts that end where whoever confirms says so: none of a first responsible person's."""
    return {one["post"] for one in left if one["how"] == "unnamed" and one["role"] != "secretary"}


def end(line: dict[str, Any], on: str) -> dict[str, Any]:
    """A line of an import whose posts that the table does not name end before a day."""
    over = may_end(line.get("leaving", ()))
    if not over:
        return line
    stood = line["after"]["posts"]
    after = [
        {**term, "until": posts.before(on)} if term["post"] in over and (term["until"] or posts.LAST) >= on else term
        for term in stood
        if term["post"] not in over or (term["from"] or "") < on
    ]
    before = next((one["from"] for one in line["changes"] if one["field"] == "posts"), stood)
    changes = [one for one in line["changes"] if one["field"] != "posts"]
    said = {"field": "posts", "from": before, "to": after}
    return {**line, "after": {**line["after"], "posts": after}, "changes": [*changes, said]}


def _place(term: Term) -> tuple[str, str]:
    return term["post"], term["from"] or ""
