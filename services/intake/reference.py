"""Reference templates: how a material of each kind is usually laid out, with what is known of the unit written in.

What must stay true: a place to fill in stands in brackets that the pre-check finds (persuasion.placeholder), so that a
template handed in as it is does not pass; names come from whoever asks and are never kept. A template is text: `#` a
title, `##` and `###` headings, `-` an item, `>` a note to whoever writes, `|` a row of a table, else a paragraph.

A block: {"kind": title|heading|subheading|item|note|line|table, "text": str, "rows": [[cell]]}.
"""

import functools
import itertools
import re
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment

from services.intake import kinds

FOLDER = Path(__file__).parent / "templates"
Block = dict[str, Any]
MARKS = {"#": "title", "##": "heading", "###": "subheading", "-": "item", ">": "note", "|": "table"}
WIDEST = 6
NOTE = "（请逐处填写，提交前删去括号里的说明；{most}不得含有国家秘密。）"


class Facts(NamedTuple):
    """What is known: names, the meeting day, posts and aspects as (code, title), facts that apply, whose it is, how
    many characters it has at most."""

    unit: str = ""
    campaign: str = ""
    meeting_on: str | None = None
    post: str | None = None
    posts: tuple[tuple[str, str], ...] = ()
    aspects: tuple[tuple[str, str], ...] = ()
    applies: Mapping[str, bool] = {}
    most: int | None = None

    @property
    def titled(self) -> str:
        """The title of the post whose material it is."""
        return dict(self.posts).get(self.post or "", "")


NOTHING = Facts()


def blocks(kind: str, facts: Facts = NOTHING) -> list[Block]:
    """The template of a kind as blocks."""
    return list(_read(text(kind, facts)))


def text(kind: str, facts: Facts = NOTHING) -> str:
    """The template of a kind as text."""
    schema, given = kinds.schema(kinds.versions(kind)[-1]), known(facts)
    return (
        _environment()
        .get_template(f"{kind}.zh.md.j2")
        .render(
            **given,
            title=called(kind),
            post=plain(facts.titled) or hint("岗位"),
            posts=[plain(title) for _, title in facts.posts],
            aspects=[plain(title) for _, title in facts.aspects] or ["【请填写：检视方面】"],
            applies={key: facts.applies.get(key, False) for key in _facts(schema)},
            heading=_headings(),
            note="> " + NOTE.format(most=f"全文不超过 {facts.most} 字，空格不计；" if facts.most else ""),
            hint=hint,
            nth=nth,
            entry=functools.partial(_entry, schema, given),
            table=functools.partial(_table, schema),
        )
    )


def hint(what: str = "") -> str:
    """A place to fill in, in the words by which the pre-check finds it when it is left.

    >>> hint("会议地点"), hint()
    ('【请填写：会议地点】', '【请填写】')
    """
    return f"【请填写：{plain(what)[:20]}】" if what else "【请填写】"


@functools.cache
def _environment() -> ImmutableSandboxedEnvironment:
    loader = jinja2.FileSystemLoader(FOLDER)
    strict = jinja2.StrictUndefined
    return ImmutableSandboxedEnvironment(loader=loader, undefined=strict, trim_blocks=True, lstrip_blocks=True)


def _facts(schema: kinds.Schema) -> list[str]:
    return list(schema["properties"].get("facts", {}).get("properties", ()))


def _headings() -> Callable[[str], str]:
    """Headings counted as they come: 一、 二、 三、"""
    numbers = itertools.count(1)
    return lambda words: f"## {nth(next(numbers))}、{words}"


def nth(number: int) -> str:
    """A small number as headings count.

    >>> nth(3), nth(12)
    ('三', '十二')
    """
    digits = "一二三四五六七八九十"
    return digits[number - 1] if number <= len(digits) else f"十{digits[number - 11]}" if number < 20 else str(number)


def called(kind: str) -> str:
    """What a kind is called in its template."""
    return kinds.label(kinds.schema(kinds.versions(kind)[-1]), kind)["zh"]


def known(facts: Facts) -> dict[str, str]:
    """The unit, the campaign and the meeting day as they are written in, or as a place to fill in."""
    day = date.fromisoformat(facts.meeting_on) if facts.meeting_on else None
    return {
        "unit": plain(facts.unit) or hint("单位名称"),
        "campaign": plain(facts.campaign) or hint("活动名称"),
        "meeting_on": f"{day.year}年{day.month}月{day.day}日" if day else hint("会议日期"),
    }


def _entry(schema: kinds.Schema, known: Mapping[str, str], path: str, label: bool = True) -> str:
    """A single entry of the form as a line: what it is called and what is to be written there."""
    for key in path.split("."):
        schema = schema["properties"][key]
    called = kinds.label(schema, path)["zh"]
    return f"{called}：{_asked(schema, called, known)}" if label else _asked(schema, called, known)


def _asked(schema: kinds.Schema, called: str, known: Mapping[str, str]) -> str:
    source = {"unit.name": "unit", "campaign.title": "campaign", "meeting.on": "meeting_on"}.get(
        schema.get("x-from", "")
    )
    if source:
        return known[source]
    words = [one["zh"] for one in schema.get("x-words", {}).values()]
    if words:
        return f"{hint(called)}（请选一项：{'、'.join(words)[:50]}）"
    if schema.get("const") is True or schema.get("type") == "boolean":
        return hint("是或者否")
    told = schema.get("x-help", {}).get("zh", "")
    return hint(called) + (f"（请注意：{told[:54]}）" if told else "")


def _table(schema: kinds.Schema, path: str, rows: int = 2) -> str:
    """A list of the form as a table to fill in; one with many columns as a table of entries for one row."""
    for key in path.split("."):
        schema = schema["properties"][key]
    parts = [(kinds.label(part, key)["zh"], part) for key, part in schema["items"].get("properties", {}).items()]
    if len(parts) > WIDEST:
        return "\n".join(_row(["栏目", "内容"], *([name, _asked(part, name, {})] for name, part in parts)))
    names = [name for name, _ in parts] or [kinds.label(schema, path)["zh"]]
    return "\n".join(_row(["序号", *names], *([str(n + 1), *(hint() for _ in names)] for n in range(rows))))


def _row(*rows: list[str]) -> list[str]:
    return ["| " + " | ".join(row) + " |" for row in rows]


def plain(value: str) -> str:
    """A name as it may stand in a line: nothing in it starts a heading, a row or a new line, or breaks a document."""
    return re.sub(r"[\s|#>\x00-\x1f\ufffe\uffff]+", " ", value).strip()


def _read(written: str) -> list[Block]:
    found: list[Block] = []
    for line in written.splitlines():
        mark, _, rest = line.strip().partition(" ")
        if not line.strip():
            continue
        if mark == "|":
            cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
            if not found or found[-1]["kind"] != "table":
                found.append({"kind": "table", "text": "", "rows": []})
            found[-1]["rows"].append(cells)
            continue
        known = mark in MARKS
        found.append({"kind": MARKS[mark] if known else "line", "text": rest if known else line.strip(), "rows": []})
    return found
