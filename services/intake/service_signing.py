"""The doors of signing."""

import time
from typing import Any

from services.intake import domain, files, originals, signing, store
from services.spine import actor as actors
from services.spine import clock, doors
from services.spine.actor import Actor
from services.spine.doors import Upload, route

PAGES = ("png", "jpg", "jpeg", "pdf")


class SigningDoors(doors.Service):
    """A version counts when everybody has signed it whom the campaign asks."""

    @route(
        "POST",
        "/materials/<material_id>/versions/<int:version>/signatures",
        accepts="sign_version",
        may="sign",
        answers="signed",
    )
    def sign_version(self, actor: Actor, material_id: str, version: int, draft: dict[str, str]) -> Any:
        """The author or the first responsible person signs a version, the password given again."""
        material = store.get(self.db, material_id, actor.scope)
        plan = store.plan(self.db, material["campaign"], material["unit"])
        roles = signing.roles_of(actor.grants, material, plan)
        signing.check_asked(actor.roles, roles)
        signer = self._signer(actor, material, version, draft["proof"], roles)
        changed, facts = signing.sign(material, version, signer)
        return _signed(store.keep(self.db, material, changed, facts, signer.at), version)

    @route(
        "POST",
        "/materials/<material_id>/versions/<int:version>/paper-signatures",
        accepts="record_paper_signature",
        may="record_paper",
        upload=True,
        answers="signed",
    )
    def record_paper_signature(
        self, actor: Actor, material_id: str, version: int, draft: dict[str, str], upload: Upload
    ) -> Any:
        """The picture of a page that was signed on paper by somebody who cannot sign here."""
        material, page = store.get(self.db, material_id, actor.scope), signing_page(actor, draft, upload)
        changed = signing.record_paper(material, version, page)
        originals.keep(self.db, upload.data, page["media"], upload.name, material)
        return 201, _signed(store.keep(self.db, material, changed, [], page["at"]), version)

    @route(
        "POST",
        "/materials/<material_id>/versions/<int:version>/paper-signatures/confirmation",
        accepts="confirm_paper_signature",
        may="confirm_paper",
        answers="signed",
    )
    def confirm_paper_signature(self, actor: Actor, material_id: str, version: int, draft: dict[str, str]) -> Any:
        """Whoever has compared the page signed on paper says so, the password given again."""
        material = store.get(self.db, material_id, actor.scope)
        signer = self._signer(actor, material, version, draft["proof"], frozenset())
        office = "office" in actor.roles
        changed, facts = signing.confirm_paper(material, version, draft["role"], signer, office=office)
        return _signed(store.keep(self.db, material, changed, facts, signer.at), version)

    def _signer(
        self, actor: Actor, material: domain.Material, number: int, proof: str, roles: frozenset[str]
    ) -> signing.Signer:
        """Who is at the door, with the proof looked at."""
        sha256 = domain.version(material, number)["sha256"]
        return signer_at_door(actor, f"{material['_id']}.v{number}", sha256, proof, roles)


def signer_at_door(actor: Actor, about: str, sha256: str, proof: str, roles: frozenset[str]) -> signing.Signer:
    """Who signs as whom; refuses a proof that is not this account's for this very content."""
    signing.check_proof(actors.vouched(proof), actor.id, about, sha256, time.time())
    return signing.Signer(roles, actor.name, actor.id, clock.now(), clock.today())


def signing_page(actor: Actor, draft: dict[str, str], upload: Upload) -> dict[str, Any]:
    """The picture of a page signed on paper, as it is written down."""
    media = files.recognise(upload.name, upload.data, PAGES)
    page = {"role": draft["role"], "reason": draft["reason"].strip(), "media": media, "file_name": upload.name}
    known = {"by": actor.name, "by_account": actor.id, "at": clock.now(), "sha256": originals.hash_of(upload.data)}
    return {**page, **known}


def _signed(material: domain.Material, number: int) -> dict[str, Any]:
    version = domain.version(material, number)
    places = {"material_id": material["_id"], "version": number, "state": material["state"]}
    return {**places, "signatures": version["signatures"], "unsigned": signing.missing(version)}
