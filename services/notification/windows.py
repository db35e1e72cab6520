"""What has its time, some at a time and what waits longest first, out of a store that reads all that fits a question.

What must stay true: nothing that fits is left out. How far time was found empty is only a guess at where the next lies:
what lies before it comes first, so that a clock that goes wrong or a slow writer costs a look and never a message.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from pymongo.collection import Collection

from services.spine import clock, mongo

FEWEST, MOST = 500, 2000
FIRST, SHORT, SHORTEST = 100 * 86400.0, 5.0, 0.001
"""Seconds: so far back is looked at first, so short is a look at what is new, and shorter there is none."""
Found = list[mongo.Document]


class Windows:
    """How far one question has come, and how much of time is asked for at once."""

    def __init__(self) -> None:
        self.reached, self.seconds = "", FIRST

    def walk(
        self,
        records: Collection[mongo.Document],
        wanted: Mapping[str, Any],
        key: str,
        until: str,
        project: Mapping[str, int] | None = None,
    ) -> Iterator[Found]:
        """What fits up to a moment, by an index that ends with the time."""

        def find(span: Mapping[str, str], most: int) -> Found:
            return list(records.find({**wanted, key: span}, project).sort(key, 1).limit(most))

        end, nothing = clock.moment(until), True
        place = self.reached or clock.stamp(end - clock.seconds(FIRST))
        if before := find({"$lte": min(place, until)}, MOST):
            yield before
        while place < until:
            left = (end - clock.moment(place)).total_seconds()
            span = min(max(left / 2, SHORT), self.seconds)
            to = min(clock.stamp(clock.moment(place) + clock.seconds(span)), until)
            found = find({"$gt": place, "$lte": to}, MOST + 1)
            if len(found) > MOST and span > SHORTEST:
                self.seconds = max(span / 4, SHORTEST)
                continue
            if len(found) > MOST:
                found = find({"$gt": place, "$lte": to}, 0)
            if len(found) < FEWEST:
                self.seconds = min(self.seconds * 2, FIRST)
            place, nothing = to, nothing and not found
            if found:
                yield found
            if nothing:
                self.reached = place
