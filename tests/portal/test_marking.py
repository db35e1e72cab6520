"""The text of a material with its quotations marked."""

from services.portal import marking


def test_the_pieces_of_a_paragraph_are_the_paragraph():
    """Nothing of an author's text is lost or added by marking it, whatever is quoted."""
    text = "学得零碎，跟着文件走、跟着会议走。"
    for quotations in (
        [],
        [("a", "学得零碎")],
        [("a", "跟着文件走"), ("b", "文件走、跟着会议走")],
        [("a", "没有这句")],
    ):
        assert "".join(piece.text for piece in marking.pieces(text, quotations)) == text


def test_overlapping_quotations_share_their_piece():
    """Where two findings quote the same words, the words belong to both."""
    pieces = marking.pieces("甲乙丙丁", [("one", "甲乙丙"), ("two", "丙丁")])

    assert pieces == [("甲乙", ("one",)), ("丙", ("one", "two")), ("丁", ("two",))]


def test_a_quotation_that_is_not_there_marks_nothing():
    """The finding still stands beside its paragraph."""
    finding = {"id": "f1", "anchor": {"paragraph": 1, "quotation": "别处的话"}}

    annotated = marking.annotate([{"n": 1, "text": "这里的话", "heading": None}], [finding])

    assert annotated[0]["pieces"] == [("这里的话", ())]
    assert annotated[0]["findings"] == [finding]


def test_findings_are_read_by_standard_with_failures_first():
    """Within a standard the failures come before the notes, then by place."""

    def finding(standard: str, severity: str, paragraph: int) -> dict:
        return {"standard": standard, "severity": severity, "anchor": {"paragraph": paragraph}}

    note, late, early = finding("problems", "note", 1), finding("problems", "fail", 9), finding("problems", "fail", 2)
    other = finding("causes", "fail", 1)

    assert marking.in_order([other, note, late, early], ["problems", "causes"]) == [early, late, note, other]


def test_numbered_lines_read_as_headings_and_sentences_do_not():
    """Authors often number their headings by hand instead of using a style."""
    lines = [
        "一、存在的主要问题",
        "1. 理论学习方面",
        "1.补业务短板。2024年4月10日前我到育秧点跟班3天。",
        "2.我查摆了自己，也请同志们批评",
    ]

    marked = marking.annotate([{"n": n, "text": text, "heading": None} for n, text in enumerate(lines)], [])

    assert [paragraph["heading"] for paragraph in marked] == [True, True, False, False]
