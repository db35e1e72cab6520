"""Follows the feed over HTTP: long poll after a number, for ever, through restarts and outages on either side.

What must stay true: a batch is handed over before the number after it is asked for; whoever keeps that number together
with what the batch changed misses nothing and may be told some of it twice.
"""

import json
import time
from collections.abc import Iterator
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

Event = dict[str, Any]
LONGEST_PAUSE = 30.0
PASSING = (408, 425, 429, 500, 502, 503, 504)


def follow(
    address: str, token: str, after: int = 0, *, type: str = "", region: str = "", wait: int = 20, limit: int = 200
) -> Iterator[tuple[list[Event], int]]:
    """Batches of events, oldest first, each with the number to go on after; an empty one when nothing came, once a
    second at the most: the feed lets a few wait and answers the others at once.

    Raises HTTPError when the feed says no (a token that opens nothing any more, a number that is not there yet).
    """
    pause = 0.5
    while True:
        asked = {"after": after, "type": type, "region": region, "wait": wait, "limit": limit}
        query = urlencode({key: value for key, value in asked.items() if value != ""})
        asked_at = time.monotonic()
        request = Request(f"{address}/api/v1/events?{query}", headers={"Authorization": f"Bearer {token}"})
        try:
            with urlopen(request, timeout=wait + 30) as answer:
                batch, after = json.load(answer), int(answer.headers["X-Next-After"])
        except (HTTPError, URLError, OSError) as reason:
            if isinstance(reason, HTTPError) and reason.code not in PASSING:
                raise
            time.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
            continue
        pause = 0.5
        yield batch, after
        if not batch:
            time.sleep(max(asked_at + 1 - time.monotonic(), 0))
