"""Messages: what the system told this person, newest first, each with the page it is about."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from services.portal import asking, clients, languages, listing, reference, wording

room = Blueprint("inbox", __name__)
PAGES = {
    "material": ("materials.show", "material_id"),
    "review": ("reading.read", "review_id"),
    "meeting": ("meetings.show", "meeting_id"),
    "comment": ("supervision.show", "meeting_id"),
    "candidate": ("candidates.show", "candidate_id"),
    "tip": ("tips.show", "receipt_id"),
    "question": ("questions.show", "question_id"),
    "item": ("items.show", "item_id"),
    "effect": ("effectiveness.line", "item_id"),
    "evaluation": ("evaluations.show", "evaluation_id"),
    "issue": ("effectiveness.issue", "issue_id"),
    "plan": ("plans.show", "plan_id"),
    "escalation": ("escalations.show", "escalation_id"),
    "report": ("reports.show", "report_id"),
    "campaign": ("campaigns.show", "campaign"),
    "bulletin": ("bulletins.show", "bulletin_id"),
    "view": ("ledger_views.show", "view_id"),
    "subscriber": ("subscribers.show", "code"),
}


@room.get("/messages")
def listed() -> Any:
    """All messages, or only the unread ones."""
    messages = listing.page("notification", "/messages", **listing.filters("unread"))
    campaign = asking.campaign() if asking.viewer().may("read_campaign") else None
    return render_template("inbox.html", messages=messages, names=reference.unit_names(campaign))


@room.post("/messages/<message_id>/read")
def read(message_id: str) -> Any:
    """Mark a message as read and go to what it is about (or back)."""
    asking.post("notification", f"/messages/{clients.quoted(message_id)}/read")
    return redirect(languages.local(request.form.get("next")) if request.form.get("next") else url_for(".listed"), 303)


def target(link: dict[str, Any] | None) -> str | None:
    """The address of what a message is about."""
    page = PAGES.get((link or {}).get("page", "").rstrip("s"))
    return url_for(page[0], **{page[1]: link["id"]}) if page and link and link.get("id") else None


def about(message: dict[str, Any], names: Mapping[str, str]) -> str:
    """What a message is about, in words: the unit, and which of its materials."""
    parts = str((message.get("link") or {}).get("id", "")).split(".")
    said = [names.get(str(message.get("unit")), str(message.get("unit") or ""))]
    if len(parts) >= 4 and (message["link"].get("page") in ("material", "review")):
        said.append(wording.word("kind", parts[2]))
        if parts[3] != "team":
            said.append(reference.post_name(parts[1], parts[3]))
    return " · ".join(part for part in said if part)


room.add_app_template_global(target, "message_target")
room.add_app_template_global(about, "message_about")
