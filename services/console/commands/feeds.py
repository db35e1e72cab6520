"""What other systems follow: the feed, queues of their own, the written contracts."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from services.console import telling
from services.console.commands.options import Data, Json
from services.spine import settings

app = typer.Typer()
events = typer.Typer(help="The feed of events. 事件流。", no_args_is_help=True)
subscriber = typer.Typer(help="Other systems with a queue. 用队列接收的外部系统。", no_args_is_help=True)
contract = typer.Typer(help="The written contracts in schemas/. 契约文件。", no_args_is_help=True)
app.add_typer(events, name="events")
app.add_typer(subscriber, name="subscribers")
app.add_typer(contract, name="contracts")


@events.command("tail")
def events_tail(
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on as they come. 持续显示。")] = False,
    name: Annotated[str, typer.Option("--type", help="Name of the event, e.g. verdict_issued. 事件名。")] = "",
    region: Annotated[str, typer.Option(help="Region code or its beginning. 地区代码。")] = "",
    after: Annotated[int | None, typer.Option(help="From this number of the feed on. 起始序号。", min=0)] = None,
    last: Annotated[int, typer.Option(help="How many of the newest. 最近几条。", min=0, max=10000)] = 20,
    cursor: Annotated[Path | None, typer.Option(help="Goes on after the number in it. 记录已读序号的文件。")] = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Events as they were told, oldest first; --json gives one CloudEvent a line. 查看事件。"""
    from services.console import calling, watching

    calling.find_deployment(data)
    try:
        for event in watching.kept(cursor, after, name, region, last, follow=follow):
            if as_json:
                typer.echo(json.dumps(event, ensure_ascii=False))
            else:
                telling.out.print(
                    Text(f"{event['feedsequence']:>7}", "dim"),
                    event["time"],
                    Text(event["type"].removeprefix("rectify."), "bold"),
                    event.get("region", ""),
                    Text(event["subject"]),
                )
    except (KeyboardInterrupt, BrokenPipeError):
        raise typer.Exit(0) from None


