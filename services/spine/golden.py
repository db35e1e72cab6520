"""Golden events: for each event and version, what other systems were promised and examples of it, kept for ever.

What must stay true: what a reader could rely on stays: no field is removed, renamed or of another type, none that was
always there may be missing, none becomes required, no event that was once told stops being valid. What needs that gets
a new version beside the old one. They stand with the consumers' kit, so that consumers test against them.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from services.spine import contracts, events, settings

FOLDER = settings.ROOT / "services" / "kit" / "rectify_kit" / "golden"
WORDS = ("title", "description", "examples", "$schema", "$id", "$comment")
LISTS = ("anyOf", "oneOf", "allOf")
Schema = dict[str, Any]


class Broken(Exception):  # noqa: N818  (what a change would break, for whoever makes it)
    """A change that would break readers; the message names every place."""


def incompatible(old: Schema, new: Schema, place: str = "") -> Iterator[str]:
    """What a reader of the old could rely on and finds no more in the new: places with why."""
    if old.get("type") != new.get("type") or old.get("const") != new.get("const"):
        yield f"{place or '/'}: another type"
    if "enum" in old and any(value not in (new.get("enum") or old["enum"]) for value in old["enum"]):
        yield f"{place or '/'}: a value is gone"
    if set(old.get("required", ())) != set(new.get("required", ())):
        changed = sorted(set(old.get("required", ())) ^ set(new.get("required", ())))
        yield f"{place or '/'}: required differs: {', '.join(changed)}"
    for name, part in old.get("properties", {}).items():
        if name in new.get("properties", {}):
            yield from incompatible(part, new["properties"][name], f"{place}/{name}")
        else:
            yield f"{place}/{name}: removed"
    if "items" in old:
        yield from incompatible(old["items"], new.get("items", {}), f"{place}/*")
    for several in LISTS:
        pairs = zip(old.get(several, ()), new.get(several, ()), strict=False)
        if len(old.get(several, ())) != len(new.get(several, ())):
            yield f"{place or '/'}: {several} differs"
        for before, after in pairs:
            yield from incompatible(before, after, place)


def promised(name: str) -> Schema:
    """The schema of an event's data with all it refers to put in, without words."""
    found: Schema = _whole(contracts.documents()[f"events/{name}"])
    return found


def files() -> dict[Path, dict[str, Any]]:
    """What should stand in the folder for the events of today; raises Broken when a change would break readers."""
    made, faults = {}, []
    for name in sorted(name for name in contracts.documents() if name.startswith("events/")):
        if name == "events/envelope":
            continue
        event, schema = name.removeprefix("events/"), contracts.documents()[name]
        path = FOLDER / f"{event}.{schema['$id'].rpartition(':')[2]}.json"
        kept: dict[str, Any] = {"schema": promised(event), "events": []}
        kept = json.loads(path.read_text("utf-8")) if path.exists() else kept
        faults += [f"{event} {fault}" for fault in incompatible(kept["schema"], promised(event))]
        told = [*kept["events"]]
        for example in schema["examples"]:
            if example not in [one["data"] for one in told]:
                told.append(_event(event, example, len(told) + 1))
        made[path] = {"schema": promised(event), "events": told}
    if faults:
        raise Broken("\n".join(faults))
    return made


def written() -> dict[Path, str]:
    """The same as text."""
    return {path: json.dumps(what, ensure_ascii=False, indent=1) + "\n" for path, what in files().items()}


def _event(name: str, data: dict[str, Any], number: int) -> events.Event:
    envelope = dict(contracts.documents()["events/envelope"]["examples"][0])
    subject = next((str(value) for key, value in data.items() if key.endswith("_id")), envelope["campaign"])
    about = {"id": f"{name}:{subject}:{number}", "type": events.PREFIX + name, "subject": subject}
    schema = contracts.documents()[f"events/{name}"]["$id"]
    return {**envelope, **about, "dataschema": schema, "sequence": number, "data": data}


def _whole(part: Any, *, fields: bool = False) -> Any:
    if isinstance(part, list):
        return [_whole(one) for one in part]
    if not isinstance(part, dict):
        return part
    if "$ref" in part and not fields:
        found = re.fullmatch(r"urn:rectify:(\w+):(\w+):\d+(?:#/\$defs/(\w+))?", part["$ref"])
        local = re.fullmatch(r"#/\$defs/(\w+)", part["$ref"])
        owner = f"{found[1]}/{found[2]}" if found else "documents/terms"
        term = (found[3] if found else None) or (local[1] if local else None)
        schema = contracts.documents()[owner]
        return _whole(schema["$defs"][term] if term else schema)
    return {
        key: _whole(value, fields=key == "properties" and not fields)
        for key, value in part.items()
        if fields or key not in WORDS
    }
