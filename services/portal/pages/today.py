"""My work today: what waits for me, in whose turn everything else is, and what is due when. Different for each role."""

from functools import partial
from typing import Any

from flask import Blueprint, render_template

from services.portal import asking, days, reference, signoff
from services.portal.pages import collected, meetings, operations

room = Blueprint("today", __name__)
FIRST = 6
WEEK = 7
LEVELS = ("group", "county_office", "office")
"""Whoever verifies that a problem is put right."""
ONE: dict[str, Any] = {"size": 1}
NOTICES: dict[str, tuple[str, str, str, dict[str, Any]]] = {
    "talks": ("read_board", "intake", "/talks/units", {"state": "incomplete", "size": FIRST}),
    "coaching": ("confirm_coaching", "registry", "/coaching-sessions", {"state": "awaited", **ONE}),
    "tips": ("acknowledge_tip", "notification", "/tip-receipts", {"unacknowledged": 1, **ONE}),
    "questions": ("answer_question", "registry", "/questions", {"state": "open", **ONE}),
    "column": ("keep_column", "notification", "/articles", {"state": "first", **ONE}),
    "proposed": ("sign_escalation", "rectification", "/escalations", {"signable": 1, **ONE}),
    "receipts": ("acknowledge_escalation", "rectification", "/escalations", {"state": "issued", **ONE}),
}
"""What waits for somebody with a permission: where it is counted."""


@room.get("/today")
def show() -> Any:
    """One page from the parts this person's roles have; a part that cannot be read says so and the rest stands."""
    viewer = asking.viewer()
    campaign = asking.campaign() if viewer.may("read_campaign") else None
    parts: dict[str, Any] = {"campaign": campaign, "definition": reference.campaign(campaign) if campaign else {}}
    if campaign and viewer.units(campaign):
        records = {one["kind"] for one in asking.rows("intake", "/kinds") if one["locked"]}
        parts["units"] = [_unit(campaign, unit, records) for unit in viewer.units(campaign)]
    if campaign and viewer.may("hold"):
        parts["group"] = _group(campaign)
    if campaign and viewer.has("office", "county_office"):
        parts["office"] = _office(campaign)
    for part, (permission, service, path, wanted) in NOTICES.items():
        if campaign and viewer.may(permission):
            parts[part] = asking.find(service, path, campaign=campaign, **wanted)
    if viewer.may("read_messages"):
        parts["messages"] = asking.find("notification", "/messages", unread=1, size=5)
    if viewer.may("operate"):
        parts["operations"] = operations.look()
    if campaign:
        parts["unit_names"] = reference.unit_names(campaign)
        parts["region_names"] = reference.region_names(campaign)
    return render_template("today.html", **parts)


def _unit(campaign: str, unit: str, records: set[str]) -> dict[str, Any]:
    """What a unit has to do; `records` are the kinds that are locked once they count."""
    meeting = asking.find("registry", f"/meetings/{campaign}.{unit}")
    asked = None if meeting and meeting.get("cancelled") else meeting  # of a cancelled one nothing is asked
    owed, posts = _required(asked), asked["posts"] if asked else []
    unsigned = _unsigned(campaign, unit, posts, records) if asked else []
    waiting = {row["material_id"] for row in unsigned}
    required = [need for need in owed if need["material_id"] not in waiting]
    place = {"campaign": campaign, "unit": unit}
    told = asking.find("rectification", "/ledger/summary", **place, by="category") or {"waits": {}, "colours": {}}
    waits = told["waits"]
    return {
        "unit": unit,
        "meeting": meeting,
        "unsigned": [*_addenda(campaign, unit, posts, owed, records), *unsigned],
        "feedback": _feedback(campaign, unit),
        "hand_in": [need for need in required if need["state"] == "missing" and _soon(need)],
        "returned": [need for need in required if need["state"] in ("returned", "rewrite", "unreadable")],
        "elsewhere": [need for need in required if need["state"] in ("submitted", "prechecked")],
        "all_papers": _by_day(owed, waiting),
        "aspects": _next_aspects(asked),
        "relays": _relays(meeting),
        "talks": asking.find("intake", "/talks/owed", campaign=campaign, unit=unit) if asked else None,
        "behind": _behind(campaign, unit) if asked else [],
        "mine": _mine(campaign, unit),
        "items": _open({**place, "state": "open", "sort": "due"}, told["colours"]),
        "items_total": waits.get("unit", 0) + waits.get("asking", 0),
        "unclear": waits.get("plan", 0),
        "candidates": asking.find("rectification", "/candidates", **place, state="open", size=FIRST),
        "waiting_close": sum(waits.get(level, 0) for level in LEVELS),
    }


def _open(wanted: dict[str, str], colours: dict[str, int]) -> list[dict[str, Any]]:
    """Of what is being put right what is red, then what is yellow, where there is such; else what is due first."""
    first = partial(asking.rows, "rectification", "/ledger", **wanted)
    urgent = [row for colour in ("red", "yellow") if colours.get(colour) for row in first(colour=colour, size=FIRST)]
    return urgent[:FIRST] or first(size=3)


def _mine(campaign: str, unit: str) -> dict[str, Any] | None:
    """What this person's posts own of the unit's ledger and is being put right, late first; None who holds none."""
    posts = [code for code in reference.own_posts(campaign) if code.startswith(f"{unit}/")]
    wanted = {"campaign": campaign, "state": "open", "sort": "due", "size": FIRST}
    rows = [row for post in posts for row in asking.rows("rectification", "/ledger", owner=post, **wanted)]
    known = {row["item_id"]: row for row in sorted(rows, key=lambda row: row["due_on"] or "9999")}
    return {"post": posts[0], "rows": list(known.values())[:FIRST]} if posts else None


