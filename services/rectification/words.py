"""Words of a problem: how they are compared, and the pairs of characters by which they are found among many.

What must stay true: a problem that contains what is searched for has every pair of it, so that nothing is missed by
looking at those with the rarest pair only. Pure.
"""


def plain(text: str) -> str:
    """A text as it is compared."""
    return text.casefold()


def contains(problem: str, sought: str) -> bool:
    """Whether a problem has these words, as they stand."""
    return plain(sought.strip()) in plain(problem)


def pairs(text: str) -> list[str]:
    """The pairs of neighbouring letters or figures of a text, each once."""
    told = plain(text.strip())
    return sorted({two for at in range(len(told) - 1) if (two := told[at : at + 2]).isalnum()})
