"""From a table of organisations to a campaign's units, by programs: looked at, brought in, renamed, chosen, regrouped.

The steps are told in order.
"""

import json

import pytest

from services.registry import posts
from services.spine import clock, sheets
from tests.registry.test_organisations import HEAD, POSTS, ROWS, as_csv
from tests.stack import CAMPAIGN, Refused, Stack, campaign_folder, grant, problem, wait_until

UNIT, NEW, OTHER = "990823-NYNC", "990823-SL", "990881-LY"


@pytest.fixture(scope="module")
def stack(embedded: Stack) -> Stack:
    """Two units that take part already."""
    embedded.load([UNIT, OTHER])
    embedded.settled()
    return embedded


@pytest.fixture(scope="module")
def office(stack):
    return stack.person("office", grant("office", "campaign", CAMPAIGN))


@pytest.fixture(scope="module")
def county(stack):
    return stack.person("county", grant("county_office", "region", "990823"))


def hand_over(who, data: bytes, name: str = "组织.csv"):
    answer = who.ask("POST", "registry", "/organisation-imports", data={}, files={"file": (name, data)})
    if answer.status_code >= 400:
        raise Refused(answer)
    return answer.json()


def brought_in(who, data: bytes, name: str = "组织.csv", **said: bool):
    address = f"/organisation-imports/{hand_over(who, data, name)['import_id']}"
    who.post("registry", f"{address}/run", said)
    who.post("registry", f"{address}/run", said)

    def done():
        found = who.get("registry", address)
        return found if found["state"] == "done" else None

    return wait_until(done, 30)


def opened(stack, login, *grants):
    """An account with these grants."""
    security = stack.person("security", grant("security_admin", "system", "*", None))
    security.post("access", "/accounts", {"login": login, "name": login, "grants": list(grants)})


def refused(act, *words) -> tuple[int, str]:
    with pytest.raises(Refused) as no:
        act(*words)
    return no.value.status, no.value.code


def test_1_a_table_is_looked_at_then_brought_in_and_only_by_offices_within_their_jurisdiction(
    stack, office, county, tmp_path
):
    for role in (grant("supervisor", "group", "G4"), grant("secretary", "unit", UNIT)):
        assert refused(hand_over, stack.person("other", role), as_csv(HEAD, *ROWS)) == (403, "not_permitted")
    faulty = hand_over(county, as_csv(HEAD, *ROWS))
    assert faulty["state"] == "faulty"
    assert [fault["cell"] for fault in faulty["faults"]] == ["E2"], "the city is not the county's"
    assert refused(county.post, "registry", f"/organisation-imports/{faulty['import_id']}/run", {})[0] == 409
    found = hand_over(office, as_csv(HEAD, *ROWS))
    assert (found["state"], found["counts"]["new"]) == ("checked", 4)
    assert stack.database("registry").organisations.count_documents({}) == 0
    assert refused(county.get, "registry", f"/organisation-imports/{found['import_id']}") == (404, "not_found")
    assert brought_in(office, as_csv(HEAD, *ROWS))["worked"] == 4
    posts = [[NEW, "01", "党组书记", "第一责任人", "", ""], [NEW, "02", "副局长", "班子成员", "", ""]]
    (tmp_path / "posts.csv").write_bytes(as_csv(POSTS, *posts))
    words = ("organisations", "import", str(tmp_path / "posts.csv"), "--campaign", CAMPAIGN)
    assert stack.run(*words, check=False).returncode == 1, "nobody said yes"
    done = json.loads(stack.run(*words, "--yes", "--json").stdout)
    assert (done["state"], done["worked"], done["counts"]["changed"]) == ("done", 1, 1)
    assert [row["code"] for row in county.get("registry", "/organisations")["rows"]] == ["990823"]
    assert refused(county.get, "registry", "/organisations/990800")[0] == 404


