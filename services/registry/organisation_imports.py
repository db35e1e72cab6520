"""An import of organisations: what a table would change, shown before anything is changed, then done piece by piece.

What must stay true: as long as one row is wrong nothing of the table is done; what is not in the table is told and
stays as it is, posts of a team among it, unless whoever confirms says that they end (`end_unnamed`); done twice, or
begun again after a crash, it changes nothing more. An import: {_id, file_name, by, by_account, sha256, state:
faulty|checked|running|done, counts: {new, changed, unchanged, short, gone, unnamed: posts, overtaken}, end_unnamed,
faults, fault_count, total, worked, opened_at, started_at, done_at}. Its lines, of one outcome (new, changed, gone, or
short: only posts are left out), PIECE to a record: {_id, import, outcome, number, done, overtaken: [codes], lines:
[{code, name, outcome, revision: what it starts from, after, changes, leaving}]}.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from services.registry import leaving, organisation_sheet, organisations, posts
from services.spine import errors

Import = dict[str, Any]
Line = dict[str, Any]
Piece = dict[str, Any]
Known = Mapping[str, organisations.Organisation]
Stood = Mapping[str, Sequence[posts.Term]]
"""The terms of teams that take part, where the tree knows none."""
MOST_FAULTS = 500
PIECE = 500


def named(account: str, sha256: str, stood: str) -> str:
    """An import's id: the same file of the same person, over the same tree, is the same import."""
    return f"i{hashlib.sha256(f'{account} {sha256} {stood}'.encode()).hexdigest()[:24]}"


def look(
    tables: dict[str, list[dict[str, Any]]],
    unread: Sequence[dict[str, Any]],
    known: Known,
    stems: Sequence[str],
    units: Mapping[str, dict[str, Any]],
    stood: Stood,
    today: str,
) -> tuple[list[Line], dict[str, int], list[dict[str, Any]]]:
    """What a table would do to the tree, how much of each, and all that is wrong with it; what is new to the tree but
    takes part already (`units`: {code: {name, team}}) would call its meetings otherwise, and that is told."""
    rows, terms = tables.get("organisations", []), tables.get("posts", [])
    stood = {**stood, **{code: one["posts"] for code, one in known.items() if one["posts"]}}
    faults = [*unread, *_organisation_faults(rows, known, stems), *_post_faults(terms, rows, known, stems)]
    faults += _secretary_faults(terms, stood)
    wanted = {row["code"]: {key: row[key] for key in organisations.FIELDS if key in row} for row in rows}
    for post in terms:
        place = wanted.setdefault(post["code"], {})
        place.setdefault("posts", []).append({key: post[key] for key in ("post", "title", "role", "from", "until")})
    lines, counts = [], {"new": 0, "changed": 0, "unchanged": 0, "short": 0, "gone": 0, "unnamed": 0}
    for code, after in wanted.items():
        before, unit, left = known.get(code), units.get(code, {}), list[leaving.Leaving]()
        if "posts" in after and not faults:
            left = leaving.told(stood.get(code, ()), after["posts"], today)
            after["posts"] = leaving.beside(stood.get(code, ()), after["posts"])
        said = after if before else {key: after[key] for key in unit if after.get(key)}
        changes = organisations.differences(before or unit, said)
        short = leaving.may_end(left)
        outcome = "new" if before is None else "changed" if changes else "short" if short else "unchanged"
        counts[outcome] += 1
        counts["unnamed"] += len(short)
        if outcome != "unchanged":
            name = after.get("name") or (before or {}).get("name") or ""
            lines.append({"code": code, "name": name, "outcome": outcome, "after": after, "changes": changes})
            lines[-1]["leaving"] = left
            lines[-1]["revision"] = before["revision"] if before else 0
    for code, one in known.items() if rows else ():
        if code not in wanted and one["state"] == "active" and organisations.within(one["region"], stems):
            counts["gone"] += 1
            lines.append({"code": code, "name": one["name"], "outcome": "gone", "after": {}, "changes": []})
    return lines, counts, sorted(faults, key=lambda one: (one["sheet"], one["row"], one["cell"]))


def begin(import_id: str, lines: list[Line], faults: list[dict[str, Any]], **facts: Any) -> tuple[Import, list[Piece]]:
    """An import as it is kept, with its lines piece by piece."""
    pieces: list[Piece] = []
    for outcome in ("new", "changed", "short", "gone"):
        same = [line for line in lines if line["outcome"] == outcome] if not faults else []
        for number, start in enumerate(range(0, len(same), PIECE)):
            known = {"_id": f"{import_id}.{outcome}.{number:04}", "import": import_id, "outcome": outcome}
            rest = {"number": number, "done": outcome == "gone", "overtaken": [], "lines": same[start : start + PIECE]}
            pieces.append({**known, **rest})
    total = sum(len(piece["lines"]) for piece in pieces if piece["outcome"] in ("new", "changed"))
    fresh = {"state": "faulty" if faults else "checked", "started_at": None, "done_at": None, "worked": 0}
    told = {"faults": faults[:MOST_FAULTS], "fault_count": len(faults), "total": total}
    return {"_id": import_id, "import_id": import_id, **fresh, **facts, **told}, pieces


