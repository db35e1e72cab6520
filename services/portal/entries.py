"""A form as entries on a page, walked from the schema of its kind.

What must stay true: a schema that intake adds is a page without a line of ours; what intake finds wrong stands at the
entry it is about, or at the nearest one around it; a section asked for by a fact is shown when the fact applies, when
something stands in it, and when something is wrong with it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

Schema = dict[str, Any]
Options = list[tuple[str, str]]
FIXED = ("unit.name", "campaign.title")
_TELLING = ("line", "lines", "choice", "group")
_SHORT = 3


@dataclass(frozen=True)
class Known:
    """What is known without asking: values by `x-from`, choices by `x-from`, facts that apply, the material's post."""

    language: str = "zh"
    given: Mapping[str, str] = field(default_factory=dict)
    choices: Mapping[str, Options] = field(default_factory=dict)
    facts: Mapping[str, bool] = field(default_factory=dict)
    post: str | None = None


@dataclass(frozen=True)
class Entry:
    """A part of the form. Shapes of what is written: fixed, line, lines, day, number, choice, choices, yes, list; of a
    fact known to apply: known; of what holds others: group, rows, row, run.
    """

    pointer: str
    shape: str
    label: str
    help: str = ""
    needed: bool = False
    value: Any = ""
    options: tuple[tuple[str, str], ...] = ()
    longest: int | None = None
    example: str = ""
    parts: tuple["Entry", ...] = ()
    faults: tuple[str, ...] = ()
    because: str = ""
    fact: str = ""
    shown: bool = True

    @property
    def id(self) -> str:
        """Its anchor on the page."""
        return "f" + self.pointer.replace("/", "-")

    @property
    def wrong(self) -> int:
        """How many faults stand at it and within it."""
        return len(self.faults) + sum(part.wrong for part in self.parts)

    @property
    def filled(self) -> bool:
        """Whether anything stands in it."""
        return any(part.filled for part in self.parts) if self.parts else bool(self.value)

    @property
    def said(self) -> str:
        """What stands in it, in words."""
        words = dict(self.options)
        if self.shape == "choices":
            return "、".join(words.get(one, one) for one in self.value)
        return words.get(self.value, str(self.value)) if self.shape == "choice" else str(self.value)

    @property
    def begins(self) -> str:
        """The first words of a row, by which it is found again; all of a short one without any text of its own."""
        if len(self.parts) <= _SHORT and not any(part.shape in ("line", "lines", "group") for part in self.parts):
            return " · ".join(part.said for part in self.parts if part.filled)[:80]
        told = (part.begins if part.shape == "group" else part.said for part in self.parts if part.shape in _TELLING)
        return next((text[:40] for text in told if text), "")


def sections(
    schema: Schema, document: dict[str, Any], known: Known, faults: Sequence[tuple[str, str]] = ()
) -> list[Entry]:
    """The form from top to bottom, in sections; each fault (pointer, sentence) at its place."""
    parts = list(_parts(schema, document, known, "", _conditions(schema, known)))
    by_pointer: dict[str, list[str]] = {}
    places = {part.pointer for entry in parts for part in _all(entry)}
    for pointer, text in faults:
        around = ["/".join(pointer.split("/")[:end]) for end in range(pointer.count("/") + 1, 0, -1)]
        by_pointer.setdefault(next((one for one in around if one in places), ""), []).append(text)
    parts = [_told(part, by_pointer) for part in parts]
    return [replace(one, shown=not one.fact or one.shown or one.filled or bool(one.wrong)) for one in _sectioned(parts)]


def elsewhere(sections: Sequence[Entry], faults: Sequence[tuple[str, str]]) -> list[str]:
    """What is wrong with the form as a whole: no entry has it."""
    told = {text for entry in sections for part in _all(entry) for text in part.faults}
    return [text for _, text in faults if text not in told]


def wrong(sections: Sequence[Entry]) -> list[Entry]:
    """The entries with faults, from top to bottom."""
    return [part for entry in sections for part in _all(entry) if part.faults]


def _parts(
    schema: Schema, document: Any, known: Known, at: str, conditions: Mapping[str, tuple[str, str, bool]]
) -> Iterator[Entry]:
    filled = document if isinstance(document, dict) else {}
    for key, part in schema.get("properties", {}).items():
        if key == "$schema":
            continue
        needed = key in schema.get("required", ()) or key in conditions
        entry = _entry(part, key, filled.get(key), known, f"{at}/{key}", needed)
        if key == "facts" and not at:
            asked = [fact for fact, _, _ in conditions.values()]
            facts = [one for one in entry.parts if one.pointer.rpartition("/")[2] in asked]
            entry = replace(entry, parts=tuple(_fact(one, known) for one in facts))
        if key in conditions:
            fact, because, applies = conditions[key]
            entry = replace(entry, fact=fact, because=because, shown=applies or _says(document, fact))
        yield entry


