"""The door at which other systems take what stands now on the ledger."""

from typing import Any

from services.spine import doors, mongo, snapshots
from services.spine.actor import Actor
from services.spine.doors import route

ABOUT = ("item_", "closeout_", "retype_", "recheck_", "interim_")
TOLD = ("number", "category", "source", "aspect", "state", "due_on", "late", "registered_on", "closed_on")


class SnapshotDoors(doors.Service):
    """Snapshots."""

    @route("GET", "/snapshots/items", accepts="take_snapshot", may="read_snapshots", answers="snapshot")
    def snapshot_of_items(self, actor: Actor, query: dict[str, str]) -> Any:
        """The items of the ledger with their states, and the number of the feed up to which that holds."""
        kind = snapshots.Kind(self.db.items, self.db.meetings, ABOUT, _item)
        return snapshots.page(kind, mongo.database("feed"), actor, query)


def _item(row: dict[str, Any]) -> dict[str, Any]:
    counts = {"measures": len(row["measures"]), "lacking": len(row["lacking"])}
    return {**{key: row.get(key) for key in TOLD}, **counts}
