"""The doors of intake about kinds of material: their schemas, workbooks, what applies to whom, and a form tried out."""

from typing import Any

import orjson

from services.intake import begun, domain, files, forms, handing, kinds, originals, sight, store, workbook
from services.spine import clock, contracts, doors, errors, http
from services.spine.actor import Actor
from services.spine.doors import Upload, on_event, route
from services.spine.events import Event


class KindDoors(doors.Service):
    """What units hand in, kind by kind."""

    @route("GET", "/kinds", may="read_material", answers="kind_list")
    def kinds(self, actor: Actor) -> Any:
        """The kinds of material with the schema each is checked by."""
        return {"rows": [kinds.shown(code) for code in kinds.KINDS]}

    @route("GET", "/kinds/<kind>", accepts="find_kind", may="read_material", answers="kind_shown")
    def kind(self, actor: Actor, kind: str, query: dict[str, str]) -> Any:
        """A kind with its whole schema and, for one material, what is known and asked there."""
        shown, known = kinds.shown(kind), forms.NOTHING
        need = None
        if "material_id" in query:
            plan, post, known = self.known(actor, kind, query["material_id"])
            need = next((row for row in plan["required"] if (row["kind"], row["post"]) == (kind, post)), None)
        identifier = query.get("schema") or shown["schema"]
        if identifier.rpartition(":")[0] != shown["schema"].rpartition(":")[0]:
            raise errors.Refusal("not_found", id=identifier)
        asked = {"required": need is not None, "stage": (need or shown)["stage"], "due_on": (need or {}).get("due_on")}
        whole = {"schema": identifier, "form": shown["form"], "document_schema": kinds.schema(identifier)}
        applies = {"facts": dict(known.facts), "choices": dict(known.choices)}
        return {**shown, **asked, **whole, **applies, "most_characters": known.lengths.get(kind)}

    @route("GET", "/kinds/<kind>/workbook", accepts="find_kind", may="read_material")
    def kind_workbook(self, actor: Actor, kind: str, query: dict[str, str], language: str) -> Any:
        """The form of a kind as a workbook to fill in; for one material with what was handed in last."""
        return self._workbook(actor, kind, query, language)

    @route("POST", "/kinds/<kind>/workbook", accepts="fill_workbook", may="read_material")
    def named_kind_workbook(self, actor: Actor, kind: str, draft: dict[str, Any], language: str) -> Any:
        """The same with names in it, as whoever asks knows them; they are used and not kept."""
        return self._workbook(actor, kind, draft, language)

    def _workbook(self, actor: Actor, kind: str, asked: dict[str, Any], language: str) -> Any:
        identifier, known, filled = kinds.shown(kind)["schema"], forms.NOTHING, None
        if "material_id" in asked:
            plan, post, known = self.known(actor, kind, asked["material_id"])
            known = begun.titled(known, asked.get("names", {}).get("posts", {}))
            material = store.find(self.db, asked["material_id"])
            seen = material["versions"] if material and actor.covers(material) else []
            forms_of = [row["form"] for row in seen if row.get("form") and not row["destroyed"]]
            identifier = forms_of[-1]["schema"] if forms_of else identifier
            if forms_of:
                filled = orjson.loads(originals.read(self.db, forms_of[-1]["sha256"]))
            else:
                filled = begun.document(kinds.schema(identifier), known, begun.given(plan, asked, actor.name), post)
        data = workbook.write(identifier, language, known, filled)
        name = f"{kinds.schema(identifier)['x-label'][language]}.xlsx"
        return http.download(data, files.XLSX, name)

    @route(
        "POST",
        "/kinds/<kind>/check",
        accepts="check_form",
        may="submit",
        upload="optional",
        answers="form_checked",
    )
    def check_form(self, actor: Actor, kind: str, draft: dict[str, str], upload: Upload | None) -> Any:
        """Try a form, as JSON or as a filled-in workbook; nothing is kept."""
        known = kinds.kind(kind) and forms.NOTHING
        if "material_id" in draft:
            _, _, known = self.known(actor, kind, draft["material_id"])
        if draft.get("document", "").strip():
            form: forms.Form | None = forms.check(kind, forms.parse(draft["document"]), known)
        elif upload:
            files.recognise(upload.name, upload.data, ("xlsx",))
            form = handing.read(kind, known, upload.name, upload.data)
        else:
            raise errors.Refusal("file_missing", errors=[{"pointer": "/file", "code": "file_missing"}])
        if form is None:
            raise errors.Refusal(
                "form_not_ours", name=upload.name if upload else "", wanted=kinds.shown(kind)["label"]["zh"]
            )
        return {"schema": form.schema, "document": form.document, "normalised": form.normalised}

    @route("GET", "/materials/<material_id>/versions/<int:version>/form", may="read_material", answers="form_kept")
    def version_form(self, actor: Actor, material_id: str, version: int) -> Any:
        """The form of a version, as it was taken."""
        found = domain.version(sight.read(self.db, actor, store.get(self.db, material_id, actor.scope)), version)
        if not found.get("form"):
            raise errors.Refusal("not_found", id=f"{material_id}.v{version}")
        return {**found["form"], "document": orjson.loads(originals.read(self.db, found["form"]["sha256"]))}

    @route("POST", "/materials/<material_id>/facts", accepts="state_facts", may="state_facts", answers="facts_stated")
    def state_facts(self, actor: Actor, material_id: str, draft: dict[str, Any]) -> Any:
        """State what applies to a person or a team, or does not; its forms then ask for it."""
        plan, kind, post = self.owed(material_id, actor)
        domain.begin(plan, kind, post)  # refuses what the unit does not owe
        store.state_facts(self.db, plan, post, draft["facts"], actor.name, clock.now())
        return {"post": post, "facts": dict(store.known(self.db, plan, post).facts)}

    @on_event("registry", "campaign_opened")
    def on_campaign_opened(self, event: Event) -> None:
        """The campaign's aspects and what it asks of everybody are known."""
        store.remember_campaign(self.db, event)

    @on_event("registry", "campaign_revised")
    def on_campaign_revised(self, event: Event) -> None:
        """Another version is in force for materials that begin from now on."""
        store.remember_campaign(self.db, event)

    def owed(self, material_id: str, actor: Actor) -> tuple[dict[str, Any], str, str]:
        """What a unit owes, the kind and the post of a material within the actor's scope."""
        if not contracts.validator("documents/material_id").is_valid(material_id):
            raise errors.Refusal("not_found", id=material_id)
        campaign, unit, kind, post = material_id.split(".")
        plan = store.plan(self.db, campaign, unit)
        if not actor.covers({**plan, "post": post}):
            raise errors.Refusal("not_found", id=material_id)
        return plan, kind, post

    def known(self, actor: Actor, kind: str, material_id: str) -> tuple[dict[str, Any], str, forms.Known]:
        """What is known for the form of one material of that kind."""
        plan, named, post = self.owed(material_id, actor)
        if named != kind:
            raise errors.Refusal("not_found", id=material_id)
        return plan, post, store.known(self.db, plan, post, store.find(self.db, material_id))
