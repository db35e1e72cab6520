"""Slips to cut apart: each a respondent's own, with the address, the code, and both as a QR code made here.

What must stay true: a code is on the page that is shown once and nowhere else; in the QR code it stands behind `#`.
"""

from collections.abc import Sequence
from typing import NamedTuple

import segno
from markupsafe import Markup

ON_A_PAGE = 8


class Slip(NamedTuple):
    """One slip."""

    code: str
    picture: Markup


def pages(address: str, codes: Sequence[str]) -> list[list[Slip]]:
    """The slips, page by page."""
    slips = [Slip(code, _picture(f"{address}#{code.replace('-', '')}")) for code in codes]
    return [slips[place : place + ON_A_PAGE] for place in range(0, len(slips), ON_A_PAGE)]


def _picture(text: str) -> Markup:
    code = segno.make(text, error="m", micro=False)
    return Markup(code.svg_inline(scale=2, border=2, omitsize=True, svgclass="qr", lineclass=None))
