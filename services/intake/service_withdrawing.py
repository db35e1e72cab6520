"""The doors of taking back and handing in again."""

from typing import Any

from services.intake import domain, originals, store, withdrawing
from services.spine import clock, doors
from services.spine.actor import Actor
from services.spine.doors import on_event, route
from services.spine.events import Event


class WithdrawingDoors(doors.Service):
    """A version is taken back before anybody began to read it."""

    @route(
        "POST",
        "/materials/<material_id>/versions/<int:version>/withdrawal",
        accepts="withdraw_version",
        may="submit",
        answers="version_withdrawn",
    )
    def withdraw_version(self, actor: Actor, material_id: str, version: int, draft: dict[str, str]) -> Any:
        """Take a version back, with a reason; once it counts, review says whether it is too late."""
        material = store.get(self.db, material_id, actor.scope)
        asking = withdrawing.Asking(draft["reason"].strip(), actor.name, actor.id, clock.now())
        changed, facts = withdrawing.withdraw(material, version, asking)
        store.keep(self.db, material, changed, facts, asking.at)
        asked = domain.version(changed, version)["withdrawal"]
        answer = {"material_id": material_id, "version": version, "state": changed["state"]}
        return 202 if asked["granted"] is None else 200, {**answer, "granted": asked["granted"]}

    @on_event("review", "secrecy_found")
    def on_secrecy_found(self, event: Event) -> None:
        """The pre-check found the mark of a state secret: the file is destroyed."""
        said, material, at = event["data"], store.get(self.db, event["data"]["material_id"], {}), clock.now()
        for sha256 in domain.files_of(domain.version(material, said["version"])):
            originals.destroy(self.db, sha256, at, "secrecy_mark")
        store.keep(self.db, material, withdrawing.destroy(material, said["version"], at, "secrecy_mark"), [], at)

    @on_event("review", "withdrawal_decided")
    def on_withdrawal_decided(self, event: Event) -> None:
        """Review says whether anybody had begun to read."""
        said, material = event["data"], store.get(self.db, event["data"]["material_id"], {})
        changed = withdrawing.decided(material, said["version"], granted=said["granted"])
        store.keep(self.db, material, changed, [], clock.now())
