"""Work tips: what they say is the campaign's definition; who has one, has read it and has acknowledged it is known."""

import io
import json

import docx.shared
import pytest

from services.notification import definitions, domain, store, tip_paper, tip_text, tips, tips_store
from services.spine import actor, contracts, errors, events, official_word, settings

CAMPAIGN = "minchuan-2023-theme"
REFERENCE = json.loads((settings.ROOT / "services/registry/reference.json").read_text("utf-8"))
DEFINITION = {**REFERENCE, **contracts.documents()["documents/campaign"]["examples"][0], "version": 3}
OFFICE = tips.Hand("office", "主题教育办", "office", "2023-12-05T08:00:00.000Z", "2023-12-05")
LIAISON = tips.Hand("liaison", "联络员", "liaison", "2023-12-06T08:00:00.000Z", "2023-12-06")
BEFORE = {"campaign": CAMPAIGN, "stage": "before"}
EVERYBODY: dict = {"to": {}, "revision": 1}
PLACES = {"990823-NYNC": ("990823", "G4", "county"), "990823-CZ": ("990823", "G4", "county")}
PLACES |= {"990881-LY": ("990881", "G7", "county"), "990800-FGW": ("990800", "G1", "city")}
UNITS = list(PLACES)
PLACES["990823-XZ"] = ("990823", "G4", "county")


def scheduled(unit: str, sequence: int = 1, **said) -> dict:
    region, group, level = PLACES[unit]
    due = [
        {"number": 1, "due_on": "2023-12-25", "state": "open"},
        {"number": 10, "due_on": "2024-01-24", "state": "open"},
    ]
    data = {"unit": unit, "group": group, "level": level, "team": "党组", "meeting_on": "2024-01-09", "aspects": due}
    place = {"campaign": CAMPAIGN, "region": said.pop("region", region), "subject": f"{CAMPAIGN}.{unit}"}
    return {**place, "sequence": sequence, "data": {**data, **said}}


@pytest.fixture
def units(db):
    """Four units of three regions are known."""
    tips_store.prepare(db)
    tips_store.remember_units(db, [scheduled(unit) for unit in UNITS])
    return db


def begun(db, draft=BEFORE, region: str | None = None) -> tips.Tip:
    return tips_store.add(db, tips.begin(DEFINITION, draft, region, OFFICE), OFFICE.at)


def published(db, tip: tips.Tip, **draft) -> tips.Version:
    asked = {**EVERYBODY, "revision": tip["revision"], **draft}
    last, units = tips_store.last(db, tip["_id"]), tips_store.addressed(db, tip, asked["to"])
    made, new = tips.publish(tip, last, asked, units, OFFICE)
    if new:
        tips_store.add_version(db, made)
        tips_store.spread(db, made, 1000)
    return made


def have(db, **wanted) -> list[str]:
    return sorted(row["unit"] for row in db.tip_receipts.find(wanted))


def signed(db, unit: str, version: int = 1) -> tips.Receipt:
    row = tips_store.receipt(db, f"{CAMPAIGN}.t.before.{unit}", {})
    changed, facts = tips.acknowledge(row, {"version": version}, LIAISON)
    return tips_store.save_receipt(db, row, changed, facts, LIAISON.at)


def hear(db) -> None:
    """What the outboxes say is heard by the doors of the letters."""
    for row in db.tip_receipts.find():
        for event in row["outbox"]:
            name = events.name_of(event)
            if name in domain.LETTERS:
                store.add(db, [domain.write(event, name)])
            store.settle(db, [(domain.matter(event), event["sequence"], event["time"])])


def waiting(db, unit: str) -> list[str]:
    rows = db.messages.find({"unit": unit, "settled_at": None})
    return [row["event"] for row in rows]


@pytest.mark.parametrize("stage", list(tip_text.STAGES))
def test_a_tip_says_requirements_days_inspection_and_key_content_of_every_aspect_of_its_stage(stage):
    text = tip_text.compose(DEFINITION, stage)
    assert [part["heading"] for part in text["sections"]] == ["工作要求", "时间节点", "检查方式", "重点内容"]
    for row in DEFINITION["checklist"]:
        named = f"{row['number']}. {row['title']['zh']}："
        told = [named in part["text"].replace("\n", "|") for part in text["sections"][1:]]
        assert told == [row["stage"] == stage] * 3, named
        if row["stage"] == stage:
            assert row["method"] in text["sections"][2]["text"] and row["evidence"] in text["sections"][3]["text"]
    contracts.check("requests/edit_tip", {**text, "revision": 1})


