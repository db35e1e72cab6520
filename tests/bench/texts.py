"""Any number of materials that resemble no other: the labelled ones' headings, their sentences drawn anew.

Two of them share about as many sentences as two honest authors do, so that a near-copy is none unless it is meant.
"""

import functools
import html
import io
import random
import re
import zipfile
from typing import Any

from services.review import extraction
from tests.stack import MATERIALS

SENTENCE = re.compile(r"[^。；]+[。；]?")
SHORT = 40
MODEL = "so-12.txt"
BODY = re.compile(rb"<w:body>.*?(?=<w:sectPr|</w:body>)", re.S)


@functools.cache
def _sentences() -> list[str]:
    texts = [path.read_bytes() for path in sorted(MATERIALS.glob("*.txt"))]
    read = [extraction.extract(text, "x.txt")["paragraphs"] for text in texts]
    long = [each["text"] for paragraphs in read for each in paragraphs if len(each["text"]) > SHORT]
    return [sentence for text in long for sentence in SENTENCE.findall(text)]


@functools.cache
def _model() -> list[str]:
    read = extraction.extract((MATERIALS / MODEL).read_bytes(), MODEL)
    return [each["text"] for each in read["paragraphs"]]


def lines(number: int, times: int = 1) -> list[str]:
    """The paragraphs of the text of that number, always the same; `times`: how many times as long they are."""
    chance = random.Random(number)
    pool = _sentences()

    def anew(sentence: str) -> str:
        """Another sentence, one in three of its characters changed for another of the same sentence."""
        letters = list(chance.choice(pool))
        for _ in range(len(letters) // 3):
            one, other = chance.randrange(len(letters)), chance.randrange(len(letters))
            letters[one], letters[other] = letters[other], letters[one]
        return "".join(letters)

    return [
        text if len(text) <= SHORT else "".join(anew(sentence) for sentence in SENTENCE.findall(text) * times)
        for text in _model()
    ]


def paragraphs(number: int, times: int = 1) -> list[dict[str, Any]]:
    """The same as extraction would give them."""
    return [{"n": n, "text": text, "heading": 0, "table": False} for n, text in enumerate(lines(number, times), 1)]


def plain(number: int) -> bytes:
    """The same as a text file."""
    return "\n".join(lines(number)).encode()


def document(number: int) -> bytes:
    """The same as a Word file, with the styles and the size of a real one."""
    told = "".join(f"<w:p><w:r><w:t>{html.escape(text)}</w:t></w:r></w:p>" for text in lines(number))
    made = io.BytesIO()
    with (
        zipfile.ZipFile(MATERIALS / "docx" / "so-12.docx") as model,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as copy,
    ):
        for item in model.infolist():
            kept = model.read(item)
            if item.filename == "word/document.xml":
                kept = BODY.sub(lambda _: f"<w:body>{told}".encode(), kept, count=1)
            copy.writestr(item.filename, kept)
    return made.getvalue()
