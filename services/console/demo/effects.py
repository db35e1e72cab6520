"""What the ledgers came to: life/effects.json tells which lines are accepted and what an evaluation found.

The county's office publishes the lines that its group accepted, one line waits for whoever signs in as the group. One
unit is evaluated: seen on the spot, asked about in interviews and by an anonymous form, graded by the office.
"""

from typing import Any

from services.console import calling
from services.console.demo import people
from services.console.demo.people import Life

SERVICE = "rectification"


def publish(life: Life) -> None:
    """Accept lines and publish them, then evaluate a unit."""
    told = life.read("effects.json")
    life.report("成效清单、整改评估", 0, 2)
    for line in told["accepted"]:
        _accept(life, **line)
    _issue(life, **told["issue"])
    life.report("成效清单、整改评估", 1, 2)
    _evaluate(life, told["evaluation"])
    life.report("成效清单、整改评估", 2, 2)


def _accept(life: Life, unit: str, key: str, reason: str) -> None:
    group, path = life.cast.supervisor(unit), f"/items/{life.cast.campaign}.{unit}.{key}/effect"
    seen = group.get(SERVICE, path)
    group.post(SERVICE, f"{path}/review", {"hash": seen["hash"], "passed": True, "reason": reason})


def _issue(life: Life, region: str, title: str) -> None:
    county, place = life.cast.county_office(region), {"campaign": life.cast.campaign, "kind": "region", "of": region}
    if county.get(SERVICE, "/effect-issues", **place)["total"]:
        return
    draft = county.get(SERVICE, "/effect-issues/draft", **place)
    names = {line["unit"]: life.cast.units[line["unit"]]["name"] for line in draft["lines"]}
    county.post(SERVICE, "/effect-issues", {**place, "title": title, "hash": draft["hash"], "names": names})


def _evaluate(life: Life, told: dict[str, Any]) -> None:
    unit, office, group = told["unit"], life.cast.office, life.cast.supervisor(told["unit"])
    office.post(SERVICE, "/evaluation-samples", {"campaign": life.cast.campaign, **told["sample"]})
    path = f"/evaluations/{life.cast.campaign}.{unit}.v1"
    if group.get(SERVICE, path)["state"] == "decided":
        return
    looked = [{"item_id": f"{life.cast.campaign}.{unit}.{key}", "holds": True} for key in told["looked"]]
    for method, more in (("visit", {"items": looked}), ("interviews", {})):
        finding = {"key": method, "method": method, "on": life.day(told["day"]), **told[method], **more}
        group.post(SERVICE, f"{path}/findings", finding)
    if _appraised(life, unit, told["appraisal"])["answered"] is None:
        return
    people.until(lambda: not group.get(SERVICE, path)["missing"] or None, path)
    group.post(SERVICE, f"{path}/proposal", told["proposal"])
    office.post(SERVICE, f"{path}/decision", told["decision"])


def _appraised(life: Life, unit: str, told: dict[str, Any]) -> dict[str, Any]:
    """A closed form; codes are shown once, so whoever was interrupted between two answers closes it with fewer."""
    office, campaign = life.cast.office, life.cast.campaign
    policy = office.get("registry", f"/campaigns/{campaign}")["policy"]["rectification"]["evaluation"]
    grades = [{"code": one["code"], "title": one["title"]["zh"], "points": one["points"]} for one in policy["grades"]]
    asked = {"key": "q1", "kind": "choice", "title": told["question"], "options": grades}
    draft = {key: told[key] for key in ("key", "title", "about")} | {"source": "anonymous_appraisal"}
    draft |= {"campaign": campaign, "unit": unit, "questions": [asked], "closes_on": life.day(told["days"])}
    form = office.post("intake", "/opinion-forms", {**draft, "respondents": len(told["answers"])})
    path = f"/opinion-forms/{form['form_id']}"
    if form["state"] == "prepared":
        codes = office.post("intake", f"{path}/codes", {})["codes"]
        for code, grade in zip(codes, told["answers"], strict=True):
            answers = {"code": code, "answers": {"team": {"q1": [grade]}}}
            calling.Caller("nobody", "", []).post("intake", f"/forms/{form['key']}/answers", answers)
    closed: dict[str, Any] = office.post("intake", f"{path}/closing", {})
    return closed
