"""How the ledger is looked at: in which order, by what, whose move it is, and what a crowd of items comes to on a day.

What must stay true: the colours a sum comes to are those the domain gives each of its items, on every day, though
nothing is written when a day passes; and what an item counts for follows from the item alone. A share is a Counter:
`blue`, `green`, `yellow`, `red` (how it begins), `yDAY` (blue turns yellow), `rDAY` and `lDAY` (yellow turns red: of
what was in time, of what was late before), `pDAY` (its report is due), `cDAY` (it is looked at again), `iWEEK`,
`oWEEK` and `bWEEK` (came in, went out, came back): these in ALL, and of what lasts in sums of their own
(`flow_category:phased`). A week that is over counts what it counted then, whatever is opened again later.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from services.rectification import domain, lists, owners, words
from services.rectification.domain import Item
from services.spine import clock

COLOURS = ("green", "blue", "yellow", "red")
BY = ("category", "source", "aspect", "state", "waits")
"""What sums are kept by, beside region and group: one at a time."""
WAITS = ("plan", "unit", "asking", "group", "county_office", "office", "nobody")
FLOWS = ("category", "source", "aspect")
"""What weeks are kept by: what an item is (now: one that is listed anew is told of there), not how it stands."""
CODES = {
    "category": (*lists.BEFORE["lists"], ""),
    "state": ("registered", "open", "close_requested", "closed"),
    "waits": WAITS,
}
"""What those are that are the same in every campaign: their sums need not be looked for."""
AGES = {"30": (0, 30), "90": (31, 90), "180": (91, 180), "more": (181, 99_999)}
"""How old an item is, in days since it was registered."""
ALL = "all"
TURNS = {"y": ("blue", "yellow"), "r": ("yellow", "red"), "l": ("yellow", "red")}
"""What turns into what on the day of a sign; words sort behind all days."""
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


def share(item: Item) -> Counter[str]:
    """What an item counts for."""
    late, due = item["late"], item["due_on"]
    found: Counter[str] = Counter()
    if day := item.get("registered_on"):
        found[f"i{week(day)}"] += 1
    for span in item.get("reopened", ()):
        found.update((f"o{week(span['closed_on'])}", f"b{week(span['again_on'])}"))
    if item["state"] == "closed":
        found["yellow" if late else "green"] += 1
        if item.get("closed_on"):
            found[f"o{week(item['closed_on'])}"] += 1
        if item.get("recheck_on"):
            found[f"c{item['recheck_on']}"] += 1
        return found
    if item["state"] == "close_requested":
        found[domain.colour(item, "")] += 1
        return found
    found["yellow" if late else "blue"] += 1
    red = lists.after(due, 1) if due else ENDLESS
    if due:
        found[f"{'l' if late else 'r'}{red}"] += 1
    warned = min([red, *(lists.after(day, 1) for day in domain.owed(item))])
    if not late and warned != ENDLESS:
        found[f"y{warned}"] += 1
    if item["state"] == "open" and item.get("report_due_on"):
        found[f"p{lists.after(item['report_due_on'], 1)}"] += 1
    return found


def shares(items: Iterable[Item]) -> dict[str, Counter[str]]:
    """What items count for in ALL, by each thing they are kept by (`by:value`), and week by week (`flow_by:value`)."""
    found: dict[str, Counter[str]] = {}
    for item in items:
        own = share(item)
        found.setdefault(ALL, Counter()).update(own)
        weeks = {key: count for key, count in own.items() if weekly(key)}
        bare = {key: count for key, count in own.items() if key not in weeks}
        for by in BY:
            found.setdefault(f"{by}:{item.get(by) or ''}", Counter()).update(bare)
        for by in FLOWS:
            found.setdefault(f"flow_{by}:{item.get(by) or ''}", Counter()).update(weeks)
    return found


def colours(counts: Mapping[str, int], today: str) -> dict[str, int]:
    """What a sum comes to on a day; what several come to together is what each comes to, added up."""
    found = {colour: counts.get(colour, 0) for colour in COLOURS}
    last = {sign: sign + today for sign in TURNS}
    for key, count in counts.items():
        if (sign := key[0]) in last and key <= last[sign]:
            before, after = TURNS[sign]
            found[before] -= count
            found[after] += count
    return found


def total(counts: Mapping[str, int]) -> int:
    """How many items a sum is of: whatever their colours turn to, they stay as many."""
    return sum(counts.get(colour, 0) for colour in COLOURS)


def passed(counts: Mapping[str, int], sign: str, today: str) -> int:
    """How many have come to their day of that sign."""
    last = sign + today
    return sum(count for key, count in counts.items() if key[0] == sign and key <= last)


def flow(counts: Mapping[str, int]) -> list[dict[str, Any]]:
    """Week by week: how many came in, went out and came back, and how many were left."""
    weeks = sorted({key[1:] for key in counts if weekly(key)})
    rows, left = [], 0
    for day in weeks:
        came, went, back = (counts.get(f"{sign}{day}", 0) for sign in "iob")
        left += came - went + back
        rows.append({"week": day, "registered": came, "closed": went, "reopened": back, "left": left})
    return rows


def weekly(key: str) -> bool:
    """Whether that key of a sum tells of a week."""
    return key[0] in "iob" and key[1].isdigit()


def week(day: str) -> str:
    """The Monday of a day's week."""
    return lists.after(day, -date.fromisoformat(day).weekday())