def test_2_what_goes_out_comes_in_again_unchanged(stack, office, tmp_path):
    data = office.ask("GET", "registry", "/organisations.xlsx").content
    (tmp_path / "组织.xlsx").write_bytes(data)
    said = stack.run("organisations", "import", str(tmp_path / "组织.xlsx"), "--campaign", CAMPAIGN)
    assert "新增 0，变更 0，不变 4，表里没有 0" in said.stdout
    assert [len(sheet.rows) for sheet in sheets.read(data)] == [5, 3]
    found = hand_over(office, data, "组织.xlsx")
    assert (found["total"], found["counts"]["unchanged"], found["counts"]["gone"]) == (0, 4, 0)


def test_3_a_running_meeting_follows_a_rename_and_keeps_its_unit_from_ending(stack, office):
    day = "2023-01-01"
    renamed = {"name": "青溪县农业局", "on": day, "reason": "更名"}
    for _ in range(2):
        office.post("registry", f"/organisations/{UNIT}/name", renamed)
    assert office.get("registry", f"/meetings/{CAMPAIGN}.{UNIT}")["unit_name"] == "青溪县农业局"
    found = office.get("registry", f"/organisations/{UNIT}")
    assert [entry["what"] for entry in found["history"]] == ["imported", "renamed"]
    ends = {"on": day, "reason": "撤并"}
    assert refused(office.post, "registry", f"/organisations/{UNIT}/closing", ends) == (
        409,
        "organisation_meeting_open",
    )
    assert refused(office.post, "registry", "/organisations/990823/closing", ends)[1] == "organisation_has_children"
    parts = {"parts": [{"code": "990823-XM", "name": "青溪县畜牧中心"}], **ends}
    for _ in range(2):
        office.post("registry", f"/organisations/{NEW}/split", parts)
    assert office.get("registry", "/organisations/990823-XM")["parent"] == "990823"
    office.post("registry", "/organisations/990823-XM/merger", {"into": NEW, **ends})
    assert office.get("registry", "/organisations/990823-XM")["into"] == NEW


def test_4_units_are_chosen_from_the_tree_and_told_at_once_where_the_campaign_runs(stack, office, county):
    wanted = {"levels": ["county"], "group": "G4"}
    assert refused(county.post, "registry", f"/campaigns/{CAMPAIGN}/units", wanted) == (403, "not_permitted")
    found = office.post("registry", f"/campaigns/{CAMPAIGN}/units", wanted)
    assert (found["units"], found["added"]) == (2, 1)
    part = {"code": "990823-KX", "name": "青溪县科学技术局", "team": "党组"}
    split = {"parts": [part], "on": "2023-01-01", "reason": "单设"}
    office.post("registry", f"/organisations/{NEW}/split", split)
    found = office.post("registry", f"/campaigns/{CAMPAIGN}/units", wanted)
    told = {"unit": part["code"], "name": part["name"], "why": "nobody"}
    assert (found["added"], found["left_out"]) == (0, {"total": 1, "rows": [told]})
    stack.settled()
    assert [post["title"] for post in office.get("registry", f"/meetings/{CAMPAIGN}.{NEW}")["posts"]] == [
        "党组书记",
        "副局长",
    ]
    assert stack.database("intake").plans.count_documents({"unit": NEW}) == 1
    known = office.get("registry", f"/campaigns/{CAMPAIGN}/units")["regions"]
    assert {"region_code": "990823", "name": "青溪县"} in known, "called as the tree calls it"


def test_5_a_county_asks_for_more_and_only_for_its_own(stack, office, county):
    more = {
        "kind": "region",
        "of": "990823",
        "policy": {"immediate_days": 20},
        "offsets": {"plan": -16},
        "reason": "从严",
    }
    address = f"/campaigns/{CAMPAIGN}"
    before = office.get("registry", f"/meetings/{CAMPAIGN}.{UNIT}")["aspects"][0]["due_on"]
    for _ in range(2):
        county.post("registry", f"{address}/overrides", more)
    assert office.get("registry", f"/meetings/{CAMPAIGN}.{UNIT}")["aspects"][0]["due_on"] < before
    assert refused(county.post, "registry", f"{address}/overrides", {**more, "of": "990881"})[0] == 404
    stack.settled()
    assert stack.database("rectification").meetings.find_one({"unit": UNIT})["rules"] == {"immediate_days": 20}
    less = {**more, "policy": {"immediate_days": 40}}
    assert refused(county.post, "registry", f"{address}/overrides", less) == (422, "not_stricter")
    secretary = stack.person("secretary", grant("secretary", "unit", UNIT))
    assert refused(secretary.post, "registry", f"{address}/overrides", more)[0] == 403
    shown = secretary.get("registry", f"{address}/policy", unit=UNIT)
    assert {row["key"]: row["origin"]["kind"] for row in shown["values"]}["immediate_days"] == "region"
    assert refused(secretary.get, "registry", f"/meetings/{CAMPAIGN}.{OTHER}")[0] == 404


