"""Hands a unit's ledger over as a sheet: looked at, and when told so accepted, confirmed and watched to its end.

The same file over the same ledger is the same import: a command that was interrupted is started again and goes on.
"""

import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

from services.console import calling, telling

LOOKS_SECONDS = 0.5


def look(path: Path, campaign: str, unit: str, caller: calling.Caller) -> dict[str, Any]:
    """Hand a sheet over: the import with `lines`, those of which something is to be told."""
    try:
        data = path.read_bytes()
    except OSError as reason:
        raise telling.Trouble("not_readable", path=path, reason=reason) from None
    found = caller.send("rectification", "/ledger-imports", path.name, data, campaign=campaign, unit=unit)
    return _told(caller, found)


def bring_in(
    path: Path, campaign: str, unit: str, caller: calling.Caller, *, accept: bool, category: str | None = None
) -> dict[str, Any]:
    """The same, then confirmed, unless something waits for a word still; `category`: the list where none is named."""
    found = look(path, campaign, unit, caller)
    address = f"/ledger-imports/{quote(found['import_id'])}"
    wanted = {**({"rest": True} if accept else {}), **({"category": category} if category else {})}
    if wanted and found["state"] == "checked" and found["counts"]["undecided"]:
        caller.post("rectification", f"{address}/decisions", wanted)
    if (left := caller.get("rectification", address))["counts"]["undecided"]:
        return _told(caller, left)
    caller.post("rectification", f"{address}/run", {})
    while (done := caller.get("rectification", address))["state"] == "running":
        time.sleep(LOOKS_SECONDS)
    return _told(caller, done)


def _told(caller: calling.Caller, found: dict[str, Any]) -> dict[str, Any]:
    lines, page = list[dict[str, Any]](), 1
    while True:
        answer = caller.get("rectification", f"/ledger-imports/{quote(found['import_id'])}/lines", size=500, page=page)
        lines += answer["rows"]
        if not answer["rows"] or len(lines) >= answer["total"]:
            break
        page += 1
    return {**found, "lines": [line for line in lines if line["findings"] or line["changes"]]}
