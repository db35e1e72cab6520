"""The posts of a leading team over time: who comes or goes is told by post and day, never by name.

What must stay true: no term of a post is taken out, only ended; at one time a post is held once, a team has at most one
first responsible person and is never without anybody. A term: {post, title, role, from, until}, days included.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from services.registry import calendar_file
from services.spine import errors
from services.spine.events import Fact

Term = dict[str, Any]
LAST = "9999-12-31"


def terms_of(posts: Sequence[dict[str, str]]) -> list[Term]:
    """The posts of a meeting as terms: nobody knows since when."""
    return [{**{key: post[key] for key in ("post", "title", "role")}, "from": None, "until": None} for post in posts]


def change(terms: Sequence[Term], draft: dict[str, str]) -> list[Term]:
    """The terms after a change: `succeeded` (another person in the same post), `ended` or `added`; the same change
    again changes nothing."""
    if done(terms, draft):
        return list(terms)
    changed = _added(terms, draft) if draft["what"] == "added" else _left(terms, draft)
    if not all(standing(changed, day) for day in _days(changed, draft["on"])):
        raise errors.Refusal("team_without_posts")
    return sorted(changed, key=lambda term: (term["post"], term["from"] or ""))


def take_back(terms: Sequence[Term], entry: dict[str, Any], today: str) -> list[Term]:
    """The terms without a change that was told ahead: whoever would have left stays. Refused from its day on, and while
    a later change rests on it."""
    on, post, what = entry["on"], entry["post"], entry["what"]
    if on <= today:
        raise errors.Refusal("post_change_came", on=on)
    mine = [term for term in terms if term["post"] == post]
    fresh = [term for term in mine if term["from"] == on and what != "post_ended"]
    leaving = [term for term in mine if term["until"] == before(on) and what != "post_added"]
    until = fresh[0]["until"] if fresh else None
    rests = [after(until)] if until and not leaving else []
    if what == "post_ended":
        rests = sorted(term["from"] for term in mine if (term["from"] or "") >= on)
    if rests:
        raise errors.Refusal("post_changes_again", post=post, on=rests[0])
    kept = [{**term, "until": until} if term in leaving else term for term in terms if term not in fresh]
    for day in _days(kept, on):
        held = [term["role"] for term in standing(kept, day)]
        if not held:
            raise errors.Refusal("team_without_posts")
        if held.count("secretary") > 1:
            raise errors.Refusal("team_has_secretary")
    return kept


def told_at(history: Sequence[dict[str, Any]], post: str, at: str) -> dict[str, Any]:
    """The change of a post that was told ahead at that moment."""
    for entry in history:
        if entry.get("ahead") and (entry.get("post"), entry["at"]) == (post, at):
            return entry
    raise errors.Refusal("not_found", id=post)


def marked(entry: dict[str, Any], today: str) -> dict[str, Any]:
    """An entry as it is shown: whether it may be taken back."""
    still = entry.get("ahead") and not entry.get("taken_back") and entry["on"] > today
    return {**entry, "open": True} if still else entry


def done(terms: Sequence[Term], draft: dict[str, str]) -> bool:
    """Whether that change was made before."""
    mine = [term for term in terms if term["post"] == draft["post"]]
    begun = [term for term in mine if term["from"] == draft["on"]]
    if draft["what"] == "ended":
        return not begun and any(term["until"] == before(draft["on"]) for term in mine)
    return any(term["title"] == draft.get("title", term["title"]) for term in begun)


def standing(terms: Sequence[Term], day: str) -> list[Term]:
    """The terms that run on a day."""
    return [term for term in terms if (term["from"] or "") <= day <= (term["until"] or LAST)]


def held_since(terms: Sequence[Term], today: str) -> dict[str, str]:
    """By post the latest day up to today on which another person came into it, or it was left; where any is known."""
    found: dict[str, str] = {}
    for term in terms:
        left = after(term["until"]) if term["until"] and term["until"] < today else None
        for day in (term["from"], left):
            if day and day <= today:
                found[term["post"]] = max(found.get(term["post"], ""), day)
    return found


def role_of(terms: Sequence[Term], draft: dict[str, str]) -> str:
    """Whose post it is that changes: the first responsible person's, or a member's."""
    if draft["what"] == "added":
        return draft.get("role", "member")
    known = [term for term in terms if term["post"] == draft["post"]]
    return str(known[-1]["role"]) if known else "member"


def next_post(terms: Sequence[Term]) -> str:
    """A number that no post of the team ever had."""
    return f"{max((int(term['post']) for term in terms), default=0) + 1:02d}"


def told(unit: str, region: str, draft: dict[str, str], role: str) -> Fact:
    """It is said to everybody, for whoever held the post holds it no longer in any campaign."""
    said: dict[str, Any] = {key: draft[key] for key in ("what", "post", "on", "account") if key in draft}
    data = {"unit": unit, "role": role, **said}
    return Fact("post_changed", unit, calendar_file.EVERYWHERE["campaign"], region, data)


def entry(draft: dict[str, str], by: str, at: str, today: str) -> dict[str, Any]:
    """The change as the team's history keeps it; one of a day to come is kept ahead, and said on that day."""
    kept: dict[str, Any] = {"on": draft["on"], "by": by, "at": at, "reason": draft["reason"]}
    about: dict[str, Any] = {key: draft[key] for key in ("post", "account") if key in draft}
    ahead = {"ahead": True} if draft["on"] > today else {}
    return {**kept, **about, **ahead, "what": f"post_{draft['what']}", "changes": []}


def before(on: str) -> str:
    """The day before."""
    return (date.fromisoformat(on) - timedelta(days=1)).isoformat()


def after(on: str) -> str:
    """The day after."""
    return (date.fromisoformat(on) + timedelta(days=1)).isoformat()


def _days(terms: Sequence[Term], on: str) -> set[str]:
    """A day and those after it on which a term begins or is over."""
    turns = {after(term["until"]) for term in terms if term["until"] and term["until"] < LAST}
    return {on, *(day for day in turns | {term["from"] or "" for term in terms} if day > on)}


def _left(terms: Sequence[Term], draft: dict[str, str]) -> list[Term]:
    """Whoever held the post leaves it the day before; where somebody succeeds, that term begins."""
    on, post = draft["on"], draft["post"]
    leaving = next((term for term in standing(terms, before(on)) if term["post"] == post), None)
    if leaving is None or any(term["post"] == post and (term["from"] or "") >= on for term in terms):
        raise errors.Refusal("post_not_held", post=post, on=on)
    fresh = {**leaving, "title": draft.get("title") or leaving["title"], "from": on, "until": None}
    rest = [{**term, "until": before(on)} if term is leaving else term for term in terms]
    return [*rest, fresh] if draft["what"] == "succeeded" else rest


def _added(terms: Sequence[Term], draft: dict[str, str]) -> list[Term]:
    on, role = draft["on"], draft.get("role", "member")
    running = [term for term in terms if (term["until"] or LAST) >= on]
    if any(term["post"] == draft["post"] for term in running):
        raise errors.Refusal("post_taken", post=draft["post"])
    if role == "secretary" and any(term["role"] == role for term in running):
        raise errors.Refusal("team_has_secretary")
    return [*terms, {"post": draft["post"], "title": draft["title"], "role": role, "from": on, "until": None}]
