"""Calendars to take along keep RFC 5545 to the letter; one that is subscribed to names nothing."""

import re
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from services.registry import ics, roster_lines
from tests.registry.test_domain import CAMPAIGN, meeting

AT = "2024-01-09T08:00:00.000Z"
TITLES = {row["code"]: row["title"] for row in CAMPAIGN["checklist"]}
LINE = re.compile(r"([A-Z-]+)((?:;[A-Z]+=[A-Z]+)*):(.*)")


def read(data: bytes) -> list[dict[str, str]]:
    """The entries of a calendar, read as strictly as the standard is written."""
    text = data.decode()
    assert text.endswith("\r\n") and "\n" not in text.replace("\r\n", "") and "\r" not in text.replace("\r\n", "")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    lines = text.replace("\r\n ", "").removesuffix("\r\n").split("\r\n")
    assert (lines[0], lines[1], lines[-1]) == ("BEGIN:VCALENDAR", "VERSION:2.0", "END:VCALENDAR")
    assert lines[2].startswith("PRODID:")
    found: list[dict[str, str]] = []
    inside = False
    for line in lines[1:-1]:
        matched = LINE.fullmatch(line)
        assert matched, line
        name, parameters, value = matched.groups()
        if name in ("BEGIN", "END"):
            assert value == "VEVENT" and inside is (name == "END")
            inside = name == "BEGIN"
            found += [{}] if inside else []
        elif inside:
            assert name not in found[-1]
            found[-1][name] = value
            if name in ("DTSTART", "DTEND"):
                assert parameters == ";VALUE=DATE" and re.fullmatch(r"\d{8}", value)
    for event in found:
        assert event.keys() >= {"UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY"}
        assert re.fullmatch(r"\d{8}T\d{6}Z", event["DTSTAMP"])
        days = [date.fromisoformat(event[key]) for key in ("DTSTART", "DTEND")]
        assert (days[1] - days[0]).days == 1
        assert not re.search(r"(?<!\\)[;,]", event["SUMMARY"].replace("\\\\", ""))
    assert len({event["UID"] for event in found}) == len(found)
    return found


def test_a_units_own_calendar_has_its_meeting_and_what_is_still_due():
    found = read(ics.write(ics.named([roster_lines.of(meeting())], TITLES, "zh"), "活动", AT))
    assert len(found) == 13
    assert (found[0]["DTSTART"], found[0]["SUMMARY"]) == ("20240110", "民主生活会：青溪县农业农村局")
    assert found[1]["SUMMARY"] == "第1项 会议方案报备 到期"


def test_several_units_share_a_day_that_is_due():
    lines = [roster_lines.of({**meeting(), **other}) for other in ({}, {"unit": "990823-SL", "unit_name": "乙"})]
    found = read(ics.write(ics.named(lines, TITLES, "en"), "c", AT))
    assert len(found) == 14
    assert found[2]["SUMMARY"] == "1. Plan reported\\, 2 units due"


def test_of_more_units_than_anybody_reads_a_calendar_says_how_many_meet_on_a_day(monkeypatch):
    monkeypatch.setattr(ics, "MOST_NAMED", 1)
    lines = [roster_lines.of({**meeting(), "unit": unit}) for unit in ("990823-NYNC", "990823-SL")]
    found = read(ics.write(ics.named(lines, TITLES, "zh"), "活动", AT))
    assert (len(found), found[0]["SUMMARY"]) == (13, "民主生活会：2 个单位")


def test_a_subscription_says_how_many_dates_a_day_has_and_nothing_else():
    data = ics.write(ics.unnamed([roster_lines.of(meeting())], "zh", "k1"), "Rectify", AT)
    found = read(data)
    assert {event["SUMMARY"] for event in found} <= {f"Rectify：{n} 个节点" for n in range(1, 14)}
    assert sum(int(event["SUMMARY"].split("：")[1].split()[0]) for event in found) == 13
    for secret in ("a-campaign", "990823", "青溪", "农业", "方案"):
        assert secret not in data.decode()
    uids = {event["UID"] for event in found}
    assert uids.isdisjoint(
        event["UID"] for event in read(ics.write(ics.unnamed([roster_lines.of(meeting())], "zh", "k2"), "R", AT))
    )


@given(st.text(max_size=300))
def test_any_text_is_folded_and_escaped_so_that_it_is_read_back(text):
    printable = "".join(sign for sign in text if sign.isprintable() or sign in " \n\t")
    found = read(ics.write([ics.Entry("1", "2024-01-10", printable)], "c", AT))
    shown = re.sub(r"\\(.)", r"\1", found[0]["SUMMARY"])
    assert shown == " ".join(printable.split())
