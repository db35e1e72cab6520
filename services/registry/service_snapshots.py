"""The doors at which other systems take what stands now of units and their meetings."""

from collections.abc import Callable
from typing import Any

from services.spine import doors, mongo, snapshots
from services.spine.actor import Actor
from services.spine.doors import route
from services.spine.snapshots import Row

OF_UNITS = ("meeting_scheduled", "meeting_cancelled", "post_changed")
OF_MEETINGS = ("meeting_", "aspect_", "postponement_", "relay_")


class SnapshotDoors(doors.Service):
    """Snapshots."""

    @route("GET", "/snapshots/units", accepts="take_snapshot", may="read_snapshots", answers="snapshot")
    def snapshot_of_units(self, actor: Actor, query: dict[str, str]) -> Any:
        """The units that take part, with their posts, and the number of the feed up to which that holds."""
        return _page(self.db, OF_UNITS, _unit, actor, query)

    @route("GET", "/snapshots/meetings", accepts="take_snapshot", may="read_snapshots", answers="snapshot")
    def snapshot_of_meetings(self, actor: Actor, query: dict[str, str]) -> Any:
        """The units' meetings with their days and aspects, and the number of the feed up to which that holds."""
        return _page(self.db, OF_MEETINGS, _meeting, actor, query)


def _page(
    db: mongo.Db, about: tuple[str, ...], show: Callable[[Row], Row], actor: Actor, query: dict[str, str]
) -> dict[str, Any]:
    kind = snapshots.Kind(db.meetings, db.meetings, about, show, _said)
    return snapshots.page(kind, mongo.database("feed"), actor, query)


def _said(row: Row) -> bool:
    """What was not announced yet is no part of what stands."""
    return bool(row["announced"])


def _unit(row: dict[str, Any]) -> dict[str, Any]:
    posts = [{"post": one["post"], "role": one["role"]} for one in row["posts"]]
    return {"level": row["level"], "posts": posts, "predecessors": row.get("predecessors") or [], **_cancelled(row)}


def _meeting(row: dict[str, Any]) -> dict[str, Any]:
    told = ("number", "code", "stage", "due_on", "state", "late")
    aspects = [{key: one[key] for key in told if key in one} for one in row["aspects"]]
    held_on = row["held"]["held_on"] if row["held"] else None
    told_of = {"meeting_on": row["meeting_on"], "held_on": held_on, "stage": row["stage"], "aspects": aspects}
    return told_of | _cancelled(row)


def _cancelled(row: dict[str, Any]) -> dict[str, Any]:
    return {"cancelled_on": (row.get("cancelled") or {}).get("on")}
