"""The doors of the chain: from where a problem came to what it changed, and whether it was there in an earlier year."""

from typing import Any

from services.rectification import candidate_store, chain, recurrence_store, store
from services.spine import clock, doors
from services.spine.actor import Actor
from services.spine.doors import route


class ChainDoors(doors.Service):
    """Walked both ways, each link only by whom may see it."""

    @route("GET", "/items/<item_id>/chain", may="read_item", answers="chain")
    def chain(self, actor: Actor, item_id: str) -> Any:
        """Where a problem came from, what came of it, and what it repeats."""
        item, today = store.get(self.db, item_id, actor.units), clock.today()
        rows = candidate_store.of_item(self.db, item_id, actor.scope)
        links, later = recurrence_store.links(self.db, item_id), recurrence_store.repeated_by(self.db, item_id)
        met = recurrence_store.items(self.db, [*chain.met_by(rows), *later, *(one["item_id"] for one in links)])
        origins = [chain.candidate(row, actor, met) for row in rows]
        repeats = [met[key] for key in later if key in met]
        sharing = store.worked_on(self.db, item, chain.shared_keys(item))
        return chain.told(item, sharing, origins, chain.alike(links, met, actor, today), repeats, actor, today)

    @route("GET", "/recurrences", accepts="find_recurrences", may="read_item", answers="recurrence_list")
    def recurrences(self, actor: Actor, query: dict[str, str]) -> Any:
        """Problems that stood on an earlier year's ledger, too, with what was promised then."""
        found, today = recurrence_store.listed(self.db, actor.units, query), clock.today()
        earlier = [one["item_id"] for row in found["rows"] for one in row["earlier"]]
        met = recurrence_store.items(self.db, [*earlier, *(row["_id"] for row in found["rows"])])
        rows = [
            {
                "item": chain.short(met[row["_id"]], today, actor),
                "earlier": chain.alike(row["earlier"], met, actor, today),
                "years": row["years"],
            }
            for row in found["rows"]
        ]
        return {**found, "rows": rows}
