"""Checking: whether files of a new version of the rules can be used at all, before anything is judged by them.

What must stay true: whoever wrote the files is told every fault at once, by file and key, in words; what passes here
never makes a room stumble. A room reads the keys it knows, so a file has the keys of the one in use and values of the
same kinds. Whatever is keyed by the titles of aspects may have other titles; a list may have, or lack, its `x!`.
"""

import json
import re
import warnings
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from . import HERE, NAMES
from .phrases import CHOICE

MOST_BYTES, MOST_PHRASES, MOST_WORDINGS, LONGEST, LONGEST_WORDING, MOST_GAPS = 400_000, 5000, 20_000, 2000, 60, 3
LARGEST = 10_000
SURROGATE = re.compile("[\ud800-\udfff]")
REGULAR = ("patterns", "topics")
KINDS = {dict: ("对象", "an object"), list: ("列表", "a list"), str: ("文字", "text"), int: ("数", "a number")}


class Fault(NamedTuple):
    """What is wrong where: `key` is the way to it within the file, as `phrases/stock/3`."""

    file: str
    key: str
    zh: str
    en: str


def faults(files: Mapping[str, str]) -> list[Fault]:
    """Every fault of the files of a new version ({"problems.json": its text}); none when it can be used."""
    found = []
    for name, text in files.items():
        if name not in {f"{each}.json" for each in NAMES}:
            known = [f"{each}.json" for each in NAMES]
            zh, en = f"没有这个规则文件，只有：{'、'.join(known)}", f"There are only these files: {', '.join(known)}"
            found.append(Fault(name, "", zh, en))
        else:
            found += [Fault(name, *fault) for fault in _of_file(name, text)]
    return found


def patterns(content: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The regular expressions of a file, each with its key."""
    for part in REGULAR:
        yield from ((f"{part}/{key}", pattern) for key, pattern in content.get(part, {}).items())


def _of_file(name: str, text: str) -> Iterator[tuple[str, str, str]]:
    if len(text) > MOST_BYTES:
        yield "", f"文件超过 {MOST_BYTES} 个字", f"The file has more than {MOST_BYTES} characters"
        return
    try:
        given = json.loads(text)
    except (ValueError, RecursionError) as fault:
        place = f"第 {fault.lineno} 行第 {fault.colno} 列" if isinstance(fault, json.JSONDecodeError) else ""
        yield "", f"不是有效的 JSON：{place}", f"Not valid JSON: {str(fault)[:200]}"
        return
    unfit = list(_unlike(given, json.loads((HERE / name).read_bytes()), ""))
    yield from unfit
    if not unfit:
        for key, phrases in given.get("phrases", {}).items():
            yield from _of_phrases(f"phrases/{key}", phrases)
        for key, pattern in patterns(given):
            yield from _of_pattern(key, pattern)


def _unlike(given: Any, model: Any, key: str) -> Iterator[tuple[str, str, str]]:
    """Where a value is of another kind than the one in use."""
    kind = int if isinstance(model, int | float) else type(model)
    fits = isinstance(given, int | float) and not isinstance(given, bool) if kind is int else isinstance(given, kind)
    if not fits:
        zh, en = KINDS[kind]
        yield key, f"应是{zh}", f"It should be {en}"
    elif kind is int and not 0 <= given <= LARGEST:
        yield key, f"应在 0 到 {LARGEST} 之间", f"It should be between 0 and {LARGEST}"
    elif kind is str and not given.isascii() and SURROGATE.search(given):
        yield key, "有不成字的编码", "It has broken characters"
    elif isinstance(model, list):
        for number, each in enumerate(given, 1):
            yield from _unlike(each, model[0], f"{key}/{number}") if model else ()
    elif isinstance(model, dict):
        yield from _unlike_object(given, model, key)


def _unlike_object(given: dict[str, Any], model: dict[str, Any], key: str) -> Iterator[tuple[str, str, str]]:
    by_title = bool(model) and not any(each.isascii() for each in model)
    for each, value in given.items():
        like = model.get(each, model.get(each.removesuffix("!"), next(iter(model.values())) if by_title else None))
        if like is None:
            yield f"{key}/{each}".lstrip("/"), "规则里没有这一项", "The rules know no such key"
        else:
            yield from _unlike(value, like, f"{key}/{each}".lstrip("/"))
    for each in () if by_title else model.keys() - given.keys():
        if not each.endswith("!"):
            yield f"{key}/{each}".lstrip("/"), "缺少这一项", "This key is missing"


def _of_phrases(key: str, phrases: list[str]) -> Iterator[tuple[str, str, str]]:
    if len(phrases) > MOST_PHRASES:
        yield key, f"词语超过 {MOST_PHRASES} 条", f"There are more than {MOST_PHRASES} phrases"
        return
    for number, phrase in enumerate(phrases, 1):
        if fault := _of_phrase(phrase):
            yield f"{key}/{number}", f"“{phrase[:40]}”：{fault[0]}", f"“{phrase[:40]}”: {fault[1]}"


def _of_phrase(phrase: str) -> tuple[str, str] | None:
    if len(phrase) > LONGEST:
        return f"超过 {LONGEST} 个字", f"longer than {LONGEST} characters"
    for count, wording in enumerate(_wordings(phrase)):
        if count == MOST_WORDINGS:
            return f"写法超过 {MOST_WORDINGS} 种", f"stands for more than {MOST_WORDINGS} wordings"
        if set("()") & set(wording):
            return "括号不成对", "brackets do not match"
        parts = wording.split("…")
        if not all(part.strip() for part in parts):
            return "有空的写法，或者以“…”开头、结尾", "a wording is empty, or begins or ends with …"
        if len(wording) > LONGEST_WORDING or len(parts) > MOST_GAPS + 1:
            return (
                f"一种写法超过 {LONGEST_WORDING} 个字，或“…”多于 {MOST_GAPS} 处",
                "a wording is too long or has many …",
            )
    return None


def _wordings(phrase: str) -> Iterator[str]:
    """As `spelled_out`, one after another."""
    found = CHOICE.search(phrase)
    if not found:
        yield phrase
        return
    for choice in found.group(1).split("/"):
        yield from _wordings(phrase[: found.start()] + choice + phrase[found.end() :])


def _of_pattern(key: str, pattern: str) -> Iterator[tuple[str, str, str]]:
    if not pattern or len(pattern) > LONGEST:
        yield key, f"应有 1 到 {LONGEST} 个字", f"It should have 1 to {LONGEST} characters"
        return
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as fault:
        yield key, f"不是有效的正则表达式：{fault}", f"Not a valid regular expression: {fault}"
