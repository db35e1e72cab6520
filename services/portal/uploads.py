"""How much may come in at once, and how to say no to more so that the reader sees the answer.

A browser that is still sending when the connection closes shows a broken page instead of the reason. So what is too
large is read to its end and thrown away (up to a bound), and only then refused.
"""

from typing import IO, Protocol

FILE_BYTES = 10 * 1024 * 1024
BODY_BYTES = FILE_BYTES + 1024 * 1024
DRAINED_BYTES = 100 * 1024 * 1024
_CHUNK = 256 * 1024


class Readable(Protocol):
    """Anything bytes can be read from."""

    def read(self, size: int = ..., /) -> bytes:
        """The next bytes; none at the end."""


class TooLarge(Exception):  # noqa: N818  (turned into an answer by whoever reads the body)
    """More than allowed came in."""


def drain(stream: Readable, length: int | None) -> None:
    """Read a body to its end without keeping it, but never more than DRAINED_BYTES."""
    left = min(length if length is not None else DRAINED_BYTES, DRAINED_BYTES)
    while left > 0:
        piece = stream.read(min(_CHUNK, left))
        if not piece:
            return
        left -= len(piece)


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
