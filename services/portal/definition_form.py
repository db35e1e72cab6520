"""A campaign's definition as forms, a part at a time, walked from its schema.

What must stay true: nothing of the definition is lost because no part shows it; what the schema gains has an entry in
the last part without a line of ours; what is typed is the office's, what is right is for the registry to say.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from flask_babel import lazy_gettext as _l

from services.portal import definition_words
from services.spine import contracts

Schema = dict[str, Any]
PARTS = {
    "basics": (_l("名称和日期"), ("title", "type", "office", "opens_on", "all_meetings_held_by", "column")),
    "wording": (_l("检视方面、不放过标准和清单"), ("aspects", "standards", "lists")),
    "checklist": (_l("清单事项和倒排日期"), ("checklist",)),
    "materials": (_l("应交材料"), ("required", "required_at", "papers", "lengths", "facts")),
    "preparation": (_l("会前准备和到会"), ("talks", "study", "quorum", "small_group", "agenda", "agenda_required")),
    "reading": (_l("审阅、签字和时限"), ("answer_within", "immediate_days", "reading", "signing", "addressees")),
    "rectification": (_l("整改清单和销号"), ("rectification",)),
    "reminders": (_l("提醒和每周简报"), ("reminders", "bulletin")),
}
OTHER = "other"
HIDDEN = ("campaign_code", "region_code", "time_zone", "regions", "facts", "policy")
LONG = ("method", "evidence")
FIRST = ("title", "kind", "needed")
_DAY = re.compile(r"(\d{4})\s*[年/.-]\s*(\d{1,2})\s*[月/.-]\s*(\d{1,2})\s*日?")


def parts() -> list[tuple[str, str]]:
    """The parts in their order, the last only where something is in it."""
    found = [(code, str(title)) for code, (title, _) in PARTS.items()]
    return [*found, (OTHER, str(_l("其他")))] if any(_others()) else found


def schema(part: str, definition: dict[str, Any]) -> Schema | None:
    """The form of a part: entries of the definition and of its policy side by side; None for no part."""
    keys = PARTS[part][1] if part in PARTS else tuple(_others()) if part == OTHER else ()
    entries = {key: _entry(key, *_place(key, part), _kinds(definition)) for key in keys}
    needed = [key for key in keys if key in _needed(part)]
    return {"type": "object", "properties": entries, "required": needed} if entries else None


def standing(part: str, definition: dict[str, Any]) -> dict[str, Any]:
    """What stands in a part; what is not said as it holds then, where the schema says so."""
    form = schema(part, definition) or {"properties": {}}
    both = {key: (definition["policy"] if _of_policy(key, part) else definition).get(key) for key in form["properties"]}
    holds = {key: _followed(_place(key, part)[0]).get("default") for key, value in both.items() if value is None}
    return {key: value for key, value in (both | holds).items() if value is not None}


def written(part: str, definition: dict[str, Any], typed: dict[str, Any]) -> dict[str, Any]:
    """The whole definition with what was typed into one part; numbers, days and boxes become such where they can."""
    form = schema(part, definition) or {"properties": {}}
    changed, policy = dict(definition), dict(definition["policy"])
    for key, entry in form["properties"].items():
        place = policy if _of_policy(key, part) else changed
        value = _read(entry, typed.get(key), needed=key in form["required"])
        stood = place.pop(key, None)
        if not _blank(value) or key in form["required"] or (value is False and stood is not None):
            place[key] = value
    return {**changed, "policy": policy}


def at(pointer: str) -> str:
    """A fault's place in the definition as its place in a part."""
    return re.sub(r"^/definition(/policy)?", "", pointer)


def _root() -> Schema:
    return contracts.documents()["documents/campaign"]["properties"]  # type: ignore[no-any-return]


def _of_policy(key: str, part: str) -> bool:
    return key in _root()["policy"]["properties"] and part not in ("basics", "wording", "checklist")


def _place(key: str, part: str) -> tuple[Schema, str]:
    if _of_policy(key, part):
        return _root()["policy"]["properties"][key], "policy"
    return _root()[key], ""


def _needed(part: str) -> list[str]:
    document = contracts.documents()["documents/campaign"]
    return [*document["required"], "checklist", *document["properties"]["policy"]["required"]]


def _others() -> Iterator[str]:
    shown = {(key, _of_policy(key, part)) for part, (_, keys) in PARTS.items() for key in keys}
    yield from (key for key in _root()["policy"]["properties"] if (key, True) not in shown)
    yield from (key for key in _root() if (key, False) not in shown and key not in HIDDEN)


