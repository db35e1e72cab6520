"""Findings: how every room says what it found."""

from typing import Any


def make(
    rule: str,
    anchor: dict[str, Any],
    reason: tuple[str, str],
    would_pass: tuple[str, str],
    confidence: float = 0.9,
    *,
    fail: bool = True,
) -> dict[str, Any]:
    """A finding; `rule` is `<standard>.<name>`, `reason` and `would_pass` are in Chinese and English."""
    standard, _, code = rule.partition(".")
    return {
        "code": code,
        "standard": standard,
        "severity": "fail" if fail else "note",
        "anchor": anchor,
        "reason": {"zh": reason[0], "en": reason[1]},
        "would_pass": {"zh": would_pass[0], "en": would_pass[1]},
        "confidence": confidence,
        "rule": rule,
    }
