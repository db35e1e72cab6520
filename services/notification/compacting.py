"""Keeps the feed small where it is old: of each record and kind of event the last is left, so that whoever comes late
can still build what stands today.

What must stay true: order and numbers stay, only gaps come; what is to go is said before it goes (`feed.compacted`), so
that nobody looks for the feed's end where there are gaps; whoever is killed goes on where it stopped. In the feed's
`checkpoints`: {_id: "end:2024-01-02", n: the last number at some moment of that day} and {_id: "compacted", through,
done}.
"""

from datetime import date, timedelta
from typing import Any

from pymongo import DeleteMany

from services.spine import feed

RECORD = [("event.subject", 1), ("name", 1), ("n", 1)]


def note_the_day(source: feed.Db, today: str) -> None:
    """Where the feed ended on a day, noted once."""
    if not source.checkpoints.find_one({"_id": f"end:{today}"}):
        source.checkpoints.insert_one({"_id": f"end:{today}", "n": feed.last(source)})


def before(source: feed.Db, day: str) -> int:
    """A number that all told on a day or later comes after; 0 when nothing was noted before that day."""
    noted = source.checkpoints.find({"_id": {"$gte": "end:", "$lt": f"end:{day}"}}).sort("_id", -1).limit(1)
    return next((row["n"] for row in noted), 0)


def night(source: feed.Db, today: str, days: int) -> int:
    """Make small what is older than so many days (0: nothing is); how many events went."""
    note_the_day(source, today)
    if not days:
        return 0
    oldest = str(date.fromisoformat(today) - timedelta(days=days))
    return compact(source, before(source, oldest))


def compact(source: feed.Db, through: int) -> int:
    """Leave only the last event of each record and name up to a number; how many events went."""
    source.checkpoints.update_one({"_id": "compacted"}, {"$max": {"through": through}}, upsert=True)
    done, went = (source.checkpoints.find_one({"_id": "compacted"}) or {}).get("done", 0), 0
    if done < through:
        source.events.create_index(RECORD)
    while done < through:
        upto = min(done + feed.WINDOW, through)
        newest: dict[tuple[str, str], int] = {}
        rows = source.events.find({"n": {"$gt": done, "$lte": upto}}, {"n": 1, "name": 1, "event.subject": 1})
        for row in rows.sort("n", 1):
            newest[row["event"]["subject"], row["name"]] = row["n"]
        if newest:
            writes = [DeleteMany(older(*record, n)) for record, n in newest.items()]
            went += source.events.bulk_write(writes, ordered=False).deleted_count
        source.checkpoints.update_one({"_id": "compacted"}, {"$max": {"done": upto}})
        done = upto
    return went


def older(subject: str, name: str, number: int) -> dict[str, Any]:
    """What of a record was told before a number, as a filter of the store."""
    return {"event.subject": subject, "name": name, "n": {"$lt": number}}
