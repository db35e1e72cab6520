"""What came in at the door for one version: a file, a form, or both, as what is kept of it.

A workbook that was downloaded here and filled in is a file and, read cell by cell, the form. A form that comes alone is
the version's file. Where a group reads, a workbook is only the way the form came.
"""

import hashlib
from collections.abc import Callable
from typing import Any, NamedTuple

from eventlet import tpool

from services.intake import files, forms, kinds, workbook_back
from services.spine import errors
from services.spine.http import Upload

Kept = tuple[bytes, str, str]


class Given(NamedTuple):
    """What is written down of it, the files that are kept (bytes, media, name), what was read as something else."""

    described: dict[str, Any]
    files: list[Kept]
    normalised: list[dict[str, str]]


def look(kind: str, known: Callable[[], forms.Known], document: str, upload: Upload | None) -> Given:
    """Look at a file and a form, each by its own rules; what is known is asked for a form only. Refuses when neither
    came."""
    file = _file(kind, upload) if upload else None
    form = forms.check(kind, forms.parse(document), known()) if document.strip() else None
    if file and not form and file[1] == files.XLSX:
        form = read(kind, known(), file[2], file[0])
        if form is None and "xlsx" not in kinds.kind(kind).endings:
            raise _unknown(kind, file[2])
        file = file if form is None or not kinds.kind(kind).read else None
    kept = [one for one in (file, form and (form.data, forms.MEDIA, forms.file_name(form))) if one]
    if not kept:
        raise errors.Refusal("file_missing", errors=[{"pointer": "/file", "code": "file_missing"}])
    data, media, name = kept[0]
    named = {"sha256": _hash(form.data), "schema": form.schema} if form else None
    described = {"sha256": _hash(data), "size": len(data), "media": media, "file_name": name, "form": named}
    return Given(described, kept, form.normalised if form else [])


def read(kind: str, known: forms.Known, name: str, data: bytes) -> forms.Form | None:
    """The form in a workbook; None when it is a workbook of somebody's own."""
    found = tpool.execute(workbook_back.read, name, data, kind)
    return forms.check(kind, found[0], known, found[1]) if found else None


def _file(kind: str, upload: Upload) -> Kept:
    known = kinds.kind(kind)
    if len(upload.data) > known.largest_mb * 2**20:
        raise errors.Refusal("file_too_large", limit_mb=known.largest_mb, name=upload.name)
    accepted = known.endings if "xlsx" in known.endings else (*known.endings, "xlsx")
    if not upload.name.lower().endswith(".xlsx"):
        accepted = known.endings
    return upload.data, files.recognise(upload.name, upload.data, accepted), upload.name


def _unknown(kind: str, name: str) -> errors.Refusal:
    accepted = "、".join(f".{one}" for one in kinds.kind(kind).endings)
    return errors.Refusal("file_kind_unknown", name=name, accepted=accepted)


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
