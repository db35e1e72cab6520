"""The rules of heart-to-heart talks: what is owed, what counts, who sees what."""

import concurrent.futures
from functools import partial

import pytest

from services.intake import coverage, store, talk_readers, talks, talks_store
from services.spine import mongo
from services.spine.errors import Refusal

PLAN = {
    "campaign": "a-campaign",
    "unit": "990823-NYNC",
    "region": "990823",
    "group": "G4",
    "required": [],
    "posts": [{"post": f"{n:02d}", "role": "secretary" if n == 1 else "member"} for n in range(1, 4)],
    "preparation": {"opens_on": "2023-12-04", "talks": {**coverage.RULES, "due_on": "2024-01-03"}},
}
AT, TODAY, DAY = "2024-01-05T08:00:00.000Z", "2024-01-05", "2024-01-02"


def teller(*posts: str, for_all: bool = False) -> talks.Teller:
    name = "、".join(posts) or "联络员"
    return talks.Teller(name, name, frozenset(posts), for_all, AT, TODAY)


LIAISON, SECRETARY, SECOND, THIRD = teller(for_all=True), teller("01", for_all=True), teller("02"), teller("03")


def talk(first: str, second: str, on: str = DAY, commitments: str = "常下村") -> dict:
    other = {"with_post": second} if second.isdigit() else {"with_outside": second}
    return {"from_post": first, **other, "on": on, "place": "办公室", "commitments": commitments}


EVERYONE = [talk("01", "02"), talk("01", "03"), talk("02", "03"), talk("02", "人事股股长"), talk("03", "办公室主任")]


def entered(*drafts: dict, by: talks.Teller = LIAISON, book: talks.Book | None = None) -> talks.Book:
    return talks.enter(book or talks.begin(PLAN), PLAN, drafts, by)[0]


def version_of(book: talks.Book, place: int = 0) -> dict:
    return book["talks"][place]["versions"][-1]


def confirmed(book: talks.Book, *by: talks.Teller) -> talks.Changed:
    facts = []
    for who in by:
        waiting = [one for one in book["talks"] if who.posts & {*coverage.awaited(one["versions"][-1])}]
        wanted = [{"talk_id": one["talk_id"], "version": one["versions"][-1]["version"]} for one in waiting]
        book, said = talks.confirm(book, PLAN, wanted, who)
        facts += said
    return book, facts


def refused(code: str, act, *arguments) -> Refusal:
    with pytest.raises(Refusal) as no:
        act(*arguments)
    assert no.value.code == code
    return no.value


def test_the_posts_and_the_rules_say_who_has_to_talk_with_whom():
    pairs = [(row["rule"], row["from_post"], row["with_post"]) for row in coverage.owed(PLAN, [])]
    assert pairs == [
        ("secretary_with_members", "01", "02"), ("secretary_with_members", "01", "03"),
        ("members_with_each_other", "02", "03"), ("supervised", "02", None), ("supervised", "03", None),
    ]  # fmt: skip
    eased = {"secretary_with_members": True, "members_with_each_other": False, "supervised": 0, "confirmed": False}
    assert len(coverage.owed({**PLAN, "preparation": {"talks": eased}}, [])) == 2


def test_a_unit_whose_posts_were_never_said_owes_by_its_materials():
    plan = {
        **PLAN,
        "posts": None,
        "required": [{"kind": "speech_outline", "post": one} for one in ("team", "02", "01")],
    }
    assert [post["role"] for post in coverage.posts(plan)] == ["secretary", "member"]


def test_a_talk_counts_when_the_side_that_did_not_enter_it_has_confirmed_it():
    book = entered(talk("02", "01"), by=SECOND)
    assert (book["counts"]["unconfirmed"], version_of(book)["awaits"]) == (1, ["01"])
    refused("talk_not_yours_to_confirm", talks.confirm, book, PLAN, _seen(book), SECOND)
    once, _ = confirmed(book, SECRETARY)
    assert (once["counts"]["confirmed"], version_of(once)["confirmed"]["post"]) == (1, "01")
    assert talks.confirm(once, PLAN, _seen(book), SECRETARY) == (once, [])


