"""The command `rectify`.

Every command has --help, prints facts as JSON when asked with --json, and ends with 0 (well), 1 (something is wrong),
2 (misused) or 3 (not reachable).
"""

import sys
import warnings

import typer

from services.console import telling
from services.console.commands import campaigns, feeds, ledgers, materials, running

EXITS = "Exit: 0 well, 1 something wrong, 2 misused, 3 not reachable. 0 正常，1 有问题，2 用法不对，3 连不上。"

app = typer.Typer(
    name="rectify",
    help="Rectify 民主生活会整改：运行、载入、查看。",
    epilog=EXITS,
    no_args_is_help=True,
    add_completion=False,
)
for room in (running, campaigns, materials, ledgers, feeds):
    app.add_typer(room.app)


def main() -> None:
    """Run the command; what goes wrong is a sentence, not a traceback."""
    from services.console import calling

    warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")
    try:
        app(standalone_mode=True)
    except telling.Trouble as trouble:
        sys.exit(telling.complain(trouble))
    except calling.Declined as reason:
        places = "\n".join(
            f"{place.get('pointer', '')} {place.get('detail', '')}" for place in reason.problem.get("errors") or ()
        )
        sys.exit(telling.complain(telling.Trouble("declined", places, reason=reason, code=reason.code)))
    """Send one subscriber again what it was told, to its address or queue, beside what is new. 向一个订阅方重放。"""
