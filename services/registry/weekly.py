"""The weekly bulletin, which is made by itself on the day and at the hour that the campaign's policy says.

What must stay true: a week, from its Monday, has one at most, however many processes strike and however late they are,
and the policy's day may change in between; one that is made late bears the moment it was due beside its own.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from services.spine import clock, contracts

POLICY = contracts.documents()["documents/campaign"]["properties"]["policy"]["properties"]["bulletin"]
"""What may be said of it; its `default` holds where a campaign says nothing."""
OFF = "off"
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
TITLE = "民主生活会工作进展周报"
LATE = timedelta(minutes=15)


def due(campaign: Mapping[str, Any], now: str) -> str | None:
    """The moment at which the newest one was due; None where none is wanted, or the campaign opened later."""
    rules = campaign["policy"].get("bulletin", POLICY["default"])
    if campaign["state"] != "open" or rules["weekday"] == OFF:
        return None
    here = clock.moment(now).astimezone(clock.ZONE)
    day = here - timedelta(days=(here.weekday() - DAYS.index(rules["weekday"])) % 7)
    moment = day.replace(hour=rules["hour"], minute=0, second=0, microsecond=0)
    at = clock.stamp(moment if moment <= here else moment - timedelta(days=7))
    return None if at < campaign.get("opened_at", "") else at


def draft(campaign: Mapping[str, Any], due_at: str, now: str) -> dict[str, Any]:
    """The bulletin of the week in which that moment lies, without its numbers; no key that a person gives has a dot."""
    year, week, _ = clock.moment(due_at).astimezone(clock.ZONE).isocalendar()
    code = campaign["campaign_code"]
    late = clock.moment(now) - clock.moment(due_at) > LATE
    head = {"_id": f"{code}.week.{year}-W{week:02d}", "campaign": code, "region": None, "title": TITLE, "as_of": now}
    return {**head, "made_by": "", "due_at": due_at, "late": late}
