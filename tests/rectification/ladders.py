"""A ladder of two steps and an item to climb it, for the tests of what the night does."""

from typing import Any

from services.rectification import domain, lateness, lists

POLICY: dict[str, Any] = {
    "mark": "督办",
    "steps": [
        {
            "code": "supervision_notice",
            "title": {"zh": "督办通知书", "en": "Supervision notice"},
            "text": "请对照整改措施逐项倒排，抓紧办结。",
            "after_days": 1,
            "signer": "county_office",
            "acknowledge_within": {"days": 3, "unit": "working"},
            "grace_days": 10,
        },
        {
            "code": "reminder",
            "title": {"zh": "提醒函", "en": "Reminder"},
            "text": "请主要负责人亲自过问。",
            "after_days": 7,
            "signer": "office",
            "acknowledge_within": {"days": 3, "unit": "natural"},
            "grace_days": 10,
        },
    ],
}
DUE = "2026-03-02"
NAMES = {"issuer": "闽川市整改办公室", "unit": "浦阳县农业农村局"}


def hand(on: str, account: str = "office") -> domain.Hand:
    """Somebody who acts on a day."""
    return domain.Hand(account, account, f"{on}T01:00:00.000Z", on)


def item(key: str = "p1", **more: Any) -> domain.Item:
    """An open item that is due on the first Monday of March."""
    known = {
        "_id": f"c.990823-NY.{key}", "item_id": f"c.990823-NY.{key}", "campaign": "c", "unit": "990823-NY",
        "region": "990823", "group": "G1", "number": 4, "problem": "灌渠水毁半年未修复", "category": "phased",
        "responsible": "副局长", "source": "other", "state": "open", "late": False, "due_on": DUE, "closed_on": None,
        "report_due_on": "2026-03-25", "progress": [], "closeout": None, "history": [], "milestones": [],
        "measures": [],
    }  # fmt: skip
    return lateness.kept({**known, **lists.dated({**known, **more}, {}), **more})
