"""How much may come in at once, and how to say no to more so that the reader sees the answer.

A browser that is still sending when the connection closes shows a broken page instead of the reason. So what is too
large is read to its end and thrown away (up to a bound), and only then refused.
"""

from typing import IO, Protocol

from werkzeug.sansio.multipart import Data, Epilogue, Field, File, MultipartDecoder, NeedData

FILE_BYTES = 10 * 1024 * 1024
BODY_BYTES = FILE_BYTES + 1024 * 1024
PARCEL_BYTES = 100 * 1024 * 1024
PARCEL_BODY_BYTES = PARCEL_BYTES + 1024 * 1024
"""A batch: a zip of many files. It passes through on disk, never in memory."""
DRAINED_BYTES = 100 * 1024 * 1024
TEXT_BYTES = 64 * 1024
FIELDS = 200
_CHUNK = 256 * 1024


class Readable(Protocol):
    """Anything bytes can be read from."""

    def read(self, size: int = ..., /) -> bytes:
        """The next bytes; none at the end."""


class TooLarge(Exception):  # noqa: N818  (turned into an answer by whoever reads the body)
    """More than allowed came in."""


def drain(stream: Readable, length: int | None) -> None:
    """Read a body to its end without keeping it, but never more than DRAINED_BYTES."""
    left = _bound(length)
    while left > 0:
        piece = stream.read(min(_CHUNK, left))
        if not piece:
            return
        left -= len(piece)


def fields(stream: Readable, length: int | None, boundary: bytes) -> list[tuple[str, str]]:
    """What was written into a form beside a file that is too large; the file is read to its end and not kept."""
    decoder, written, left = MultipartDecoder(boundary), list[tuple[str, str]](), _bound(length)
    name: str | None = None
    text = b""
    while left > 0 and (piece := stream.read(min(_CHUNK, left))):
        left -= len(piece)
        decoder.receive_data(piece)
        while not isinstance(event := decoder.next_event(), NeedData | Epilogue):
            if isinstance(event, Field | File):
                name, text = (event.name if isinstance(event, Field) else None), b""
            elif isinstance(event, Data) and name is not None:
                text = (text + event.data)[:TEXT_BYTES]
                if not event.more_data:
                    written.append((name, text.decode("utf-8", "replace")))
        if isinstance(event, Epilogue):
            break
    drain(stream, left)
    return written[:FIELDS]


def spool(stream: Readable, into: IO[bytes], limit: int = BODY_BYTES) -> int:
    """Copy a body into a file and tell its size; what goes beyond the limit is drained and raises TooLarge."""
    size = 0
    while piece := stream.read(_CHUNK):
        size += len(piece)
        if size > limit:
            drain(stream, None)
            raise TooLarge
        into.write(piece)
    return size


def _bound(length: int | None) -> int:
    return min(length if length is not None else DRAINED_BYTES, DRAINED_BYTES)
