"""A form before anybody wrote: what is known stands in it already, a row for each aspect, what is usual.

What must stay true: the workbook begins with what the page begins with (services/portal/entering.py); names come from
whoever asks and are never kept.
"""

from collections.abc import Mapping
from typing import Any

from services.intake import kinds
from services.intake.forms import Known
from services.spine import clock


def given(plan: dict[str, Any], asked: dict[str, Any], by: str) -> dict[str, str]:
    """What is known by `x-from`: here, and of the names and the day that whoever asks has given."""
    names = asked.get("names", {})
    found = {"unit.name": names.get("unit"), "campaign.title": names.get("campaign"), "account.name": by}
    found |= {"meeting.on": plan.get("meeting_on"), "meeting.held_on": asked.get("held_on"), "today": clock.today()}
    return {source: value for source, value in found.items() if value}


def document(schema: kinds.Schema, known: Known, given: Mapping[str, str], post: str) -> Any:
    """The form of a post, or of the team, with what is given."""
    kind, items, source = schema.get("type"), schema.get("items", {}), schema.get("x-from", "")
    codes = [one["code"] for one in known.choices.get(source, ())]
    if kind == "object":
        parts = ((key, document(part, known, given, post)) for key, part in schema["properties"].items())
        return {key: value for key, value in parts if value is not None} or None
    if kind == "array" and items.get("type") == "object":
        first, part = next(iter(items["properties"].items()))
        aspects = known.choices.get("campaign.aspects", ()) if part.get("x-from") == "campaign.aspects" else ()
        return [{first: one["code"]} for one in aspects] or None
    if kind == "array":
        return codes or None
    if source == "unit.posts":
        return None if post == "team" else post
    return given.get(source) or schema.get("default")


def titled(known: Known, titles: Mapping[str, str]) -> Known:
    """What is known, with the posts called by number and title."""
    posts = [
        {**one, "label": dict.fromkeys(one["label"], f"{one['code']} {titles.get(one['code'], '')}".strip())}
        for one in known.choices.get("unit.posts", ())
    ]
    return known._replace(choices={**known.choices, "unit.posts": posts})
