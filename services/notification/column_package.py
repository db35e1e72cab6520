"""The package of an article for the public account: its text, the text as a page to paste, and two covers: one drawn
with the title, and its ground as a bitmap, which is all that public accounts take; they write the title themselves.

What must stay true: the same article makes the same bytes, and nothing tells by whom or on which machine it was made.
"""

import io
import textwrap
import zipfile
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

from services.spine import clock

SIZE = (900, 383)
"""What public accounts ask of a cover: 2.35 to 1."""
GROUND = Path(__file__).with_name("cover.png")
FONTS = "'PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif"


def zipped(article: dict[str, Any], pictures: Sequence[bytes] = ()) -> bytes:
    """The files of the package in a zip."""
    files = {"正文.txt": _text(article).encode(), "正文.html": _page(article).encode()}
    files |= {"封面.svg": cover(article).encode(), "封面.png": GROUND.read_bytes()}
    for number, (shown, data) in enumerate(zip(article["pictures"], pictures, strict=True), 1):
        files[f"图片{number}.{shown['media'].removeprefix('image/').replace('jpeg', 'jpg')}"] = data
    year, month, day = (int(part) for part in clock.local_day(article["released_at"]).split("-"))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in files.items():
            member = zipfile.ZipInfo(name, (year, month, day, 0, 0, 0))
            member.compress_type, member.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            package.writestr(member, content)
    return packed.getvalue()


def cover(article: dict[str, Any]) -> str:
    """A cover with the article's title, drawn."""
    width, height = SIZE
    lines = textwrap.wrap(article["title"], 16)[:3]
    top = 190 - 32 * (len(lines) - 1)
    title = "".join(f'<tspan x="70" y="{top + 64 * place}">{escape(line)}</tspan>' for place, line in enumerate(lines))
    held = "{}年{}月{}日".format(*(int(part) for part in article["held_on"].split("-")))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">'
        '<rect width="900" height="383" fill="#8f171a"/>'
        '<path d="M560 383C640 250 760 170 900 150V383Z" fill="#a3282a"/>'
        '<path d="M690 383C750 300 820 260 900 250V383Z" fill="#b8403a"/>'
        '<rect x="70" y="62" width="56" height="6" fill="#f3d9a4"/>'
        f'<g fill="#fff" font-family="{FONTS}"><text font-size="48" font-weight="600">{title}</text>'
        f'<text x="70" y="330" font-size="24" fill="#f3d9a4">{escape(article["publisher"])}　{held}</text>'
        "</g></svg>\n"
    )


def _text(article: dict[str, Any]) -> str:
    lines = [article["title"], *article["paragraphs"], *_marks(article), f"来源：{article['publisher']}"]
    return "\n\n".join(lines) + "\n"


def _marks(article: dict[str, Any]) -> list[str]:
    """Where each picture is put, with its caption: the editors of public accounts take no picture of a pasted page."""
    return [f"（图片{number}：{one['caption']}）" for number, one in enumerate(article["pictures"], 1)]


def _page(article: dict[str, Any]) -> str:
    """A page with its style in each paragraph, as the editors of public accounts keep it when it is pasted."""
    style = "margin:0 0 1em;font-size:16px;line-height:1.8;text-align:justify;text-indent:2em"
    body = "".join(f'<p style="{style}">{escape(line)}</p>\n' for line in article["paragraphs"])
    small = "margin:0 0 1em;font-size:14px;color:#888"
    body += "".join(f'<p style="{small};text-align:center">{escape(mark)}</p>\n' for mark in _marks(article))
    source = f'<p style="{small}">来源：{escape(article["publisher"])}</p>'
    title = escape(article["title"])
    head = f'<!doctype html>\n<html lang="zh-CN"><head><meta charset="utf-8"><title>{title}</title></head><body>\n'
    return f'{head}<h1 style="font-size:20px;line-height:1.5">{title}</h1>\n{body}{source}\n</body></html>\n'
