"""Verifies an archive package offline. 离线核对归档包。

    python verify.py [folder or package.zip 文件夹或归档包] [SHA-256 of the manifest 清单的 SHA-256]

Every file must be there with the hash that manifest.json names, and no other file. Python 3.8 or newer, nothing else.
Ends with 0 when all is as it was, with 1 when something is damaged, missing or added, with 2 when there is no package.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import unicodedata
import zipfile
from typing import IO, Any

MANIFEST, SEAL = "manifest.json", "manifest.sha256"
OWN = (MANIFEST, SEAL)
OF_SYSTEMS = (".DS_Store", "Thumbs.db", "desktop.ini")


class Folder:
    """An extracted package."""

    def __init__(self, place: str) -> None:
        self.names: dict[str, str] = {}
        for folder, inner, files in os.walk(place):
            inner[:] = [one for one in inner if one not in ("__pycache__", "__MACOSX")]
            for name in files:
                path = os.path.join(folder, name)
                self.names[_same(os.path.relpath(path, place).replace(os.sep, "/"))] = path

    def open(self, name: str) -> IO[bytes]:
        """One file of it."""
        return open(self.names[name], "rb")  # noqa: SIM115


class Zip:
    """A package as it was downloaded."""

    def __init__(self, place: str) -> None:
        self.zip = zipfile.ZipFile(place)
        self.names = {_same(one): one for one in self.zip.namelist() if not one.endswith("/")}

    def open(self, name: str) -> IO[bytes]:
        """One file of it."""
        return self.zip.open(self.names[name])


def verify(package: Any, expected: str = "") -> list[str]:
    """What is not as it was, a line each."""
    manifest = package.open(MANIFEST).read()
    seal = hashlib.sha256(manifest).hexdigest()
    told: list[str] = []
    print("清单 SHA-256 of the manifest: " + seal)
    if (SEAL in package.names and package.open(SEAL).read(64).decode("ascii", "replace") != seal) or (
        expected and expected.lower() != seal
    ):
        told.append("损坏 damaged: " + MANIFEST)
    elif SEAL not in package.names:
        told.append("缺少 missing: " + SEAL)
    files = {_same(one["path"]): one for one in json.loads(manifest.decode("utf-8"))["files"]}
    for name, one in sorted(files.items()):
        if name not in package.names:
            told.append("缺少 missing: " + name)
        elif _differs(package, name, one):
            told.append("损坏 damaged: " + name)
    for name in sorted(package.names):
        if name not in files and name not in OWN and name.rsplit("/", 1)[-1] not in OF_SYSTEMS:
            told.append("多出 added: " + name)
    print(f"核对 {len(files)} 个文件 files checked")
    return told


def _differs(package: Any, name: str, one: dict[str, Any]) -> bool:
    seen, size = hashlib.sha256(), 0
    try:
        with package.open(name) as file:
            for piece in iter(lambda: file.read(1 << 20), b""):
                seen.update(piece)
                size += len(piece)
    except (zipfile.BadZipFile, OSError, EOFError):
        return True
    return bool(size != one["size"] or seen.hexdigest() != one["sha256"])


def _same(name: str) -> str:
    """Some systems write the same name in other signs."""
    return unicodedata.normalize("NFC", name)


def main(words: list[str]) -> int:
    """Verify what was named, or the folder this script lies in."""
    place = words[0] if words else os.path.dirname(os.path.abspath(__file__))
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        package: Any = Folder(place) if os.path.isdir(place) else Zip(place)
        told = verify(package, words[1] if len(words) > 1 else "")
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as reason:
        print(f"不是完整的归档包 not a whole package: {reason}")
        return 2
    for line in told:
        print(line)
    print(f"不符 {len(told)} 处 found not as it was" if told else "全部一致 all is as it was")
    return 1 if told else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
