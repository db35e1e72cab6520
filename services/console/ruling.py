"""A new version of the rules, tried: over files on this machine, or over the past materials of a deployment.

Offline nothing runs but the reader of files and a process by itself; a deployment is asked at its door, as the system.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rich.table import Table
from rich.text import Text

from services.console import calling, telling
from services.review import extraction, precheck, rules, trials, trying
from services.spine import errors


def changed(folder: Path) -> dict[str, str]:
    """The files of a new version, by name; Trouble where a folder has none or one is no text."""
    found = {}
    for path in sorted(folder.glob("*.json")):
        try:
            found[path.name] = path.read_text("utf-8-sig")
        except (OSError, UnicodeDecodeError) as reason:
            raise telling.Trouble("not_readable", path=path, reason=reason) from None
    if not found:
        raise telling.Trouble("not_readable", path=folder, reason="里面没有 .json 规则文件 no .json files in it")
    return found


def over_files(files: dict[str, str], paths: Iterable[Path], kind: str | None) -> dict[str, Any]:
    """A trial over files; those that cannot be read are named in `refused`. Faulty rules are calling.Declined."""
    materials, refused = [], []
    for path in _each(paths):
        try:
            paragraphs = precheck.read_file(path)
        except errors.Refusal as no:
            refused.append({"file": str(path), "refused": no.code, "reason": errors.text(no.code, "zh", no.params)})
            continue
        aspects = rules.present().by_room["headings"]["reference_aspects"]
        named = {"id": str(path), "kind": kind or precheck.guess_kind(paragraphs), "aspects": aspects}
        materials.append({**named, "paragraphs": paragraphs})
    try:
        tried = trying.ask(files, materials, seconds=max(trying.SECONDS, float(len(materials))))
    except errors.Refusal as no:
        raise calling.Declined(no.body("zh")) from None
    return {**trials.compare(tried, {}, "file"), "refused": refused}


def over_deployment(files: dict[str, str], campaign: str, limit: int) -> dict[str, Any]:
    """A trial over the past materials of the deployment that the settings point at."""
    asked = {"files": files, "limit": limit, **({"campaign": campaign} if campaign else {})}
    answer: dict[str, Any] = calling.as_system().post("review", "/rules/trials", asked)
    return answer


def tables(found: dict[str, Any]) -> Iterable[Any]:
    """A trial for the eye: totals, agreement with people, and what changes."""
    versions = found["rules_version"]
    yield Text(f"{versions['before']} → {versions['after']}", "bold")
    yield Text(f"比对 {found['examined']} 份，{found['changed']} 份有变化 changed")
    agreement = {one["standard"]: one for one in (found["agreement"] or {}).get("standards", ())}
    totals = Table("标准 standard", "不过 fails", "与人一致 agrees", "漏 missed", "误 cried", box=None)
    for row in found["totals"]:
        with_people = agreement.get(row["standard"])
        counts = [
            f"{with_people['before'][name]} → {with_people['after'][name]}" if with_people else "—"
            for name in ("agreed", "missed", "cried")
        ]
        totals.add_row(row["standard"], f"{row['before']} → {row['after']}", *counts)
    yield totals
    changes = Table(show_header=False, box=None)
    for row in found["rows"]:
        if row["added"] or row["gone"]:
            moves = [f"+{name}" for name in row["added"]] + [f"−{name}" for name in row["gone"]]
            changes.add_row(row.get("review_id") or row.get("file"), "\n".join(moves))
    yield changes
    for one in found.get("refused", ()):
        yield Text(f"{one['file']}: {one['reason']}", "red")


def _each(paths: Iterable[Path]) -> Iterable[Path]:
    for path in paths:
        if path.is_dir():
            files = (each for each in sorted(path.iterdir()) if each.suffix.lower() in extraction.NAMES)
            yield from (each for each in files if each.is_file() and each.stem.upper() != "README")
        else:
            yield path