def run(found: Import, at: str, *, end_unnamed: bool = False) -> Import:
    """Its owner has confirmed, and may have said that posts the table does not name end; one that runs or is done stays
    as it is."""
    if found["state"] in ("running", "done"):
        return found
    if found["state"] != "checked":
        raise errors.Refusal("organisations_faulty", count=found["fault_count"])
    begun = {**found, "state": "running", "started_at": at, "end_unnamed": end_unnamed}
    return {**begun, "total": found["total"] + found["counts"]["short"]} if end_unnamed else begun


def to_do(lines: Sequence[Line], found: Import, on: str) -> list[Line]:
    """The lines of a piece as they are to be done on a day."""
    return [leaving.end(line, on) for line in lines] if found.get("end_unnamed") else list(lines)


def told(fault: dict[str, Any], language: str) -> dict[str, Any]:
    """A fault in the reader's words."""
    params = {key: value[language] if isinstance(value, dict) else value for key, value in fault["params"].items()}
    named = {key: fault[key] for key in ("sheet", "row", "cell", "code")}
    return {**named, "detail": errors.text(fault["code"], language, params)}


def _organisation_faults(rows: list[dict[str, Any]], known: Known, stems: Sequence[str]) -> Iterator[dict[str, Any]]:
    first: dict[str, int] = {}
    wanted = {row["code"]: row for row in rows}
    parents = {code: one["parent"] for code, one in known.items()} | {row["code"]: row["parent"] for row in rows}
    for row in rows:
        code, number = row["code"], row["row"]

        def wrong(column: str, why: str, number: int = number, **params: Any) -> dict[str, Any]:
            return organisation_sheet.fault("organisations", number, column, why, **params)

        if not code:
            continue
        if first.setdefault(code, number) != number:
            yield wrong("code", "organisation_twice", value=code, other=first[code])
            continue
        before = known.get(code)
        if before and before["state"] != "active":
            yield wrong("code", "organisation_ended", organisation=code, on=before["ended_on"])
        for region in {row["region"] or "", before["region"] if before else row["region"] or ""}:
            if not organisations.within(region, stems):
                yield wrong("region", "organisation_outside", value=region, right="、".join(stems))
        if row["team"] and not organisations.bears(code):
            yield wrong("code", "organisation_team_code", value=code)
        if (parent := row["parent"]) is None:
            continue
        above = wanted.get(parent) or known.get(parent)
        if above is None or above.get("state", "active") != "active":
            yield wrong("parent", "organisation_parent_unknown", value=parent)
        elif _below(above["level"], row["level"]):
            yield wrong("parent", "organisation_parent_below", value=parent)
        elif _circular(code, parents):
            yield wrong("parent", "organisation_circle", value=parent)


def _below(level: str | None, other: str | None) -> bool:
    """Whether a level is lower than another, as far as both are known."""
    return bool(level and other) and organisations.LEVELS.index(str(level)) > organisations.LEVELS.index(str(other))


def _circular(code: str, parents: Mapping[str, str | None]) -> bool:
    passed, above = {code}, parents.get(code)
    while above is not None:
        if above in passed:
            return above == code
        passed.add(above)
        above = parents.get(above)
    return False


def _post_faults(
    posts: list[dict[str, Any]], rows: list[dict[str, Any]], known: Known, stems: Sequence[str]
) -> Iterator[dict[str, Any]]:
    wanted = {row["code"] for row in rows}
    held: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for post in posts:
        number, code = post["row"], post["code"]
        if not code or not post["post"]:
            continue
        if code not in wanted and (code not in known or not organisations.within(known[code]["region"], stems)):
            yield organisation_sheet.fault("posts", number, "code", "organisation_parent_unknown", value=code)
        if post["until"] and post["from"] and post["until"] < post["from"]:
            yield organisation_sheet.fault("posts", number, "until", "post_ends_before", value=post["until"])
        for key, why in (((code, post["post"]), "post_in_two_rows"), ((code, "secretary"), "post_two_secretaries")):
            if key[1] == "secretary" and post["role"] != "secretary":
                continue
            other = next((one for one in held[key] if _meet(one, post)), None)
            if other:
                column = "post" if why == "post_in_two_rows" else "role"
                yield organisation_sheet.fault("posts", number, column, why, value=post["post"], other=other["row"])
            held[key].append(post)


def _secretary_faults(terms: list[dict[str, Any]], stood: Stood) -> Iterator[dict[str, Any]]:
    """A first responsible person the table does not name stays, so that no other one is of the team at that time."""
    named: dict[str, set[str]] = defaultdict(set)
    for post in terms:
        named[post["code"]].add(post["post"])
    for post in terms:
        for term in stood.get(post["code"], ()) if post["role"] == "secretary" else ():
            if term["role"] == "secretary" and term["post"] not in named[post["code"]] and _meet(term, post):
                told = {"value": post["post"], "other": term["post"]}
                yield organisation_sheet.fault("posts", post["row"], "role", "post_secretary_unnamed", **told)
                break


def _meet(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two are held at one time."""
    return (one["from"] or "") <= (other["until"] or "9999") and (other["from"] or "") <= (one["until"] or "9999")
