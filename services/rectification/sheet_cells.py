"""An item as the cells of a row of the official sheet, and the mark by which a changed cell is known again.

What must stay true: what a cell says depends on the item alone; a cell that was not changed is never read back, so that
going out and coming in loses nothing. A mark: the language, then for each column a short sum of what was written out.
"""

import functools
import hashlib
import re
from collections.abc import Callable, Mapping
from typing import Any

from services.rectification import sheet_words
from services.rectification.sheet_words import Words
from services.spine import sheet_stream

Cells = dict[str, str]
Item = Mapping[str, Any]
_WORD = 24
"""How long a cell's text is at most whose sum is kept in mind: most say one of few words."""
_UNSEEN = re.compile("[\u200b-\u200f\u2028-\u202e\ufeff\x00-\x08\x0b\x0c\x0e-\x1f]")
_SPACES = re.compile(r"[^\S\n]+$", re.MULTILINE)
HELD: dict[str, Words] = {"held": {"zh": "巩固", "en": "held"}, "rebounded": {"zh": "反弹", "en": "rebounded"}}


def of(item: Item, language: str, unit: str = "", aspects: Mapping[str, str] | None = None) -> Cells:
    """The visible cells of an item as people see it; `unit`: what its unit is called, `aspects`: its titles."""
    told = {column: sheet_stream.fit(said) if (said := cell(item, language)) else "" for column, cell in _CELLS.items()}
    aspect = item.get("aspect") or ""
    told["unit"] = sheet_stream.fit(unit or str(item["unit"]))
    told["aspect"] = sheet_stream.fit((aspects or {}).get(aspect, aspect))
    return told


def hidden(item: Item, cells: Cells, language: str) -> Cells:
    """The cells of a row that machines read."""
    codes = {f"{key}_code": str(item.get(key) or "") for key in ("source", "aspect", "category", "state", "colour")}
    return {
        "item_id": str(item["item_id"]),
        "revision": str(item.get("revision", "")),
        "mark": marked(cells, language),
        **codes,
    }


def plain(text: str) -> str:
    """A cell without what nobody sees and spreadsheets change by themselves: ends of lines, spaces at the end."""
    if text.isprintable():
        return text[: sheet_stream.LONGEST].strip(" ")
    return _SPACES.sub("", _UNSEEN.sub("", sheet_stream.fit(text))).strip()


def marked(cells: Cells, language: str) -> str:
    """The mark of a row."""
    return f"{language}:" + "".join([_sum(cells[column]) for column in sheet_words.ORDER])


def unmark(mark: str) -> tuple[str, dict[str, str]] | None:
    """The language and the sums of a mark; None when it is none of ours."""
    language, _, sums = mark.strip().partition(":")
    if language not in ("zh", "en") or not re.fullmatch(rf"[0-9a-f]{{{8 * len(sheet_words.ORDER)}}}", sums):
        return None
    return language, {column: sums[8 * place : 8 * place + 8] for place, column in enumerate(sheet_words.ORDER)}


def says(text: str, summed: str) -> bool:
    """Whether a cell still says what was written out."""
    return _sum(text) == summed


def lines(texts: list[str]) -> str:
    """Several things in one cell, one a line, numbered when they are more than one."""
    flat = [" ".join(text.split()) for text in texts]
    return flat[0] if len(flat) == 1 else "\n".join(f"{number}. {text}" for number, text in enumerate(flat, 1))


def milestone(one: Mapping[str, Any], language: str) -> str:
    """A milestone on its line."""
    done = {"zh": "（{} 已完成）", "en": " (done {})"}[language].format(one["done_on"]) if one.get("done_on") else ""
    return f"{one['due_on']} {' '.join(str(one['deliverable']).split())}{done}"


def _sum(text: str) -> str:
    return _word_sum(text) if len(text) <= _WORD else _text_sum(text)


@functools.lru_cache(4096)
def _word_sum(text: str) -> str:
    return _text_sum(text)


