"""A document of the ladder in words, as official papers are written: block by block, for the page and for Word.

What must stay true: what is written follows from the item, the steps taken and the day alone; the names in it are given
by whoever signs, and nobody is named in it. Blocks: {kind: issuer, serial, title, addressee, paragraph, signature,
receipt; text or rows}.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from services.rectification import lateness
from services.rectification.domain import Item

Block = dict[str, Any]
LISTS = {"immediate": "即知即改", "phased": "阶段整改", "long_term": "长期整改"}
ROWS = ("文号", "单位", "签收人职务", "签收日期", "答复意见", "承诺完成日期")


def serial(escalation: Mapping[str, Any], year: str = "") -> str:
    """The number of a document, `督〔2026〕3号`; before it is signed without the number."""
    return f"{escalation['rules']['mark']}〔{escalation['year'] or year}〕{escalation['number'] or '　'}号"


def compose(
    escalation: Mapping[str, Any],
    item: Item,
    earlier: Sequence[Mapping[str, Any]],
    names: Mapping[str, str],
    today: str,
) -> list[Block]:
    """The text of a document that is (or would be) issued today. `escalation` has its acknowledge_by and promise_by,
    and its number once there is one; `earlier`: what was issued before of the same round; `names`: {issuer, unit}."""
    step = escalation["rules"]
    where = f"你单位整改台账第{item['number']}号问题“{_quoted(item['problem'])}”（{LISTS[item['category']]}）"
    late = (
        f"应于{_day(item['due_on'])}前完成整改，截至{_day(today)}已逾期{lateness.days_late(item, today)}天，尚未办结。"
    )
    asked = (
        f"请你单位第一责任人于{_day(escalation['acknowledge_by'])}前签收并书面答复，说明未按期完成的原因、下一步措施和"
        f"完成时限；承诺的完成时限不得晚于{_day(escalation['promise_by'])}。"
    )
    number = serial(escalation, today[:4])
    lines = [f"{where}，{late}", *(_earlier(one) for one in earlier), step["text"], asked]
    return [
        {"kind": "issuer", "text": names["issuer"]},
        {"kind": "serial", "text": number},
        {"kind": "title", "text": f"关于“{_quoted(_short(item['problem']))}”整改逾期的{_title(step)}"},
        {"kind": "addressee", "text": f"{names['unit']}："},
        *({"kind": "paragraph", "text": line} for line in lines),
        {"kind": "signature", "text": names["issuer"]},
        {"kind": "signature", "text": _day(today)},
        {"kind": "receipt", "rows": [[row, number if row == ROWS[0] else names["unit"] if row == ROWS[1] else ""]
                                     for row in ROWS]},
    ]  # fmt: skip


def _earlier(one: Mapping[str, Any]) -> str:
    what = f"{_day(one['issued_on'])}已发出《{_title(one['rules'])}》（{serial(one)}）"
    receipt = one["receipt"]
    return f"{what}，逾期至{_day(receipt['on'])}才签收。" if receipt else f"{what}，至今未签收。"


def _title(step: Mapping[str, Any]) -> str:
    return str(step["title"]["zh"])


def _short(problem: str) -> str:
    return problem if len(problem) <= 20 else f"{problem[:20]}…"


def _quoted(words: str) -> str:
    """Words as they stand between quotation marks: their own become single ones."""
    return words.replace("“", "‘").replace("”", "’")


def _day(on: str) -> str:
    year, month, day = map(int, on.split("-"))
    return f"{year}年{month}月{day}日"
