"""The gauges of what is on its way to people and to other systems, of reminders, work tips and the column."""

import prometheus_client as prometheus

from services.notification import column_store, figures, reminders_store, tips_store, watching
from services.spine import clock, doors, mongo

UNCALLED = prometheus.Gauge("rectify_messages_uncalled", "Messages of which nobody has been called yet")
SENDINGS = prometheus.Gauge("rectify_sendings", "Sendings that wait, failed or were given up", ["channel", "state"])
OVERDUE = prometheus.Gauge("rectify_sendings_overdue_seconds", "Since when the first might have left", ["channel"])
AWAY = prometheus.Gauge("rectify_channel_away", "1 while a channel that does not answer is left alone", ["channel"])
LAG = prometheus.Gauge("rectify_subscriber_lag_events", "Events a subscriber is behind the feed", ["code", "kind"])
BEHIND = prometheus.Gauge("rectify_subscriber_lag_seconds", "Age of the first event it has not had", ["code", "kind"])
SUBSCRIBERS = prometheus.Gauge("rectify_subscribers", "Subscribers by state", ["state"])
REPLAYS = prometheus.Gauge("rectify_replays_running", "Replays that are being sent")
FAILING = prometheus.Gauge("rectify_webhook_failures", "Failed tries of the call that waits", ["code"])
REMINDERS = prometheus.Gauge("rectify_reminders_due", "Matters whose day to be looked at has come")
TIPS = prometheus.Gauge("rectify_tips_spreading", "Work tips that are not with all their units yet")
ARTICLES = prometheus.Gauge("rectify_articles", "Articles of the column by state", ["state"])


class Figures(doors.Service):
    """What waits, as operators watch it."""

    def gauge(self) -> None:
        """Counted just before it is read."""
        super().gauge()
        UNCALLED.set(figures.uncalled(self.db))
        for row in figures.of_channels(self.db, clock.now()):
            OVERDUE.labels(row["channel"]).set(row["overdue"])
            AWAY.labels(row["channel"]).set(row["away"])
            for state, count in row["states"].items():
                SENDINGS.labels(row["channel"], state).set(count)
        for gauge in (LAG, BEHIND, FAILING):
            gauge.clear()
        for row in watching.lags(self.db, mongo.database("feed"), clock.now()):
            LAG.labels(row["code"], row["kind"]).set(row["lag"])
            BEHIND.labels(row["code"], row["kind"]).set(row["seconds"])
        for code, failures in figures.failing(self.db).items():
            FAILING.labels(code).set(failures)
        for state, count in watching.states(self.db).items():
            SUBSCRIBERS.labels(state).set(count)
        REPLAYS.set(self.db.replays.count_documents({"state": "running"}))
        REMINDERS.set(reminders_store.how_many_wait(self.db, clock.today()))
        TIPS.set(len(tips_store.unspread(self.db)))
        for state, count in column_store.states(self.db, {}).items():
            ARTICLES.labels(state).set(count)
