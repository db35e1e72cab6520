"""Problems that stood on an earlier year's ledger, too, and the chain of one problem, walked both ways."""

from typing import Any

from flask import Blueprint, Response, render_template
from flask_babel import gettext

from services.portal import asking, candidate_words, listing, reference, wording, workbook

room = Blueprint("recurrences", __name__)
FILTERS = ("unit", "region", "group")


@room.get("/items/recurrences")
def listed() -> Any:
    """Recurring problems under the filters in the address, each with what was promised before."""
    asking.needs("read_item")
    campaign = asking.campaign()
    return render_template(
        "recurrences.html",
        found=listing.found_onward("rectification", "/recurrences", campaign=campaign, **listing.filters(*FILTERS)),
        campaign=campaign, names=reference.unit_names(campaign), roster=reference.own(campaign),
        groups=reference.group_names(campaign),
    )  # fmt: skip


@room.get("/items/recurrences.xlsx")
def exported() -> Response:
    """The same list as a workbook, one line for each earlier problem."""
    campaign = asking.campaign()
    names = reference.unit_names(campaign)
    heads = [
        gettext("单位"), gettext("编号"), gettext("问题"), gettext("状态"), gettext("出现次数（年度、活动）"),
        gettext("往年活动"), gettext("往年编号"), gettext("往年问题"), gettext("当时的措施"), gettext("当时的时限"),
        gettext("往年状态"), gettext("相似度"),
    ]  # fmt: skip
    rows = asking.onward("rectification", "/recurrences", campaign=campaign, **listing.filters(*FILTERS))
    lines = (
        [
            names.get(row["item"]["unit"], row["item"]["unit"]), row["item"]["number"], row["item"]["problem"],
            wording.word("item", row["item"]["state"]), row["years"], reference.campaign_title(old["campaign"]),
            old["number"], old["problem"], "\n".join(one["what"] for one in old["measures"]), old["due_on"] or "",
            wording.word("item", old["state"]), gettext("转入") if old["carried"] else f"{old['likeness']:.0%}",
        ]
        for row in rows
        for old in row["earlier"]
    )  # fmt: skip
    return workbook.answer("recurrences", gettext("屡查屡犯问题"), heads, lines)


def chain_of(item_id: str) -> dict[str, Any] | None:
    """The chain of a problem with the words of its origins and the way back to them; None when it cannot be had."""
    found: dict[str, Any] | None = asking.find("rectification", f"/items/{item_id}/chain")
    if found is None:
        return None
    origins = candidate_words.worded(found["origins"])
    return {**found, "origins": [{**row, "at": candidate_words.where(row)} for row in origins]}


room.add_app_template_global(chain_of, "chain_of")
