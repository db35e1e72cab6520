"""The tree of organisations behind the campaign: the city, its counties, and the units with their posts, brought in as
an office would bring in its tables."""

import csv
import io
from collections.abc import Iterable
from typing import Any

from services.console import calling
from services.console.demo import people

HEAD = ("组织代码", "名称", "层级", "上级组织代码", "行政区划代码", "领导班子", "班子人数")
POSTS = ("组织代码", "岗位编号", "职务", "角色")
LEVELS = {"city": "市", "county": "县"}
CITY = "闽川市"
ROLES = {"secretary": "第一责任人", "member": "班子成员"}


def plant(cast: people.Cast) -> None:
    """Bring in the tree, then the posts; what stands already is not brought in again."""
    request, office = cast.request, cast.office
    city = request["campaign"]["region_code"]
    names = {
        row["region_code"]: row["name"] for row in office.get("registry", f"/campaigns/{cast.campaign}")["regions"]
    }
    above = [(city, CITY, "市", "", city, "", "")]
    above += [(code, name, "县", city, code, "", "") for code, name in names.items() if code != city]
    units = [
        (one["unit_code"], one["name"], LEVELS[one["level"]], one["region_code"], one["region_code"], one["team"],
         str(one["members"]))
        for one in request["units"]
    ]  # fmt: skip
    if sum(office.get("registry", "/organisations")["levels"].values()) < len(above) + len(units):
        _bring_in(office, "组织.csv", [HEAD, *above, *units])
    last = request["units"][-1]
    if not office.get("registry", f"/organisations/{last['unit_code']}")["posts"]:
        posts = [
            (one["unit_code"], post["post"], post["title"], ROLES[post["role"]])
            for one in request["units"]
            for post in one["posts"]
        ]
        _bring_in(office, "岗位.csv", [POSTS, *posts])


def _bring_in(office: calling.Caller, name: str, rows: Iterable[tuple[str, ...]]) -> None:
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    found = office.send("registry", "/organisation-imports", name, out.getvalue().encode("utf-8-sig"))
    address = f"/organisation-imports/{found['import_id']}"
    office.post("registry", f"{address}/run", {})
    people.until(lambda: _done(office.get("registry", address)), name)


def _done(found: dict[str, Any]) -> dict[str, Any] | None:
    return found if found["state"] == "done" else None
