"""Pre-check: everything the program has to say about one material before a person reads it. Advice, never a verdict.

Pure: paragraphs and context in, findings out. What is compared with (last year's, colleagues', other units' texts)
comes in as `others`; the earlier of two alike texts is not at fault, and days come from whoever knows them, or from
the text's own head.
"""

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from concurrent import futures
from pathlib import Path
from typing import Any

from services.spine import clock, errors

from . import extraction, headings, origin, rules, similarity, standards, structure
from .glance import Glance

NEAR, CLEAR, SAME, RENDERED = 0.12, 0.2, 0.97, 0.03


def examine(
    paragraphs: Sequence[dict[str, Any]],
    kind: str,
    aspects: Sequence[dict[str, str]],
    opinions: Iterable[dict[str, Any]] = (),
    others: Iterable[dict[str, Any]] = (),
    submitted_at: str | None = None,
    unit: str | None = None,
    post: str | None = None,
    author: Mapping[str, str] | None = None,
    by: rules.Rules | None = None,
    copies: Sequence[dict[str, Any]] | None = None,
    before: Sequence[dict[str, Any]] = (),
    plan: Mapping[str, str | None] | None = None,
) -> dict[str, Any]:
    """Findings, structure, near-copies of a material, and where each opinion is answered.

    `others`: [{id, paragraphs, submitted_at?, unit?, post?, whose?}]; `copies`: what comparing with them found, if it
    was done before; `before`: as `near_copies` takes it. `unit`, `post`: who hands it in; `author`: {unit_name, title},
    by which a head that names somebody else is found; `plan`: {meeting_on, last_on}, the day of the unit's meeting and
    the last one for all meetings, as far as they are known.
    """
    by, asked = by or rules.present(), list(opinions)
    read = structure.read(paragraphs, kind, aspects, Glance(by))
    copies = near_copies(paragraphs, others, submitted_at, unit, post, before) if copies is None else list(copies)
    context = {
        "opinions": asked,
        "near_copies": copies,
        "of_another": origin.of_another(paragraphs, author) if author else None,
        "written_on": origin.written_on(paragraphs),
        "plan": plan,
        "submitted_on": clock.local_day(submitted_at) if submitted_at else None,
    }
    findings, answers = standards.look(read, context) if kind in standards.KINDS else ([], [])
    failed = {finding["standard"] for finding in findings if finding["severity"] == "fail"}
    return {
        "fails": [code for code in standards.CODES if code in failed],
        "findings": findings,
        "structure": read["nodes"],
        "near_copies": copies,
        "answers": answers,
        "rules_version": f"{by.version}/{similarity.ALGORITHM}",
    }


def near_copies(
    paragraphs: Sequence[dict[str, Any]],
    others: Iterable[dict[str, Any]],
    submitted_at: str | None = None,
    unit: str | None = None,
    post: str | None = None,
    before: Sequence[dict[str, Any]] = (),
) -> list[dict[str, Any]]:
    """Texts that share passages with this one, most alike first; one short passage by itself is chance.

    [{id, whose: own|colleague|another unit's material, share, earlier: mine|theirs|unknown, passages}]. Days of handing
    in decide who was earlier; where nobody gives them, the days the texts give themselves. `before`: the material's own
    earlier versions [{paragraphs, submitted_at}], the first first: what stood in one of them is as old as that.
    """
    found = []
    for other in others:
        compared = similarity.compare(paragraphs, other["paragraphs"])
        if compared["share"] < (NEAR if len(compared["passages"]) > 1 else CLEAR) or not compared["passages"]:
            continue
        theirs_at = other.get("submitted_at")
        days = (_since(compared, other, before) or submitted_at, theirs_at)
        if not submitted_at and not theirs_at:
            days = (origin.written_on(paragraphs), origin.written_on(other["paragraphs"]))
        whose = other.get("whose") or _whose(paragraphs, other, unit, post)
        found.append({"id": other["id"], "whose": whose, **compared, "earlier": _earlier(*days)})
    return sorted(found, key=lambda each: (-each["share"], str(each["id"])))


def _since(compared: Mapping[str, Any], other: Mapping[str, Any], before: Sequence[Mapping[str, Any]]) -> str | None:
    """The day of the first earlier version that held most of the passages already; None when none did."""
    passages = [each["their_quotation"] for each in compared["passages"]]
    for version in before:
        then = similarity.compare(version["paragraphs"], other["paragraphs"])["passages"]
        held = {each["their_quotation"] for each in then}
        if sum(each in held for each in passages) * 2 > len(passages):
            day: str | None = version["submitted_at"]
            return day
    return None