def _fact(entry: Entry, known: Known) -> Entry:
    """A fact to tick, or one that is known to apply and cannot be taken back here."""
    return replace(entry, shape="known", value=True) if known.facts.get(entry.pointer.rpartition("/")[2]) else entry


def _says(document: Any, fact: str) -> bool:
    """Whether the document itself says that a fact applies."""
    facts = document.get("facts") if isinstance(document, dict) else None
    return isinstance(facts, dict) and bool(facts.get(fact))


def _entry(schema: Schema, key: str, value: Any, known: Known, at: str, needed: bool) -> Entry:
    kind, items, words = schema.get("type"), schema.get("items", {}), _words(known)
    entry = Entry(at, "line", words(schema.get("x-label"), key), words(schema.get("x-help"), ""), needed)
    if kind == "object":
        return replace(entry, shape="group", parts=tuple(_parts(schema, value, known, at, {})))
    if kind == "array" and items.get("type") == "object":
        rows = (value if isinstance(value, list) else []) or [{}] * needed
        return replace(entry, shape="rows", parts=tuple(_row(items, n, row, known, at) for n, row in enumerate(rows)))
    if kind == "array":
        offered = _options(schema, known)
        given = [str(one) for one in value] if isinstance(value, list) else []
        if offered:
            return replace(entry, shape="choices", options=tuple(offered), value=given)
        return replace(entry, shape="list", value="\n".join(given))
    if is_yes(schema):
        return replace(entry, shape="yes", value=value is True or str(value).lower() == "true")
    shape = "lines" if schema.get("x-lines") else "number" if kind in ("integer", "number") else "line"
    if schema.get("format") == "date":
        shape = "day"
    if offered := _options(schema, known):
        shape = "choice"
    elif schema.get("x-from") in FIXED and not needed:
        shape = "fixed"
    example = "" if schema.get("x-from") else str((schema.get("examples") or [""])[0])
    text = "" if value is None or isinstance(value, dict | list) else str(value)
    return replace(
        entry, shape=shape, value=text, options=tuple(offered), longest=schema.get("maxLength"), example=example
    )


def _row(items: Schema, number: int, row: Any, known: Known, at: str) -> Entry:
    place = f"{at}/{number}"
    return Entry(place, "row", str(number + 1), parts=tuple(_parts(items, row, known, place, {})))


def _sectioned(parts: list[Entry]) -> Iterator[Entry]:
    """Single entries that follow each other are one section; lists and groups are sections of their own."""
    run: list[Entry] = []
    for number, part in enumerate([*parts, None]):
        if part is not None and part.shape not in ("rows", "group"):
            run.append(part)
            continue
        if run:
            first = run[0].pointer == parts[0].pointer
            called = run[0].label if len(run) == 1 else "first" if first else "last" if part is None else "middle"
            yield Entry(f"/run-{number}", "run", called, parts=tuple(run))
        run = []
        if part is not None:
            yield part


def _conditions(schema: Schema, known: Known) -> dict[str, tuple[str, str, bool]]:
    """Sections asked for by a fact: {section: (fact, why, whether it is known to apply)}."""
    found = {}
    for rule in schema.get("allOf", ()):
        asked = rule.get("if", {}).get("properties", {}).get("facts", {}).get("properties", {})
        for fact in asked:
            for section in rule.get("then", {}).get("required", ()):
                because = _words(known)(rule.get("x-because"), "")
                found[section] = (fact, because, bool(known.facts.get(fact)))
    return found


def _told(entry: Entry, faults: Mapping[str, list[str]]) -> Entry:
    parts = tuple(_told(part, faults) for part in entry.parts)
    return replace(entry, parts=parts, faults=tuple(faults.get(entry.pointer, ())))


def _all(entry: Entry) -> Iterator[Entry]:
    yield entry
    for part in entry.parts:
        yield from _all(part)


def is_yes(schema: Schema) -> bool:
    """Whether an entry is a box to tick."""
    return schema.get("type") == "boolean" or schema.get("const") is True


def _options(schema: Schema, known: Known) -> Options:
    items = schema.get("items", schema)
    words, name = items.get("x-words", {}), _words(known)
    if "enum" in items:
        return [(str(code), name(words.get(code), str(code))) for code in items["enum"]]
    return list(known.choices.get(items.get("x-from") or schema.get("x-from", ""), ()))


def _words(known: Known) -> Callable[[Any, str], str]:
    return lambda said, fallback: str((said or {}).get(known.language) or (said or {}).get("zh") or fallback)
