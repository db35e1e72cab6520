"""Lanes: in which order pre-checks are done, and how long the rest will take, in words.

The nearer the meeting the sooner its materials are read. A task two workers have died on waits in a lane of its own
and runs by itself. Pure: days and numbers in, words out.
"""

import math
from datetime import date
from typing import Any

LANES = ("urgent", "soon", "later", "suspect")
URGENT_DAYS, SOON_DAYS = 2, 7
SUSPECT_DEATHS = 2
FAIR = 8
"""One in so many times what is nearer has to wait, so that no lane is forgotten."""
MORE = 4


def lane(meeting_on: str | None, today: str, deaths: int = 0) -> str:
    """The lane of a task; without a meeting day it is neither urgent nor forgotten."""
    if deaths >= SUSPECT_DEATHS:
        return "suspect"
    if meeting_on is None:
        return "soon"
    days = (date.fromisoformat(meeting_on) - date.fromisoformat(today)).days
    return "urgent" if days <= URGENT_DAYS else "soon" if days <= SOON_DAYS else "later"


def queue(name: str) -> str:
    """The queue of tickets of a lane."""
    return f"review.tasks.{name}"


def estimate(waiting: int, workers: int, seconds_each: float | None) -> dict[str, Any]:
    """When what waits will be done, and with how many more workers how much sooner.

    `seconds_each`: what one pre-check took of late, on average; None when nobody knows.
    {waiting, workers, seconds_each, seconds, with_more: {workers, seconds} | None, words: {zh, en}}
    """
    seconds = waiting * seconds_each / workers if workers and seconds_each is not None else None
    sooner = None
    if seconds is not None and seconds_each is not None and waiting > workers:
        sooner = {"workers": MORE, "seconds": round(waiting * seconds_each / (workers + MORE), 1)}
    return {
        "waiting": waiting,
        "workers": workers,
        "seconds_each": None if seconds_each is None else round(seconds_each, 4),
        "seconds": None if seconds is None else round(seconds, 1),
        "with_more": sooner,
        "words": _words(waiting, workers, seconds_each, seconds, sooner),
    }


def _words(
    waiting: int, workers: int, each: float | None, seconds: float | None, sooner: dict[str, Any] | None
) -> dict[str, str]:
    if not waiting:
        return {"zh": "没有等待预审的材料。", "en": "Nothing waits."}
    zh, en = f"{waiting:,} 份等待", f"{waiting:,} waiting"
    if not workers:
        return {"zh": f"{zh}，没有预审进程在运行。", "en": f"{en}, no worker is running."}
    if each is None or seconds is None:
        return {
            "zh": f"{zh}，{workers} 个预审进程，快慢还不知道。",
            "en": f"{en}, {workers} workers, speed not known yet.",
        }
    pace_zh, pace_en = _pace(each)
    zh, en = (
        f"{zh}，每个进程{pace_zh}，约 {_span(seconds, 'zh')}做完",
        f"{en}, {pace_en} and worker, done in {_span(seconds, 'en')}",
    )
    if sooner and sooner["seconds"] >= 1:
        zh += f"；再加 {sooner['workers']} 个约 {_span(sooner['seconds'], 'zh')}"
        en += f"; {sooner['workers']} more would make it {_span(sooner['seconds'], 'en')}"
    return {"zh": zh + "。", "en": en + "."}


def _pace(each: float) -> tuple[str, str]:
    if each <= 0:
        return "不到一秒一份", "at once"
    if each <= 1:
        return f"每秒 {1 / each:,.3g} 份", f"{1 / each:,.3g} a second"
    return f"每份 {each:.3g} 秒", f"one in {each:.3g} seconds"


def _span(seconds: float, language: str) -> str:
    """A length of time as people say it, rounded up: nobody is sorry when it is sooner."""
    for size, zh, en in ((3600, "小时", "hour"), (60, "分钟", "minute"), (1, "秒", "second")):
        if seconds >= size or size == 1:
            count = max(1, math.ceil(seconds / size))
            return f"{count} {zh}" if language == "zh" else f"{count} {en}{'s' if count > 1 else ''}"
    return ""
