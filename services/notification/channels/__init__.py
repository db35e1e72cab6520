"""The channels beside the inbox, one room each, by which a person is called.

The inbox is no room here: a message that is kept is in it. A room has ADDRESS (`email` or `mobile`: where a person is
reached by it) and `send(configured, parcel, may)`, which gives the fate of a parcel and raises nothing. Each channel is
of class outside, unless the deployment says that it stays inside; what is configured stands in the file
RECTIFY_CHANNELS_FILE, as documents/channels describes it.
"""

import functools
from types import ModuleType
from typing import Any

import orjson

from services.notification.channels import mail, public_account, sms, webhook, wecom
from services.spine import contracts, errors, settings

ROOMS: dict[str, ModuleType] = {
    "mail": mail,
    "wecom": wecom,
    "webhook": webhook,
    "sms": sms,
    "public_account": public_account,
}
BY_HAND = ("public_account",)
"""What an office takes along instead of our sending it."""

UNSAID = {"quiet": {"from": "21:00", "to": "08:00"}}
"""What holds where the deployment does not say otherwise: reminders have their day at midnight, and wake nobody."""


@functools.cache
def configured() -> dict[str, Any]:
    """What the deployment says of channels, read once; while it says it wrongly nobody is called and nothing lost."""
    path = settings.channels()
    if path is None:
        return dict(UNSAID)
    try:
        said: dict[str, Any] = orjson.loads(path.read_bytes())
        contracts.check("documents/channels", said)
    except (OSError, orjson.JSONDecodeError, errors.Refusal) as fault:
        where = [one["pointer"] for one in getattr(fault, "errors", [])] or fault
        raise RuntimeError(f"{path} does not say which channels there are: {where}") from None
    return {**UNSAID, **said}


def names(said: dict[str, Any]) -> list[str]:
    """The channels there are beside the inbox."""
    return [name for name in ROOMS if name in said]


def is_outside(said: dict[str, Any], name: str) -> bool:
    """Whether a channel leaves the house: it does unless the deployment says otherwise."""
    return bool(said[name].get("class", "outside") == "outside")
