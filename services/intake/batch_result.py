"""The result of a batch as a workbook: a row for each line of the manifest, with its receipt or the reason why not."""

from collections.abc import Iterable

from services.intake import batches, manifest

RESULT = {
    "row": ({"zh": "清单行", "en": "Row"}, 8),
    "unit": ({"zh": "单位代码", "en": "Unit code"}, 16),
    "kind": ({"zh": "材料", "en": "Material"}, 24),
    "post": ({"zh": "岗位", "en": "Post"}, 9),
    "file": ({"zh": "文件名", "en": "File"}, 40),
    "outcome": ({"zh": "结果", "en": "Result"}, 18),
    "version": ({"zh": "版本", "en": "Version"}, 8),
    "receipt": ({"zh": "回执号", "en": "Receipt"}, 48),
    "sha256": ({"zh": "SHA-256", "en": "SHA-256"}, 40),
    "at": ({"zh": "收到时间", "en": "Received"}, 24),
    "reason": ({"zh": "原因和改法", "en": "Why, and what would be right"}, 60),
}
OUTCOMES = {
    "new": {"zh": "可以提交（第一版）", "en": "would be new"},
    "next": {"zh": "可以提交（下一版）", "en": "would be the next version"},
    "same": {"zh": "已有同一文件", "en": "same file already there"},
    "refused": {"zh": "不收", "en": "refused"},
    "accepted": {"zh": "已收到", "en": "received"},
    None: {"zh": "尚未核对", "en": "not looked at yet"},
}


def write(lines: Iterable[batches.Line], language: str) -> bytes:
    """The workbook in the reader's language; before the batch has run, what its lines would come to."""
    heads = [(words[language], width) for words, width in RESULT.values()]
    return manifest.table({"zh": "结果", "en": "Result"}[language], heads, [_result(line, language) for line in lines])


def _result(line: batches.Line, language: str) -> list[str]:
    """A line as texts in the order of RESULT."""
    receipt, told = line["receipt"] or {}, batches.told(line["refusal"], language)
    reason = "；".join(dict.fromkeys([told["detail"], *(one["detail"] for one in told["errors"])])) if told else ""
    words = {"outcome": OUTCOMES[line["outcome"]][language], "receipt": receipt.get("number", ""), "reason": reason}
    words |= {"sha256": receipt.get("sha256", ""), "at": receipt.get("received_at", "")}
    return [str(words.get(key, line.get(key) or "")) for key in RESULT]
