"""The rules of the three lists, as the campaign's policy lays them down: what is clear, by when, who closes.

What must stay true: nothing counts as planned before what, who, standard, measures and date are there (a long-term item
goes without a date and is looked back on instead); what is changed at once has its days and never more; no measure or
milestone is due after its problem. Rules: {report_day, plan_within_days, soon_days, when_returned, evidence_files,
lists: {immediate|phased|long_term: {levels, levels_at: {rank: levels}, return_days, recheck_days, milestones,
look_back_days}}}; only the levels are always there.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from services.spine.errors import Refusal

Item = dict[str, Any]
Rules = Mapping[str, Any]
BEFORE: Rules = {
    "evidence_files": 0,
    "lists": {code: {"levels": ["group"]} for code in ("immediate", "phased", "long_term")},
}
"""What holds in a campaign that was opened before it laid down any rules: the group closes, nothing else is asked."""
PLAN_WITHIN_DAYS = 15
"""By when an item is planned, in days from its registration, where the policy does not say."""
SOON_DAYS = 7
"""How many days before its own an item is due soon, where the policy does not say."""
WHEN_RETURNED = "yellow"
"""What shows of an item that was sent back or opened again, until it is applied for anew, where the policy does not say
(`as_due`: no more than its days do)."""
EVIDENCE_FILES = 1
"""How many pieces of evidence have a file before a close-out is applied for, where the policy does not say."""
RETURN_DAYS = 15
"""In how many days what was sent back is put right, where the policy does not say."""
PARTS = {"measures": "measure_after_due", "milestones": "milestone_after_due"}
"""The parts of an item that have a day of their own, and how one is refused that comes too late."""


def lacking(item: Item, rules: Rules) -> list[str]:
    """Which of the clear fields are missing."""
    needed = ["problem", "responsible", "standard", "measures"]
    needed += [] if item["category"] == "long_term" else ["due_on"]
    missing = [key for key in needed if not item.get(key)]
    few = len(item["milestones"]) < rules["lists"][item["category"]].get("milestones", 0)
    return [*missing, "milestones"] if few else missing


def check_clear(item: Item, rules: Rules, before: Collection[str] = ()) -> None:
    """What counts as planned stays clear; what was lacking before (rules become stricter) does not hinder."""
    if missing := [key for key in lacking(item, rules) if key not in before]:
        pointers = [{"pointer": f"/{key}", "code": "field_needed", "field": key} for key in missing]
        raise Refusal("field_needed", field=missing[0], errors=pointers)


def check_limit(item: Item, since: str, immediate_days: int) -> None:
    """What is changed at once is due within its days, counted from `since`."""
    due_on, latest = item["due_on"], after(since, immediate_days)
    if item["category"] == "immediate" and due_on and due_on > latest:
        raise _refusal("immediate_too_long", "/due_on", days=immediate_days, latest=latest)


def check_parts(item: Item, parts: Iterable[str] = PARTS) -> None:
    """No measure and no milestone is due after the whole."""
    due_on = item["due_on"]
    for key, code in ((part, PARTS[part]) for part in parts):
        for place, part in enumerate(item[key]):
            if due_on and part["due_on"] > due_on:
                raise _refusal(code, f"/{key}/{place}/due_on", on=part["due_on"], due_on=due_on)


def check_keys(item: Item) -> None:
    """A key stands for one measure, and for one milestone."""
    for what in ("measures", "milestones"):
        seen: set[str] = set()
        for place, key in enumerate(part.get("key") for part in item[what]):
            if key in seen:
                raise _refusal("key_repeated", f"/{what}/{place}/key", key=key)
            seen |= {key} if key else set()


def levels(rules: Rules, category: str, rank: str) -> list[str]:
    """Who closes an item of a list, one after the other, in a unit of that rank."""
    found = rules["lists"][category]
    return list(found.get("levels_at", {}).get(rank) or found["levels"])


def report_after(due_on: str | None, on: str, today: str, rules: Rules) -> str | None:
    """When progress is next reported, now that what was done on a day is told today: a report that was missing is made
    up for first.

    Of one month's report the second entry changes nothing, nor does one of what was done by the report before.
    """
    if "report_day" not in rules:
        return None
    if due_on and on <= _report_before(due_on, rules["report_day"]):
        return due_on
    end = _report_day(today, rules["report_day"])
    if due_on is None or due_on < today:
        return end
    return first_report(end, rules) if due_on == end else due_on


def first_report(today: str, rules: Rules) -> str | None:
    """The first day of reports after a day."""
    return _report_day(after(today, 1), rules["report_day"]) if "report_day" in rules else None


def plan_by(today: str, rules: Rules) -> str:
    """By when an item that is registered today has its clear fields."""
    return after(today, rules.get("plan_within_days", PLAN_WITHIN_DAYS))


def return_by(category: str, today: str, rules: Rules) -> str:
    """By when an item of a list that is sent back today is put right, as the policy has it."""
    return after(today, rules["lists"][category].get("return_days", RETURN_DAYS))


def dated(item: Item, rules: Rules) -> Item:
    """The days that follow from those of an item: the first it was ever given, the last on which it is not due soon,
    when its next milestone is due, and since when it is yellow because it came back."""
    ahead = [one["due_on"] for one in item["milestones"] if not one["done_on"]]
    calm = after(item["due_on"], -rules.get("soon_days", SOON_DAYS) - 1) if item["due_on"] else None
    returned = rules.get("when_returned", WHEN_RETURNED) == "yellow"
    back_since = (item.get("told_before") or {}).get("since") if returned else None
    first = item.get("first_due_on") or item["due_on"]
    beside = {"milestone_due_on": min(ahead, default=None), "back_since": back_since}
    return {"first_due_on": first, "calm_until": calm, **beside}


def look_back(item: Item, today: str, rules: Rules) -> str | None:
    """When a long-term item is next looked back on; other lists need none."""
    days = rules["lists"][item["category"]].get("look_back_days")
    return after(today, days) if days and item["category"] == "long_term" else None


def missed(item: Item, today: str) -> list[str]:
    """The look backs whose day passed before one was made: made up for later, such a day stays on record."""
    known, on = list(item.get("look_backs_missed", ())), item.get("look_back_on")
    return [*known, on] if item["state"] == "open" and on and on < today and on not in known else known


def next_recheck(item: Item, rules: Rules) -> str | None:
    """When a closed item is next looked at again, after the time that stands or the closing."""
    days: Iterable[int] = sorted(rules["lists"][item["category"]].get("recheck_days", ()))
    planned = [after(item["closed_on"], number) for number in days]
    return next((on for on in planned if on > (item["recheck_on"] or item["closed_on"])), None)


def after(day: str, days: int) -> str:
    """So many days after a day."""
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()


def _report_before(due_on: str, number: int) -> str:
    return (date.fromisoformat(due_on).replace(day=1) - timedelta(days=1)).replace(day=number).isoformat()


def _report_day(day: str, number: int) -> str:
    on = date.fromisoformat(day)
    month = on if on.day <= number else date(on.year + on.month // 12, on.month % 12 + 1, 1)
    return month.replace(day=number).isoformat()


def _refusal(code: str, pointer: str, **facts: Any) -> Refusal:
    return Refusal(code, errors=[{"pointer": pointer, "code": code, **facts}], **facts)
