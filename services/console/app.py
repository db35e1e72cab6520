"""The command `rectify`: what an operator can do, one function each; the work is done in the room that each one names.

Every command has --help, prints facts as JSON when asked with --json, and ends with 0 (well), 1 (something is wrong),
2 (misused) or 3 (not reachable).
"""

import json
import os
import sys
import warnings
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from services.console import telling
from services.spine import actor, settings

EXITS = "Exit: 0 well, 1 something wrong, 2 misused, 3 not reachable. 0 正常，1 有问题，2 用法不对，3 连不上。"

app = typer.Typer(
    name="rectify",
    help="Rectify 民主生活会整改：运行、载入、查看。",
    epilog=EXITS,
    no_args_is_help=True,
    add_completion=False,
)
worker = typer.Typer(help="Worker processes (production). 工作进程（生产环境）。", no_args_is_help=True)
scale = typer.Typer(help="More or fewer workers while it runs. 运行中增减工作进程。", no_args_is_help=True)
events = typer.Typer(help="The feed of events. 事件流。", no_args_is_help=True)
topology = typer.Typer(help="RabbitMQ's exchanges, queues and permissions. 消息代理的结构。", no_args_is_help=True)
contract = typer.Typer(help="The written contracts in schemas/. 契约文件。", no_args_is_help=True)
rule = typer.Typer(help="The rules of the pre-check. 预审规则。", no_args_is_help=True)
form = typer.Typer(help="Forms of what units hand in. 材料表。", no_args_is_help=True)
batch = typer.Typer(help="Many materials in one zip. 批量提交。", no_args_is_help=True)
ledger = typer.Typer(help="Ledgers as sheets. 台账表格。", no_args_is_help=True)
campaigns = typer.Typer(help="A campaign's draft over all its units. 活动草稿。", no_args_is_help=True)
organisation = typer.Typer(help="The tree of organisations. 组织。", no_args_is_help=True)
progress = typer.Typer(help="What the board counts. 总览数据。", no_args_is_help=True)
subscriber = typer.Typer(help="Other systems with a queue. 用队列接收的外部系统。", no_args_is_help=True)
account = typer.Typer(help="Accounts. 账号。", no_args_is_help=True)
for name, group in {
    "worker": worker,
    "scale": scale,
    "events": events,
    "topology": topology,
    "contracts": contract,
    "rules": rule,
    "form": form,
    "batch": batch,
    "ledger": ledger,
    "campaign": campaigns,
    "organisations": organisation,
    "progress": progress,
    "subscribers": subscriber,
    "account": account,
}.items():
    app.add_typer(group, name=name)

