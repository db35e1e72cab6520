"""Words of a problem, and how they are compared. Pure."""


def plain(text: str) -> str:
    """A text as it is compared; no NUL is in it."""
    return text.casefold().replace("\0", " ")


def contains(problem: str, sought: str) -> bool:
    """Whether a problem has these words, as they stand."""
    return plain(sought.strip()) in plain(problem)
