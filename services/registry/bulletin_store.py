"""Bulletins as they are kept: numbers and Word document of one moment, written once, changed never.

What must stay true: all numbers of a bulletin are of the same moment; while events are being counted none are taken.
"""

import hashlib
from datetime import date, timedelta
from typing import Any

from services.registry import (
    bulletin,
    definition_store,
    progress_figures,
    progress_lists,
    progress_problems,
    progress_shares,
    progress_store,
    progressing,
    weekly,
)
from services.spine import clock, errors, mongo, official_word, outbox

Db = mongo.Db
LATEST = [("as_of", -1), ("_id", 1)]
WEEK = 7


def prepare(db: Db) -> None:
    """A number is given once in its campaign or region; lists begin with the latest."""
    outbox.kept(db.bulletins)
    db.bulletins.create_index([("campaign", 1), ("region", 1), ("number", 1)], unique=True)
    db.bulletins.create_index([("campaign", 1), ("as_of", -1), ("_id", 1)])


def figures(
    db: Db, campaign: dict[str, Any], parts: progress_lists.Reach, region: str | None, today: str
) -> dict[str, Any]:
    """All numbers of this moment; Stale when something was counted meanwhile."""
    known, query = progress_store.cursor(db), {"region": region} if region else {}
    build = progress_store.build_of(known, campaign["campaign_code"])

    def sums(by: str) -> list[Any]:
        return progress_lists.cells(db, "counts", build, parts, query, by, [progress_shares.ANY])

    days = progress_lists.cells(db, "days", build, parts, query, "all")
    first = (date.fromisoformat(today) - timedelta(days=WEEK - 1)).isoformat()
    board = progress_lists.board(db, campaign, build, parts, query, today)
    found = {
        "board": {**board, "heard": {"number": known["n"], "behind": 0}},
        "week": progress_figures.trend(days, {"from": first}, today),
        "standards": progress_figures.standards(sums("region"), sums("group"), campaign, today),
        "groups": progress_figures.groups(sums("group"), campaign, today),
        "problems": progress_problems.find(db, campaign, build, parts, query, today),
    }
    after = progress_store.cursor(db)
    if known["n"] != known["upto"] or any(known[key] != after[key] for key in ("n", "upto", "generation", "builds")):
        raise errors.Stale
    return found


def add(db: Db, campaign: dict[str, Any], draft: dict[str, Any]) -> dict[str, Any]:
    """Write a bulletin under the next number; Stale when somebody was faster."""
    same = {"campaign": draft["campaign"], "region": draft["region"]}
    last = db.bulletins.find_one(same, {"number": 1}, sort=[("number", -1)])
    numbered = {**draft, "number": last["number"] + 1 if last else 1}
    named = [*campaign["aspects"], *definition_store.dropped_aspects(db, campaign)]
    word = official_word.write(bulletin.compose(numbered, {**campaign, "aspects": named}))
    record = {**numbered, "word": word, "sha256": hashlib.sha256(word).hexdigest(), "size": len(word)}
    if not mongo.add(db.bulletins, record, [bulletin.made(record, campaign)], at=draft["as_of"]):
        raise errors.Stale
    return record


def make_weekly(db: Db, feed_db: Db, campaign: dict[str, Any], now: str) -> None:
    """The bulletin of this week, unless there is one, or it is not due; what was told before it was due is counted."""
    due_at = weekly.due(campaign, now)
    if due_at is None:
        return
    draft = weekly.draft(campaign, due_at, now)
    if db.bulletins.find_one({"_id": draft["_id"]}, {"_id": 1}):
        return
    waiting = progressing.state(db, feed_db)["waiting_since"]
    if waiting is not None and waiting <= due_at:
        return
    found = figures(db, campaign, [{}], None, clock.local_day(now))
    add(db, campaign, {**draft, "figures": found})


def find(db: Db, within: dict[str, Any], code: str, query: dict[str, str]) -> dict[str, Any]:
    """One page of bulletins, the latest first."""
    asked = {**within, "campaign": code}
    page = mongo.page(db.bulletins, asked, LATEST, query, {"word": 0, "figures": 0, "outbox": 0, "revision": 0})
    return {**page, "rows": [bulletin.shown(row) for row in page["rows"]]}
