"""What deploy/environment.sh promises to someone with nothing prepared."""

import os
import subprocess
import sys

import pytest

from services.spine import settings
from tests.patience import SLOWER


def shell(script, **environment):
    """Run a few lines with deploy/environment.sh; (exit code, output, complaints)."""
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", f". deploy/environment.sh; {script}"],
        cwd=settings.ROOT,
        env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def python(tmp_path):
    """Makes a Python that is nothing but its answers."""

    def make(name, body):
        path = tmp_path / name
        path.write_text(f"#!/bin/sh\n{body}\n")
        path.chmod(0o755)
        return str(path)

    return make


def test_a_fitting_python_is_found_behind_one_that_does_not_fit(python):
    old = python("old", "exit 1")
    assert shell("find_python", RECTIFY_PYTHON=f"{old} {sys.executable}") == (0, f"{sys.executable}\n", "")


def test_a_python_too_old_is_named_with_what_to_install(python):
    old = python("old", 'case "$2" in *platform*) printf 3.9.2;; *) exit 1;; esac')
    code, _, said = shell("find_python", RECTIFY_PYTHON=old)
    assert code == 1
    assert "3.9.2" in said
    assert "apt-get install python3" in said


def test_no_python_at_all_is_a_sentence():
    code, _, said = shell("find_python", RECTIFY_PYTHON="nothing-of-that-name")
    assert code == 1
    assert "found: none" in said


def test_a_python_without_venv_names_the_package_to_those_who_may_not_install_it(python):
    bare = python("bare", f'case "$2" in *ensurepip*) exit 1;; esac; exec {sys.executable} "$@"')
    code, _, said = shell(f"id() {{ echo 1000; }}; ensure_venv {bare}")
    assert code == 1
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
    assert f"apt-get install {version}" in said


def test_a_stamp_changes_with_the_lock_the_place_and_the_python(tmp_path):
    def stamp(place, lock):
        return shell(f"environment_stamp {sys.executable} {place} {lock}")[1]

    one = stamp("/a", "deploy/lock.txt")
    assert one == stamp("/a", "deploy/lock.txt")
    assert len({one, stamp("/b", "deploy/lock.txt"), stamp("/a", "deploy/lock-test.txt")}) == 3


def test_arguments_that_mean_nothing_are_refused_before_anything_is_made():
    for words in (["--without", "everything"], ["--nonsense"]):
        done = subprocess.run(
            [settings.ROOT / "deploy/test", *words], capture_output=True, text=True, check=False, timeout=20 * SLOWER
        )
        assert done.returncode == 1
        assert done.stderr