def test_of_what_the_liaison_entered_either_side_confirms_and_a_talk_with_an_outsider_needs_nobody_else():
    book = entered(talk("01", "02"), talk("03", "办公室主任"))
    assert [version_of(book, place)["awaits"] for place in (0, 1)] == [["01", "02"], ["03"]]
    alone = entered(talk("03", "办公室主任"), by=THIRD)
    assert alone["counts"]["confirmed"] == 1


def test_the_same_two_on_the_same_day_are_one_talk_whoever_began_it():
    book = entered(talk("01", "02"))
    again, facts, fates = talks.enter(book, PLAN, [talk("02", "01"), talk("01", "02")], LIAISON)
    assert (again, facts, fates) == (book, [], ["known", "known"])
    no = refused(
        "talks_faulty", talks.enter, book, PLAN, [talk("01", "03"), talk("01", "02", commitments="别的")], LIAISON
    )
    assert [(one["pointer"], one["code"]) for one in no.errors] == [("/talks/1/on", "talk_known_otherwise")]
    outside = entered(talk("02", "人事股股长"), talk("02", "人事股 股长", on="2024-01-03"))
    assert next(row for row in coverage.owed(PLAN, outside["talks"]) if row["rule"] == "supervised")["confirmed"] == 0


def test_all_that_is_wrong_in_a_table_is_said_by_its_place_and_nothing_is_taken():
    wrong = [
        talk("01", "09"), talk("02", "02"), talk("01", "02", on="2099-01-01"), talk("01", "02", on="2022-01-01"),
        talk("01", "02"),
    ]  # fmt: skip
    no = refused("talks_faulty", talks.enter, talks.begin(PLAN), PLAN, wrong, LIAISON)
    assert [(one["pointer"], one["code"]) for one in no.errors] == [
        ("/talks/0/with_post", "unknown_post"), ("/talks/1/with_post", "talk_with_oneself"),
        ("/talks/2/on", "day_in_future"), ("/talks/3/on", "before_campaign"),
    ]  # fmt: skip


def test_a_member_records_only_the_own_talks():
    no = refused("talks_faulty", talks.enter, talks.begin(PLAN), PLAN, [talk("01", "03")], SECOND)
    assert no.errors[0]["code"] == "talk_of_others"
    book = entered(talk("01", "03"))
    refused("not_found", talks.withdraw, book, PLAN, book["talks"][0]["talk_id"], "不是我的", SECOND)


def test_a_correction_is_a_new_version_with_its_reason_and_is_confirmed_anew():
    book, _ = confirmed(entered(talk("02", "01"), by=SECOND), SECRETARY)
    key, draft = book["talks"][0]["talk_id"], {"follows": 1, "on": "2024-01-03", "reason": "日期写错"}
    changed, _ = talks.correct(book, PLAN, key, draft, SECOND)
    versions = changed["talks"][0]["versions"]
    assert [one["on"] for one in versions] == [DAY, "2024-01-03"]
    assert versions[0]["confirmed"] and versions[1]["confirmed"] is None and changed["counts"]["confirmed"] == 0
    assert talks.correct(changed, PLAN, key, draft, SECOND) == (changed, [])
    refused("talk_changed", talks.correct, changed, PLAN, key, {"follows": 1, "place": "食堂", "reason": "x"}, SECOND)
    refused("talk_changed", talks.confirm, changed, PLAN, _seen(book), SECRETARY)
    again = talks.enter(changed, PLAN, [talk("02", "01")], SECOND)
    assert (again[0], again[2]) == (changed, ["known"])


def test_a_withdrawn_talk_stays_on_record_and_only_a_correction_takes_it_up_again():
    book = entered(talk("01", "02"))
    key = book["talks"][0]["talk_id"]
    gone, _ = talks.withdraw(book, PLAN, key, "登记错了人", LIAISON)
    assert (gone["counts"]["missing"], gone["talks"][0]["withdrawn"]["reason"]) == (5, "登记错了人")
    assert talks.withdraw(gone, PLAN, key, "又一次", LIAISON) == (gone, [])
    refused("talk_withdrawn", talks.confirm, gone, PLAN, _seen(book), SECOND)
    back, _ = talks.correct(gone, PLAN, key, {"follows": 1, "reason": "撤销错了"}, LIAISON)
    assert (back["talks"][0]["withdrawn"], back["counts"]["unconfirmed"]) == (None, 1)


