"""The doors of batches: the manifest to fill in, a zip looked at, confirmed, worked off, and told line by line."""

import time
import uuid
from typing import IO, Any

from eventlet import tpool

from services.intake import batch_result, batches, batches_store, files, manifest, store, working
from services.intake.parcel import Parcel
from services.spine import actor as actors
from services.spine import clock, doors, errors, http
from services.spine.actor import Actor
from services.spine.doors import Answer, Package, every, route

SLICE_SECONDS = 3


class BatchDoors(doors.Service):
    """Takes many materials in at once."""

    @route("GET", "/batches/template", accepts="find_batch_template", may="submit_batch")
    def batch_template(self, actor: Actor, query: dict[str, str], language: str) -> Any:
        """The manifest to fill in, a line for each material the units in scope owe."""
        return self._template(actor, query, {}, language)

    @route("POST", "/batches/template", accepts="name_batch_template", may="submit_batch")
    def named_batch_template(self, actor: Actor, draft: dict[str, Any], language: str) -> Any:
        """The same with the units' names in it, as whoever asks knows them."""
        return self._template(actor, draft, draft.get("names", {}), language)

    @route("POST", "/batches", accepts="open_batch", may="submit_batch", upload="package", answers="batch")
    def open_batch(self, actor: Actor, draft: dict[str, str], upload: Package, language: str) -> Any:
        """Hand over a zip with its manifest to be looked at; nothing of it is a version yet."""
        campaign, at = draft["campaign"], clock.now()
        if not batches_store.plans(self.db, actors.both(actor.scope, {"campaign": campaign}), most=1):
            raise errors.Refusal("not_found", id=campaign)
        sha256, lines, blank, spare = tpool.execute(_opened, upload.name, upload.file)
        batch_id, parcel = batches.named(campaign, actor.id, sha256), f"{at}.{uuid.uuid4().hex}"
        facts = {"campaign": campaign, "by": actor.name, "by_account": actor.id, "opened_at": at, "blank": blank}
        facts |= {"file_name": upload.name, "size": upload.size, "sha256": sha256, "parcel": parcel, "spare": spare}
        batch, rows = batches.begin(batch_id, self._within(actor, campaign, lines), **facts)
        batches_store.keep_parcel(self.db, parcel, upload.name, upload.file)
        added = batches_store.add(self.db, batch, rows, at)
        if not added:
            batches_store.drop(self.db, parcel)
        return 201 if added else 200, self._batch_shown(batches_store.get(self.db, batch_id, actor.id), language)

    @route("GET", "/batches", accepts="find_batches", may="submit_batch", answers="batch_list")
    def my_batches(self, actor: Actor, query: dict[str, str], language: str) -> Any:
        """The batches this person has handed over."""
        found = batches_store.listed(self.db, actor.id, query)
        return {**found, "rows": [self._batch_shown(row, language) for row in found["rows"]]}

    @route("GET", "/batches/<batch_id>", may="submit_batch", answers="batch")
    def batch(self, actor: Actor, batch_id: str, language: str) -> Any:
        """A batch: how far it has come, what its lines came to, files without a line."""
        return self._batch_shown(batches_store.get(self.db, batch_id, actor.id), language)

    @route(
        "GET", "/batches/<batch_id>/lines", accepts="find_batch_lines", may="submit_batch", answers="batch_line_list"
    )
    def batch_lines(self, actor: Actor, batch_id: str, query: dict[str, str], language: str) -> Any:
        """Lines of a batch with what each will come to, or came to."""
        batches_store.get(self.db, batch_id, actor.id)
        found = batches_store.lines(self.db, batch_id, query)
        return {**found, "rows": [_line(row, language) for row in found["rows"]]}

    @route("POST", "/batches/<batch_id>/run", accepts="run_batch", may="submit_batch", answers="batch")
    def run_batch(self, actor: Actor, batch_id: str, draft: dict[str, Any], language: str) -> Any:
        """Confirm: the lines that may come in are taken in, one after another; confirming again changes nothing."""
        batch = batches_store.get(self.db, batch_id, actor.id)
        running = batches.run(batch, actor.name, clock.now())
        for unit in batches_store.units(self.db, batch_id) if running is not batch else ():
            if not actor.covers(store.plan(self.db, batch["campaign"], unit)):
                refusal = batches.refused(errors.Refusal("not_found", id=unit))
                batches_store.refuse_unit(self.db, batch_id, unit, refusal)
        return self._batch_shown(batches_store.save(self.db, batch, running, clock.now()), language)

    @route("POST", "/batches/<batch_id>/end", accepts="end_batch", may="submit_batch", answers="batch")
    def end_batch(self, actor: Actor, batch_id: str, draft: dict[str, Any], language: str) -> Any:
        """Do without the rest of a batch; what was taken in stays, the zip goes."""
        batch = batches_store.get(self.db, batch_id, actor.id)
        return self._batch_shown(
            batches_store.save(self.db, batch, batches.end(batch, clock.now()), clock.now()), language
        )

    @route("GET", "/batches/<batch_id>/result", may="submit_batch")
    def batch_result(self, actor: Actor, batch_id: str, language: str) -> Any:
        """The result as a workbook, a row for each line of the manifest."""
        batch = batches_store.get(self.db, batch_id, actor.id)
        data = batch_result.write(batches_store.all_lines(self.db, batch_id), language)
        return http.download(data, files.XLSX, f"{batch['file_name'].removesuffix('.zip')}-result.xlsx")

    @every(1)
    def work_batches(self) -> None:
        """Go on with a batch for some seconds; killed in the middle, the next stroke goes on where it stopped."""
        at = clock.now()
        for batch in batches_store.forgotten(self.db, at):
            batches_store.save(self.db, batch, batches.end(batch, at), at)
        if claimed := batches_store.claim(self.db, time.time()):
            working.work(self.db, claimed, time.monotonic() + SLICE_SECONDS)
            batches_store.release(self.db, claimed["_id"])

    def _within(self, actor: Actor, campaign: str, lines: list[batches.Line]) -> list[batches.Line]:
        """Lines about what lies outside this person's scope are refused."""
        units = {line["unit"] for line in lines}
        known = batches_store.plans(self.db, {"campaign": campaign, "unit": {"$in": sorted(units)}})
        covered = {plan["unit"] for plan in known if actor.covers(plan)}
        for line in lines:
            if line["unit"] not in covered and not line["refusal"]:
                line["refusal"] = batches.refused(errors.Refusal("not_found", id=line["unit"]))["refusal"]
        return lines

    def _template(self, actor: Actor, asked: dict[str, Any], names: dict[str, str], language: str) -> Answer:
        places: dict[str, Any] = {key: asked[key] for key in ("campaign", "region", "unit", "group") if key in asked}
        plans = batches_store.plans(self.db, actors.both(actor.scope, places))
        return http.download(manifest.write(plans, names, language), files.XLSX, "manifest.xlsx")

    def _batch_shown(self, batch: batches.Batch, language: str) -> dict[str, Any]:
        hidden = ("parcel", "until", "stumbles", "by_account", "_id", "revision", "outbox")
        shown = {key: value for key, value in batch.items() if key not in hidden}
        return {**shown, **batches_store.counts(self.db, batch), "refusal": batches.told(batch["refusal"], language)}


def _opened(name: str, file: IO[bytes]) -> tuple[str, list[batches.Line], int, list[str]]:
    """The zip's hash, its manifest's lines, how many lines name no file, and the files that no line names."""
    parcel = Parcel(name, file)
    files.check_unmarked(*parcel.files)
    lines, blank = manifest.read(parcel.manifest, parcel.read(parcel.manifest))
    named = {line["file"] for line in lines}
    return batches_store.hash_of(file), lines, blank, [one for one in parcel.files if one not in named]


def _line(line: batches.Line, language: str) -> dict[str, Any]:
    hidden = ("_id", "batch")
    shown = {key: value for key, value in line.items() if key not in hidden}
    return {**shown, "refusal": batches.told(line["refusal"], language)}
