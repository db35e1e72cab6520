"""The night's work: reads what has its day, says what turned yellow or red, proposes steps, reminds of reports, tells
of views that are followed.

What must stay true: only what has its day is read, some at a time, so that a million items need no more memory than a
thousand; whoever is killed in the middle loses nothing and doubles nothing, for what was worked off has another day,
and what is written has an id of its meaning. As a program, `python -m services.rectification.nightly`, it stands beside
the services, waits for a store that is away, and prints how far it is, one JSON object a line.
"""

import json
import os
import sys
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from services.rectification import (
    escalation,
    escalation_store,
    kept_views_store,
    lateness,
    nights,
    reporting,
    reporting_store,
    store,
)
from services.spine import clock, mongo, outbox

Db = mongo.Db
Found = dict[str, int]
FOR_EVER = 10.0**9


def run(
    db: Db,
    today: str,
    owner: str,
    until: float = FOR_EVER,
    tell: Callable[[int, int], None] = lambda done, of: None,
) -> dict[str, Any]:
    """Work a night off until it is through or the time (monotonic) is over; `tell` hears how much of how much is done.

    Gives {state: done, running, or busy while somebody else is at it, found}.
    """
    if not nights.hold(db, owner):
        return {"state": "busy", "found": {}}
    night = nights.begin(db, today, clock.now())
    if night["state"] == "running":
        done, of = 0, _size(db, today)
        for worked, found in _parts(db, today):
            nights.add(db, today, found)
            done += worked
            tell(done, max(of, done))
            if time.monotonic() > until or not nights.hold(db, owner):
                nights.let_go(db, owner)
                return {"state": "running", "found": nights.begin(db, today, "")["found"]}
        night = nights.end(db, today, clock.now())
    nights.let_go(db, owner)
    return {"state": night["state"], "found": night["found"]}


def _parts(db: Db, today: str) -> Iterator[tuple[int, Found]]:
    """Part after part: how much was worked off in it, and what it found."""
    ladders = _Ladders(db)
    for items in escalation_store.waiting(db, db.items, today, escalation_store.SHORT):
        yield len(items), _items(db, items, ladders, today)
    for documents in escalation_store.waiting(db, db.escalations, today, {"paper": 0, "outbox": 0}):
        yield len(documents), _documents(db, documents, ladders, today)
    for campaign, day, mark, key in _marks(db, today):
        after = nights.part(db, key)["after"]
        for placed in reporting_store.places(db, campaign, after):
            told = mongo.again(partial(reporting_store.mark, db, campaign, placed, mark, day, today, clock.now()))
            after = placed[-1]["unit"]
            nights.go_on(db, key, after, done=False)
            yield len(placed), {"reports": told} if told else {}
        nights.go_on(db, key, after, done=True)
    while followings := kept_views_store.due(db, today):
        told = kept_views_store.tell(db, followings, today, clock.now())
        yield len(followings), {"view_digested": told} if told else {}


def _items(db: Db, items: list[Any], ladders: "_Ladders", today: str) -> Found:
    """What turned yellow or red, with the first step where it is due."""
    proposals, changes, said, at = [], [], Counter[str](), clock.now()
    for item in items:
        policy = ladders.of(item)
        found = lateness.look(item, escalation.first_step(policy), today)
        if found.step_due and policy:
            proposals.append(escalation.propose(found.item, policy, 1, 1, today))
        changes.append((item, found.item, found.facts))
        said.update(fact.name for fact in found.facts)
    escalation_store.add_all(db, proposals, at)
    mongo.save_all(db.items, changes, at=at)
    return dict(said + Counter(proposed=len(proposals)))


def _documents(db: Db, documents: list[escalation.Escalation], ladders: "_Ladders", today: str) -> Found:
    """What comes after documents nobody acknowledged in time, or whose promise has passed."""
    items, proposals, changes, lapsed, at = escalation_store.items_of(db, documents), [], [], 0, clock.now()
    for one in documents:
        item = items.get(one["item_id"])
        looked = escalation.look(one, item, ladders.of(item) if item else {}, today)
        proposals += [looked.next] if looked.next else []
        changes.append((one, looked.escalation, looked.facts))
        lapsed += len(looked.facts)
    escalation_store.add_all(db, proposals, at)
    mongo.save_all(db.escalations, changes, at=at)
    return {what: count for what, count in (("proposed", len(proposals)), ("lapsed", lapsed)) if count}


def _marks(db: Db, today: str) -> Iterator[tuple[str, int, reporting.Mark, str]]:
    """The marks that are not worked off yet; of months that passed unseen those behind one that was seen."""
    calendar = escalation_store.calendar(db)
    for row in db.campaigns.find({}, {"rectification": 1}).sort("_id", 1):
        policy = row.get("rectification") or {}
        if not (usual := policy.get("report_day")):
            continue
        for day in reporting_store.days_of(db, row["_id"], usual):
            key = row["_id"] if day == usual else f"{row['_id']}.{day}"
            marks = reporting.marks(today, day, policy.get("report_reminders", ()), calendar)
            last, seen = max(mark.on for mark in marks if mark.days is None), False
            for mark in marks:
                done = nights.part(db, key_of(key, mark))["done"]
                seen = seen or (done and mark.days is None)
                if not done and (seen or mark.days is not None or mark.on == last):
                    yield row["_id"], day, mark, key_of(key, mark)


def key_of(campaign: str, mark: reporting.Mark) -> str:
    """The part of nights that works off a mark (of a stricter day within a campaign, `campaign.day`)."""
    return f"{campaign}.{mark.month}.{'passed' if mark.days is None else mark.days}"


def _size(db: Db, today: str) -> int:
    left = [campaign for campaign, *_ in _marks(db, today)]
    units = sum(db.meetings.count_documents({"campaign": campaign}) for campaign in left)
    return escalation_store.how_many_wait(db, today) + units + kept_views_store.how_many(db, today)


class _Ladders:
    """The ladders of campaigns' versions, each read once a night."""

    def __init__(self, db: Db) -> None:
        self.db, self.known = db, dict[tuple[str, int | None], escalation.Policy]()

    def of(self, item: Any) -> escalation.Policy:
        key = (item["campaign"], item.get("definition"))
        if key not in self.known:
            self.known[key] = store.ladder(self.db, *key)
        return self.known[key]


def _show(done: int, of: int) -> None:
    print(json.dumps({"state": "night", "done": done, "of": of}), flush=True)


def main() -> int:
    """Work this night off; the exit code."""
    start, db = time.monotonic(), mongo.database("rectification")
    outbox.patiently(partial(store.prepare, db))
    owner = f"{os.getpid()}.{uuid.uuid4().hex}"
    night = outbox.patiently(partial(run, db, clock.today(), owner, tell=_show))
    seconds = round(time.monotonic() - start, 1)
    print(json.dumps({"night": night["state"], "found": night["found"], "seconds": seconds}), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
