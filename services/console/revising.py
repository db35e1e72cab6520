"""A campaign's draft is previewed and published from the terminal; what takes minutes is watched with a bar.

What must stay true: the house does the work by itself, step by step: a command that was interrupted leaves it running,
and run again it publishes nothing twice and goes on watching.
"""

from typing import Any

from services.console import bars, calling


class Revision:
    """A campaign's draft and the version it becomes."""

    def __init__(self, campaign: str, caller: calling.Caller) -> None:
        self.caller, self.at = caller, f"/campaigns/{campaign}"

    def draft(self, held_by: str = "") -> dict[str, Any]:
        """The draft, where a day is named with that as the last day for all; `open` False where nothing is drafted."""
        found: dict[str, Any] = self.caller.get("registry", f"{self.at}/draft")
        if held_by and found["definition"]["all_meetings_held_by"] != held_by:
            definition = {**found["definition"], "all_meetings_held_by": held_by}
            sent = {"revision": found["draft_revision"], "definition": definition}
            found = self.caller.post("registry", f"{self.at}/draft", sent)
        return found

    def preview(self, draft: dict[str, Any]) -> dict[str, Any]:
        """What it comes to for every unit."""
        self.caller.post("registry", f"{self.at}/preview", {"revision": draft["draft_revision"]})
        return bars.watched("预览 preview", lambda: self.caller.get("registry", f"{self.at}/preview"))

    def publish(self, draft: dict[str, Any], reason: str) -> dict[str, Any]:
        """It becomes the next version, and every unit that has not met stands on it."""
        sent = {"revision": draft["draft_revision"], "reason": reason}
        return self.laid(self.caller.post("registry", f"{self.at}/versions", sent)["version"])

    def laid(self, version: int) -> dict[str, Any]:
        """That version, once all units stand on it."""
        found = bars.watched("重新排期 replan", lambda: self.caller.get("registry", f"{self.at}/versions/{version}"))
        return {key: found[key] for key in ("version", "state", "total", "worked", "reason", "by", "at")}
