"""A campaign's folder on this disk becomes one request to the registry, and the other way round.

Loading the same folder twice changes nothing: the registry says how many units were added or changed.
"""

import io
import zipfile
from pathlib import Path
from typing import Any

from services.console import calling
from services.registry import folder
from services.registry.folder import Fault, Faulty

__all__ = ["Fault", "Faulty", "export", "load", "officer", "read"]


def read(place: Path) -> dict[str, Any]:
    """The request the folder makes; Faulty with every fault when it is not fit."""
    return folder.read(lambda name: (place / name).read_bytes())


def load(place: Path, caller: calling.Caller) -> dict[str, Any]:
    """Read the folder and hand it to the registry; what the registry answers."""
    answer: dict[str, Any] = caller.post("registry", "/campaigns", read(place))
    return answer


def export(campaign: str, place: Path, caller: calling.Caller) -> list[Path]:
    """Write a campaign as the registry has it: into a zip where the name ends so, else into a folder."""
    packed = caller.fetch("registry", f"/campaigns/{campaign}/folder", 600)
    if place.suffix.lower() == ".zip":
        place.write_bytes(packed)
        return [place]
    place.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(io.BytesIO(packed)) as found:
        names = found.namelist()
        for name in names:
            (place / name).write_bytes(found.read(name))
    return [place / name for name in names]


def officer(campaign: str) -> calling.Caller:
    """The campaign's office, in whose name an operator loads it."""
    grant = {"role": "office", "campaign": campaign, "scope": {"kind": "campaign", "of": campaign}, "until": None}
    return calling.Caller("service:console", "console", [grant])
