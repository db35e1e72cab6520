"""Has long work done by a service's own program beside the services, and shows how far it is.

What must stay true: whoever breaks it off has lost nothing: until a new model is whole the old one is used, and a night
goes on where it stopped.
"""

import json
import subprocess
import sys
from typing import Any

from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from services.console import telling
from services.spine import settings

STATES = {
    "reading": "读取事件 reading events",
    "writing": "写入 writing",
    "done": "完成 done",
    "night": "夜间检查 items, documents, reports",
    "reminding": "提醒 reminders",
}


def rebuild(campaign: str) -> dict[str, Any]:
    """Rebuild the board's model of one campaign, or of all: {units, seconds}; Trouble when it could not be done."""
    return _run("not_rebuilt", "services.registry.rebuilding", *([campaign] if campaign else []))


def work_the_night_off() -> dict[str, Any]:
    """What has its day in the ledger today: {night: done or busy, found, seconds}; Trouble when it could not be."""
    return _run("night_not_done", "services.rectification.nightly")


def remind() -> dict[str, Any]:
    """What people are to be reminded of today: {sent, seconds}; Trouble when not all could be told."""
    return _run("not_reminded", "services.notification.reminding")


def _run(trouble: str, *arguments: str) -> dict[str, Any]:
    command = [sys.executable, "-W", "ignore", "-m", *arguments]
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
        raise telling.Trouble(trouble, said[-2000:], reason=(said.splitlines() or ["?"])[-1])
    return last
