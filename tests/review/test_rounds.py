"""Rounds: what the last verdict asked is answered, found again in the new text, and confirmed or asked once more."""

from typing import Any

import pytest

from services.review import domain, flags, reading, recalling, rounds, store
from services.spine import contracts, errors

AT, MATERIAL = "2026-03-01T08:00:00.000Z", "c.990823-NYNC.speech_outline.02"
READER = domain.Reader("r1", "督导员", AT, "2026-03-01")
ASKED = {"id": f"{MATERIAL}.v1.measures", "standard": "measures", "reason": "没有写日期", "quotation": "尽快补上"}
VERDICT = {"outcome": "returned", "at": AT, "comments": [{**ASKED, "paragraph": 2, "would_pass": "写明日期"}]}

WITHIN = {"days": 2, "unit": "working"}
PASSED = {code: {"passed": True, "reason": ""} for code in domain.STANDARDS}
JUDGED = {**VERDICT, "by": "督导员", "by_account": "r1", "due_on": "2026-03-03"}


def text(*lines):
    return [{"n": n, "text": line, "heading": None, "table": False} for n, line in enumerate(lines, 1)]


def review(version, **known):
    places = {"campaign": "c", "unit": "990823-NYNC", "region": "990823", "group": "G4", "kind": "speech_outline"}
    ids = {"_id": f"{MATERIAL}.v{version}", "review_id": f"{MATERIAL}.v{version}", "material_id": MATERIAL}
    fresh = {"state": "prechecked", "meeting_on": None, "verdict": None, "refusal": None, "submitted_at": AT}
    begun: dict[str, Any] = {**reading.BESIDE, "post": "02", "paragraphs": text("一、整改措施", "尽快补上台账。")}
    return {**ids, **places, **fresh, **begun, "version": version, **known}


def withdraw(one, level):
    found = rounds.given(one, level)
    return rounds.withdraw(one, found, READER, "看错了", 1, as_high=True, meeting_held=False)


def test_a_level_that_passed_and_handed_on_reads_once_and_takes_it_back_by_name_before_anything_else():
    """Who is above reads on what stands; a second click takes nothing more back, and each keeps its own reading."""
    by = {level: domain.Round(level, WITHIN, 1) for level in ("secretary", "group")}
    failed = {**PASSED, "measures": {"passed": False, "reason": "没有写日期"}}
    first = review(1, levels=["secretary", "group"])
    handed_on, _ = domain.give_verdict(first, PASSED, READER, by["secretary"])
    for standards in (PASSED, failed):
        with pytest.raises(errors.Refusal, match="level_done"):
            domain.give_verdict(handed_on, standards, READER, by["secretary"])

    judged, _ = domain.give_verdict(handed_on, failed, READER, by["group"])  # in the same millisecond
    with pytest.raises(errors.Refusal, match="not_judged"):
        withdraw(judged, "secretary")
    open_again, (said,) = withdraw(judged, None)
    assert (said.name, open_again["readings"]) == ("verdict_withdrawn", handed_on["readings"])
    with pytest.raises(errors.Refusal, match="not_judged"):
        withdraw(open_again, None)
    fresh, (said,) = withdraw(open_again, "secretary")
    assert (said.name, said.data["level"], fresh["readings"]) == ("reading_withdrawn", "secretary", [])
    assert [one["level"] for one in fresh["withdrawn"]] == ["group", "secretary"]
    with pytest.raises(errors.Refusal, match="not_judged"):
        withdraw(fresh, "secretary")
    with pytest.raises(errors.Refusal, match="level_missing"):
        domain.give_verdict(fresh, PASSED, READER, by["group"])


def test_the_first_responsible_persons_own_outline_starts_at_the_group(db):
    """Nobody passes what he wrote himself; everybody else's is read by him first."""
    posts = [{"post": "01", "role": "secretary"}, {"post": "02", "role": "member"}]
    said = {"unit": "990823-NYNC", "meeting_on": "2026-03-20", "group": "G4", "posts": posts}
    store.remember_meeting(db, {"campaign": "c", "region": "990823", "sequence": 1, "data": said})
    campaign = {"reading": {"levels": {"speech_outline": ["secretary", "group"]}}}
    data = {"unit": "990823-NYNC", "group": "G4", "kind": "speech_outline", "version": 1, "sha256": "a", "media": "x"}
    begun = {}
    for post in ("01", "02"):
        event = {"campaign": "c", "region": "990823", "time": AT, "data": {**data, "post": post, "material_id": post}}
        one = domain.begin(event, store.meetings(db, [event])["c.990823-NYNC"], campaign)
        begun[post] = (one["levels"], one["meeting_on"])
    assert begun == {"01": (["group"], "2026-03-20"), "02": (["secretary", "group"], "2026-03-20")}


