"""A material that came as a form is read and pre-checked like any other."""

from services.review import form, precheck
from services.spine import contracts

ASPECTS = [{"code": "theory", "title": "理论学习"}]


def test_every_section_of_a_form_is_text_that_a_reader_and_the_precheck_understand():
    document = contracts.documents()["kinds/speech_outline.1"]["examples"][0]
    paragraphs = form.paragraphs(document, ASPECTS)
    text = "\n".join(one["text"] for one in paragraphs)
    for said in ("（一）理论学习方面", "一、上年整改措施落实情况", "配偶经商", "函询", "到村里来得少"):
        assert said in text
    assert [one["n"] for one in paragraphs] == list(range(1, len(paragraphs) + 1))
    found = precheck.examine(paragraphs, "speech_outline", ASPECTS)
    reasons = [one["reason"]["zh"] for one in found["findings"]]
    assert not any("由谁负责" in one or "完成时间" in one or "可检验" in one for one in reasons), reasons
