"""The column: two people release exactly what was read, nothing with a name in it, and what is withdrawn is gone."""

import io
import struct
import zipfile
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.notification import column, column_drafts, column_package, column_store, column_views, picture
from services.spine import contracts, errors

AT = "2024-01-10T02:00:00.000Z"
ONE, TWO = column.Hand("office-1", "王建国", AT), column.Hand("office-2", "李明", AT)
OUTLINE = contracts.documents()["documents/meeting_outline"]["examples"][0]
NAMES = ["王建国", "李明"]
PARTS, STEPS = st.sampled_from(["title", "text"]), st.sampled_from(["first", "second"])


def event(name: str = "meeting_held", unit: str = "990823-NYNC", **said) -> dict:
    data = {**contracts.documents()[f"events/{name}"]["examples"][0], "unit": unit, **said}
    place = {"campaign": "minchuan-2023-theme", "region": unit[:6]}
    return {"id": f"{name}:{unit}", "type": f"rectify.{name}", "time": AT, "sequence": 1, **place, "data": data}


DRAFT = column_drafts.draft(event(), OUTLINE)


def released(article: column.Article = DRAFT) -> column.Article:
    for step, hand in (("first", ONE), ("second", TWO)):
        article, _ = column.release(article, step, column.hash_of(article), NAMES, hand)
    return article


def test_a_draft_tells_the_unit_the_day_the_counts_and_the_agenda_and_could_be_released_as_it_is():
    assert DRAFT["title"] == "青溪县农业农村局召开专题民主生活会"
    assert DRAFT["text"] == (
        "2024年1月9日，青溪县农业农村局召开专题民主生活会。班子成员应到7人，实到6人，符合规定人数。\n"
        "会议依次进行：通报上次民主生活会整改情况。"
    )
    assert DRAFT["removed"] == [] and column.unfit(DRAFT, NAMES) == []
    contracts.check("documents/article", column_views.shown(DRAFT, []))


def test_two_people_release_exactly_what_was_read_and_the_second_says_so():
    read = column.hash_of(DRAFT)
    first, told = column.release(DRAFT, "first", read, NAMES, ONE)
    assert (first["state"], told) == ("first", [])
    second, told = column.release(first, "second", read, NAMES, TWO)
    assert (second["state"], [fact.name for fact in told]) == ("released", ["column_released"])
    contracts.check("events/column_released", dict(told[0].data))
    contracts.check("documents/column_article", column_views.public(second))


def test_one_person_never_releases_alone_and_a_second_click_changes_nothing():
    first, _ = column.release(DRAFT, "first", column.hash_of(DRAFT), NAMES, ONE)
    assert column.release(first, "first", column.hash_of(first), NAMES, ONE) == (first, [])
    with pytest.raises(errors.Refusal, match="article_second_person"):
        column.release(first, "second", column.hash_of(first), NAMES, ONE)
    with pytest.raises(errors.Refusal, match="article_not_so"):
        column.release(first, "first", column.hash_of(first), NAMES, TWO)
    with pytest.raises(errors.Refusal, match="article_not_so"):
        column.release(DRAFT, "second", column.hash_of(DRAFT), NAMES, TWO)


def test_an_edit_after_the_first_release_makes_it_stale():
    first, _ = column.release(DRAFT, "first", column.hash_of(DRAFT), NAMES, ONE)
    edited = column.edit(first, {"title": first["title"], "text": "会议顺利。"}, NAMES, TWO)
    assert (edited["state"], edited["releases"], edited["history"][-1]["what"]) == ("draft", [], "release_lost")
    with pytest.raises(errors.Refusal, match="article_read_otherwise"):
        column.release(edited, "first", column.hash_of(first), NAMES, ONE)
    assert column.edit(first, {"title": first["title"], "text": first["text"]}, NAMES, TWO) == first


