"""Readers, recusals and what is in hand, as they are kept and counted."""

from collections.abc import Sequence
from typing import Any

from services.review import domain, holding, store
from services.spine import actor, clock, mongo, outbox

Db = mongo.Db
DAYS_SHOWN = 60


def meet(db: Db, campaign: str, group: str, who: actor.Actor, barred: holding.Barred, at: str) -> None:
    """A reader was here: by this the group's leader knows whom reviews can be handed to."""
    said: dict[str, Any] = {"campaign": campaign, "group": group, "account": who.id, "name": who.name, "seen_at": at}
    said["units"] = sorted(barred.own | barred.former)
    db.readers.update_one({"_id": f"{campaign}.{group}.{who.id}"}, {"$set": said}, upsert=True)


def readers(db: Db, campaign: str, groups: Sequence[str] | None, account: str | None) -> list[dict[str, Any]]:
    """The readers of groups (all of them when None), or one of them."""
    wanted: dict[str, Any] = {"campaign": campaign}
    if groups is not None:
        wanted["group"] = {"$in": list(groups)}
    if account:
        wanted["account"] = account
    return list(db.readers.find(wanted).sort([("group", 1), ("account", 1)]).limit(500))


def recused(db: Db, campaign: str, account: str) -> frozenset[str]:
    """The units a reader is recused from."""
    rows = db.recusals.find({"campaign": campaign, "account": account, "ended": None}, {"unit": 1})
    return frozenset(row["unit"] for row in rows)


def recuse(db: Db, recusal: dict[str, Any]) -> dict[str, Any]:
    """Keep a recusal, and put down what the reader holds of the unit; one that stands is not said over.

    An ended one stays on record under the one that follows it, as `earlier`. Returns the recusal that stands.
    """
    key, kept = recusal["recusal_id"], {**recusal, "_id": recusal["recusal_id"]}
    mongo.add(db.recusals, kept, [holding.recused(kept)], at=clock.now())
    found = mongo.get(db.recusals, key)
    if found["ended"]:
        kept["earlier"] = [*found.get("earlier", ()), _shown(found)]
        found = mongo.save(db.recusals, found, kept, [holding.recused(kept)], at=clock.now())
    held_by = {"campaign": recusal["campaign"], "unit": recusal["unit"], "holder.account": recusal["account"]}
    mongo.move(db.reviews, {**held_by, "state": {"$in": list(domain.READABLE)}}, {"holder": None})
    return _shown(found)


def put_down(db: Db, campaign: str, group: str) -> None:
    """What is held for a group is free again."""
    mongo.move(
        db.reviews, {"campaign": campaign, "group": group, "state": {"$in": list(domain.READABLE)}}, {"holder": None}
    )


def end_recusal(db: Db, recusal_id: str, ended: dict[str, Any]) -> None:
    """The reason is gone."""
    found = mongo.get(db.recusals, recusal_id)
    if not found["ended"]:
        changed = {**found, "ended": ended}
        mongo.save(db.recusals, found, changed, [holding.recused(changed)], at=clock.now())


def prepare(db: Db) -> None:
    """Indexes."""
    outbox.kept(db.recusals)


def _shown(recusal: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in recusal.items() if name not in ("_id", "earlier", "revision", "outbox")}


def held(db: Db, account: str, today: str) -> int:
    """How many reviews a reader has in hand."""
    return db.reviews.count_documents(
        {"holder.account": account, "holder.until": {"$gte": today}, "state": {"$in": list(domain.READABLE)}}
    )


def nearest_free(
    db: Db, within: dict[str, Any], asked: dict[str, Any], limit: int, skip: Sequence[str] = ()
) -> list[domain.Review]:
    """Free reviews, the nearest meeting first."""
    wanted = actor.both(within, {**asked, "_id": {"$nin": list(skip)}} if skip else asked)
    return list(db.reviews.find(wanted, store.LINE).sort(store.NEAREST).limit(limit))


def counts(db: Db, within: dict[str, Any], campaign: str, account: str, barred: frozenset[str]) -> dict[str, Any]:
    """The queue in numbers, each the length of a list that the queue shows."""
    today, here = clock.today(), {"campaign": campaign}

    def count(**query: str) -> int:
        return db.reviews.count_documents(actor.both(within, store.wanted({**here, **query}, account, barred, today)))

    open_ones = actor.both(within, store.wanted({**here, "state": "open"}, account, barred, today))
    oldest = db.reviews.find_one(open_ones, {"submitted_at": 1}, sort=[("submitted_at", 1)])
    by_day: list[dict[str, Any]] = [
        {"$match": open_ones},
        {"$group": {"_id": "$meeting_on", "count": {"$sum": 1}}},
        {"$sort": {"_id": 1}},
        {"$limit": DAYS_SHOWN},
    ]
    return {
        **{state: count(state=state) for state in ("waiting", "prechecked", "unreadable", "judged")},
        "held_by_me": count(mine="held"),
        "free": count(mine="free"),
        "overdue": count(overdue="1"),
        "oldest_days": _days(oldest["submitted_at"], today) if oldest else 0,
        "by_day": [{"meeting_on": row["_id"], "count": row["count"]} for row in db.reviews.aggregate(by_day)],
    }


def statistics(db: Db, reader: dict[str, Any]) -> dict[str, Any]:
    """What one reader has in hand and has done in a campaign."""
    account, campaign, today = reader["account"], reader["campaign"], clock.today()
    mine = {"campaign": campaign, "verdict.by_account": account}
    keys = {"verdict.outcome": 1, "verdict.at": 1, "submitted_at": 1}
    done = list(db.reviews.find(mine, keys).sort("verdict.at", -1).limit(2000))
    hours = sorted(
        (clock.moment(row["verdict"]["at"]) - clock.moment(row["submitted_at"])).total_seconds() / 3600 for row in done
    )
    outcomes = [row["verdict"]["outcome"] for row in done]
    in_hand = {"holder.account": account, "holder.until": {"$gte": today}, "state": {"$in": list(domain.READABLE)}}
    oldest = db.reviews.find_one(in_hand, {"holder": 1}, sort=[("holder.at", 1)])
    return {
        **{key: reader[key] for key in ("account", "name", "group")},
        "held": held(db, account, today),
        "judged": len(done),
        **{name: outcomes.count(code) for name, code in (("passed", "passed"), ("returned", "returned"))},
        "rewritten": outcomes.count("rewrite"),
        "median_hours": round(hours[len(hours) // 2], 1) if hours else None,
        "oldest_held_days": _days(oldest["holder"]["at"], today) if oldest else 0,
        "today": sum(clock.local_day(row["verdict"]["at"]) == today for row in done),
    }


def _days(at: str, today: str) -> int:
    return max((clock.day(today) - clock.day(clock.local_day(at))).days, 0)