def test_three_tips_cover_the_twelve_aspects_and_are_numbered():
    texts = [tip_text.compose(DEFINITION, stage) for stage in tip_text.STAGES]
    assert [text["serial"] for text in texts] == ["工作提示第1号", "工作提示第2号", "工作提示第3号"]
    assert sum(len(text["sections"][2]["text"].splitlines()) for text in texts) == 12


def test_what_the_campaign_lays_down_stands_in_the_tip_and_what_it_does_not_have_is_not_spoken_of():
    policy = {**REFERENCE["policy"], "quorum": {"of": 4, "needed": 3}, "lengths": {}, "agenda": []}
    policy |= {"required_at": {"township": {"team": ["team_inspection"], "member": []}}, "addressees": []}
    waves = [{"code": "w", "title": "乡镇批次", "levels": ["township"], "held_by": "2024-01-31"}]
    campaign = {**DEFINITION, "policy": policy, "waves": waves}
    assert "四分之三以上到会" in str(tip_text.compose(campaign, "during"))
    before = tip_text.compose(campaign, "before", "township")
    assert (before["serial"], before["addressee"]) == ("工作提示第1号（乡镇级）", "各乡镇级单位")
    asked = before["sections"][0]["text"]
    assert "2024年1月31日前召开" in asked and "班子提交班子对照检查材料，审阅通过后" in asked
    assert not any(word in asked for word in ("字", "每名成员提交", "{", "None"))
    assert "以对方签收为准" not in str(tip_text.compose(campaign, "after"))


@pytest.mark.parametrize(
    ("days", "unit", "said"),
    [
        (-15, "natural", "会前15天（T-15）"),
        (0, "natural", "会议当天（T）"),
        (2, "working", "会后2个工作日（T+2，工作日）"),
    ],
)
def test_a_time_node_is_told_as_people_say_it(days, unit, said):
    assert tip_text.when({"days": days, "unit": unit}) == said


def test_whoever_has_not_seen_the_last_wording_is_told_so_and_the_same_wording_again_is_nothing(units):
    tip = begun(units)
    worded = {**tip["text"], "serial": "闽川主教提〔2023〕1号", "revision": tip["revision"]}
    saved = tips_store.save(units, tip, tips.edit(tip, worded, OFFICE), OFFICE.at)
    assert saved["text"]["serial"] == "闽川主教提〔2023〕1号" and tips.edit(saved, worded, OFFICE) == saved
    with pytest.raises(errors.Refusal, match="tip_changed"):
        tips.edit(saved, {**worded, "title": "另一个"}, OFFICE)
    assert begun(units)["text"] == saved["text"], "what was begun is not begun anew"


def test_a_published_version_is_frozen_with_its_hash_and_pressed_twice_it_is_published_once(units):
    tip = begun(units)
    made = published(units, tip)
    assert published(units, tip)["_id"] == made["_id"] and units.tip_versions.count_documents({}) == 1
    worded = {**tip["text"], "title": "改过的", "revision": tip["revision"]}
    tips_store.save(units, tip, tips.edit(tip, worded, OFFICE), OFFICE.at)
    kept = tips_store.version(units, tip["_id"], 1)
    assert kept["text"] == tip["text"] and tips.hash_of(kept) == kept["sha256"] == made["sha256"]
    assert tips.hash_of({**kept, "text": {**kept["text"], "title": "改过的"}}) != kept["sha256"]


@pytest.mark.parametrize(
    ("to", "expected"),
    [
        ({}, sorted(UNITS)),
        ({"levels": ["city"]}, ["990800-FGW"]),
        ({"regions": ["990823", "990800"], "levels": ["county"]}, ["990823-CZ", "990823-NYNC"]),
        ({"groups": ["G7"]}, ["990881-LY"]),
        ({"units": ["990881-LY", "990823-CZ"]}, ["990823-CZ", "990881-LY"]),
    ],
)
def test_it_goes_to_all_units_or_to_some_by_level_region_group_or_list(units, to, expected):
    assert published(units, begun(units), to=to)["units"] == len(expected)
    assert have(units) == expected