@settings(deadline=None)
@given(PARTS, st.sampled_from(NAMES), STEPS, st.integers(0, 9))
def test_a_text_with_a_name_in_it_is_never_released(part, name, step, place):
    words = {"title": "某局召开会议", "text": "会议召开，大家发言。"}
    words[part] = words[part][:place] + name + words[part][place:]
    article = column.edit(DRAFT, words, [], ONE)
    article = {**article, "state": "draft" if step == "first" else "first"}
    with pytest.raises(errors.Refusal, match="article_unfit") as refusal:
        column.release(article, step, column.hash_of(article), NAMES, TWO)
    assert {place["pointer"] for place in refusal.value.errors} == {f"/{part}"}
    scrubbed = column.edit(article, {**words, "scrub": True}, NAMES, ONE)
    assert column.unfit(scrubbed, NAMES) == [] and name in [one["words"] for one in scrubbed["removed"]]


COMMENTED = {"zh": "督导组组长林守正同志点评", "en": "The group's leader comments"}
ENGLISH = {"zh": "督导组组长点评", "en": "Comments by 林守正"}


@pytest.mark.parametrize("step", [COMMENTED, ENGLISH])
def test_a_step_of_the_agenda_that_names_somebody_is_in_no_draft_nor_on_the_public_page(step):
    named = {**OUTLINE, "agenda": [*OUTLINE["agenda"], step]}
    made = column_drafts.draft(event(), named)
    if step is COMMENTED:
        assert made["facts"]["agenda"] == OUTLINE["agenda"] and "林守正" in str(made["removed"])
        assert made["text"] == DRAFT["text"]
        assert column_drafts.plan(made, event("plan_decided"))["removed"] == made["removed"]
    as_before = {**made, "facts": {**made["facts"], "agenda": named["agenda"]}}
    with pytest.raises(errors.Refusal, match="article_unfit") as refusal:
        column.release(as_before, "first", column.hash_of(as_before), ["林守正"], ONE)
    assert {(place["pointer"], place["paragraph"]) for place in refusal.value.errors} == {("/facts/agenda", 2)}
    fit = column.edit(as_before, {"title": made["title"], "text": "会议召开。", "scrub": True}, ["林守正"], ONE)
    assert "林守正" not in str(column_views.public(released(fit)))
    assert fit["facts"]["agenda"] == OUTLINE["agenda"]


@pytest.mark.parametrize(("part", "pointer"), [("publisher", "/publisher"), ("kind", "/facts/kind")])
def test_whoever_is_named_as_publisher_or_in_the_meetings_name_is_taken_out_too(part, pointer):
    made = column_drafts.draft(event(), {**OUTLINE, part: f"{OUTLINE[part]}（林守正）"})
    assert pointer in {place["pointer"] for place in column.unfit(made, ["林守正"])}
    words = {"title": "短讯", "text": "会议召开。", "scrub": True}
    fit = column.edit(made, words, ["林守正"], ONE)
    assert column.unfit(fit, ["林守正"]) == [] and "林守正" not in str(column_views.public(released(fit)))


def test_a_corrected_meeting_flags_the_article_and_its_numbers_are_new_until_it_is_released():
    first, _ = column.release(DRAFT, "first", column.hash_of(DRAFT), NAMES, ONE)
    told = event("meeting_corrected")
    corrected = column_drafts.correct(first, told)
    assert (corrected["state"], corrected["releases"]) == ("draft", [])
    assert "实到5人" in corrected["text"] and corrected["flagged"]["number"] == 1
    assert column_drafts.correct(corrected, told) == corrected, "heard twice"
    seen = column.edit(corrected, {"title": corrected["title"], "text": corrected["text"]}, NAMES, ONE)
    assert seen["flagged"] is None
    public = column_drafts.correct(released(), told)
    assert "实到6人" in public["text"] and (public["state"], public["flagged"]["present"]) == ("released", 5)


def test_what_somebody_wrote_stays_when_the_meeting_is_corrected():
    written = column.edit(DRAFT, {"title": "短讯", "text": "会议召开。"}, NAMES, ONE)
    corrected = column_drafts.correct(written, event("meeting_corrected"))
    assert (corrected["text"], corrected["facts"]["present"]) == ("会议召开。", 5)


def test_measures_are_counted_once_the_plan_is_approved():
    planned = column_drafts.plan(DRAFT, event("plan_decided"))
    assert planned["text"].endswith("列入整改方案的问题共6项，逐项明确了整改措施。")
    later = column_drafts.plan(released(), event("plan_decided"))
    assert column_views.public(later) == column_views.public(released())


