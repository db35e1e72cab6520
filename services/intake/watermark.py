"""Watermarks: a work secret leaves the house only with the name of who took it on it.

What must stay true: the original is never touched; a copy that cannot be marked inside goes out in a parcel with a
cover sheet that says the same. Files are marked in a process of their own with limits on time and memory, because they
came from outside: `python -m services.intake.watermark MEDIA LINE` reads the file from stdin and writes the copy.
"""

import io
import resource
import subprocess
import sys
import zipfile
from typing import NamedTuple

from services.intake import files
from services.spine import settings

SECONDS, MEGABYTES = 20, 768


class Copy(NamedTuple):
    """What is given out in place of the original."""

    data: bytes
    media: str
    file_name: str


def marked(data: bytes, media: str, file_name: str, line: str) -> Copy:
    """A copy that says on it, or on a cover sheet, who took it and when."""
    if media in (files.TEXT, files.MARKDOWN):
        return Copy(f"{line}\r\n\r\n{files.decoded(data) or ''}".encode("utf-8-sig"), media, file_name)
    if media in MARKERS:
        command = [sys.executable, "-m", "services.intake.watermark", media, line]
        try:
            done = subprocess.run(
                command, input=data, capture_output=True, timeout=SECONDS, cwd=settings.ROOT, check=False
            )
        except subprocess.TimeoutExpired:
            done = None
        if done and done.returncode == 0 and done.stdout:
            return Copy(done.stdout, media, file_name)
    return _parcel(data, file_name, line)


def _parcel(data: bytes, file_name: str, line: str) -> Copy:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as parcel:
        parcel.writestr("封面 cover.txt", f"{line}\r\n{file_name}\r\n".encode("utf-8-sig"))
        parcel.writestr(file_name, data)
    return Copy(out.getvalue(), "application/zip", f"{file_name}.zip")


def _word(data: bytes, line: str) -> bytes:
    import docx

    document = docx.Document(io.BytesIO(data))
    for section in document.sections:
        headers = [section.header]
        if section.different_first_page_header_footer:
            headers.append(section.first_page_header)
        if document.settings.odd_and_even_pages_header_footer:
            headers.append(section.even_page_header)
        for header in headers:
            header.is_linked_to_previous = False
            header.paragraphs[0].insert_paragraph_before(line)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _pdf(data: bytes, line: str) -> bytes:
    import pypdf

    writer = pypdf.PdfWriter(clone_from=io.BytesIO(data))
    for page in writer.pages:
        box = page.mediabox
        over = pypdf.PdfReader(io.BytesIO(stamp(line, [float(side) for side in box])))
        page.merge_page(over.pages[0])
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def stamp(line: str, box: list[float]) -> bytes:
    """A page of that size with the line along its top and across it, in the font every reader has for Chinese."""
    left, bottom, right, top = box
    words = line.encode("utf-16-be").hex()
    across = f"0.7 0.7 -0.7 0.7 {left + (right - left) * 0.12:.1f} {bottom + (top - bottom) * 0.25:.1f} Tm <{words}> Tj"
    along = f"1 0 0 1 {left + 24:.1f} {top - 18:.1f} Tm <{words}> Tj"
    drawn = f"q 0.6 g BT /F 16 Tf {across} /F 8 Tf {along} ET Q".encode()
    mapping = _to_unicode(line)
    font = (
        "<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /ToUnicode 7 0 R "
        "/DescendantFonts [<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /DW 1000 "
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> /FontDescriptor 6 0 R >>] >>"
    )
    descriptor = (
        "<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] /ItalicAngle 0 "
        "/Ascent 752 /Descent -271 /CapHeight 737 /StemV 58 >>"
    )
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [{left} {bottom} {right} {top}] /Contents 4 0 R "
        "/Resources << /Font << /F 5 0 R >> >> >>".encode(),
        _stream(drawn),
        font.encode(),
        descriptor.encode(),
        _stream(mapping),
    ]
    out, places = b"%PDF-1.4\n", list[int]()
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    count = len(objects) + 1
    tail = b"xref\n0 %d\n0000000000 65535 f \n%strailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
    return out + tail % (count, table, count, len(out))


def _stream(body: bytes) -> bytes:
    return b"<< /Length %d >>\nstream\n%s\nendstream" % (len(body), body)


def _to_unicode(line: str) -> bytes:
    """That the stamp can be read and searched as what it says."""
    signs = sorted({sign for sign in line if len(sign.encode("utf-16-be")) == 2})
    rows = "".join(f"<{sign.encode('utf-16-be').hex()}> <{sign.encode('utf-16-be').hex()}>\n" for sign in signs[:100])
    head = "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapType 2 def\n"
    space = "1 begincodespacerange <0000> <ffff> endcodespacerange\n"
    return f"{head}{space}{len(signs[:100])} beginbfchar\n{rows}endbfchar\nendcmap end end".encode()


MARKERS = {files.DOCX: _word, files.PDF: _pdf}

if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MEGABYTES * 2**20, MEGABYTES * 2**20))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    sys.stdout.buffer.write(MARKERS[sys.argv[1]](sys.stdin.buffer.read(), sys.argv[2]))
