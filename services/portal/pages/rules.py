"""The rules of the pre-check: which are in use, and what changed ones would say, before anybody is judged by them.

What must stay true: nothing here puts rules into use, and the page says so. The same files sent twice are one trial.
"""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext

from services.portal import asking, clients, languages, listing, reference, trial, wording, workbook
from services.portal.pages import files

room = Blueprint("rules", __name__)
HOW_MANY = (50, 100, 200, 300)
USUAL = "100"
RECENT = 10


@room.get("/rules")
def show(problem: clients.Declined | None = None) -> Any:
    """What is in use, the place to try changed files, and what was tried of late."""
    asking.needs("try_rules")
    return render_template(
        "rules.html",
        rules=asking.get("review", "/rules"), how_many=HOW_MANY, limit=request.form.get("limit", USUAL),
        recent=asking.rows("review", "/rules/trials", campaign=asking.campaign(), size=RECENT),
        problem=problem, faults=_faults(problem),
    )  # fmt: skip


@room.get("/rules/files/<code:name>")
def file(name: str) -> Response:
    """A file of the rules in use, to be edited."""
    return files.passed_on("review", f"/rules/{name}")


@room.post("/rules/trials")
def try_files() -> Any:
    """Try changed files, then go to the comparison; pressed twice, go and wait for it."""
    asking.needs("try_rules")
    if g.get("too_large"):
        return show(files.too_large()), 413
    limit = request.form.get("limit", USUAL)
    wanted = {"campaign": asking.campaign() or "", "limit": int(limit) if limit.isdecimal() else limit}
    try:
        answer = asking.post("review", "/rules/trials", {"files": _uploaded(), **wanted}).body
    except clients.Declined as problem:
        if problem.status in (401, 404):
            raise
        if running := problem.params.get("trial_id"):
            return redirect(url_for(".compared", trial_id=running), 303)
        return show(problem), problem.status
    flash(gettext("试算完成。在用的规则没有改动。"), "done")
    return redirect(url_for(".compared", trial_id=answer["trial_id"]), 303)


@room.get("/rules/trials/<code:trial_id>")
def compared(trial_id: str) -> Any:
    """The comparison, or where a trial stands that has none."""
    tried, view, standard = _asked(trial_id)
    rows, number = trial.shown(tried.get("rows", ()), view, standard), listing.number()
    page = listing.Page(rows[(number - 1) * listing.SIZE :][: listing.SIZE], len(rows), number, listing.SIZE)
    problem = clients.Declined(tried["refusal"]) if "refusal" in tried else None
    people = {one["standard"]: one for one in (tried.get("agreement") or {}).get("standards", ())}
    return render_template(
        "rules_trial.html",
        tried=tried, page=page, view=view, standard=standard, counts=trial.counts(tried.get("rows", ())),
        people=people, moves=trial.moves, nearer=trial.nearer, names=reference.unit_names(tried["campaign"]),
        problem=problem, faults=_faults(problem),
    )  # fmt: skip


@room.get("/rules/trials/<code:trial_id>/state")
def state(trial_id: str) -> Any:
    """Only the state, for the page that waits."""
    return {"state": asking.get("review", f"/rules/trials/{trial_id}")["state"]}


@room.get("/rules/trials/<code:trial_id>.xlsx")
def exported(trial_id: str) -> Response:
    """The rows of a view as a workbook."""
    tried, view, standard = _asked(trial_id)
    names = reference.unit_names(tried["campaign"])
    heads = [
        gettext("单位"), gettext("材料"), gettext("岗位"), gettext("版本"), gettext("在用规则提示不过"),
        gettext("新规则提示不过"), gettext("提示的变化"), gettext("人的结论"), gettext("与人的结论"),
        gettext("审阅编号"),
    ]  # fmt: skip
    lines = [_line(row, names) for row in trial.shown(tried.get("rows", ()), view, standard)]
    return workbook.answer(f"rules-{trial_id}", gettext("规则试算"), heads, lines)


def _asked(trial_id: str) -> tuple[dict[str, Any], str, str]:
    """The trial, and the view of it that the address names."""
    view, standard = request.args.get("view", ""), request.args.get("standard", "")
    tried = asking.get("review", f"/rules/trials/{trial_id}")
    return tried, view if view in trial.VIEWS else "changed", standard if standard in wording.STANDARDS else ""


def _uploaded() -> dict[str, str]:
    """The files that were chosen, by name."""
    given = [one for one in request.files.getlist("file") if one.filename]
    if not given:
        raise clients.refused("file_missing", languages.current())
    read: dict[str, str] = {}
    faults = []
    for one in given:
        name = str(one.filename).replace("\\", "/").rpartition("/")[2]
        try:
            text = one.read().decode("utf-8-sig")
        except UnicodeDecodeError:
            faults.append({"pointer": f"/files/{name}", "detail": gettext("不是 UTF-8 编码的文本")})
            continue
        if name in read:
            faults.append({"pointer": f"/files/{name}", "detail": gettext("同名的文件只能有一个")})
        read[name] = text
    if faults:
        named = [{"code": "rule_unfit", **fault} for fault in faults]
        raise clients.refused("rules_unfit", languages.current(), count=len(named), errors=named)
    return read


def _faults(problem: clients.Declined | None) -> list[tuple[str, str, str]]:
    """(file, key, what is wrong), where it is files that are wrong."""
    places = [one for one in (problem.places if problem else ()) if str(one.get("pointer", "")).startswith("/files")]
    return [(*trial.place(str(one["pointer"])), str(one.get("detail", ""))) for one in places]


def _line(row: dict[str, Any], names: Mapping[str, str]) -> list[Any]:
    _, unit, kind, post, version = str(row["review_id"]).split(".")
    moved = [
        f"{one.sign}{wording.word('topic', one.standard)}{gettext('：')}{wording.word('rule', one.rule)}"
        + (gettext("（只提示）") if one.note else "") + (f" ×{one.times}" if one.times > 1 else "")
        for one in trial.moves(row)
    ]  # fmt: skip
    step = trial.nearer(row)
    return [
        names.get(unit, unit), wording.word("kind", kind), reference.post_name(unit, post) if post != "team" else "",
        int(version[1:]), _failed(row["before"]), _failed(row["after"]), "\n".join(moved),
        gettext("没有结论") if row["failed"] is None else _failed(row["failed"]) or gettext("通过"),
        gettext("更近") if step > 0 else gettext("更远") if step < 0 else "", row["review_id"],
    ]  # fmt: skip


def _failed(codes: list[str]) -> str:
    return languages.listed(wording.word("failure", code) for code in codes)
