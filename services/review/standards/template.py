"""Template, a part of F3: places of a form that were never filled in, by which a reader sees that a text was taken
from somewhere and not written.

Brackets that tell what belongs there, rows of underlines, crosses for a unit, month or number in the writer's own
text. Masked names in examples are looked at under F2; one left-over place is noted, from two on the standard fails.
"""

from typing import Any

from . import findings
from .reading import Reading

Finding = dict[str, Any]
SEVERAL = 2
MARKS = "【（(_×xX＊"  # with which every such place begins


def judge(reading: Reading) -> list[Finding]:
    """Where the writer left a form's places empty."""
    places = reading.rules.pattern("persuasion", "placeholder")
    marks = [mark for mark in MARKS if mark in reading.glance.text]
    found = [
        (line, hit.group())
        for line in (reading.lines if marks else ())
        if (begins := [at for mark in marks if (at := line["text"].find(mark)) >= 0])
        for hit in places.finditer(line["text"], min(begins))
    ]
    if not found:
        return []
    line, words = found[0]
    reason = (
        f"有 {len(found)} 处模板的空没有填（“{words}”），是套用的。",
        f"{len(found)} places of a template were left empty (“{words}”).",
    )
    would = ("删去模板，由本人（本班子）自己写。", "Drop the template and write it yourself.")
    anchor = {"paragraph": line["n"], "node": None, "quotation": words}
    return [findings.make("persuasion.placeholder", anchor, reason, would, 0.9, fail=len(found) >= SEVERAL)]
