"""A workbook of organisations is handed over from the terminal: looked at, and when told so brought in, with a bar.

The same file over the same tree is the same import: a command that was interrupted is started again and goes on.
"""

from pathlib import Path
from typing import Any

from services.console import bars, calling, telling


def look(path: Path, caller: calling.Caller) -> dict[str, Any]:
    """Hand a table over: what it would add and change, or all that is wrong with it."""
    try:
        data = path.read_bytes()
    except OSError as reason:
        raise telling.Trouble("not_readable", path=path, reason=reason) from None
    found: dict[str, Any] = caller.send("registry", "/organisation-imports", path.name, data)
    return found


def bring_in(found: dict[str, Any], caller: calling.Caller, *, end_unnamed: bool) -> dict[str, Any]:
    """What was looked at is done; posts that the table does not name end where that is said."""
    address = f"/organisation-imports/{found['import_id']}"
    caller.post("registry", f"{address}/run", {"end_unnamed": end_unnamed})
    return bars.watched("导入 import", lambda: caller.get("registry", address))
