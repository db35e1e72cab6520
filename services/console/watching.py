"""What operators look at: every service with what waits in it, and the events as they are told.

Something is wrong when a service is silent, when a message was buried, when a task has died, or when an event has
waited longer than a minute to be told.
"""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rich.table import Table

from services.console import calling, telling
from services.spine import clock, settings

LATE_SECONDS = 60
BEYOND = 10**12 - 1


def status() -> dict[str, Any]:
    """Every service's own account of itself, and what is wrong: {ok, wrong: [...], services: [...]}."""
    caller = calling.as_system()
    services = [_account(caller, service) for service in settings.SERVICES]
    wrong = [fault for account in services for fault in _faults(account)]
    return {"at": clock.now(), "ok": not wrong, "wrong": wrong, "services": services}


def table_of(found: dict[str, Any]) -> Table:
    """The account as a table for a person."""
    table = Table(show_edge=False, pad_edge=False)
    for heading in ("服务 service", "状态 state", "待发 outbox", "死信 dead letters", "其他 more"):
        table.add_column(heading)
    for account in found["services"]:
        if not account["ok"]:
            table.add_row(account["service"], "[red]没有应答 silent[/]", "", "", "")
            continue
        known = ("service", "ok", "outbox", "oldest_outbox_at", "dead_letters")
        more = "，".join(f"{key} {_short(value)}" for key, value in account.items() if key not in known)
        outbox = f"{account['outbox']}" + (f" ({account['oldest_outbox_at']})" if account["outbox"] else "")
        letters = account["dead_letters"]
        table.add_row(account["service"], "[green]正常 ok[/]", outbox, f"[red]{letters}[/]" if letters else "0", more)
    return table


def events(after: int | None, name: str, region: str, last: int, *, follow: bool) -> Iterator[dict[str, Any]]:
    """Events of the feed after a number, oldest first; without a number the `last` ones. Following never ends."""
    caller = calling.as_system()
    wanted = {key: value for key, value in (("type", name), ("region", region)) if value}
    if after is None:
        after = _before_newest(caller, wanted, last)
    for batch in _batches(caller, wanted, after, follow=follow):
        yield from batch


def kept(
    cursor: Path | None, after: int | None, name: str, region: str, last: int, *, follow: bool
) -> Iterator[dict[str, Any]]:
    """The same, going on after the number in a file (from the beginning while there is none), which is written once an
    event was dealt with: killed in between, the last one comes again."""
    if cursor and cursor.exists():
        after = int(cursor.read_text("utf-8"))
    for event in events(0 if cursor and after is None else after, name, region, last, follow=follow):
        yield event
        if cursor:
            fresh = cursor.with_name(f".{cursor.name}.new")
            fresh.write_text(f"{event['feedsequence']}\n", "utf-8")
            fresh.replace(cursor)


def _batches(
    caller: calling.Caller, wanted: dict[str, str], after: int, *, follow: bool = False
) -> Iterator[list[dict[str, Any]]]:
    """What was told after a number, until nothing is left; following waits for more, or asks once a second where it may
    not wait. What is not wanted is passed over once: the answer says after which number to go on."""
    while True:
        asked_at = time.monotonic()
        asked = {**wanted, "after": str(after), "limit": "1000", "wait": "20" if follow else "0"}
        headers, batch = caller.ask("GET", "notification", "/events", fields=asked)
        if not batch and not follow:
            return
        yield batch
        after = int(headers["X-Next-After"])
        if not batch:
            time.sleep(max(asked_at + 1 - time.monotonic(), 0))


def _before_newest(caller: calling.Caller, wanted: dict[str, str], count: int) -> int:
    """The number after which the newest stand: looks back from the end, further each time until there are enough."""
    end, span = _end_of(caller), count
    while count:
        found = [event for batch in _batches(caller, wanted, max(end - span, 0)) for event in batch]
        if len(found) >= count or span >= end:
            return int(found[-count:][0]["feedsequence"]) - 1 if found else end
        span *= 8
    return end


def _end_of(caller: calling.Caller) -> int:
    """The number of the newest event: the feed names it to whoever asks for what is beyond."""
    try:
        caller.get("notification", "/events", after=BEYOND)
        return BEYOND
    except calling.Declined as declined:
        if declined.code != "cursor_ahead":
            raise
        return int(declined.problem["params"]["last"])


def _account(caller: calling.Caller, service: str) -> dict[str, Any]:
    try:
        return {"service": service, "ok": True, **caller.get(service, "/status")}
    except (telling.Trouble, calling.Declined) as reason:
        return {"service": service, "ok": False, "reason": str(reason)}


def _faults(account: dict[str, Any]) -> Iterator[dict[str, str]]:
    service = account["service"]
    if not account["ok"]:
        yield {"service": service, "code": "silent", "detail": account["reason"]}
        return
    if account["dead_letters"]:
        yield {"service": service, "code": "dead_letters", "detail": f"{account['dead_letters']} buried"}
    oldest = account.get("oldest_outbox_at")
    if oldest and (clock.moment(clock.now()) - clock.moment(oldest)).total_seconds() > LATE_SECONDS:
        yield {"service": service, "code": "outbox_waits", "detail": f"since {oldest}"}
    dead = (account.get("tasks") or {}).get("dead", 0) if isinstance(account.get("tasks"), dict) else 0
    if dead:
        yield {"service": service, "code": "dead_tasks", "detail": f"{dead} tasks gave up"}


def _short(value: Any) -> str:
    return " ".join(f"{key}={one}" for key, one in value.items()) if isinstance(value, dict) else str(value)
