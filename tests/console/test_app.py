"""The command: help for everything, sentences instead of tracebacks, and exit codes that programs can trust."""

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import typer
import typer.testing

from services.console import app, bars, examining, telling
from services.spine import settings

MATERIALS = settings.ROOT / "deploy/demo/materials"


def rectify(*words, **environment):
    """Run the command as a person would; (exit code, what it printed, what it complained about)."""
    program = "from services.console.app import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", program, *map(str, words)],
        cwd=settings.ROOT,
        env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "Traceback" not in done.stdout + done.stderr
    return done.returncode, done.stdout, done.stderr


def commands(group, path=()):
    """Every command below a group, as the words that call it."""
    for name, command in sorted(group.commands.items()):
        if hasattr(command, "commands"):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name), command


COMMANDS = list(commands(typer.main.get_command(app.app)))


@pytest.mark.parametrize("words", [words for words, _ in COMMANDS], ids=" ".join)
def test_every_command_explains_itself(words):
    answer = typer.testing.CliRunner().invoke(app.app, [*words, "--help"])
    assert answer.exit_code == 0
    assert "Usage" in answer.output


def test_whoever_prints_facts_prints_them_as_json_when_asked():
    with_json = {words for words, command in COMMANDS if any("--json" in one.opts for one in command.params)}
    facts = ["load", "precheck", "status", "events tail", "events replay", "replay", "doctor", "topology declare"]
    facts += ["account add"]
    assert with_json >= {tuple(words.split()) for words in facts}


@pytest.mark.parametrize("words", [("nonsense",), ("up", "--port", "99999"), ("load",), ("account", "add", "x")])
def test_misuse_ends_with_2(words):
    assert rectify(*words)[0] == telling.MISUSED


@pytest.mark.parametrize("role", ["nobody", "liaison"])
def test_a_grant_that_makes_no_sense_ends_with_2_and_a_sentence(role):
    code, _, said = rectify("account", "add", "somebody", "--role", role)
    assert code == telling.MISUSED
    assert role in said


@pytest.mark.parametrize("words", [("status",), ("events", "tail"), ("replay",), ("events", "replay", "oa")])
def test_no_deployment_ends_with_3_and_says_what_to_do(words, tmp_path):
    code, _, said = rectify(*words, "--data", tmp_path)
    assert code == telling.UNREACHABLE
    assert "deploy/up" in said


def test_a_silent_production_ends_with_3(tmp_path):
    (tmp_path / "key").write_text("0" * 64)
    urls = {f"RECTIFY_{service.upper()}_URL": "http://127.0.0.1:9" for service in settings.SERVICES}
    code, printed, _ = rectify("status", "--json", **urls, RECTIFY_SECRET_FILE=str(tmp_path / "key"))
    assert code == telling.UNREACHABLE
    assert {one["code"] for one in json.loads(printed)["wrong"]} == {"silent"}


def test_a_faulty_campaign_ends_with_1_and_names_every_place(tmp_path):
    (tmp_path / "units.csv").write_text("unit_code,name\n")
    code, printed, _ = rectify("load", tmp_path, "--json")
    assert code == telling.WRONG
    found = {(fault["file"], fault["column"]) for fault in json.loads(printed)["faults"]}
    assert found >= {("units.csv", "level"), ("campaign.json", ""), ("groups.json", "")}


def test_precheck_ends_with_0_for_a_good_material_and_1_for_one_that_fails():
    assert rectify("precheck", MATERIALS / "so-01.txt")[0] == 0
    code, printed, _ = rectify("precheck", MATERIALS / "so-03.txt", "--json")
    assert code == telling.WRONG
    assert json.loads(printed)[0]["fails"]


def test_precheck_refuses_a_bomb_in_a_sentence():
    code, printed, _ = rectify("precheck", MATERIALS / "hostile/bomb.docx", "--json")
    assert code == telling.WRONG
    assert json.loads(printed)[0]["refused"]


def test_a_file_that_cannot_be_read_has_its_own_line_and_the_others_are_examined(tmp_path):
    code, printed, _ = rectify("precheck", "nowhere.docx", tmp_path, MATERIALS / "so-01.txt", "--json")
    nowhere, folder, good = json.loads(printed)
    assert code == telling.WRONG
    assert (nowhere["refused"], folder["refused"]) == ("file_not_readable", "file_not_readable")
    assert "nowhere.docx" in nowhere["reason"] and good["fails"] == []


def test_precheck_never_ends_well_because_it_looked_at_nothing(tmp_path):
    """A kind no standard is about, a file for a folder, opinions that are none: a sentence, and no result."""
    material, kept = str(MATERIALS / "so-01.txt"), tmp_path / "opinions.json"
    kept.write_text("{}")
    for option, given, code in (
        ("--kind", "minutes", "misused"),
        ("--against", material, "not_readable"),
        ("--opinions", str(kept), "not_readable"),
    ):
        answer = typer.testing.CliRunner().invoke(app.app, ["precheck", material, option, given])
        assert isinstance(answer.exception, telling.Trouble) and answer.exception.code == code
        assert not answer.stdout


def test_opinions_to_be_answered_come_from_a_json_file(tmp_path):
    labelled = json.loads((MATERIALS / "labels.json").read_text("utf-8"))["documents"]
    (asked,) = (one["opinions_to_answer"] for one in labelled if one["file"] == "so-08.txt")
    kept = tmp_path / "opinions.json"
    kept.write_text(json.dumps(asked, ensure_ascii=False), "gb18030")
    code, printed, _ = rectify("precheck", MATERIALS / "so-08.txt", "--opinions", kept, "--json")
    assert (code, json.loads(printed)[0]["fails"]) == (telling.WRONG, ["problems"])

    for written in ("", "[{", "\0", '"ab"', '{"text": "a"}', "[1]", "[null]", "[{}]", '[{"text": null}]'):
        kept.write_text(written)
        with pytest.raises(telling.Trouble, match="not_readable"):
            examining.opinions(kept)
    kept.write_text('["调研少", {"text": "回信慢", "id": 7}]', "utf-8")
    assert [(one["text"], one["id"]) for one in examining.opinions(kept)] == [("调研少", ""), ("回信慢", "7")]


def test_the_doctor_names_what_is_wrong_with_no_deployment(tmp_path):
    code, printed, _ = rectify("doctor", "--data", tmp_path, "--json")
    assert code == telling.WRONG
    found = {one["what"]: one["ok"] for one in json.loads(printed)}
    assert found["schemas"] and found["python"]
    assert not found["deployment"]


def test_serve_knows_only_the_services():
    code, _, said = rectify("serve", "registry", "nothing")
    assert code == telling.MISUSED
    assert "nothing" in said


def test_whoever_stops_watching_leaves_the_work_running_and_goes_on_watching_it():
    looks: Iterator[Any] = iter([("running", 10), KeyboardInterrupt, ("running", 40), ("done", 60)])

    def look():
        found = next(looks)
        if found is KeyboardInterrupt:
            raise found
        return {"state": found[0], "worked": found[1], "total": 60}

    with pytest.raises(telling.Trouble, match="still_running"):
        bars.watched("preview", look)
    assert bars.watched("preview", look)["worked"] == 60