def _kinds(definition: dict[str, Any]) -> list[str]:
    """The kinds a definition speaks of: for what is said kind by kind."""
    policy = definition["policy"]
    asked = [policy["required"], *policy.get("required_at", {}).values()]
    named = [kind for one in asked for kind in (*one["team"], *one["member"])]
    named += [row["kind"] for row in policy.get("papers", ())]
    named += [*policy.get("signing", {}), *policy.get("reading", {}).get("levels", {})]
    return list(dict.fromkeys(named))


def _entry(key: str, asked: Schema, within: str, kinds: list[str]) -> Schema:
    """A part of the schema as a form wants it: references followed, words for entries and choices put in."""
    found = _followed(asked)
    words = {"x-label": {"zh": definition_words.label(key, within, found.get("title", ""))}}
    helped = definition_words.HELP.get(f"{within}.{key}", definition_words.HELP.get(key, ""))
    if helped and "enum" not in found:
        words["x-help"] = {"zh": str(helped)}
    if key in LONG:
        words["x-lines"] = True  # type: ignore[assignment]
    if found.get("type") == "object" and isinstance(found.get("additionalProperties"), dict):
        names = _followed(found.get("propertyNames", {})).get("enum") or kinds
        each = found["additionalProperties"]
        named = [name for name in names if key == "required_at" or name in kinds]
        inside = {name: _entry(name, _chosen_in(each, key), key, kinds) for name in named}
        return {"type": "object", "properties": inside, "required": [], **words}
    if found.get("type") == "object":
        ordered = sorted(found["properties"].items(), key=lambda one: one[0] not in FIRST)
        inside = {name: _entry(name, part, key, kinds) for name, part in ordered}
        needed = found.get("required", [])
        starred = [name for name in needed if inside[name].get("type") not in ("boolean", "array")]
        return {"type": "object", "properties": inside, "required": starred, "x-needed": needed, **words}
    if found.get("type") == "array":
        return {**found, "items": _entry(key, found["items"], key, kinds), **words}
    if "enum" in found:
        catalogue = definition_words.WORDS.get(found.get("x-within") or (within if key == "code" else key), {})
        chosen = {code: {"zh": str(catalogue.get(code) or definition_words.label(code))} for code in found["enum"]}
        return {**found, "x-words": chosen, **words}
    return {**found, **words}


def _chosen_in(each: Schema, key: str) -> Schema:
    """What is chosen kind by kind has the words of the entry that holds the kinds."""
    items = each.get("items")
    return {**each, "items": {**_followed(items), "x-within": key}} if items else each


def _followed(asked: Schema) -> Schema:
    if "$ref" in asked:
        name = asked["$ref"].rpartition("/")[2]
        rest = {key: value for key, value in asked.items() if key != "$ref"}
        return {**contracts.documents()["documents/terms"]["$defs"][name], **rest}
    if "anyOf" in asked:
        offered = [code for one in asked["anyOf"] for code in _followed(one).get("enum", ())]
        return {**{key: value for key, value in asked.items() if key != "anyOf"}, "enum": offered}
    return asked


def _blank(value: Any) -> bool:
    """Whether nothing was said: no 0, which is a number."""
    return value is None or value is False or value in ("", [], {})


def _read(entry: Schema, typed: Any, *, needed: bool = False) -> Any:
    """What was typed as what it means; an entry that is needed is there though nothing is chosen in it."""
    kind = entry.get("type")
    if kind == "object":
        given, asked = (typed if isinstance(typed, dict) else {}), entry.get("x-needed", [])
        parts = {key: _read(part, given.get(key), needed=key in asked) for key, part in entry["properties"].items()}
        filled = {key: value for key, value in parts.items() if not _blank(value)}
        if not filled and not needed:
            return {}
        return filled | {key: parts[key] for key in asked if parts[key] is False or isinstance(parts[key], list | dict)}
    if kind == "array":
        return [_read(entry["items"], one, needed=True) for one in typed or []]
    return bool(typed) if kind == "boolean" else _said(entry, kind, typed)


def _said(entry: Schema, kind: Any, typed: Any) -> Any:
    """A number or a day where it is written like one, else what was typed."""
    text = unicodedata.normalize("NFKC", typed.strip()) if isinstance(typed, str) else typed
    if not isinstance(text, str):
        return typed
    if kind in ("integer", "number") and re.fullmatch(r"[+-]?\d{1,9}", text):
        return int(text)
    if kind == "number" and re.fullmatch(r"[+-]?\d{1,9}\.\d{1,9}", text):
        return float(text)
    if entry.get("format") == "date" and (day := _DAY.fullmatch(text)):
        return f"{int(day[1]):04d}-{int(day[2]):02d}-{int(day[3]):02d}"
    return typed
