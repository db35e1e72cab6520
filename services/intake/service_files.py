"""The doors of files: evidence, and originals as they came."""

from typing import Any
from urllib.parse import quote

from services.intake import domain, files, originals, sight, store
from services.spine import actor as actors
from services.spine import doors, errors
from services.spine.actor import Actor
from services.spine.doors import Answer, Upload, route


class FileDoors(doors.Service):
    """Keeps files and gives them out to whoever may see what they belong to."""

    @route("GET", "/materials/<material_id>/versions/<int:version>/file", may="read_material")
    def version_file(self, actor: Actor, material_id: str, version: int) -> Any:
        """The original of a version, byte for byte."""
        found = domain.version(sight.seen(actor, store.get(self.db, material_id, actor.scope)), version)
        return _download(originals.read(self.db, found["sha256"]), found)

    @route("POST", "/files", accepts="attach_file", may="attach_file", upload=True, answers="file")
    def attach_file(self, actor: Actor, draft: dict[str, str], upload: Upload) -> Any:
        """Keep a piece of evidence."""
        plan = store.plan(self.db, draft["campaign"], draft["unit"])
        if not actor.covers(plan):
            raise errors.Refusal("not_found", id=draft["unit"])
        media = files.recognise(upload.name, upload.data, files.EVIDENCE)
        sha256 = originals.keep(self.db, upload.data, media, upload.name, plan)
        kept = {"sha256": sha256, "size": len(upload.data), "media": media, "file_name": upload.name}
        return 201, {**kept, "receipt": actors.vouch({**draft, **kept})}

    @route("GET", "/files/<sha256>", may="read_file")
    def file(self, actor: Actor, sha256: str) -> Any:
        """A file by its hash, for whoever may see what it belongs to."""
        holders = originals.about(self.db, sha256)["holders"]
        holder = next((holder for holder in holders if actor.covers(holder)), None)
        if holder is None:
            raise errors.Refusal("not_found", id=sha256)
        return _download(originals.read(self.db, sha256), {**holder, "sha256": sha256})


def _download(data: bytes, known_as: dict[str, Any]) -> Answer:
    """A file's bytes under the name and kind by which its holder knows it."""
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(known_as['file_name'])}",
        "X-Content-Type-Options": "nosniff",
        "ETag": f'"{known_as["sha256"]}"',
    }
    return Answer(data, known_as["media"], headers)
