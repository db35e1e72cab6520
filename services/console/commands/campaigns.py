"""Campaigns and organisations: in and out as folders and sheets, a draft over all units, the board counted anew."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from services.console import telling
from services.console.commands.options import Code, Data, Json

app = typer.Typer()
campaigns = typer.Typer(help="A campaign's draft over all its units. 活动草稿。", no_args_is_help=True)
organisation = typer.Typer(help="The tree of organisations. 组织。", no_args_is_help=True)
progress = typer.Typer(help="What the board counts. 总览数据。", no_args_is_help=True)
app.add_typer(campaigns, name="campaign")
app.add_typer(organisation, name="organisations")
app.add_typer(progress, name="progress")

HeldBy = Annotated[str, typer.Option("--held-by", help="Another last day for all, into the draft. 新的最后会议日。")]


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
    end_unnamed: Annotated[
        bool, typer.Option("--end-unnamed", help="Members' posts the table does not name end. 表里没有的岗位离任。")
    ] = False,
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
    if found["state"] == "checked" and (found["total"] or (end_unnamed and found["counts"]["short"])):
        if not yes:
            typer.confirm("导入？ Bring it in?", abort=True, err=True)
        found = organising.bring_in(found, caller, end_unnamed=end_unnamed)
    telling.facts(found) if as_json else telling.say("organisations_told", "green", **found)
    raise typer.Exit(telling.WRONG if found["state"] == "faulty" else 0)


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