Data = Annotated[Path | None, typer.Option("--data", help="Data folder of the embedded deployment. 数据目录。")]
Json = Annotated[bool, typer.Option("--json", help="Facts as JSON. 输出 JSON。")]


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
    """Pre-check materials; stop with SIGTERM, work in hand is finished. 预审材料的工作进程。"""
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
def load(
    folder: Annotated[Path, typer.Argument(help="With 其中有 campaign.json, units.csv, groups.json", file_okay=False)],
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Load a campaign folder; loading it twice changes nothing. 载入活动，重复载入不会改变任何东西。"""
    from services.console import calling, loading

    try:
        request = loading.read(folder)
    except loading.Faulty as faulty:
        if as_json:
            telling.facts({"faults": [fault._asdict() for fault in faulty.faults]})
        for fault in () if as_json else faulty.faults:
            place = fault.file + (f":{fault.row}" if fault.row else "") + (f" {fault.column}" if fault.column else "")
            telling.err.print(Text(place, "bold"), Text(fault.zh), Text(fault.en, "dim"))
        raise typer.Exit(telling.WRONG) from None
    calling.find_deployment(data)
    answer = loading.officer(request["campaign"]["campaign_code"]).post("registry", "/campaigns", request, 600)
    if as_json:
        telling.facts(answer)
    else:
        telling.say("loaded", "green", **{key: answer.get(key, 0) for key in ("units", "groups", "added", "changed")})
        for row in answer["kept"]["rows"]:
            telling.say("load_kept", "yellow", **row)
        if answer["drafted"]:
            telling.say("load_drafted", "yellow", count=len(answer["drafted"]))


@app.command()
def export(
    campaign: Annotated[str, typer.Argument(help="The campaign's code. 活动代码。")],
    place: Annotated[Path, typer.Argument(help="A folder, or a name.zip 目录或 zip 文件")],
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Write a campaign as the folder it can be loaded from. 导出活动文件夹，可再载入。"""
    from services.console import calling, loading

    calling.find_deployment(data)
    written = [str(path) for path in loading.export(campaign, place, loading.officer(campaign))]
    telling.facts({"written": written}) if as_json else telling.say("exported", "green", place=place)


HeldBy = Annotated[str, typer.Option("--held-by", help="Another last day for all, into the draft. 新的最后会议日。")]
Code = Annotated[str, typer.Argument(help="The campaign's code. 活动代码。")]


@campaigns.command("preview")
def campaign_preview(campaign: Code, held_by: HeldBy = "", data: Data = None, as_json: Json = False) -> None:
    """What the draft comes to for every unit; nothing is published. 预览草稿对各单位的影响，不发布。"""
    from services.console import calling, loading, revising

    calling.find_deployment(data)
    revision = revising.Revision(campaign, loading.officer(campaign))
    draft = revision.draft(held_by)
    if not draft["open"]:
        raise telling.Trouble("nothing_drafted", campaign=campaign, version=draft["version"])
    found = revision.preview(draft)
    telling.facts(found) if as_json else _tell_preview(draft, found)


@campaigns.command("replan")
def campaign_replan(
    campaign: Code,
    reason: Annotated[str, typer.Option(help="Why; every unit reads it. 原因，各单位看得到。")],
    held_by: HeldBy = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask. 不再询问。")] = False,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Preview the draft, publish it, lay all units out anew; interrupted, run it again. 预览、发布并重新排期。"""
    from services.console import calling, loading, revising

    calling.find_deployment(data)
    revision = revising.Revision(campaign, loading.officer(campaign))
    found = revision.laid(revision.draft()["version"])
    draft = revision.draft(held_by)
    if draft["open"]:
        preview = revision.preview(draft)
        if not as_json:
            _tell_preview(draft, preview)
        if not yes:
            question = f"发布第 {found['version'] + 1} 版？ Publish, and lay the units out anew?"
            typer.confirm(question, abort=True, err=True)
        found = revision.publish(draft, reason)
    elif not found["total"]:
        raise telling.Trouble("nothing_drafted", campaign=campaign, version=found["version"])
    telling.facts(found) if as_json else telling.say("replanned", "green", **found)


def _tell_preview(draft: dict[str, Any], found: dict[str, Any]) -> None:
    for one in draft["differences"]:
        telling.out.print(Text(one["pointer"], "bold"), Text(f"{one['from']} → {one['to']}", "dim"))
    telling.say("previewed", "yellow" if found["counts"]["past"] else "green", total=found["total"], **found["counts"])


@organisation.command("import")
def organisations_import(
    file: Annotated[Path, typer.Argument(help="As the page gives it out 格式同页面导出 (.xlsx, .csv)", dir_okay=False)],
    campaign: Annotated[str, typer.Option(help="In whose office's name. 以哪个活动的办公室名义。")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask. 不再询问。")] = False,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Look at a table of organisations, then bring it in; interrupted, run it again. 核对并导入组织表。"""
    from services.console import calling, loading, organising

    calling.find_deployment(data)
    caller = loading.officer(campaign)
    found = organising.look(file, caller)
    if not as_json:
        telling.say("organisations_looked", **found["counts"])
    for fault in () if as_json else found["faults"]:
        telling.err.print(Text(f"{fault['sheet']} {fault['cell']}", "bold"), Text(fault["detail"]))
    if found["state"] == "checked" and found["total"]:
        if not yes:
            typer.confirm("导入？ Bring it in?", abort=True, err=True)
        found = organising.bring_in(found, caller)
    telling.facts(found) if as_json else telling.say("organisations_told", "green", **found)
    raise typer.Exit(telling.WRONG if found["state"] == "faulty" else 0)


@app.command()
def precheck(
    files: Annotated[list[Path], typer.Argument(help="Materials 材料 (.docx .txt .md .pdf)")],
    kind: Annotated[
        str | None, typer.Option(help="speech_outline, team_inspection; otherwise guessed 否则推断")
    ] = None,
    opinions: Annotated[Path | None, typer.Option(help="Opinions to be answered, JSON. 征求到的意见。")] = None,
    against: Annotated[Path | None, typer.Option(help="Folder of other materials to compare. 比对目录。")] = None,
    as_json: Json = False,
) -> None:
    """Pre-check files without a deployment; 1 when one fails a standard. 不经系统直接预审文件。"""
    from services.review import precheck as review

    for path in (*files, *(one for one in (opinions, against) if one)):
        if not path.exists():
            raise telling.Trouble("not_readable", path=path, reason="没有这个文件 no such file")
    found = review.examine_files(files, kind, opinions, against)
    if as_json:
        telling.facts(found)
    else:
        _print_prechecked(found)
    raise typer.Exit(telling.WRONG if any(one.get("fails") or one.get("refused") for one in found) else 0)


@form.command("check")
def form_check(
    file: Annotated[Path, typer.Argument(help="The form 表 (.json, or the filled-in .xlsx)")],
    kind: Annotated[str, typer.Option(help="Kind of material, e.g. minutes. 材料种类。")],
    facts: Annotated[str, typer.Option(help="What applies, e.g. last_year,inquiries. 适用情况。")] = "",
    as_json: Json = False,
) -> None:
    """Check a form without a deployment; 1 when it would not be taken. 不经系统核对一张表。"""
    from services.console import forming

    found = forming.check(file, kind, facts)
    if as_json:
        telling.facts(found)
    for fault in () if as_json else found["faults"]:
        telling.out.print(Text(fault["zh"], "bold"), Text(fault["en"], "dim"))
    if not as_json and not found["faults"]:
        telling.out.print(Text(f"可以提交 it would be taken: {found['schema']}", "green"))
    raise typer.Exit(telling.WRONG if found["faults"] else 0)


Zip = Annotated[Path, typer.Argument(help="With manifest.xlsx or 清单.xlsx in it 其中有清单", dir_okay=False)]
Campaign = Annotated[str, typer.Option(help="The campaign's code. 活动代码。")]
By = Annotated[str, typer.Option(help="Whose name the versions bear. 记在谁名下。")]


@batch.command("check")
def batch_check(
    zip_file: Zip, campaign: Campaign, by: By = "console", data: Data = None, as_json: Json = False
) -> None:
    """Hand a zip over to be checked, nothing is submitted; 1 when a line is refused. 上传并逐行核对，不提交。"""
    from services.console import batching, calling

    calling.find_deployment(data)
    _tell_batch(batching.check(zip_file, campaign, batching.officer(campaign, by)), as_json)


@batch.command("run")
def batch_run(
    zip_file: Zip,
    campaign: Campaign,
    result: Annotated[Path | None, typer.Option(help="Where the result is written (.xlsx). 结果文件。")] = None,
    by: By = "console",
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Check a zip and submit what may come in; run again it goes on, nothing twice. 核对并提交，可重复运行。"""
    from services.console import batching, calling

    calling.find_deployment(data)
    place = result or zip_file.with_name(f"{zip_file.stem}-result.xlsx")
    _tell_batch(batching.run(zip_file, campaign, batching.officer(campaign, by), place), as_json)


def _tell_batch(found: dict[str, Any], as_json: bool) -> None:
    if as_json:
        telling.facts(found)
    for line in () if as_json else found["lines"]:
        telling.out.print(Text(f"{line['row']:>5} {line['file']}", "bold"), Text(line["refusal"]["detail"]))
    if not as_json:
        refusal = [Text(found["refusal"]["detail"], "red")] if found["refusal"] else []
        counts = "  ".join(f"{name}={count}" for name, count in found["outcomes"].items())
        telling.out.print(Text(f"{found['batch_id']} {found['state']} {counts}", "green"), *refusal)
    raise typer.Exit(telling.WRONG if found["refusal"] or found["outcomes"].get("refused") else 0)


@ledger.command("import")
def ledger_import(
    file: Annotated[Path, typer.Argument(help="The unit's ledger 单位台账 (.xlsx, .csv)", dir_okay=False)],
    unit: Annotated[str, typer.Option(help="The unit's code, e.g. 990823-NYNC. 单位代码。")],
    campaign: Campaign,
    check: Annotated[bool, typer.Option("--check", help="Look only, write nothing. 只核对，不写入。")] = False,
    accept: Annotated[bool, typer.Option("--accept", help="Accept all that is proposed. 全部采纳建议。")] = False,
    by: By = "console",
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Bring a unit's ledger in, cell by cell; 1 while something waits or was not read. 导入单位台账。"""
    from services.console import batching, calling, ledgering

    calling.find_deployment(data)
    caller = batching.officer(campaign, by)
    if check:
        found = ledgering.look(file, campaign, unit, caller)
    else:
        found = ledgering.bring_in(file, campaign, unit, caller, accept=accept)
    if as_json:
        telling.facts(found)
    for line in () if as_json else found["lines"]:
        for one in line["findings"]:
            telling.out.print(Text(f"{one['kind']:<9}"), Text(one["detail"]), Text(one["proposal"], "bold"))
        for one in line["changes"] if line["outcome"] == "changed" else ():
            telling.out.print(Text(f"{one['cell']:<9}", "bold"), Text(f"{one['title']}: {one['from']} → {one['to']}"))
    counts = found["counts"]
    if not as_json:
        told = "  ".join(f"{name}={count}" for name, count in counts.items())
        telling.out.print(Text(f"{found['import_id']} {found['state']} {told}", "green"))
    unclear = counts["undecided"] or counts["wrong"] or found.get("overtaken") or found.get("refused")
    raise typer.Exit(telling.WRONG if unclear else 0)


@rule.command("show")
def rules_show(as_json: Json = False) -> None:
    """Version and limits of the rules in use. 在用规则的版本和限值。"""
    from services.review import rules

    found = rules.present().summary()
    if as_json:
        telling.facts(found)
        return
    telling.out.print(Text(found["version"], "bold"))
    for file in found["files"]:
        limits = "  ".join(f"{name}={value:g}" for name, value in file["limits"].items())
        telling.out.print(Text(f"{file['name']:<18}"), f"v{file['version']}", Text(limits, "dim"))


@rule.command("try")
def rules_try(
    folder: Annotated[Path, typer.Argument(help="With the changed files 其中有改动的规则文件", file_okay=False)],
    files: Annotated[list[Path] | None, typer.Argument(help="Materials, or folders of them 材料或目录")] = None,
    campaign: Annotated[str, typer.Option(help="Past materials of this campaign only. 只用这个活动的材料。")] = "",
    limit: Annotated[int, typer.Option(help="At most so many past materials. 最多几份。", min=1, max=300)] = 100,
    kind: Annotated[str | None, typer.Option(help="As for precheck. 同 precheck。")] = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Try changed rules over files, or over a deployment's past materials; nothing is changed by it. 试算新规则。"""
    from services.console import calling, ruling

    changed = ruling.changed(folder)
    for path in files or ():
        if not path.exists():
            raise telling.Trouble("not_readable", path=path, reason="没有这个文件 no such file")
    if files:
        found = ruling.over_files(changed, files, kind)
    else:
        calling.find_deployment(data)
        found = ruling.over_deployment(changed, campaign, limit)
    if as_json:
        telling.facts(found)
    else:
        for each in ruling.tables(found):
            telling.out.print(each)


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
    """Send one subscriber again what it was told, beside what is new. 向一个订阅方重放。"""
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


@progress.command("rebuild")
def progress_rebuild(
    campaign: Annotated[str, typer.Option(help="Of this campaign only. 只重建这个活动。")] = "",
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Count everything anew from the feed, beside the running board. 由事件流重建总览数据，期间照常使用。"""
    from services.console import calling, programs

    calling.find_deployment(data)
    found = programs.rebuild(campaign)
    telling.facts(found) if as_json else telling.say("rebuilt", "green", **found)


@ledger.command("nightly")
def ledger_nightly(data: Data = None, as_json: Json = False) -> None:
    """What turned late, steps that are due, missing reports; again changes nothing. 夜间检查，可重复执行。"""
    from services.console import calling, programs

    calling.find_deployment(data)
    found = programs.work_the_night_off()
    if as_json:
        return telling.facts(found)
    if found["night"] == "busy":
        return telling.say("night_busy")
    counts = dict.fromkeys(("item_due_soon", "item_overdue", "proposed", "lapsed", "reports"), 0)
    return telling.say("night_done", "green", **{**counts, **found["found"], "seconds": found["seconds"]})


@app.command()
def remind(data: Data = None, as_json: Json = False) -> None:
    """Write today's reminders, beside the services; again writes nothing. 发出今天的提醒，可重复执行。"""
    from services.console import calling, programs

    calling.find_deployment(data)
    found = programs.remind()
    telling.facts(found) if as_json else telling.say("reminded", "green", **found)


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


def _print_prechecked(found: list[dict[str, Any]]) -> None:
    for one in found:
        fails = one.get("reason") or "、".join(one.get("fails") or ())
        telling.out.print(
            Text(str(one.get("file", "")), "bold"), Text(fails or "未见问题 nothing found", "red" if fails else "green")
        )
        table = Table(show_header=False, show_edge=False, pad_edge=False, box=None)
        for finding in one.get("findings") or ():
            place = finding.get("anchor") or {}
            table.add_row(
                f"  ¶{place.get('paragraph', '')}",
                finding["standard"],
                finding["reason"]["zh"],
                place.get("quotation", ""),
            )
        telling.out.print(table)