def test_a_tip_for_nobody_does_not_go_out(units):
    tip = begun(units)
    with pytest.raises(errors.Refusal, match="tip_for_nobody"):
        published(units, tip, to={"teams": ["常委会"]})


def test_a_countys_own_tip_and_one_of_a_level_stay_in_the_county_and_the_level(units):
    county = begun(units, BEFORE, "990823")
    published(units, county, to={"regions": ["990881", "990823"]})
    assert have(units, tip_id=f"{CAMPAIGN}.t.before.990823") == ["990823-CZ", "990823-NYNC"]
    published(units, begun(units, {**BEFORE, "level": "city"}))
    assert have(units, tip_id=f"{CAMPAIGN}.t.before.city") == ["990800-FGW"]


def test_a_newer_version_takes_the_place_of_the_older_asks_again_and_leaves_it_readable(units):
    tip = begun(units)
    published(units, tip)
    signed(units, "990823-NYNC")
    with pytest.raises(errors.Refusal, match="tip_reason_missing"):
        published(units, tip, to={"regions": ["990823"]})
    published(units, tip, to={"regions": ["990823"]}, reason="补充时限")
    row = tips_store.receipt(units, f"{CAMPAIGN}.t.before.990823-NYNC", {})
    assert (row["version"], row["state"], row["receipt"]) == (2, "unread", None)
    assert tips.had(row, 1)["receipt"]["by"] == "联络员" and tips.had(row, 1)["latest"] == 2
    assert tips_store.receipt(units, f"{CAMPAIGN}.t.before.990881-LY", {})["version"] == 1
    with pytest.raises(errors.Refusal, match="tip_replaced"):
        tips.acknowledge(row, {"version": 1}, LIAISON)
    with pytest.raises(errors.Refusal, match="not_found"):
        tips.had(row, 3)


def test_broken_off_anywhere_a_version_reaches_every_unit_once(units):
    tip = begun(units)
    made, _ = tips.publish(tip, None, EVERYBODY, 4, OFFICE)
    tips_store.add_version(units, made)
    tips_store._deliver(units, made, [tips_store.unit(units, CAMPAIGN, "990823-CZ")])
    assert [one["_id"] for one in tips_store.unspread(units)] == [made["_id"]]
    for _ in range(2):
        tips_store.spread(units, made, 1000)
    assert have(units) == sorted(UNITS) and tips_store.unspread(units) == []
    assert all(len(row["outbox"]) == 1 for row in units.tip_receipts.find())


def test_a_unit_that_comes_while_a_version_goes_out_gets_it_too(units, monkeypatch):
    tip, deliver = begun(units), tips_store._deliver
    made, _ = tips.publish(tip, None, EVERYBODY, 4, OFFICE)
    tips_store.add_version(units, made)

    def meanwhile(db, version, some) -> None:
        deliver(db, version, some)
        if some[-1]["unit"] == UNITS[-2]:
            tips_store.remember_units(db, [scheduled("990823-XZ")])

    monkeypatch.setattr(tips_store, "AT_ONCE", 1)
    monkeypatch.setattr(tips_store, "_deliver", meanwhile)
    for _ in range(2):
        for version in tips_store.unspread(units):
            tips_store.spread(units, version, 1000)
    assert have(units) == sorted(PLACES) and tips_store.unspread(units) == []
    assert all(len(row["outbox"]) == 1 for row in units.tip_receipts.find())


def test_a_unit_that_comes_later_gets_the_last_version_that_goes_to_its_like(units):
    tip = begun(units)
    published(units, tip, to={"regions": ["990823"]})
    published(units, tip, reason="全部下发")
    later = scheduled("990823-XZ")
    tips_store.remember_units(units, [later])
    for made in tips_store.unspread(units):
        tips_store.spread(units, made, 1000)
    row = tips_store.receipt(units, f"{CAMPAIGN}.t.before.990823-XZ", {})
    assert (row["version"], row["earlier"]) == (2, [])
    assert {one["version"] for one in units.tip_receipts.find()} == {2}


