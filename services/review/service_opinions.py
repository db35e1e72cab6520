"""What review hears of opinions: one came, went or came back; what was pre-checked without it is read once more."""

import time
from functools import partial
from typing import Any

from services.review import opinions_store, tasks
from services.spine import clock, doors, mongo
from services.spine.doors import again, on_event
from services.spine.events import Event


class OpinionDoors(doors.Service):
    """Each opinion must be answered."""

    @on_event("intake", "opinion_changed", together=True)
    def on_opinion_changed(self, events: list[Event]) -> None:
        """Opinions came, went or came back."""
        changed = [event for event in events if opinions_store.remember(self.db, event)]
        for campaign, unit, post in {(one["campaign"], one["data"]["unit"], one["data"]["post"]) for one in changed}:
            once_more(self.db, {"campaign": campaign, "unit": unit, "post": post})


def once_more(db: mongo.Db, place: dict[str, Any]) -> None:
    """Have what nobody has judged about this post pre-checked once more, if its pre-check knew other opinions."""
    for review_id in opinions_store.outdated(db, place):
        if again(partial(opinions_store.reopen, db, review_id, clock.now())):
            tasks.once_more(db, review_id, "opinions", clock.today(), time.time())
            tasks.issue(db, [review_id], time.time())