def test_6_a_unit_goes_to_another_group_with_what_is_open_and_out_of_the_former_readers_hands(stack, office, county):
    reviews = stack.database("review").reviews
    held = {"account": "reader", "name": "组员", "at": "2023-12-01T00:00:00.000Z", "until": "2099-01-01"}
    place = {"campaign": CAMPAIGN, "unit": UNIT, "group": "G4", "state": "prechecked", "holder": held, "revision": 1}
    reviews.insert_one({"_id": "held", "readings": [], **place})
    asked = {"campaign": CAMPAIGN, "unit": UNIT, "key": "leave", "text": "缺席怎么办？", "aspects": []}
    question = f"/questions/{office.post('registry', '/questions', asked)['question_id']}/answers"
    wanted = {"units": [UNIT], "to": "G5", "reason": "组长回避"}
    assert refused(county.post, "registry", f"/campaigns/{CAMPAIGN}/groups/moves", wanted)[0] == 403
    assert office.post("registry", f"/campaigns/{CAMPAIGN}/groups/moves", wanted)["moved"] == 1
    assert office.post("registry", f"/campaigns/{CAMPAIGN}/groups/moves", wanted)["moved"] == 0
    unknown = {**wanted, "units": ["990823-NONE"]}
    assert refused(office.post, "registry", f"/campaigns/{CAMPAIGN}/groups/moves", unknown) == (422, "unit_not_planned")
    stack.settled()
    found = reviews.find_one({"_id": "held"})
    assert (found["group"], found["holder"]) == ("G5", None)
    rows = {row["group_code"]: row["units"] for row in office.get("registry", f"/campaigns/{CAMPAIGN}/groups")["rows"]}
    assert rows["G5"] >= 1
    supervisor = stack.person("supervisor", grant("supervisor", "group", "G5"))
    own = supervisor.get("registry", f"/campaigns/{CAMPAIGN}/groups")["rows"]
    assert [row["group_code"] for row in own] == ["G5"], "a group sees its own"
    told, former = {"text": "书面发言。", "public": False, "follows": 0}, grant("supervisor", "group", "G4")
    assert refused(stack.person("supervisor", former).post, "registry", question, told)[0] == 404
    assert supervisor.post("registry", question, told)["state"] == "answered"


def test_7_another_person_in_a_post_is_told_by_post_and_day_and_the_old_account_ends(stack, office, county):
    opened(stack, "oldmember", grant("member", "post", f"{NEW}/02"))
    address, today = f"/teams/{NEW}/posts", clock.today()
    left = {"what": "succeeded", "post": "02", "title": "副局长", "on": today, "reason": "工作调动"}
    own = stack.person("ownsecretary", grant("secretary", "unit", NEW))
    other = stack.person("othersecretary", grant("secretary", "unit", OTHER))
    assert refused(other.post, "registry", address, left) == (404, "not_found")
    assert refused(stack.person("sup", grant("supervisor", "group", "G4")).post, "registry", address, left)[0] == 403
    assert refused(own.post, "registry", address, {**left, "post": "01"}) == (403, "own_post")
    assert refused(county.post, "registry", f"/teams/{OTHER}/posts", left)[0] == 404
    for _ in range(2):
        found = own.post("registry", address, left)
    assert [entry["what"] for entry in found["history"]] == ["post_succeeded"]
    added = {"what": "added", "post": found["next_post"], "title": "总工程师", "on": today, "reason": "增设"}
    county.post("registry", address, added)
    stack.settled()
    asked = {row["post"] for row in office.get("registry", f"/meetings/{CAMPAIGN}.{NEW}")["required"]}
    assert {"01", "02", "03"} <= asked
    kept = stack.database("access").accounts.find_one({"_id": "oldmember"})
    assert kept["grants"][0]["until"] < today
    planned = stack.database("intake").plans.find_one({"unit": NEW})["required"]
    assert {"01", "02", "03"} <= {row["post"] for row in planned}
    opened(stack, "engineer", grant("member", "post", f"{NEW}/03"))
    rows = [[NEW, "01", "党组书记", "第一责任人", "", ""], [NEW, "02", "副局长", "班子成员", today, ""]]
    for over in (False, True):
        brought_in(office, as_csv(POSTS, *rows), end_unnamed=over)
        stack.settled()
        until = stack.database("access").accounts.find_one({"_id": "engineer"})["grants"][0]["until"]
        assert bool(until) is over, "a table that no longer has the post ends it only where that is said"
    posted = office.get("registry", f"/meetings/{CAMPAIGN}.{NEW}")["posts"]
    assert [post["post"] for post in posted] == ["01", "02"]