def test_a_unit_acknowledges_once_and_who_was_first_has_signed(units):
    published(units, begun(units))
    first = signed(units, "990823-NYNC")
    assert (first["state"], first["receipt"]["role"]) == ("acknowledged", "liaison")
    secretary = LIAISON._replace(account="secretary", role="secretary", name="书记")
    assert tips.acknowledge(first, {"version": 1, "note": "再一次"}, secretary) == (first, [])
    assert signed(units, "990823-NYNC")["revision"] == first["revision"]


def test_who_of_a_unit_has_read_it_is_remembered_once_for_each(units):
    published(units, begun(units))
    row = tips_store.receipt(units, f"{CAMPAIGN}.t.before.990823-NYNC", {})
    once = tips.open_(row, 1, LIAISON)
    assert (once["state"], [one["by"] for one in once["opened"]]) == ("opened", ["联络员"])
    assert tips.open_(once, 1, LIAISON) == once and tips.open_(once, 2, OFFICE) == once
    secretary = tips.open_(once, 1, LIAISON._replace(account="secretary", name="书记"))
    assert [one["by"] for one in secretary["opened"]] == ["联络员", "书记"]


def test_the_list_of_the_office_has_first_what_nobody_has_read_and_counts_all(units):
    published(units, begun(units))
    signed(units, "990800-FGW")
    row = tips_store.receipt(units, f"{CAMPAIGN}.t.before.990823-CZ", {})
    tips_store.save_receipt(units, row, tips.open_(row, 1, LIAISON), [], LIAISON.at)
    found = tips_store.receipts(units, {"campaign": CAMPAIGN}, {"tip_id": f"{CAMPAIGN}.t.before"})
    states = [one["state"] for one in found["rows"]]
    assert states == ["unread", "unread", "opened", "acknowledged"]
    narrowed = {"unacknowledged": "1", "campaign": CAMPAIGN}
    whole, group = (tips_store.receipts(units, within, narrowed) for within in ({}, {"group": "G4"}))
    assert (whole["total"], whole["counts"]) == (3, {"unread": 2, "opened": 1, "acknowledged": 1})
    assert (group["total"], group["counts"]) == (2, {"unread": 1, "opened": 1, "acknowledged": 0})
    by_page = [
        tips_store.receipts(units, {}, {**narrowed, "size": "2", "page": str(page)})["rows"] for page in (1, 2, 3)
    ]
    assert [one["_id"] for page in by_page for one in page] == [one["_id"] for one in whole["rows"]]
    assert [len(page) for page in by_page] == [2, 1, 0] and "outbox" not in whole["rows"][0]
    assert tips_store.receipts(units, {}, {"state": "acknowledged", "campaign": CAMPAIGN})["total"] == 1


def remind(db, hand: tips.Hand, wanted: dict | None = None, most: int = 100) -> tuple[int, ...]:
    return tuple(tips_store.remind(db, {"campaign": CAMPAIGN}, wanted or {}, hand, most).values())


def test_those_who_have_not_acknowledged_are_reminded_once_a_day_and_nobody_else(units):
    published(units, begun(units))
    signed(units, "990823-NYNC")
    assert remind(units, OFFICE, {"region": "990881"}) == (1, 0, 0)
    assert remind(units, OFFICE) == (2, 1, 0)
    assert remind(units, OFFICE) == (0, 3, 0)
    assert remind(units, OFFICE._replace(today="2023-12-06"), most=2) == (2, 0, 1)
    assert remind(units, OFFICE._replace(today="2023-12-06"), most=2) == (1, 2, 0)
    hear(units)
    reminders = units.messages.find({"event": "tip_reminded"})
    assert sorted((row["unit"], row["params"]["reminder"]) for row in reminders) == sorted(
        (unit, number) for unit in set(UNITS) - {"990823-NYNC"} for number in (1, 2)
    )


