"""The page of an item offers what can be done, and nothing that would be refused."""

import pytest

from services.portal import sessions
from services.portal.pages import items


def viewer(login: str, role: str) -> sessions.Viewer:
    grant = {"role": role, "campaign": "c", "scope": {"kind": "campaign", "of": "c"}}
    return sessions.Viewer(login, login, (grant,), "")


@pytest.mark.parametrize(
    ("login", "role", "next_level", "may"),
    [
        ("wu", "supervisor", "group", "whole"),
        ("wu", "supervisor", "office", ""),
        ("an", "office", "group", "whole"),
        ("an", "office", "office", "whole"),
        ("li", "supervisor", "group", "applied"),
        ("passed", "office", "office", "back"),
        ("passed", "supervisor", "office", "back"),
    ],
)
def test_who_applied_decides_nothing_and_who_passed_a_level_may_only_send_it_back(login, role, next_level, may):
    levels = [{"level": "group", "passed": True, "by_account": "passed"}] if next_level == "office" else []
    closeout = {"requested_by_account": "li", "needed": ["group", "office"], "next": next_level, "levels": levels}
    assert items.verifying(viewer(login, role), {"state": "close_requested", "closeout": closeout}) == may
    assert items.verifying(viewer(login, role), {"state": "closed", "closeout": closeout}) == ""
