"""The text of a material with the quoted passages marked, and the findings and notes that belong to each paragraph.

Pure: paragraphs, findings and notes in, pieces out. A quotation that cannot be found in its paragraph marks nothing;
the finding still stands beside the paragraph.
"""

import re
from collections.abc import Iterable
from typing import Any, NamedTuple

_NUMBERED = re.compile(r"([一二三四五六七八九十]{1,3}、[^。；]{2,24}|[0-9]{1,2}[.．、] ?[^。；，,]{2,14})$")


class Piece(NamedTuple):
    """A stretch of text and the findings that quote it (none for plain text)."""

    text: str
    findings: tuple[str, ...]


def pieces(text: str, quotations: Iterable[tuple[str, str]]) -> list[Piece]:
    """Cut a paragraph at the quotations `(finding id, words)`; overlapping ones share their pieces."""
    spans = [(*span, finding) for finding, words in quotations if (span := _span(text, words))]
    cuts = sorted({0, len(text), *(at for start, end, _ in spans for at in (start, end))})
    cut: list[Piece] = []
    for start, end in zip(cuts, cuts[1:], strict=False):
        quoting = tuple(finding for first, last, finding in spans if first <= start and end <= last)
        if cut and cut[-1].findings == quoting:
            cut[-1] = Piece(cut[-1].text + text[start:end], quoting)
        else:
            cut.append(Piece(text[start:end], quoting))
    return cut


def annotate(
    paragraphs: Iterable[dict[str, Any]], findings: list[dict[str, Any]], notes: Iterable[dict[str, Any]] = ()
) -> list[dict[str, Any]]:
    """Every paragraph with its pieces, and the findings and notes anchored at it; `pieces` name both by their ids."""
    by_finding, by_note = _by_paragraph(findings), _by_paragraph(notes)
    annotated = []
    for paragraph in paragraphs:
        number = int(paragraph["n"])
        here, noted = by_finding.get(number, []), by_note.get(number, [])
        quoted = [(str(one["id"]), _anchor(one).get("quotation") or "") for one in (*here, *noted)]
        heading = paragraph.get("heading") or bool(_NUMBERED.match(paragraph["text"]))
        cut = pieces(paragraph["text"], quoted)
        annotated.append({**paragraph, "heading": heading, "pieces": cut, "findings": here, "notes": noted})
    return annotated


def _anchor(one: dict[str, Any]) -> dict[str, Any]:
    return one.get("anchor") or {}


def _by_paragraph(marks: Iterable[dict[str, Any]]) -> dict[int, list[dict[str, Any]]]:
    sorted_in: dict[int, list[dict[str, Any]]] = {}
    for one in marks:
        sorted_in.setdefault(int(_anchor(one).get("paragraph") or 0), []).append(one)
    return sorted_in


def in_order(findings: Iterable[dict[str, Any]], standards: list[str]) -> list[dict[str, Any]]:
    """Findings as they are read: by standard in the campaign's order, failures first, then by place."""
    rank = {code: number for number, code in enumerate(standards)}
    return sorted(
        findings,
        key=lambda finding: (
            rank.get(finding.get("standard", ""), 99),
            finding.get("severity") != "fail",
            (finding.get("anchor") or {}).get("paragraph") or 0,
        ),
    )


def _span(text: str, words: str) -> tuple[int, int] | None:
    words = words.strip().strip("…")
    start = text.find(words) if words else -1
    return (start, start + len(words)) if start >= 0 else None
