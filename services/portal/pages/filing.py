"""Filing: what of a unit's file is there, its list on page and paper, the archive package; units by what they miss."""

from typing import Any

from flask import Blueprint, Response, flash, render_template, url_for
from flask_babel import gettext

from services.portal import asking, clients, doing, filing_sheet, reference, unit_lists, wording, workbook
from services.portal.pages import files, materials
from services.spine import clock

room = Blueprint("filing", __name__)
FILTERS = ("region", "group", "missing")


@room.get("/filing")
def units() -> Any:
    """Units with what of their files is missing, those that miss most first."""
    return unit_lists.shown("filing_units.html", "find_filings", "/filings", *FILTERS)


@room.get("/meetings/<code:meeting_id>/filing")
def show(meeting_id: str, problem: clients.Declined | None = None) -> Any:
    """What is missing first, then the list, then the package and who took it."""
    campaign, _, unit = meeting_id.partition(".")
    found, viewer = asking.get("intake", f"/units/{unit}/filing", campaign=campaign), asking.viewer()
    return render_template(
        "filing.html",
        meeting_id=meeting_id, campaign=campaign, unit=unit, names=reference.unit_names(campaign), found=found,
        here=sum(row["state"] == "here" for row in found["rows"]), problem=problem,
        hands_in=materials.may_hand_in(campaign, unit, "team"), list_id=f"{meeting_id}.filing_list.team",
        takes=viewer.may("export_archive"),
    )  # fmt: skip


@room.get("/meetings/<code:meeting_id>/filing.xlsx")
def exported(meeting_id: str) -> Response:
    """The filing list in the official look."""
    campaign, _, unit = meeting_id.partition(".")
    found = asking.get("intake", f"/units/{unit}/filing", campaign=campaign)
    lines = [_line(row) for row in found["rows"]]
    data = filing_sheet.write(_title(campaign), _unit(campaign, unit), _compiled(found), lines)
    headers = {"Content-Disposition": f'attachment; filename="filing-{unit}-{clock.today()}.xlsx"'}
    return Response(data, content_type=workbook.MEDIA, headers=headers)


@room.post("/meetings/<code:meeting_id>/filing")
def hand_in(meeting_id: str) -> Any:
    """Hand the list in as it stands, as the unit's filing list."""
    campaign, _, unit = meeting_id.partition(".")
    material_id = f"{meeting_id}.filing_list.team"
    document = {**asking.get("intake", f"/units/{unit}/filing", campaign=campaign)["document"]}
    document |= {"unit": _unit(campaign, unit), "campaign": _title(campaign)}

    def act() -> None:
        answer = materials.compiled(material_id, document)
        flash(gettext("归档清单已提交（第 %(n)s 版）。", n=answer["version"]), "done")

    return doing.attempt(act, lambda problem: show(meeting_id, problem), url_for(".show", meeting_id=meeting_id))


@room.get("/meetings/<code:meeting_id>/archive")
def archive(meeting_id: str) -> Response:
    """The archive package."""
    campaign, _, unit = meeting_id.partition(".")
    return files.passed_on("intake", f"/units/{unit}/archive?campaign={campaign}")


def _line(row: dict[str, Any]) -> list[Any]:
    kind = wording.word("kind", row["kind"])
    unit = row["material_id"].split(".")[1]
    name = kind if row["post"] == "team" else f"{kind}（{reference.post_name(unit, row['post'])}）"
    notes = [wording.word("filing", row["state"])] if row["state"] != "here" else []
    if row["addenda"]:
        notes.append(gettext("补正 %(n)s 份", n=row["addenda"]))
    if row["withheld"]:
        notes.append(wording.word("secrecy", "work_secret"))
    version = row["version"] or ""
    return [row["number"], row["code"], name, row["count"], version, row["dated_on"] or "", row["keeper"],
            row["sha256"] or "", "；".join(notes), row["state"] == "missing"]  # fmt: skip


def _compiled(found: dict[str, Any]) -> str:
    document = found["document"]
    return str(gettext("填表人：%(who)s　填表日期：%(day)s", who=document["compiled_by"], day=document["compiled_on"]))


def _title(campaign: str) -> str:
    return str(reference.campaign(campaign).get("title") or campaign)


def _unit(campaign: str, unit: str) -> str:
    return str(reference.unit_names(campaign).get(unit, unit))
