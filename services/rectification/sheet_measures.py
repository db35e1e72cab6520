"""The columns of a ledger about measures, read line by line: what, who, by when, with whom.

What must stay true: the first line of each column is about the first measure; columns that do not fit together are told
and not guessed.
"""

import re
from collections.abc import Mapping

from services.rectification import sheet_days, sheet_lists, sheet_values
from services.rectification.findings import Finding, finding
from services.rectification.sheet_reading import Row, Text
from services.rectification.sheet_values import MOST, Manner, Values

MEASURES = ("measures", "measure_who", "measure_due", "measure_with")
MEASURE, WHO = 1000, 120
_PARTS = re.compile(r"[、,，;；/\n]+")


def read(row: Row, columns: tuple[str, ...], manner: Manner) -> tuple[Values, list[Finding]]:
    """What these columns of a row and of those that belong to it say, line by line, with all there is to tell."""
    values: Values = {}
    findings: list[Finding] = []
    told: dict[str, list[str]] = {column: [] for column in MEASURES}
    places: dict[str, str] = {}
    for cells in (row.cells, *row.more):
        part = {column: _sound(column, cells, findings) for column in MEASURES}
        for column, instead in (("measure_who", "responsible"), ("measure_due", "due_on")) if row.more else ():
            part[column] = part[column] or cells.get(instead, Text("", "")).text
        whats = sheet_values.split(part["measures"], several=manner.split)
        count = max(len(whats), 1 if any(part.values()) else 0)
        for column in MEASURES:
            if not part[column]:
                told[column] += [""] * count
                continue
            place = cells.get(column, row.cells.get("measures", row.cells["problem"])).cell
            places.setdefault(column, place)
            given = whats if column == "measures" else sheet_values.split(part[column], several=False)
            given = given * count if len(given) == 1 else given
            if whats and len(given) != count:
                findings.append(finding("wrong", column, place, "ledger_lines_differ", count=len(given), other=count))
                given = [""] * count
            told[column] += ["" if text in ("—", "-", "/") else text for text in given]
    for column in MEASURES:
        if column in columns and column in places:
            _lines(column, places[column], told[column], manner, values, findings)
    return values, findings


def _sound(column: str, cells: Mapping[str, Text], findings: list[Finding]) -> str:
    one = cells.get(column, Text("", ""))
    wrong = sheet_values.unsound(column, one) if one.text or one.formula else None
    if wrong:
        findings.append(sheet_values.untold(wrong))
    return "" if wrong else one.text


def _lines(column: str, cell: str, texts: list[str], manner: Manner, values: Values, findings: list[Finding]) -> None:
    most = MEASURE if column == "measures" else WHO
    longest = max(map(len, texts), default=0)
    if len(texts) > MOST:
        findings.append(finding("wrong", column, cell, "ledger_too_many_lines", count=len(texts), most=MOST))
    elif longest > most and column != "measure_with":
        findings.append(finding("wrong", column, cell, "ledger_too_long", count=longest, most=most))
    elif column == "measure_with":
        values[column] = [[part.strip() for part in _PARTS.split(text) if part.strip()][:MOST] for text in texts]
    elif column != "measure_due":
        values[column] = texts
    else:
        texts = ["" if sheet_lists.heads(text) else text for text in texts]
        read_ = [sheet_days.read(text, manner.today, since_1904=manner.since_1904) for text in texts]
        days = [one.day or "" for one in read_]
        if not all(one.known for one in read_):
            findings.append(finding("wrong", column, cell, "ledger_day", text=" ".join(texts)[:40]))
        elif all(one.sure for one in read_):
            values[column] = days
        else:
            shown = "、".join(filter(None, days))
            findings.append(
                finding("ask", column, cell, "ledger_day_about", days, text=" ".join(texts)[:40], day=shown)
            )
