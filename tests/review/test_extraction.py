"""Extraction: content decides, every kind of file gives the same text, and hostile files get a clear word."""

import contextlib
import io
import json
import os
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from services.review import extraction, word_numbers, wrapping
from services.spine import errors
from tests import patience, stack
from tests.review import materials

TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.'
    'wordprocessingml.document.{kind}+xml"/></Types>'
)
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def docx(body, *, head="", numbering="", kind="main", **more):
    """A Word package made by hand."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", TYPES.format(kind=kind))
        package.writestr("word/document.xml", f"{head}<w:document {W}><w:body>{body}</w:body></w:document>")
        if numbering:
            package.writestr("word/numbering.xml", f"<w:numbering {W}>{numbering}</w:numbering>")
        for name, content in more.items():
            package.writestr(name.replace("__", "/").replace("_DOT_", "."), content)
    return packed.getvalue()


def paragraph(text, properties=""):
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def running(group):
    """Processes of a group that are not dead (those nobody has buried yet do not count)."""
    states = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = status.read_text().rpartition(")")[2].split()
            states += [fields[0]] if int(fields[2]) == group and fields[0] not in "ZX" else []
    return states


def texts(data, name="材料.docx"):
    return [each["text"] for each in extraction.extract(data, name)["paragraphs"]]


def refusal(data, name="材料.docx", read=extraction.extract):
    with pytest.raises(errors.Refusal) as refused:
        read(data, name)
    return refused.value.code


def plain(name):
    return "".join(each["text"] for each in materials.paragraphs(name)).replace(" ", "")


@pytest.mark.parametrize("rendering", [each["file"] for each in materials.labels()["renderings"]])
def test_a_rendering_gives_the_text_of_its_original(rendering):
    """Styles, automatic numbers, tables, split runs and wrapped lines make no difference."""
    original = next(each["of"] for each in materials.labels()["renderings"] if each["file"] == rendering)
    mine, theirs = plain(rendering), plain(original)
    assert abs(len(mine) - len(theirs)) <= 0.02 * len(theirs)
    shared = [each for each in materials.paragraphs(original) if each["text"].replace(" ", "") in mine]
    assert len(shared) >= 0.95 * len(materials.paragraphs(original))


MC = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'


def boxed(words, around="<w:drawing>{}</w:drawing>"):
    """A run with a text box."""
    return f"<w:r>{around.format(f'<w:txbxContent>{words}</w:txbxContent>')}</w:r>"


def test_words_in_a_text_box_stand_after_its_paragraph_once_if_they_are_seen():
    both = "<w:drawing>{0}</w:drawing></mc:Choice><mc:Fallback><w:pict>{0}</w:pict></mc:Fallback>"
    both = f"<mc:AlternateContent {MC}><mc:Choice>{both}</mc:AlternateContent>"
    alone = f"<mc:AlternateContent {MC}><mc:Fallback><w:pict>{{}}</w:pict></mc:Fallback></mc:AlternateContent>"
    cell = f"<w:tbl><w:tr><w:tc><w:p>{boxed(paragraph('格中'))}</w:p></w:tc></w:tr></w:tbl>"
    inner = f"<w:p>{boxed(paragraph('内层'))}</w:p>"
    for box, words in (
        (boxed(paragraph("机密★") + paragraph("一年")), ["机密★", "一年"]),
        (boxed(paragraph("新旧"), both), ["新旧"]),
        (boxed(paragraph("旧式"), alone), ["旧式"]),
        (boxed(cell + inner), ["格中", "内层"]),
        (f"<w:del>{boxed(paragraph('删了'))}</w:del>", []),
        (boxed(paragraph("藏了"), "<w:rPr><w:vanish/></w:rPr><w:drawing>{}</w:drawing>"), []),
    ):
        body = f"<w:p><w:r><w:t>前</w:t></w:r>{box}<w:r><w:t>言</w:t></w:r></w:p>{paragraph('正文')}"
        assert texts(docx(body)) == ["前言", *words, "正文"]


def test_what_parts_the_words_of_a_file_for_programs_parts_none_for_its_reader():
    assert texts(docx(paragraph("机<?x?>密<!-- y -->★一年"))) == ["机密★一年"]


def test_a_date_set_with_blanks_in_it_is_one_word():
    told = extraction.extract("## 1 学习\n\n2024 年 1 月 31 日前读完 3 本".encode(), "材料.md")["paragraphs"]
    assert [each["text"] for each in told] == ["1 学习", "2024年1月31日前读完 3 本"]


def test_words_automatic_numbers_are_written_into_the_text():
    found = [each["text"] for each in materials.paragraphs("docx/so-03.docx")]
    assert [each[:3] for each in found if each.startswith("（")] == ["（一）", "（二）", "（三）", "（四）", "（五）"]


def test_numbers_of_several_levels_and_forms_count_as_in_word():
    levels = (
        '<w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:start w:val="1"/>'
        '<w:numFmt w:val="chineseCountingThousand"/><w:lvlText w:val="%1、"/></w:lvl><w:lvl w:ilvl="1">'
        '<w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="（%2）"/></w:lvl></w:abstractNum>'
        '<w:num w:numId="7"><w:abstractNumId w:val="1"/></w:num>'
    )

    def at(level):
        return f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="7"/></w:numPr>'

    body = "".join(
        paragraph(text, at(level)) for text, level in [("甲", 0), ("乙", 1), ("丙", 1), ("丁", 0), ("戊", 1)]
    )
    assert texts(docx(body, numbering=levels)) == ["一、甲", "（1）乙", "（2）丙", "二、丁", "（1）戊"]
    assert [word_numbers.written(12, form) for form in ("chineseCounting", "decimalEnclosedCircle", "upperRoman")] == [
        "十二",
        "⑫",
        "XII",
    ]


def test_tracked_changes_are_read_as_accepted():
    body = (
        "<w:p><w:r><w:t>我</w:t></w:r><w:ins><w:r><w:t>本人</w:t></w:r></w:ins><w:del><w:r><w:delText>们"
        "</w:delText></w:r></w:del><w:r><w:t>负责</w:t></w:r></w:p>"
    )
    assert texts(docx(body)) == ["我本人负责"]


def test_a_table_row_is_one_paragraph_and_repeated_heads_stay():
    row = "<w:tr><w:tc>{}</w:tc><w:tc>{}</w:tc></w:tr>"
    body = (
        "<w:tbl>"
        + "".join(row.format(paragraph(a), paragraph(b)) for a, b in [("问", "措"), ("1", "二"), ("问", "措")])
        + "</w:tbl>"
    )
    assert texts(docx(body)) == ["问    措", "1    二", "问    措"]
    assert all(each["table"] for each in extraction.extract(docx(body), "a.docx")["paragraphs"])


def test_the_words_of_a_table_in_a_table_are_read_once_and_in_their_order():
    """The row's own words, then the rows of what stands in it; rows and cells in a form's fields are rows and cells."""

    def table(*rows):
        return f"<w:tbl>{''.join(rows)}</w:tbl>"

    def row(*cells):
        told = "".join(f"<w:tc>{cell}</w:tc>" for cell in cells)
        return f"<w:sdt><w:sdtContent><w:tr>{told}</w:tr></w:sdtContent></w:sdt>"

    inner = table(row(paragraph("责任人"), paragraph("老秦")), row(paragraph("期限"), paragraph("3月")))
    body = table(row(paragraph("措施") + inner + paragraph("补记"), paragraph("补齐台账")), row(paragraph("完")))
    assert texts(docx(body)) == ["措施 补记    补齐台账", "责任人    老秦", "期限    3月", "完"]


def test_headers_and_footers_are_no_part_of_the_text():
    assert not any(each["text"] == "内部" for each in materials.paragraphs("docx/ti-05.docx"))
    assert not any(
        "内部资料" in each["text"] or "— 1 —" in each["text"] for each in materials.paragraphs("pdf/so-10.pdf")
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_text_is_read_in_the_encodings_units_use(encoding):
    assert texts("一、存在的问题\r\n\r\n　　我学习不够。".encode(encoding), "a.txt") == [
        "一、存在的问题",
        "我学习不够。",
    ]


def test_marks_of_markdown_go_and_its_words_stay():
    marked = "# 标题\n\n**1.理论学习。** 不深。\n\n| 措施 | 责任人 |\n|---|---|\n| 补课 | 我 |\n"
    found = extraction.extract(marked.encode(), "a.md")
    assert [each["text"] for each in found["paragraphs"]] == [
        "标题",
        "1.理论学习。 不深。",
        "措施    责任人",
        "补课    我",
    ]
    assert [each["heading"] for each in found["paragraphs"]] == [1, None, None, None]
    assert [each["table"] for each in found["paragraphs"]] == [False, False, True, True]


def test_lines_broken_at_a_width_become_paragraphs_again():
    text = "".join(each["text"] + "\n" for each in materials.paragraphs("so-04.txt"))
    broken = [line[i : i + 34] for line in text.split("\n") for i in range(0, len(line), 34)]
    assert wrapping.is_wrapped(broken)
    assert len(wrapping.rejoin(broken)) <= len(text.split("\n")) + 1


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("bomb.docx", "file_bomb"),
        ("oa-export.docx", "file_not_what_its_name_says"),
        ("scan-so-08.pdf", "no_text_layer"),
    ],
)
def test_hostile_files_are_refused_with_their_reason(name, code):
    assert refusal((materials.HERE / "hostile" / name).read_bytes(), name, extraction.extract_safely) == code


def test_content_decides_and_the_name_must_agree():
    pdf = (materials.HERE / "pdf/so-10.pdf").read_bytes()
    assert refusal(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "a.docx") == "file_legacy_word"
    locked = bytes(600) + "EncryptedPackage".encode("utf-16-le")
    assert refusal(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + locked, "a.docx") == "file_encrypted"
    assert refusal(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "a.doc") == "file_legacy_word"
    assert refusal(pdf, "a.docx") == "file_not_what_its_name_says"
    assert refusal("你好".encode(), "a.pdf") == "file_not_what_its_name_says"
    assert refusal(b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "a.png") == "file_kind_unknown"
    assert refusal(b"", "a.txt") == refusal(b"\xef\xbb\xbf \r\n", "a.txt") == "file_empty"
    assert refusal(pdf[:900], "a.pdf") == refusal(docx("")[:200], "a.docx") == "file_damaged"
    assert extraction.extract(pdf, "no-ending")["media"] == "application/pdf"


def test_macros_entities_and_bombs_are_refused_before_they_unfold():
    entity = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
    assert refusal(docx(paragraph("好"), word__vbaProject_DOT_bin=b"x")) == "file_macros"
    assert refusal(docx(paragraph("好"), kind="macroEnabled.main")) == "file_macros"
    assert refusal(docx(paragraph("&b;"), head=entity)) == "file_unsafe"
    assert refusal(docx(paragraph("好"), word__big_DOT_xml=b" " * (20 << 20))) == "file_bomb"


def test_a_file_that_takes_too_long_is_killed_with_its_children(monkeypatch):
    """The limited process ends within its time, and nothing of it stays."""
    monkeypatch.setattr(sys, "executable", "/bin/sh")
    real = subprocess.Popen
    children = []

    def slow(command, **options):
        child = real(["/bin/sh", "-c", "sleep 60 & sleep 60"], **options)
        children.append(child)
        return child

    monkeypatch.setattr(subprocess, "Popen", slow)
    began = time.monotonic()
    with pytest.raises(errors.Refusal, match="file_too_complex"):
        extraction.extract_safely(b"x", "a.txt", seconds=0.5)
    assert time.monotonic() - began < 5 * patience.SLOWER
    stack.wait_until(lambda: not running(children[0].pid), 5, "the end of its children")


def test_too_little_memory_is_an_answer_and_no_crash_of_ours():
    data = (materials.HERE / "docx/so-01.docx").read_bytes()
    assert refusal(data, "a.docx", lambda d, n: extraction.extract_safely(d, n, megabytes=8)) == "file_too_complex"


def test_it_works_from_any_folder_and_under_eventlet(tmp_path):
    script = (
        "import eventlet; eventlet.monkey_patch()\n"
        "import json, sys\nfrom services.review import extraction\n"
        "print(json.dumps(extraction.extract_safely(open(sys.argv[1], 'rb').read(), 'a.docx')))"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script, str(materials.HERE / "docx/so-03.docx")],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(extraction.ROOT)}, capture_output=True, check=True,
    )  # fmt: skip
    assert json.loads(done.stdout)["paragraphs"][4]["text"] == "（一）理论学习不求甚解"
