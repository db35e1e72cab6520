"""Trying: past materials judged by the rules in use and by a new version of them, in a process by itself.

Nobody can tell beforehand what a new regular expression or a new limit does to a text; here it can neither hold up nor
break whoever asked. What is asked: {files: {name: text}, materials: [{id, and what `precheck.examine` takes}]}; what is
answered: {faults: [...]} or {before, after (versions), found: [{id, before, after: {fails, rules}}]}.
"""

import json
import os
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from services.review import alone, precheck, rules
from services.review.rules import checking, slowness
from services.spine import errors

SECONDS, MOST = 50.0, 300
SLOW = ("有的文本会让它查找很久，几乎停不下来", "On some texts its search takes for ever")


def ask(files: Mapping[str, str], materials: Iterable[dict[str, Any]], seconds: float = SECONDS) -> dict[str, Any]:
    """What both versions say of the materials; refuses files with faults, all of them named by file and key."""
    try:
        answer = alone.ask("services.review.trying", {"files": dict(files), "materials": list(materials)}, seconds)
    except alone.Died:
        raise errors.Refusal("trial_died", seconds=int(seconds)) from None
    if faults := answer.get("faults"):
        places = [
            {"pointer": f"/files/{file}/{key}".rstrip("/"), "code": "rule_unfit", "detail": {"zh": zh, "en": en}}
            for file, key, zh, en in faults
        ]
        raise errors.Refusal("rules_unfit", count=len(places), errors=places)
    return answer


def answer(asked: dict[str, Any]) -> dict[str, Any]:
    """In the process: the faults of the files, or what both versions say."""
    os.nice(10)
    files: dict[str, str] = asked["files"]
    if faults := checking.faults(files) or list(_slow(files)):
        return {"faults": list(map(list, faults))}
    now, then = rules.present(), rules.Rules(changed={name: text.encode() for name, text in files.items()})
    try:
        found = [
            {"id": one.pop("id"), "before": _said(one, now), "after": _said(one, then)} for one in asked["materials"]
        ]
    except Exception as fault:  # noqa: BLE001  (whatever new rules do to a room is their fault, told and no accident)
        return {"faults": [["", "", f"用它预审时出错：{fault!r}", f"Judging by it failed: {fault!r}"]]}
    return {"before": now.version, "after": then.version, "found": found}


def _said(material: dict[str, Any], by: rules.Rules) -> dict[str, Any]:
    found = precheck.examine(**material, by=by)
    told = (one["rule"] if one["severity"] == "fail" else f"{one['rule']}:note" for one in found["findings"])
    return {"fails": found["fails"], "rules": dict(Counter(told))}


def _slow(files: Mapping[str, str]) -> Iterable[checking.Fault]:
    for name, text in files.items():
        known = dict(checking.patterns(json.loads((rules.HERE / name).read_bytes())))
        for key, pattern in checking.patterns(json.loads(text)):
            if known.get(key) != pattern and slowness.is_slow(pattern):
                yield checking.Fault(name, key, *SLOW)


if __name__ == "__main__":
    alone.serve(answer)
