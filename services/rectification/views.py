"""How the ledger is looked at: in which order, by what, whose move it is, and what becomes of an item on which day.

What must stay true: what an item counts for follows from the item alone.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from services.rectification import domain, lists, owners, words
from services.rectification.domain import Item
from services.spine import clock

COLOURS = ("green", "blue", "yellow", "red")
BY = ("category", "source", "aspect", "state", "waits")
"""What the ledger is counted by, beside region, group and unit."""
AGES = {"30": (0, 30), "90": (31, 90), "180": (91, 180), "more": (181, 99_999)}
"""How old an item is, in days since it was registered."""
TURNS = ("yellow", "red", "unreported", "recheck_due")
"""What an item turns to on a day, if nothing is written: blue to yellow, what is with its unit to red, a report of it
missing, to be looked at again."""
ENDLESS = "9999-12-31"
KEYS = {"number": "number_key", "due": "due_key", "age": "age_key"}
"""Each order, and by what of an item."""


def marked(item: Item) -> Item:
    """An item with what it is found by: whose move it is, and its place among what is due and what is old."""
    place = f"{item['region']}.{item['unit']}.{item['number']:06}"
    due = ("1" if item["state"] == "closed" else "0") + (item["due_on"] or ENDLESS)
    keys = {"due_key": f"{due}.{place}", "age_key": f"{item.get('registered_on') or ENDLESS}.{place}"}
    before = {"reopened": spans} if (spans := reopened(item)) else {}
    return {**item, **keys, **before, "number_key": place, "waits": waits(item)}


def reopened(item: Item) -> list[dict[str, str]]:
    """From when to when an item was closed before it was opened again, as its history tells."""
    spans, closed_on = list[dict[str, str]](), ""
    for line in item["history"]:
        if line["what"] == "closed":
            closed_on = clock.local_day(line["at"])
        elif line["what"] in ("reopened", "rebounded"):
            again_on = clock.local_day(line["at"])
            spans.append({"closed_on": closed_on or again_on, "again_on": again_on})
    return spans


def waits(item: Item) -> str:
    """Whose move it is: the unit's to plan or to go on, the leader's on an asking, the next level's, nobody's."""
    if item["state"] in domain.WORKING and any(not one["decided"] for one in item.get("requests", ())):
        return "asking"
    if item["state"] == "registered":
        return "plan"
    if item["state"] == "closed":
        return "nobody"
    if item["state"] == "close_requested":
        return str(item["closeout"]["next"])
    return "unit"


def unreported(item: Item, today: str) -> bool:
    """Whether a report of its progress is missing."""
    return item["state"] == "open" and bool(item.get("report_due_on")) and str(item["report_due_on"]) < today


def recheck_due(item: Item, today: str) -> bool:
    """Whether what was closed is to be looked at again by now."""
    return item["state"] == "closed" and bool(item.get("recheck_on")) and str(item["recheck_on"]) <= today


def line(item: Item) -> str:
    """How the review of an item's line on the effectiveness list stands, if it is closed."""
    review = (item.get("closeout") or {}).get("line") or {"state": "waiting"}
    return str(review["state"]) if item["state"] == "closed" else ""


def age(item: Item, today: str) -> str:
    """Which of the ages an item is of."""
    since = date.fromisoformat(item.get("registered_on") or today)
    days = (date.fromisoformat(today) - since).days
    return next((code for code, (least, most) in AGES.items() if least <= days <= most), "30")


def fits(item: Item, query: Mapping[str, str], today: str) -> bool:
    """Whether an item is among those that are asked for."""
    same = all((item.get(key) or "") == query[key] for key in ("unit", "region", "group", *BY) if key in query)
    return (
        same
        and query.get("colour") in (None, domain.colour(item, today))
        and ("owner" not in query or owns(item, query["owner"]))
        and query.get("age") in (None, age(item, today))
        and ("overdue" not in query or (item["state"] != "closed" and (item["late"] or domain.overdue(item, today))))
        and ("unreported" not in query or unreported(item, today))
        and ("recheck_due" not in query or recheck_due(item, today))
        and ("line" not in query or line(item) == query["line"])
        and words.contains(item["problem"], query.get("q", ""))
    )


def owns(item: Item, owner: str) -> bool:
    """Whether an item, or a measure of it, is that post's: `unit/post`."""
    unit, _, post = owner.partition("/")
    return bool(item["unit"] == unit) and post in owners.posts(item)


def placed(query: Mapping[str, str]) -> Mapping[str, str]:
    """What is asked for, with the unit in which it can be: a post's items are its unit's."""
    return {"unit": query["owner"].partition("/")[0], **query} if "owner" in query else query


def standing(item: Item) -> tuple[str, dict[str, str]]:
    """The colour an item begins with, and from which days on it is otherwise (see TURNS)."""
    late, due = item["late"], item["due_on"]
    if item["state"] == "closed":
        return "yellow" if late else "green", {"recheck_due": item["recheck_on"]} if item.get("recheck_on") else {}
    if item["state"] == "close_requested":
        return domain.colour(item, ""), {}
    turns = {"red": lists.after(due, 1)} if due else {}
    warned = [*turns.values(), *(lists.after(day, 1) for day in domain.owed(item))]
    if warned and not late:
        turns["yellow"] = min(warned)
    if item["state"] == "open" and item.get("report_due_on"):
        turns["unreported"] = lists.after(item["report_due_on"], 1)
    return "yellow" if late else "blue", turns


def flow(counts: Mapping[tuple[str, int], int]) -> list[dict[str, Any]]:
    """Week by week, of counts by `i`, `o` or `b` and a week since Monday 0001-01-01: how many came in, went out and
    came back, and how many were left."""
    weeks = sorted({week for _, week in counts})
    rows, left = [], 0
    for week in weeks:
        came, went, back = (counts.get((sign, week), 0) for sign in "iob")
        left += came - went + back
        monday = date.fromordinal(week * 7 + 1).isoformat()
        rows.append({"week": monday, "registered": came, "closed": went, "reopened": back, "left": left})
    return rows