def _whose(mine: Sequence[dict[str, Any]], other: Mapping[str, Any], unit: str | None, post: str | None) -> str:
    """Who handed it in decides; headings only where nobody knows (a folder of files): a copyist forgets them."""
    if unit and other.get("unit"):
        if unit != other["unit"]:
            return "another unit's material"
        return "own" if post == other.get("post") else "colleague"
    return "own" if origin.author(mine) & origin.author(other["paragraphs"]) else "another unit's material"


def _earlier(mine: str | None, theirs: str | None) -> str:
    if not mine or not theirs:
        return "unknown"
    length = min(len(mine), len(theirs))
    return "mine" if mine[:length] < theirs[:length] else "theirs" if theirs[:length] < mine[:length] else "unknown"


def examine_files(
    files: Iterable[str | Path],
    kind: str | None,
    opinions: Sequence[dict[str, Any]] = (),
    against: str | Path | None = None,
    aspects: Sequence[dict[str, str]] | None = None,
) -> list[dict[str, Any]]:
    """What `rectify precheck` prints: per file what `examine` says and `near_duplicate_of`, or {file, refused, reason}.

    `opinions`: [{id, source, text}]. `against`: a folder of texts to compare with. `kind`: guessed if None.
    """
    bank = _bank(Path(against)) if against else {}
    named = list(aspects or rules.present().by_room["headings"]["reference_aspects"])
    return [_examine_file(Path(file), kind, opinions, bank, named) for file in files]


def read_file(path: Path) -> list[dict[str, Any]]:
    """The paragraphs of a file on this machine; raises Refusal, also for one that cannot be opened."""
    try:
        data = path.read_bytes()
    except OSError:
        raise errors.Refusal("file_not_readable", name=str(path)) from None
    paragraphs: list[dict[str, Any]] = extraction.extract_safely(data, path.name)["paragraphs"]
    return paragraphs


def _examine_file(
    path: Path,
    kind: str | None,
    opinions: Sequence[dict[str, Any]],
    bank: Mapping[Path, list[dict[str, Any]]],
    aspects: list[dict[str, str]],
) -> dict[str, Any]:
    try:
        paragraphs = read_file(path)
    except errors.Refusal as refusal:
        return {"file": str(path), "refused": refusal.code, "reason": errors.text(refusal.code, "zh", refusal.params)}
    others = [
        {"id": str(other), "paragraphs": theirs}
        for other, theirs in bank.items()
        if other.resolve() != path.resolve() and not _rendering(paragraphs, theirs)
    ]
    kind = kind or guess_kind(paragraphs)
    result = examine(paragraphs, kind, aspects, opinions, others)
    return {"file": str(path), "kind": kind, "near_duplicate_of": _source(result["near_copies"]), **result}


def _source(copies: Sequence[dict[str, Any]]) -> str | None:
    """The file that was copied: of renderings of one text, all about as alike, the one that lies nearest to the top."""
    least = rules.present().limit("persuasion", "copied")
    copied = [each for each in copies if each["earlier"] != "mine" and each["share"] >= least]
    most = max((each["share"] for each in copied), default=0.0)
    alike = [each["id"] for each in copied if each["share"] >= most - RENDERED]
    return min(alike, key=lambda file: (len(Path(file).parts), file), default=None)


def _bank(folder: Path) -> dict[Path, list[dict[str, Any]]]:
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.suffix.lower() in extraction.NAMES]
    files = [path for path in files if path.stem.upper() != "README"]
    with futures.ThreadPoolExecutor(os.cpu_count()) as threads:
        return {path: text for path, text in zip(files, threads.map(_readable, files), strict=True) if text}


def _readable(path: Path) -> list[dict[str, Any]] | None:
    try:
        return read_file(path)
    except errors.Refusal:
        return None


def _rendering(mine: Sequence[dict[str, Any]], theirs: Sequence[dict[str, Any]]) -> bool:
    """Whether two files are one material in two formats: the same words and figures throughout, by the same author."""
    plain = [re.sub(r"[^\u4e00-\u9fff0-9]", "", "".join(each["text"] for each in text)) for text in (mine, theirs)]
    first, second = ({text[i : i + 4] for i in range(len(text) - 3)} for text in plain)
    alike = len(first & second) >= SAME * max(1, len(first | second))
    return alike and (origin.author(mine) == origin.author(theirs))


def guess_kind(paragraphs: Sequence[dict[str, Any]]) -> str:
    """`team_inspection` where the title speaks of the leading team, else `speech_outline`."""
    head = "".join(each["text"] for each in paragraphs[:3] if len(each["text"]) <= headings.SHORT)
    return "team_inspection" if re.search(r"领导班子|班子对照|党组对照", head) else "speech_outline"
