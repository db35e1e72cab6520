"""The program that makes the board's model anew: `python -m services.registry.rebuilding [campaign]`.

It stands beside the services, which go on; killed, it leaves everything as it was. It prints how far it is, one JSON
object a line, the last with the number of units and the seconds it took.
"""

import json
import sys
import time

from services.registry import progress_store, progressing
from services.spine import errors, mongo


def main(campaign: str = "") -> int:
    """Rebuild one campaign's model, or all; the exit code."""
    start, db = time.monotonic(), mongo.database("registry")
    progress_store.prepare(db)
    try:
        units = progressing.rebuild(
            db, mongo.database("feed"), campaign, lambda said: print(json.dumps(said), flush=True)
        )
    except errors.Refusal as refusal:
        print(*(errors.text(refusal.code, one, refusal.params) for one in ("zh", "en")), file=sys.stderr)
        return 1
    print(json.dumps({"units": units, "seconds": round(time.monotonic() - start, 1)}), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