def test_8_a_group_is_edited_with_its_reason_and_on_the_day_it_ends_nobody_is_of_it_any_more(stack, office, county):
    opened(stack, "attached", grant("supervisor", "group", "G5"))
    held = {"account": "attached", "name": "组员", "at": "2023-12-01T00:00:00.000Z", "until": "2099-01-01"}
    reviews = stack.database("review").reviews
    reviews.update_one({"_id": "held"}, {"$set": {"holder": held}})
    address, until = f"/campaigns/{CAMPAIGN}/groups/G5", posts.before(clock.today())
    edited: dict = {
        "name": "第五督导组（青溪）",
        "leader": "市委组织部一级调研员",
        "regions": [],
        "until": None,
        "reason": "充实",
    }
    assert refused(county.post, "registry", address, edited)[0] == 403
    assert refused(office.post, "registry", f"{address}9", edited)[0] == 404
    over = {**edited, "until": until, "reason": "抽调结束"}
    assert refused(office.post, "registry", address, over) == (409, "group_ends_at_once")
    for one in (edited, edited, {**over, "ends_at_once": True}):
        rows = office.post("registry", address, one)["rows"]
    changes = next(row for row in rows if row["group_code"] == "G5")["changes"]
    assert [entry["reason"] for entry in changes] == ["充实", "抽调结束"]
    stack.settled()
    assert reviews.find_one({"_id": "held"})["holder"] is None
    accounts = stack.database("access").accounts
    assert accounts.find_one({"_id": "attached"})["grants"][0]["until"] == until
    office.post("registry", address, {**edited, "reason": "日期写错"})
    stack.settled()
    assert accounts.find_one({"_id": "attached"})["grants"][0]["until"] is None
    office.post("registry", address, {**over, "ends_at_once": True})
    stack.settled()
    assert accounts.find_one({"_id": "attached"})["grants"][0]["until"] == until


def test_9_a_group_is_added_its_accounts_are_seen_by_office_and_group_and_once_empty_it_is_closed(
    stack, office, county
):
    address, until = f"/campaigns/{CAMPAIGN}/groups", posts.before(clock.today())
    fresh: dict = {"group_code": "G8", "name": "第八督导组", "regions": [], "until": None, "reason": "新增"}
    assert refused(county.post, "registry", address, fresh)[0] == 403
    elsewhere = stack.person("elsewhere", grant("office", "campaign", "another-campaign", "another-campaign"))
    assert refused(elsewhere.post, "registry", address, fresh)[0] == 404
    for _ in range(2):
        rows = office.post("registry", address, fresh)["rows"]
    assert [(row["name"], row["units"]) for row in rows if row["group_code"] == "G8"] == [("第八督导组", 0)]
    assert refused(office.post, "registry", address, {**fresh, "name": "另一组"}) == (409, "group_exists")

    opened(stack, "eighth", grant("group_leader", "group", "G8"))
    asked = {"campaign": CAMPAIGN, "group": "G8"}
    own = stack.person("eighth", grant("group_leader", "group", "G8"))
    for who in (office, own):
        rows = who.get("access", "/group-accounts", **asked)["rows"]
        assert [(row["account"], row["role"]) for row in rows] == [("eighth", "group_leader")]
    assert refused(lambda: county.get("access", "/group-accounts", **asked))[0] == 403
    for who in (elsewhere, stack.person("fourth", grant("supervisor", "group", "G4"))):
        assert refused(lambda who=who: who.get("access", "/group-accounts", **asked))[0] == 404

    why = {"reason": "合并"}
    office.post("registry", f"{address}/moves", {"units": [OTHER], "to": "G8", "reason": "试"})
    assert refused(office.post, "registry", f"{address}/G8/end", why) == (409, "group_not_empty")
    office.post("registry", f"{address}/moves", {"units": [OTHER], "to": "G4", "reason": "调回"})
    assert refused(county.post, "registry", f"{address}/G8/end", why)[0] == 403
    for _ in range(2):
        found = office.post("registry", f"{address}/G8/end", why)
    assert "G8" not in {row["group_code"] for row in found["rows"]}
    assert [entry["reason"] for entry in found["closed"]] == ["合并"]
    stack.settled()
    assert stack.database("access").accounts.find_one({"_id": "eighth"})["grants"][0]["until"] == until
    assert office.get("access", "/group-accounts", **asked)["rows"] == []


