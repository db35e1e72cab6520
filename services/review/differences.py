"""Differences between two versions, as a reader of Chinese sees them: by paragraph, and inside one by words.

What must stay true: the pieces of the new version, joined, are its text to the letter, and so are those of the old. A
paragraph that stands elsewhere is told as moved, once. Pure.
"""

import re
from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Any

from services.review import anchors

ALIKE, MOVED, ISLAND = 0.35, 0.85, 2
WORD = re.compile(r"[A-Za-z]+|\d+(?:\.\d+)?%?|\s+|.", re.S)
Paragraph = dict[str, Any]
Piece = dict[str, str]
KINDS = ("same", "changed", "moved", "added", "removed")


def compare(old: Sequence[Paragraph], new: Sequence[Paragraph]) -> dict[str, Any]:
    """{rows: [{kind, n, was_n, pieces: [{op: same|added|removed, text}]}], counts: {kind: number}}."""
    rows = _moved(_aligned(old, new))
    counted = Counter(row["kind"] for row in rows)
    return {"rows": rows, "counts": {kind: counted[kind] for kind in KINDS}}


def words(old: str, new: str) -> list[Piece]:
    """What was taken out and put in, word by word; equal islands of a sign or two between changes are not torn out."""
    mine, theirs = WORD.findall(old), WORD.findall(new)
    runs: list[list[str]] = []
    for op, a, b, c, d in SequenceMatcher(None, mine, theirs, autojunk=False).get_opcodes():
        before, after = "".join(mine[a:b]), "".join(theirs[c:d])
        island = op == "equal" and len(before) < ISLAND and runs and d < len(theirs) and b < len(mine)
        if op == "equal" and not island:
            runs.append([before, ""])
        elif runs and len(runs[-1]) == 3:  # noqa: PLR2004  (an open change: removed, added, mark)
            runs[-1][0] += before
            runs[-1][1] += after
        else:
            runs.append([before, after, "changed"])
    pieces: list[Piece] = []
    for run in runs:
        if len(run) == 2:  # noqa: PLR2004
            pieces.append({"op": "same", "text": run[0]})
        else:
            pieces += [{"op": op, "text": text} for op, text in (("removed", run[0]), ("added", run[1])) if text]
    return pieces


def _aligned(old: Sequence[Paragraph], new: Sequence[Paragraph]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    matcher = SequenceMatcher(None, [one["text"] for one in old], [one["text"] for one in new], autojunk=False)
    for op, a, b, c, d in matcher.get_opcodes():
        if op == "equal":
            rows += [_row("same", new[c + i], old[a + i]) for i in range(b - a)]
        else:
            rows += _paired(old[a:b], new[c:d])
    return rows


def _paired(old: Sequence[Paragraph], new: Sequence[Paragraph]) -> list[dict[str, Any]]:
    """A block of old against a block of new: in order, each with the next one like enough."""
    rows, i = [], 0
    for paragraph in new:
        like = next(
            (j for j in range(i, len(old)) if anchors.likeness(old[j]["text"], paragraph["text"]) >= ALIKE), None
        )
        if like is None:
            rows.append(_row("added", paragraph, None))
            continue
        rows += [_row("removed", None, one) for one in old[i:like]]
        rows.append(_row("changed", paragraph, old[like]))
        i = like + 1
    return [*rows, *(_row("removed", None, one) for one in old[i:])]


def _moved(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What was taken out here and put in there, nearly the same, was moved: told at its new place."""
    gone = [row for row in rows if row["kind"] == "removed" and len(_text(row)) > ISLAND]
    for row in [row for row in rows if row["kind"] == "added" and len(_text(row)) > ISLAND]:
        best = max(gone, key=lambda one: anchors.likeness(_text(one), _text(row)), default=None)
        if best is not None and anchors.likeness(_text(best), _text(row)) >= MOVED:
            row |= {"kind": "moved", "was_n": best["was_n"], "pieces": words(_text(best), _text(row))}
            gone.remove(best)
            rows = [one for one in rows if one is not best]
    return rows


def _row(kind: str, new: Paragraph | None, old: Paragraph | None) -> dict[str, Any]:
    mine, theirs = (old or {}).get("text", ""), (new or {}).get("text", "")
    pieces = [{"op": "same", "text": theirs}] if kind == "same" else words(mine, theirs)
    return {"kind": kind, "n": new and new["n"], "was_n": old and old["n"], "pieces": pieces}


def _text(row: dict[str, Any]) -> str:
    return "".join(piece["text"] for piece in row["pieces"])
