"""A work secret leaves the house with the name of who took it on it; the original stays as it is."""

import io
import zipfile

import docx
import pypdf
import pytest

from services.intake import files, watermark
from tests.stack import document

LINE = "工作秘密 王某（wang） 2026-11-26 10:00"


def test_a_word_file_says_it_in_the_header_of_every_section():
    original = document("docx/so-01.docx")
    copy = watermark.marked(original, files.DOCX, "提纲.docx", LINE)
    assert copy.media == files.DOCX and copy.data != original
    found = docx.Document(io.BytesIO(copy.data))
    assert all(LINE in [one.text for one in section.header.paragraphs] for section in found.sections)
    before = docx.Document(io.BytesIO(original))
    assert [one.text for one in found.paragraphs] == [one.text for one in before.paragraphs]


def test_a_pdf_says_it_on_every_page():
    copy = watermark.marked(document("pdf/so-10.pdf"), files.PDF, "提纲.pdf", LINE)
    pages = pypdf.PdfReader(io.BytesIO(copy.data)).pages
    assert copy.media == files.PDF and all(LINE in page.extract_text() for page in pages)


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_text_says_it_in_its_first_line(encoding):
    copy = watermark.marked("发言提纲".encode(encoding), files.TEXT, "a.txt", LINE)
    assert copy.data.decode("utf-8-sig").split("\r\n\r\n") == [LINE, "发言提纲"]


@pytest.mark.parametrize(("data", "media"), [(b"\x89PNG", files.PNG), (b"%PDF-1.4 broken", files.PDF)])
def test_what_cannot_be_marked_inside_goes_in_a_parcel_with_a_cover_sheet(data, media):
    copy = watermark.marked(data, media, "页.png", LINE)
    with zipfile.ZipFile(io.BytesIO(copy.data)) as parcel:
        assert LINE in parcel.read(parcel.namelist()[0]).decode("utf-8-sig")
        assert parcel.read("页.png") == data