def test_what_was_handed_in_meanwhile_and_not_read_answers_no_comment(db):
    """A second version right after the first hides no comment, and is no round that was read."""
    store.prepare(db)
    unread = review(2, state="superseded")
    newest = review(3)
    db.reviews.insert_many([review(1, state="judged", verdict=VERDICT), unread, newest])

    former = store.former(db, newest)

    assert former is not None and former["version"] == 1
    assert [one["id"] for one in rounds.owed(former)] == [ASKED["id"]]
    with pytest.raises(errors.Refusal, match="responses_undecided") as no:
        rounds.respond(newest, former, {}, READER)
    assert [one["code"] for one in no.value.errors] == ["response_undecided"]
    assert store.rounds(db, [newest, review(1)]) == {newest["_id"]: 2, review(1)["_id"]: 1}
    assert not rounds.talk_needed(2, former, 2, []), "the talk comes after two rounds that were read"
    assert rounds.talk_needed(3, former, 2, [])
    assert not rounds.talk_needed(3, former, 2, [{"at": "2026-03-02T08:00:00.000Z"}])
    assert store.former(db, review(1)) is None


@pytest.mark.parametrize(
    ("now", "place"),
    [
        ({"state": "moved", "paragraph": 4, "quotation": "尽快补上"}, (4, "尽快补上")),
        ({"state": "changed", "paragraph": 3, "quotation": "近期补上"}, (3, "近期补上")),
        ({"state": "lost", "paragraph": None, "quotation": None}, (None, "尽快补上")),
    ],
)
def test_a_comment_that_is_asked_again_keeps_its_words_and_stands_where_the_passage_stands_now(now, place):
    """The author reads what was asked and why it is asked again; the next round looks from the right place."""
    said = {"confirmed": False, "reason": "仍没有日期", "by": "督导员", "at": AT}
    second = review(2, carried=[{"id": ASKED["id"], "now": now}], responses={ASKED["id"]: said})

    (again,) = rounds.reopened(second, review(1, verdict=VERDICT))

    assert again["reason"] == "没有写日期\n仍没有日期"
    assert (again["paragraph"], again["quotation"]) == place
    assert (again["id"], again["reopens"]) == (f"{MATERIAL}.v2.r1", ASKED["id"])


def test_what_the_secretary_sends_back_takes_the_group_s_open_comments_along(db):
    """The secretary confirms nothing, so nothing is over: the group meets its comment again on the third version."""
    store.prepare(db)
    known = {"levels": ["secretary", "group"], "structure": []}
    passed = {code: {"passed": True, "reason": ""} for code in domain.STANDARDS}
    first, second, third = review(1, verdict=VERDICT), review(2, **known), review(3, **known)
    now = domain.Round("secretary", WITHIN, 2, reopened=tuple(rounds.reopened(second, first)))

    handed_on, facts = domain.give_verdict(second, passed, READER, now)
    assert (handed_on["verdict"], [fact.name for fact in facts]) == (None, ["reading_passed"])
    with pytest.raises(errors.Refusal, match="reopened_but_passed"):
        domain.give_verdict(handed_on, passed, READER, now._replace(level="group"))

    back, (said,) = domain.give_verdict(
        second, {**passed, "causes": {"passed": False, "reason": "原因写得浅"}}, READER, now
    )
    causes, asked = back["verdict"]["comments"]
    assert (asked["reopens"], asked["reason"], asked["standard"]) == (ASKED["id"], "没有写日期", "measures")
    assert said.data["comments"] == [causes["id"], asked["id"]]
    db.reviews.insert_many([first, back, third])
    with pytest.raises(errors.Refusal, match="responses_undecided") as no:
        rounds.respond(third, store.former(db, third), {causes["id"]: {"confirmed": True}}, READER)
    assert [one["pointer"] for one in no.value.errors] == [f"/responses/{asked['id']}"]


