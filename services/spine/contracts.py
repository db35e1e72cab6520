"""The contract at the threshold: what comes in or goes out is checked against schemas/ here, once.

jsonschema-rs does the checking; a test holds it against the reference implementation. Every fault is named with its
place (a JSON pointer), what is wrong and what would be right, in both languages, all faults at once.
"""

import functools
import json
from datetime import date
from typing import Any

import jsonschema_rs

from services.spine import errors, settings

SENTENCES: dict[str, tuple[str, str]] = {
    "required": ("缺少“{value}”。", "“{value}” is missing."),
    "additionalProperties": ("不认识的字段：{value}。", "Unknown fields: {value}."),
    "type": ("应是{value}。", "It should be {value}."),
    "enum": ("只能是：{value}。", "It can only be: {value}."),
    "const": ("只能是 {value}。", "It can only be {value}."),
    "format": ("格式应为 {value}。", "It should be a {value}."),
    "pattern": ("写法不对，应当像：{example}。", "It should be written like: {example}."),
    "minLength": ("至少 {value} 个字。", "At least {value} characters are needed."),
    "maxLength": ("最多 {value} 个字。", "At most {value} characters are allowed."),
    "minimum": ("不能小于 {value}。", "It cannot be less than {value}."),
    "maximum": ("不能大于 {value}。", "It cannot be more than {value}."),
    "minItems": ("至少 {value} 项。", "At least {value} entries are needed."),
    "maxItems": ("最多 {value} 项。", "At most {value} entries are allowed."),
    "uniqueItems": ("不能有重复。", "Entries must differ from each other."),
}
FORMATS = {
    "date": ("应是日期，例如 2026-03-01。", "It should be a date, such as 2026-03-01."),
    "date-time": ("应是时间，例如 2026-03-01T08:30:00Z。", "It should be a time, such as 2026-03-01T08:30:00Z."),
}

TYPES = {
    "integer": ("整数", "a whole number"),
    "number": ("数字", "a number"),
    "string": ("文字", "text"),
    "boolean": ("“是”或“否”（true 或 false）", "true or false"),
    "array": ("一个列表", "a list"),
    "object": ("一组字段", "a set of fields"),
    "null": ("空", "nothing"),
}


@functools.cache
def documents() -> dict[str, dict[str, Any]]:
    """Every schema by its name, which is its path below schemas/ without `.json`: {`events/verdict_issued`: {...}}."""
    return {
        path.relative_to(settings.SCHEMAS).with_suffix("").as_posix(): json.loads(path.read_text("utf-8"))
        for path in sorted(settings.SCHEMAS.glob("*/*.json"))
    }


@functools.cache
def validator(name: str) -> jsonschema_rs.Draft202012Validator:
    """The compiled validator of one schema."""
    return jsonschema_rs.Draft202012Validator(
        documents()[name], registry=_registry(), validate_formats=True, formats={"date": is_day}
    )


@functools.cache
def _registry() -> jsonschema_rs.Registry:
    """All schemas, as each may refer to any other; read once for all validators."""
    return jsonschema_rs.Registry([(schema["$id"], schema) for schema in documents().values()])


def is_day(text: str) -> bool:
    """Whether a text is a day that the calendar has, written as 2026-03-01; the year 0 is none."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def check(name: str, instance: Any) -> None:
    """Refuse (`invalid`) what does not fit the schema, naming every fault at once."""
    found = validator(name)
    try:
        faults = [] if found.is_valid(instance) else [_fault(error) for error in found.iter_errors(instance)]
    except ValueError:  # the validator's own limit of nesting
        raise errors.Refusal("nested_too_deep") from None
    if faults:
        raise errors.Refusal("invalid", count=len({fault["pointer"] for fault in faults}), errors=faults)


def _fault(error: Any) -> dict[str, Any]:
    keyword, value = error.kind.name, error.kind.value
    shown = "、".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    term = documents()["documents/terms"]["$defs"].get(error.schema_path[-2] if len(error.schema_path) > 1 else "", {})
    example = term.get("examples", ["…"])[0]
    zh, en = SENTENCES.get(keyword, ("填写不符合要求。", "It is not as required."))
    if value == "\\S" or (keyword == "minLength" and value == 1):
        zh, en = "请填写，不能为空。", "Please fill this in."
    if keyword == "format":
        zh, en = FORMATS.get(value, (zh, en))
    if keyword == "type":
        kinds = value if isinstance(value, list | tuple) else [value]
        zh = zh.format(value="或".join(TYPES[kind][0] for kind in kinds))
        en = en.format(value=" or ".join(TYPES[kind][1] for kind in kinds))
    place = [*error.instance_path, value] if keyword == "required" else error.instance_path
    return {
        "pointer": "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in place),
        "code": keyword,
        "detail": {"zh": zh.format(value=shown, example=example), "en": en.format(value=shown, example=example)},
    }
