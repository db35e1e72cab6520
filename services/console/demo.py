"""The demonstration: the invented campaign of deploy/demo, with a life of its own, told through the services' doors.

What must stay true: it acts as the people of the campaign would, over HTTP, and may be interrupted and begun again at
any point: what is there already is not made twice, because every id follows from its meaning.
"""

from collections.abc import Callable
from typing import Any

from services.console import calling, loading
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
    request = loading.read(PLACE / "minchuan-2023")
    code = request["campaign"]["campaign_code"]
    officer = loading.officer(code)
    officer.post("registry", "/campaigns", request)
    report("载入活动", 1, 1)
