"""Who takes part, followed by which group, and what is asked of them: groups with their units, stricter rules below."""

from functools import partial
from typing import Any

from flask import Blueprint, flash, render_template, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from services.portal import asking, clients, doing, languages, listing, numerals, reference, stricter_form, wording

room = Blueprint("places", __name__)
SIMPLE = ("immediate_days", "small_group")
"""Values of a policy that are one number."""
GROUP_FIELDS = {"name": _l("名称"), "leader": _l("组长职务"), "regions": _l("联系县（区）"), "until": _l("抽调止")}
WHY_LEFT = {"nobody": _l("（没有岗位，班子人数为零）"), "region_code": _l("（区划代码不能设班子）")}
MOST_NAMED = 20
GROUP_FIELDS |= {"closed": _l("撤销督导组")}


@room.get("/groups")
def groups(problem: clients.Declined | None = None, about: str = "", chosen: str = "") -> Any:
    """The groups with their load; one of them opened with its units, to be moved."""
    asking.needs("read_board")
    campaign = asking.campaign()
    if campaign is None:
        return render_template("no_campaign.html")
    chosen = chosen or request.args.get("group", "")
    units = listing.page("registry", f"/campaigns/{campaign}/meetings", group=chosen) if chosen else None
    found = asking.get("registry", f"/campaigns/{campaign}/groups")
    rows = found["rows"]
    regions = reference.region_names(campaign)
    known = sorted({*regions, *(code for row in rows for code in row.get("regions") or ())})
    return render_template(
        "groups.html", campaign=campaign, rows=rows, places=[(code, regions.get(code, code)) for code in known],
        units=units, chosen=chosen, problem=problem, about=about, entered=request.form,
        regions=regions, fields=GROUP_FIELDS,
        accounts=_accounts(campaign, chosen) if chosen else None, closed=found["closed"],
        fresh=_fresh([row["group_code"] for row in rows] + [row["group"] for row in found["closed"]]),
    )  # fmt: skip


def _accounts(campaign: str, group: str) -> list[dict[str, Any]] | None:
    """Whose accounts are of a group, with what each has in hand; None for who may not know."""
    if not asking.viewer().may("read_group_accounts"):
        return None
    found = asking.find("access", "/group-accounts", campaign=campaign, group=group)
    readers = asking.rows("review", "/readers", campaign=campaign)
    held = {row["account"]: row["held"] for row in readers if row.get("group") == group}
    return [{**row, "held": held.get(row["account"])} for row in found["rows"]] if found else None


def _fresh(codes: list[str]) -> str:
    """The first code behind those of all groups, for one more."""
    return f"G{max((int(code[1:]) for code in codes), default=0) + 1}"


@room.post("/groups/moves")
def move() -> Any:
    """Move units to another group."""
    campaign, form = asking.campaign() or "", request.form
    wanted = {"units": form.getlist("unit"), "to": form.get("to", ""), "reason": form.get("reason", "").strip()}

    def act() -> None:
        moved = asking.post("registry", f"/campaigns/{campaign}/groups/moves", wanted).body["moved"]
        reference.forget()
        flash(gettext("已调整 %(n)s 个单位，未办完的审阅和销号一并转交。", n=moved), "done")

    there = url_for(".groups", group=form.get("to"))
    return doing.attempt(act, lambda problem: groups(problem, "move"), there)


@room.post("/groups")
def add() -> Any:
    """One more group."""
    code = request.form.get("group_code", "").strip().upper()
    again = partial(groups, about="add")
    return _change("", {"group_code": code, **_described()}, gettext("督导组已增设，可以把单位调过来。"), again, code)


@room.post("/groups/<code:group>")
def edit(group: str) -> Any:
    """Another name, leader's post, jurisdiction or last day."""
    again = partial(groups, about="edit", chosen=group)
    wanted = {**_described(), **({"ends_at_once": True} if request.form.get("ends_at_once") else {})}
    return _change(f"/{group}", wanted, gettext("督导组已修改。"), again, group)


@room.post("/groups/<code:group>/end")
def close(group: str) -> Any:
    """A group without units is closed."""
    wanted = {"reason": request.form.get("reason", "").strip()}
    return _change(f"/{group}/end", wanted, gettext("督导组已撤销。"), partial(groups, about="close", chosen=group))


def _described() -> dict[str, Any]:
    form = request.form
    wanted: dict[str, Any] = {key: form.get(key, "").strip() for key in ("name", "leader", "reason")}
    return wanted | {"regions": form.getlist("region"), "until": form.get("until") or None}


def _change(path: str, wanted: dict[str, Any], done: str, again: Any, there: str | None = None) -> Any:
    campaign = asking.campaign() or ""

    def act() -> None:
        asking.post("registry", f"/campaigns/{campaign}/groups{path}", wanted)
        reference.forget()
        flash(done, "done")

    return doing.attempt(act, again, url_for(".groups", group=there))