def test_a_unit_has_one_thing_to_do_until_it_acknowledges(units):
    tip = begun(units)
    published(units, tip)
    hear(units)
    assert waiting(units, "990823-NYNC") == ["tip_published"]
    remind(units, OFFICE)
    hear(units)
    assert waiting(units, "990823-NYNC") == ["tip_reminded"]
    published(units, tip, reason="改版", to={"levels": ["county"]})
    hear(units)
    assert waiting(units, "990823-NYNC") == ["tip_published"]
    signed(units, "990823-NYNC", 2)
    hear(units)
    hear(units)
    assert waiting(units, "990823-NYNC") == [] and waiting(units, "990881-LY") == ["tip_published"]


def test_where_a_unit_belongs_follows_the_newest_word_in_whatever_order_it_is_heard(units):
    published(units, begun(units))
    moved = scheduled("990823-NYNC", 5, group="G6")
    tips_store.remember_units(units, [scheduled("990823-NYNC", 3, group="G5"), moved])
    tips_store.remember_units(units, [scheduled("990823-NYNC", 4, group="G5")])
    assert tips_store.unit(units, CAMPAIGN, "990823-NYNC")["group"] == "G6"
    assert have(units, group="G6") == ["990823-NYNC"]


def test_a_unit_sees_its_own_days_of_the_aspects_the_tip_is_about(units):
    made = published(units, begun(units))
    nodes = tip_paper.nodes(made, tips_store.unit(units, CAMPAIGN, "990823-NYNC"))
    assert [(one["number"], one["due_on"]) for one in nodes] == [(1, "2023-12-25")]
    shown = tip_paper.shown_receipt(tips.had(tips_store.receipt(units, f"{CAMPAIGN}.t.before.990823-NYNC", {}), 1))
    contracts.check("documents/tip_receipt", {**shown, "of": tip_paper.shown_version(made, nodes), "nodes": nodes})
    tip = tips_store.get(units, made["tip_id"])
    contracts.check("documents/tip", tip_paper.shown(tip, made, tips_store.counts(units, {})))


def test_as_word_it_is_one_official_paper(units):
    made = published(units, begun(units))
    blocks = tip_paper.paper(made, tip_paper.nodes(made, tips_store.unit(units, CAMPAIGN, "990823-NYNC")))
    document = docx.Document(io.BytesIO(official_word.letter(blocks)))
    lines = [one.text for one in document.paragraphs]
    assert lines[:4] == ["中共闽川市委主题教育办公室", "工作提示第1号", made["text"]["title"], "各单位："]
    assert [line for line in lines if line[:2] in ("一、", "二、", "三、", "四、")][1] == "二、时间节点"
    assert lines[-3:] == ["中共闽川市委主题教育办公室", "2023年12月5日", "附：本单位时间节点"]
    assert [cell.text for cell in document.tables[0].rows[1].cells] == ["1", "会议方案报备", "2023年12月25日"]
    head, page = document.paragraphs[0].runs[0], document.sections[0]
    assert str(head.font.color.rgb) == "E60000" and abs((page.top_margin or 0) - docx.shared.Cm(3.7)) < 1000


def test_a_registry_that_is_away_is_told_as_such_and_nothing_is_drafted(secret, monkeypatch):
    monkeypatch.setenv("RECTIFY_REGISTRY_URL", "http://127.0.0.1:9")
    grant = {"role": "office", "campaign": CAMPAIGN, "scope": {"kind": "campaign", "of": CAMPAIGN}}
    asker = actor.Actor({"sub": "office", "name": "主题教育办", "grants": [grant]}, "issue_tip", "2023-12-05")
    with pytest.raises(errors.Refusal, match="service_unavailable"):
        definitions.of(asker, CAMPAIGN, None)


def test_made_anew_from_the_same_definition_nothing_changes_and_what_was_not_seen_is_not_given_up(units):
    tip = begun(units)
    assert tips.renew(tip, DEFINITION, 99, OFFICE) == tip
    revised = {**DEFINITION, "version": 4}
    with pytest.raises(errors.Refusal, match="tip_changed"):
        tips.renew(tip, revised, 99, OFFICE)
    assert tips.renew(tip, revised, tip["revision"], OFFICE)["definition"] == 4
