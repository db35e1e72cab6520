"""What a pre-check without a deployment is given, looked at before any material is read.

Nothing may come out clean because nothing was looked at: a kind that no standard knows, opinions that are none, a
folder that is a file end the command with a sentence.
"""

from pathlib import Path
from typing import Any

import orjson

from services.console import telling
from services.review import plain, standards


def kind(given: str | None) -> None:
    """Trouble where materials of this kind are not judged by the standards; None is guessed from each."""
    if given is not None and given not in standards.KINDS:
        known = ", ".join(standards.KINDS)
        raise telling.Trouble("misused", reason=f"--kind 只能是 {known} (one of these, not {given})")


def folder(path: Path | None) -> None:
    """Trouble where what materials are to be compared with is no folder."""
    if path is not None and not path.is_dir():
        raise telling.Trouble("not_readable", path=path, reason="不是目录 no such folder")


def opinions(path: Path | None) -> list[dict[str, str]]:
    """The opinions in a JSON file: a list of {id, source, text}, of which only the text is needed, or of texts."""
    if path is None:
        return []
    try:
        listed = orjson.loads(plain.decode(path.read_bytes()) or "")
    except (OSError, orjson.JSONDecodeError) as reason:
        raise telling.Trouble("not_readable", path=path, reason=reason) from None
    found = [_opinion(one) for one in listed] if isinstance(listed, list) else [None]
    if None in found:
        shape = '应是列表，每条写作 {"id": …, "source": …, "text": …} 或一句话 a list of such, or of words'
        raise telling.Trouble("not_readable", path=path, reason=shape)
    return [one for one in found if one]


def _opinion(given: Any) -> dict[str, str] | None:
    one = given if isinstance(given, dict) else {"text": given}
    if not isinstance(one.get("text"), str) or not one["text"].strip():
        return None
    return {"text": one["text"], **{key: str(one.get(key) or "") for key in ("id", "source")}}
