"""Every message has a state on its way to a person, and none is lost: a real mail server, a clock moved by hand."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from services.notification import (
    channels,
    circuits,
    parcels,
    posting,
    resends_store,
    sendings,
    sendings_store,
    store,
    webhooks,
)
from services.spine import clock, contracts
from tests.notification.conftest import person

QUIET = {"from": "21:00", "to": "08:00"}


def only(passes) -> dict:
    (row,) = passes.db.sendings.find()
    return row


def test_a_message_calls_whoever_reads_it_once_by_mail(passes, mailbox):
    passes.write(1)
    assert (passes.go(), passes.go()) == (1, 0)
    (letter,) = mailbox.came
    assert letter["To"] == "liaison@minchuan.example" and letter["Message-ID"].endswith("@minchuan.example>")
    row = only(passes)
    assert mailbox.texts() == [f"您有 1 项待办或待阅，请登录后查看：https://rectify.example/n/{row['code']}"]
    assert (row["state"], row["tries"], row["sent_at"]) == ("sent", 1, passes.at)


def test_what_is_for_one_account_calls_nobody_else_of_its_place(passes, mailbox):
    passes.persons = [person("liaison"), person("secretary")]
    passes.write(1, account="secretary")
    assert passes.go() == 1 and only(passes)["account"] == "secretary"
    passes.write(2)
    passes.go()
    assert passes.states() == {"sent": 3}


def test_two_passes_at_once_send_one_letter(passes, mailbox):
    passes.write(*range(8))
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: posting.plan(passes.house), range(4)))
        assert sum(pool.map(lambda _: posting.turn(passes.house, "mail"), range(4))) == 8
    assert len(mailbox.came) == 8 and passes.states() == {"sent": 8}
    assert len({letter["Message-ID"] for letter in mailbox.came}) == 8


def test_who_is_killed_after_a_letter_was_taken_sends_it_once_more_under_the_same_id(passes, mailbox, monkeypatch):
    passes.write(1)
    with monkeypatch.context() as killed:
        killed.setattr(sendings_store, "note", lambda *_: (_ for _ in ()).throw(SystemExit))
        killed.setattr(sendings_store, "release", lambda *_: None)
        with pytest.raises(SystemExit):
            passes.go()
    assert passes.go() == 0, "whoever died has it a while"
    passes.later(minutes=3)
    assert passes.go() == 1 and passes.states() == {"sent": 1}
    first, again = (letter["Message-ID"] for letter in mailbox.came)
    assert first == again


def test_nothing_is_lost_when_the_mail_server_is_away_for_a_day(passes, mailbox):
    port = mailbox.port
    passes.said["mail"]["port"] = 1
    for hour in range(24):
        passes.write(hour)
        for _ in range(4):
            passes.go()
            passes.later(minutes=15)
    assert mailbox.came == [] and set(passes.states()) <= {"waiting", "failed"}
    assert passes.db.circuits.find_one({"_id": "mail"})["failures"] > circuits.TRIPS_AFTER
    passes.said["mail"]["port"] = port
    passes.later(minutes=20)
    passes.go()
    passes.go()
    assert passes.states() == {"sent": 24} and len(mailbox.came) == 24


def test_nothing_is_given_up_however_long_a_channel_is_away_and_it_goes_soon_after(passes, mailbox):
    port = mailbox.port
    passes.said["mail"]["port"] = 1
    passes.write(1)
    for _ in range(20):
        passes.go()
        passes.later(hours=12)
    row = only(passes)
    assert (row["state"], row["failures"]) == ("failed", 1) and row["tries"] > len(webhooks.PAUSES)
    passes.said["mail"]["port"] = port
    passes.later(seconds=2 * circuits.LONGEST_SECONDS)
    assert passes.go() == 1 and len(mailbox.came) == 1


def test_one_letter_a_channel_never_takes_is_given_up_though_it_looks_as_if_the_channel_were_away(passes, mailbox):
    """A gateway that has an error of its own for one number is asked about the others meanwhile."""
    real = channels.ROOMS["mail"].send

    def send(said, parcel, may):
        return parcels.Fate("later", "HTTP 500", 500, away=True) if "broken" in parcel.to else real(said, parcel, may)

    passes.persons = [person("broken"), person("liaison")]
    passes.write(0, **{"class": "urgent"})
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(channels.ROOMS["mail"], "send", send)
        for number in range(1, 15):
            passes.write(number, account="liaison")
            passes.go()
            passes.later(minutes=30)
    first = passes.db.sendings.find_one({"account": "broken", "urgent": True})
    assert first["state"] == "dead" and len(mailbox.came) == 15


def test_a_channel_that_is_away_is_not_tried_for_each_that_waits(passes):
    passes.said["mail"]["port"] = 1
    passes.write(*range(20))
    for _ in range(10):
        passes.go()
    assert sum(row["tries"] for row in passes.db.sendings.find()) == circuits.TRIPS_AFTER


def test_a_recipient_that_is_nobody_is_given_up_at_once_and_holds_up_nobody(passes, mailbox):
    passes.persons = [person("nobody"), person("liaison")]
    passes.write(1)
    assert passes.go() == 1 and passes.states() == {"dead": 1, "sent": 1}
    dead = passes.db.sendings.find_one({"state": "dead"})
    assert dead["because"] == "SMTPRecipientsRefused 550" and dead["tries"] == 1


def test_of_those_that_leave_together_each_has_its_own_fate(passes, mailbox):
    passes.persons = [person("nobody"), person("liaison")]
    passes.write(*range(20))
    assert passes.go() == 20 and passes.states() == {"dead": 20, "sent": 20}
    assert {(row["state"], row["tries"]) for row in passes.db.sendings.find()} == {("dead", 1), ("sent", 1)}
    assert len({letter["Message-ID"] for letter in mailbox.came}) == 20
    assert passes.db.parcels.count_documents({}) == 0


def test_a_letter_that_is_put_off_is_tried_with_growing_pauses_and_given_up_after_three_days(passes, mailbox):
    mailbox.answers = "451 try later"
    passes.write(1)
    pauses, before = [], passes.at
    for _ in range(12):
        passes.go()
        row = only(passes)
        if row["state"] == "dead":
            break
        pauses.append((clock.moment(row["next_at"]) - clock.moment(passes.at)).total_seconds())
        passes.at = row["next_at"]
    assert pauses == pytest.approx(webhooks.PAUSES[1:], rel=webhooks.JITTER / 2 + 0.01)
    assert only(passes)["because"] == "SMTPDataError 451"
    assert 2.5 * 86400 < (clock.moment(passes.at) - clock.moment(before)).total_seconds() < 4 * 86400


def test_what_was_given_up_is_sent_again_by_hand_once_with_a_reason_on_record(passes, mailbox):
    passes.persons = [person("nobody")]
    passes.write(1, 2)
    passes.go()
    passes.persons = [person("nobody", email="found@minchuan.example")]
    scope, draft = {"campaign": "minchuan-2023-theme"}, {"channel": "mail", "reason": "邮箱已更正"}
    assert resends_store.resend(passes.db, {"campaign": "another"}, draft, "office", passes.at, 9) == 0
    assert resends_store.resend(passes.db, scope, draft, "office", passes.at, 1) == 1
    assert resends_store.resend(passes.db, scope, draft, "office", passes.at, 9) == 1
    assert resends_store.resend(passes.db, scope, draft, "office", passes.at, 9) == 0
    assert passes.go() == 2 and [letter["To"] for letter in mailbox.came] == ["found@minchuan.example"] * 2
    for row in passes.db.sendings.find():
        steps = [(one["what"], one["by"], one["because"]) for one in row["history"]]
        refused = "SMTPRecipientsRefused 550"
        assert steps == [("tried", "", refused), ("resent", "office", "邮箱已更正"), ("tried", "", "")]


def test_what_was_sent_again_stays_on_record_when_the_sendings_are_gone(passes, mailbox):
    passes.persons = [person("nobody")]
    passes.write(1, 2)
    passes.write(3, campaign="another")
    passes.go()
    draft = {"channel": "mail", "reason": "邮箱已更正"}
    resends_store.resend(passes.db, {}, draft, "system", passes.at, 9)
    passes.later(minutes=1)
    assert resends_store.resend(passes.db, {}, draft, "system", passes.at, 9) == 0, "a second click is no second record"
    passes.go()
    chosen = [row["_id"] for row in passes.db.sendings.find({"campaign": "another"})]
    resends_store.resend(passes.db, {}, {"ids": chosen, "reason": "再试"}, "office", passes.at, 9)
    passes.db.sendings.delete_many({})
    found = resends_store.listed(passes.db, {"campaign": "minchuan-2023-theme"}, {})
    contracts.check("documents/resend_list", found)
    (row,) = found["rows"]
    assert (row["by"], row["reason"], row["filter"], row["count"]) == ("system", "邮箱已更正", {"channel": "mail"}, 2)
    others = resends_store.listed(passes.db, {"campaign": "another"}, {})["rows"]
    assert [(row["by"], row["chosen"], row["count"]) for row in others] == [("office", True, 1), ("system", False, 1)]
    assert not any("expireAfterSeconds" in index for index in passes.db.resends.index_information().values())


def test_in_quiet_hours_what_waits_is_gathered_into_one_and_what_is_urgent_goes(passes, mailbox):
    passes.said["quiet"] = QUIET
    passes.at = "2024-01-02T14:00:00.000Z"  # 22:00 there
    passes.write(1, 2, 3)
    passes.write(4, **{"class": "urgent"})
    assert passes.go() == 1 and [text[:8] for text in mailbox.texts()] == ["您有 1 项待办"]
    passes.later(hours=10)
    assert passes.go() == 1 and mailbox.texts()[1].startswith("您有 3 项待办")
    assert passes.states() == {"sent": 4} and mailbox.came[1]["Subject"] == "您有 3 项待办或待阅"


def test_what_a_channel_did_not_take_till_the_quiet_hours_leaves_after_them_and_what_is_urgent_at_once(passes, mailbox):
    port, passes.said["quiet"], passes.said["mail"]["port"] = passes.said["mail"]["port"], QUIET, 1
    passes.at = "2024-01-02T12:50:00.000Z"  # 20:50 there
    passes.write(1, 2, 3, 4, 5)
    passes.write(6, **{"class": "urgent"})
    while passes.at < "2024-01-02T19:00:00.000Z":
        passes.go()
        passes.later(minutes=10)
    tried = [row for row in passes.db.sendings.find({"urgent": False}) if row["tries"]]
    assert passes.states() == {"failed": 1 + len(tried), "waiting": 5 - len(tried)} and len(tried) < 3
    passes.said["mail"]["port"] = port
    passes.later(minutes=30)  # 03:30 there
    assert passes.go() == 1 and passes.states()["sent"] == 1
    assert passes.go() == 0 and [text[:8] for text in mailbox.texts()] == ["您有 1 项待办"]
    passes.at = "2024-01-03T00:00:00.000Z"
    assert passes.go() == 1 + len(tried) and passes.states() == {"sent": 6}
    assert f"您有 {5 - len(tried)} 项待办或待阅" in {letter["Subject"] for letter in mailbox.came}, (
        "never tried: gathered"
    )


def test_what_is_sent_again_by_hand_at_night_waits_for_the_morning_too(passes, mailbox):
    passes.persons = [person("nobody")]
    passes.write(1)
    passes.go()
    passes.persons, passes.said["quiet"] = [person("nobody", email="found@minchuan.example")], QUIET
    passes.at = "2024-01-02T14:00:00.000Z"  # 22:00 there
    resends_store.resend(passes.db, {}, {"channel": "mail", "reason": "邮箱已更正"}, "office", passes.at, 9)
    assert passes.go() == 0
    passes.later(hours=10)
    assert passes.go() == 1


def test_a_digest_that_was_not_taken_at_its_hour_does_not_wait_for_the_next_days(passes, mailbox):
    wished = {"channels": ["mail"], "digest_hour": 17, "quiet": QUIET, "language": "zh"}
    passes.db.preferences.insert_one({"_id": "liaison", **wished})
    passes.write(1, 2)
    passes.go()
    passes.later(hours=1, seconds=5)
    mailbox.answers = "451 try later"
    assert passes.go() == 0
    mailbox.answers = ""
    passes.later(minutes=1)
    assert passes.go() == 1 and passes.states() == {"sent": 2}


def test_a_campaigns_rule_goes_before_the_deployments(passes, mailbox):
    passes.said["quiet"] = QUIET
    passes.db.delivery_policies.insert_one({"_id": "minchuan-2023-theme", "quiet": None, "working_days": True})
    passes.at = "2024-01-02T14:00:00.000Z"
    passes.write(1)
    assert passes.go() == 1
    passes.at = "2024-01-06T04:00:00.000Z"  # a Saturday
    passes.write(2)
    assert passes.go() == 0
    passes.at = "2024-01-08T00:00:00.000Z"
    assert passes.go() == 1


def test_a_digest_has_one_letter_a_day_for_each_role(passes, mailbox):
    wished = {"channels": ["mail"], "digest_hour": 17, "quiet": None, "language": "en"}
    passes.db.preferences.insert_one({"_id": "liaison", **wished})
    passes.write(1, 2)
    posting.plan(passes.house)
    passes.persons = [person(roles=["member"])]
    passes.later(minutes=30)
    passes.write(3)
    assert passes.go() == 0
    passes.later(minutes=30)  # 17:00 there
    assert passes.go() == 2
    assert sorted(letter["Subject"] for letter in mailbox.came) == [
        "You have 1 item to do or read",
        "You have 2 items to do or read",
    ]


def test_what_was_read_or_settled_before_it_left_calls_nobody(passes, mailbox):
    passes.said["quiet"] = QUIET
    passes.at = "2024-01-02T14:00:00.000Z"
    passes.write(1, 2, 3)
    posting.plan(passes.house)
    store.mark_read(passes.db, "verdict_issued:1", {}, "liaison")
    passes.db.messages.update_one({"_id": "verdict_issued:2"}, {"$set": {"settled_at": passes.at}})
    passes.later(hours=10)
    assert passes.go() == 1 and mailbox.texts()[0].startswith("您有 1 项待办")
    reasons = {row["message_id"]: row["because"] for row in passes.db.sendings.find({"state": "suppressed"})}
    assert reasons == {"verdict_issued:1": "read", "verdict_issued:2": "settled"}


def test_who_left_the_post_before_it_left_is_not_called(passes, mailbox):
    passes.said["quiet"] = QUIET
    passes.at = "2024-01-02T14:00:00.000Z"
    passes.write(1)
    posting.plan(passes.house)
    passes.persons = [person("successor")]
    passes.later(hours=10)
    assert passes.go() == 0 and only(passes)["because"] == "left" and mailbox.came == []


@pytest.mark.parametrize(("wished", "because"), [({"channels": []}, "unwanted"), ({}, "no_address")])
def test_a_suppressed_call_leaves_the_message_and_its_task_where_they_are(passes, mailbox, wished, because):
    if wished:
        passes.db.preferences.insert_one(
            {"_id": "liaison", "digest_hour": None, "quiet": None, "language": "zh"} | wished
        )
    else:
        passes.persons = [person(email="")]
    passes.write(1)
    before = passes.db.messages.find_one({}, {"told_at": 0})
    assert passes.go() == 0 and (only(passes)["state"], only(passes)["because"]) == ("suppressed", because)
    assert passes.db.messages.find_one({}, {"told_at": 0}) == before
    found = store.inbox(passes.db, {}, "liaison", {"unread": "1"})
    assert [row["_id"] for row in found["rows"]] == ["verdict_issued:1"]


def test_a_message_that_is_old_when_it_is_found_calls_nobody(passes, mailbox):
    passes.write(1)
    passes.later(days=8)
    assert (
        passes.go() == 0 and passes.states() == {} and passes.db.messages.count_documents({"told_at": passes.at}) == 1
    )


def test_without_channels_nobody_is_asked_and_nothing_is_caught_up_on_when_there_are_some(passes, mailbox):
    said, passes.said = passes.said, {}
    passes.write(1)
    assert posting.plan(passes.house) == 0
    passes.said = said
    assert passes.go() == 0 and passes.states() == {}


def test_a_code_leads_the_person_who_was_called_and_nobody_else(passes):
    passes.write(1)
    passes.go()
    row = only(passes)
    assert sendings_store.of_code(passes.db, row["code"], "liaison") == row
    assert sendings_store.of_code(passes.db, row["code"], "secretary") is None


def test_what_a_followed_view_comes_to_stands_in_a_letter_inside_only(passes, mailbox):
    passes.write(1, name="view_digested", account="liaison")
    passes.go()
    passes.said["mail"]["class"] = "inside"
    passes.write(2, name="view_digested", account="liaison")
    passes.go()
    outside, inside = (f"{letter['Subject']} {letter.get_content()}" for letter in mailbox.came)
    assert outside.startswith("您有 1 项待办或待阅 ") and "红灯" not in outside
    assert re.search("订阅的台账视图：红灯 \\d+ 个，黄灯 \\d+ 个", inside) and "等本人一方办理" in inside


def test_inside_a_letter_has_its_words(passes, mailbox):
    passes.said["mail"]["class"] = "inside"
    passes.write(1)
    passes.go()
    example = contracts.documents()["events/verdict_issued"]["examples"][0]
    assert sendings.place({"sides": ["unit"], **example})["roles"] == ["liaison", "member", "secretary"]
    assert "您有" not in mailbox.came[0]["Subject"] and "/n/" in mailbox.texts()[0]
