"""Checks a form without any deployment: a JSON file or a filled-in workbook, with the same faults as at the door."""

from pathlib import Path
from typing import Any

from services.console import telling
from services.intake import forms, kinds, workbook_back
from services.spine import errors


def check(path: Path, kind: str, facts: str = "") -> dict[str, Any]:
    """What was found: {kind, schema, normalised, faults: [{pointer, code, where, zh, en, cell?}]}."""
    known = forms.Known({name.strip(): True for name in facts.split(",") if name.strip()})
    if kind not in kinds.KINDS:
        raise telling.Trouble("misused", reason=f"没有这种材料 no such kind: {kind}；{', '.join(kinds.KINDS)}")
    try:
        data = path.read_bytes()
    except OSError as reason:
        raise telling.Trouble("not_readable", path=path, reason=reason) from None
    found: dict[str, Any] = {"file": str(path), "kind": kind, "schema": None, "normalised": [], "faults": []}
    try:
        form = _form(path.name, data, kind, known)
    except errors.Refusal as refusal:
        return {**found, "faults": _told(refusal)}
    return {**found, "schema": form.schema, "normalised": form.normalised}


def _form(name: str, data: bytes, kind: str, known: forms.Known) -> forms.Form:
    if not name.lower().endswith(".xlsx"):
        return forms.check(kind, forms.parse(data.decode("utf-8-sig", "replace")), known)
    read = workbook_back.read(name, data, kind)
    if read is None:
        raise errors.Refusal("form_not_ours", name=name, wanted=kinds.shown(kind)["label"]["zh"])
    return forms.check(kind, read[0], known, read[1])


def _told(refusal: errors.Refusal) -> list[dict[str, Any]]:
    zh, en = refusal.body("zh"), refusal.body("en")
    places = list(zip(zh["errors"], en["errors"], strict=True)) or [(zh, en)]
    kept = ("pointer", "code", "cell")
    return [
        {**{key: one[key] for key in kept if key in one}, "zh": one["detail"], "en": other["detail"]}
        for one, other in places
    ]
