"""A picture of an article: only what is seen of it is kept, JPEG or PNG, and which way up it is.

What must stay true: no place, time, device, name, thumbnail or anything behind the picture's end goes on with it.
"""

import re
import zlib

from services.spine import errors

PNG = b"\x89PNG\r\n\x1a\n"
SEEN = (b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"sRGB", b"cHRM", b"sBIT")
"""The parts of a PNG that make the picture."""
_BEHIND_SCAN = re.compile(rb"\xff+[^\x00\xd0-\xd7\xff]", re.DOTALL)
_SCAN, _END, _EXIF, _ADOBE, _COMMENT = 0xDA, 0xD9, 0xE1, 0xEE, 0xFE


def plain(data: bytes) -> tuple[bytes, str]:
    """The picture alone and its media type; refuses what is no whole JPEG or PNG."""
    try:
        if data.startswith(PNG):
            return _png(data), "image/png"
        if data.startswith(b"\xff\xd8"):
            return _jpeg(data), "image/jpeg"
    except (IndexError, ValueError):
        pass
    raise errors.Refusal("picture_unreadable", errors=[{"pointer": "/file", "code": "picture_unreadable"}])


def _png(data: bytes) -> bytes:
    kept, at, name = [PNG], len(PNG), b""
    while name != b"IEND":
        length, name = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        chunk, at = data[at : at + 12 + length], at + 12 + length
        if len(chunk) != 12 + length or zlib.crc32(chunk[4:-4]) != int.from_bytes(chunk[-4:], "big"):
            raise ValueError(name)
        kept += [chunk] if name in SEEN else []
    return b"".join(kept)


def _jpeg(data: bytes) -> bytes:
    kept, at, upright = [b"\xff\xd8"], 2, b""
    while True:
        if data[at] != 0xFF:
            raise ValueError(at)
        while data[at] == 0xFF:
            at += 1
        marker, at = data[at], at + 1
        if marker == _END:
            return b"".join([kept[0], upright, *kept[1:], b"\xff\xd9"])
        segment = data[at : at + int.from_bytes(data[at : at + 2], "big")]
        at += len(segment)
        if len(segment) < 2 or len(segment) != int.from_bytes(segment[:2], "big"):
            raise ValueError(marker)
        if marker == _EXIF and segment[2:8] == b"Exif\0\0":
            upright = _turned(segment[8:])
        told = 0xE0 <= marker <= 0xEF or marker == _COMMENT
        if not told or (marker == _ADOBE and segment[2:7] == b"Adobe"):
            kept.append(bytes([0xFF, marker]) + segment)
        if marker == _SCAN:
            behind = _BEHIND_SCAN.search(data, at)
            if behind is None:
                raise ValueError("no end")
            kept.append(data[at : behind.start()])
            at = behind.start()


def _turned(tiff: bytes) -> bytes:
    """A part that says only which way up the picture is; none where it is upright."""

    def number(at: int, size: int) -> int:
        return int.from_bytes(tiff[at : at + size], "little" if tiff[:2] == b"II" else "big")

    first = number(4, 4)
    for entry in range(first + 2, first + 2 + 12 * min(number(first, 2), 100), 12):
        if number(entry, 2) == 0x0112 and number(entry + 8, 2) in range(2, 9):
            said = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0%c\0\0\0\0\0\0" % number(entry + 8, 2)
            return b"\xff\xe1" + (len(said) + 2).to_bytes(2, "big") + said
    return b""