@room.post("/groups/units")
def choose() -> Any:
    """Take units from the tree into the campaign."""
    campaign, form = asking.campaign() or "", request.form
    wanted: dict[str, Any] = {"levels": form.getlist("level")}
    wanted |= {"group": form["group"]} if form.get("group") else {}

    def act() -> None:
        found = asking.post("registry", f"/campaigns/{campaign}/units", wanted).body
        reference.forget()
        left = found.pop("left_out")
        flash(gettext("组织树上有 %(units)s 个，新增 %(added)s 个，更新 %(changed)s 个。", **found), "done")
        if left["total"]:
            which = languages.listed([f"{one['name']}{WHY_LEFT[one['why']]}" for one in left["rows"][:MOST_NAMED]])
            flash(gettext("%(count)s 个有班子的组织没有纳入：%(which)s。", count=left["total"], which=which), "info")

    return doing.attempt(act, lambda problem: groups(problem, "choose"), url_for(".groups"))


@room.get("/requirements")
def requirements(problem: clients.Declined | None = None) -> Any:
    """What holds for the campaign, a county or a unit, each value with where it comes from."""
    asking.needs("tighten")
    campaign = asking.campaign()
    if campaign is None:
        return render_template("no_campaign.html")
    whole = reference.own(campaign, "tighten")
    region, unit = request.values.get("region", ""), request.values.get("unit", "").strip()
    unit = reference.unit_code(campaign, unit, "tighten")
    names, places = reference.region_names(campaign), list(whole["own"]["regions"])
    if not region and not unit and len(places) == 1:
        region = places[0]
    roster = reference.roster_of(campaign, region=region) if region in places else whole
    definition = reference.campaign(campaign)
    return render_template(
        "requirements.html", campaign=campaign, roster=roster, region=region, unit=unit, problem=problem,
        found=asking.get("registry", f"/campaigns/{campaign}/policy", region="" if unit else region, unit=unit),
        titles={row["code"]: row["title"] for row in definition.get("checklist") or []}, entered=request.form,
        places=[(code, names.get(code, code)) for code in places], regions=names, simple=SIMPLE,
        names=reference.unit_names(campaign), signable=_signable(definition.get("policy") or {}),
        levels=stricter_form.LEVELS, kinds=wording.REMINDED, line=wording.REMINDED_LINE,
        more_reminders=any(text for key, text in request.form.items() if key.startswith(("before:", "after:"))),
    )  # fmt: skip


def _signable(policy: dict[str, Any]) -> list[str]:
    """The kinds of material for which more signatures may be asked."""
    asked = [kind for of in ("team", "member") for kind in (policy.get("required") or {}).get(of, ())]
    papers = [paper["kind"] for paper in policy.get("papers") or ()]
    return sorted({*asked, *papers, *(policy.get("signing") or {})})


@room.post("/requirements")
def tighten() -> Any:
    """Ask for more in a county, in a unit, or in a unit and all below it."""
    campaign, form = asking.campaign() or "", request.form
    unit, region = form.get("unit", ""), form.get("region", "")
    policy: dict[str, Any] = {key: numerals.read(form[key]) for key in SIMPLE if form.get(key)}
    if form.get("agenda_required"):
        policy["agenda_required"] = True
    if form.get("needed") and form.get("of"):
        policy["quorum"] = {"needed": numerals.read(form["needed"]), "of": numerals.read(form["of"])}
    if form.get("answer_days"):
        days = numerals.read(form["answer_days"])
        policy["answer_within"] = {"days": days, "unit": form.get("answer_unit", "working")}
    signing: dict[str, list[str]] = {}
    for kind, _, role in (pair.partition(":") for pair in form.getlist("signing")):
        signing.setdefault(kind, []).append(role)
    policy |= {"signing": signing} if signing and form.get("more_signing") else {}
    policy |= _whole(campaign, {"unit": unit} if unit else {"region": region})
    offsets = {
        key.removeprefix("offset:"): numerals.read(text) for key, text in form.items() if key[:7] == "offset:" and text
    }
    kind = "region" if not unit else "organisation" if form.get("below") else "unit"
    wanted = {"kind": kind, "of": unit or region, "policy": policy, "offsets": offsets}
    wanted["reason"] = form.get("reason", "").strip()

    def act() -> None:
        asking.post("registry", f"/campaigns/{campaign}/overrides", wanted)
        reference.forget()
        flash(gettext("已提高要求，未召开的会议日期随之更新。"), "done")

    there = url_for(".requirements", region=None if unit else region, unit=unit or None)
    return doing.attempt(act, requirements, there)


def _whole(campaign: str, place: dict[str, str]) -> dict[str, Any]:
    """What is asked for as a whole, worked out from what stands."""
    found = asking.find("registry", f"/campaigns/{campaign}/policy", **place) or {"values": []}
    stands = {row["key"]: row["value"] for row in found["values"]}
    forms = {"rectification": stricter_form.rectification, "reminders": stricter_form.reminders}
    asked = {key: form(stands[key], request.form, numerals.read) for key, form in forms.items() if key in stands}
    return {key: value for key, value in asked.items() if value}
