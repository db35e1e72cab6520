"""The doors of addenda to locked records, and of the receipts that addressees give."""

import time
from typing import Any

from services.intake import addenda, files, kinds, originals, receipts, signing, store
from services.spine import actor as actors
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
        addendum, about = addenda.get(material, number), addenda.name(material, number)
        signing.check_proof(actors.vouched(draft["proof"]), actor.id, about, addendum["sha256"], time.time())
        roles = signing.roles_of(actor.grants, material, store.plan(self.db, material["campaign"], material["unit"]))
        signing.check_asked(actor.roles, roles)
        signer = signing.Signer(roles, actor.name, actor.id, clock.now(), clock.today())
        changed, facts = addenda.sign(material, number, signer)
        return addenda.shown(store.keep(self.db, material, changed, facts, signer.at), addenda.get(changed, number))

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
