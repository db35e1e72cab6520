"""Files made to hang a reader: the door answers, quickly enough that nobody else waits."""

import contextlib
import io
import threading
import zipfile

import pytest

from services.intake import files
from services.spine.errors import Refusal


def packed(content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package:
        package.writestr("word/document.xml", content)
        package.writestr("filler.bin", bytes(range(256)) * 4)
    return out.getvalue()


@pytest.mark.parametrize(
    "content",
    [b"<" * 400_000, b"<a" * 200_000, b"<a>" * 150_000, "机密<".encode() * 60_000],
    ids=["open", "names", "tags", "marks"],
)
def test_no_main_part_makes_the_look_for_a_secrecy_mark_slow(content):
    def look() -> None:
        with contextlib.suppress(Refusal):
            files.recognise("a.docx", packed(content[:400_000]), files.MATERIAL)

    looking = threading.Thread(target=look, daemon=True)
    looking.start()
    looking.join(20)
    assert not looking.is_alive(), "the look grows faster than the file"