def test_a_withdrawn_article_says_so_and_any_other_state_is_not_there():
    gone, told = column.withdraw(released(), "会议登记已更正", ONE)
    assert [fact.name for fact in told] == ["column_withdrawn"]
    assert column.withdraw(gone, "再点一次", ONE) == (gone, [])
    first, _ = column.release(DRAFT, "first", column.hash_of(DRAFT), NAMES, ONE)
    for article, code in ((DRAFT, "not_found"), (first, "not_found"), (gone, "article_gone")):
        with pytest.raises(errors.Refusal, match=code):
            column_views.public(article)
    with pytest.raises(errors.Refusal, match="article_not_so"):
        column.withdraw(DRAFT, "不发了", ONE)
    with pytest.raises(errors.Refusal, match="article_not_so"):
        column.edit(gone, {"title": "再来", "text": "再来"}, NAMES, ONE)


def test_after_a_withdrawal_another_draft_has_the_numbers_that_hold_now_and_is_released_by_two_as_any_is():
    written = column.edit(DRAFT, {"title": "短讯", "text": "会议召开。"}, NAMES, ONE)
    public = column_drafts.plan(
        column_drafts.correct(released(written), event("meeting_corrected")), event("plan_decided")
    )
    with pytest.raises(errors.Refusal, match="article_not_so"):
        column_drafts.redraft(public, ONE)
    gone, _ = column.withdraw(public, "会议登记已更正", ONE)
    again = column_drafts.redraft(gone, ONE)
    assert (again["article_id"], again["follows"]) == (DRAFT["article_id"][:-1] + "2", DRAFT["article_id"])
    assert again["title"] == DRAFT["title"] and "实到5人" in again["text"] and "共6项" in again["text"]
    assert (again["state"], again["releases"], again["flagged"], again["released_at"]) == ("draft", [], None, None)
    assert column_drafts.correct(again, event("meeting_corrected")) == again, "heard once more"
    assert column_views.public(released(again))["article_id"] == again["article_id"]
    contracts.check("documents/article", column_views.shown(again, []))
    with pytest.raises(errors.Refusal, match="article_gone"):
        column_views.public(gone)


def test_the_latest_draft_of_a_meeting_is_the_one_that_hears_of_it_the_tenth_too(db):
    column_store.prepare(db)
    article = DRAFT
    for number in range(1, 11):
        column_store.add(db, article, AT)
        column_store.add(db, {**article, "title": "again"}, AT)
        latest = column_store.latest(db, article["campaign"], article["unit"]) or {}
        assert (latest["number"], latest["title"]) == (number, DRAFT["title"])
        assert column_store.follows(db, article) is None
        gone, _ = column.withdraw(released(article), "重来", ONE)
        article = column_drafts.redraft(gone, ONE)
    assert column_store.follows(db, DRAFT) == DRAFT["article_id"][:-1] + "2"


PICTURE = {"sha256": "a" * 64, "media": "image/jpeg", "caption": "会议现场"}


def test_of_two_who_write_at_once_the_second_is_told():
    words = {"title": "短讯", "text": "会议召开。", "hash": column.hash_of(DRAFT)}
    edited = column.edit(DRAFT, words, NAMES, ONE)
    assert column.edit(edited, words, NAMES, ONE) == edited, "a second click"
    with pytest.raises(errors.Refusal, match="changed_meanwhile"):
        column.edit(edited, {**words, "text": "会议顺利召开。"}, NAMES, TWO)


def test_pictures_are_part_of_what_is_released_and_their_captions_name_nobody():
    first, _ = column.release(DRAFT, "first", column.hash_of(DRAFT), NAMES, ONE)
    pictured = column.illustrate(first, PICTURE, TWO)
    assert (pictured["state"], pictured["releases"]) == ("draft", [])
    assert column.hash_of(pictured) != column.hash_of(first)
    assert column.illustrate(pictured, PICTURE, TWO)["pictures"] == [PICTURE]
    named = column.illustrate(pictured, {**PICTURE, "caption": "李明发言"}, TWO)
    with pytest.raises(errors.Refusal, match="article_unfit") as refusal:
        column.release(named, "first", column.hash_of(named), NAMES, ONE)
    assert {place["pointer"] for place in refusal.value.errors} == {"/pictures/0"}
    for number in range(column.MOST_PICTURES - 1):
        pictured = column.illustrate(pictured, {**PICTURE, "sha256": f"{number}"}, TWO)
    with pytest.raises(errors.Refusal, match="too_many_pictures"):
        column.illustrate(pictured, {**PICTURE, "sha256": "b"}, TWO)
    assert column.remove_picture(named, "a" * 64, ONE)["pictures"] == []
    with pytest.raises(errors.Refusal, match="article_not_so"):
        column.remove_picture({**released(), "pictures": [PICTURE]}, "a" * 64, ONE)
    with pytest.raises(errors.Refusal, match="not_found"):
        column_views.picture_of(released(), "a" * 64)


