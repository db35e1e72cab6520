"""What the column hears of meetings and plans: a draft from each meeting, newer numbers for what is not public yet."""

from services.notification import column, column_drafts, column_sources, column_store
from services.spine import mongo
from services.spine.events import Event


def draft(db: mongo.Db, told: list[Event]) -> None:
    """A draft from each meeting that was held, once."""
    for event in told:
        if _latest(db, event) is None:
            outline = column_sources.outline(f"{event['campaign']}.{event['data']['unit']}")
            column_store.add(db, column_drafts.draft(event, outline), event["time"])


def correct(db: mongo.Db, told: list[Event]) -> None:
    """The record of a meeting was corrected: its article has the new numbers and is flagged."""
    draft(db, told)
    for event in told:
        if found := _latest(db, event):
            column_store.save(db, found, (column_drafts.correct(found, event), []), event["time"])


def count_measures(db: mongo.Db, told: list[Event]) -> None:
    """A plan was approved: an article that is not released yet says how many measures it has."""
    for event in told:
        found = _latest(db, event)
        if found and event["data"]["outcome"] == "approved":
            column_store.save(db, found, (column_drafts.plan(found, event), []), event["time"])


def _latest(db: mongo.Db, event: Event) -> column.Article | None:
    return column_store.latest(db, event["campaign"], event["data"]["unit"])
