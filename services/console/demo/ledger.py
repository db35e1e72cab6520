"""The ledgers: what each unit found, what it has done about it, and what the group thinks of it.

A row of life/ledger.csv is one problem. Its course is a word of letters: a the unit applies for close-out, r the group
sends it back, c the group closes it; what stands in the item's history has been played already. Days are counted from
today.
"""

import csv
import itertools
from typing import Any

from services.console import calling
from services.console.demo import people
from services.console.demo.people import Life

MOVES = {"a": "applied", "r": "sent_back", "c": "closed"}
LONG_DAYS = 180
RETURN_DAYS = 7


def keep(life: Life, candidates: dict[tuple[str, str], str]) -> None:
    """Each unit keeps its ledger, row by row; by unit and key the candidates that rows take up."""
    with (life.place / "life/ledger.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    units = [list(group) for _, group in itertools.groupby(rows, key=lambda row: row["unit"])]
    sayings = life.read("sayings.json")
    life.together("登记整改台账", units, lambda unit: _unit(life, unit, sayings, candidates))


def _unit(
    life: Life, rows: list[dict[str, str]], sayings: dict[str, Any], candidates: dict[tuple[str, str], str]
) -> None:
    liaison, supervisor = life.cast.liaison(rows[0]["unit"]), life.cast.supervisor(rows[0]["unit"])
    for row in rows:
        draft = _problem(life, row, candidates.get((row["unit"], row["key"])))
        item = people.until(lambda draft=draft: liaison.post("rectification", "/items", draft), row["key"])  # type: ignore[misc]
        path = f"/items/{item['item_id']}"
        if row["progress"] and not item["progress"]:
            liaison.post("rectification", f"{path}/progress", _progress(life, row, liaison, item["milestones"]))
        played = [entry["what"] for entry in item["history"] if entry["what"] in MOVES.values()]
        for turn, move in enumerate(row["course"][len(played) :], len(played)):
            if move == "a":
                if turn:
                    liaison.post("rectification", f"{path}/progress", _again(life, row, sayings, liaison))
                item = liaison.post("rectification", f"{path}/closeout", _closeout(life, row))
            else:
                reason = people.choice(sayings["close" if move == "c" else "return"], row["unit"], row["key"])
                decision = {"passed": move == "c", "reason": reason, "hash": item["closeout"]["hash"]}
                if move != "c" and row["category"] != "immediate":
                    decision["due_on"] = max(item["due_on"] or "", life.day(RETURN_DAYS))
                supervisor.post("rectification", f"{path}/verification", decision)
    _plan(life, rows[0]["unit"], sayings)


def _plan(life: Life, unit: str, sayings: dict[str, Any]) -> None:
    """The unit lays its ledger before its group; every third plan still waits there."""
    liaison, path = life.cast.liaison(unit), f"/plans/{life.cast.campaign}.{unit}"
    goals = {"goals": people.choice(sayings["goals"], unit)}
    plan = liaison.post("rectification", f"{path}/submission", goals)
    if plan["state"] == "submitted" and people.number(unit) % 3:
        decision = {"passed": True, "reason": people.choice(sayings["approve"], unit), "hash": plan["hash"]}
        life.cast.supervisor(unit).post("rectification", f"{path}/decision", decision)


def _problem(life: Life, row: dict[str, str], candidate: str | None) -> dict[str, Any]:
    due = {"due_on": life.day(int(row["due"]))} if row["due"] else {}
    copied = ("unit", "key", "source", "category", "aspect", "problem", "responsible", "standard")
    promise = {"who": row["responsible"], "due_on": due.get("due_on") or life.day(LONG_DAYS)}
    measures = [{"what": what, **promise} for what in row["measures"].split("；")]
    taken_up = {"candidate": candidate} if candidate else {}
    problem = {"campaign": life.cast.campaign, **{key: row[key] for key in copied}}
    return {**problem, "measures": measures, **_milestones(life, row), **due, **taken_up}


def _milestones(life: Life, row: dict[str, str]) -> dict[str, Any]:
    """What is done in phases has its first measure done halfway."""
    if row["category"] != "phased":
        return {}
    days = int(row["due"])
    reached = {"deliverable": row["measures"].split("；")[0], "due_on": life.day(days // 2 if days > 0 else days)}
    return {"milestones": [{"key": "s1", **reached}]}


def _progress(
    life: Life, row: dict[str, str], liaison: calling.Caller, milestones: list[dict[str, Any]]
) -> dict[str, Any]:
    on = life.day(int(row["progressed"]))
    evidence = {"title": row["evidence"], "dated_on": on}
    if row["file"]:
        path = life.place / "life/evidence" / row["file"]
        evidence |= _file(life, row, liaison, f"{row['evidence']}{path.suffix}", path.read_bytes())
    elif row["course"]:
        evidence |= _note(life, row, liaison, row["evidence"], on, row["progress"])
    reached = {"milestones": [one["key"] for one in milestones]} if row["course"] and milestones else {}
    return {"key": "e1", "on": on, "text": life.told(row["progress"]), "evidence": [evidence], **reached}


def _note(life: Life, row: dict[str, str], liaison: calling.Caller, title: str, on: str, told: str) -> dict[str, str]:
    """What is applied for has a file: a note of what was done."""
    text = "\n".join([title, f"{row['problem']}：{life.told(told)}", on])
    return _file(life, row, liaison, f"{title}.txt", text.encode())


def _file(life: Life, row: dict[str, str], liaison: calling.Caller, name: str, content: bytes) -> dict[str, str]:
    kept = liaison.send("intake", "/files", name, content, campaign=life.cast.campaign, unit=row["unit"])
    return {"receipt": kept["receipt"]}


def _again(life: Life, row: dict[str, str], sayings: dict[str, Any], liaison: calling.Caller) -> dict[str, Any]:
    """What was handed in after it was sent back."""
    on = life.day(int(row["progressed"]))
    title, text = f"{row['evidence']}（补充）", people.choice(sayings["again"], row["unit"], row["key"])
    evidence = {"title": title, "dated_on": on, **_note(life, row, liaison, title, on, text)}
    return {"key": "e2", "on": on, "text": text, "evidence": [evidence]}


def _closeout(life: Life, row: dict[str, str]) -> dict[str, Any]:
    after = life.told(row["progress"])
    kept = {key: row[key] for key in ("rule", "benefits") if row[key]}
    return {"result": after, "effect": {"before": row["problem"], "after": after, **kept}}
