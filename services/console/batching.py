"""Hands a zip with its manifest over and watches it: the check, and when told so the run, to the result in a workbook.

The same zip is the same batch: a command that was interrupted is started again and goes on where the house stands.
"""

import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

from services.console import calling, telling

AT_WORK = ("checking", "running")
LOOKS_SECONDS = 0.5


def officer(campaign: str, name: str) -> calling.Caller:
    """The campaign's office, in whose name an operator hands in for units; the versions bear `name`."""
    grant = {"role": "office", "campaign": campaign, "scope": {"kind": "campaign", "of": campaign}, "until": None}
    return calling.Caller("service:console", name, [grant])


def check(path: Path, campaign: str, caller: calling.Caller) -> dict[str, Any]:
    """Hand a zip over and wait for its check: the batch with `lines`, those that are refused."""
    try:
        data = path.read_bytes()
    except OSError as reason:
        raise telling.Trouble("not_readable", path=path, reason=reason) from None
    batch = caller.send("intake", "/batches", path.name, data, campaign=campaign)
    return _told(caller, batch["batch_id"])


def run(path: Path, campaign: str, caller: calling.Caller, result: Path) -> dict[str, Any]:
    """Check, confirm, wait, and write the result; run again it takes nothing in twice."""
    batch = check(path, campaign, caller)
    if batch["state"] != "refused":
        caller.post("intake", f"/batches/{quote(batch['batch_id'])}/run", {})
        batch = _told(caller, batch["batch_id"])
    result.write_bytes(caller.fetch("intake", f"/batches/{quote(batch['batch_id'])}/result"))
    return {**batch, "result": str(result)}


def _told(caller: calling.Caller, batch_id: str) -> dict[str, Any]:
    address = f"/batches/{quote(batch_id)}"
    while (batch := caller.get("intake", address))["state"] in AT_WORK:
        time.sleep(LOOKS_SECONDS)
    refused, page = list[dict[str, Any]](), 1
    while len(refused) < batch["outcomes"].get("refused", 0):
        refused += caller.get("intake", f"{address}/lines", outcome="refused", size=500, page=page)["rows"]
        page += 1
    return {**batch, "lines": refused}