def test_a_note_stands_at_a_passage_that_is_there():
    """A number that is no paragraph leads nowhere; a quotation finds its paragraph, and not in another one."""
    for anchor, code in (
        ({"paragraph": 9}, "paragraph_not_in_text"),
        ({"quotation": "没有的话"}, "quotation_not_in_text"),
        ({"paragraph": 1, "quotation": "尽快补上"}, "quotation_not_in_text"),
    ):
        with pytest.raises(errors.Refusal, match=code):
            rounds.note(review(1), {"text": "何时？", "anchor": anchor}, READER)

    _, kept = rounds.note(review(1), {"text": "何时？", "anchor": {"quotation": "尽快补上"}}, READER)
    assert kept["anchor"]["paragraph"] == 2
    _, unread = rounds.note(review(1, paragraphs=[]), {"text": "何时？", "anchor": {"paragraph": 9}}, READER)
    assert unread["anchor"]["paragraph"] == 9


def test_what_a_verdict_asks_stands_at_its_paragraph_and_node_from_the_first_round_on():
    """Words typed by hand find both; a paragraph or a node that is not there is refused, in verdicts as in notes."""
    nodes = [
        {"id": "measure-1", "paragraphs": [2], "text": "尽快补上台账。"},
        {"id": "closing", "paragraphs": [1, 2], "text": "一、整改措施\n尽快补上台账。"},
    ]
    first, group = review(1, levels=["group"], structure=nodes), domain.Round("group", WITHIN, 1)
    passed: dict[str, Any] = {code: {"passed": True} for code in domain.STANDARDS}

    for where, place in (
        ({"quotation": " 尽快补上"}, (2, "measure-1")),
        ({"paragraph": 1}, (1, "closing")),
        ({"node": "measure-1"}, (2, "measure-1")),
        ({"quotation": "尽快", "node": "closing"}, (2, "closing")),
        ({}, (None, None)),
    ):
        failed = {**passed, "measures": {"passed": False, "reason": "没有写日期", **where}}
        noted, _ = rounds.note(first, {"text": "何时？", "anchor": where}, READER)
        changed, _ = domain.give_verdict(noted, failed, READER, group)
        assert [(each["paragraph"], each["node"]) for each in changed["verdict"]["comments"]] == [place, place]

    for where, code in ({"paragraph": 99}, "paragraph_not_in_text"), ({"node": "zzz"}, "node_not_in_text"):
        failed = {**passed, "measures": {"passed": False, "reason": "没有写日期", **where}}
        with pytest.raises(errors.Refusal, match=code) as no:
            domain.give_verdict(first, failed, READER, group)
        assert no.value.errors[0]["pointer"] == f"/standards/measures/{next(iter(where))}"
        with pytest.raises(errors.Refusal, match=code):
            rounds.note(first, {"text": "何时？", "anchor": where}, READER)


def test_how_long_a_text_is_is_counted_without_blanks_and_stands_beside_what_the_campaign_asks():
    """It is told and not refused; a campaign that asks for nothing has no measure."""
    places = {"material_id": MATERIAL, "unit": "990823-NYNC", "group": "G4", "kind": "speech_outline", "post": "02"}
    said = {**places, "version": 1, "sha256": "a", "media": "text/plain"}
    event = {"campaign": "c", "region": "990823", "time": AT, "data": said}
    found = {"paragraphs": text("一、 整改措施", "尽快\u3000补上 台账。"), "findings": []}
    for campaign, most in (({"lengths": {"speech_outline": 9}}, 9), ({}, None)):
        changed, facts = domain.prechecked(domain.begin(event, None, campaign), found)
        assert (changed["characters"], changed["most_characters"]) == (13, most)
        assert facts[0].data["fails"] == []


