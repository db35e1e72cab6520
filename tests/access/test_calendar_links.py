"""A link to subscribe to reaches what its owner reaches now, and can do nothing but count dates."""

import pytest

from services.access import calendar_links
from services.spine import actor
from services.spine.errors import Refusal

OFFICE = {"role": "office", "campaign": "c-1", "scope": {"kind": "campaign", "of": "c-1"}, "until": None}
ENDED = {"role": "liaison", "campaign": "c-1", "scope": {"kind": "unit", "of": "990823-A"}, "until": "2024-01-01"}
OTHER = {**OFFICE, "campaign": "c-2"}


def test_a_link_opens_one_door_only_and_only_where_a_role_is_held_today():
    grants = calendar_links.grants({"grants": [OFFICE, ENDED, OTHER]}, "c-1")
    claims = {"sub": "calendar", "name": "calendar", "grants": grants}
    assert actor.Actor(claims, "take_calendar", "2024-02-01").units == {"campaign": "c-1"}
    for permission in actor.MAY:
        if permission != "take_calendar":
            with pytest.raises(Refusal):
                actor.Actor(claims, permission, "2024-02-01")
    with pytest.raises(Refusal):
        ended = calendar_links.grants({"grants": [ENDED]}, "c-1")
        actor.Actor({**claims, "grants": ended}, "take_calendar", "2024-02-01")


def test_a_few_links_may_be_in_use_at_a_time():
    calendar_links.make("h", "l", "login", "c-1", "t", calendar_links.MOST_LINKS - 1)
    with pytest.raises(Refusal) as refused:
        calendar_links.make("h", "l", "login", "c-1", "t", calendar_links.MOST_LINKS)
    assert refused.value.code == "too_many_links"
