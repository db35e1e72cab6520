"""A campaign folder (campaign.json, units.csv, groups.json) becomes one request to the registry.

Every fault is found at once and named by file, row and column, as the person who keeps the folder sees it. Loading the
same folder twice changes nothing: the registry says how many units were added or changed.
"""

import collections
import csv
import io
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from services.console import calling
from services.spine import contracts, errors

COLUMNS = ("unit_code", "region_code", "name", "team", "level", "members")


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


def read(place: Path) -> dict[str, Any]:
    """The request the folder makes; Faulty with every fault when it is not fit."""
    faults: list[Fault] = []
    campaign = _json(place / "campaign.json", dict, faults)
    groups = _json(place / "groups.json", list, faults)
    units = _units(place / "units.csv", faults)
    if faults:
        raise Faulty(faults)
    request = {"campaign": campaign, "units": units, "groups": groups}
    faults += [*_against_contract(request), *_against_each_other(units, groups)]
    if faults:
        raise Faulty(sorted(set(faults)))
    return request


def load(place: Path, caller: calling.Caller) -> dict[str, Any]:
    """Read the folder and hand it to the registry; what the registry answers."""
    answer: dict[str, Any] = caller.post("registry", "/campaigns", read(place))
    return answer


def officer(campaign: str) -> calling.Caller:
    """The campaign's office, in whose name an operator loads it."""
    grant = {"role": "office", "campaign": campaign, "scope": {"kind": "campaign", "of": campaign}, "until": None}
    return calling.Caller("service:console", "console", [grant])


def _text(path: Path, faults: list[Fault]) -> str | None:
    try:
        data = path.read_bytes()
    except OSError as reason:
        faults.append(Fault(path.name, 0, "", f"读不到文件：{reason.strerror}", f"Cannot be read: {reason.strerror}"))
        return None
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    faults.append(Fault(path.name, 0, "", "编码既不是 UTF-8 也不是 GB18030", "Neither UTF-8 nor GB18030"))
    return None


def _json(path: Path, kind: type, faults: list[Fault]) -> Any:
    text = _text(path, faults)
    if text is None:
        return None
    try:
        found = json.loads(text)
    except json.JSONDecodeError as fault:
        faults.append(
            Fault(path.name, fault.lineno, str(fault.colno), "不是有效的 JSON", f"Not valid JSON: {fault.msg}")
        )
        return None
    if not isinstance(found, kind):
        faults.append(Fault(path.name, 0, "", "最外层的类型不对", f"The outermost value is not a {kind.__name__}"))
    return found


def _units(path: Path, faults: list[Fault]) -> list[dict[str, Any]]:
    text = _text(path, faults)
    if text is None:
        return []
    reader = csv.DictReader(io.StringIO(text, newline=""), restkey="", strict=True)
    try:
        missing = [column for column in COLUMNS if column not in (reader.fieldnames or ())]
        faults += [Fault(path.name, 1, column, "缺少这一列", "This column is missing") for column in missing]
        return [] if missing else [_unit(row, path.name, reader.line_num, faults) for row in reader]
    except csv.Error as reason:
        faults.append(Fault(path.name, reader.line_num, "", "不是有效的 CSV", f"Not valid CSV: {reason}"))
        return []


def _unit(row: dict[str, Any], file: str, line: int, faults: list[Fault]) -> dict[str, Any]:
    if "" in row or None in row.values():
        faults.append(Fault(file, line, "", "列数与表头不一致", "Not as many columns as the heading"))
        return {}
    unit: dict[str, Any] = {column: (row[column] or "").strip() for column in COLUMNS}
    if unit["members"].isdecimal():
        unit["members"] = int(unit["members"])
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