def test_what_completes_the_talks_is_said_once_in_counts_and_days():
    book = entered(*EVERYONE)
    assert (book["counts"]["missing"], book["counts"]["complete"]) == (0, False)
    book, facts = confirmed(book, SECRETARY, SECOND, THIRD)
    assert [(fact.name, dict(fact.data)) for fact in facts] == [
        ("talks_completed", {"unit": PLAN["unit"], "group": "G4", "owed": 5, "talks": 5, "last_on": DAY})
    ]
    assert talks.follow(book, PLAN) == (book, [])
    fewer = {**PLAN, "posts": [*PLAN["posts"], {"post": "04", "role": "member"}]}
    reopened, facts = talks.follow(book, fewer)
    assert (reopened["counts"]["complete"], [fact.name for fact in facts]) == (False, ["talks_reopened"])
    withdrawn, facts = talks.withdraw(book, PLAN, book["talks"][0]["talk_id"], "记错了", LIAISON)
    assert [(fact.name, fact.data["talks"]) for fact in facts] == [("talks_reopened", 4)]
    assert talks.follow(withdrawn, PLAN) == (withdrawn, [])


def test_what_was_promised_is_read_by_the_two_the_secretary_and_the_group_alone():
    book = entered(talk("01", "02"), talk("01", "03"))
    second = talk_readers.Reader(frozenset({"02"}), frozenset())
    assert [row["versions"][0]["commitments"] for row in talk_readers.shown(book, second)] == ["常下村"]
    for role, words in (("secretary", "常下村"), ("supervisor", "常下村"), ("liaison", None)):
        rows = talk_readers.shown(book, talk_readers.Reader(frozenset(), frozenset({role})))
        assert [row["versions"][0]["commitments"] for row in rows] == [words, words]
    assert [row["to_confirm"] for row in talk_readers.shown(book, second)] == [True]


def test_a_member_sees_the_own_debts_and_an_office_only_what_is_missing():
    book = entered(talk("02", "人事股股长"), by=SECOND)
    own = talk_readers.owed(PLAN, book, talk_readers.Reader(frozenset({"02"}), frozenset()))
    assert (len(own["rows"]), own["counts"]["missing"]) == (3, 2)
    office = talk_readers.owed(PLAN, book, talk_readers.Reader(frozenset(), frozenset({"office"})))
    assert (len(office["rows"]), office["counts"]["owed"]) == (4, 5)
    assert {row["on"] for row in office["rows"]} == {None}


def test_many_hands_in_one_book_lose_nothing(db):
    """Each member records the own talks at the same moment."""
    store.prepare(db)
    posts = [{"post": f"{n:02d}", "role": "secretary" if n == 1 else "member"} for n in range(1, 9)]
    plan = {**PLAN, "posts": posts}

    def act(post: str) -> None:
        before, book = talks_store.book(db, plan)
        draft = [talk(post, "财务股股长")]
        talks_store.save(db, before, talks.enter(book, plan, draft, teller(post))[:2], AT)

    with concurrent.futures.ThreadPoolExecutor(8) as hands:
        list(hands.map(lambda post: mongo.again(partial(act, post["post"])), posts))
    book = talks_store.book(db, plan)[1]
    assert len(book["talks"]) == 8
    listed = talks_store.listed(db, {"group": "G4"}, {"campaign": "a-campaign", "state": "incomplete"})
    assert [row["counts"]["confirmed"] for row in listed["rows"]] == [7]
    assert talks_store.listed(db, {"group": "G4"}, {"campaign": "a-campaign", "state": "complete"})["total"] == 0


def test_what_completes_the_talks_and_its_event_are_one_write(db):
    store.prepare(db)
    before, book = talks_store.book(db, PLAN)
    book = talks_store.save(db, before, (entered(*EVERYONE, book=book), []), AT)
    book = db.talk_books.find_one({"_id": book["_id"]})
    talks_store.save(db, book, confirmed(book, SECRETARY, SECOND, THIRD), AT)
    kept = db.talk_books.find_one({"_id": book["_id"]})
    assert (kept["counts"]["complete"], [one["type"] for one in kept["outbox"]]) == (True, ["rectify.talks_completed"])


def _seen(book: talks.Book) -> list[dict]:
    return [{"talk_id": book["talks"][0]["talk_id"], "version": book["talks"][0]["versions"][-1]["version"]}]
