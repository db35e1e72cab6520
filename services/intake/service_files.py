"""The doors of files: evidence, and originals as they came."""

from typing import Any

from eventlet import tpool

from services.intake import domain, files, originals, secrecy, sight, store, watermark
from services.spine import actor as actors
from services.spine import clock, doors, errors, http
from services.spine.actor import Actor
from services.spine.doors import Answer, Upload, route


class FileDoors(doors.Service):
    """Keeps files and gives them out to whoever may see what they belong to."""

    @route("GET", "/materials/<material_id>/versions/<int:version>/file", accepts="download", may="read_material")
    def version_file(self, actor: Actor, material_id: str, version: int, query: dict[str, str]) -> Any:
        """The file of a version, byte for byte; a work secret with a watermark, unless the office compares its hash."""
        material = sight.read(self.db, actor, store.get(self.db, material_id, actor.scope))
        found = domain.version(material, version)
        if "original" in query and "office" not in actor.roles:
            raise errors.Refusal("not_permitted", permission="original")
        as_it_is = "original" in query or material["secrecy"] != secrecy.STRICTEST
        return _given(originals.read(self.db, found["sha256"]), found, None if as_it_is else actor)

    @route("POST", "/files", accepts="attach_file", may="attach_file", upload=True, answers="file")
    def attach_file(self, actor: Actor, draft: dict[str, str], upload: Upload) -> Any:
        """Keep a piece of evidence."""
        plan = store.plan(self.db, draft["campaign"], draft["unit"], actor.scope)
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
        if holder.get("post"):  # a material's; what is evidence has none
            sight.check_concern(self.db, actor, holder)
        marked = holder.get("secrecy") == secrecy.STRICTEST and "service" not in actor.roles
        return _given(originals.read(self.db, sha256), holder, actor if marked else None)


def _given(data: bytes, known_as: dict[str, Any], viewer: Actor | None) -> Answer:
    """A file under the name and kind by which its holder knows it; with a viewer's watermark where it needs one."""
    copy = watermark.Copy(data, known_as["media"], known_as["file_name"])
    if viewer:
        copy = tpool.execute(watermark.marked, *copy, secrecy.line(viewer.name, viewer.id, clock.now()))
    known = {"X_Content_Type_Options": "nosniff", "ETag": f'"{originals.hash_of(copy.data)}"'}
    return http.download(copy.data, copy.media, copy.file_name, **known)
