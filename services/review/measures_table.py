"""Measures in a table: which column says what, and one row's cells by what they say."""

COLUMNS = {
    "owner": ("责任", "牵头", "负责"),
    "due": ("时限", "时间", "期限", "完成", "日期"),
    "problem": ("问题", "整改内容", "对应", "事项"),
    "action": ("措施", "举措", "做法", "任务", "结果", "目标", "整改"),
    "number": ("序号", "编号"),
}
ENOUGH, LONGEST = 2, 12


def cells(text: str) -> list[str]:
    """A row's cells."""
    return [cell.strip() for cell in text.split("    ") if cell.strip()]


def columns(text: str) -> list[str]:
    """What each column holds, if this row is a table's head (which may be repeated on each page); else nothing."""
    row = cells(text)
    named = [next((what for what, words in COLUMNS.items() if any(word in cell for word in words)), "") for cell in row]
    if any(len(cell) > LONGEST for cell in row) or len({name for name in named if name}) < ENOUGH:
        return []
    return [] if any(each.isdigit() for cell in row for each in cell) else named


def fields(text: str, header: list[str]) -> dict[str, str]:
    """The cells of a row by column; without a head, or where the row does not fit it, all of it is the action."""
    row = cells(text)
    if len(row) == len(header) - 1 and header and header[0] == "number":
        header = header[1:]
    if len(row) != len(header):
        return {"action": text}
    found: dict[str, str] = {}
    for name, cell in zip(header, row, strict=True):
        if name:
            found[name] = f"{found[name]} {cell}" if name in found else cell
    return found
