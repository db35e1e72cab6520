"""A unit's archive package: a zip of all that is filed, with a manifest of hashes and a script that verifies it.

What must stay true: originals are in it byte for byte; the same content makes the same bytes, whoever takes it and
whenever; what its reader may not open is left out and named. One file at a time is in memory; the zip grows on disk.
"""

import hashlib
import re
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Any

import orjson

from services.intake import addenda, domain, filing, kinds

FORMAT = "rectify-archive/1"
MANIFEST, SEAL = "manifest.json", "manifest.sha256"
VERIFIER = Path(__file__).with_name("verify.py")
FIRST_DAY = (1980, 1, 1, 0, 0, 0)
HIDDEN = ("_id", "outbox", "revision")
Read = Callable[[str], bytes]

README = """{campaign} {unit} 归档包
================================

每份材料一个文件夹：生效版本的原件（逐字节保存）、表单、签字页、补正，以及“记录.json”（各版的 SHA-256、签字、签收、
对意见的回应、审阅结论）。manifest.json 列出每个文件的 SHA-256、大小、材料种类、岗位、版次和日期；没有放进来的及原因
也写在里面（left_out）。

核对：安装有 Python 3.8 或更新版本的电脑，不需要联网：

    python verify.py                     核对解压后的文件夹
    python verify.py 归档包.zip          核对没有解压的归档包

它会列出损坏、缺少和多出的文件，并显示清单的 SHA-256；请与系统“归档”页上记录的相比较。

Archive package of {unit} in {campaign}
---------------------------------------

One folder for each material: the original of the version that counts, byte for byte, its form, pages signed on paper,
addenda, and 记录.json (hashes of all versions, signatures, receipts, answers, verdicts). manifest.json names every file
with its SHA-256, size, kind, post, version and dates, and what was left out and why (left_out).

To verify, on any computer with Python 3.8 or newer, offline: `python verify.py` in the extracted folder, or
`python verify.py PACKAGE.zip`. It names what is damaged, missing or added, and shows the manifest's SHA-256 to compare
with the one on the unit's filing page.
"""


class Package:
    """A package while it is written."""

    def __init__(self, file: IO[bytes]) -> None:
        self.zip = zipfile.ZipFile(file, "w", zipfile.ZIP_STORED)
        self.files: list[dict[str, Any]] = []

    def add(self, path: str, data: bytes, **about: Any) -> None:
        """Put a file in and on the manifest."""
        self._write(path, data)
        self.files.append({"path": path, "sha256": _hash(data), "size": len(data), **about})

    def close(self, **about: Any) -> str:
        """Seal it with the manifest; the manifest's hash."""
        manifest = _json({"format": FORMAT, **about, "files": self.files})
        self._write(MANIFEST, manifest)
        self._write(SEAL, f"{_hash(manifest)}  {MANIFEST}\n".encode())
        self.zip.close()
        return _hash(manifest)

    def _write(self, path: str, data: bytes) -> None:
        entry = zipfile.ZipInfo(path, FIRST_DAY)
        entry.external_attr = 0o644 << 16
        entry.create_system = 3
        self.zip.writestr(entry, data)


def write(
    file: IO[bytes],
    plan: filing.Plan,
    materials: Sequence[domain.Material],
    readable: Callable[[domain.Material], bool],
    read: Read,
    **beside: Any,
) -> dict[str, Any]:
    """Write the package; {manifest_sha256, files, left_out}. `beside` are records of other rooms by kind."""
    package, left_out = Package(file), list[dict[str, Any]]()
    places = {key: plan[key] for key in ("campaign", "unit")}
    package.add("README.txt", README.format(**places).encode(), what="readme")
    package.add("verify.py", VERIFIER.read_bytes(), what="verifier")
    for material in sorted(materials, key=lambda one: (filing.code(one["kind"]), one["post"])):
        reason = _reason(material, readable)
        if reason:
            named = {key: material[key] for key in ("material_id", "kind", "post")}
            left_out.append({**named, "reason": reason})
        else:
            _add(package, material, read)
    for kind, records in beside.items():
        package.add(f"{_folder(kind)}/系统登记.json", _json(records), what="record", kind=kind, post="team")
    manifest = package.close(**places, left_out=left_out)
    return {"manifest_sha256": manifest, "files": len(package.files), "left_out": len(left_out)}


def _reason(material: domain.Material, readable: Callable[[domain.Material], bool]) -> str:
    """Why a material is not in the package; nothing when it is."""
    if not readable(material):
        return str(material["secrecy"])
    return "" if material["counted"] else str(material["state"])


def _add(package: Package, material: domain.Material, read: Read) -> None:
    folder = _folder(material["kind"], material["post"])
    version = domain.version(material, material["counted"])
    of = {"kind": material["kind"], "post": material["post"], "version": version["version"]}
    of |= {"material_id": material["_id"], "submitted_at": version["submitted_at"], "counted_at": version["counted_at"]}
    start = f"{folder}/第{version['version']}版"
    package.add(f"{start} {_plain(version['file_name'])}", read(version["sha256"]), what="original", **of)
    if version["form"] and version["form"]["sha256"] != version["sha256"]:
        package.add(f"{start} 表单.json", read(version["form"]["sha256"]), what="form", **of)
    for number, page in enumerate(version["on_paper"], 1):
        name = f"{start} 签字页{number} {_plain(page['file_name'])}"
        package.add(name, read(page["sha256"]), what="signed_page", **of)
    for one in addenda.of(material):
        name, of_it = f"{folder}/补正{one['number']}", {**of, "addendum": one["number"]}
        package.add(f"{name}.json", _json(one), what="addendum", **of_it)
        if one["file"]:
            path = f"{name} {_plain(one['file']['file_name'])}"
            package.add(path, read(one["file"]["sha256"]), what="addendum_file", **of_it)
        for number, page in enumerate(one["on_paper"], 1):
            path = f"{name} 签字页{number} {_plain(page['file_name'])}"
            package.add(path, read(page["sha256"]), what="signed_page", **of_it)
    record = {key: part for key, part in material.items() if key not in HIDDEN}
    package.add(f"{folder}/记录.json", _json(record), what="record", **of)


def _folder(kind: str, post: str = "team") -> str:
    folder = f"{filing.code(kind)} {kinds.shown(kind)['label']['zh']}"
    return folder if post == "team" else f"{folder}/{post}"


def _plain(name: str) -> str:
    """A file's name as every system can write it."""
    return re.sub(r'[<>:"/\\|?*\x00-\x1f]', "_", name)


def _json(content: Any) -> bytes:
    return orjson.dumps(content, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2)


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