def test_10_a_unit_that_has_met_goes_into_another_whose_people_go_on_with_its_ledger(stack, office, county):
    meeting, today = f"/meetings/{CAMPAIGN}.{UNIT}", clock.today()
    place, merger = f"/organisations/{UNIT}", {"into": NEW, "on": clock.today(), "reason": "机构改革"}
    assert refused(office.post, "registry", f"{place}/merger", merger) == (409, "organisation_meeting_open")
    present = [post["post"] for post in stack.open_gate(UNIT)["posts"]]
    office.post("registry", f"{meeting}/held", {"held_on": today, "present": present, "absences": []})
    ends = {"on": today, "reason": "撤销"}
    assert refused(office.post, "registry", f"{place}/closing", ends) == (409, "organisation_work_open")
    assert refused(
        stack.person("liaison", grant("liaison", "unit", NEW)).post, "registry", f"{place}/merger", merger
    ) == (
        403,
        "not_permitted",
    )
    opened(stack, "successor", grant("liaison", "unit", NEW), grant("member", "post", f"{NEW}/02"))
    for _ in range(2):
        county.post("registry", f"{place}/merger", merger)
    assert office.get("registry", meeting)["unit_ended"]["into"] == NEW
    stack.settled()
    held = stack.database("access").accounts.find_one({"_id": "successor"})["grants"]
    assert [(one["role"], one["since"]) for one in held if one["scope"]["of"] == UNIT] == [("liaison", today)]
    successor = stack.person("successor", *held)
    assert successor.get("registry", meeting)["unit"] == UNIT
    successor.post("rectification", "/items", problem(UNIT, "p01"))
    assert successor.get("rectification", "/items/counts", by="category", unit=UNIT)["total"] == 1
    told = stack.database("registry").organisations.find_one({"_id": UNIT})["history"][-1]
    assert (told["what"], told["by"]) == ("merged", "county")


