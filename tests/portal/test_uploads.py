"""How much may come in at once."""

import io

import pytest

from services.portal import uploads


def test_a_body_within_the_limit_is_kept_whole():
    """Byte for byte."""
    kept = io.BytesIO()

    assert uploads.spool(io.BytesIO(b"x" * 1000), kept, limit=1000) == 1000
    assert kept.getvalue() == b"x" * 1000


def test_a_body_beyond_the_limit_is_read_to_its_end_and_not_kept():
    """So that a browser that is still sending sees the answer."""
    body, kept = io.BytesIO(b"x" * 3_000_000), io.BytesIO()

    with pytest.raises(uploads.TooLarge):
        uploads.spool(body, kept, limit=1000)

    assert body.read() == b""
    assert kept.getvalue() == b""


def test_draining_has_an_end():
    """Nobody keeps the portal reading for ever."""

    class Endless:
        taken = 0

        def read(self, size: int = -1, /) -> bytes:
            self.taken += size
            return b"x" * size

    body = Endless()
    uploads.drain(body, None)

    assert body.taken == uploads.DRAINED_BYTES


def test_what_was_written_beside_a_file_that_is_too_large_is_kept():
    """The answers of an author; the file is read to its end and thrown away."""
    large = "x" * 3_000_000
    parts = (("answer:1", "已补写"), ("note", "第二次"))
    written = [f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n' for name, text in parts]
    file = f'--b\r\nContent-Disposition: form-data; name="file"; filename="a.docx"\r\n\r\n{large}\r\n'
    body = io.BytesIO((written[0] + file + written[1] + "--b--\r\n").encode())

    assert uploads.fields(body, None, b"b") == list(parts)
    assert body.read() == b""
