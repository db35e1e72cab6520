"""The manifest of a batch: an Excel table with a line for each file, offered filled in as far as is known, read back.

What must stay true: a cell is text, never a formula, whatever somebody wrote; what cannot be understood is told by its
cell with what would be right. A line: {row, unit, kind, post, file, note, secrecy, refusal: {code, params, errors} or
None}. A line whose file is left blank is none.
"""

import io
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

import xlsxwriter

from services.intake import domain, files, kinds, secrecy
from services.spine import errors, sheets

Line = dict[str, Any]
MOST_LINES, MOST_ROWS, INFLATED = 2000, 12_000, 32 << 20
HEADS = {
    "unit": {"zh": "单位代码", "en": "Unit code"},
    "name": {"zh": "单位名称（仅供查看）", "en": "Unit (for reading only)"},
    "kind": {"zh": "材料", "en": "Material"},
    "post": {"zh": "岗位", "en": "Post"},
    "due": {"zh": "应交日期（仅供查看）", "en": "Due (for reading only)"},
    "file": {"zh": "压缩包内的文件名", "en": "File in the zip"},
    "note": {"zh": "说明", "en": "Note"},
    "secrecy": {"zh": "密级", "en": "Secrecy"},
}
WIDTHS = {"unit": 16, "name": 32, "kind": 24, "post": 9, "due": 14, "file": 44, "note": 28, "secrecy": 12}
NEEDED = ("unit", "kind", "post", "file")
LONGEST = {"note": 1000, "file": 240}
TEXT = {"zh": "文字，不要公式", "en": "text, no formula"}
TEAM = {"zh": "班子", "en": "team"}
SECRECY = {
    "public": {"zh": "公开", "en": "public"},
    "internal": {"zh": "内部", "en": "internal"},
    "work_secret": {"zh": "工作秘密", "en": "work secret"},
    "confidential": {"zh": "秘密", "en": "confidential"},
    "secret": {"zh": "机密", "en": "secret"},
    "top_secret": {"zh": "绝密", "en": "top secret"},
}


def write(plans: Iterable[Mapping[str, Any]], names: Mapping[str, str], language: str) -> bytes:
    """The table to fill in: a line for each material these units owe; a file left blank is not handed in."""
    owed = [(plan, row) for plan in plans for row in domain.asked(plan) if row["kind"] in kinds.KINDS]
    lines = [
        {
            "unit": plan["unit"],
            "name": names.get(plan["unit"], ""),
            "kind": _kinds()[row["kind"]][language],
            "post": TEAM[language] if row["post"] == "team" else row["post"],
            "due": row.get("due_on") or "",
        }
        for plan, row in owed
    ]
    labels = [label[language] for label in _kinds().values()]
    levels = [SECRECY[level][language] for level in secrecy.LEVELS]
    return table(
        {"zh": "清单", "en": "Manifest"}[language],
        [(HEADS[key][language], WIDTHS[key]) for key in HEADS],
        [[line.get(key, "") for key in HEADS] for line in lines],
        {list(HEADS).index("kind"): labels, list(HEADS).index("secrecy"): levels},
    )


