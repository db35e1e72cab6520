"""When somebody may be called: quiet hours, working days, one digest; urgent at once."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.notification.quieting import Rules, due
from services.spine.clock import ZONE
from services.spine.workdays import PUBLISHED

NIGHT = ({"from": "21:00", "to": "08:00"},)
LUNCH = ({"from": "12:00", "to": "14:30"},)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("now", "rules", "leaves"),
    [
        ("2024-01-02T10:00", Rules(NIGHT), "2024-01-02T10:00"),
        ("2024-01-02T21:00", Rules(NIGHT), "2024-01-03T08:00"),
        ("2024-01-03T03:00", Rules(NIGHT), "2024-01-03T08:00"),
        ("2024-01-03T08:00", Rules(NIGHT), "2024-01-03T08:00"),
        ("2024-01-02T12:10", Rules((*NIGHT, *LUNCH)), "2024-01-02T14:30"),
        ("2024-01-05T22:00", Rules(NIGHT, working_days=True), "2024-01-08T08:00"),
        ("2024-02-09T22:00", Rules(NIGHT, working_days=True), "2024-02-18T08:00"),  # New Year; a Sunday is worked
        ("2024-01-02T07:59", Rules(digest_hour=8), "2024-01-02T08:00"),
        ("2024-01-02T08:01", Rules(digest_hour=8), "2024-01-03T08:00"),
        ("2024-01-05T08:01", Rules(digest_hour=8, working_days=True), "2024-01-08T08:00"),
        ("2024-01-06T10:00", Rules(NIGHT, working_days=True, digest_hour=17), "2024-01-08T17:00"),
        ("2024-01-02T10:00", Rules(NIGHT, digest_hour=22), "2024-01-03T08:00"),
    ],
)
def test_what_is_not_urgent_waits_for_its_hour(now, rules, leaves):
    assert due(at(now), rules, PUBLISHED, urgent=False) == at(leaves)
    assert due(at(now), rules, PUBLISHED, urgent=True) == at(now)


hours = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.integers(0, 59))
spans = st.builds(lambda first, end: {"from": first, "to": end}, hours, hours)


@settings(deadline=None)
@given(
    st.datetimes(datetime(2024, 1, 1), datetime(2025, 6, 1)),
    st.lists(spans, max_size=3),
    st.booleans(),
    st.none() | st.integers(0, 23),
)
def test_what_waits_leaves_some_day_and_in_a_moment_that_the_rules_allow(moment, quiet, working, hour):
    now = moment.replace(tzinfo=ZONE)
    leaves = due(now, Rules(quiet, working, hour), PUBLISHED, urgent=False)
    assert now <= leaves <= now + timedelta(days=41)
    if leaves != now:
        assert due(leaves, Rules(quiet, working), PUBLISHED, urgent=False) == leaves
