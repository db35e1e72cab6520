"""A person at a browser: Debian's Chromium, in front of a running Rectify with its portal."""

import contextlib
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright import sync_api
from playwright.sync_api import Browser, Page

from tests.patience import SLOWER
from tests.stack import CAMPAIGN, Stack, grant

UNIT, OTHER = "990823-NYNC", "990881-LY"
MEETING = f"{CAMPAIGN}.{UNIT}"
# The first two draw suggestions under the address bar, in two processes for each window, though nobody types there. The
# others are of Playwright's own list, whose place this one takes.
UNWANTED = ["WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "AimEnabled", "LensOverlay", "MediaRouter", "PaintHolding"]
UNWANTED += ["AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "OptimizationHints"]
UNWANTED += ["HttpsUpgrades", "HttpsFirstBalancedModeAutoEnable", "NetworkTimeServiceQuerying", "PreconnectToSearch"]
FLAGS = [
    "--disable-features=" + ",".join(UNWANTED),
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PEOPLE = {
    "office": grant("office", "campaign", CAMPAIGN),
    "liaison": grant("liaison", "unit", UNIT),
    "secretary": grant("secretary", "unit", UNIT),
    "member": grant("member", "post", f"{UNIT}/02"),
    "supervisor": grant("supervisor", "group", "G4"),
    "system": grant("system_admin", "system", "*", None),
    "security": grant("security_admin", "system", "*", None),
}
LIMIT = 15_000 * SLOWER
"""What may take longest at a page, in milliseconds: as long as what is expected of it."""
sync_api.expect.set_options(timeout=LIMIT)
Enter = Callable[..., Page]
_sessions: dict[tuple[str, str, bool], Any] = {}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder needs a browser."""
    for item in items:
        if Path(item.fspath).parent == Path(__file__).parent:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser, started once; the one without windows where it is there: it takes half the processor."""
    program = next(filter(None, map(shutil.which, ("chromium-headless-shell", "chromium", "chromium-browser"))), None)
    if program is None:
        pytest.fail("Chromium is not installed: apt install chromium, or run deploy/test --without browser")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A running Rectify with its portal, two units and an account for every role."""
    with Stack(tmp_path_factory.mktemp("browser"), portal=True) as running:
        running.load([UNIT, OTHER])
        for login, role in PEOPLE.items():
            running.enrol(login, role)
        running.settled()
        yield running


@contextlib.contextmanager
def _door(chromium: Browser, stack: Stack) -> Iterator[Enter]:
    """Sign somebody in at a browser of their own: `enter("liaison", width=390, english=True, script=False)`.

    Who has signed in before and not out comes with that session. The page keeps what went wrong in it (`page.faults`):
    errors of scripts, and what the content policy stopped.
    """
    opened: list[Any] = []

    def enter(login: str, *, width: int = 1280, english: bool = False, script: bool = True) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, java_script_enabled=script, base_url=stack.url, locale="zh-CN"
        )
        opened.append(context)
        context.set_default_timeout(LIMIT)
        page = context.new_page()
        faults: list[str] = []
        page.faults = faults  # type: ignore[attr-defined]
        page.on("pageerror", lambda fault: faults.append(str(fault)))
        page.on("console", lambda said: faults.append(said.text) if "Content Security" in said.text else None)
        before, today = (stack.url, login, english), f"{stack.url}/today"
        context.add_cookies(_sessions.get(before, []))
        page.goto(today)
        if page.url == today:
            return page
        if english:
            page.get_by_role("link", name="English").click()
        page.locator("#login").fill(login)
        page.locator("#password").fill(stack.accounts[login])
        page.locator("main button").click()
        page.wait_for_url(today)
        _sessions[before] = context.cookies()
        return page

    yield enter
    for context in opened:
        context.close()


@pytest.fixture
def enter(chromium: Browser, stack: Stack) -> Iterator[Enter]:
    """Whoever signs in is gone when the test is."""
    with _door(chromium, stack) as enter:
        yield enter


@pytest.fixture(scope="module")
def stay(chromium: Browser, stack: Stack) -> Iterator[Enter]:
    """Whoever signs in stays for the whole file."""
    with _door(chromium, stack) as enter:
        yield enter
