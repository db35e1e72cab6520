"""The filing list as an Excel sheet in the official look: title, ruled table, missing lines red, who filled it in.

What must stay true: a cell is text or a number, never a formula.
"""

import io
from collections.abc import Sequence
from typing import Any

import xlsxwriter
from flask_babel import gettext

WIDTHS = (6, 8, 34, 7, 7, 13, 16, 36, 18)


def write(campaign: str, unit: str, compiled: str, lines: Sequence[Sequence[Any]]) -> bytes:
    """The sheet; of each line nine cells, then whether it is missing."""
    file = io.BytesIO()
    as_text = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(file, {**as_text, "in_memory": True})
    sheet = book.add_worksheet(gettext("归档清单"))
    title = book.add_format({"bold": True, "font_size": 18, "align": "center", "valign": "vcenter"})
    ruled = {"border": 1, "text_wrap": True, "valign": "vcenter"}
    head = book.add_format({**ruled, "bold": True, "align": "center", "bg_color": "#F2F2F2"})
    cells = [book.add_format(ruled), book.add_format({**ruled, "bg_color": "#FBD5D5", "font_color": "#9B1C1C"})]
    heads = [
        gettext("序号"), gettext("编号"), gettext("材料名称"), gettext("份数"), gettext("版次"), gettext("材料日期"),
        gettext("保管人"), gettext("SHA-256"), gettext("备注"),
    ]  # fmt: skip
    last = len(heads) - 1
    sheet.merge_range(0, 0, 0, last, gettext("民主生活会材料归档清单"), title)
    sheet.set_row(0, 36)
    sheet.write_string(1, 0, gettext("单位：%(unit)s", unit=unit))
    sheet.write_string(2, 0, gettext("活动：%(campaign)s", campaign=campaign))
    for column, (text, width) in enumerate(zip(heads, WIDTHS, strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(3, column, text, head)
    for row, line in enumerate(lines, 4):
        cell = cells[bool(line[-1])]
        for column, value in enumerate(line[:-1]):
            write_cell = sheet.write_number if isinstance(value, int) else sheet.write_string
            write_cell(row, column, value, cell)
    sheet.write_string(len(lines) + 5, 0, compiled)
    sheet.write_string(len(lines) + 5, last - 1, gettext("第一责任人（签字）："))
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(3)
    sheet.freeze_panes(4, 0)
    book.close()
    return file.getvalue()