@events.command("replay")
def events_replay(
    code: Annotated[str, typer.Argument(help="Of the subscriber. 订阅方代码。")],
    reason: Annotated[str, typer.Option(help="Why. 原因。")] = "",
    since: Annotated[str, typer.Option(help="Told from then on, 2026-03-01T00:00:00Z. 起始时间。")] = "",
    until: Annotated[str, typer.Option(help="Told before then. 截止时间。")] = "",
    name: Annotated[str, typer.Option("--type", help="Name of the event. 事件名。")] = "",
    region: Annotated[str, typer.Option(help="Region code or its beginning. 地区代码。")] = "",
    count: Annotated[bool, typer.Option("--count", help="Only say how many it would be. 只看数量。")] = False,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Send one subscriber again what it was told, to its address or queue, beside what is new. 向一个订阅方重放。"""
    from services.console import calling

    calling.find_deployment(data)
    given = {"since": since, "until": until, "type": name, "region": region}
    asked, caller = {key: value for key, value in given.items() if value}, calling.as_system("system_admin")
    if count:
        answer = caller.get("notification", f"/subscribers/{code}/replays/count", **asked)
        telling.facts(answer) if as_json else telling.say("replay_counted", **answer)
    else:
        answer = caller.post("notification", f"/subscribers/{code}/replays", {**asked, "reason": reason})
        telling.facts(answer) if as_json else telling.say("replay_begun", **answer)


@app.command()
def replay(
    after: Annotated[int | None, typer.Option(help="Number of the feed. 序号。", min=0)] = None,
    since: Annotated[str, typer.Option(help="Time, e.g. 2026-03-01T00:00:00Z. 时间。")] = "",
    name: Annotated[str, typer.Option("--type", help="Name of the event. 事件名。")] = "",
    region: Annotated[str, typer.Option(help="Region code or its beginning. 地区代码。")] = "",
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Tell events again; hearers remember what they heard. 重发事件，已处理的不会重复。"""
    from services.console import calling

    calling.find_deployment(data)
    asked = {"after": after, "since": since or None, "type": name or None, "region": region or None}
    wanted = {key: value for key, value in asked.items() if value is not None}
    answer = calling.as_system("system_admin").post("notification", "/replay", wanted)
    telling.facts(answer) if as_json else telling.say("told_again", told=answer["told"])


@subscriber.command("add-amqp")
def subscribers_add_amqp(
    code: Annotated[str, typer.Argument(help="e.g. big-screen 代码")],
    title: Annotated[str, typer.Option(help="Which system. 系统名称。")],
    campaign: Annotated[str, typer.Option(help="Its campaign; none for all. 活动代码，不写为全部。")] = "",
    types: Annotated[list[str] | None, typer.Option("--type", help="An event, once or more often. 事件名。")] = None,
    regions: Annotated[list[str] | None, typer.Option("--region", help="A region or its beginning. 地区。")] = None,
    secrecy: Annotated[str, typer.Option(help="public, internal, work_secret 最高密级")] = "internal",
    until: Annotated[str, typer.Option(help="Last day, e.g. 2026-12-31. 截止日。")] = "",
    after: Annotated[int | None, typer.Option(help="From this number of the feed on. 起始序号。", min=0)] = None,
    messages: Annotated[int, typer.Option(help="Messages the queue holds. 队列最多条数。")] = 10_000,
    megabytes: Annotated[int, typer.Option(help="Megabytes it holds. 队列最多兆字节。")] = 64,
    idle_days: Annotated[int, typer.Option(help="Taken away when unread so long. 多少天无人读取即撤销。")] = 14,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """A queue and a user who may only read it (RabbitMQ); again: another password. 建立队列和只读用户。"""
    from services.console import calling, subscribing

    calling.find_deployment(data)
    limits = {"messages": messages, "megabytes": megabytes, "idle_days": idle_days}
    asked = {"types": types, "regions": regions, "until": until or None, "after": after}
    part = {key: value for key, value in asked.items() if value is not None}
    draft = {"code": code, "title": title, "campaign": campaign or None, "secrecy": secrecy, "limits": limits, **part}
    made = subscribing.add(draft)
    shown = {"token": "—", **made, "queue": made["queue"]["name"]}
    telling.facts(made) if as_json else telling.say("subscriber_queued", "green", **shown)


@subscriber.command("end-amqp")
def subscribers_end_amqp(
    code: Annotated[str, typer.Argument(help="e.g. big-screen 代码")],
    reason: Annotated[str, typer.Option(help="Why. 原因。")],
    data: Data = None,
    as_json: Json = False,
) -> None:
    """It is told nothing any more; queue and user are removed. 停用，撤销队列和用户。"""
    from services.console import calling, subscribing

    calling.find_deployment(data)
    ended = subscribing.end(code, reason)
    telling.facts(ended) if as_json else telling.say("subscriber_shut_out", "green", **ended)


@contract.command("write")
def contracts_write() -> None:
    """Write asyncapi.yaml and openapi.yaml from the schemas and the doors. 生成契约文件。"""
    from services.spine import golden, publishing

    try:
        written = publishing.write()
    except golden.Broken as faults:
        raise telling.Trouble("contract_broken", str(faults)) from None
    for path in written:
        typer.echo(path.relative_to(settings.ROOT))


@contract.command("check")
def contracts_check() -> None:
    """1 when asyncapi.yaml or openapi.yaml differ from the schemas and the doors. 检查契约文件是否一致。"""
    from services.spine import golden, publishing

    try:
        drifted = publishing.drifted()
    except golden.Broken as faults:
        raise telling.Trouble("contract_broken", str(faults)) from None
    for path in drifted:
        typer.echo(path.relative_to(settings.ROOT))
    raise typer.Exit(telling.WRONG if drifted else 0)