def test_nothing_public_names_who_wrote_or_released_it():
    told = str(column_views.public(released()))
    assert not any(word in told for hand in (ONE, TWO) for word in (hand.account, hand.by))


def test_the_package_is_the_same_each_time_and_its_cover_and_page_are_whole():
    public = column_views.public(released())
    packed = column_package.zipped({**public, "title": "<某局> & 某县"})
    assert packed == column_package.zipped({**public, "title": "<某局> & 某县"})
    with zipfile.ZipFile(io.BytesIO(packed)) as package:
        assert package.namelist() == ["正文.txt", "正文.html", "封面.svg", "封面.png"]
        drawn = package.read("封面.png")
        assert picture.plain(drawn) == (drawn, "image/png") and struct.unpack(">II", drawn[16:24]) == (900, 383)
        assert "".join(ElementTree.fromstring(package.read("封面.svg")).itertext()).startswith("<某局> & 某县")
        assert "&lt;某局&gt; &amp; 某县" in package.read("正文.html").decode()
    pictured = {**public, "pictures": [PICTURE, {**PICTURE, "caption": "<会后> & 合影"}]}
    with zipfile.ZipFile(io.BytesIO(column_package.zipped(pictured, [b"seen", b"after"]))) as package:
        assert package.read("图片1.jpg") == b"seen" and "（图片1：会议现场）" in package.read("正文.txt").decode()
        page = package.read("正文.html").decode()
        assert page.index("</p>") < page.index("（图片1：会议现场）") < page.index("（图片2：&lt;会后&gt; &amp; 合影）")
        assert page.index("（图片2") < page.index("来源：")


def test_the_files_of_a_package_bear_the_day_of_the_campaign():
    early = {**column_views.public(released()), "released_at": "2024-01-10T17:10:00.000Z"}
    with zipfile.ZipFile(io.BytesIO(column_package.zipped(early))) as package:
        assert {one.date_time[:3] for one in package.infolist()} == {(2024, 1, 11)}


def test_everybody_is_given_released_articles_only_the_latest_first_and_by_region(db):
    column_store.prepare(db)
    units = ["990823-A", "990823-B", "990881-A", "990881-B"]
    for day, unit in enumerate(units, 1):
        draft = column_drafts.draft(event(unit=unit), {**OUTLINE, "unit_name": unit})
        column_store.add(db, draft, AT)
        column_store.add(db, {**draft, "title": "again"}, AT)
        found = column_store.get(db, draft["_id"])
        if unit != "990881-B":
            public = {**released(found), "released_at": f"2024-01-1{day}T00:00:00.000Z"}
            column_store.save(db, found, (public, []), AT)
    listed = column_store.released(db, {"size": "2"})
    contracts.check("documents/column_list", listed)
    assert [row["unit_name"] for row in listed["rows"]] == ["990881-A", "990823-B"] and listed["total"] == 3
    assert [(one["region_code"], one["count"]) for one in listed["regions"]] == [("990823", 2), ("990881", 1)]
    assert [row["unit_name"] for row in column_store.released(db, {"region": "990881"})["rows"]] == ["990881-A"]
    office = column_store.listed(db, {"campaign": "minchuan-2023-theme", "region": "990881"}, {})
    contracts.check("documents/article_list", office)
    assert office["total"] == 2 and office["states"] == {"draft": 1, "first": 0, "released": 1, "withdrawn": 0}
    with pytest.raises(errors.Refusal, match="not_found"):
        column_store.get(db, "minchuan-2023-theme.990881-A.a1", {"campaign": "minchuan-2023-theme", "region": "990823"})