def table(
    title: str,
    heads: list[tuple[str, int]],
    lines: list[list[str]],
    choices: Mapping[int, list[str]] | None = None,
) -> bytes:
    """A workbook of one table of texts, with choices offered in some columns."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#F2F2F2", "border": 1})
    cell = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
    sheet = book.add_worksheet(title)
    offered = book.add_worksheet("_choices")
    offered.very_hidden()
    for column, (text, width) in enumerate(heads):
        sheet.set_column(column, column, width, cell)
        sheet.write_string(0, column, text, head)
    for row, line in enumerate(lines, 1):
        for column, text in enumerate(line):
            sheet.write_string(row, column, text[:32000], cell)
    for place, (column, words) in enumerate((choices or {}).items()):
        for row, word in enumerate(words):
            offered.write_string(row, place, word)
        letter = sheets.address(1, place + 1).rstrip("1")
        source = f"=_choices!${letter}$1:${letter}${len(words)}"
        asked = {"validate": "list", "source": source, "error_type": "warning"}
        sheet.data_validation(1, column, MOST_ROWS - 1, column, asked)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(len(lines), 1), len(heads) - 1)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    book.close()
    return out.getvalue()


def read(name: str, data: bytes) -> tuple[list[Line], int]:
    """The lines that name a file, and how many name none; refuses what is no manifest or bears a secrecy mark."""
    try:
        sheet = sheets.read(data, INFLATED, MOST_ROWS)[0]
    except (sheets.Unreadable, IndexError):
        raise errors.Refusal("file_damaged", name=name) from None
    heads = {
        key: column
        for column, cell in sheet.rows.get(1, {}).items()
        for key, words in HEADS.items()
        if cell.text.strip() in words.values()
    }
    if missing := [HEADS[key]["zh"] for key in NEEDED if key not in heads]:
        raise errors.Refusal("batch_manifest_not_ours", name=name, missing="、".join(missing))
    lines, blank = list[Line](), 0
    for number, row in sheet.rows.items():
        cells = {key: row[column] for key, column in heads.items() if column in row and number > 1}
        files.check_unmarked(*(cell.text for cell in cells.values()))
        if cells.get("file", sheets.Cell("", False)) != sheets.Cell("", False):
            lines.append(_line(number, cells, heads))
        else:
            blank += any(cell.text.strip() for cell in cells.values())
    if not lines:
        raise errors.Refusal("batch_empty", name=name)
    if len(lines) > MOST_LINES:
        raise errors.Refusal("batch_too_many", count=len(lines), most=MOST_LINES)
    return _each_once(lines), blank


def _line(number: int, cells: dict[str, sheets.Cell], heads: dict[str, int]) -> Line:
    """One line as codes, or with the first cell that cannot be understood."""
    texts = {key: unicodedata.normalize("NFC", cells[key].text.strip()) if key in cells else "" for key in HEADS}
    unit = unicodedata.normalize("NFKC", texts["unit"]).upper()
    post = unicodedata.normalize("NFKC", texts["post"]).lower()
    known = {
        "unit": unit,
        "kind": _coded(_kinds(), texts["kind"]),
        "post": _coded({"team": TEAM}, post) or (post.zfill(2) if post.isdigit() else None),
        "file": texts["file"].replace("\\", "/").removeprefix("./"),
        "note": texts["note"],
        "secrecy": _coded(SECRECY, texts["secrecy"] or secrecy.USUAL),
    }
    right: dict[str, Any] = {
        "kind": _either(_kinds().values()),
        "post": {"zh": "01、02 等，班子材料写“班子”", "en": "01, 02 and so on, or team"},
        "secrecy": _either(SECRECY[level] for level in secrecy.LEVELS),
        **{key: f"≤ {most}" for key, most in LONGEST.items()},
    }
    refusal = None
    for key, value in known.items():
        cell = sheets.address(number, heads.get(key, 1))
        if key in cells and cells[key].formula:
            refusal = _refused("batch_cell", cell, value=f"={texts[key]}"[:80], right=TEXT)
        elif value is None or len(value) > LONGEST.get(key, 240):
            refusal = _refused("batch_cell", cell, value=texts[key][:80], right=right.get(key, "990823-NYNC"))
        if refusal:
            break
    return {"row": number, **{key: value or "" for key, value in known.items()}, "refusal": refusal}


def _each_once(lines: list[Line]) -> list[Line]:
    """Of two lines about one material only the first is taken."""
    first: dict[tuple[str, str, str], int] = {}
    for line in lines:
        if line["refusal"] is None:
            other = first.setdefault((line["unit"], line["kind"], line["post"]), line["row"])
            if other != line["row"]:
                line["refusal"] = _refused("batch_row_twice", f"{line['row']}", other=other)
    return lines


def _refused(code: str, cell: str, **params: Any) -> dict[str, Any]:
    return {"code": code, "params": {"cell": cell, **params}, "errors": []}


def _either(words: Iterable[Mapping[str, str]]) -> dict[str, str]:
    listed = list(words)
    return {"zh": "、".join(one["zh"] for one in listed), "en": ", ".join(one["en"] for one in listed)}


def _kinds() -> dict[str, dict[str, str]]:
    return {code: kinds.label(kinds.schema(kinds.versions(code)[-1]), code) for code in kinds.KINDS}


def _coded(words: Mapping[str, Mapping[str, str]], text: str) -> str | None:
    """The code of a word in either language, or the code itself."""
    asked = text.lower()
    return next(
        (code for code, both in words.items() if asked in (code, *(one.lower() for one in both.values()))), None
    )
