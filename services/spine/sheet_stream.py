"""A workbook that leaves while it is written, so that a long list takes no more memory and lets nobody wait longer for
its first byte than a short one.

What must stay true: a cell is text or a number, never a formula, whatever somebody wrote into it, and stays text when
somebody edits it.
"""

import functools
import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from typing import IO

from services.spine import sheets

LONGEST = 32_000
RISKY = ("=", "+", "-", "@", "\t")
_SHEET, _BOOK = "xl/worksheets/sheet1.xml", "xl/workbook.xml"
_UNFIT = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ESCAPED = re.compile("_x[0-9a-fA-F]{4}_")


def fit(text: str) -> str:
    """A text as a cell can bear it: no signs a workbook cannot hold, not longer than a cell."""
    if text.isprintable():
        return text[:LONGEST]
    return _UNFIT.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))[:LONGEST]


class Stream:
    """A workbook of one sheet that leaves piece by piece: its head, some rows at a time, its end."""

    part: IO[bytes]

    def __init__(self, drawn: bytes, above: int) -> None:
        """`drawn`: the workbook with so many rows above, then one whose first cells show how a number, a text and a
        text like a formula look, and perhaps a foot below it. What reaches to that row will reach to the last."""
        self.row, self.sample = above, above + 1
        self.out = _Outward()
        self.zip = zipfile.ZipFile(self.out, "w", zipfile.ZIP_DEFLATED, compresslevel=3)  # type: ignore[call-overload]
        with zipfile.ZipFile(io.BytesIO(drawn)) as parts:
            self.others = {name: parts.read(name) for name in parts.namelist() if name != _SHEET}
            text = parts.read(_SHEET).decode()
        before, row = text.split(f'<row r="{self.sample}"', 1)
        self.before = re.sub("<dimension [^>]*>", "", before)
        self.looks = re.findall(f'<c r="[ABC]{self.sample}" s="([0-9]+)"', row)
        self.foot, self.after = row.split("</row>", 1)[1].split("</sheetData>", 1)

    def head(self) -> bytes:
        """What stands above the rows."""
        for name, data in self.others.items():
            if name != _BOOK:
                self.zip.writestr(name, data)
        self.part = self.zip.open(_SHEET, "w", force_zip64=True)
        self.part.write(self.before.encode())
        return self.out.take()

    def rows(self, lines: Iterable[Sequence[str | int | float]]) -> bytes:
        """Some more rows, of texts that `fit`."""
        written = []
        for line in lines:
            self.row += 1
            row = self.row
            cells = [f'<c r="{_letters(place)}{row}" {self._said(value)}' for place, value in enumerate(line, 1)]
            written.append(f'<row r="{row}">{"".join(cells)}</row>')
        self.part.write("".join(written).encode())
        return self.out.take()

    def end(self) -> bytes:
        """The foot, and how far the rows reach; the file is whole."""
        reached = re.compile(rf"(:\$?[A-Z]+\$?){self.sample}\b")
        below = re.compile(rf'\b([A-Z]+|<row r="){self.sample + 1}\b')
        ends = (self.foot, reached.sub(rf"\g<1>{self.row}", self.after))
        foot, after = (below.sub(rf"\g<1>{self.row + 1}", text) for text in ends)
        self.part.write(f"{foot}</sheetData>{after}".encode())
        self.part.close()
        self.zip.writestr(_BOOK, reached.sub(rf"\g<1>{self.row}", self.others[_BOOK].decode()))
        self.zip.close()
        return self.out.take()

    def _said(self, value: str | int | float) -> str:
        """What follows a cell's address."""
        number, plain, risky = self.looks
        if value == "":
            return f's="{plain}"/>'
        if not isinstance(value, str):
            return f's="{number}"><v>{value}</v></c>'
        look = risky if value.startswith(RISKY) else plain
        return f's="{look}" t="inlineStr"><is><t xml:space="preserve">{_escaped(value)}</t></is></c>'


@functools.cache
def _letters(column: int) -> str:
    return sheets.address(1, column)[:-1]


class _Outward:
    """What was written and has not left yet."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []

    def write(self, piece: bytes) -> int:
        """Some more."""
        self.pieces.append(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        """It leaves when it is taken."""

    def take(self) -> bytes:
        """All of it, once."""
        taken, self.pieces = b"".join(self.pieces), []
        return taken


def _escaped(text: str) -> str:
    told = _ESCAPED.sub(lambda found: f"_x005F{found[0]}", text) if "_x" in text else text
    return told.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
