"""Has the board's model made anew from the feed by the registry's own program, and shows how far it is.

What must stay true: until the new model is whole the old one is used; whoever breaks this off has changed nothing.
"""

import json
import subprocess
import sys
from typing import Any

from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from services.console import telling
from services.spine import settings

STATES = {"reading": "读取事件 reading events", "writing": "写入 writing", "done": "完成 done"}


def rebuild(campaign: str) -> dict[str, Any]:
    """Rebuild the model of one campaign, or of all: {units, seconds}; Trouble when it could not be done."""
    command = [sys.executable, "-W", "ignore", "-m", "services.registry.rebuilding", *([campaign] if campaign else [])]
    columns = (TextColumn("  {task.description}"), BarColumn(), TextColumn("{task.completed:,}/{task.total:,}"))
    last: dict[str, Any] = {}
    with (
        subprocess.Popen(
            command, cwd=settings.ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as program,
        Progress(*columns, TimeElapsedColumn(), console=telling.err, transient=True) as progress,
    ):
        bar = progress.add_task("", total=1)
        for line in program.stdout or ():
            last = json.loads(line)
            if "state" in last:
                total = max(last["of"], 1)
                progress.update(bar, description=STATES[last["state"]], completed=last["done"], total=total)
        said = program.stderr.read().strip() if program.stderr else ""
    if program.returncode:
        raise telling.Trouble("not_rebuilt", said[-2000:], reason=(said.splitlines() or ["?"])[-1])
    return last
