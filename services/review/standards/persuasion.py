"""F3, it convinces: the writer's own text, about the writer, with more problems than achievements and no praise in
disguise.

What the rules stand on:
- copied: what exact comparison found (`similarity`), where mine is not the earlier one; whose it was is told. Alike
  openings are not compared at all.
- placeholder: places of a form left empty, see `template`.
- of another: a head that names another unit or post than the one handing it in, where that is known.
- we for I: in a person's outline, who the sentences of problems and causes are about; counted, so that one "we" is
  no fault.
- third person: in a person's outline, problems and causes told of "that comrade", as an appraisal by others is.
- merits: sentences that praise and admit nothing, as a share of what stands under problems; and a section of merits
  longer than the problems.
- success story: in half of the aspects or more the fault is put right in the same breath ("when I noticed, I at once
  …"), with a fact and a word of achievement.
- praise: virtue in excess ("too strict with myself") or self-neglect for work, in an aspect that tells no other
  fact; not what is quoted of others to be refused.
"""

import re
from typing import Any

from services.review.glance import Passage

from . import findings, praise, template
from .reading import Reading

Finding = dict[str, Any]
BEFORE, NEAR, SEVERAL = "，。；：", 4, 3
QUOTED = re.compile("“[^”]*”")
FOREIGN = "another unit's material"
SOURCES = {
    FOREIGN: ("copied", "另一单位的材料", "another unit's material"),
    "colleague": ("copied_colleague", "本单位其他同志（班子）的材料", "a colleague's or the team's material"),
    "own": ("copied_own", "本人（本班子）以往的材料", "the writer's own earlier material"),
    "model": ("copied_model", "流传的范文", "a model text in circulation"),
}
RECAST = ("由本人（本班子）联系自己的思想和工作重新撰写。", "Write it anew, from your own thinking and work.")


def judge(reading: Reading) -> list[Finding]:
    """Where a reader would not believe it."""
    own = [*_of_another(reading), *_copied(reading), *template.judge(reading)]
    return [*own, *_we(reading), *_third_person(reading), *(_merits(reading) or _set_right(reading)), *_praise(reading)]


def _copied(reading: Reading) -> list[Finding]:
    """One finding for each kind of source, however many there are of it."""
    kinds: dict[str, list[dict[str, Any]]] = {}
    for copy in reading.near_copies:
        if copy.get("earlier") != "mine" and copy["passages"]:
            whose = copy.get("whose")
            kinds.setdefault(whose if whose in SOURCES else FOREIGN, []).append(copy)
    return [_copied_from(reading, whose, kinds[whose]) for whose in SOURCES if whose in kinds]


def _copied_from(reading: Reading, whose: str, copies: list[dict[str, Any]]) -> Finding:
    copy = max(copies, key=lambda each: each["share"])
    passage = max(copy["passages"], key=lambda each: len(each["quotation"]))
    anchor = {"paragraph": passage["paragraph"], "node": _node_of(reading, passage), "quotation": passage["quotation"]}
    code, zh, en = SOURCES[whose]
    percent, count = round(copy["share"] * 100), len(copies)
    literal = sum(each["quotation"] == each["their_quotation"] for each in copy["passages"]) * 2 > len(copy["passages"])
    verb, verb_en = (
        ("整篇照搬", "Taken over whole from")
        if copy["share"] >= reading.rules.limit("persuasion", "whole")
        else ("照搬", "Taken over from")
    )
    most, most_en = ("最多有", "up to ") if count > 1 else ("有", "")
    many, many_en = (f"（共 {count} 份）", f" ({count} texts)") if count > 1 else ("", "")
    how, how_en = (
        ("多数句子一字未改", "most of it word for word")
        if literal
        else ("只换了名称、数字或次序", "names, figures or order changed")
    )
    reason = (
        f"{verb}{zh}{many}：{most} {percent}% 的内容相同，{how}。",
        f"{verb_en} {en}{many_en}: {most_en}{percent}% is the same, {how_en}.",
    )
    confidence = min(0.99, 0.6 + copy["share"] / 2)
    return findings.make(
        f"persuasion.{code}",
        anchor,
        reason,
        RECAST,
        confidence,
        fail=copy["share"] >= reading.rules.limit("persuasion", "copied"),
    )


