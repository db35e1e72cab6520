"""The demonstration: the invented campaign of deploy/demo, with a life of its own, told through the services' doors.

What must stay true: it acts as the people of the campaign would, over HTTP, and may be interrupted and begun again at
any point: what is there already is not made twice, because every id follows from its meaning. All days are counted from
the day the first start began. What people say and do stands in deploy/demo/life; the rooms here only play it:

planning    the campaign set around today, each unit's meeting day and course
places      the tree of organisations with its posts
meetings    days and aspects of the checklist; later waivers, attendance, what follows a meeting
materials   what is handed in, read, returned, answered and handed in again
rereading   the sample that is read again
outlines    the short materials of most units that have met, as they are written
coaching    trainings and visits, questions and answers
tips        the three work tips, and who has acknowledged them
talking     who talked with whom before the meetings
comments    what the groups said at the meetings; problems put on the ledger, explained, opened again
ledger      problems, progress with evidence, close-outs and their verification
urging      what is late: a notice signed and acknowledged, others that wait for their signature
effects     the effectiveness list: lines accepted, an issue published, a unit evaluated

The tour of the README is 990823-NYNC 青溪县农业农村局: its meeting is today and only the outline of post 02 is missing
(deploy/demo/materials/tour/outline-v1.docx falls short in its measures, outline-v2.docx passes). A newcomer hands it
in, reads it as the group does, and records the meeting.
"""

from collections.abc import Callable
from typing import Any

from services.console import calling
from services.console.demo import (
    coaching,
    comments,
    days,
    effects,
    ledger,
    materials,
    meetings,
    people,
    places,
    planning,
    rereading,
    talking,
    tips,
    urging,
)
from services.spine import settings

PLACE = settings.ROOT / "deploy/demo"
Report = Callable[[str, int, int], None]


class Api:
    """Who may act in the demonstration, and the day it is told from (the day the first start began)."""

    def __init__(self, today: str) -> None:
        self.today = today

    def person(self, subject: str, name: str, *grants: dict[str, Any]) -> calling.Caller:
        """Somebody with these grants, who asks at the services' doors."""
        return calling.Caller(subject, name, grants)


def live(api: Api, report: Report) -> None:
    """Tell the campaign's life; `report(what, done, total)` is called as it goes on."""
    report("载入活动", 0, 1)
    request = planning.request(PLACE, api.today)
    cast = people.Cast(request, PLACE / "accounts.json", api.person)
    courses = planning.courses(PLACE / "life", request, api.today)
    cast.office.post("registry", "/campaigns", request)
    places.plant(cast)
    life = people.Life(cast, PLACE, api.today, report)
    days.load_holidays(life)
    meetings.schedule(life, courses)
    report("启动活动", 0, 1)
    cast.office.post("registry", f"/campaigns/{cast.campaign}/open", {})
    report("启动活动", 1, 1)
    coaching.teach(life)
    meetings.prepare(life, courses)
    talking.hold(life, courses)
    materials.circulate(life)
    rereading.sample(life)
    tips.send(life)
    meetings.conclude(life, courses)
    named = comments.read(life, courses)
    comments.issue(life, named)
    ledger.keep(life, {(one.unit, one.key): one.candidate for each in named.values() for one in each})
    comments.answer(life, named)
    urging.urge(life)
    effects.publish(life)
    meetings.settle(life)
