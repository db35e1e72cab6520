"""Child processes: none outlives its parent, whoever dies comes back, logs stay small."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from services.console import children, telling
from services.spine import settings
from tests.patience import SLOWER
from tests.stack import wait_until

SLEEP = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(60)"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)",
]


@pytest.fixture
def spawn(tmp_path):
    """Starts a child and sees to its end."""
    made = []

    def start(command):
        child = children.Child("child", command, {}, tmp_path / "child.log")
        child.start()
        made.append(child)
        wait_until(lambda: "up" in child.said())
        return child

    yield start
    for child in made:
        child.end(0.1)


def alive(pid):
    """Whether a process runs; one that only waits to be buried does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_child_dies_with_a_parent_that_is_killed(tmp_path):
    program = (
        "import sys, time; from pathlib import Path; from services.console import children\n"
        f"child = children.Child('child', {SLEEP!r}, {{}}, Path({str(tmp_path / 'log')!r})); child.start()\n"
        "print(child.pid, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, cwd=settings.ROOT)
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    assert alive(pid)

    parent.send_signal(signal.SIGKILL)
    parent.wait()

    wait_until(lambda: not alive(pid))
    parent.stdout.close()


def test_whoever_dies_is_started_again_after_a_pause_that_grows(spawn, monkeypatch):
    clock = [time.monotonic()]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    child = spawn(SLEEP)
    pauses = []
    for _ in range(7):
        os.kill(child.pid, signal.SIGKILL)
        child.process.wait()
        pauses.append(child.mend())
        assert child.pid is None
        clock[0] += pauses[-1]
        assert child.mend() is None
        assert child.pid is not None
    assert pauses == [1, 2, 4, 8, 16, 30, 30]


def test_a_long_calm_makes_the_pause_short_again(spawn, monkeypatch):
    clock = [time.monotonic()]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    child = spawn(SLEEP)
    for calm in (0, 0, 2 * children.CALM_SECONDS):
        clock[0] += calm
        os.kill(child.pid, signal.SIGKILL)
        child.process.wait()
        pause = child.mend()
        clock[0] += pause
        child.mend()
    assert pause == 1


def test_who_does_not_end_when_asked_is_killed_after_the_grace_period(spawn):
    assert spawn(SLEEP).end(5) is True
    stubborn = spawn(STUBBORN)
    started = time.monotonic()
    assert stubborn.end(0.3) is False
    assert time.monotonic() - started < 2 * SLOWER


def test_several_are_ended_within_one_grace_period(tmp_path):
    several = [children.Child(f"child {number}", STUBBORN, {}, tmp_path / f"{number}.log") for number in range(8)]
    for child in several:
        child.start()
    wait_until(lambda: all("up" in child.said() for child in several))
    started = time.monotonic()
    assert children.end_all(several, 1) is False
    assert time.monotonic() - started < 2 * SLOWER, "eight would be one after the other"


def test_a_log_is_bounded_while_its_writer_goes_on(spawn, monkeypatch):
    monkeypatch.setattr(children, "LOG_LIMIT", 1000)
    child = spawn([sys.executable, "-c", "import time\nwhile True: print('up' * 50, flush=True); time.sleep(0.01)"])
    wait_until(lambda: child.log.stat().st_size > 1000)
    child.bound_log()
    assert child.log.stat().st_size < 1000
    wait_until(lambda: child.log.stat().st_size > 100)
    assert not child.log.read_bytes().startswith(b"\0")
    assert child.log.with_suffix(".1.log").exists()


def test_the_last_words_leave_out_the_inside_of_a_traceback(tmp_path):
    child = children.Child("child", [sys.executable, "-c", "raise OSError('no more')"], {}, tmp_path / "log")
    child.start()
    wait_until(lambda: child.pid is None)
    assert child.last_words() == "OSError: no more"


def test_every_sentence_is_there_in_both_languages():
    for code, sentence in telling.sentences().items():
        assert sentence["zh"] and sentence["en"], code
        assert sentence["exit"] in (0, telling.WRONG, telling.MISUSED, telling.UNREACHABLE), code
