"""Telling again: what was said since a point of the feed is put on the broker once more.

Hearers remember what they heard, so telling again is harmless. Operators use it by hand; the embedded start uses it by
itself, because the memory broker forgets its queues when the process dies: it tells again all since the last
checkpoint, a moment at which every queue was empty and everything settled.
"""

import time
from typing import Any

import structlog
from pymongo.errors import PyMongoError

from services.spine import feed, listening, outbox, speaking

CHECKPOINT_SECONDS = 1.0
BATCH = 500
log = structlog.get_logger()


def tell_again(db: feed.Db, after: int = 0, name: str = "", region: str = "", since: str = "") -> int:
    """Publish the feed's events after a number (of one name, one region, since a time); how many were told."""
    speaker, count = speaking.Speaker(), 0
    try:
        while batch := list(feed.read(db, after, name, region, BATCH, since)):
            speaker.tell(event for _, event in batch)
            after, count = batch[-1][0], count + len(batch)
    finally:
        speaker.drop()
    return count


def recover(db: feed.Db) -> int:
    """Tell again what the memory broker may have forgotten."""
    checkpoint: dict[str, Any] = db.checkpoints.find_one({"_id": "embedded"}) or {"after": 0}
    return tell_again(db, checkpoint["after"])


def keep_checkpoint(db: feed.Db) -> None:
    """Move the checkpoint whenever all that was said has been heard; runs for ever."""
    written = -1
    while True:
        time.sleep(CHECKPOINT_SECONDS)
        try:
            reached = feed.last(db)
            if reached != written and outbox.idle() and listening.idle():
                db.checkpoints.update_one({"_id": "embedded"}, {"$set": {"after": reached}}, upsert=True)
                written = reached
        except PyMongoError as reason:
            log.warning("no_checkpoint", reason=repr(reason)[:200])
