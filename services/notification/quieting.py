"""When a message may leave for a person: not in quiet hours, on working days only where that is the rule, gathered at
an hour where the person wishes it; what is urgent goes at once.

What must stay true: all of this is about when and how often somebody is called, never about what is to do: the inbox
and the tasks know nothing of it. Hours are those of the campaign's place; a span may go over midnight
({from: "21:00", to: "08:00"}).
"""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import NamedTuple

from services.spine.workdays import Calendar

Span = dict[str, str]
FARTHEST_DAYS = 40
"""Longer than any holiday; rules that leave no time at all are broken after it."""


class Rules(NamedTuple):
    """What holds for one person in one campaign."""

    quiet: Sequence[Span] = ()
    working_days: bool = False
    digest_hour: int | None = None


def due(at: datetime, rules: Rules, calendar: Calendar, *, urgent: bool) -> datetime:
    """The first moment, from a local one on, at which a message may leave."""
    if urgent:
        return at
    moment = at if rules.digest_hour is None else _next_hour(at, rules.digest_hour)
    farthest = at + timedelta(days=FARTHEST_DAYS)
    while moment < farthest:
        later = _later(moment, rules, calendar)
        if later == moment:
            return moment
        moment = later
    return at


def _later(moment: datetime, rules: Rules, calendar: Calendar) -> datetime:
    """The same moment if it may be, else the next that could be."""
    if rules.working_days and not calendar.worked(moment.date()):
        return _at(moment + timedelta(days=1), time(rules.digest_hour or 0))
    for span in rules.quiet:
        first, end = time.fromisoformat(span["from"]), time.fromisoformat(span["to"])
        now = moment.time()
        if first < end and first <= now < end:
            return _at(moment, end)
        if first > end and now >= first:
            return _at(moment + timedelta(days=1), end)
        if first > end and now < end:
            return _at(moment, end)
    return moment


def _next_hour(at: datetime, hour: int) -> datetime:
    today = _at(at, time(hour))
    return today if today >= at else _at(at + timedelta(days=1), time(hour))


def _at(day: datetime, hour: time) -> datetime:
    return datetime.combine(day.date(), hour, day.tzinfo)
