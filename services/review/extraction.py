"""Extraction: the text of what a unit handed in, as numbered paragraphs, and nothing else of it.

Content decides what a file is, never its name. A file is hostile until read: `extract_safely` opens it in a process
of its own that has little memory, little time, no network and none of our secrets, and is killed with its children
when it lingers.

    {"media": "text/plain", "paragraphs": [{"n": 1, "text": "一、存在的主要问题", "heading": 1, "table": False}]}
"""

import contextlib
import ctypes
import json
import os
import re
import resource
import signal
import subprocess
import sys
import zlib
from pathlib import Path
from typing import Any

from services.spine import errors

from . import pdf, plain, sealing, word, word_package

ROOT = Path(__file__).resolve().parents[2]
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ACCEPTED = ".docx .pdf .txt .md"
PARAGRAPHS, CHARACTERS = 5_000, 200_000
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
APART = re.compile(r"(?<=\d) (?=[月日])|(?<=\d{4}) (?=年)|(?<=[年月]) (?=\d)")  # a date that was set with blanks in it
NAMES = {".docx": "word", ".pdf": "pdf", ".txt": "text", ".md": "text", ".markdown": "text"}
CALLED = {
    "word": "Word (.docx)",
    "pdf": "PDF",
    "text": "纯文本 (text)",
    "html": "网页 (HTML)",
    "rtf": "RTF",
    "zip": "ZIP",
}


def extract(data: bytes, file_name: str) -> dict[str, Any]:
    """The media type and paragraphs of a file; raises Refusal with the reason it cannot be read."""
    kind = recognise(data, file_name)
    try:
        if kind == "word":
            media, paragraphs = DOCX, word.read(data)
        elif kind == "pdf":
            media, paragraphs = "application/pdf", pdf.read(data)
        else:
            media, paragraphs = plain.read(data, file_name)
    except errors.Refusal as refusal:
        raise errors.Refusal(refusal.code, **{"name": file_name, **refusal.params}) from None
    except (MemoryError, RecursionError):
        raise errors.Refusal("file_too_complex", name=file_name) from None
    except Exception as accident:  # noqa: BLE001  (the readers meet hostile files: whatever breaks in them is the file's fault)
        code = "file_too_complex" if _starved(accident) else "file_damaged"
        raise errors.Refusal(code, name=file_name) from accident
    if not paragraphs:
        raise errors.Refusal("file_empty", name=file_name)
    if len(paragraphs) > PARAGRAPHS or sum(len(each["text"]) for each in paragraphs) > CHARACTERS:
        raise errors.Refusal("file_too_complex", name=file_name)
    told = [{"n": n, **each, "text": APART.sub("", each["text"])} for n, each in enumerate(paragraphs, 1)]
    return {"media": media, "paragraphs": told}


def _starved(accident: Exception) -> bool:
    """How libraries say that memory ran out: nothing more can be loaded, zlib's error -4, XML at fault in line 0."""
    no_line = isinstance(accident, SyntaxError) and not accident.lineno
    return no_line or isinstance(accident, ImportError) or (isinstance(accident, zlib.error) and "-4" in str(accident))


def recognise(data: bytes, file_name: str) -> str:
    """What the content is: word, pdf or text; anything else, or another kind than the name promises, is refused."""
    if not data.strip(b"\xef\xbb\xbf \t\r\n\x00"):
        raise errors.Refusal("file_empty", name=file_name)
    actual = _actual(data)
    if actual == "ole":
        code = "file_encrypted" if "EncryptedPackage".encode("utf-16-le") in data else "file_legacy_word"
        raise errors.Refusal(code, name=file_name)
    promised = NAMES.get(Path(file_name).suffix.lower())
    called = CALLED.get(actual, actual)
    if promised and actual != promised:
        raise errors.Refusal("file_not_what_its_name_says", name=file_name, actual=called)
    if actual not in ("word", "pdf", "text"):
        raise errors.Refusal("file_kind_unknown", name=file_name, accepted=ACCEPTED)
    return actual


def _actual(data: bytes) -> str:
    head = data[:2048].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if data.startswith(OLE):
        return "ole"
    if data.startswith(b"PK"):
        return "word" if word_package.looks_like(data) else "zip"
    if b"%pdf-" in head[:1024]:
        return "pdf"
    if head.startswith(b"{\\rtf"):
        return "rtf"
    if head.startswith((b"<!doctype html", b"<html", b"<?xml", b"<script", b"mime-version:")) or b"<html" in head:
        return "html"
    return "text" if plain.decode(data) is not None else "unknown"


def extract_safely(data: bytes, file_name: str, seconds: float = 20, megabytes: int = 512) -> dict[str, Any]:
    """The same in a limited process; one that is killed or crashes means `file_too_complex`."""
    name = file_name.replace("\x00", "")[-200:].encode("utf-8", "replace").decode("utf-8")
    child = subprocess.Popen(
        [sys.executable, "-m", "services.review.extraction", str(int(seconds) + 1), str(megabytes), name],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True, cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "PATH": os.environ.get("PATH", ""), "PYTHONUTF8": "1"},
    )  # fmt: skip
    try:
        out, _ = child.communicate(data, timeout=seconds)
    except (subprocess.TimeoutExpired, BrokenPipeError):
        out = b""
    finally:
        if child.poll() is None:
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        for pipe in (child.stdin, child.stdout):
            with contextlib.suppress(OSError):
                pipe.close()  # type: ignore[union-attr]
    if child.returncode != 0 or not out:
        raise errors.Refusal("file_too_complex", name=file_name)
    answer: dict[str, Any] = json.loads(out)
    if "refusal" in answer:
        raise errors.Refusal(answer["refusal"]["code"], **{**answer["refusal"]["params"], "name": file_name})
    return answer


def confine(seconds: int, megabytes: int) -> None:
    """Give up memory, time, files, children and the network: by a filter on sockets, or a network of its own."""
    limits = {
        resource.RLIMIT_AS: megabytes << 20, resource.RLIMIT_CPU: seconds, resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0, resource.RLIMIT_NOFILE: 64, resource.RLIMIT_NPROC: 0,
    }  # fmt: skip
    for what, limit in limits.items():
        hard = resource.getrlimit(what)[1]
        value = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        resource.setrlimit(what, (value, value))
    unshare = getattr(ctypes.CDLL(None, use_errno=True), "unshare", None)
    new_user, new_network = 0x10000000, 0x40000000
    if not sealing.seal() and unshare is not None and unshare(new_network) != 0:
        unshare(new_user | new_network)


def main(arguments: list[str]) -> None:
    """The limited process: a file comes in on stdin, its paragraphs or the refusal go out on stdout as JSON."""
    confine(int(arguments[0]), int(arguments[1]))
    try:
        answer = extract(sys.stdin.buffer.read(), arguments[2])
    except errors.Refusal as refusal:
        answer = {"refusal": {"code": refusal.code, "params": refusal.params}}
    sys.stdout.buffer.write(json.dumps(answer, ensure_ascii=False).encode("utf-8", "replace"))


if __name__ == "__main__":
    main(sys.argv[1:])
