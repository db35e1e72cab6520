"""The owner, measures and milestones of an item in its form, what stands beside, and an item as its form shows it.

Posts come as {number: title}: who is responsible is written in words; where none are, by the title of the post.
"""

import itertools
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from werkzeug.datastructures import MultiDict

from services.portal import wording
from services.spine import clock

MEASURES = 5
MILESTONES = 3
ROWS = 24
WHAT = ("what", "who", "due_on")
Posts = Mapping[str, str]
NOBODY: Posts = MappingProxyType({})


def owner(form: Mapping[str, str], posts: Posts) -> dict[str, str | None]:
    """Who is responsible, and the post that owns the item; of a form without posts nothing is said of them."""
    post = form.get("owner_post", "")
    words = form.get("responsible", "").strip() or posts.get(post, "")
    named: dict[str, str | None] = {"owner_post": post or None} if "owner_post" in form else {}
    return {**({"responsible": words} if words else {}), **named}


def measures(form: Mapping[str, str], posts: Posts = NOBODY) -> list[dict[str, Any]]:
    """The measures of a form; a row in which nothing stands is none."""
    found = []
    for number in range(ROWS):
        measure: dict[str, Any] = {part: form.get(f"{part}-{number}", "").strip() for part in WHAT}
        if post := form.get(f"post-{number}", ""):
            measure |= {"who": measure["who"] or posts.get(post, ""), "post": post}
        if any(measure.values()):
            key, helpers = form.get(f"m-key-{number}", "").strip(), _parts(form.get(f"with-{number}", ""))
            found.append({**({"key": key} if key else {}), **measure, **({"with": helpers} if helpers else {})})
    return found


def milestones(form: Mapping[str, str]) -> list[dict[str, str]]:
    """The milestones of a form, each with the key it has or, when it is new, one that is free."""
    known = {form.get(f"s-key-{number}") for number in range(ROWS)}
    free = (key for number in itertools.count(1) if (key := f"s{number}") not in known)
    found = []
    for number in range(ROWS):
        text, due_on = form.get(f"deliverable-{number}", "").strip(), form.get(f"s-due-{number}", "")
        if text or due_on:
            key = form.get(f"s-key-{number}") or next(free)
            found.append({"key": key, "deliverable": text, "due_on": due_on})
    return found


def particulars(form: Mapping[str, str]) -> dict[str, str]:
    """What the official sheet tells beside, with lines ended as they are kept."""
    told = {code: form.get(f"p-{code}", "").replace("\r\n", "\n").strip() for code in wording.PARTICULARS}
    return {code: text for code, text in told.items() if text}


def fixed(item: dict[str, Any]) -> dict[str, str]:
    """The milestones of an item whose day is not its unit's to change, by key: those that are done or were missed."""
    done = {one["key"]: "done" for one in item["milestones"] if one["done_on"]}
    passed = {one["key"]: "missed" for one in item["milestones"] if one["due_on"] < clock.today()}
    return {**(passed if item["state"] == "open" else {}), **done}


def begun(item: dict[str, Any], posts: Posts = NOBODY) -> MultiDict[str, str]:
    """An item as its form shows it; a post is chosen already where the words are its title and no post was named."""
    called = {title: post for post, title in posts.items()}
    kept = {key: item.get(key) or "" for key in ("problem", "category", "aspect", "responsible", "standard", "due_on")}
    kept |= {"owner_post": item.get("owner_post") or called.get(kept["responsible"], "")}
    kept |= {f"p-{code}": text for code, text in (item.get("particulars") or {}).items()}
    for number, one in enumerate(item["measures"]):
        kept |= {f"{part}-{number}": one[part] or "" for part in WHAT}
        kept |= {f"post-{number}": one.get("post") or called.get(one["who"], "")}
        kept |= {f"m-key-{number}": one.get("key", ""), f"with-{number}": "、".join(one.get("with", ()))}
    for number, one in enumerate(item["milestones"]):
        kept |= {f"s-key-{number}": one["key"], f"s-due-{number}": one["due_on"]}
        kept |= {f"deliverable-{number}": one["deliverable"]}
    return MultiDict(kept)


def _parts(text: str) -> list[str]:
    return [part for one in re.split(r"[、，,;；]", text) if (part := one.strip())]
