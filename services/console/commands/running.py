"""Start it, have more workers, look at it, and what operators prepare before."""

import os
import sys
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from services.console import telling
from services.console.commands.options import Data, Json
from services.spine import actor, settings

app = typer.Typer()
worker = typer.Typer(help="Worker processes (production). 工作进程（生产环境）。", no_args_is_help=True)
scale = typer.Typer(help="More or fewer workers while it runs. 运行中增减工作进程。", no_args_is_help=True)
topology = typer.Typer(help="RabbitMQ's exchanges, queues and permissions. 消息代理的结构。", no_args_is_help=True)
account = typer.Typer(help="Accounts. 账号。", no_args_is_help=True)
app.add_typer(worker, name="worker")
app.add_typer(scale, name="scale")
app.add_typer(topology, name="topology")
app.add_typer(account, name="account")


@app.command()
def up(
    empty: Annotated[bool, typer.Option("--empty", help="Without the demonstration. 不载入演示数据。")] = False,
    data: Data = None,
    port: Annotated[int, typer.Option(help="Port of the pages and the API. 端口。", min=1, max=65535)] = 8800,
) -> None:
    """Start everything on this machine and stay until Ctrl-C. 启动全部，按 Ctrl-C 停止。"""
    from services.console import supervisor

    supervisor.Supervisor(data, port, empty=empty).run()


@app.command()
def serve(
    services: Annotated[list[str], typer.Argument(help=f"Among 可选: {', '.join(settings.SERVICES)}, portal")],
) -> None:
    """Become the process of these services (production). 运行指定服务（生产环境）。"""
    unknown = set(services) - {*settings.SERVICES, "portal"}
    if unknown or ("portal" in services and len(services) > 1):
        raise telling.Trouble(
            "misused", reason=f"没有这个服务 no such service: {', '.join(sorted(unknown)) or services}"
        )
    if services == ["portal"]:
        bind = ["--bind", settings.bind("portal"), "--config", "python:services.console.gunicorn_settings"]
        os.execv(sys.executable, [sys.executable, "-m", "gunicorn", *bind, "services.portal.app:create()"])
    os.execv(sys.executable, [sys.executable, "-m", "services.spine.run", *services])


@worker.command("review")
def worker_review(
    processes: Annotated[int, typer.Option(help="How many side by side. 进程数。", min=1, max=64)] = 1,
    data: Annotated[Path | None, typer.Option("--data", help="Where `scale` finds these. 供 scale 使用。")] = None,
) -> None:
    """Pre-check materials; SIGTTIN is one more, SIGTTOU one less, SIGTERM stops: work in hand is finished.
    预审材料的工作进程；SIGTTIN 加一个，SIGTTOU 减一个，SIGTERM 停止，手头的做完。"""
    from services.console import workers

    raise typer.Exit(workers.keep(processes, data))


@scale.command("review")
def scale_review(
    number: Annotated[int, typer.Argument(help="How many in all. 总数。", min=1, max=64)],
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Have so many review workers while everything runs; who goes finishes first. 运行中增减预审进程。"""
    from services.console import workers

    answer = workers.scale(number, data)
    telling.facts(answer) if as_json else telling.say("scaled", "green", **answer)
    raise typer.Exit(0 if answer["now"] == number else telling.WRONG)


@app.command()
def status(data: Data = None, as_json: Json = False) -> None:
    """Every service, what waits, what was buried; 1 when something is wrong. 各服务的状态。"""
    from services.console import calling, watching

    running = calling.find_deployment(data)
    found = watching.status() | ({"url": running["url"], "started_at": running["started_at"]} if running else {})
    if as_json:
        telling.facts(found)
    else:
        telling.out.print(watching.table_of(found))
        for fault in found["wrong"]:
            telling.err.print(Text(f"{fault['service']}: {fault['code']} {fault['detail']}", "red"))
    silent = sum(not account["ok"] for account in found["services"])
    all_silent = silent == len(found["services"])
    raise typer.Exit(telling.UNREACHABLE if all_silent else 0 if found["ok"] else telling.WRONG)


@app.command()
def doctor(data: Data = None, as_json: Json = False) -> None:
    """Look the deployment over: Python, schemas, disk, secret, store, broker, services. 体检。"""
    from services.console import doctor as room

    findings = []
    for finding in room.examine(data):
        findings.append(finding)
        if not as_json:
            mark = Text("好 ok  ", "green") if finding.ok else Text("不好 bad", "red")
            telling.out.print(mark, Text(f"{finding.what:<10}"), Text(finding.seen, "" if finding.ok else "red"))
    if as_json:
        telling.facts([finding._asdict() for finding in findings])
    raise typer.Exit(0 if all(finding.ok for finding in findings) else telling.WRONG)


@topology.command("declare")
def topology_declare(as_json: Json = False) -> None:
    """Declare exchange and queues on the broker; safe to repeat. 建立交换机和队列，可重复执行。"""
    from services.spine import broker
    from services.spine import topology as spine

    try:
        declared = spine.declare()
    except broker.AWAY as reason:
        raise telling.Trouble("broker_away", reason=reason) from None
    telling.facts(declared) if as_json else telling.say("declared", "green", count=len(declared["queues"]))


@topology.command("permissions")
def topology_permissions() -> None:
    """What each service may do on the broker, as JSON for scripts. 各服务在消息代理上的权限。"""
    from services.spine import topology as spine

    telling.facts(spine.permissions())


@app.command()
def keys(
    folder: Annotated[Path, typer.Argument(help="Where the files go 目录, e.g. deploy/secrets", file_okay=False)],
    broker: Annotated[str, typer.Option(help="host:port of RabbitMQ")] = "rabbitmq:5672",
    store: Annotated[str, typer.Option(help="host:port[,host:port] of MongoDB")] = "mongo:27017",
) -> None:
    """Make the secrets of a production deployment; what is there is kept. 生成生产环境的密钥文件。"""
    from services.console import keys as room

    for path in room.write(folder, broker=broker, store=store):
        typer.echo(path)


@account.command("add")
def account_add(
    login: str,
    role: Annotated[str, typer.Option(help=f"{', '.join(actor.ROLES)}")],
    who: Annotated[str, typer.Option("--name", help="Shown beside what the account does. 显示名。")] = "",
    campaign: Annotated[str, typer.Option(help="Campaign code. 活动代码。")] = "",
    scope: Annotated[str, typer.Option(help="kind:code, e.g. unit:990823-NYNC, group:G4. 范围。")] = "",
    until: Annotated[str, typer.Option(help="Last day, e.g. 2026-12-31. 截止日。")] = "",
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Make an account; its password is shown once. 开设账号，密码只显示一次。"""
    from services.console import accounts, calling

    grant = accounts.grant(role, campaign, scope, date.fromisoformat(until).isoformat() if until else None)
    calling.find_deployment(data)
    made = accounts.add(login, who or login, grant)
    telling.facts(made) if as_json else telling.say("account_made", "green", **made)
