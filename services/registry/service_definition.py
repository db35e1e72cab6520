"""The doors of a campaign's definition: the draft, what it comes to for every unit, versions, folders, copies."""

import time
from typing import Any

from eventlet import tpool

from services.registry import (
    copying,
    definition,
    definition_store,
    differing,
    folder,
    laying,
    lists,
    organisation_store,
    planning,
    posts_store,
    preview_store,
    reloading,
    schedule_store,
    store,
    versions,
)
from services.spine import clock, doors, errors, http
from services.spine.actor import Actor
from services.spine.doors import Package, every, route

SLICE_SECONDS = 2
UNSAID = ("after", "until", "bounds", "by_account", "calendar")
"""What of a work over all units is its own."""


class DefinitionDoors(doors.Service):
    """Edits, previews and publishes what a campaign is."""

    @route("GET", "/campaigns/<code>/draft", may="edit_campaign", answers="draft")
    def draft(self, actor: Actor, code: str) -> Any:
        """The draft of the definition, or the definition in force where there is none."""
        return _drafted(self._own(actor, code), definition_store.draft(self.db, code))

    @route("POST", "/campaigns/<code>/draft", accepts="edit_draft", may="edit_campaign", answers="draft")
    def edit_draft(self, actor: Actor, code: str, draft: dict[str, Any]) -> Any:
        """Write the draft, as whoever has seen its last revision."""
        campaign, before, at = self._own(actor, code), definition_store.draft(self.db, code), clock.now()
        places = definition_store.regions_among(self.db, code, versions.marked(draft["definition"]))
        after = versions.edit(campaign, before, draft, actor.name, actor.id, at, places)
        return _drafted(campaign, definition_store.save_draft(self.db, before, after, at))

    @route("POST", "/campaigns/<code>/draft/end", accepts="end_draft", may="edit_campaign", answers="draft_ended")
    def end_draft(self, actor: Actor, code: str, draft: dict[str, int]) -> Any:
        """Do without the draft; the campaign stays as it is."""
        self._own(actor, code)
        before, at = definition_store.draft(self.db, code), clock.now()
        if before["definition"] is not None:
            versions.check_seen(before, draft["revision"])
            dropped = versions.drop(before, actor.name, actor.id, at)
            before = definition_store.save_draft(self.db, before, dropped, at)
            preview_store.forget(self.db, code)
        return {"campaign": code, "draft_revision": before["revision"]}

    @route("POST", "/campaigns/<code>/preview", accepts="preview_draft", may="edit_campaign", answers="preview")
    def preview_draft(self, actor: Actor, code: str, draft: dict[str, Any]) -> Any:
        """Work out in the background what the draft comes to for every unit."""
        campaign, drafted = self._own(actor, code), definition_store.draft(self.db, code)
        if drafted["definition"] is None:
            raise errors.Refusal("no_draft")
        versions.check_seen(drafted, draft["revision"])
        asked = drafted["revision"], clock.today(), schedule_store.number(self.db)
        return _worked(preview_store.begin(self.db, campaign, *asked, again=draft.get("again", False)))

    @route("GET", "/campaigns/<code>/preview", may="edit_campaign", answers="preview")
    def preview(self, actor: Actor, code: str) -> Any:
        """How far the preview has come, and how many units it concerns."""
        self._own(actor, code)
        return _worked(preview_store.get(self.db, code))

    @route(
        "GET",
        "/campaigns/<code>/preview/units",
        accepts="find_effects",
        may="edit_campaign",
        answers="effect_on_units",
    )
    def effects(self, actor: Actor, code: str, query: dict[str, str]) -> Any:
        """Units that the draft changes, by code, with what moves, comes and goes."""
        self._own(actor, code)
        return preview_store.effects(self.db, preview_store.get(self.db, code), query)

    @route("POST", "/campaigns/<code>/versions", accepts="publish_draft", may="edit_campaign", answers="version_shown")
    def publish_draft(self, actor: Actor, code: str, draft: dict[str, Any]) -> Any:
        """Publish the draft as the next version, with a reason; units that have not met are laid out anew."""
        campaign, at = self._own(actor, code), clock.now()
        if versions.was_published(campaign, draft["revision"], actor.id):
            return _published(definition_store.version(self.db, code, versions.number_of(campaign)))
        drafted = definition_store.draft(self.db, code)
        if drafted["definition"] is not None:
            versions.check_seen(drafted, draft["revision"])
        units = definition_store.units(self.db, code)
        after, facts = versions.publish(campaign, drafted, draft["reason"], units, actor.name, actor.id, at)
        dropped = versions.drop(drafted, actor.name, actor.id, at)
        saved = definition_store.publish(self.db, campaign, after, facts, drafted, dropped, at)
        return 201, _published(definition_store.version(self.db, code, versions.number_of(saved)))

    @route("GET", "/campaigns/<code>/versions", may="read_versions", answers="version_list")
    def all_versions(self, actor: Actor, code: str) -> Any:
        """All versions, the newest first: who, when, why, what changed, how far the units have come."""
        campaign = self._own(actor, code)
        found = definition_store.all_versions(self.db, campaign)
        return {"rows": [_published(row, "definition") for row in found]}

    @route("GET", "/campaigns/<code>/versions/<int:number>", may="read_versions", answers="version_shown")
    def version(self, actor: Actor, code: str, number: int) -> Any:
        """One version, whole."""
        campaign = self._own(actor, code)
        found = definition_store.all_versions(self.db, campaign)
        kept = next((row for row in found if row["version"] == number), None)
        if kept is None:
            raise errors.Refusal("not_found", id=f"{code}.{number}")
        return _published(kept)

    @route("POST", "/campaigns/<code>/copies", accepts="copy_campaign", may="load_campaign", answers="loaded")
    def copy_campaign(self, actor: Actor, code: str, draft: dict[str, str]) -> Any:
        """Copy a campaign as its units are today to a new code, days as far from the first; begun again it goes on."""
        source, at = self._own(actor, code), clock.now()
        if not actor.covers({"campaign": draft["campaign_code"]}):
            raise errors.Refusal("not_granted_there", campaign=draft["campaign_code"])
        lines = definition_store.lines(self.db, code)
        gone = organisation_store.gone(self.db, [one.unit for one in lines])
        staying = [one for one in lines if one.unit not in gone]
        groups = copying.groups(source, [one.places for one in staying])
        above = organisation_store.above(self.db, {one.unit: one.superior for one in staying})
        places = {one.unit: (one.region, above[one.unit]) for one in staying}
        copied = copying.copy(source, groups, draft, places)
        known = self.db.campaigns.find_one({"_id": copied["_id"]})
        if known and (known.get("copied_from"), known["state"]) != (code, "draft"):
            raise errors.Refusal("campaign_exists", campaign=copied["_id"])
        campaign, added = known or store.load_campaign(self.db, copied, at), 0
        calendar = schedule_store.calendar(self.db)
        for meetings in definition_store.in_parts(self.db, code):
            teams = posts_store.kept(self.db, [one["unit"] for one in meetings])
            today = (
                copying.as_of_today(one, teams.get(one["unit"], {}), gone, clock.today())
                for one in meetings
                if one["unit"] not in gone
            )
            units = ({**one, "above": above[one["unit"]]} for one in today)
            planned = [planning.plan(campaign, copying.unit_of(one), one["group"], calendar) for one in units]
            added += store.load_meetings(self.db, campaign, planned, at, calendar)[0]
        counted = {"units": definition_store.units(self.db, copied["_id"]), "groups": len(groups)}
        left = {"total": len(gone), "rows": sorted(gone.values(), key=lambda one: one["unit"])[: reloading.MOST_TOLD]}
        answer = {"campaign_code": copied["_id"], **counted, "added": added, "changed": 0, "left_out": left}
        return 201 if added else 200, answer

    @route("GET", "/campaigns/<code>/folder", may="edit_campaign")
    def export_folder(self, actor: Actor, code: str) -> Any:
        """The campaign as a folder in a zip, loadable again."""
        campaign = self._own(actor, code)
        parts = definition_store.in_parts(self.db, code)
        request = copying.request(campaign, (meeting for part in parts for meeting in part))
        return http.download(tpool.execute(folder.pack, request), folder.ZIP, f"{code}.zip")

    @route("POST", "/campaign-folders", accepts="load_folder", may="load_campaign", answers="loaded", upload="package")
    def load_folder(self, actor: Actor, draft: dict[str, str], upload: Package) -> Any:
        """Load a campaign's folder from a zip; all that is wrong is told at once, by file, row and column."""
        try:
            request = tpool.execute(folder.unpack, upload.file)
        except folder.Faulty as faulty:
            places = [folder.place(fault) for fault in faulty.faults[: folder.MOST_TOLD]]
            raise errors.Refusal("folder_faulty", count=len(faulty.faults), errors=places) from None
        return self.take_in(actor, request, only_look=draft.get("only") == "check")

    def take_in(self, actor: Actor, request: dict[str, Any], *, only_look: bool = False) -> Any:
        """A campaign's folder in one piece is loaded, or looked at; twice it changes nothing. What people changed since
        stands; what else a running campaign would become is drafted."""
        above = organisation_store.above(
            self.db, {unit["unit_code"]: unit.get("superior") for unit in request["units"]}
        )
        units = [{**unit, "above": above[unit["unit_code"]]} for unit in request["units"]]
        request = {**request, "units": units}
        loaded, at = definition.define(request["campaign"], request["units"]), clock.now()
        if not actor.covers(loaded):
            raise errors.Refusal("not_granted_there", campaign=loaded["_id"])
        known = self.db.campaigns.find_one({"_id": loaded["_id"]})
        drafted, calendar = definition_store.draft(self.db, loaded["_id"]), schedule_store.calendar(self.db)
        places = lists.places(request["units"], request["groups"])
        wanted = reloading.wanted(known, request["campaign"], drafted, places) if known else None
        taken = reloading.asked(loaded, request, actor.name, at)
        campaign = definition.redefine(known, loaded) if known else taken
        if not definition.is_running(campaign):
            versions.check(campaign, versions.definition_of(campaign), places)
        folder = store.beside(self.db, known, reloading.planned(campaign, request, calendar))
        told = reloading.told(folder, campaign, wanted)
        if only_look:
            return told
        campaign = store.load_campaign(self.db, {**campaign, "groups": folder.groups}, at)
        added, changed = store.join(self.db, campaign, folder.units, at, calendar)
        definition_store.lay_again(self.db, campaign["_id"], versions.number_of(campaign))
        if wanted:
            after = versions.edit(campaign, drafted, reloading.sent(drafted, wanted), actor.name, actor.id, at, places)
            drafted = drafted if after is drafted else definition_store.save_draft(self.db, drafted, after, at)
            asked = drafted["revision"], clock.today(), schedule_store.number(self.db)
            preview_store.begin(self.db, campaign, *asked)
        return 201 if added else 200, {**told, "added": added, "changed": changed}

    @every(1)
    def work_over_units(self) -> None:
        """Go on with a version or a preview for some seconds; killed in the middle, the next stroke goes on."""
        for campaign in definition_store.laying(self.db):
            definition_store.keep_version(self.db, campaign)
            definition_store.end_if_done(self.db, campaign)
        for name, work in (("versions", laying.lay_out), ("previews", laying.preview)):
            if claimed := definition_store.claim(self.db, name, time.time()):
                work(self.db, claimed, time.monotonic() + SLICE_SECONDS)

    def _own(self, actor: Actor, code: str) -> definition.Campaign:
        return store.campaign(self.db, code, [grant["campaign"] for grant in actor.grants])


def _drafted(campaign: definition.Campaign, draft: versions.Draft) -> dict[str, Any]:
    standing = versions.standing(campaign, draft)
    return {
        "campaign": campaign["campaign_code"],
        "open": draft["definition"] is not None,
        "draft_revision": draft["revision"],
        "version": versions.number_of(campaign),
        "laying": bool(campaign.get("laying")),
        "by": draft["by"],
        "at": draft["at"],
        "differences": differing.differences(versions.definition_of(campaign), standing),
        "definition": standing,
    }


def _worked(work: definition_store.Work) -> dict[str, Any]:
    return {key: value for key, value in work.items() if key not in UNSAID}


def _published(version: versions.Version, *without: str) -> dict[str, Any]:
    return {key: value for key, value in _worked(version).items() if key not in without}
