"""The doors of intake."""

from functools import partial
from typing import Any

from services.intake import (
    domain,
    originals,
    shelves_store,
    sight,
    signing,
    store,
    taking,
    talks,
    talks_store,
    withdrawing,
)
from services.intake.service_addenda import AddendumDoors
from services.intake.service_batches import BatchDoors
from services.intake.service_criticism import CriticismDoors
from services.intake.service_files import FileDoors
from services.intake.service_filing import FilingDoors
from services.intake.service_opinion_forms import FormDoors
from services.intake.service_opinions import OpinionDoors
from services.intake.service_own_templates import OwnTemplateDoors
from services.intake.service_signing import SigningDoors
from services.intake.service_snapshots import SnapshotDoors
from services.intake.service_study import StudyDoors
from services.intake.service_talks import TalkDoors
from services.intake.service_templates import TemplateDoors
from services.intake.service_withdrawing import WithdrawingDoors
from services.spine import clock, mongo
from services.spine.actor import Actor
from services.spine.doors import Upload, on_event, route
from services.spine.events import Event
from services.spine.mongo import Mongo


class IntakeService(
    AddendumDoors,
    FilingDoors,
    FileDoors,
    TemplateDoors,
    OwnTemplateDoors,
    SigningDoors,
    WithdrawingDoors,
    BatchDoors,
    TalkDoors,
    CriticismDoors,
    StudyDoors,
    FormDoors,
    OpinionDoors,
    SnapshotDoors,
):
    """Takes materials in."""

    name = "intake"
    db = Mongo(store.prepare)

    @route("GET", "/materials", accepts="find_materials", may="read_material", answers="material_list")
    def materials(self, actor: Actor, query: dict[str, str]) -> Any:
        """Materials handed in, unit by unit, a page after another."""
        found = shelves_store.page(self.db, actor.scope, query, partial(sight.shown, actor))
        return {**found, "rows": [store.row(sight.seen(actor, row)) for row in found["rows"]]}

    @route("GET", "/materials/<material_id>", may="read_material", answers="material")
    def material(self, actor: Actor, material_id: str) -> Any:
        """One material with all its versions."""
        return sight.seen(actor, store.get(self.db, material_id, actor.scope))

    @route(
        "POST",
        "/materials/<material_id>/versions",
        accepts="submit_version",
        may="submit",
        upload="optional",
        answers="submitted",
    )
    def submit_version(self, actor: Actor, material_id: str, draft: dict[str, str], upload: Upload | None) -> Any:
        """Hand in the next version of a material: a file, a form, or both."""
        plan, kind, post = self.owed(material_id, actor)
        sender = taking.Sender(actor.id, actor.name, clock.now(), clock.today())
        taken = taking.look(self.db, plan, kind, post, draft, upload, sender)
        taking.keep(self.db, taken, sender)
        code, answer = _received(taken.before, taken.after)
        return code, {**answer, "normalised": taken.normalised}

    @route(
        "POST",
        "/materials/<material_id>/versions/<int:version>/again",
        accepts="submit_again",
        may="submit",
        answers="submitted",
    )
    def submit_again(self, actor: Actor, material_id: str, version: int, draft: dict[str, Any]) -> Any:
        """Hand an earlier version in again, as the next one, with the reason."""
        plan, kind, post = self.owed(material_id, actor)
        before = store.get(self.db, material_id, actor.scope)
        file = withdrawing.handed_again(domain.version(before, version))
        originals.check_taken(self.db, file["sha256"])
        sender = taking.Sender(actor.id, actor.name, clock.now(), clock.today())
        changed, facts = domain.submit(before, taking.handed(sender, draft, domain.owed(plan, kind, post), file))
        store.keep(self.db, before, changed, facts, sender.at)
        return _received(before, changed)

    @on_event("registry", "meeting_scheduled")
    def on_meeting_scheduled(self, event: Event) -> None:
        """A unit's materials and posts are known."""
        said = event["data"]
        places = {
            "campaign": event["campaign"],
            "region": event["region"],
            "unit": said["unit"],
            "group": said["group"],
        }
        first = (post["post"] for post in said.get("posts", ()) if post["role"] == "secretary")
        places["secretary"] = next(first, None)
        known = {key: said[key] for key in ("required", "posts", "preparation", "meeting_on") if key in said}
        known["rules"] = said.get("rules", {})
        store.remember_plan(self.db, {**places, **known}, event["sequence"])
        if said.get("because") == "restored":
            mongo.remember_part(self.db.plans, event, "cancelled_on", None)
        self._follow(event)

    @on_event("registry", "meeting_cancelled")
    def on_meeting_cancelled(self, event: Event) -> None:
        """A unit does not meet: nothing is asked of it, nothing new is taken, its open forms are closed."""
        mongo.remember_part(self.db.plans, event, "cancelled_on", event["data"]["on"])
        plan = self._follow(event)
        if plan["cancelled_on"]:
            self.close_forms_of(plan)

    @on_event("review", "material_prechecked")
    def on_material_prechecked(self, event: Event) -> None:
        """The pre-check is done."""
        said, material = event["data"], store.get(self.db, event["data"]["material_id"], {})
        changed = domain.prechecked(material, said["version"], said["readable"])
        store.keep(self.db, material, changed, [], clock.now())

    @on_event("review", "verdict_issued")
    def on_verdict_issued(self, event: Event) -> None:
        """A verdict on a version: the material now has that state."""
        said, material = event["data"], store.get(self.db, event["data"]["material_id"], {})
        store.keep(self.db, material, domain.settle(material, said), [], clock.now())

    @on_event("review", "verdict_withdrawn")
    def on_verdict_withdrawn(self, event: Event) -> None:
        """A verdict was taken back: the version waits for another."""
        said, material = event["data"], store.get(self.db, event["data"]["material_id"], {})
        store.keep(self.db, material, domain.unsettle(material, said["version"]), [], clock.now())

    @on_event("review", "answer_extended")
    def on_answer_extended(self, event: Event) -> None:
        """The days for an answer are others."""
        said, material = event["data"], store.get(self.db, event["data"]["material_id"], {})
        changed = domain.extend(material, said["version"], said["due_on"], said["closes_on"])
        store.keep(self.db, material, changed, [], clock.now())

    def _follow(self, event: Event) -> dict[str, Any]:
        """What is kept of a unit stands as its plan says; gives the plan."""
        plan = store.plan(self.db, event["campaign"], event["data"]["unit"])
        if "cancelled_on" in plan:
            store.follow_cancelled(self.db, plan, clock.now())
        before, book = talks_store.book(self.db, plan)
        talks_store.save(self.db, before, talks.follow(book, plan), clock.now())
        return plan


def _received(before: domain.Material | None, after: domain.Material) -> tuple[int, dict[str, Any]]:
    last, repeated = after["versions"][-1], after is before
    answer = {"material_id": after["_id"], "version": last["version"], "receipt": domain.receipt(after)}
    answer |= {"state": after["state"], "unsigned": signing.missing(last), "repeated": repeated}
    return 200 if repeated else 201, answer
