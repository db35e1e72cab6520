"""Another program checks texts, over the doors: what it may read and add, and the README's program as it stands."""

import os
import re
import subprocess
import sys

import pytest

from tests.stack import CAMPAIGN, ROOT, Refused, Stack, document, grant, wait_until

UNIT = "990823-NYNC"
OUTLINE, SECOND = (f"{CAMPAIGN}.{UNIT}.speech_outline.{post}" for post in ("02", "03"))
PASSED = {code: {"passed": True} for code in ("problems", "examples", "persuasion", "causes", "measures")}
REASON = {"zh": "请核实。", "en": "Please verify."}


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    with Stack(tmp_path_factory.mktemp("checker"), portal=True) as running:
        running.load([UNIT])
        running.settled()
        liaison = running.person("liaison", grant("liaison", "unit", UNIT))
        liaison.hand_in(OUTLINE, "提纲.txt", document("so-02.md"))
        running.settled()
        yield running


@pytest.fixture(scope="module")
def checker(stack):
    return stack.signed_in("checker", grant("checker", "campaign", CAMPAIGN))


@pytest.fixture(scope="module")
def supervisor(stack):
    return stack.person("supervisor", grant("supervisor", "group", "G4"))


def refused(code, status, ask, *arguments):
    with pytest.raises(Refused) as no:
        ask(*arguments)
    assert (no.value.code, no.value.status) == (code, status), no.value.problem


def said_of(text, **more):
    anchor = {"paragraph": text["paragraphs"][2]["n"], "quotation": text["paragraphs"][2]["text"][:8]}
    findings = [{"code": "figure", "standard": "examples", "severity": "fail", "anchor": anchor, "reason": REASON}]
    return {"source": "figures", "version": "1", "findings": findings, **more}


def test_a_checker_reads_texts_adds_flags_and_nothing_else(stack, checker, supervisor):
    path = f"/reviews/{OUTLINE}.v1"
    text = checker.get("review", f"{path}/text")
    assert checker.post("review", f"{path}/flags", said_of(text))["findings"] == 1
    for other in (path, "/reviews", "/ledger", "/materials", f"/campaigns/{CAMPAIGN}/units", "/readers", "/accounts"):
        refused("not_permitted", 403, checker.get, "review", other)
    refused("not_permitted", 403, checker.post, "review", f"{path}/verdict", {"standards": PASSED})
    refused("not_permitted", 403, supervisor.get, "review", f"{path}/text")
    refused("not_permitted", 403, supervisor.post, "review", f"{path}/flags", said_of(text))
    elsewhere = stack.person("elsewhere", grant("checker", "campaign", "another-2023", "another-2023"))
    refused("not_found", 404, elsewhere.get, "review", f"{path}/text")
    refused("not_found", 404, elsewhere.post, "review", f"{path}/flags", said_of(text))
    other = stack.person("other", grant("checker", "campaign", CAMPAIGN))
    refused("source_taken", 409, other.post, "review", f"{path}/flags", said_of(text))


def test_the_reader_sees_flags_with_their_source_and_decides_alone(stack, checker, supervisor):
    review = supervisor.get("review", f"/reviews/{OUTLINE}.v1")
    assert [(one["source"], one["findings"][0]["reason"]) for one in review["flags"]] == [("figures", REASON)]
    assert (review["state"], review["verdict"]) == ("prechecked", None)
    text = checker.get("review", f"/reviews/{OUTLINE}.v1/text")
    for version in ("1", "2", "2"):
        checker.post("review", f"/reviews/{OUTLINE}.v1/flags", said_of(text, version=version))
    stack.settled()
    told = [row["event"]["data"] for row in stack.database("feed").events.find({"name": "material_flagged"})]
    assert [(one["source"], one["findings"], one["fails"]) for one in told] == [("figures", 1, 1)] * 2
    supervisor.post("review", f"/reviews/{OUTLINE}.v1/verdict", {"standards": PASSED})
    refused("flags_closed", 409, checker.post, "review", f"/reviews/{OUTLINE}.v1/flags", said_of(text, version="3"))


def test_the_readmes_checker_flags_what_is_handed_in(stack, checker, supervisor):
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.S)
    code = next(block for block in blocks if "/flags" in block)
    code = code.replace("https://rectify.example", stack.url).replace("…", stack.accounts["checker"])
    liaison = stack.person("liaison", grant("liaison", "unit", UNIT))
    text = document("so-04.txt") + "\n全年谈心20多次。".encode()
    with subprocess.Popen([sys.executable, "-c", code], env=os.environ, stderr=subprocess.PIPE) as program:
        try:
            liaison.hand_in(SECOND, "提纲.txt", text)
            path = f"/reviews/{SECOND}.v1"
            stack.settled()
            (flag,) = wait_until(lambda: supervisor.get("review", path)["flags"], 30, "the program's flags")
            assert program.poll() is None
        finally:
            program.kill()
    assert "20多次" in [one["anchor"]["quotation"] for one in flag["findings"]]
    assert flag["source"] == "figures"
