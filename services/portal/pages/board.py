"""The board: how far all units have come; every number opens exactly the list of units it counts."""

import itertools
from typing import Any

from flask import Blueprint, abort, render_template, request

from services.portal import asking, charts, listing, reference, tallies, wording
from services.portal.pages import board_sheets

room = Blueprint("board", __name__)
GRID = 200
FILTERS = {
    "show": tallies.FILTERS,
    "grid": (*tallies.PLACES, "stage", "overdue"),
    "trend": (*tallies.PLACES, "from", "until"),
    "units": tallies.BEHIND,
}
"""By view, what it may be narrowed by; the others by place."""


@room.get("/board")
def show() -> Any:
    """Stages and aspects by region and group, whose turn it is, and the colours of the ledger."""
    asked = listing.filters(*FILTERS["show"])

    def page(campaign: str) -> dict[str, Any]:
        board, ledger = _ask(campaign, "", asked), {key: asked[key] for key in ("region", "group") if key in asked}
        return {
            "board": board,
            "turns": tallies.turns(board["moves"], asking.viewer()),
            "counted": request.args.get("counted") if request.args.get("counted") in wording.COUNTED else "open",
            "ledger": ledger,
            "narrowed": asked.keys() - ledger.keys(),
            "colours": asking.find("rectification", "/items/counts", by="region", **ledger),
        }

    return _page("show", page)


@room.get("/board/grid")
def grid() -> Any:
    """A cell for each unit, region by region."""

    def page(campaign: str) -> dict[str, Any]:
        asked = listing.filters(*FILTERS["grid"])
        found = _ask(campaign, "grid", {**asked, "page": str(listing.number()), "size": str(GRID)})
        units = {one["region"]: one["units"] for one in found["regions"]}
        by_region = itertools.groupby(found["rows"], lambda row: str(row["region"]))
        blocks = [(code, list(rows), units[code]) for code, rows in by_region]
        return {"found": listing.of(found), "blocks": blocks}

    return _page("grid", page)


@room.get("/board/trend")
def trend() -> Any:
    """Stages day by day, and what passed, was registered and was closed."""

    def page(campaign: str) -> dict[str, Any]:
        days = _ask(campaign, "trend", listing.filters(*FILTERS["trend"]))["days"]
        return {
            "days": days,
            "stage_lines": charts.lines([day["stages"] for day in days], list(wording.STAGES)),
            "happened": charts.lines(
                [{what: day[what]["things"] for what in wording.HAPPENINGS} for day in days], list(wording.HAPPENINGS)
            ),
        }

    return _page("trend", page)


@room.get("/board/standards")
def standards() -> Any:
    """Which standards were failed at a reading, county by county."""

    def page(campaign: str) -> dict[str, Any]:
        found = _ask(campaign, "standards", listing.filters(*tallies.PLACES))
        rounds = sorted({one["round"] for one in found["total"]})
        asked = request.args.get("round", "")
        chosen = int(asked) if asked in map(str, rounds) else next(iter(rounds), 1)
        kept = {**listing.filters(*tallies.PLACES), "round": chosen}
        return {"found": found, "rounds": rounds, "chosen": chosen, "failed": board_sheets.failed, "kept": kept}

    return _page("standards", page)


@room.get("/board/groups")
def groups() -> Any:
    """How the groups read, beside each other."""
    return _page("groups", lambda campaign: {"rows": _ask(campaign, "groups", _places())["groups"]})


@room.get("/board/problems")
def problems() -> Any:
    """Problems that many units have."""
    return _page("problems", lambda campaign: {"found": _ask(campaign, "problems", _places())})


@room.get("/board/units")
def units() -> Any:
    """The units behind a number."""

    def page(campaign: str) -> dict[str, Any]:
        asked = listing.filters(*FILTERS["units"])
        path = f"/campaigns/{campaign}/progress/units"
        found = asking.get("registry", path, **asked, page=listing.number(), size=listing.SIZE)
        return {
            "found": listing.Page(found["rows"], found["total"], found["page"], found["size"]),
            "things": found["things"] if asked.keys() & {"failed", "what", "reading", "problem"} else None,
            "asked": asked,
        }

    return _page("units", page)


@room.get("/board.xlsx", defaults={"view": "show"})
@room.get("/board/<any(grid,trend,standards,groups,problems,units):view>.xlsx")
def exported(view: str) -> Any:
    """What a page shows, as a workbook."""
    asking.needs("read_board")
    return board_sheets.answer(asking.campaign() or abort(404), view)


def _page(view: str, page: Any) -> Any:
    asking.needs("read_board")
    campaign = asking.campaign()
    if campaign is None:
        return render_template("no_campaign.html")
    own = reference.own(campaign, "read_board")
    always = {
        "view": view,
        "campaign": campaign,
        "definition": reference.campaign(campaign),
        "roster": own,
        "teams": own["teams"],
        "regions": reference.region_names(campaign),
        "groups": reference.group_names(campaign),
        "titles": tallies.aspects(campaign),
        "places": _places(),
        "kept": listing.filters(*tallies.BEHIND, "from", "until"),
        "conditions": tallies.words(campaign, listing.filters(*FILTERS.get(view, tallies.PLACES))),
        "behind": tallies.behind,
        "behind_places": tallies.behind_places,
        "problem_title": tallies.problem,
        "charts": charts,
    }
    return render_template(f"board_{view}.html", **{**always, **page(campaign)})


def _ask(campaign: str, door: str, asked: dict[str, str]) -> Any:
    return asking.get("registry", f"/campaigns/{campaign}/progress{'/' + door if door else ''}", **asked)


def _places() -> dict[str, str]:
    return listing.filters(*tallies.PLACES)