def test_another_round_of_a_material_is_read_by_the_version_of_the_campaign_the_material_began_with(db):
    """Of a material that names no version, or one not known here, by what is in force."""
    for version, most in ((1, 3000), (2, 2000)):
        data = {"aspects": [], "version": version, "lengths": {"speech_outline": most}}
        store.remember_campaign(db, {"campaign": "c", "sequence": version, "data": data})

    told = [{"campaign": "c", "data": begun} for begun in ({"definition": 1}, {"definition": 2}, {"definition": 3}, {})]
    read = [one and (one["version"], one["lengths"]["speech_outline"]) for one in store.campaigns(db, told)]
    assert read == [(1, 3000), (2, 2000), (2, 2000), (2, 2000)]
    assert store.campaigns(db, [{"campaign": "d", "data": {}}]) == [None]


def test_whatever_is_said_of_a_work_secret_says_that_it_is_one():
    """A subscriber that is not told of work secrets hears neither of the reading nor of the verdict."""
    known = {"secrecy": "work_secret", "levels": ["secretary", "group"], "meeting_on": "2026-03-20"}
    one, judged = review(1, **known), review(1, **known, state="judged", verdict=JUDGED)
    failed = {**PASSED, "measures": {"passed": False, "reason": "没有写日期"}}
    by_secretary = domain.Round("secretary", WITHIN, 1)
    said = [
        *domain.prechecked({**one, "state": "waiting"}, {"findings": [], "fails": [], "near_copies": []})[1],
        *domain.give_verdict(one, PASSED, READER, by_secretary)[1],
        *domain.give_verdict(one, failed, READER, by_secretary)[1],
        *flags.add(one, {"source": "figures", "version": "1", "findings": []}, "checker", AT)[1],
        *withdraw(judged, None)[1],
        *withdraw(domain.give_verdict(one, PASSED, READER, by_secretary)[0], "secretary")[1],
        *rounds.extend(judged, {"due_on": "2026-03-09", "reason": "出差"}, READER, 1, office=True)[1],
        *recalling.recall(one, "missing")[1],
        *recalling.destroy(one, None)[1],
    ]
    for fact in said:
        contracts.check(f"events/{fact.name}", fact.data)
    of_readings = {"material_prechecked", "reading_passed", "verdict_issued", "material_flagged", "verdict_withdrawn"}
    of_readings |= {"reading_withdrawn", "answer_extended", "withdrawal_decided", "secrecy_found"}
    assert {fact.name: fact.data["secrecy"] for fact in said} == dict.fromkeys(of_readings, "work_secret")


def test_the_pre_check_knows_the_meeting_s_day_and_the_last_one_for_all_meetings(db):
    said = {"aspects": [], "all_meetings_held_by": "2026-04-01", "version": 1}
    store.remember_campaign(db, {"campaign": "c", "data": said, "sequence": 1})
    begun = review(1, meeting_on="2026-03-20")
    assert domain.plan(begun, store.begun_with(db, begun)) == {"meeting_on": "2026-03-20", "last_on": "2026-04-01"}


def test_notes_on_a_version_that_was_overtaken_unread_stand_in_the_next_as_their_readers_own(db):
    """Each with its place and node there, or its words where that is lost; once, and nobody has begun to read by it."""
    store.prepare(db)
    first = review(1)
    for draft in ("尽快补上", "一、整改措施"), ("由谁补？", "尽快补上台账。"):
        first, _ = rounds.note(first, {"text": draft[0], "anchor": {"quotation": draft[1]}}, READER)
    second = review(2, state="waiting", paragraphs=[], structure=[], findings=[], fails=[], near_copies=[])
    db.reviews.insert_many([{**first, "state": "superseded"}, second])
    new = text("前言", "由我在三月底前重新核对全部账目。", "尽快补上台账。")
    node = {"id": "n7", "paragraphs": [3], "text": "尽快补上台账。"}

    found = {"paragraphs": new, "structure": [node], "findings": [], "fails": [], "near_copies": []}
    changed, _ = domain.prechecked(second, found, store.former(db, second), store.noted(db, second))

    lost, kept = changed["notes"]
    early, mine = rounds.note(second, {"text": "先问一句", "anchor": {}}, READER)
    beside, _ = domain.prechecked(early, found, None, [first])
    assert beside["notes"][0] == mine and len({note["id"] for note in beside["notes"]}) == 3
    assert (kept["text"], kept["by_account"], kept["of"]) == ("由谁补？", "r1", f"{MATERIAL}.v1.n2")
    assert (kept["id"], kept["anchor"]) == (
        f"{MATERIAL}.v2.n2",
        {"paragraph": 3, "node": "n7", "quotation": "尽快补上台账。"},
    )
    assert (lost["state"], lost["anchor"]) == ("lost", {"paragraph": None, "node": None, "quotation": "一、整改措施"})
    assert not reading.as_the_author_sees_it(changed)["notes"]
    assert recalling.recall(changed, "missing")[0]["state"] == "recalled"
    withdrawn = rounds.withdraw_note(changed, lost["id"], READER)
    again, _ = domain.prechecked(domain.once_more(withdrawn), found, None, [first])
    assert again["notes"] == [kept], "what was taken back does not come back"


