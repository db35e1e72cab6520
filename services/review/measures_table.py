"""Measures in a table: which column says what, and one row's cells by what they say."""

COLUMNS = {
    "number": ("序号", "编号"),
    "owner": ("责任", "牵头", "负责", "谁", "领办", "承办", "包抓"),
    "due": ("时限", "时间", "期限", "日期", "哪天", "何时", "几时", "时候", "节点", "完成时"),
    "check": ("验", "结果", "目标", "标准", "见到", "成果", "看什么"),
    "action": ("措施", "举措", "做法", "任务", "办法", "做什么", "怎么", "怎样", "如何", "改什么", "整改", "动作"),
    "problem": ("问题", "对应", "事项", "对着", "对哪", "哪一", "哪条", "方面"),
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
    if "action" not in header and "check" in header:
        header = ["action" if name == "check" else name for name in header]
    found: dict[str, str] = {}
    for name, cell in zip(header, row, strict=True):
        if name:
            found[name] = f"{found[name]} {cell}" if name in found else cell
    return found
