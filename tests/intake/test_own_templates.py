"""A campaign's own templates: places filled in wherever they stand, unknown ones told with the right one, all kept."""

import io
import zipfile
from typing import Any

import docx
import pytest

from services.intake import files, own_templates, own_templates_store, placeholders, reference
from services.spine.errors import Refusal

FACTS = own_templates.EXAMPLE
GIVEN: dict[str, Any] = {"sha256": "a" * 64, "size": 9, "file_name": "a.docx", "placeholders": [], "note": ""}
GIVEN |= {"by": "办公室", "by_account": "office", "at": "2024-01-02T08:00:00Z"}
WHO = {"reason": "改用统一模板", "by": "办公室", "by_account": "office", "at": "2024-01-03T08:00:00Z"}


def word(*paragraphs: str | list[str], header: str = "", cell: str = "") -> bytes:
    """A Word document; a paragraph may come in pieces, as Word cuts them."""
    document, out = docx.Document(), io.BytesIO()
    for paragraph in paragraphs:
        made = document.add_paragraph()
        for piece in [paragraph] if isinstance(paragraph, str) else paragraph:
            made.add_run(piece)
    document.sections[0].header.paragraphs[0].text = header
    if cell:
        document.add_table(1, 1).cell(0, 0).text = cell
    document.save(out)
    return out.getvalue()


def filled(data: bytes, facts: reference.Facts = FACTS) -> Any:
    return docx.Document(io.BytesIO(placeholders.fill(data, placeholders.values("speech_outline", facts))))


@pytest.mark.parametrize(
    ("written", "reads"),
    [
        ("{单位名称}发言提纲", "青溪县农业农村局发言提纲"),
        (["关于{", "单位", "名称}的", "说明"], "关于青溪县农业农村局的说明"),
        (["｛ 岗位 ｝：", "{会议日", "期}"], "副局长：2024年1月9日"),
        ("{单位名称}{单位名称}", "青溪县农业农村局青溪县农业农村局"),
        ("{班子岗位}", "党组书记、局长、副局长"),
        ("{检视方面}", "理论学习、廉洁自律"),
        ("没有占位", "没有占位"),
    ],
)
def test_a_place_is_filled_in_also_where_word_has_cut_it_in_pieces(written, reads):
    data = word(written)
    placeholders.check("a.docx", data)
    assert filled(data).paragraphs[0].text == reads


def test_places_in_headers_and_tables_are_filled_in_and_the_rest_stays_byte_for_byte():
    data = word("正文", header="{活动名称}", cell="{材料名称}")
    assert placeholders.check("a.docx", data) == ["材料名称", "活动名称"]
    made = filled(data)
    assert made.sections[0].header.paragraphs[0].text == FACTS.campaign
    assert made.tables[0].cell(0, 0).text == reference.called("speech_outline")
    out = placeholders.fill(data, placeholders.values("speech_outline", FACTS))
    assert files.recognise("a.docx", out, ("docx",)) == files.DOCX
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(io.BytesIO(out)) as after:
        assert before.namelist() == after.namelist()
        for name in set(before.namelist()) - {"word/document.xml", "word/header1.xml"}:
            assert before.read(name) == after.read(name)


def test_what_is_not_known_is_a_place_to_fill_in_and_what_is_written_in_is_only_text():
    assert filled(word("{单位名称}"), reference.NOTHING).paragraphs[0].text == "【请填写：单位名称】"
    odd = filled(word("{单位名称}"), reference.Facts(unit="<w:p>{岗位}&\x01"))
    assert odd.paragraphs[0].text == "<w:p {岗位}&"


@pytest.mark.parametrize(
    ("written", "found", "right"),
    [
        ("{单位}", "{单位}", "{单位名称}"),
        (["{会议", "时间}"], "{会议时间}", "{会议日期}"),
        ("{unit}", "{unit}", "、".join(f"{{{one}}}" for one in placeholders.OFFERED)),
        ("{单位名称", "{单位名称", "{单位名称}"),
        ("单位名称}", "}", "、".join(f"{{{one}}}" for one in placeholders.OFFERED)),
        ("{}", "{}", "、".join(f"{{{one}}}" for one in placeholders.OFFERED)),
    ],
)
def test_an_unknown_place_is_told_with_what_would_be_right(written, found, right):
    with pytest.raises(Refusal, match="placeholder_unknown") as no:
        placeholders.check("a.docx", word("{岗位}", written))
    (place,) = no.value.errors
    assert (place["found"], place["right"], place["pointer"]) == (found, right, "/file")


def test_all_unknown_places_are_told_at_once():
    with pytest.raises(Refusal) as no:
        placeholders.check("a.docx", word("{单位}，{日期}", "{单位}"))
    assert [one["found"] for one in no.value.errors] == ["{单位}", "{日期}"]


def test_a_document_is_shown_as_blocks_and_one_that_cannot_be_opened_is_refused():
    document, out = docx.Document(), io.BytesIO()
    document.add_heading("发言提纲", 0)
    document.add_heading("一、问题", 1)
    document.add_paragraph("")
    document.add_paragraph("理论学习", style="List Bullet")
    document.add_table(1, 2).cell(0, 1).text = "整改时限"
    document.save(out)
    shown = own_templates.blocks("a.docx", out.getvalue())
    assert [one["kind"] for one in shown] == ["title", "heading", "item", "table"]
    assert shown[-1]["rows"] == [["", "整改时限"]]
    broken = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(word("a"))) as before, zipfile.ZipFile(broken, "w") as after:
        for name in before.namelist():
            after.writestr(name, b"<w" if name == "word/document.xml" else before.read(name))
    for look in (placeholders.check, own_templates.blocks):
        with pytest.raises(Refusal, match="file_damaged"):
            look("a.docx", broken.getvalue())


def test_the_newest_stands_until_it_is_withdrawn_and_every_version_is_kept():
    one = own_templates.keep(own_templates.begin("a-campaign", "speech_outline"), GIVEN)
    assert own_templates.keep(one, {**GIVEN, "at": "2024-01-04T08:00:00Z"}) is one
    two = own_templates.keep(one, {**GIVEN, "sha256": "b" * 64})
    assert own_templates.shown(two)["standing"] == 2
    with pytest.raises(Refusal, match="template_replaced"):
        own_templates.withdraw(two, 1, WHO)
    with pytest.raises(Refusal, match="not_found"):
        own_templates.withdraw(two, 3, WHO)
    away = own_templates.withdraw(two, 2, WHO)
    assert own_templates.standing(away) is None and own_templates.withdraw(away, 2, WHO) is away
    again = own_templates.keep(away, {**GIVEN, "sha256": "b" * 64})
    assert [bool(row["withdrawn"]) for row in again["versions"]] == [False, True, False]
    assert own_templates.shown(again)["standing"] == 3


def test_a_kind_handed_in_as_a_workbook_has_no_word_template():
    assert "ledger" not in own_templates.in_word() and "speech_outline" in own_templates.in_word()
    with pytest.raises(Refusal, match="template_not_word"):
        own_templates.check_in_word("ledger")


def test_it_is_kept_once_and_changed_only_by_who_saw_the_newest(db):
    begun = own_templates.begin("a-campaign", "speech_outline")
    own_templates_store.keep(db, None, own_templates.keep(begun, GIVEN), GIVEN["at"])
    kept = own_templates_store.find(db, "a-campaign", "speech_outline")
    assert kept and own_templates_store.of_campaign(db, "a-campaign")["speech_outline"]["versions"] == kept["versions"]
    assert own_templates_store.read(db, None) is None and own_templates_store.of_campaign(db, "other") == {}
