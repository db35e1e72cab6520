"""The doors of the tree of organisations: looking, bringing in, taking out, renaming, merging, splitting, closing."""

import hashlib
import time
from typing import Any

from eventlet import tpool

from services.registry import organisation_imports, organisation_sheet, organisation_store, organisations
from services.spine import clock, doors, errors, http
from services.spine.actor import Actor
from services.spine.doors import Upload, every, route

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SLICE_SECONDS = 3
MEETING = ("meeting_id", "held_on", "cancelled_on", "items", "materials")


class OrganisationDoors(doors.Service):
    """Keeps the tree of organisations."""

    @route("GET", "/organisations", accepts="find_organisations", may="keep_organisations", answers="organisation_list")
    def find_organisations(self, actor: Actor, query: dict[str, str]) -> Any:
        """The topmost organisations, those below one, or those found by name or code."""
        stems = self._stems(actor)
        return {**organisation_store.listed(self.db, stems, query), "levels": organisation_store.counts(self.db, stems)}

    @route("GET", "/organisations.xlsx", may="keep_organisations")
    def export_organisations(self, actor: Actor, language: str) -> Any:
        """All organisations with their posts as a workbook that can be brought in again unchanged."""
        found = list(organisation_store.everything(self.db, self._stems(actor)))
        return http.download(tpool.execute(organisation_sheet.write, found, language), XLSX, "organisations.xlsx")

    @route("GET", "/organisations/template", may="keep_organisations")
    def organisation_template(self, actor: Actor, language: str) -> Any:
        """The workbook to fill in, empty."""
        return http.download(organisation_sheet.write([], language), XLSX, "organisations-template.xlsx")

    @route("GET", "/organisations/<code>", may="keep_organisations", answers="organisation")
    def organisation(self, actor: Actor, code: str) -> Any:
        """One organisation with its place, posts, meetings and history."""
        found = organisation_store.get(self.db, code, self._stems(actor))
        below, meetings = organisation_store.children(self.db, code), organisation_store.open_meetings(self.db, code)
        beside = {"path": organisation_store.path(self.db, found), "children": len(below)}
        left = [{key: one[key] for key in MEETING} for one in meetings if not organisations.is_over(one)]
        return {**found, **beside, "meetings": left}

    @route(
        "POST", "/organisations/<code>/name", accepts="rename_organisation", may="keep_organisations",
        answers="organisation",
    )  # fmt: skip
    def rename_organisation(self, actor: Actor, code: str, draft: dict[str, str]) -> Any:
        """Another name from a day on; the unit's meetings follow."""
        found, at = organisation_store.get(self.db, code, self._stems(actor)), clock.now()
        changed = organisations.rename(found, draft["name"], draft.get("team", ""), self._entry(actor, draft, at))
        organisation_store.save(self.db, found, changed, at)
        organisation_store.follow(self.db, [changed], at)
        return self.organisation(actor, code)

    @route(
        "POST", "/organisations/<code>/closing", accepts="close_organisation", may="keep_organisations",
        answers="organisation",
    )  # fmt: skip
    def close_organisation(self, actor: Actor, code: str, draft: dict[str, Any]) -> Any:
        """It ends on a day; refused while others stand below it or it has yet to meet, unless that is cancelled."""
        found, at = organisation_store.get(self.db, code, self._stems(actor)), clock.now()
        entry, leave = self._entry(actor, draft, at), draft.get("leave_open", False)
        changed = organisations.close(found, *self._left(code, draft), entry, leave_open=leave)
        if draft.get("cancel_meetings"):
            organisation_store.cancel_meetings(self.db, code, "closed", entry)
        organisation_store.save(self.db, found, changed, at)
        return self.organisation(actor, code)

    @route(
        "POST", "/organisations/<code>/merger", accepts="merge_organisation", may="keep_organisations",
        answers="organisation",
    )  # fmt: skip
    def merge_organisation(self, actor: Actor, code: str, draft: dict[str, Any]) -> Any:
        """It goes into another one, whose people take over what is open; its meetings to be held may be cancelled."""
        stems, at = self._stems(actor), clock.now()
        found = organisation_store.get(self.db, code, stems)
        into = organisation_store.taker(self.db, draft["into"], stems)
        (below, meetings), entry = self._left(code, draft), self._entry(actor, draft, at)
        gone, taken = organisations.merge(found, into, below, meetings, entry)
        if draft.get("cancel_meetings"):
            organisation_store.cancel_meetings(self.db, code, "merged", entry, into["code"])
        organisation_store.save(self.db, into, taken, at)
        said = organisations.merged(gone, [meeting["campaign"] for meeting in meetings])
        organisation_store.save(self.db, found, gone, at, said)
        return self.organisation(actor, code)

    @route(
        "POST", "/organisations/<code>/split", accepts="split_organisation", may="keep_organisations",
        answers="organisation",
    )  # fmt: skip
    def split_organisation(self, actor: Actor, code: str, draft: dict[str, Any]) -> Any:
        """Parts of it become organisations of their own, beside it."""
        found, at = organisation_store.get(self.db, code, self._stems(actor)), clock.now()
        changed, fresh = organisations.split(found, draft["parts"], self._entry(actor, draft, at))
        organisation_store.split_off(self.db, fresh, at)
        organisation_store.save(self.db, found, changed, at)
        return self.organisation(actor, code)

    @route(
        "POST", "/organisation-imports", accepts="open_import", may="keep_organisations", upload=True,
        answers="organisation_import",
    )  # fmt: skip
    def open_import(self, actor: Actor, draft: dict[str, str], upload: Upload, language: str) -> Any:
        """Hand over a table to be looked at; nothing of it is done yet, and all that is wrong is said at once."""
        stems, at, sha256 = self._stems(actor), clock.now(), hashlib.sha256(upload.data).hexdigest()
        tables, unread = tpool.execute(organisation_sheet.read, upload.name, upload.data)
        known = organisation_store.known(self.db)
        stood = f"{len(known)}/{sum(one['revision'] for one in known.values())}"
        units = organisation_store.taking_part(self.db)
        untold = {row["code"] for row in tables.get("posts", ()) if not known.get(row["code"], {}).get("posts")}
        beside = units, organisation_store.stood(self.db, untold - {None}), clock.today()
        lines, counts, faults = tpool.execute(organisation_imports.look, tables, unread, known, stems, *beside)
        facts = {"file_name": upload.name, "sha256": sha256, "by": actor.name, "by_account": actor.id}
        import_id = organisation_imports.named(actor.id, sha256, stood)
        found, kept = organisation_imports.begin(import_id, lines, faults, **facts, counts=counts, opened_at=at)
        added = organisation_store.add_import(self.db, found, kept, at)
        return 201 if added else 200, self._import_shown(actor, import_id, language)

    @route("GET", "/organisation-imports", accepts="page", may="keep_organisations", answers="organisation_import_list")
    def find_imports(self, actor: Actor, query: dict[str, str]) -> Any:
        """The tables this person has handed over."""
        return organisation_store.imports(self.db, actor.id, query)

    @route("GET", "/organisation-imports/<import_id>", may="keep_organisations", answers="organisation_import")
    def organisation_import(self, actor: Actor, import_id: str, language: str) -> Any:
        """An import: what it would change or has changed, how far it has come, and what is wrong with it."""
        return self._import_shown(actor, import_id, language)

    @route(
        "GET", "/organisation-imports/<import_id>/lines", accepts="find_import_lines", may="keep_organisations",
        answers="organisation_line_list",
    )  # fmt: skip
    def organisation_lines(self, actor: Actor, import_id: str, query: dict[str, str]) -> Any:
        """What an import adds or changes, and what the tree has that the table does not."""
        found = organisation_store.get_import(self.db, import_id, actor.id)
        return organisation_store.lines(self.db, found, query["outcome"], query)

    @route(
        "POST", "/organisation-imports/<import_id>/run", accepts="run_organisation_import", may="keep_organisations",
        answers="organisation_import",
    )  # fmt: skip
    def run_import(self, actor: Actor, import_id: str, draft: dict[str, Any], language: str) -> Any:
        """Confirm what the look has shown; confirming again changes nothing."""
        found, at = organisation_store.get_import(self.db, import_id, actor.id), clock.now()
        begun = organisation_imports.run(found, at, end_unnamed=draft.get("end_unnamed", False))
        organisation_store.save_import(self.db, found, begun, at)
        return self._import_shown(actor, import_id, language)

    @every(1)
    def work_imports(self) -> None:
        """Go on with an import for some seconds; killed in the middle, the next stroke goes on where it stopped."""
        claimed, ends = organisation_store.claim(self.db, time.time()), time.monotonic() + SLICE_SECONDS
        while claimed and time.monotonic() < ends:
            worked = organisation_store.apply(self.db, claimed, clock.today(), clock.now())
            if not worked:
                late = organisation_store.overtaken(self.db, claimed["_id"])
                organisation_store.finish(self.db, claimed["_id"], late, clock.now())
                return
            organisation_store.renew(self.db, claimed["_id"], time.time() + organisation_store.LEASE_SECONDS, worked)
        if claimed:
            organisation_store.renew(self.db, claimed["_id"], 0, 0)

    def _import_shown(self, actor: Actor, import_id: str, language: str) -> dict[str, Any]:
        found = organisation_store.get_import(self.db, import_id, actor.id)
        return {**found, "faults": [organisation_imports.told(one, language) for one in found["faults"]]}

    def _entry(self, actor: Actor, draft: dict[str, Any], at: str) -> organisations.Change:
        return organisations.entry(draft["on"], draft["reason"], actor.name, at, clock.today())

    def _left(
        self, code: str, draft: dict[str, Any]
    ) -> tuple[list[organisations.Organisation], list[organisations.Meeting]]:
        meetings = organisation_store.open_meetings(self.db, code)
        if draft.get("cancel_meetings"):
            meetings = organisations.cancelling(meetings, draft["on"])
        return organisation_store.children(self.db, code), meetings

    def _stems(self, actor: Actor) -> list[str]:
        """What the regions of this person's jurisdiction begin with: the campaign's region, or the county's."""
        codes = [grant["campaign"] for grant in actor.grants if grant["scope"]["kind"] == "campaign"]
        regions = [row["region_code"] for row in self.db.campaigns.find({"_id": {"$in": codes}}, {"region_code": 1})]
        regions += [grant["scope"]["of"] for grant in actor.grants if grant["scope"]["kind"] == "region"]
        if not regions:
            raise errors.Refusal("campaign_not_loaded", campaign="、".join(map(str, codes)))
        return sorted({organisations.stem(region) for region in regions})
