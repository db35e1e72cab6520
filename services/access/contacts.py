"""Where a person is reached outside the inbox, and who reads what is addressed to a place at this moment.

What must stay true: an address is the person's own to write and to take away; it is told to the service that sends and
to nobody else, no administrator, no event. A contact: {email, mobile}, empty where there is none.
"""

from typing import Any

from services.access import domain
from services.spine import actor as actors
from services.spine import errors

READING = "read_messages"
NONE = {"email": "", "mobile": ""}


def of(account: domain.Account) -> dict[str, str]:
    """The addresses of an account."""
    return {**NONE, **account.get("contact", {})}


def change(account: domain.Account, draft: dict[str, str]) -> domain.Account:
    """The account with other addresses."""
    return {**account, "contact": {**of(account), **draft}}


def held(account: domain.Account, place: dict[str, Any], today: str) -> list[str]:
    """By which of the roles named an account reads, in its inbox, what is addressed to a place; none when it does not.

    A place: {roles, campaign, region, group, unit, post}.
    """
    claims = {"sub": account["login"], "name": account["name"], "grants": account["grants"]}
    try:
        parts = actors.Actor(claims, READING, today).parts
    except errors.Refusal:
        return []
    return sorted({role for role, part in parts if role in place["roles"] and actors.lies_within(place, part)})


def addressee(account: domain.Account, roles: list[str]) -> dict[str, Any]:
    """A person as the service that sends is told."""
    return {"login": account["login"], "roles": roles, **of(account)}
