"""Names of files as they come: Chinese survives, what a disk cannot bear does not."""

import pytest

from services.spine import http


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("发言提纲（张三）.docx", "发言提纲（张三）.docx"),
        ("e\u0301te.docx", "éte.docx"),
        (r"C:\桌面\..\提纲.docx", "提纲.docx"),
        ("../../etc/passwd", "passwd"),
        ("提\u202e纲\x00\r\n.docx", "提纲.docx"),
        ("𠮷野.docx", "𠮷野.docx"),
        ("...", "file"),
        ("/", "file"),
    ],
)
def test_a_name_keeps_its_words_and_loses_its_folders(given, kept):
    assert http._named(given) == kept


@pytest.mark.parametrize("stem", ["提纲" * 300, "a" * 3000, "𠮷" * 300])
def test_a_name_that_is_too_long_is_cut_before_its_ending(stem):
    named = http._named(f"{stem}.docx")
    assert named.endswith(".docx") and len(named.encode()) <= http.NAME_BYTES and stem.startswith(named[:-5])