def _relays(meeting: dict[str, Any] | None) -> list[dict[str, Any]]:
    """What was said of the absent and is not confirmed yet: all of it for the unit's hands, a member's own."""
    if not meeting or not meeting["held"]:
        return []
    away = {row["post"] for row in meeting["held"]["absences"]}
    rows = [row for row in meeting.get("relays") or [] if row["state"] in ("awaited", "told") and row["post"] in away]
    own, tells = meetings.own_posts(meeting), asking.viewer().may("record_relay")
    found = [{**row, "mine": row["post"] in own and not row.get("handed_over_on")} for row in rows]
    return [row for row in found if tells or row["mine"]]


def _required(meeting: dict[str, Any] | None) -> list[dict[str, Any]]:
    """What the unit owes, as far as it is this person's to read."""
    reads, needs = asking.viewer().reads, meeting["required"] if meeting else []
    return [need for need in needs if meeting and reads(meeting["campaign"], meeting["unit"], need["post"])]


def _by_day(owed: list[dict[str, Any]], waiting: set[str]) -> list[dict[str, Any]]:
    """Everything the unit owes by its day, with the state it is in; what waits for signatures says so."""
    needs = [{**need, "state": "unsigned" if need["material_id"] in waiting else need["state"]} for need in owed]
    return sorted(needs, key=lambda need: (need.get("due_on") or "9999", need["kind"], need["post"]))


def _soon(need: dict[str, Any]) -> bool:
    """What the meeting waits for, and what else is due within a week."""
    return bool(need.get("gate", True)) or days.days_left(need["due_on"]) <= WEEK


def _behind(campaign: str, unit: str) -> list[dict[str, Any]]:
    """Who has missed study, or not enough of it."""
    found = asking.find("intake", "/studies", campaign=campaign, unit=unit)
    rows = found["totals"]["rows"] if found else []
    return [row for row in rows if row["missed"] or row["short"] or row["topics_missing"]]


def _unsigned(campaign: str, unit: str, posts: list[dict[str, Any]], records: set[str]) -> list[dict[str, Any]]:
    """What waits for signatures, this person's own first."""
    rows = asking.rows("intake", "/materials", unit=unit, state="unsigned", size=100)
    found = []
    for row in rows:
        recorded = row["kind"] in records
        roles = signoff.roles(campaign, unit, row["post"], posts, recorded=recorded)
        found.append({**row, "recorded": recorded, "mine": bool(roles & set(row["unsigned"]))})
    return sorted(found, key=lambda row: not row["mine"])


def _addenda(
    campaign: str, unit: str, posts: list[dict[str, Any]], owed: list[dict[str, Any]], records: set[str]
) -> list[dict[str, Any]]:
    """Addenda to the unit's locked records that still wait for this person's signature."""
    found = []
    for need in owed:
        if need["kind"] not in records or need["state"] != "received":
            continue
        roles = signoff.roles(campaign, unit, need["post"], posts, recorded=True)
        for one in (asking.find("intake", f"/materials/{need['material_id']}") or {}).get("addenda") or []:
            left = [role for role in one["asks"] if role not in {signed["role"] for signed in one["signatures"]}]
            if roles & set(left):
                told = {"unit": unit, "addendum": one["number"], "unsigned": left, "recorded": True, "mine": True}
                found.append({**need, **told})
    return found


def _feedback(campaign: str, unit: str) -> int:
    """How many opinions were fed back to this person and not read yet."""
    if not asking.viewer().may("receive_feedback"):
        return 0
    posts = [post for of, post in collected.own(campaign) if of == unit]
    place = {"campaign": campaign, "unit": unit, "state": "open", "size": 100}
    rows = [row for post in posts for row in asking.rows("intake", "/opinions", post=post, **place)]
    return sum(1 for row in rows if row["fed_back_on"] and not row["read_on"])


def _next_aspects(meeting: dict[str, Any] | None) -> list[dict[str, Any]]:
    if not meeting:
        return []
    still_open = [aspect for aspect in meeting["aspects"] if aspect["state"] == "open"]
    return sorted(still_open, key=lambda aspect: aspect["due_on"] or "9999")[:4]


def _group(campaign: str) -> dict[str, Any]:
    return {
        "counts": asking.find("review", "/reviews/counts", campaign=campaign),
        "queue": asking.find("review", "/reviews", state="prechecked", size=FIRST),
        "unreadable": asking.find("review", "/reviews", state="unreadable", size=3),
        "rereadings": asking.find("review", "/rereadings", campaign=campaign, state="open", size=1),
        "told": asking.find("rectification", "/ledger/summary", campaign=campaign, by="group"),
        "verify": asking.rows("rectification", "/ledger", campaign=campaign, waits="group", sort="due", size=FIRST),
        "red": asking.rows("rectification", "/ledger", campaign=campaign, colour="red", sort="due", size=3),
    }


def _office(campaign: str) -> dict[str, Any]:
    told = asking.find("rectification", "/ledger/summary", campaign=campaign, by="region")
    return {
        "board": asking.find("registry", f"/campaigns/{campaign}/progress"),
        "overdue": asking.find("registry", f"/campaigns/{campaign}/meetings", overdue=1, size=FIRST),
        "askings": asking.find("registry", f"/campaigns/{campaign}/postponements", size=FIRST),
        "told": told,
        "verify": sum(told["waits"].get(level, 0) for level in LEVELS) if told else 0,
    }
