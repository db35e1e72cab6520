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
        origins = [chain.candidate(row, actor, self._earlier(row)) for row in rows]
        links = recurrence_store.links(self.db, item_id)
        later = [found for key in recurrence_store.repeated_by(self.db, item_id) if (found := store.find(self.db, key))]
        return chain.told(item, origins, self._in_short(links, actor, today), later, actor, today)

    @route("GET", "/recurrences", accepts="find_recurrences", may="read_item", answers="recurrence_list")
    def recurrences(self, actor: Actor, query: dict[str, str]) -> Any:
        """Problems that stood on an earlier year's ledger, too, with what was promised then."""
        found, today = recurrence_store.listed(self.db, actor.units, query), clock.today()
        rows = []
        for row in found["rows"]:
            if item := store.find(self.db, row["_id"]):
                earlier = self._in_short(row["earlier"], actor, today)
                rows.append({"item": chain.short(item, today, actor), "earlier": earlier, "years": row["years"]})
        return {**found, "rows": rows}

    def _earlier(self, row: dict[str, Any]) -> Any:
        return store.find(self.db, row["origin"]) if row["source"] == "last_year" else None

    def _in_short(self, links: list[dict[str, Any]], actor: Actor, today: str) -> list[dict[str, Any]]:
        met = [(one, store.find(self.db, one["item_id"])) for one in links]
        return [
            {**chain.short(item, today, actor), "likeness": one["likeness"], "carried": one["carried"]}
            for one, item in met
            if item
        ]
