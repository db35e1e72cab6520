"""Review workers that are kept by themselves: their number changes while they run, however they were started."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from services.console import workers
from services.spine import settings
from tests.console.test_children import SLEEP, alive
from tests.stack import wait_until


@pytest.fixture
def kept(tmp_path):
    """Starts what keeps workers that only sleep."""
    started: list[subprocess.Popen[bytes]] = []

    def keep(data: Path | None) -> subprocess.Popen[bytes]:
        program = f"from services.console import workers\nworkers.COMMAND = {SLEEP!r}\nfrom pathlib import Path\n"
        program += f"raise SystemExit(workers.keep(1, {f'Path({str(data)!r})' if data else None}))"
        started.append(subprocess.Popen([sys.executable, "-c", program], cwd=settings.ROOT))
        wait_until(lambda: len(pids(started[-1])) == 1)
        return started[-1]

    yield keep
    for process in started:
        process.kill()
        process.wait()


def pids(process):
    """Its workers."""
    return Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()


def signalled(keeper, number, count):
    """It is told once, and has so many then: signals of one kind that come together are one."""
    os.kill(keeper.pid, number)
    wait_until(lambda: len(pids(keeper)) == count)


@pytest.mark.parametrize("with_folder", [False, True])
def test_a_signal_is_one_more_or_one_less_and_one_stays(kept, tmp_path, with_folder):
    """Signals and `rectify scale` speak of the same number."""
    data = tmp_path if with_folder else None
    keeper = kept(data)
    for count in (2, 3):
        signalled(keeper, signal.SIGTTIN, count)
    if data:
        assert workers.scale(2, data)["now"] == 2
    for count in (1, 1) if data else (2, 1, 1):
        signalled(keeper, signal.SIGTTOU, count)
    (last,) = pids(keeper)
    keeper.terminate()
    assert keeper.wait(10) == 0
    assert not alive(last)
