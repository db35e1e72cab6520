"""What an office may write into a letter: words, the fields of its event, and few ways to choose between them.

What must stay true: a template that is taken says something for every example of its event, with and without what an
event may leave out; nothing in it can be called, repeated at will or made large, so that no letter stops the house.
"""

from typing import Any

import jinja2
from jinja2 import nodes

from services.notification import letters
from services.spine import contracts, errors

LONGEST = 4000
LONGEST_SUBJECT = 200
ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.Getattr, nodes.Getitem,
    nodes.If, nodes.For, nodes.CondExpr, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.Test,
    nodes.Filter,
)  # fmt: skip
FILTERS = ("length", "count", "list", "join", "default", "first", "last", "selectattr", "rejectattr", "int")
TESTS = ("defined", "none", "equalto", "false", "true", "in")


def fields(event: str) -> dict[str, str]:
    """The fields of an event, each with its title where it has one."""
    known = contracts.documents()[f"events/{event}"]["properties"]
    return {name: str(said.get("title", "")) for name, said in known.items()}


def samples(event: str) -> list[dict[str, Any]]:
    """The examples of an event, as they are and without what an event may leave out."""
    schema = contracts.documents()[f"events/{event}"]
    least = [{key: one[key] for key in schema["required"]} for one in schema["examples"]]
    return [*schema["examples"], *(one for one in least if one not in schema["examples"])]


def check(event: str, text: str) -> list[tuple[str, str]]:
    """What a template says of the samples, each saying once; refuses, with the line, what could fail or does more."""
    try:
        tree = letters.environment().parse(text)
    except jinja2.TemplateSyntaxError as fault:
        raise _refused("letter_broken", fault.lineno, reason=str(fault.message)[:200]) from None
    except RecursionError:
        raise _refused("letter_broken", 1, reason="(((…)))") from None
    _check_parts(tree, set(fields(event)))
    return list(dict.fromkeys(_said(text, sample) for sample in samples(event)))


def _check_parts(tree: nodes.Template, known: set[str]) -> None:
    """Refuse what is not allowed, wherever it stands: in a branch that no sample takes, too."""
    known = known | {name.name for loop in tree.find_all(nodes.For) for name in loop.target.find_all(nodes.Name)}
    known |= {loop.target.name for loop in tree.find_all(nodes.For) if isinstance(loop.target, nodes.Name)} | {"loop"}
    for node in tree.find_all(nodes.Node):
        if not isinstance(node, ALLOWED):
            raise _refused("letter_forbidden", node.lineno, what=type(node).__name__.lower())
        if isinstance(node, nodes.Filter) and (node.name not in FILTERS or _joins_twice(node)):
            raise _refused("letter_forbidden", node.lineno, what=node.name)
        if isinstance(node, nodes.Test) and node.name not in TESTS:
            raise _refused("letter_forbidden", node.lineno, what=node.name)
        if isinstance(node, nodes.For) and any(node.find_all(nodes.For)):
            raise _refused("letter_forbidden", node.lineno, what="for … for")
        if isinstance(node, nodes.Name) and node.name not in known:
            raise _refused("letter_unknown_field", node.lineno, field=node.name)


def _joins_twice(node: nodes.Filter) -> bool:
    return node.name == "join" and any(one.name == "join" for one in node.find_all(nodes.Filter))


def _said(text: str, sample: dict[str, Any]) -> tuple[str, str]:
    try:
        subject, words = letters.fill(text, sample)
    except jinja2.UndefinedError as fault:
        raise _refused("letter_unknown_field", _line(fault), field=str(fault.message)[:200]) from None
    except (jinja2.TemplateError, TypeError, ValueError, ArithmeticError) as fault:
        raise _refused("letter_broken", _line(fault), reason=str(fault)[:200]) from None
    if not subject or not words or len(subject) > LONGEST_SUBJECT:
        raise _refused("letter_empty", 1, most=LONGEST_SUBJECT)
    return subject, words


def _line(fault: BaseException) -> int:
    """The line of the template at which it failed: the last that the traceback has of it."""
    line, step = 1, fault.__traceback__
    while step is not None:
        if step.tb_frame.f_code.co_filename == "<template>":
            line = step.tb_lineno
        step = step.tb_next
    return line


def _refused(code: str, line: int, **params: Any) -> errors.Refusal:
    told = {"line": line, **params}
    return errors.Refusal(code, errors=[{"pointer": "/text", "code": code, **told}], **told)


def write(kept: dict[str, Any], text: str, note: str, by: str, at: str) -> dict[str, Any]:
    """The next version stands; the words that stand already are no version."""
    standing = kept["standing"]
    if standing and kept["versions"][standing - 1]["text"] == text:
        return kept
    number = len(kept["versions"]) + 1
    versions = [*kept["versions"], {"version": number, "text": text, "note": note, "by": by, "at": at}]
    return {**kept, "versions": versions, "standing": number, "turns": _turned(kept, number, note, by, at)}


def choose(kept: dict[str, Any], number: int, note: str, by: str, at: str) -> dict[str, Any]:
    """An earlier version stands again, or ours (0)."""
    if number > len(kept["versions"]):
        raise errors.Refusal("not_found", id=number)
    if (kept["standing"] or 0) == number:
        return kept
    if number:
        check(kept["event"], kept["versions"][number - 1]["text"])
    return {**kept, "standing": number or None, "turns": _turned(kept, number or None, note, by, at)}


def _turned(kept: dict[str, Any], standing: int | None, note: str, by: str, at: str) -> list[dict[str, Any]]:
    return [*kept["turns"], {"standing": standing, "note": note, "by": by, "at": at}][-100:]
