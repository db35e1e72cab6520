"""What operators are told of subscribers unasked: messages when one is disabled; and the night of the feed."""

from typing import Any

from services.notification import compacting, store, subscribers, watching
from services.spine import clock, doors, mongo, settings
from services.spine.doors import every


class SubscriberWatch(doors.Service):
    """Subscribers as operators watch them."""

    @every(5)
    def tell_of_disabled(self) -> None:
        """Who keeps a subscriber that is called no more gets a message; it is settled when it is called again."""
        at = clock.now()
        for found in watching.newly_disabled(self.db):
            store.add(self.db, [subscribers.disabled_message(found, at)])
            watching.note_told(self.db, found["code"], at)
        for code in watching.called_again(self.db):
            watching.settle(self.db, code, subscribers.matter(code), at)

    @every(900)
    def keep_feed(self) -> None:
        """Once a day: where the feed stands is noted, and what is old in it is made small."""
        compacting.night(mongo.database("feed"), clock.today(), settings.feed_days())

    def facts(self) -> dict[str, Any]:
        """How many subscribers are called no more, and how far the last one is behind."""
        rows = watching.lags(self.db, mongo.database("feed"), clock.now())
        counts = watching.states(self.db)
        most = max((row["lag"] for row in rows), default=0)
        return {
            "subscribers": sum(counts.values()),
            "subscribers_disabled": counts["disabled"],
            "farthest_behind": most,
        }
