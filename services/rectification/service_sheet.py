"""The doors of the ledger as a sheet: out as the official Excel, in as whatever a unit keeps, looked at before."""

import hashlib
import time
from collections.abc import Iterator
from typing import Any

from eventlet import tpool

from services.rectification import (
    domain,
    findings,
    imports,
    imports_store,
    sheet,
    sheet_lines,
    sheet_marked,
    sheet_reading,
    store,
)
from services.rectification.service_candidates import hand_of
from services.spine import clock, doors, errors, http
from services.spine.actor import Actor
from services.spine.doors import Answer, Upload, every, route

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SLICE_SECONDS = 3


class SheetDoors(doors.Service):
    """Gives the ledger out as a sheet and takes sheets in."""

    @route("GET", "/ledger.xlsx", accepts="find_items", may="read_item")
    def ledger_sheet(self, actor: Actor, query: dict[str, str], language: str) -> Any:
        """The ledger as the official Excel, under the filters of the list."""
        return self._sheet(actor, query, {}, language)

    @route("POST", "/ledger.xlsx", accepts="export_ledger", may="read_item")
    def named_ledger_sheet(self, actor: Actor, draft: dict[str, Any], language: str) -> Any:
        """The same with the units' names in it, as whoever asks knows them."""
        names = draft.get("names", {})
        return self._sheet(actor, {key: text for key, text in draft.items() if key != "names"}, names, language)

    @route(
        "POST", "/ledger-imports", accepts="open_ledger_import", may="import_ledger", upload=True,
        answers="ledger_import",
    )  # fmt: skip
    def open_ledger_import(self, actor: Actor, draft: dict[str, str], upload: Upload, language: str) -> Any:
        """Hand over a unit's ledger to be looked at; nothing of it is written yet."""
        campaign, unit, hand = draft["campaign"], draft["unit"], hand_of(actor)
        own = self._own(actor, campaign, unit)
        stands = imports_store.ground(self.db, campaign, unit, draft.get("unit_name", ""), hand, own=own)
        sha256 = hashlib.sha256(upload.data).hexdigest()
        import_id = imports.named(actor.id, f"{campaign}.{unit}", sha256, stands.items)
        tables = tpool.execute(sheet_reading.read, upload.name, upload.data)
        lines, notes = tpool.execute(imports.look, import_id, tables, stands)
        facts: dict[str, Any] = {
            "campaign": campaign,
            "unit": unit,
            "unit_name": stands.unit_name,
            "file_name": upload.name,
        }
        facts |= {"sha256": sha256, "by": actor.name, "by_account": actor.id, "own": own, "opened_at": hand.at}
        found, kept = imports.begin(import_id, lines, notes, **facts, items=len(stands.items))
        added = imports_store.add(self.db, found, kept, upload.data, hand.at)
        return 201 if added else 200, self._told(actor, import_id, language)

    @route("GET", "/ledger-imports", accepts="find_ledger_imports", may="import_ledger", answers="ledger_import_list")
    def ledger_imports(self, actor: Actor, query: dict[str, str]) -> Any:
        """The ledgers this person has handed over."""
        return imports_store.listed(self.db, actor.id, query)

    @route("GET", "/ledger-imports/<import_id>", may="import_ledger", answers="ledger_import")
    def ledger_import(self, actor: Actor, import_id: str, language: str) -> Any:
        """An import: what it would change or has changed, and how much of it waits for a word."""
        return self._told(actor, import_id, language)

    @route(
        "GET", "/ledger-imports/<import_id>/lines", accepts="find_ledger_lines", may="import_ledger",
        answers="ledger_line_list",
    )  # fmt: skip
    def ledger_lines(self, actor: Actor, import_id: str, query: dict[str, str], language: str) -> Any:
        """What each row would change, cell by cell, and what about it is not clear."""
        found = imports_store.get(self.db, import_id, actor.id)
        page = imports_store.lines(self.db, found["_id"], query)
        return {**page, "rows": [_line(line, language) for line in page["rows"]]}

    @route(
        "POST", "/ledger-imports/<import_id>/decisions", accepts="decide_ledger_lines", may="import_ledger",
        answers="ledger_import",
    )  # fmt: skip
    def decide_ledger_lines(self, actor: Actor, import_id: str, draft: dict[str, Any], language: str) -> Any:
        """Accept or reject what is proposed, by cell, or all that waits still."""
        found, hand = imports_store.get(self.db, import_id, actor.id), hand_of(actor)
        if found["state"] != "checked":
            raise errors.Refusal("ledger_confirmed", stands=found["state"])
        stands = imports_store.ground(
            self.db, found["campaign"], found["unit"], found["unit_name"], hand, own=found["own"]
        )
        lines = imports_store.every_line(self.db, import_id)
        changed = imports.decide(lines, draft.get("decisions", []), draft.get("rest"), draft.get("category"))
        items = {item["item_id"]: item for item in stands.items}
        settled = [sheet_lines.settle(line, items.get(line["item_id"]), stands) for line in changed]
        imports_store.save_lines(self.db, settled)
        counts = imports.counted({line["number"]: line for line in [*lines, *settled]}.values())
        imports_store.save(self.db, found, {**found, "counts": counts, "decided_at": hand.at}, hand.at)
        return self._told(actor, import_id, language)

    @route(
        "POST", "/ledger-imports/<import_id>/run", accepts="run_import", may="import_ledger", answers="ledger_import"
    )
    def run_ledger_import(self, actor: Actor, import_id: str, draft: dict[str, Any], language: str) -> Any:
        """Confirm what the look has shown; confirming again changes nothing."""
        found, at = imports_store.get(self.db, import_id, actor.id), clock.now()
        own = self._own(actor, found["campaign"], found["unit"])
        counts = imports.counted(imports_store.every_line(self.db, import_id))
        imports_store.save(self.db, found, imports.run(found, counts, at, own=own), at)
        return self._told(actor, import_id, language)

    @route("GET", "/ledger-imports/<import_id>/marked", may="import_ledger")
    def marked_ledger(self, actor: Actor, import_id: str, language: str) -> Any:
        """The file that was handed over with what is not clear marked in its cells."""
        found = imports_store.get(self.db, import_id, actor.id)
        lines, data = imports_store.every_line(self.db, import_id), imports_store.file(self.db, import_id)
        made = tpool.execute(sheet_marked.write, found["file_name"], data, lines, language)
        return http.download(made, XLSX, f"{found['file_name'].rpartition('.')[0]}-marked.xlsx")

    @every(1)
    def work_ledger_imports(self) -> None:
        """Go on with an import for some seconds; killed in the middle, the next stroke goes on where it stopped."""
        claimed, ends = imports_store.claim(self.db, time.time()), time.monotonic() + SLICE_SECONDS
        if claimed is None:
            return
        hand = domain.Hand(claimed["by_account"], claimed["by"], clock.now(), clock.today())
        stands, worked, reached = imports_store.standing(self.db, claimed, hand), 0, claimed.get("reached", 0)
        for line in imports_store.pending(self.db, claimed):
            imports_store.work(self.db, stands, line)
            worked, reached = worked + 1, line["number"] + 1
            if time.monotonic() > ends:
                break
        imports_store.renew(self.db, claimed, 0, worked, reached)
        if not worked:
            imports_store.finish(self.db, claimed["_id"], hand.at)

    def _own(self, actor: Actor, campaign: str, unit: str) -> bool:
        """Whether whoever hands a sheet in may change what is there already; refuses units that are out of reach."""
        plan = store.plan(self.db, campaign, unit)
        if not actor.covers(plan):
            raise errors.Refusal("not_found", id=unit)
        return actor.may("revise_item", plan) and actor.may("progress_item", plan)

    def _told(self, actor: Actor, import_id: str, language: str) -> dict[str, Any]:
        found = imports_store.get(self.db, import_id, actor.id)
        return {**found, "notes": [findings.told(one, language) for one in found["notes"]]}

    def _sheet(self, actor: Actor, query: dict[str, Any], names: dict[str, str], language: str) -> Answer:
        unit, on = query.get("unit", ""), clock.today()
        title = names.get(unit, unit)
        top = {"title": title, "unit": title, "by": actor.name, "on": on}
        stream, aspects = sheet.opened(language, top), self._aspects(actor)
        found = imports_store.pages(self.db, actor.units, query, on)

        def pieces() -> Iterator[bytes]:
            yield stream.head()
            for page in found:
                yield tpool.execute(stream.rows, (sheet.line(item, language, names, aspects) for item in page))
            yield stream.end()

        return http.download(pieces(), XLSX, f"ledger-{on}.xlsx")

    def _aspects(self, actor: Actor) -> dict[str, str]:
        found: dict[str, str] = {}
        for campaign in sorted({str(grant["campaign"]) for grant in actor.grants}):
            found |= imports_store.aspects(self.db, campaign)
        return found


def _line(line: sheet_lines.Line, language: str) -> dict[str, Any]:
    keys = ("number", "sheet", "row", "problem", "item_id", "item_number", "outcome", "done", "overtaken")
    refused = line.get("refused")
    said = errors.text(refused["code"], language, refused["params"]) if refused else ""
    told = [findings.told(one, language) for one in line["findings"]]
    changes = [{**one, "title": findings.titled(one["column"], language)} for one in line["changes"]]
    return {**{key: line[key] for key in keys}, "changes": changes, "findings": told, "refused": said}
