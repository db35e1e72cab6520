"""What a store is asked, as a listener of its client hears it."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from pymongo import monitoring


class Question(NamedTuple):
    """A command, the collection it is about, and all it says."""

    command: str
    of: str
    said: Mapping[str, Any]


class Asked(monitoring.CommandListener):
    """Every question since it was last cleared, in their order."""

    def __init__(self) -> None:
        self.questions: list[Question] = []

    def started(self, event: Any) -> None:
        """Note it down."""
        name = event.command_name
        self.questions.append(Question(name, str(event.command[name]), event.command))

    def succeeded(self, event: Any) -> None:
        """Not of interest."""

    failed = succeeded
