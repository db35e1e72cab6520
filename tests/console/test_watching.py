"""What operators follow: each event once, and a feed that is not asked for what was passed over."""

import time

import pytest

from services.console import watching
from services.kit.rectify_kit import TestBus, golden
from services.kit.rectify_kit.bus import Event

RARE, OFTEN = golden("campaign_opened")[0], golden("verdict_issued")[0]


class Busy(TestBus):
    """A feed at which many ask: everyone is answered at once, and at the third time there is something new."""

    def __init__(self) -> None:
        super().__init__([RARE] + [OFTEN] * 30)
        self.asked: list[int] = []

    def wait(self, query: dict[str, str]) -> tuple[list[Event], int]:
        """Answer, and remember what was asked."""
        self.asked.append(int(query["after"]))
        if len(self.asked) == 3:
            self.tell(OFTEN, RARE)
        return self.read(query)


@pytest.fixture
def busy(secret, monkeypatch):
    bus = Busy()
    with bus.serve() as address:
        monkeypatch.setenv("RECTIFY_NOTIFICATION_URL", f"{address}/api/v1")
        yield bus


def test_who_follows_a_rare_event_passes_over_the_others_once_and_asks_once_a_second(busy):
    begun = time.monotonic()
    followed = watching.events(0, "campaign_opened", "", 0, follow=True)
    assert [next(followed)["feedsequence"], next(followed)["feedsequence"]] == [1, 33]
    assert busy.asked == [0, 31, 31] and time.monotonic() - begun > 1
