"""A campaign as a folder (campaign.json, units.csv, groups.json): read from a disk or a zip, and written out again.

What must stay true: every fault is found at once and named by file, row and column, as the person who keeps the folder
sees it; what is written out can be read again and is the same. The column `posts` of units.csv may be missing; there a
line is a post: `01|secretary|党组书记`.
"""

import collections
import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator
from typing import IO, Any, NamedTuple

from services.spine import contracts, errors

COLUMNS = ("unit_code", "region_code", "name", "team", "level", "members")
SUPERIOR = "superior"
POSTS = "posts"
ZIP = "application/zip"
FILES = ("campaign.json", "units.csv", "groups.json")
MOST_BYTES = 32 * 2**20
MOST_TOLD = 500


class Fault(NamedTuple):
    """What is wrong and where: the row counts from 1 with the heading as row 1; 0 when it is about the whole file."""

    file: str
    row: int
    column: str
    zh: str
    en: str


class Faulty(Exception):  # noqa: N818  (an answer)
    """The folder cannot be loaded, for these reasons."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = list(faults)
        super().__init__(f"{len(self.faults)} faults")


def read(fetch: Callable[[str], bytes]) -> dict[str, Any]:
    """The request that three files make, fetched by name (OSError where one cannot be had); Faulty with every fault
    when they are not fit."""
    faults: list[Fault] = []
    campaign = _json(fetch, "campaign.json", dict, faults)
    groups = _json(fetch, "groups.json", list, faults)
    units = _units(fetch, "units.csv", faults)
    if faults:
        raise Faulty(faults)
    request = {"campaign": campaign, "units": units, "groups": groups}
    faults += [*_against_contract(request), *_against_each_other(units, groups)]
    if faults:
        raise Faulty(sorted(set(faults)))
    return request


def unpack(file: IO[bytes]) -> dict[str, Any]:
    """The same from a zip, in whichever folder of it the files lie."""
    try:
        with zipfile.ZipFile(file) as packed:
            names = sorted(packed.namelist(), key=lambda name: name.count("/"), reverse=True)
            found = {name.rpartition("/")[2]: name for name in names}

            def fetch(name: str) -> bytes:
                if name not in found:
                    raise FileNotFoundError(2, "没有这个文件 no such file")
                with packed.open(found[name]) as part:
                    data = part.read(MOST_BYTES + 1)
                if len(data) > MOST_BYTES:
                    raise OSError(27, "文件过大 too large")
                return data

            return read(fetch)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError):
        raise Faulty([Fault("zip", 0, "", "不是有效的 zip 文件", "Not a valid zip")]) from None


def write(request: dict[str, Any]) -> dict[str, bytes]:
    """The three files that a campaign's request makes, by name."""
    table = io.StringIO(newline="")
    posts = any("posts" in unit for unit in request["units"])
    superiors = any("superior" in unit for unit in request["units"])
    columns = [*COLUMNS, *([SUPERIOR] if superiors else []), *([POSTS] if posts else [])]
    writer = csv.DictWriter(table, columns, lineterminator="\r\n")
    writer.writeheader()
    for unit in request["units"]:
        named = [f"{post['post']}|{post['role']}|{post['title']}" for post in unit.get("posts", ())]
        writer.writerow({**unit, **({POSTS: "\n".join(named)} if posts else {})})
    return {
        "campaign.json": json.dumps(request["campaign"], ensure_ascii=False, indent=2).encode() + b"\n",
        "units.csv": table.getvalue().encode("utf-8-sig"),
        "groups.json": json.dumps(request["groups"], ensure_ascii=False, indent=2).encode() + b"\n",
    }


