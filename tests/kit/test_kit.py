"""The consumers' kit: a county's table keeps in step whatever happens, and the README's client does what it says."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from services.kit.rectify_kit import TestBus, golden
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


def told_once(path: Path, events: list[dict]) -> list[tuple]:
    table = Table(path)
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
def test_twice_and_out_of_order_the_table_is_the_same(tmp_path, seed):
    bus = TestBus(story(), seed)
    played = list(bus.play(disorder=60))
    assert len(played) > 450 and played != sorted(played, key=lambda event: event["feedsequence"])
    assert told_once(tmp_path / "a.sqlite", played) == told_once(tmp_path / "b.sqlite", bus.events)


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
    assert Table(path).rows() == told_once(tmp_path / "expected.sqlite", bus.events)
    assert Table(path).after() == len(bus.events)


def test_the_kit_stands_alone():
    program = "import rectify_kit, sys; print([name for name in sys.modules if name.startswith('services')])"
    done = subprocess.run(
        [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(KIT)!r}); {program}"],
        capture_output=True,
        text=True,
        check=True,
        cwd="/",
    )
    assert done.stdout.strip() == "[]"


def test_the_client_of_the_readme_follows_the_feed_as_it_stands(tmp_path):
    readme = (settings.ROOT / "README.md").read_text("utf-8")
    client = next(
        code for code in re.findall(r"```python\n(.*?)```", readme, re.S) if "X-Next-After" in code and "urllib" in code
    )
    assert len(client.strip().splitlines()) <= 20
    bus = TestBus(story(30))
    with bus.serve() as address:
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
        following.kill()
        following.communicate()
    assert [line.split()[0] for line in told] == [str(n) for n in range(1, 31)]