def _of_another(reading: Reading) -> list[Finding]:
    if not reading.of_another:
        return []
    paragraph, words_there = reading.of_another
    reason = (
        f"标题署名“{words_there}”不是提交这份材料的单位或职务。",
        f"The head (“{words_there}”) names another unit or post than the one handing this in.",
    )
    would = (
        "由本人（本班子）自己写，署本单位和本人职务；若只是抬头写错，改正后重交。",
        "Write it yourself, under your own unit and post; if only the head is wrong, correct it and hand it in again.",
    )
    anchor = {"paragraph": paragraph, "node": None, "quotation": words_there}
    return [findings.make("persuasion.of_another", anchor, reason, would, 0.85)]


def _node_of(reading: Reading, passage: dict[str, Any]) -> str | None:
    nodes = [
        node
        for role in ("problem", "cause", "measure", "last_year", "opening")
        for node in reading.by_role.get(role, [])
    ]
    return next((node["id"] for node in nodes if passage["quotation"] in node["text"]), None)


def _we(reading: Reading) -> list[Finding]:
    if not reading.personal:
        return []
    nodes = [(node, reading.see(node)) for node in (*reading.problems, *reading.causes)]
    we = sum([passage.count("persuasion.we") for _, passage in nodes]) if reading.glance.has("persuasion.we") else 0
    if reading.glance.has("persuasion.collective"):
        we += sum([_collective(passage) for _, passage in nodes if passage.has("persuasion.collective")])
    if we < reading.rules.limit("persuasion", "we_least"):
        return []
    own = sum([passage.count("persuasion.i") for _, passage in nodes])
    if we < reading.rules.limit("persuasion", "we_share") * (we + own):
        return []
    told = ((node, each) for node, passage in nodes for each in passage.sentences)
    node, sentence = next((node, each.text) for node, each in told if each.has("persuasion.we") or _collective(each))
    reason = (
        f"个人发言提纲以“我们”检查（{we} 处，“我” {own} 处），个人责任落到了集体。",
        f"A personal outline that examines “us” ({we} times, “me” {own}): nobody's own responsibility.",
    )
    would = (
        "以“我”检查自己：我做了什么、没做什么、怎么想的。",
        "Examine yourself as “I”: what I did, failed to do, and thought.",
    )
    return [findings.make("persuasion.we_instead_of_i", reading.at(node, sentence), reason, would, 0.9)]


def _collective(passage: Passage) -> int:
    """How many of its clauses have the team or everybody as their subject."""
    found = [(each, begin) for each in passage.sentences for begin, _ in each.spans("persuasion.collective")]
    return sum([begin == 0 or each.text[begin - 1] in BEFORE for each, begin in found])


def _third_person(reading: Reading) -> list[Finding]:
    if not reading.personal or not reading.glance.has("persuasion.third_person"):
        return []
    limit = reading.rules.limit
    met = sum([reading.see(node).count("persuasion.third_person") for node in reading.problems])
    if met < limit("persuasion", "we_least"):
        return []
    told = [(node, each) for node in (*reading.problems, *reading.causes) for each in reading.see(node).sentences]
    of_him = [(node, each.text) for node, each in told if each.has("persuasion.third_person")]
    own = sum(each.count("persuasion.i") > 0 for _, each in told)
    if len(of_him) < max(limit("persuasion", "we_least"), limit("persuasion", "we_share") * (len(of_him) + own)):
        return []
    reason = (
        f"个人发言提纲通篇以“该同志”称自己（{len(of_him)} 处），像别人写的鉴定。",
        f"The outline speaks of its writer as “that comrade” ({len(of_him)} times), like an appraisal by others.",
    )
    would = (
        "由本人以“我”来写：我做了什么、没做什么、怎么想的。",
        "Write it yourself, as “I”: what I did, failed to do, and thought.",
    )
    return [findings.make("persuasion.third_person", reading.at(*of_him[0]), reason, would, 0.85)]


