"""Monthly progress: which units told of all their open items by the day, and which did not."""

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, Response, redirect, render_template, url_for
from flask_babel import gettext

from services.portal import asking, listing, reference, wording, workbook

room = Blueprint("reports", __name__)
FILTERS = ("month", "state", "region", "group", "unit")


@room.get("/reports")
def listed() -> Any:
    """The units' reports of a month, under the filters in the address."""
    asking.needs("read_item")
    campaign = asking.campaign()
    if campaign is None:
        return render_template("no_campaign.html")
    answer = asking.get(
        "rectification", "/reports",
        campaign=campaign, **listing.place(), **listing.filters(*FILTERS),
    )  # fmt: skip
    first = date.fromisoformat(f"{answer['month']}-01")
    return render_template(
        "reports.html",
        campaign=campaign, reports=listing.further(answer), states=answer["states"], month=answer["month"],
        due_on=answer["due_on"], names=reference.unit_names(campaign), roster=reference.own(campaign),
        regions=reference.region_names(campaign), groups=reference.group_names(campaign),
        before=f"{first - timedelta(days=1):%Y-%m}", after=f"{first + timedelta(days=31):%Y-%m}",
    )  # fmt: skip


@room.get("/reports.xlsx")
def exported() -> Response:
    """The same list as a workbook."""
    campaign = asking.campaign()
    names, regions = reference.unit_names(campaign), reference.region_names(campaign)
    groups = reference.group_names(campaign)
    heads = [
        gettext("单位"), gettext("县（区）"), gettext("督导组"), gettext("月份"), gettext("报送日"), gettext("状态"),
        gettext("应报问题"), gettext("尚未报"), gettext("到期未报"),
    ]  # fmt: skip
    lines = (
        [
            names.get(row["unit"], row["unit"]), regions.get(row["region"], row["region"]),
            groups.get(row["group"], row["group"]), row["month"], row["due_on"], wording.word("report", row["state"]),
            row["items"], row["missing"], "" if row["missed"] is None else row["missed"],
        ]
        for row in asking.onward("rectification", "/reports", campaign=campaign, **listing.filters(*FILTERS))
    )  # fmt: skip
    return workbook.answer("reports", gettext("月度进展"), heads, lines)


@room.get("/reports/<code:report_id>")
def show(report_id: str) -> Any:
    """One unit's report, among those of its month."""
    _, unit, month = report_id.split(".")
    return redirect(url_for(".listed", month=month, unit=unit), 303)
