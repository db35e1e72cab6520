"""A campaign's own templates: a Word document of the office's, in the place of ours, for a kind of material.

What must stay true: every version is kept, with who put it there, when and why, and who took it away; the newest stands
until it is withdrawn, then ours does again. An own template: {_id: campaign.kind, campaign, kind, versions: [{version,
sha256, size, file_name, placeholders, note, by, by_account, at, withdrawn: {reason, by, by_account, at} or None}]}.
"""

import io
import itertools
from typing import Any

import docx
from docx.opc.exceptions import OpcError
from docx.table import Table
from lxml.etree import LxmlError

from services.intake import kinds, placeholders, reference
from services.spine.errors import Refusal

OwnTemplate = dict[str, Any]
Version = dict[str, Any]
LONGEST_PREVIEW = 400
EXAMPLE = reference.Facts(
    unit="青溪县农业农村局",
    campaign="学习贯彻主题教育专题民主生活会",
    meeting_on="2024-01-09",
    post="02",
    posts=(("01", "党组书记、局长"), ("02", "副局长")),
    aspects=(("theory", "理论学习"), ("integrity", "廉洁自律")),
)


def in_word() -> list[str]:
    """The kinds that are handed in as Word documents."""
    return [code for code, known in kinds.KINDS.items() if "docx" in known.endings]


def check_in_word(kind: str) -> None:
    """Refuse a kind that has no Word template."""
    if "docx" not in kinds.kind(kind).endings:
        raise Refusal("template_not_word")


def begin(campaign: str, kind: str) -> OwnTemplate:
    """The record before anything was put there."""
    return {"_id": f"{campaign}.{kind}", "campaign": campaign, "kind": kind, "versions": []}


def standing(record: OwnTemplate) -> Version | None:
    """The version that units get; None when they get ours."""
    last: Version | None = record["versions"][-1] if record["versions"] else None
    return last if last and not last["withdrawn"] else None


def keep(record: OwnTemplate, given: dict[str, Any]) -> OwnTemplate:
    """The next version; the same file again changes nothing."""
    stands = standing(record)
    if stands and stands["sha256"] == given["sha256"]:
        return record
    version = {"version": len(record["versions"]) + 1, **given, "withdrawn": None}
    return {**record, "versions": [*record["versions"], version]}


def withdraw(record: OwnTemplate, number: int, who: dict[str, str]) -> OwnTemplate:
    """Take the standing version away, with a reason; twice is once, and one that was replaced is told."""
    if not any(one["version"] == number for one in record["versions"]):
        raise Refusal("not_found", id=f"{record['_id']}.v{number}")
    *earlier, last = record["versions"]
    if last["version"] != number:
        raise Refusal("template_replaced", version=last["version"])
    return record if last["withdrawn"] else {**record, "versions": [*earlier, {**last, "withdrawn": who}]}


def shown(record: OwnTemplate) -> dict[str, Any]:
    """The record as an answer."""
    stands, kind = standing(record), record["kind"]
    known = {"campaign": record["campaign"], "kind": kind, "label": kinds.shown(kind)["label"]}
    return {**known, "standing": stands["version"] if stands else None, "versions": record["versions"]}


def offered() -> list[dict[str, Any]]:
    """The placeholders on offer, each with what it stands for and what would stand there."""
    written = placeholders.values("speech_outline", EXAMPLE)
    return [
        {"name": name, "label": one._asdict(), "example": written[name]} for name, one in placeholders.OFFERED.items()
    ]


def blocks(name: str, data: bytes) -> list[reference.Block]:
    """A Word document as blocks, to be shown on a page; refuses one that cannot be opened."""
    try:
        parts = docx.Document(io.BytesIO(data)).iter_inner_content()
        found = [_table(part) if isinstance(part, Table) else _paragraph(part) for part in parts]
    except (OpcError, LxmlError, KeyError, ValueError, AttributeError, IndexError):
        raise Refusal("file_damaged", name=name) from None
    return list(itertools.islice((one for one in found if one["text"].strip() or one["rows"]), LONGEST_PREVIEW))


def _paragraph(part: Any) -> reference.Block:
    style = str(part.style.name if part.style is not None else "").lower()
    mark = {"title": "title", "heading 1": "heading"}.get(
        style, "subheading" if style.startswith("heading") else "line"
    )
    return {"kind": "item" if style.startswith("list") else mark, "text": part.text, "rows": []}


def _table(part: Table) -> reference.Block:
    return {"kind": "table", "text": "", "rows": [[cell.text for cell in row.cells] for row in part.rows]}
