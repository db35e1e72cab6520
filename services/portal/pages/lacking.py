"""Units by what they lack: who has not handed in what, the overdue first, on the page and as a workbook."""

from typing import Any

from flask import Blueprint, Response, abort, render_template
from flask_babel import gettext

from services.portal import asking, listing, reference, showing, wording, workbook

room = Blueprint("lacking", __name__)
FILTERS = ("region", "group", "kind", "late")


@room.get("/lacking")
def listed() -> Any:
    """Units that lack something, under the filters named in the address."""
    asking.needs("read_board")
    campaign = asking.campaign()
    if campaign is None:
        return render_template("no_campaign.html")
    units = listing.page("registry", f"/campaigns/{campaign}/lacking", **listing.filters(*FILTERS))
    return render_template(
        "lacking.html", units=units, roster=reference.own(campaign, "read_board"),
        regions=reference.region_names(campaign), groups=reference.group_names(campaign),
    )  # fmt: skip


@room.get("/lacking.xlsx")
def exported() -> Response:
    """The same list as a workbook, a row for each material."""
    asking.needs("read_board")
    campaign = asking.campaign() or abort(404)
    rows = asking.everything("registry", f"/campaigns/{campaign}/lacking", **listing.filters(*FILTERS))
    regions, groups = reference.region_names(campaign), reference.group_names(campaign)
    heads = [
        gettext("单位"), gettext("班子"), gettext("县（区）"), gettext("督导组"), gettext("会议日期"),
        gettext("材料"), gettext("岗位"), gettext("状态"), gettext("应交日期"), gettext("逾期"),
    ]  # fmt: skip
    lines = (
        [
            row["unit_name"], row["team"], regions.get(row["region"], row["region"]),
            groups.get(row["group"], row["group"]), row["meeting_on"], showing.titled(need["kind"]), need["title"],
            wording.word("need", need["state"]), need["due_on"] or "", gettext("已逾期") if need["overdue"] else "",
        ]
        for row in rows
        for need in row["lacks"]
    )  # fmt: skip
    return workbook.answer("lacking", gettext("缺交材料"), heads, lines)
