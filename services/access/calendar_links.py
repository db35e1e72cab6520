"""Links to subscribe to a calendar: a secret token that shows how many dates a day has, and nothing else.

What must stay true: only the token's hash is kept; a link reaches what its owner's grants reach at the moment it is
read, and nothing once the account has ended or the link was revoked. A link: {_id: the token's hash, link_id, login,
campaign, made_at, revoked_at, read_on}.
"""

from typing import Any

from services.spine import errors
from services.spine.actor import BUSINESS, CALENDAR

Link = dict[str, Any]
MOST_LINKS = 5
SHOWN = ("link_id", "campaign", "made_at", "revoked_at", "read_on")


def make(hashed: str, link_id: str, login: str, campaign: str, at: str, in_use: int) -> Link:
    """A new link; a few may be in use at a time."""
    if in_use >= MOST_LINKS:
        raise errors.Refusal("too_many_links", most=MOST_LINKS)
    link = {"_id": hashed, "link_id": link_id, "login": login, "campaign": campaign, "made_at": at}
    return {**link, "revoked_at": None, "read_on": None}


def grants(account: dict[str, Any], campaign: str) -> list[dict[str, Any]]:
    """What a link of an account may reach: the places of its roles in that campaign, to count dates only."""
    held = [one for one in account["grants"] if one["campaign"] == campaign and one["role"] in BUSINESS]
    keys = ("campaign", "scope", "until")
    return [{"role": CALENDAR, **{key: one[key] for key in keys}} for one in held]


def shown(link: Link) -> dict[str, Any]:
    """A link as its owner sees it."""
    return {key: link[key] for key in SHOWN}