def test_11_what_a_city_asks_for_in_a_province_moves_the_days_of_its_counties_units(stack):
    """And their history says who asked; a county asks for no less than its city, and other cities go on as before."""
    code, mine = "min-province-theme", {"990700-01": "990700", "990881-JYJ": "990881", "990800-FGW": "990800"}
    folder = campaign_folder([OTHER])
    folder["campaign"] |= {"campaign_code": code, "region_code": "990000"}
    unit = folder["units"][0]
    folder["units"] = [{**unit, "unit_code": one, "region_code": region} for one, region in mine.items()]
    folder["groups"] = [{**folder["groups"][0], "units": list(mine)}]
    province = stack.person("province", grant("office", "campaign", code, code))
    province.post("registry", "/campaigns", folder)
    province.post("registry", f"/campaigns/{code}/open", {})

    def planned(unit: str) -> dict:
        return province.get("registry", f"/meetings/{code}.{unit}")

    before = {one: planned(one)["aspects"][0]["due_on"] for one in mine}
    city = stack.person("city", grant("county_office", "region", "990800", code))
    more = {"kind": "region", "of": "990800", "offsets": {"plan": -20}, "reason": "市委要求"}
    for _ in range(2):
        city.post("registry", f"/campaigns/{code}/overrides", more)
    after = {one: planned(one)["aspects"][0]["due_on"] for one in mine}
    assert [one for one in mine if after[one] < before[one]] == ["990881-JYJ", "990800-FGW"]
    (entry,) = planned("990881-JYJ")["history"]
    assert (entry["what"], entry["by"], entry["reason"]) == ("tightened", "city", "市委要求")
    assert (before["990881-JYJ"], after["990881-JYJ"]) in [(one["from"], one["to"]) for one in entry["changes"]]
    below = stack.person("below", grant("county_office", "region", "990881", code))
    less = {**more, "of": "990881", "offsets": {"plan": -18}}
    assert refused(below.post, "registry", f"/campaigns/{code}/overrides", less) == (422, "not_stricter")
    shown = below.get("registry", f"/campaigns/{code}/policy", region="990881")
    assert {row["aspect"]: row["origin"]["of"] for row in shown["offsets"]}["plan"] == "990800"


def test_12_what_a_township_asks_for_reaches_its_branches_and_no_others(stack, office, county):
    """Chosen from the tree, the township itself takes no part; who dies right after asking is gone on for."""
    code, town = "qingxi-branches", "990823-LHZ"
    tree = [
        [town, "柳河镇", "乡镇", "990823", "", "", ""],
        ["990823-LHC", "柳河村", "基层", town, "", "党支部", "3"],
        ["990823-LHX", "柳河小学", "基层", "990823-LHC", "", "党支部", "3"],
        ["990823-SQC", "石桥村", "基层", "990823", "", "党支部", "3"],
    ]
    assert brought_in(county, as_csv(HEAD, *tree))["worked"] == 4
    folder = campaign_folder([OTHER])
    folder["campaign"] |= {"campaign_code": code, "region_code": "990800"}
    folder["units"], folder["groups"] = [], [{**folder["groups"][0], "units": [], "regions": ["990823"]}]
    whole = stack.person("whole", grant("office", "campaign", code, code))
    whole.post("registry", "/campaigns", folder)
    assert whole.post("registry", f"/campaigns/{code}/units", {"levels": ["branch"]})["added"] == 3
    whole.post("registry", f"/campaigns/{code}/open", {})

    def due(unit: str) -> str:
        return str(whole.get("registry", f"/meetings/{code}.990823-{unit}")["aspects"][0]["due_on"])

    below = stack.person("below", grant("county_office", "region", "990823", code))
    elsewhere = stack.person("elsewhere", grant("county_office", "region", "990881", code))
    more = {"kind": "organisation", "of": town, "offsets": {"plan": -20}, "reason": "镇党委要求"}
    assert refused(elsewhere.post, "registry", f"/campaigns/{code}/overrides", more)[0] == 404
    assert refused(below.post, "registry", f"/campaigns/{code}/overrides", {**more, "of": "990823-NO"})[0] == 404
    before = due("SQC")
    for _ in range(2):
        below.post("registry", f"/campaigns/{code}/overrides", more)
    assert due("LHC") == due("LHX") < before == due("SQC")
    shown = below.get("registry", f"/campaigns/{code}/policy", unit="990823-LHX")
    origin = {row["aspect"]: row["origin"] for row in shown["offsets"]}["plan"]
    assert origin == {"kind": "organisation", "of": town, "level": "township", "reason": "镇党委要求"}

    database = stack.database("registry")
    database.meetings.update_one({"_id": f"{code}.990823-LHX"}, {"$set": {"aspects.0.due_on": before}})
    asked = {**{key: more[key] for key in ("kind", "of", "reason")}, "by": "below", "at": "2024-01-01T00:00:00.000Z"}
    work = {"campaign": code, "seen": 1, "asked": asked, "state": "running", "after": "", "until": 0}
    database.tightenings.insert_one({"_id": "left", **work})
    wait_until(lambda: due("LHX") < before, 20)
    wait_until(lambda: database.tightenings.count_documents({}) == 0, 20)