def test_what_a_verdict_said_is_not_noted_again_and_remarks_that_ask_nothing_are_kept(db):
    first, asked = rounds.note(review(1), {"text": "何时？", "anchor": {}}, READER)
    first, remark = rounds.note(first, {"text": "下次看台账", "anchor": {}, "must_answer": False}, READER)
    failed = {code: {"passed": code != "measures", "reason": "没有写日期"} for code in domain.STANDARDS}
    judged, _ = domain.give_verdict({**first, "levels": ["group"]}, failed, READER, domain.Round("group", WITHIN, 1))
    assert asked["id"] in {comment["id"] for comment in judged["verdict"]["comments"]}
    (left,) = domain.carried_notes({**review(2), "structure": []}, judged)
    assert (left["of"], left["state"]) == (remark["id"], "kept")


def test_notes_reach_the_version_after_one_that_was_overtaken_before_its_pre_check(db):
    """With what was noted on that one meanwhile; what was taken back on a version that was pre-checked stays so."""
    store.prepare(db)
    early: dict[str, Any] = {"paragraphs": [], "structure": [], "findings": [], "fails": [], "near_copies": []}
    first, _ = rounds.note(review(1), {"text": "由谁补？", "anchor": {"quotation": "尽快补上"}}, READER)
    second, _ = rounds.note(review(2, state="waiting", **early), {"text": "先问一句", "anchor": {}}, READER)
    third = review(3, state="waiting", **early)
    db.reviews.insert_many([{**first, "state": "superseded"}, domain.supersede(second), third])

    found = {**early, "paragraphs": text("前言", "尽快补上台账。")}
    changed, _ = domain.prechecked(third, found, None, store.noted(db, third))

    assert [(note["text"], note["anchor"]["paragraph"]) for note in changed["notes"]] == [
        ("由谁补？", 2),
        ("先问一句", None),
    ]
    assert [note["id"] for note in changed["notes"]] == [f"{MATERIAL}.v3.n1", f"{MATERIAL}.v3.n2"]
    read = rounds.withdraw_note(rounds.withdraw_note(changed, f"{MATERIAL}.v3.n1", READER), f"{MATERIAL}.v3.n2", READER)
    db.reviews.replace_one({"_id": third["_id"]}, domain.supersede(read))
    assert store.noted(db, review(4)) == []


def test_the_talk_that_is_owed_is_held_after_the_verdict_and_each_one_is_kept(db):
    """Not typed in after it from long before; the same words twice are one talk, other words or another verdict two."""
    said = {"on": "2026-03-01", "with_post": "02", "agreed": "逐条补写"}
    for on, code in (("2026-02-28", "talk_before_verdict"), ("2026-03-02", "day_in_future")):
        with pytest.raises(errors.Refusal, match=code):
            rounds.talk(review(3), {**said, "on": on}, READER, AT, "2026-03-01")

    later = READER._replace(at="2026-03-01T09:00:00.000Z")
    first = rounds.talk(review(3), said, READER, None, "")
    others = ({**said, "agreed": "逐条补写，写明日期"}, AT), (said, AT), (said, AT)
    told = [first, *(rounds.talk(review(3), draft, later, at, "2026-03-01") for draft, at in others)]
    kept = [store.keep_talk(db, talk) for talk in (*told, rounds.talk(review(3), said, later, None, ""))]

    assert kept[-1] == first, "what is answered is what is kept"
    assert sorted(talk["at"] for talk in store.talks(db, MATERIAL)) == [AT, later.at, later.at]
    contracts.check("documents/talk", first)
