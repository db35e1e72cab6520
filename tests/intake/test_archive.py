"""The archive package: byte for byte, the same bytes for the same content, and verified offline by its own script."""

import hashlib
import io
import json
import subprocess
import sys
import zipfile

import pytest

from services.intake import addenda, archive, domain
from tests.intake.test_addenda import GIVEN, locked
from tests.intake.test_filing import PLAN, material

DATA = b"%PDF-1.4 minutes"
PAGE = {"sha256": "e" * 64, "file_name": "签字:页?.jpg", "media": "image/jpeg", "role": "author"}


def written(*materials: domain.Material, readable=lambda _: True) -> tuple[bytes, dict]:
    file = io.BytesIO()
    told = archive.write(file, PLAN, materials, readable, lambda sha256: DATA + sha256.encode(), study_record=[])
    return file.getvalue(), told


@pytest.fixture
def minutes():
    amended = addenda.attach(locked(), {**GIVEN, "file": {**PAGE, "size": 1}})[0]
    last = {
        **amended["versions"][-1],
        "on_paper": [PAGE],
        "form": {"sha256": "f" * 64, "schema": "urn:rectify:kinds:minutes:1"},
    }
    return {**amended, "versions": [last], "outbox": [], "revision": 3}


def manifest(data: bytes) -> dict:
    return json.loads(zipfile.ZipFile(io.BytesIO(data)).read("manifest.json"))


def test_all_that_belongs_to_the_version_that_counts_is_in_it_under_chinese_names(minutes):
    data, told = written(minutes)
    package, rows = zipfile.ZipFile(io.BytesIO(data)), {one["path"]: one for one in manifest(data)["files"]}
    assert set(rows) == set(package.namelist()) - {"manifest.json", "manifest.sha256"}
    found = sorted((one["what"], path.rsplit("/", 1)[-1]) for path, one in rows.items() if "M09" in path)
    assert found == [
        ("addendum", "补正1.json"),
        ("addendum_file", "补正1 签字_页_.jpg"),
        ("form", "第1版 表单.json"),
        ("original", "第1版 提纲.txt"),
        ("record", "记录.json"),
        ("signed_page", "第1版 签字页1 签字_页_.jpg"),
    ]
    assert package.read("M09 会议记录/第1版 提纲.txt") == DATA + b"a" * 64
    assert all(hashlib.sha256(package.read(path)).hexdigest() == one["sha256"] for path, one in rows.items())
    record = json.loads(package.read("M09 会议记录/记录.json"))
    assert len(record["versions"][0]["signatures"]) == 2 and "outbox" not in record
    assert told["manifest_sha256"] == hashlib.sha256(package.read("manifest.json")).hexdigest()


def test_the_same_content_makes_the_same_bytes_whatever_the_order_it_came_in(minutes):
    other = material("criticism_list", "01")
    assert written(minutes, other) == written(other, minutes)


def test_what_may_not_be_read_or_does_not_count_is_left_out_and_named(minutes):
    secret = material("team_inspection", secrecy="work_secret")
    unsigned = {**material("criticism_list", "01"), "counted": 0, "state": "unsigned"}
    data, told = written(minutes, secret, unsigned, readable=lambda one: one["secrecy"] != "work_secret")
    named = {one["kind"]: one["reason"] for one in manifest(data)["left_out"]}
    assert named == {"team_inspection": "work_secret", "criticism_list": "unsigned"}
    assert told["left_out"] == 2
    assert not any("M05" in name or "M07" in name for name in zipfile.ZipFile(io.BytesIO(data)).namelist())


def verify(*words: str, at: object) -> tuple[int, str]:
    done = subprocess.run([sys.executable, "-I", *words], capture_output=True, check=False, cwd=str(at), timeout=60)
    return done.returncode, done.stdout.decode()


def test_the_script_inside_says_what_is_damaged_missing_or_added_in_both_languages(tmp_path, minutes):
    data, told = written(minutes)
    zipfile.ZipFile(io.BytesIO(data)).extractall(tmp_path)
    code, said = verify("verify.py", at=tmp_path)
    assert code == 0 and "全部一致 all is as it was" in said and told["manifest_sha256"] in said
    original = tmp_path / "M09 会议记录" / "第1版 提纲.txt"
    flipped = bytearray(original.read_bytes())
    flipped[3] ^= 1
    original.write_bytes(flipped)
    (tmp_path / "M09 会议记录" / "第1版 表单.json").unlink()
    (tmp_path / "M09 会议记录" / "多的.txt").write_text("x")
    code, said = verify("verify.py", at=tmp_path)
    assert code == 1
    for line in ("损坏 damaged: M09 会议记录/第1版 提纲.txt", "缺少 missing: M09 会议记录/第1版 表单.json"):
        assert line in said
    assert "多出 added: M09 会议记录/多的.txt" in said


def test_the_script_verifies_the_zip_itself_and_a_manifest_made_anew_does_not_match_the_kept_hash(tmp_path, minutes):
    data, told = written(minutes)
    (tmp_path / "verify.py").write_bytes(archive.VERIFIER.read_bytes())
    (tmp_path / "a.zip").write_bytes(data)
    assert verify("verify.py", "a.zip", told["manifest_sha256"], at=tmp_path)[0] == 0
    code, said = verify("verify.py", "a.zip", "0" * 64, at=tmp_path)
    assert code == 1 and "damaged: manifest.json" in said
    at = data.index(DATA)
    (tmp_path / "a.zip").write_bytes(data[:at] + b"#" + data[at + 1 :])
    code, said = verify("verify.py", "a.zip", at=tmp_path)
    assert code == 1 and "损坏 damaged: M09 会议记录/" in said
    (tmp_path / "a.zip").write_bytes(data[:-100])
    assert verify("verify.py", "a.zip", at=tmp_path)[0] == 2


def test_the_script_runs_where_nothing_newer_than_python_3_8_is_known():
    import ast

    tree = ast.parse(archive.VERIFIER.read_text("utf-8"), feature_version=(3, 8))
    modules = {
        node.module if isinstance(node, ast.ImportFrom) else node.names[0].name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    assert modules <= {"__future__", "hashlib", "json", "os", "sys", "unicodedata", "zipfile", "typing"}
