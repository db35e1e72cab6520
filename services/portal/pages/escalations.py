"""Documents that ask ever more firmly for what is late: proposed by the night, signed, acknowledged, withdrawn.

What must stay true: what stands on the page is what is signed; names of offices and units come from the campaign, and
whoever signs may correct them.
"""

from typing import Any

from flask import Blueprint, Response, flash, render_template, request, url_for
from flask_babel import gettext

from services.portal import asking, clients, doing, languages, listing, reference, signoff, wording, workbook
from services.portal.pages import files
from services.spine import clock

room = Blueprint("escalations", __name__)
FILTERS = ("state", "step", "signer", "unreceipted", "signable", "region", "group", "unit", "item_id")
SIGNERS = ("group_leader", "county_office", "office")
"""Who signs, the lowest first: whoever stands higher may sign for the level below."""


@room.get("/escalations")
def listed() -> Any:
    """Documents under the filters in the address."""
    asking.needs("read_item")
    campaign = asking.campaign()
    if campaign is None:
        return render_template("no_campaign.html")
    return render_template(
        "escalations.html",
        campaign=campaign, names=reference.unit_names(campaign), roster=reference.own(campaign),
        documents=listing.page("rectification", "/escalations", campaign=campaign, **listing.filters(*FILTERS)),
        steps=steps(campaign),
    )  # fmt: skip


@room.get("/escalations.xlsx")
def exported() -> Response:
    """The same list as a workbook."""
    campaign = asking.campaign()
    names = reference.unit_names(campaign)
    heads = [
        gettext("文书"), gettext("文号"), gettext("单位"), gettext("问题编号"), gettext("完成时限"),
        gettext("拟发日期"), gettext("签发层级"), gettext("状态"), gettext("签发日期"), gettext("签收期限"),
        gettext("签收日期"), gettext("是否按时签收"), gettext("承诺完成日期"), gettext("答复意见"),
    ]  # fmt: skip
    rows = asking.everything("rectification", "/escalations", campaign=campaign, **listing.filters(*FILTERS))

    def line(row: dict[str, Any]) -> list[Any]:
        receipt = row["receipt"] or {}
        in_time = "" if not receipt else gettext("是") if receipt["in_time"] else gettext("否")
        return [
            languages.pick(row["rules"]["title"]), numbered(row), names.get(row["unit"], row["unit"]),
            row["item_number"], row["due_on"], row["proposed_on"], wording.word("role", row["signer"]),
            wording.word("escalation", row["state"]), row["issued_on"] or "", row["acknowledge_by"] or "",
            receipt.get("on", ""), in_time, receipt.get("promised_on", ""), receipt.get("answer", ""),
        ]  # fmt: skip

    return workbook.answer("escalations", gettext("督办文书"), heads, map(line, rows))


@room.get("/escalations/<code:escalation_id>")
def show(escalation_id: str, problem: clients.Declined | None = None, about: str = "") -> Any:
    """One document: its text, where it stands, and what whoever looks may do with it."""
    document, viewer = _found(escalation_id), asking.viewer()
    campaign, unit = document["campaign"], document["unit"]
    inside, apart = unit in viewer.units(campaign), not viewer.has_been_of(unit)
    signs = apart and viewer.has(*SIGNERS[SIGNERS.index(document["signer"]) :])
    return render_template(
        "escalation.html",
        document=document, campaign=campaign, names=reference.unit_names(campaign),
        offered=_names(document), problem=problem, about=about, entered=request.form,
        signs=signs and document["state"] in ("proposed", "issued"),
        acknowledges=inside and viewer.may("acknowledge_escalation") and document["state"] == "issued",
        latest=max(document["promise_by"] or "", clock.today()),
    )  # fmt: skip


@room.get("/escalations/<code:escalation_id>/print")
def printed(escalation_id: str) -> Any:
    """The document alone, to be printed."""
    document = _found(escalation_id)
    return render_template("escalation_print.html", document=document)


@room.get("/escalations/<code:escalation_id>.docx")
def word(escalation_id: str) -> Response:
    """The signed document as Word."""
    return files.passed_on("rectification", f"/escalations/{clients.quoted(escalation_id)}/word")


@room.post("/escalations/<code:escalation_id>/issue")
def issue(escalation_id: str) -> Any:
    """A person of the level signs what stands on the page in these names, with the password given again."""
    names = {name: request.form.get(name, "").strip() for name in ("issuer", "unit")}
    path = f"/escalations/{clients.quoted(escalation_id)}"

    def act() -> None:
        text = asking.get("rectification", path, **names).get("sha256") or "0" * 64
        proof = signoff.proven(escalation_id, text, request.form.get("password", ""))
        asking.post("rectification", f"{path}/issue", {"names": names, "proof": proof})
        flash(gettext("文书已签发，单位会收到通知。"), "done")

    there = url_for(".show", escalation_id=escalation_id)
    return doing.attempt(act, lambda problem: show(escalation_id, problem, "issue"), there)


@room.post("/escalations/<code:escalation_id>/receipt")
def acknowledge(escalation_id: str) -> Any:
    """The first responsible person acknowledges."""
    wanted = {name: request.form.get(name, "").strip() for name in ("answer", "promised_on")}
    return _do(escalation_id, "receipt", wanted, gettext("已签收。"))


@room.post("/escalations/<code:escalation_id>/withdrawal")
def withdraw(escalation_id: str) -> Any:
    """Whoever signs takes it back."""
    return _do(escalation_id, "withdrawal", {"reason": request.form.get("reason", "").strip()}, gettext("文书已撤回。"))


def steps(campaign: str) -> list[tuple[str, str]]:
    """The steps of a campaign's ladder, with their titles."""
    policy = (reference.campaign(campaign).get("policy") or {}).get("rectification") or {}
    return [(step["code"], languages.pick(step["title"])) for step in policy.get("escalation", {}).get("steps", ())]


def numbered(document: dict[str, Any]) -> str:
    """The number of a document; nothing before it is signed."""
    if not document["number"]:
        return ""
    return f"{document['rules']['mark']}〔{document['year']}〕{document['number']}号"


def _do(escalation_id: str, deed: str, wanted: dict[str, Any], done: str) -> Any:
    path = f"/escalations/{clients.quoted(escalation_id)}/{deed}"
    return doing.post(
        "rectification", path, wanted, done,
        lambda problem: show(escalation_id, problem, deed), url_for(".show", escalation_id=escalation_id),
    )  # fmt: skip


def _found(escalation_id: str) -> dict[str, Any]:
    """A document with the text it would have today in the names of whoever looks, if it is not signed yet."""
    path = f"/escalations/{clients.quoted(escalation_id)}"
    document = asking.get("rectification", path)
    if document["state"] == "proposed":
        document = asking.get("rectification", path, **_names(document))
    return dict(document)


def _names(document: dict[str, Any]) -> dict[str, str]:
    """Whose paper it would be by the role of whoever looks, and to whom it goes."""
    campaign, viewer = document["campaign"], asking.viewer()
    office = languages.pick(reference.campaign(campaign).get("office") or "")
    if not viewer.has("office") and viewer.has("county_office"):
        office = f"{reference.region_names(campaign).get(document['region'], document['region'])}主题教育办公室"
    elif not viewer.has("office") and viewer.has("group_leader"):
        office = reference.group_names(campaign).get(document["group"], document["group"])
    unit = reference.unit_names(campaign).get(document["unit"], document["unit"])
    return {"issuer": office[:60] or "（　　）", "unit": unit[:120]}


room.add_app_template_global(numbered, "escalation_number")
