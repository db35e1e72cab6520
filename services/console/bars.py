"""Work over many units that the house does by itself, watched from the terminal with a bar, as the page shows it.

What must stay true: watching changes nothing: who stops looking leaves the work running, and looking again goes on.
"""

import time
from collections.abc import Callable
from typing import Any

from rich import progress

from services.console import telling

LOOKS_SECONDS = 0.5


def watched(title: str, look: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What the work came to, once it runs no more; the bar stands where complaints do, beside facts for programs."""
    columns = (
        progress.TextColumn("{task.description}"),
        progress.BarColumn(),
        progress.MofNCompleteColumn(),
        progress.TimeRemainingColumn(),
    )
    with progress.Progress(*columns, console=telling.err) as bar:
        task = bar.add_task(title, total=None)
        try:
            while (found := look())["state"] == "running":
                bar.update(task, total=found["total"], completed=found["worked"])
                time.sleep(LOOKS_SECONDS)
        except KeyboardInterrupt:
            raise telling.Trouble("still_running") from None
        bar.update(task, total=found["total"], completed=found["worked"])
        return found
