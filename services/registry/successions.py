"""Who comes into a post and who leaves it, by a table that was brought in or because a day has come that it named.

What must stay true: what a table tells of today or before is said with it, what it tells of later on that day, and
nothing twice. Nobody is named: another person is known by a term of its own. A change: {what: succeeded|ended|added,
post, role: of whoever leaves, else of whoever comes, on}.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from services.registry import posts
from services.registry.posts import Term

Change = dict[str, str]


def brought(before: Sequence[Term], after: Sequence[Term], today: str, known_until: str = "") -> list[Change]:
    """What a table changes up to today in the terms known before, as they stood when it was last said (`known_until`,
    else today). A day filled in or put back is no other person."""
    held, holds = _held(before, known_until or today), _held(after, today)
    found = []
    for post in sorted(held.keys() | holds.keys()):
        old, new = held.get(post), holds.get(post)
        if old and not new:
            over = [one["until"] for one in after if one["post"] == post and one["until"] and one["until"] < today]
            found.append(_change("ended", old, posts.after(max(over)) if over else today))
        elif new and not old:
            found.append(_change("added", new, new["from"] or today))
        elif old and new and (came := _came(old, new, after, today)):
            found.append(_change("succeeded", old, came))
    return found


def turned(terms: Sequence[Term], since: str, today: str) -> list[Change]:
    """What begins or ends by itself from a day up to today, in the order of the days."""
    found = []
    for day in sorted({day for day in _turns(terms) if since <= day <= today}):
        held, holds = _held(terms, posts.before(day)), _held(terms, day)
        for post in sorted(held.keys() | holds.keys()):
            old, new = held.get(post), holds.get(post)
            if old != new:
                what = "ended" if new is None else "succeeded" if old else "added"
                found.append(_change(what, old or new or {}, day))
    return found


def next_turn(terms: Sequence[Term], today: str) -> str | None:
    """The next day after today on which a term begins, or is over."""
    return min((day for day in _turns(terms) if day > today), default=None)


def entries(changes: Iterable[Change], entry: dict[str, Any]) -> list[dict[str, Any]]:
    """The same as the team's history keeps it, under the entry that brought it."""
    told = {key: entry[key] for key in ("by", "at", "reason")}
    return [
        {**told, "on": one["on"], "post": one["post"], "what": f"post_{one['what']}", "changes": []} for one in changes
    ]


def unsaid(changes: Iterable[Change], history: Iterable[dict[str, Any]]) -> list[Change]:
    """Those that nobody has said already."""
    known = {_place(entry) for entry in history if not entry.get("ahead")}
    return [one for one in changes if _place({**one, "what": f"post_{one['what']}"}) not in known]


def ahead(changes: Iterable[Change], history: Iterable[dict[str, Any]]) -> list[tuple[Change, dict[str, Any] | None]]:
    """Each change with the entry that told it before its day, which knows the account of whoever leaves."""
    known = {_place(entry): entry for entry in told_ahead(history)}
    told = [(one, known.get(_place({**one, "what": f"post_{one['what']}"}))) for one in changes]
    return [
        ({**one, "account": entry["account"]} if entry and "account" in entry else one, entry) for one, entry in told
    ]


def told_ahead(history: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The entries of changes that were told before their day and not taken back."""
    return [entry for entry in history if entry.get("ahead") and not entry.get("taken_back")]


def _place(entry: dict[str, Any]) -> tuple[Any, ...]:
    return entry["what"], entry.get("post"), entry["on"]


def _held(terms: Sequence[Term], day: str) -> dict[str, Term]:
    return {term["post"]: term for term in posts.standing(terms, day)}


def _came(old: Term, new: Term, after: Sequence[Term], today: str) -> str | None:
    """The day on which another person came; None when it is the same."""
    since = new["from"]
    if since and since > (old["from"] or ""):
        ended = any(one["post"] == new["post"] and (one["until"] or since) < since for one in after)
        if old["from"] or ended:
            return str(since)
    return today if new["role"] != old["role"] else None


def _turns(terms: Iterable[Term]) -> set[str]:
    """The days on which a term begins, or is over."""
    begun = {str(term["from"]) for term in terms if term["from"]}
    return begun | {posts.after(term["until"]) for term in terms if term["until"] and term["until"] < posts.LAST}


def _change(what: str, term: Term, on: str) -> Change:
    return {"what": what, "post": term["post"], "role": term["role"], "on": on}
