"""A zip with many files, as it came: which files are in it under which names, each read by itself.

What must stay true: nothing is ever unpacked to a disk; what the zip says of itself is not believed (a file is read
only up to its limit); a name that would lead out of a folder, a zip within the zip, a password or two files of one name
refuse the whole. Names in UTF-8 and, as Chinese Windows writes them, in GB18030 are both read right.
"""

import io
import re
import unicodedata
import zipfile
import zlib
from typing import IO

from services.spine.errors import Refusal

MOST_FILES = 5000
LARGEST_DIRECTORY = 4 * 2**20
LARGEST_INFLATED = 600 * 2**20
LARGEST_RATIO = 200
LARGEST_FILE = 10 * 2**20
NESTED = (".zip", ".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz")
MANIFESTS = ("manifest.xlsx", "清单.xlsx")
UTF8 = 0x800
ENCRYPTED = 0x1
LINK, KIND_OF_FILE = 0o120000, 0o170000
LITTER = re.compile(r"(^|/)(__MACOSX/|\.DS_Store$|Thumbs\.db$|desktop\.ini$|~\$|\._)", re.I)
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError)


class Parcel:
    """An opened zip: `entries` by their names below the manifest's folder, `files` all of them but the manifest."""

    def __init__(self, name: str, file: IO[bytes]) -> None:
        self.name = name
        _check_directory(name, file)
        try:
            self.package = zipfile.ZipFile(file)
        except BROKEN:
            raise Refusal("file_damaged", name=name) from None
        entries = _entries(name, self.package)
        folder, self.manifest = _manifest(entries)
        self.entries = {one.removeprefix(folder): entry for one, entry in entries.items()}
        self.files = [one for one in self.entries if one != self.manifest]

    def read(self, name: str) -> bytes:
        """The bytes of one file; refuses one that is too large, damaged, or not there."""
        if name not in self.entries:
            raise Refusal("batch_file_missing", name=name)
        try:
            with self.package.open(self.entries[name]) as part:
                data = part.read(LARGEST_FILE + 1)
        except BROKEN:
            raise Refusal("file_damaged", name=name) from None
        if len(data) > LARGEST_FILE:
            raise Refusal("file_too_large", name=name, limit_mb=LARGEST_FILE // 2**20)
        return data


def decoded(entry: zipfile.ZipInfo) -> str:
    """An entry's name as its sender sees it: with / between folders, whatever program wrote it."""
    name = entry.filename
    if not entry.flag_bits & UTF8:
        try:
            raw = name.encode("cp437")
        except UnicodeEncodeError:
            raw = name.encode()
        for encoding in ("utf-8", "gb18030"):
            try:
                name = raw.decode(encoding)
                break
            except UnicodeDecodeError:
                continue
    return unicodedata.normalize("NFC", name).replace("\\", "/")


def _check_directory(name: str, file: IO[bytes]) -> None:
    """Look at the end of the zip before its directory is taken into memory."""
    size = file.seek(0, io.SEEK_END)
    file.seek(max(0, size - 66_000))
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + 22:
        file.seek(0)
        whole = file.read(4) == b"PK\x03\x04"
        raise Refusal("file_damaged" if whole else "batch_not_zip", name=name)
    listed, length = (int.from_bytes(tail[at + start : at + stop], "little") for start, stop in ((10, 12), (12, 16)))
    if listed > MOST_FILES + 100 or length > LARGEST_DIRECTORY or tail[max(0, at - 20) : at][:4] == b"PK\x06\x07":
        raise Refusal("file_bomb", name=name)


def _entries(parcel: str, package: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    found: dict[str, zipfile.ZipInfo] = {}
    listed = package.infolist()
    packed, inflated = (sum(getattr(one, size) for one in listed) for size in ("compress_size", "file_size"))
    length = package.fp.seek(0, io.SEEK_END) if package.fp else 0
    if len(listed) > MOST_FILES or inflated > LARGEST_INFLATED or inflated > LARGEST_RATIO * length or packed > length:
        raise Refusal("file_bomb", name=parcel)
    for entry in listed:
        name = decoded(entry)
        if entry.flag_bits & ENCRYPTED:
            raise Refusal("file_encrypted", name=parcel)
        link = (entry.external_attr >> 16) & KIND_OF_FILE == LINK
        steps = name.rstrip("/").split("/")
        if link or name.startswith("/") or re.match(r"[A-Za-z]:", name) or {"..", ".", ""} & set(steps):
            raise Refusal("batch_name_unsafe", name=_shown(name))
        if not all(sign.isprintable() for sign in name) or len(name) > 240:
            raise Refusal("batch_name_unsafe", name=_shown(name))
        if name.endswith("/") or LITTER.search(name):
            continue
        if name.lower().endswith(NESTED):
            raise Refusal("batch_nested", name=name)
        if name in found:
            raise Refusal("batch_name_twice", name=name)
        found[name] = entry
    return found


def _manifest(entries: dict[str, zipfile.ZipInfo]) -> tuple[str, str]:
    """The folder the manifest lies in (with / at its end, or none) and its name there."""
    found = sorted((name.count("/"), name) for name in entries if name.rpartition("/")[2].lower() in MANIFESTS)
    if not found:
        raise Refusal("batch_manifest_missing", name="、".join(MANIFESTS))
    if len(found) > 1 and found[0][0] == found[1][0]:
        raise Refusal("batch_name_twice", name=f"{found[0][1]}、{found[1][1]}")
    folder, slash, name = found[0][1].rpartition("/")
    return folder + slash, name


def _shown(name: str) -> str:
    return "".join(sign if sign.isprintable() else "?" for sign in name)[:80]
