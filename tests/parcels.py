"""Batches made up for tests: a zip of many small files with its manifest, as a county's office would pack it."""

import io
import zipfile
from collections.abc import Iterable, Mapping
from typing import Any

from services.intake import manifest

HEADS = ("unit", "kind", "post", "file", "note", "secrecy")
Row = tuple[str, ...]


def sheet(rows: Iterable[Row], heads: Iterable[str] = HEADS) -> bytes:
    """A manifest with these rows: unit, kind, post, file and perhaps note and secrecy."""
    names = [(manifest.HEADS[key]["zh"], 20) for key in heads]
    return manifest.table("清单", names, [[*row, "", ""][: len(names)] for row in rows])


def packed(rows: Iterable[Row], files: Mapping[str, bytes], name: str = "manifest.xlsx") -> bytes:
    """The zip of a manifest and files."""
    return zipped({name: sheet(rows), **files})


def zipped(files: Mapping[str, bytes], **how: Any) -> bytes:
    """A zip of files as they are."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", **how) as package:
        for name, data in files.items():
            package.writestr(name, data)
    return out.getvalue()


def text(number: int, size: int = 3000) -> bytes:
    """A small document that no other equals."""
    line = f"第{number}份材料：存在的问题和整改措施，联系实际逐条对照检查。\n"
    return (line * (size // len(line.encode()) + 1)).encode()