def _text_sum(text: str) -> str:
    return hashlib.blake2b(plain(text).encode("utf-8", "replace"), digest_size=4).hexdigest()


def _word(words: Mapping[str, Words], code: Any, language: str) -> str:
    return words[code][language] if code in words else str(code or "")


def reported(item: Item) -> list[dict[str, Any]]:
    """All that an item reported, its interim results among it, the latest last: {on, text, evidence, percent, at}."""
    interim = [{**one, "text": one["result"]} for one in item.get("interim") or ()]
    return sorted([*(item.get("progress") or ()), *interim], key=lambda one: str(one.get("at", "")))


def _last(key: str) -> Callable[[Item, str], str]:
    return lambda item, _: str((reported(item) or [{}])[-1].get(key) or "")


def _percent(item: Item, _: str) -> str:
    percent = (item.get("progress") or [{}])[-1].get("percent")
    return "" if percent is None else f"{percent:g}"


def _evidence(item: Item, _: str) -> str:
    found = [one for entry in reported(item) for one in entry.get("evidence", [])]
    return "\n".join(f"{one['dated_on']} {one['title']}" for one in found)


def _closeout(key: str) -> Callable[[Item, str], str]:
    return lambda item, _: str((item.get("closeout") or {}).get(key) or "")


def _effect(key: str) -> Callable[[Item, str], str]:
    return lambda item, _: str(((item.get("closeout") or {}).get("effect") or {}).get(key) or "")


def _verified(item: Item, _: str) -> str:
    closeout = item.get("closeout") or {}
    names = [level["by"] for level in closeout.get("levels", []) if level.get("by")]
    return "、".join(dict.fromkeys(names)) or str(closeout.get("verified_by") or "")


def _recheck(item: Item, language: str) -> str:
    done = [f"{one['on']} {_word(HELD, one['result'], language)}" for one in item.get("rechecks", []) if one.get("on")]
    return "\n".join([*done, *([str(item["recheck_on"])] if item.get("recheck_on") else [])])


def _particular(key: str) -> Callable[[Item, str], str]:
    return lambda item, _: str((item.get("particulars") or {}).get(key) or "")


def _plain(key: str) -> Callable[[Item, str], str]:
    return lambda item, _: str(item.get(key) or "")


def _measures(key: str) -> Callable[[Item, str], str]:
    def cell(item: Item, _: str) -> str:
        told = ["、".join(one.get(key) or []) if key == "with" else str(one.get(key) or "") for one in item["measures"]]
        told = [text or "—" for text in told] if any(told) else []
        return lines(told) if key == "what" and told else "\n".join(" ".join(text.split()) for text in told)

    return cell


_CELLS: dict[str, Callable[[Item, str], str | None]] = {
    "number": _plain("number"),
    "source": lambda item, language: _word(sheet_words.SOURCES, item["source"], language),
    "category": lambda item, language: _word(sheet_words.LISTS, item["category"], language),
    **{key: _particular(key) for key in sheet_words.PARTICULARS},
    **{key: _plain(key) for key in ("problem", "standard", "responsible", "closed_on")},
    "measures": _measures("what"),
    "measure_who": _measures("who"),
    "measure_due": _measures("due_on"),
    "measure_with": _measures("with"),
    "due_on": lambda item, _: item.get("due_on") or ("长期" if item["category"] == "long_term" else ""),
    "milestones": lambda item, language: "\n".join(milestone(one, language) for one in item.get("milestones") or []),
    "progress": _last("text"),
    "progress_on": _last("on"),
    "percent": _percent,
    "evidence": _evidence,
    "state": lambda item, language: _word(sheet_words.STATES, item["state"], language),
    "colour": lambda item, language: _word(sheet_words.COLOURS, item.get("colour"), language),
    "late": lambda item, language: sheet_words.YES[language] if item.get("late") else "",
    "applied_on": _closeout("on"),
    "result": _closeout("result"),
    "verified_by": _verified,
    "recheck": _recheck,
    **{key: _effect(key) for key in ("before", "after", "rule", "benefits")},
}
