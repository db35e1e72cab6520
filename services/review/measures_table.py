"""Measures in a table: which column says what, and one row's cells by what they say."""

from .rules import Rules

ENOUGH, LONGEST = 2, 12


def cells(text: str) -> list[str]:
    """A row's cells."""
    return [cell.strip() for cell in text.split("    ") if cell.strip()]


def columns(text: str, rules: Rules) -> list[str]:
    """What each column holds, if this row is a table's head (which may be repeated on each page); else nothing."""
    row = cells(text)
    known = rules.by_room["measures"]["columns"].items()
    named = [next((what for what, words in known if any(word in cell for word in words)), "") for cell in row]
    if any(len(cell) > LONGEST for cell in row) or len({name for name in named if name}) < ENOUGH:
        return []
    figures = [cell for cell in row if any(each.isdigit() for each in cell)]
    return named if not figures or days(text, rules) == figures else []


def days(head: str, rules: Rules) -> list[str]:
    """The cells of a table's head that are days, where several are: what is to be there by then stands below them."""
    date = rules.pattern("measures", "date")
    found = [cell for cell in cells(head) if date.match(cell)]
    return found if len(found) >= ENOUGH else []


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
