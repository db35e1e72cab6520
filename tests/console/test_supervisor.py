"""The embedded deployment, started for real: it keeps its children, its data and its word."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import urllib3

from services.console import folder
from services.spine import settings
from tests.broker import free_port
from tests.patience import SLOWER
from tests.stack import wait_until

RECTIFY = [sys.executable, "-c", "from services.console.app import main; main()"]
ENVIRONMENT = {**{k: v for k, v in os.environ.items() if not k.startswith("RECTIFY_")}, "COLUMNS": "200"}


class House:
    """One `rectify up` on a data folder of its own."""

    def __init__(self, data, *options):
        self.data, self.port = data, free_port()
        self.log = data.parent / f"{data.name}.log"
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(
                [*RECTIFY, "up", "--data", str(data), "--port", str(self.port), *options],
                cwd=settings.ROOT,
                env=ENVIRONMENT,
                stdout=out,
                stderr=out,
            )

    @property
    def said(self):
        return self.log.read_text("utf-8")

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def wait(self, seconds=60):
        """Until it says that it is ready."""
        wait_until(lambda: self.url in self.said or self.process.poll() is not None, seconds)
        assert self.process.poll() is None, self.said
        return self

    def children(self):
        return json.loads((self.data / "run.json").read_text())["children"]

    def stop(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        return self.process.wait(30 * SLOWER)

    def ask(self, *words):
        done = subprocess.run(
            [*RECTIFY, *words, "--data", str(self.data)],
            cwd=settings.ROOT,
            env=ENVIRONMENT,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout, done.stderr


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """Starts houses, each on a folder of its own unless told, and sees that none is left."""
    made = []

    def start(*options, data=None):
        made.append(House(data or tmp_path_factory.mktemp("house") / "data", *options))
        return made[-1]

    yield start
    for one in made:
        if one.process.poll() is None:
            one.process.kill()
            one.process.wait()


@pytest.fixture(scope="module")
def standing(house):
    """A house that several tests look at."""
    return house("--empty").wait()


def alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_the_store_may_keep_a_quarter_of_the_machine_s_memory_or_what_is_said(standing, monkeypatch):
    command = Path(f"/proc/{standing.children()['store']}/cmdline").read_text().split("\0")
    assert command[command.index("--cache-size") + 1] == settings.store_cache()
    monkeypatch.setenv("RECTIFY_STORE_CACHE", "1G")
    assert settings.store_cache() == "1G"


def test_it_starts_empty_shows_one_password_once_and_stops_in_order_within_seconds(house):
    first = house("--empty").wait()
    password = re.search(r"security +(\S{4}-\S{4}-\S{4}-\S{4}) ", first.said)
    assert password, first.said
    answer = urllib3.request(
        "POST",
        f"{first.url}/api/v1/sessions",
        json={"login": "security", "password": password[1]},
        retries=False,
        timeout=30 * SLOWER,
    )
    assert answer.status == 201
    children = first.children()

    started = time.monotonic()
    assert first.stop(signal.SIGINT) == 0
    assert time.monotonic() - started < 12 * SLOWER
    assert not any(alive(pid) for pid in children.values())
    assert not (first.data / "run.json").exists()
    assert "Traceback" not in first.said
    for path in first.data.rglob("*"):
        if path.is_file():
            assert password[1].encode() not in path.read_bytes(), path

    second = house("--empty", data=first.data).wait()
    second.stop()
    assert second.said.count("security_admin") == 1, "the password is shown on the first start only"


def test_whoever_dies_inside_is_started_again(standing):
    one = standing
    before = one.children()
    for pid in before.values():
        os.kill(pid, signal.SIGKILL)
    wait_until(lambda: all(one.children()[name] not in (None, pid) for name, pid in before.items()), 40)
    wait_until(lambda: one.ask("status")[0] == 0, 40)
    for name in before:
        assert f"{name} stopped unexpectedly" in one.said


def test_a_busy_port_is_named_before_anything_is_started(house):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        refused = house("--port", str(port), "--empty")
        assert refused.process.wait(30 * SLOWER) == 1
    assert str(port) in refused.said
    assert "--port" in refused.said
    assert "Traceback" not in refused.said


def test_a_second_start_on_the_same_folder_is_refused_with_the_address_of_the_first(standing, house):
    second = house("--empty", data=standing.data)
    assert second.process.wait(30 * SLOWER) == 1
    assert f"{standing.data} ({standing.url})" in second.said
    assert standing.process.poll() is None


def test_a_damaged_store_is_a_sentence_and_is_left_as_it_is(house, tmp_path):
    store = tmp_path / "data/store"
    store.mkdir(parents=True)
    (store / "WiredTiger").write_text("WiredTiger\nWiredTiger 11.3.1\n")
    (store / "WiredTiger.turtle").write_text("nonsense")
    before = {path.name for path in store.iterdir()}
    refused = house("--empty", data=tmp_path / "data")
    assert refused.process.wait(60 * SLOWER) == 1
    assert str(tmp_path / "data") in refused.said
    assert "Traceback" not in refused.said
    assert before <= {path.name for path in store.iterdir()}


def test_a_campaign_is_loaded_once_however_often_it_is_loaded(standing):
    campaign = str(settings.ROOT / "deploy/demo/longyan-2023")
    assert json.loads(standing.ask("load", campaign, "--json")[1])["added"] == 110
    again = json.loads(standing.ask("load", campaign, "--json")[1])
    assert (again["added"], again["changed"]) == (0, 0)


def test_a_stop_in_the_middle_of_the_start_leaves_nothing(house):
    one = house("--empty")
    wait_until(lambda: "store is up" in one.said, 30)
    assert one.stop() == 0
    assert folder.Folder(one.data).running() is None
    assert not any(str(one.data) in command for command in running_commands())
    code, _, complaint = one.ask("scale", "review", "2")
    assert (code, "预审进程" in complaint) == (3, True)


def running_commands():
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            yield path.read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
        except OSError:
            continue


def answers(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_review_workers_are_added_and_taken_away_while_it_runs(standing):
    code, said, _ = standing.ask("scale", "review", "3", "--json")
    assert (code, json.loads(said)) == (0, {"before": 1, "now": 3})
    crew = json.loads((standing.data / "crew.json").read_text())["pids"]
    assert len(crew) == 2
    wait_until(lambda: (standing.data / "logs" / "worker-3.log").read_text().count('"ready"') == 1, 30)

    os.kill(crew[0], signal.SIGKILL)
    wait_until(lambda: set(json.loads((standing.data / "crew.json").read_text())["pids"]) - set(crew), 30)

    assert standing.ask("scale", "review", "1")[0] == 0
    wait_until(lambda: not any(alive(pid) for pid in crew), 30)


def test_killed_outright_it_leaves_nothing_running_and_starts_again_at_once(standing, house):
    """The last that is done to the house that stands."""
    children = standing.children()
    standing.process.kill()
    standing.process.wait()
    wait_until(lambda: not any(alive(pid) for pid in children.values()))
    wait_until(lambda: not answers(standing.port), 5)
    again = house("--empty", data=standing.data).wait()
    code, printed, _ = again.ask("status", "--json")
    assert code == 0, printed
