"""What is to be told about a cell of a sheet, in which words, and what is proposed instead.

What must stay true: what is proposed counts only when somebody has accepted it. A finding: {column (`row`: the row as a
whole), cell, kind: note (read so) | ask (proposed) | wrong (left out) | conflict (changed on both sides), code, params,
value: what is proposed, accepted: None until somebody has decided, choices: the values one may choose from, where there
are several; without a value, too, and then only somebody's choice counts}.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from services.rectification import sheet_words
from services.spine import errors

Finding = dict[str, Any]
KINDS = ("note", "ask", "wrong", "conflict")
DECIDED = ("ask", "conflict")
ROW = "row"


def finding(
    kind: str, column: str, cell: str, code: str, value: Any = None, choices: Sequence[str] = (), **params: Any
) -> Finding:
    """Something to be told about a cell."""
    told = {"column": column, "cell": cell, "kind": kind, "code": code, "params": params}
    return {**told, "value": value, "accepted": None, **({"choices": list(choices)} if choices else {})}


def waits(one: Finding) -> bool:
    """Whether somebody's word is waited for."""
    return one["kind"] in DECIDED and one["accepted"] is None


def left_out(findings: Iterable[Finding]) -> bool:
    """Whether a row is not taken: it cannot be, or somebody said so."""
    return any(
        one["column"] == ROW and (one["kind"] == "wrong" or (one["kind"] == "ask" and one["accepted"]))
        for one in findings
    )


def told(one: Finding, language: str) -> dict[str, Any]:
    """A finding in the reader's words, with what is proposed as it would stand in the cell."""
    params = {key: value[language] if isinstance(value, dict) else value for key, value in one["params"].items()}
    title = titled(one["column"], language)
    params |= {"cell": one["cell"], "column": title}
    named_ = {key: one[key] for key in ("column", "cell", "kind", "code", "accepted")}
    return {
        **named_,
        "title": title,
        "detail": errors.text(one["code"], language, params),
        "proposal": _proposal(one, language),
        "choices": [{"value": each, "title": sheet_words.LISTS[each][language]} for each in one.get("choices", ())],
    }


def titled(column: str, language: str) -> str:
    """What a column is called; nothing for a row as a whole."""
    found = sheet_words.COLUMNS.get(column)
    return (found.en if language == "en" else found.zh) if found else ""


def _proposal(one: Finding, language: str) -> str:
    value, column = one["value"], one["column"]
    if value is None or column == ROW:
        return ""
    words = {"category": sheet_words.LISTS, "source": sheet_words.SOURCES}.get(column, {})
    if isinstance(value, str):
        return words[value][language] if value in words else value
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return "\n".join(f"{each['due_on']} {each['deliverable']}" for each in value)
    if isinstance(value, list):
        return "\n".join("、".join(each) if isinstance(each, list) else str(each) for each in value)
    return str(value)
