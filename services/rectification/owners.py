"""Whose an item is: the post that owns it and the posts that own its measures, as the unit's team has them.

What must stay true: a post that the team does not have owns nothing; whoever holds an owning post may say what was done
on that item, and nothing more by that. The words beside (who is responsible) are as the unit writes them.
"""

from collections.abc import Mapping
from typing import Any

from services.spine.errors import Refusal


def posts(item: Mapping[str, Any]) -> list[str]:
    """The posts that own an item or a measure of it."""
    owning = (item["owner_post"], *(one.get("post") for one in item["measures"]))
    return sorted({post for post in owning if post})


def said(item: Mapping[str, Any]) -> dict[str, Any]:
    """What is said of whose an item is, and what of it."""
    return {"owner_post": item["owner_post"], "parts": parts(item)}


def parts(item: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What of an item is still to be done by a day of its own, and by which post: {what, post, due_on}, each once. A
    measure that a post owns until there is evidence for it, on any item that shares it; a milestone, which is the
    item's owner's, until it is reached."""
    shown = put_on_record(item).union(item.get("shown_elsewhere", ()))
    owned = [one for one in item["measures"] if one.get("post") and (one.get("key") or one["what"]) not in shown]
    found = {(one["due_on"], "measure", one["post"]) for one in owned}
    found |= {(one["due_on"], "milestone", "") for one in item["milestones"] if not one["done_on"]}
    return [{"what": what, "post": post or None, "due_on": due_on} for due_on, what, post in sorted(found)]


def put_on_record(item: Mapping[str, Any]) -> set[str]:
    """The names of the measures for which an item has evidence."""
    return {name for one in item["progress"] if one["evidence"] for name in one.get("measures", ())}


def check(draft: Mapping[str, Any], place: Mapping[str, Any], item: Mapping[str, Any] | None = None) -> None:
    """Refuse a post that the unit's team does not have, unless it stood in the item before; where the team was never
    said, nobody knows better."""
    if "posts" not in place:
        return
    known = {row["post"] for row in place["posts"]}.union(posts(item) if item else ())
    named = {"/owner_post": draft.get("owner_post")}
    named |= {f"/measures/{at}/post": one.get("post") for at, one in enumerate(draft.get("measures", ()))}
    faults = [
        {"pointer": pointer, "code": "unknown_post", "post": post}
        for pointer, post in named.items()
        if post and post not in known
    ]
    if faults:
        raise Refusal("unknown_post", post=faults[0]["post"], errors=faults)