def pack(request: dict[str, Any]) -> bytes:
    """The same as a zip."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as place:
        for name, data in write(request).items():
            place.writestr(name, data)
    return packed.getvalue()


def place(fault: Fault) -> dict[str, Any]:
    """A fault as one place of a refusal."""
    at = "/".join(str(part) for part in (fault.file, fault.row or "", fault.column) if part != "")
    named = {"file": fault.file, "row": fault.row, "column": fault.column}
    return {"pointer": f"/{at}", "code": "folder_faulty", **named, "detail": {"zh": fault.zh, "en": fault.en}}


def _text(fetch: Callable[[str], bytes], name: str, faults: list[Fault]) -> str | None:
    try:
        data = fetch(name)
    except OSError as reason:
        faults.append(Fault(name, 0, "", f"读不到文件：{reason.strerror}", f"Cannot be read: {reason.strerror}"))
        return None
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    faults.append(Fault(name, 0, "", "编码既不是 UTF-8 也不是 GB18030", "Neither UTF-8 nor GB18030"))
    return None


def _json(fetch: Callable[[str], bytes], name: str, kind: type, faults: list[Fault]) -> Any:
    text = _text(fetch, name, faults)
    if text is None:
        return None
    try:
        found = json.loads(text)
    except json.JSONDecodeError as fault:
        faults.append(Fault(name, fault.lineno, str(fault.colno), "不是有效的 JSON", f"Not valid JSON: {fault.msg}"))
        return None
    except RecursionError:
        faults.append(Fault(name, 0, "", "嵌套过深", "Nested too deeply"))
        return None
    if not isinstance(found, kind):
        faults.append(Fault(name, 0, "", "最外层的类型不对", f"The outermost value is not a {kind.__name__}"))
    return found


def _units(fetch: Callable[[str], bytes], name: str, faults: list[Fault]) -> list[dict[str, Any]]:
    text = _text(fetch, name, faults)
    if text is None:
        return []
    reader = csv.DictReader(io.StringIO(text, newline=""), restkey="", strict=True)
    try:
        missing = [column for column in COLUMNS if column not in (reader.fieldnames or ())]
        faults += [Fault(name, 1, column, "缺少这一列", "This column is missing") for column in missing]
        return [] if missing else [_unit(row, name, reader.line_num, faults) for row in reader]
    except csv.Error as reason:
        faults.append(Fault(name, reader.line_num, "", "不是有效的 CSV", f"Not valid CSV: {reason}"))
        return []


def _unit(row: dict[str, Any], file: str, line: int, faults: list[Fault]) -> dict[str, Any]:
    if "" in row or None in row.values():
        faults.append(Fault(file, line, "", "列数与表头不一致", "Not as many columns as the heading"))
        return {}
    unit: dict[str, Any] = {column: (row[column] or "").strip() for column in COLUMNS}
    if (row.get(SUPERIOR) or "").strip():
        unit[SUPERIOR] = row[SUPERIOR].strip()
    if unit["members"].isdecimal():
        unit["members"] = int(unit["members"])
    if (row.get(POSTS) or "").strip():
        posts = [[part.strip() for part in post.split("|", 2)] for post in row[POSTS].splitlines() if post.strip()]
        unit[POSTS] = [dict(zip(("post", "role", "title"), parts, strict=False)) for parts in posts]
    return unit


def _against_contract(request: dict[str, Any]) -> Iterator[Fault]:
    try:
        contracts.check("requests/load_campaign", request)
    except errors.Refusal as refusal:
        chinese, english = refusal.body("zh")["errors"], refusal.body("en")["errors"]
        for zh, en in zip(chinese, english, strict=True):
            part, _, rest = zh["pointer"].lstrip("/").partition("/")
            row, column = 0, rest.replace("/", ".")
            if part != "campaign" and rest:
                index, _, column = rest.partition("/")
                row = int(index) + (2 if part == "units" else 1)
            file = "units.csv" if part == "units" else f"{part or 'campaign'}.json"
            yield Fault(file, row, column, zh["detail"], en["detail"])


def _against_each_other(units: list[dict[str, Any]], groups: list[Any]) -> Iterator[Fault]:
    seen: dict[str, int] = {}
    for row, unit in enumerate(units, 2):
        code = str(unit.get("unit_code"))
        if code in seen:
            yield Fault("units.csv", row, "unit_code", f"与第 {seen[code]} 行重复", f"The same as in row {seen[code]}")
        seen.setdefault(code, row)
    holders = collections.defaultdict(list)
    for number, group in enumerate(groups, 1):
        for code in group.get("units", ()) if isinstance(group, dict) else ():
            holders[str(code)].append(number)
            if code not in seen:
                yield Fault("groups.json", number, "units", f"units.csv 中没有 {code}", f"{code} is not in units.csv")
    for code, numbers in holders.items():
        if len(numbers) > 1:
            yield Fault("groups.json", numbers[1], "units", f"{code} 属于两个督导组", f"{code} belongs to two groups")
    for code, row in seen.items():
        if code not in holders:
            yield Fault("units.csv", row, "unit_code", "不属于任何督导组", "Belongs to no supervision group")
