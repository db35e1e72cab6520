"""A campaign as a folder (campaign.json, units.csv, groups.json, overrides.json): read from a disk or a zip,
and written out again.

What must stay true: every fault is found at once and named by file, row and column, as the person who keeps the folder
sees it; what is written out can be read again and is the same. Columns of units.csv that may be missing: `superior`;
`predecessors`, there a line is a code; `posts`, there a line is a post: `01|secretary|党组书记`. overrides.json may be
missing: what regions and units ask for beyond the campaign.
"""

import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import IO, Any, NamedTuple

from services.registry import definition, lists, reloading, versions
from services.spine import contracts, errors

COLUMNS = ("unit_code", "region_code", "name", "team", "level", "members")
OPTIONAL = SUPERIOR, PREDECESSORS, POSTS = ("superior", "predecessors", "posts")
ZIP = "application/zip"
DEFINITION, *LISTS = FILES = ("campaign.json", "units.csv", "groups.json")
UNITS, GROUPS = LISTS
OVERRIDES = "overrides.json"
LISTED = {"units": UNITS, "groups": GROUPS, "overrides": OVERRIDES}
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
    """The request that its files make, fetched by name (OSError where one cannot be had); Faulty with every fault
    when they are not fit."""
    faults: list[Fault] = []
    campaign = _json(fetch, "campaign.json", dict, faults)
    groups = _json(fetch, "groups.json", list, faults)
    rows = _units(fetch, "units.csv", faults)
    overrides = _json(fetch, OVERRIDES, list, faults, needed=False)
    request = {"campaign": campaign, "units": [unit for _, unit in rows or ()], "groups": groups}
    unread = {name for name, part in zip(FILES, (campaign, rows, groups), strict=True) if part is None}
    if overrides is not None:
        request["overrides"] = overrides
    told = {(fault.file, fault.row) for fault in faults}
    found = _of_content(request, [number for number, _ in rows or ()], unread)
    faults += [fault for fault in found if fault.file not in unread and (fault.file, fault.row) not in told]
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
    """The files that a campaign's request makes, by name."""
    table = io.StringIO(newline="")
    columns = [*COLUMNS, *(column for column in OPTIONAL if any(column in unit for unit in request["units"]))]
    writer = csv.DictWriter(table, columns, lineterminator="\r\n")
    writer.writeheader()
    for unit in request["units"]:
        named = [f"{post['post']}|{post['role']}|{post['title']}" for post in unit.get(POSTS, ())]
        lines = {PREDECESSORS: unit.get(PREDECESSORS, ()), POSTS: named}
        writer.writerow({**unit, **{key: "\n".join(some) for key, some in lines.items() if key in columns}})
    return {
        DEFINITION: _written(request["campaign"]),
        UNITS: table.getvalue().encode("utf-8-sig"),
        GROUPS: _written(request["groups"]),
        **({OVERRIDES: _written(request["overrides"])} if request.get("overrides") else {}),
    }


def _written(part: Any) -> bytes:
    return json.dumps(part, ensure_ascii=False, indent=2).encode() + b"\n"


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


def _text(fetch: Callable[[str], bytes], name: str, faults: list[Fault], *, needed: bool = True) -> str | None:
    try:
        data = fetch(name)
    except OSError as reason:
        if not needed and isinstance(reason, FileNotFoundError):
            return None
        faults.append(Fault(name, 0, "", f"读不到文件：{reason.strerror}", f"Cannot be read: {reason.strerror}"))
        return None
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    faults.append(Fault(name, 0, "", "编码既不是 UTF-8 也不是 GB18030", "Neither UTF-8 nor GB18030"))
    return None


def _json(fetch: Callable[[str], bytes], name: str, kind: type, faults: list[Fault], *, needed: bool = True) -> Any:
    text = _text(fetch, name, faults, needed=needed)
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
        return None
    return found


def _units(fetch: Callable[[str], bytes], name: str, faults: list[Fault]) -> list[tuple[int, dict[str, Any]]] | None:
    """The units with the rows they stand in as a spreadsheet counts them; None where the table cannot be read."""
    text = _text(fetch, name, faults)
    if text is None:
        return None
    row, units = 0, list[tuple[int, dict[str, Any]]]()
    heading: list[str] = []
    try:
        for row, cells in enumerate(csv.reader(io.StringIO(text, newline=""), strict=True), 1):
            if row == 1:
                heading = cells
            elif cells:
                units.append((row, _unit(dict(zip(heading, cells, strict=False)))))
                if len(cells) != len(heading):
                    faults.append(Fault(name, row, "", "列数与表头不一致", "Not as many columns as the heading"))
    except csv.Error as reason:
        faults.append(Fault(name, row + 1, "", "不是有效的 CSV", f"Not valid CSV: {reason}"))
        return None
    missing = [column for column in COLUMNS if column not in heading]
    faults += [Fault(name, 1, column, "缺少这一列", "This column is missing") for column in missing]
    return None if missing else units


def _unit(row: dict[str, str]) -> dict[str, Any]:
    unit: dict[str, Any] = {column: row.get(column, "").strip() for column in COLUMNS}
    if row.get(SUPERIOR, "").strip():
        unit[SUPERIOR] = row[SUPERIOR].strip()
    if row.get(PREDECESSORS, "").strip():
        unit[PREDECESSORS] = row[PREDECESSORS].split()
    if unit["members"].isdecimal():
        unit["members"] = int(unit["members"])
    if row.get(POSTS, "").strip():
        posts = [[part.strip() for part in post.split("|", 2)] for post in row[POSTS].splitlines() if post.strip()]
        unit[POSTS] = [dict(zip(("post", "role", "title"), parts, strict=False)) for parts in posts]
    return unit


def _of_content(request: dict[str, Any], numbers: Sequence[int], unread: set[str]) -> Iterator[Fault]:
    """What is wrong with what was read: each by its own, the lists beside each other, the definition as a whole."""
    against = list(_told(lambda: contracts.check("requests/load_campaign", request), numbers))
    yield from against
    if not unread.intersection(LISTS):
        yield from _told(lambda: definition.check_groups(request["units"], request["groups"]), numbers)
    faulty = {*unread, *(fault.file for fault in against)}
    if DEFINITION not in faulty:
        whole = definition.define(request["campaign"], [])
        listed = not unread.intersection(LISTS)
        places = lists.places(request["units"], request["groups"]) if listed else versions.marked(whole)
        yield from _told(lambda: versions.check(whole, versions.definition_of(whole), places), numbers)
        if not faulty.intersection((UNITS, OVERRIDES)):
            yield from _told(lambda: reloading.asked(whole, request, "", ""), numbers)


def _told(check: Callable[[], object], numbers: Sequence[int]) -> Iterator[Fault]:
    """What a check refuses, by file, row and column."""
    try:
        check()
    except errors.Refusal as refusal:
        chinese, english = refusal.body("zh")["errors"], refusal.body("en")["errors"]
        for zh, en in zip(chinese, english, strict=True):
            part, _, rest = zh["pointer"].lstrip("/").partition("/")
            row, column = 0, rest.replace("/", ".")
            if part in LISTED and rest:
                index, _, column = rest.partition("/")
                row = numbers[int(index)] if part == "units" else int(index) + 1
            yield Fault(LISTED.get(part, DEFINITION), row, column, zh["detail"], en["detail"])
