"""The ledger as sheets, and the nightly work on it and on reminders."""

from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.text import Text

from services.console import telling
from services.console.commands.options import By, Campaign, Data, Json

Category = Literal["immediate", "phased", "long_term"]
app = typer.Typer()
ledger = typer.Typer(help="Ledgers as sheets. 台账表格。", no_args_is_help=True)
app.add_typer(ledger, name="ledger")


@ledger.command("import")
def ledger_import(
    file: Annotated[Path, typer.Argument(help="The unit's ledger 单位台账 (.xlsx, .csv)", dir_okay=False)],
    unit: Annotated[str, typer.Option(help="The unit's code, e.g. 990823-NYNC. 单位代码。")],
    campaign: Campaign,
    check: Annotated[bool, typer.Option("--check", help="Look only, write nothing. 只核对，不写入。")] = False,
    accept: Annotated[bool, typer.Option("--accept", help="Accept all that is proposed. 全部采纳建议。")] = False,
    category: Annotated[
        Category | None, typer.Option("--list", help="The list of rows that name none. 没有写明清单的列入哪一个。")
    ] = None,
    by: By = "console",
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Bring new problems of a unit in, cell by cell; 1 while something waits or was not read. 代单位导入新问题。"""
    from services.console import batching, calling, ledgering

    calling.find_deployment(data)
    caller = batching.officer(campaign, by)
    if check:
        found = ledgering.look(file, campaign, unit, caller)
    else:
        found = ledgering.bring_in(file, campaign, unit, caller, accept=accept, category=category)
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
    counts = dict.fromkeys(("item_due_soon", "item_overdue", "item_day_passed", "proposed", "lapsed", "reports"), 0)
    return telling.say("night_done", "green", **{**counts, **found["found"], "seconds": found["seconds"]})


@app.command()
def remind(data: Data = None, as_json: Json = False) -> None:
    """Write today's reminders, beside the services; again writes nothing. 发出今天的提醒，可重复执行。"""
    from services.console import calling, programs

    calling.find_deployment(data)
    found = programs.remind()
    telling.facts(found) if as_json else telling.say("reminded", "green", **found)
