"""The first start: the demonstration campaign with a life of its own, and accounts whose passwords are shown once.

How far it came is written down step by step, so that an interrupted first start goes on at the next one. A password is
shown before its account is made and is kept nowhere: every account that exists has had its password on the screen.
"""

import json
import secrets
import traceback
from typing import Any

from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from services.console import calling, demo, folder, telling
from services.spine import clock, settings

ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
ADMINISTRATOR = {
    "login": "security",
    "name": "安全管理员",
    "grants": [{"role": "security_admin", "campaign": None, "scope": calling.SYSTEM, "until": None}],
}


def greet(place: folder.Folder, url: str, *, empty: bool) -> None:
    """Do what is left of the first start; nothing on later ones."""
    begun = place.begun()
    if begun.get("done"):
        return
    begun = {"empty": empty, "on": clock.today(), **begun}
    place.write_begun(begun)
    if begun["empty"]:
        _open_accounts([ADMINISTRATOR])
    else:
        if not begun.get("demo") and not _live(place, url, begun["on"]):
            return
        place.write_begun(begun | {"demo": True})
        _open_accounts(json.loads((settings.ROOT / "deploy/demo/accounts.json").read_text("utf-8")))
    place.write_begun(begun | {"demo": not begun["empty"], "done": True})


def new_password() -> str:
    """Sixteen signs that are easy to copy, about 79 bits of chance."""
    signs = "".join(secrets.choice(ALPHABET) for _ in range(16))
    return "-".join(signs[start : start + 4] for start in range(0, 16, 4))


def _live(place: folder.Folder, url: str, today: str) -> bool:
    telling.say("demo_begins", url=url)
    columns = (TextColumn("  {task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f}%"))
    try:
        shown = telling.out.is_terminal
        with Progress(
            *columns, TimeElapsedColumn(), console=telling.out, transient=True, disable=not shown
        ) as progress:
            bar = progress.add_task("", total=1)

            def report(what: str, done: int, total: int) -> None:
                if not shown and what != progress.tasks[bar].description:
                    telling.out.print(f"  {what}")
                progress.update(bar, description=what, completed=done, total=max(total, 1))

            demo.live(demo.Api(today), report)
    except Exception as reason:
        log = place.logs / "demo.log"
        log.write_text(traceback.format_exc(), "utf-8")
        telling.warn("demo_failed", reason=f"{type(reason).__name__}: {reason}"[:200], log=log)
        return False
    telling.say("demo_done", "green")
    return True


def _open_accounts(wanted: list[dict[str, Any]]) -> None:
    caller = calling.as_system("security_admin")
    known = {row["login"] for row in caller.get("access", "/accounts", size=500)["rows"]}
    missing = [{**account, "password": new_password()} for account in wanted if account["login"] not in known]
    if not missing:
        return
    telling.say("accounts_once", "bold")
    table = Table(box=None, pad_edge=False, padding=(0, 2))
    for heading, width in (("账号 login", 13), ("密码 password", 19), ("角色 role", 14)):
        table.add_column(heading, no_wrap=True, min_width=width)
    table.add_column("身份 who", overflow="fold")
    for account in missing:
        roles = " ".join(grant["role"] for grant in account["grants"])
        table.add_row(account["login"], account["password"], roles, account["name"])
    telling.out.print(table)
    for account in missing:
        try:
            caller.post("access", "/accounts", account)
        except calling.Declined as reason:
            telling.warn("account_failed", login=account["login"], reason=reason)
