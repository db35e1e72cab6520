"""The close-out slip: a paper with what was found, done, applied for and decided."""

import io
from typing import Any

import docx
import pytest

from services.rectification import closing, domain, slip
from services.spine import official_word
from services.spine.errors import Refusal
from tests.rectification.test_states import RULES, applied, closed, item


def cells(begun: domain.Item, uses: Any = ()) -> dict[str, str]:
    blocks = slip.blocks(domain.shown(begun, "2024-01-20"), "青溪县农业农村局", dict(uses))
    document = docx.Document(io.BytesIO(official_word.write(blocks)))
    assert [paragraph.text for paragraph in document.paragraphs] == [slip.TITLE, "单位：青溪县农业农村局"]
    return {row.cells[0].text: row.cells[1].text for row in document.tables[0].rows}


def test_the_slip_says_what_was_done_and_what_each_level_decided():
    rows = cells(closed())
    assert rows["整改结果"] == "已通水" and "验收单（2024-01-15）" in rows["佐证"]
    assert rows["督导组意见"].startswith("同意销号。现场查看属实") and rows["是否按期"] == "按期"


def test_whoever_signs_reads_in_which_other_items_the_same_evidence_stands():
    again = {"items": [{"number": 9}, {"number": 3}], "elsewhere": 0}
    uses = {domain.mark(domain.evidence_of(closed())[0]): again}
    assert "验收单（2024-01-15，还用于第3、9号）" in cells(closed(), uses)["佐证"]


def test_what_is_decided_in_the_small_hours_bears_the_day_of_the_campaign():
    asked = applied()
    draft = {"passed": True, "reason": "现场查看属实", "hash": domain.applied_for(asked)}
    early = domain.Hand("supervisor", "supervisor", "2024-01-20T17:10:00.000Z", "2024-01-21")
    done, _ = closing.verify(asked, draft, early, False, ["supervisor"], RULES)
    assert cells(done)["督导组意见"].endswith("2024-01-21") and cells(done)["销号日期"] == "2024-01-21"


def test_a_slip_that_waits_for_a_level_leaves_room_for_it_and_there_is_none_before_the_application():
    assert cells(applied(rank="city"))["督导组意见"] == ""
    with pytest.raises(Refusal, match="nothing_applied"):
        cells(item())
