"""Traditional signs as the simplified ones that stand for them, so that 張書記 is found as 张书记 is.

One sign stands for one, so that places in a text stay what they are. The table, `traditional.txt`, is the part of
OpenCC's (TSCharacters, Apache-2.0) whose simplified signs are in daily use: pairs in lines, below a line that says so.
"""

from pathlib import Path

_LINES = Path(__file__).with_suffix(".txt").read_text("utf-8").splitlines()[1:]
_PAIRS = "".join(_LINES)
SIMPLIFIED = str.maketrans(_PAIRS[::2], _PAIRS[1::2])
