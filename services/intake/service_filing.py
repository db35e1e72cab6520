"""The doors of filing: what of a unit's file is there, which units miss what, and the archive package."""

import tempfile
from collections.abc import Iterator
from typing import IO, Any

from services.intake import archive, filing, filing_store, originals, store, talks_store
from services.spine import clock, doors, http
from services.spine.actor import Actor
from services.spine.doors import on_event, route
from services.spine.events import Event

IN_MEMORY, PIECE = 8 * 2**20, 64 * 2**10


class FilingDoors(doors.Service):
    """After the meeting all of it is filed."""

    @route("GET", "/units/<unit>/filing", accepts="find_filing", may="read_filing", answers="filing")
    def filing(self, actor: Actor, unit: str, query: dict[str, str]) -> Any:
        """What of a unit's whole file is there, the filing list of it, and who took the package."""
        plan = store.plan(self.db, query["campaign"], unit, actor.units)
        materials = filing_store.materials(self.db, plan)
        rows, lines = filing.rows(plan, materials, actor.covers), filing_store.whole(self.db, plan, materials)
        known = {"missing": filing.missing(lines), "exports": filing_store.exports(self.db, plan)}
        document = filing.document(rows, actor.name, clock.today())
        places = {key: plan[key] for key in ("campaign", "unit")}
        return {**places, "lines": lines, "rows": rows, **known, "document": document}

    @route("GET", "/filings", accepts="find_filings", may="find_filings", answers="filing_unit_list")
    def filings(self, actor: Actor, query: dict[str, str]) -> Any:
        """Units with what of their files is missing, those that miss most first."""
        return filing_store.listed(self.db, actor.scope, query)

    @route("GET", "/units/<unit>/archive", accepts="find_filing", may="export_archive")
    def archive(self, actor: Actor, unit: str, query: dict[str, str]) -> Any:
        """A unit's archive package; who took it and when is kept."""
        plan = store.plan(self.db, query["campaign"], unit, actor.units)
        materials = filing_store.materials(self.db, plan)
        file = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  (open until its last piece has gone)
        beside = {
            "study_record": filing_store.studies(self.db, plan),
            "talk_record": talks_store.book(self.db, plan)[1]["counts"],
        }
        written = archive.write(file, plan, materials, actor.covers, self._original, **beside)
        size = file.tell()
        who = {"by": actor.name, "by_account": actor.id, "at": clock.now()}
        export = {**{key: plan[key] for key in ("campaign", "unit")}, **who, **written, "size": size}
        filing_store.remember_export(self.db, export)
        known = {"Content_Length": str(size), "ETag": f'"{written["manifest_sha256"]}"'}
        return http.download(_pieces(file), "application/zip", f"归档包-{unit}.zip", **known)

    def _original(self, sha256: str) -> bytes:
        return originals.read(self.db, sha256)

    @on_event("review", "supervision_commented")
    def on_supervision_commented(self, event: Event) -> None:
        """The group has commented on the meeting: that part of the file is there."""
        filing_store.remember_comment(self.db, event)


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        file.seek(0)
        yield from iter(lambda: file.read(PIECE), b"")
