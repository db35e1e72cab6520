"""The doors of addenda to locked records, and of the receipts that addressees give."""

from typing import Any

from services.intake import addenda, domain, files, kinds, originals, receipts, signing, store
from services.intake.service_signing import signer_at_door, signing_page
from services.spine import clock, doors
from services.spine.actor import Actor
from services.spine.doors import Upload, route


class AddendumDoors(doors.Service):
    """What comes after a record counts: what puts it right beside it, and whom it has reached."""

    @route(
        "POST",
        "/materials/<material_id>/addenda",
        accepts="attach_addendum",
        may="submit",
        upload="optional",
        answers="addendum",
    )
    def attach_addendum(self, actor: Actor, material_id: str, draft: dict[str, str], upload: Upload | None) -> Any:
        """Put right what is wrong in a locked record, beside it; the same again is the same addendum."""
        material = store.get(self.db, material_id, actor.scope)
        words: dict[str, Any] = {"text": draft.get("text", "").strip(), "reason": draft["reason"].strip(), "file": None}
        if upload:
            media = files.recognise(upload.name, upload.data, kinds.kind(material["kind"]).endings)
            known = {"sha256": originals.hash_of(upload.data), "size": len(upload.data), "media": media}
            words["file"] = {**known, "file_name": upload.name}
        at = clock.now()
        changed, facts = addenda.attach(material, {**words, "by": actor.name, "by_account": actor.id, "at": at})
        if upload:
            originals.keep(self.db, upload.data, media, upload.name, material)
        store.keep(self.db, material, changed, facts, at)
        same = [one for one in addenda.of(changed) if all(one[key] == words[key] for key in words)]
        return 200 if changed is material else 201, addenda.shown(changed, same[-1])

    @route(
        "POST",
        "/materials/<material_id>/addenda/<int:number>/signatures",
        accepts="sign_version",
        may="sign",
        answers="addendum",
    )
    def sign_addendum(self, actor: Actor, material_id: str, number: int, draft: dict[str, str]) -> Any:
        """Recorder and host sign an addendum as they signed the record, the password given again."""
        material = store.get(self.db, material_id, actor.scope)
        roles = signing.roles_of(actor.grants, material, store.plan(self.db, material["campaign"], material["unit"]))
        signing.check_asked(actor.roles, roles)
        signer = self._addendum_signer(actor, material, number, draft["proof"], roles)
        changed, facts = addenda.sign(material, number, signer)
        return addenda.shown(store.keep(self.db, material, changed, facts, signer.at), addenda.get(changed, number))

    @route(
        "POST",
        "/materials/<material_id>/addenda/<int:number>/paper-signatures",
        accepts="record_paper_signature",
        may="record_paper",
        upload=True,
        answers="addendum",
    )
    def record_addendum_paper(
        self, actor: Actor, material_id: str, number: int, draft: dict[str, str], upload: Upload
    ) -> Any:
        """The picture of an addendum that was signed on paper by somebody who cannot sign here."""
        material, page = store.get(self.db, material_id, actor.scope), signing_page(actor, draft, upload)
        changed = addenda.record_paper(material, number, page)
        originals.keep(self.db, upload.data, page["media"], upload.name, material)
        return 201, addenda.shown(store.keep(self.db, material, changed, [], page["at"]), addenda.get(changed, number))

    @route(
        "POST",
        "/materials/<material_id>/addenda/<int:number>/paper-signatures/confirmation",
        accepts="confirm_paper_signature",
        may="confirm_paper",
        answers="addendum",
    )
    def confirm_addendum_paper(self, actor: Actor, material_id: str, number: int, draft: dict[str, str]) -> Any:
        """Whoever has compared an addendum signed on paper says so, the password given again."""
        material = store.get(self.db, material_id, actor.scope)
        signer, office = self._addendum_signer(actor, material, number, draft["proof"]), "office" in actor.roles
        changed, facts = addenda.confirm_paper(material, number, draft["role"], signer, office=office)
        return addenda.shown(store.keep(self.db, material, changed, facts, signer.at), addenda.get(changed, number))

    def _addendum_signer(
        self,
        actor: Actor,
        material: domain.Material,
        number: int,
        proof: str,
        roles: frozenset[str] = frozenset(),
    ) -> signing.Signer:
        """Who is at the door, with the proof for this very addendum looked at."""
        sha256, about = addenda.get(material, number)["sha256"], addenda.name(material, number)
        return signer_at_door(actor, about, sha256, proof, roles)

    @route(
        "POST",
        "/materials/<material_id>/versions/<int:version>/receipts",
        accepts="give_receipt",
        may="give_receipt",
        answers="receipt_given",
    )
    def give_receipt(self, actor: Actor, material_id: str, version: int, draft: dict[str, Any]) -> Any:
        """An addressee has received a version, or sends it back with the reason."""
        material = store.get(self.db, material_id, actor.scope)
        plan = store.plan(self.db, material["campaign"], material["unit"])
        who = {"by": actor.name, "by_account": actor.id, "at": clock.now()}
        changed, facts = receipts.give(material, version, receipts.asked(plan, material), draft, who, clock.today())
        store.keep(self.db, material, changed, facts, who["at"])
        return 200 if changed is material else 201, receipts.shown(changed, version, receipts.asked(plan, material))
