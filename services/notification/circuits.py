"""A channel that does not answer is left alone for a while, then tried with one parcel.

What must stay true: while a circuit is open nothing is tried and so nothing fails; the first parcel that is taken
closes it, and what failed because the channel was away goes at once. A circuit: {_id: channel, failures, open_until}.
"""

from datetime import datetime, timedelta
from typing import Any

from services.notification import webhooks

TRIPS_AFTER = 3
SHORTEST_SECONDS, LONGEST_SECONDS = 15, 900
CLOSED = {"failures": 0, "open_until": None}


def failed(circuit: dict[str, Any], status: int, retry_after: str, at: datetime, chance: float) -> dict[str, Any]:
    """The circuit after one more failure of the channel itself."""
    failures = circuit["failures"] + 1
    pause = rest(failures) * (1 + webhooks.JITTER * chance)
    asked = webhooks.asked_pause(status, retry_after, at)
    if failures < TRIPS_AFTER and not asked:
        return {"failures": failures, "open_until": None}
    return {"failures": failures, "open_until": at + timedelta(seconds=max(pause, asked))}


def rest(failures: int) -> float:
    """How many seconds a channel is left alone after so many failures on end, a little chance apart."""
    return min(SHORTEST_SECONDS * 2.0 ** min(max(failures - TRIPS_AFTER, 0), 10), LONGEST_SECONDS)


def at_once(circuit: dict[str, Any], before: int, most: int) -> int:
    """How many parcels are tried at a time: twice as many as before, as long as they are taken; else one."""
    return 1 if circuit["failures"] else min(before * 2, most)
