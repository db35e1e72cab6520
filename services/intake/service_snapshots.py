"""The door at which other systems take what stands now of materials: what counts and how far it has come, no text."""

from typing import Any

from services.spine import doors, mongo, snapshots
from services.spine.actor import Actor
from services.spine.doors import route

ABOUT = ("material_", "verdict_", "withdrawal_", "secrecy_", "receipt_", "reading_", "answer_")


class SnapshotDoors(doors.Service):
    """Snapshots."""

    @route("GET", "/snapshots/materials", accepts="take_snapshot", may="read_snapshots", answers="snapshot")
    def snapshot_of_materials(self, actor: Actor, query: dict[str, str]) -> Any:
        """The materials of which a version counts, and the number of the feed up to which that holds."""
        kind = snapshots.Kind(self.db.materials, self.db.plans, ABOUT, _material, _counts)
        return snapshots.page(kind, mongo.database("feed"), actor, query)


def _counts(row: dict[str, Any]) -> bool:
    """A version that nobody has signed yet was not said."""
    return bool(row["counted"])


def _material(row: dict[str, Any]) -> dict[str, Any]:
    state = row["under"] if row["state"] == "unsigned" else row["state"]
    told = {key: row.get(key) for key in ("kind", "post", "due_on", "secrecy")}
    return {**told, "state": state, "version": row["counted"]}
