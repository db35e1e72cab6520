"""The consumers' kit: a county's table keeps in step whatever happens, and the README's client does what it says."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from services.kit.rectify_kit import TestBus, follow, golden
from services.kit.rectify_kit.table import Table
from services.spine import contracts, settings
from tests.stack import wait_until

KIT = settings.ROOT / "services" / "kit"
INSIDE = {**os.environ, "PYTHONPATH": str(KIT)}


def story(count: int = 400) -> list[dict]:
    """Things that happen to forty records, each with a growing sequence."""
    event = golden("verdict_issued")[0]
    return [
        {**event, "id": f"e{n}", "subject": f"r{n % 40}", "sequence": n // 40 + 1, "region": f"99082{n % 3}"}
        for n in range(count)
    ]


def told_once(events: list[dict]) -> list[tuple]:
    table = Table(":memory:")
    for event in events:
        table.apply([event])
    return table.rows()


def test_every_event_has_golden_ones_that_fit_their_contract_today():
    names = {name.removeprefix("events/") for name in contracts.documents() if name.startswith("events/")}
    assert {event["type"].removeprefix("rectify.") for event in golden()} == names - {"envelope"}
    for event in golden():
        contracts.check("events/envelope", event)
        name = f"events/{event['type'].removeprefix('rectify.')}"
        if event["dataschema"] == contracts.documents()[name]["$id"]:
            contracts.check(name, event["data"])


@pytest.mark.parametrize("seed", range(5))
def test_twice_and_out_of_order_the_table_is_the_same(seed):
    bus = TestBus(story(), seed)
    played = list(bus.play(disorder=60))
    assert len(played) > 450 and played != sorted(played, key=lambda event: event["feedsequence"])
    assert told_once(played) == told_once(bus.events)


class Asked(TestBus):
    """A feed that remembers when it was asked."""

    def __init__(self) -> None:
        super().__init__(story(30))
        self.at: list[float] = []

    def read(self, query: dict[str, str]) -> tuple[list[dict], int]:
        self.at.append(time.monotonic())
        return super().read(query)


def test_where_many_ask_and_nobody_may_wait_who_was_told_nothing_asks_again_after_a_second():
    bus = Asked()
    with bus.serve(waits=False) as address:
        followed = follow(address, "rfs_secret", limit=20)
        assert [len(next(followed)[0]) for _ in range(4)] == [20, 10, 0, 0]
    assert bus.at[3] - bus.at[2] > 0.5


def keep(path: Path, address: str, token: Path, *more: str) -> subprocess.Popen:
    command = [sys.executable, "-m", "rectify_kit.table", str(path), address, str(token), "--limit", "20", *more]
    return subprocess.Popen(command, env=INSIDE, stdout=subprocess.PIPE, text=True)


def test_killed_restarted_and_told_again_the_table_equals(tmp_path):
    bus, token, path = TestBus(story()), tmp_path / "token", tmp_path / "county.sqlite"
    token.write_text("rfs_secret\n")
    with bus.serve() as address:
        for _ in range(3):
            program = keep(path, address, token)
            assert program.stdout and program.stdout.readline()
            program.send_signal(signal.SIGKILL)
            program.communicate()
        for more in ((), ("--again-from", "0")):
            bus.tell(*story(30))
            program = keep(path, address, token, *more)
            assert any(json.loads(line)["after"] == len(bus.events) for line in program.stdout or ())
            program.send_signal(signal.SIGKILL)
            program.communicate()
    assert Table(path).rows() == told_once(bus.events)
    assert Table(path).after() == len(bus.events)


def done(*command: str | Path, cwd: Path) -> str:
    """What a command says, run outside and without any path of ours."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "PIP_"))}
    return subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE, cwd=cwd, env=clean).stdout.strip()


def test_the_kit_is_built_installed_without_a_network_and_stands_alone(tmp_path):
    shutil.copytree(KIT, tmp_path / "kit", ignore=shutil.ignore_patterns("__pycache__", "build", "*.egg-info"))
    build = f"from setuptools import build_meta; print(build_meta.build_wheel({str(tmp_path)!r}))"
    wheel = done(sys.executable, "-c", build, cwd=tmp_path / "kit").splitlines()[-1]
    done(sys.executable, "-m", "venv", "--without-pip", tmp_path / "empty", cwd=tmp_path)
    own, pip = tmp_path / "empty" / "bin", (sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check")
    done(*pip, "--python", own / "python", "install", "--no-index", tmp_path / wheel, cwd=tmp_path)

    said = (
        "import rectify_kit, sys; print(len(rectify_kit.golden()), [one for one in sys.modules if 'services' in one])"
    )
    assert done(own / "python", "-c", said, cwd=tmp_path) == f"{len(golden())} []"
    assert "--again-from" in done(own / "rectify-table", "--help", cwd=tmp_path)
    assert "follow" in done(own / "python", "-c", "import rectify_kit; print(rectify_kit.__all__)", cwd=tmp_path)
    bus, token = TestBus(story(30)), tmp_path / "token"
    token.write_text("rfs_secret\n")
    with bus.serve() as address:
        command = [own / "rectify-table", tmp_path / "county.sqlite", address, token]
        program = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True)
        assert any(json.loads(line)["after"] == 30 for line in program.stdout or ())
        program.kill()
        program.communicate()
    assert Table(tmp_path / "county.sqlite").rows() == told_once(bus.events)


def test_the_client_of_the_readme_follows_the_feed_as_it_stands(tmp_path):
    readme = (settings.ROOT / "README.md").read_text("utf-8")
    client = next(
        code for code in re.findall(r"```python\n(.*?)```", readme, re.S) if "X-Next-After" in code and "urllib" in code
    )
    assert len(client.strip().splitlines()) <= 20
    bus = Asked()
    with bus.serve(waits=False) as address:
        program = client.replace("https://rectify.example", address).replace("rfs_…", "rfs_secret")
        (tmp_path / "client.py").write_text(program)
        following = subprocess.Popen(
            [sys.executable, "client.py"],
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        told = [next(iter(following.stdout or [])) for _ in range(30)]
        wait_until(lambda: (tmp_path / "after").exists() and (tmp_path / "after").read_text() == "30")
        wait_until(lambda: len(bus.at) > 2)
        following.kill()
        following.communicate()
    assert [line.split()[0] for line in told] == [str(n) for n in range(1, 31)]
    assert bus.at[2] - bus.at[1] > 1, "told nothing, it lets a second pass"
