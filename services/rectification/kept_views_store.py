"""Kept views and who follows them, and what a night tells of them.

What must stay true: whoever is killed between two followings tells none twice, for the day it was told on is written
with what is told; and what is counted is what the account may see on that day: by the grants access said last, or,
where it said nothing since, by those it held when it began to follow.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from services.rectification import kept_views, summing
from services.rectification.kept_views import Following, Grant, View
from services.spine import actor, errors, mongo, outbox
from services.spine.actor import Actor

Db = mongo.Db
AT_ONCE = 5


def prepare(db: Db) -> None:
    """Indexes."""
    outbox.kept(db.followings)
    db.ledger_views.create_index([("campaign", 1), ("account", 1)])
    db.ledger_views.create_index([("campaign", 1), ("shared.role", 1)])
    db.followings.create_index([("next_on", 1), ("_id", 1)])
    db.followings.create_index("view_id")


def own(db: Db, campaign: str, account: str) -> list[View]:
    """What somebody keeps in a campaign, by name."""
    found = db.ledger_views.find({"campaign": campaign, "account": account, "removed_at": None})
    return sorted(found, key=lambda view: (view["name"], view["_id"]))


def seen(db: Db, campaign: str, account: str, grants: Sequence[Grant], today: str) -> list[View]:
    """The views somebody finds: the own ones, then those shared with a role the account has there."""
    asked = {"campaign": campaign, "removed_at": None, "shared.role": {"$in": [one["role"] for one in grants]}}
    others = [view for view in db.ledger_views.find(asked) if view["account"] != account]
    shared = [view for view in others if _may_find(db, view, account, grants, today)]
    return own(db, campaign, account) + sorted(shared, key=lambda view: (view["name"], view["_id"]))


def get(db: Db, view_id: str, account: str, grants: Sequence[Grant], today: str) -> View:
    """A view that somebody may find; refuses any other as not there."""
    view = mongo.get(db.ledger_views, view_id)
    mine = [one for one in grants if one["campaign"] == view["campaign"]]
    if view["removed_at"] or not _may_find(db, view, account, mine, today):
        raise errors.Refusal("not_found", id=view_id)
    return view


def _may_find(db: Db, view: View, account: str, grants: Sequence[Grant], today: str) -> bool:
    if view["account"] == account:
        return True
    readers = kept_views.shared_with(view, grants)
    region = (view["shared"] or {}).get("region")
    there = {"campaign": view["campaign"], **({"region": region} if region else {})}
    return bool(readers) and _meeting(db, _scope(readers, account, today), there) is not None


def remove(db: Db, view: View, at: str) -> None:
    """Nobody finds it any more, and nobody is told of it."""
    mongo.save(db.ledger_views, view, {**view, "removed_at": at}, at=at)
    db.followings.update_many({"view_id": view["_id"]}, {"$set": {"next_on": None}, "$inc": {"revision": 1}})


def followed(db: Db, rows: Sequence[View], account: str) -> dict[str, Following]:
    """By view, how somebody is told of it."""
    ids = [kept_views.follower(view["_id"], account) for view in rows]
    return {one["view_id"]: one for one in mongo.among(db.followings, ids) if one["next_on"]}


def follow(db: Db, following: Following, at: str) -> None:
    """Somebody is told of a view from now on; asked again in the same rhythm nothing changes but what is held."""
    if mongo.add(db.followings, following, at=at):
        return
    known = mongo.get(db.followings, following["_id"])
    goes_on = known["next_on"] and known["every"] == following["every"]
    kept = ("told_on", "since", "next_on") if goes_on else ("told_on",)
    mongo.save(db.followings, known, {**following, **{key: known[key] for key in kept}}, at=at)


def unfollow(db: Db, view_id: str, account: str, at: str) -> None:
    """Somebody is told of it no more; asked twice it comes to the same."""
    known = db.followings.find_one({"_id": kept_views.follower(view_id, account)})
    if known:
        mongo.save(db.followings, known, {**known, "next_on": None}, at=at)


def remember_grants(db: Db, account: str, grants: list[dict[str, Any]], sequence: int) -> None:
    """What an account holds from now on."""
    mongo.remember(db.readers, account, {"grants": grants}, sequence)


def reached(db: Db, rows: Sequence[View], within: dict[str, Any]) -> set[str]:
    """The views of whose place anything lies in a scope; each place is looked for once."""
    places = {tuple(kept_views.places(view).items()) for view in rows}
    there = {place for place in places if _meeting(db, within, dict(place)) is not None}
    return {view["_id"] for view in rows if tuple(kept_views.places(view).items()) in there}


def how_many(db: Db, today: str) -> int:
    """How many are to be told by today."""
    return db.followings.count_documents({"next_on": {"$lte": today}})


def due(db: Db, today: str) -> list[Following]:
    """Some who are to be told by today."""
    return list(db.followings.find({"next_on": {"$lte": today}}).sort("next_on", 1).limit(AT_ONCE))


def tell(db: Db, some: Sequence[Following], today: str, at: str) -> int:
    """Tell each of these what there is of its view, with the day it was told on in the same write; how many were."""
    changes = [(one, *_digest(db, one, today)) for one in some]
    mongo.save_all(db.followings, changes, at=at)
    return sum(len(facts) for _, _, facts in changes)


def _digest(db: Db, one: Following, today: str) -> tuple[Following, list[Any]]:
    view = mongo.get(db.ledger_views, one["view_id"])
    said = db.readers.find_one({"_id": one["account"]})
    known = kept_views.held(said["grants"], one["campaign"]) if said else one["grants"]
    living = [grant for grant in known if (grant["since"] or "") <= today <= (grant["until"] or "9999-12-31")]
    within = _scope(living, one["account"], today)
    place = _meeting(db, within, kept_views.places(view))
    if place is None or view["removed_at"] or not _may_find(db, view, one["account"], living, today):
        return kept_views.digest(one, living, kept_views.NO_ONE_REGION, None, today)
    pinned = {"region", "unit"} & (view["query"].keys() | {living[0]["scope"]["kind"]})
    region = place["region"] if pinned or living[0]["scope"]["kind"] == "post" else kept_views.NO_ONE_REGION
    moves = [move for grant in living for move in kept_views.MOVES[grant["role"]]]
    return kept_views.digest(one, living, region, counted(db, within or {}, view, today, one["since"], moves), today)


def counted(
    db: Db, within: Mapping[str, Any], view: View, today: str, since: str, moves: Sequence[str]
) -> dict[str, int]:
    """What there is of a view: {total, red, yellow, waiting, fresh, more}."""
    query = {"campaign": view["campaign"], **{key: said for key, said in view["query"].items() if key != "sort"}}
    told = summing.summary(db, within, {**query, "by": "waits"}, today)
    moving = [row["total"] for row in told["rows"] if row["key"] in moves]
    return {
        "total": told["total"],
        "red": told["colours"]["red"],
        "yellow": told["colours"]["yellow"],
        "waiting": sum(moving),
        "more": False,
        "fresh": summing.registered(db, within, query, today, since),
    }


def _scope(grants: Sequence[Grant], account: str, today: str) -> dict[str, Any] | None:
    """What these grants let an account see of the ledger; None for nothing."""
    try:
        return Actor({"sub": account, "name": account, "grants": list(grants)}, "read_item", today).units
    except errors.Refusal:
        return None


def _meeting(db: Db, within: dict[str, Any] | None, there: Mapping[str, str]) -> dict[str, Any] | None:
    """A unit of a place that lies in a scope."""
    asked = {"campaign": 1, "unit": 1, "region": 1, "group": 1}
    return None if within is None else db.meetings.find_one(actor.both(within, there), asked)