def _merits(reading: Reading) -> list[Finding]:
    """Merits under problems, and before them, against what is admitted."""
    limit = reading.rules.limit
    told = [(node, each) for node in reading.problems for each in reading.see(node).sentences]
    merits = [praise.merits(each) for _, each in told]
    praising = [(node, each.text) for (node, each), of in zip(told, merits, strict=True) if of]
    if len(praising) < limit("persuasion", "praise"):
        return []
    size = sum([len(each.text) for _, each in told])
    boasted = {each.text for body in reading.bodies.values() for each in praise.before_turn(body)}
    inside = sum([len(each.text) if each.text in boasted else of for (_, each), of in zip(told, merits, strict=True)])
    first = [line for line in reading.lines if line["role"] in ("title", "opening") and not line["heading"]]
    before = sum(praise.merits(each) for line in first for each in reading.glance.of(line["text"]).sentences)
    share = (inside + before) / size if size else 0.0
    if share < limit("persuasion", "merit_note"):
        return []
    reason = (
        f"讲成绩的话有问题部分的 {round(share * 100)}%，成绩盖过了问题。",
        f"What tells achievements is {round(share * 100)}% of what stands under problems.",
    )
    would = (
        "删去成绩，只写问题、表现和责任。",
        "Leave the achievements out; tell problems, how they show and whose they are.",
    )
    fail = share >= limit("persuasion", "merit")
    return [findings.make("persuasion.merits_outweigh", reading.at(*praising[0]), reason, would, 0.75, fail=fail)]


def _set_right(reading: Reading) -> list[Finding]:
    """Problems told as stories of success: in most aspects the fault is put right at once, as an achievement."""
    turned = [
        (code, next((each for each in body.sentences if _turns_out_well(reading, each)), None))
        for code, body in reading.bodies.items()
    ]
    hits = [(code, each) for code, each in turned if each]
    if len(hits) < max(SEVERAL, len(reading.bodies) * reading.rules.limit("persuasion", "set_right")):
        return []
    reason = (
        f"{len(reading.bodies)} 个方面中有 {len(hits)} 个把问题写成自己马上改好、收到成效的事迹。",
        f"{len(hits)} of {len(reading.bodies)} aspects tell how the fault was put right at once, with success.",
    )
    would = (
        "写问题本身、造成的后果和自己的责任，改好后的成绩不写在这里。",
        "Tell the fault, what came of it and your responsibility; what was achieved afterwards does not belong here.",
    )
    code, sentence = hits[0]
    anchor = reading.at(reading.sections[code], sentence.text)
    return [findings.make("persuasion.success_story", anchor, reason, would, 0.75)]


def _turns_out_well(reading: Reading, sentence: Passage) -> bool:
    """Whether a sentence tells how the writer put something right at once, and what was achieved by it."""
    return (
        (sentence.has("persuasion.achieve") or sentence.has("persuasion.merit"))
        and reading.rules.meets("persuasion", "set_right", sentence.text)
        and sentence.weight >= 1
    )


def _refuted(reading: Reading, sentence: Passage, after: tuple[Passage, ...]) -> bool:
    """Whether praise is only quoted, and refused there or soon after."""
    quoted = [each.span() for each in QUOTED.finditer(sentence.text)]
    inside = all(any(a <= begin and end <= b for a, b in quoted) for begin, end in sentence.spans("persuasion.praise"))
    return inside and any(reading.rules.meets("persuasion", "refuses", each.text) for each in after)


def _praise(reading: Reading) -> list[Finding]:
    if not reading.glance.has("persuasion.praise"):
        return []
    hits = []
    for node in reading.problems:
        told = reading.see(node).sentences
        hits += [
            (node, each.text)
            for i, each in enumerate(told)
            if each.has("persuasion.praise") and not _refuted(reading, each, told[i : i + NEAR])
        ]
    if not hits:
        return []
    reason = ("以缺点之名说优点，不是自我批评。", "A virtue presented as a fault is no self-criticism.")
    would = ("写出真正的缺点和它造成的后果。", "Tell a real fault and what came of it.")
    return [
        findings.make(
            "persuasion.praise_as_criticism",
            reading.at(*hits[0]),
            reason,
            would,
            0.7,
            fail=len(hits) >= reading.rules.limit("persuasion", "praise"),
        )
    ]
