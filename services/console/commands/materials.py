"""Materials: pre-checked without any service, forms and batches, and the rules they are judged by."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from services.console import telling
from services.console.commands.options import By, Campaign, Data, Json

app = typer.Typer()
rule = typer.Typer(help="The rules of the pre-check. 预审规则。", no_args_is_help=True)
form = typer.Typer(help="Forms of what units hand in. 材料表。", no_args_is_help=True)
batch = typer.Typer(help="Many materials in one zip. 批量提交。", no_args_is_help=True)
app.add_typer(rule, name="rules")
app.add_typer(form, name="form")
app.add_typer(batch, name="batch")

Zip = Annotated[Path, typer.Argument(help="With manifest.xlsx or 清单.xlsx in it 其中有清单", dir_okay=False)]


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
    from services.console import examining
    from services.review import precheck as review

    examining.kind(kind)
    examining.folder(against)
    found = review.examine_files(files, kind, examining.opinions(opinions), against)
    if as_json:
        telling.facts(found)
    else:
        _print_prechecked(found)
    raise typer.Exit(telling.WRONG if any(one.get("fails") or one.get("refused") for one in found) else 0)


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
    from services.console import calling, examining, ruling

    examining.kind(kind)
    changed = ruling.changed(folder)
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
