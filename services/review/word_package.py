"""Word's package, distrusted: a .docx is a zip of XML, and every part of it may lie.

How many parts, how large they say they are and how large they turn out while inflating; macros, document types and
entities are refused. Nothing is fetched.
"""

import io
import zipfile
from typing import Any

from lxml import etree

from services.spine import errors

ENTRIES, PART, TOTAL, RATIO = 2_000, 16 << 20, 96 << 20, 150


def looks_like(data: bytes) -> bool:
    """Whether a zip holds a Word document (asked before anything is inflated)."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            names = set(package.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise errors.Refusal("file_damaged") from None
    return "[Content_Types].xml" in names and any(name.startswith("word/") for name in names)


def distrust(package: zipfile.ZipFile) -> None:
    """Refuse a package for what its directory says, before any of it is inflated."""
    entries = package.infolist()
    if len(entries) > ENTRIES or sum(entry.file_size for entry in entries) > TOTAL:
        raise errors.Refusal("file_bomb")
    for entry in entries:
        lowered = entry.filename.lower()
        if entry.file_size > 1 << 20 and entry.file_size > RATIO * max(1, entry.compress_size):
            raise errors.Refusal("file_bomb")
        if lowered.endswith(".xml") and entry.file_size > PART:
            raise errors.Refusal("file_bomb")
        if lowered.endswith(("vbaproject.bin", "vbadata.xml")) or "/activex/" in lowered:
            raise errors.Refusal("file_macros")
        if entry.flag_bits & 1:
            raise errors.Refusal("file_encrypted")
    if b"macroenabled" in inflate(package, "[Content_Types].xml").lower():
        raise errors.Refusal("file_macros")


def inflate(package: zipfile.ZipFile, name: str) -> bytes:
    """A part, counted while it inflates."""
    parts, size = [], 0
    with package.open(name) as part:
        while chunk := part.read(1 << 16):
            size += len(chunk)
            if size > PART:
                raise errors.Refusal("file_bomb")
            parts.append(chunk)
    return b"".join(parts)


def parse(package: zipfile.ZipFile, name: str) -> Any:
    """A part as XML without entities or document type; comments and instructions part no words."""
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        huge_tree=False,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )
    root = etree.fromstring(inflate(package, name), parser)
    if root.getroottree().docinfo.internalDTD is not None:
        raise errors.Refusal("file_unsafe")
    return root
