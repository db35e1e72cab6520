"""Days as units write them: one real day is taken as read, everything else is a proposal or a question."""

import pytest

from services.rectification import sheet_days

TODAY = "2024-01-20"


@pytest.mark.parametrize(
    "text",
    [
        "2024-03-05", "2024/3/5", "2024.3.5", "2024年3月5日", "20240305", "２０２４－０３－０５", " 2024 年 3 月 5 日 ",
        "2024-03-05 00:00:00", "45356", "45356.5", "2024。3。5", "2024年3月5号", "二〇二四年三月五日",
    ],
)  # fmt: skip
def test_one_real_day_is_taken_as_read_however_it_is_written(text):
    assert sheet_days.read(text, TODAY) == ("2024-03-05", True, True)


def test_a_day_counted_from_1904_is_the_same_day():
    assert sheet_days.read("43894", TODAY, since_1904=True).day == "2024-03-05"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024年3月底", "2024-03-31"), ("2024年3月底前", "2024-03-31"), ("3月底前完成", "2024-03-31"),
        ("2024年3月", "2024-03-31"), ("2024-02", "2024-02-29"), ("2024-02-30", "2024-02-29"), ("3月5日", "2024-03-05"),
        ("3.5", "2024-03-05"), ("2024年底", "2024-12-31"), ("年底前", "2024-12-31"), ("2024年4月中旬", "2024-04-20"),
        ("一季度", "2024-03-31"), ("2024年第2季度末", "2024-06-30"), ("上半年", "2024-06-30"),
        ("2024年3月5日前", "2024-03-05"), ("2024年3月5日前完成", "2024-03-05"), ("2024.3.31前完成", "2024-03-31"),
        ("2024年3月5日完成", "2024-03-05"), ("力争2024-03-05之前整改到位", "2024-03-05"), ("24.3.5", "2024-03-05"),
        ("24年3月底前", "2024-03-31"), ("2024.13.5", "2024-05-13"), ("2024年三月底", "2024-03-31"),
        ("二〇二四年十二月三十一日前完成", "2024-12-31"), ("十月底", "2024-10-31"), ("三月五日前", "2024-03-05"),
    ],
)  # fmt: skip
def test_about_when_is_a_proposal_to_be_confirmed(text, day):
    assert sheet_days.read(text, TODAY) == (day, False, True)


@pytest.mark.parametrize("text", ["", "长期", "长期坚持", "持续", "—", "无"])
def test_no_day_is_read_as_none(text):
    assert sheet_days.read(text, TODAY) == sheet_days.NOTHING


@pytest.mark.parametrize(
    "text", ["尽快", "已完成", "2024-13-13", "2024-00-01", "12", "99999999", "立即", "3月32日", "0"]
)
def test_what_names_no_day_is_not_guessed(text):
    assert sheet_days.read(text, TODAY) == sheet_days.UNKNOWN
