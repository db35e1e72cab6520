"""The doors of criticism lists: their problems, what of one was said last year, how far a unit's cover everybody."""

from typing import Any

from services.intake import criticism, criticism_store, domain, sight, store
from services.intake.service_talks import place
from services.spine import doors, errors
from services.spine.actor import Actor
from services.spine.doors import route


class CriticismDoors(doors.Service):
    """Flags what is said again to whoever may read the list; shows others only that it was."""

    @route("GET", "/materials/<material_id>/versions/<int:version>/repeats", may="read_material", answers="repeats")
    def repeats(self, actor: Actor, material_id: str, version: int) -> Any:
        """The lines of a criticism list that the same person said in an earlier campaign already."""
        material = sight.read(self.db, actor, store.get(self.db, material_id, actor.scope))
        found = domain.version(material, version)
        if material["kind"] != criticism_store.KIND:
            raise errors.Refusal("not_found", id=material_id)
        told = criticism_store.compared(self.db, material, found)
        lines = None if told["lines"] is None else len(told["lines"])
        return {"material_id": material_id, "version": version, **told, "lines": lines}

    @route("GET", "/materials/<material_id>/criticisms", may="read_material", answers="criticisms")
    def criticisms(self, actor: Actor, material_id: str) -> Any:
        """The problems of a criticism list with their words, also those that a later version no longer names."""
        material = sight.read(self.db, actor, store.get(self.db, material_id, actor.scope))
        if material["kind"] != criticism_store.KIND:
            raise errors.Refusal("not_found", id=material_id)
        rows = criticism_store.problems(self.db, material)
        return {"material_id": material_id, "secrecy": material["secrecy"], "rows": rows}

    @route("GET", "/criticism", accepts="find_talks", may="read_criticism", answers="criticism_coverage")
    def criticism(self, actor: Actor, query: dict[str, str]) -> Any:
        """Who has something to say to whom in a unit, without what it is."""
        plan, reader = place(self.db, actor, query["campaign"], query["unit"])
        lists = criticism_store.of_unit(self.db, query["campaign"], query["unit"])
        return criticism.shown(plan, lists, reader)
