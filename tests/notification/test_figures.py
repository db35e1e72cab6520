"""What operators read in /metrics of notification, and that README names it all."""

import re

import prometheus_client as prometheus
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families as families

from services.notification import column_drafts, column_store, service_figures, subscribers
from services.notification.service import NotificationService
from services.spine import clock, feed, mongo, settings
from tests.notification.test_column import OUTLINE, event

PARTS = "messages|sendings|channel|subscribers?|webhook|replays|reminders|tips|articles"
OWN = re.compile(rf"rectify_(?:{PARTS})(?:_[a-z_]+)?")


@pytest.fixture
def read(passes, monkeypatch):
    """What stands in /metrics now, by name and labels."""
    feed.prepare(passes.db)
    monkeypatch.setattr(mongo, "database", lambda _: passes.db)
    monkeypatch.setattr(clock, "now", passes.now)
    service = NotificationService()
    service.db = passes.db

    def read() -> dict[tuple[str, ...], float]:
        told = families(service.metrics().body.decode())
        found = [sample for family in told for sample in family.samples if OWN.fullmatch(sample.name)]
        return {(one.name, *one.labels.values()): one.value for one in found}

    return read


def test_of_a_channel_is_told_what_waits_how_long_what_was_given_up_and_that_it_is_away(passes, read):
    passes.write(1, 2, 3)
    assert read()["rectify_messages_uncalled",] == 3
    passes.said["mail"]["port"] = 1
    passes.go()
    passes.later(seconds=10)
    told = read()
    assert told["rectify_messages_uncalled",] == 0
    assert sum(told["rectify_sendings", "mail", state] for state in ("waiting", "failed")) == 3
    assert told["rectify_channel_away", "mail"] == 1 and told["rectify_channel_away", "sms"] == 0
    passes.later(hours=2)
    assert read()["rectify_sendings_overdue_seconds", "mail"] > 3600
    passes.db.sendings.update_many({}, {"$set": {"state": "dead"}})
    assert read()["rectify_sendings", "mail", "dead"] == 3 and read()["rectify_channel_away", "mail"] == 0
    assert read()["rectify_sendings_overdue_seconds", "mail"] == 0


def test_subscribers_reminders_tips_and_articles_are_counted(passes, read):
    db = passes.db
    draft = {"code": "oa", "kind": "webhook", "title": "OA", "url": "https://oa", "campaign": "c-1"}
    made = subscribers.make(draft, frozenset(), "office", passes.at, 0)
    db.subscribers.insert_one({**made, "state": "active", "failures": 4})
    db.nodes.insert_many([{"_id": day, "next_on": day} for day in ("2024-01-02", "2024-01-01", "2999-01-01", "never")])
    db.tip_versions.insert_many([{"_id": spread, "spread": spread, "version": 1} for spread in (True, False)])
    column_store.add(db, column_drafts.draft(event(), OUTLINE), passes.at)
    told = read()
    assert (told["rectify_webhook_failures", "oa"], told["rectify_subscribers", "active"]) == (4, 1)
    assert told["rectify_subscriber_lag_events", "oa", "webhook"] == 0
    assert (told["rectify_reminders_due",], told["rectify_tips_spreading",]) == (2, 1)
    assert (told["rectify_articles", "draft"], told["rectify_articles", "released"]) == (1, 0)
    db.subscribers.update_one({"_id": "oa"}, {"$set": {"state": "ended"}})
    assert ("rectify_webhook_failures", "oa") not in read()


def test_readme_names_every_gauge_and_no_alert_asks_for_one_that_there_is_not(passes, read):
    text = (settings.ROOT / "README.md").read_text("utf-8").replace("…_lag", "rectify_subscriber_lag")
    for gauge in vars(service_figures).values():
        if isinstance(gauge, prometheus.Gauge):
            assert f"`{gauge._name}`" in text
    alerts = yaml.safe_load((settings.ROOT / "deploy/prometheus/alerts.yml").read_text("utf-8"))
    asked = OWN.findall(" ".join(rule["expr"] for rule in alerts["groups"][0]["rules"]))
    assert len(asked) > 4 and all(f"`{name}`" in text for name in asked)
