"""What a file really is: each wrong one is answered by what would be right."""

import io
import zipfile
import zlib

import pytest

from services.intake import files, kinds
from services.spine.errors import Refusal
from tests.intake.corpus import png
from tests.stack import document


def docx(parts: dict[str, bytes] | None = None, words: str = "对照检查") -> bytes:
    """A small Word file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        package.writestr("word/document.xml", f"<w:document><w:t>{words[:2]}</w:t><w:t>{words[2:]}</w:t></w:document>")
        for name, content in (parts or {}).items():
            package.writestr(name, content)
    return out.getvalue()


def damaged() -> bytes:
    """A Word file whose main part was cut in the middle of its data."""
    data = bytearray(docx(words="字" * 5000))
    start = data.index(b"word/document.xml") + 30
    data[start : start + 20] = b"\x00" * 20
    return bytes(data)


@pytest.mark.parametrize("name", ["docx/so-01.docx", "docx/ti-05.docx", "so-01.txt", "so-02.md", "pdf/so-10.pdf"])
def test_real_materials_come_in(name):
    assert files.recognise(name, document(name), files.MATERIAL)


def test_text_in_the_old_chinese_encoding_comes_in():
    assert files.recognise("提纲.txt", "个人发言提纲".encode("gb18030"), files.MATERIAL) == files.TEXT


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.docx", b"", "file_empty"),
        ("a.txt", b" \n\t ", "file_empty"),
        ("a.docx", document("hostile/oa-export.docx"), "file_not_what_its_name_says"),
        ("a.docx", document("hostile/bomb.docx"), "file_bomb"),
        ("a.docx", document("pdf/so-10.pdf"), "file_not_what_its_name_says"),
        ("a.pdf", document("docx/so-01.docx"), "file_not_what_its_name_says"),
        ("a.txt", document("docx/so-01.docx"), "file_not_what_its_name_says"),
        ("a.txt", bytes(range(256)), "file_not_what_its_name_says"),
        ("a.docx", document("docx/so-01.docx")[:20000], "file_damaged"),
        ("a.docx", damaged(), "file_damaged"),
        ("a.docx", docx({"word/vbaProject.bin": b"x"}), "file_macros"),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512, "file_legacy_word"),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512, "file_legacy_word"),
        ("a.docx", zlib.compress(b"x"), "file_not_what_its_name_says"),
        ("a.exe", b"MZ", "file_kind_unknown"),
        ("noending", b"text", "file_kind_unknown"),
        ("a.png", b"text", "file_kind_unknown"),
    ],
)
def test_what_may_not_come_in_is_refused_by_its_content(name, data, code):
    with pytest.raises(Refusal) as refused:
        files.recognise(name, data, files.MATERIAL)
    assert refused.value.code == code
    assert "…" not in refused.value.body("zh")["detail"]


@pytest.mark.parametrize("mark", ["机密★1年", "秘密 ★", "绝密★长期", "★机密"])
def test_what_is_marked_as_a_state_secret_is_refused_even_when_word_splits_the_mark(mark):
    with pytest.raises(Refusal, match="secrecy_mark"):
        files.recognise("a.txt", f"标题\n{mark}\n正文".encode(), files.MATERIAL)
    with pytest.raises(Refusal, match="secrecy_mark"):
        files.recognise("a.docx", docx(words=mark), files.MATERIAL)
    with pytest.raises(Refusal, match="secrecy_mark"):
        files.recognise("a.docx", docx({"word/header1.xml": f"<w:t>{mark}</w:t>".encode()}), files.MATERIAL)


def test_the_word_secret_in_a_sentence_is_no_mark():
    assert files.recognise("a.txt", "我保守秘密不够严格，机密文件管理松".encode(), files.MATERIAL)


def test_pictures_and_sheets_are_evidence_but_no_material():
    picture = png()
    assert files.recognise("现场.png", picture, files.EVIDENCE) == files.PNG
    with pytest.raises(Refusal, match="file_kind_unknown"):
        files.recognise("现场.png", picture, files.MATERIAL)


def test_what_people_signed_or_counted_comes_as_picture_or_sheet_what_is_read_as_text():
    picture = png()
    assert files.recognise("会议记录签字页.png", picture, kinds.kind("minutes").endings) == files.PNG
    assert "xlsx" in kinds.kind("ledger").endings
    assert "png" not in kinds.kind("speech_outline").endings


def test_each_kind_of_file_has_its_largest_size():
    with pytest.raises(Refusal) as refused:
        files.recognise("a.txt", "字".encode() * 2**20, files.MATERIAL)
    assert (refused.value.code, refused.value.params["limit_mb"]) == ("file_too_large", 2)


@pytest.mark.parametrize("part", ["word/footnotes.xml", "word/comments.xml", "word/footer2.xml"])
def test_a_mark_is_found_wherever_it_stands(part):
    with pytest.raises(Refusal, match="secrecy_mark"):
        files.recognise("a.docx", docx({part: "<w:t>机密★</w:t>".encode()}), files.MATERIAL)
    with pytest.raises(Refusal, match="secrecy_mark"):
        files.recognise("机密★提纲.docx", docx(), files.MATERIAL)
