"""An example: a county keeps a table of its own in step with Rectify, through restarts and replays.

    rectify-table county.sqlite https://rectify.example token-file --region 990823

What must stay true: a batch and the number after it are one transaction, so a program killed at any moment goes on
where its table is; of two events about one subject the greater `sequence` is the newer one, so what is told again, or
late, changes nothing.
"""

import argparse
import json
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

from .feed import Event, follow

TABLES = """
CREATE TABLE IF NOT EXISTS records (
    subject TEXT PRIMARY KEY, sequence INTEGER NOT NULL, region TEXT NOT NULL, type TEXT NOT NULL, data TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS place (one INTEGER PRIMARY KEY CHECK (one = 1), after INTEGER NOT NULL);
"""
NEWER = """
INSERT INTO records VALUES (:subject, :sequence, :region, :type, :data) ON CONFLICT (subject) DO UPDATE
SET sequence = excluded.sequence, region = excluded.region, type = excluded.type, data = excluded.data
WHERE (excluded.sequence, excluded.type) > (records.sequence, records.type)
"""


class Table:
    """The last that was said of each subject, and how far the feed was read."""

    def __init__(self, path: str | Path) -> None:
        self.base = sqlite3.connect(path)
        self.base.executescript(TABLES)

    def after(self) -> int:
        """The number to go on after."""
        found = self.base.execute("SELECT after FROM place").fetchone()
        return int(found[0]) if found else 0

    def apply(self, events: Iterable[Event], after: int | None = None) -> None:
        """What is newer takes the place of what was known, and the number is kept with it."""
        rows = [{**event, "data": json.dumps(event["data"], sort_keys=True)} for event in events]
        keys = ("subject", "sequence", "region", "type", "data")
        with self.base:
            self.base.executemany(NEWER, [{key: row[key] for key in keys} for row in rows])
            if after is not None:
                self.base.execute("INSERT OR REPLACE INTO place VALUES (1, ?)", (after,))

    def rows(self) -> list[tuple[Any, ...]]:
        """All that is known, by subject."""
        return self.base.execute("SELECT * FROM records ORDER BY subject").fetchall()


def main() -> None:
    """Keep the table in step until it is stopped."""
    asked = argparse.ArgumentParser(description="Keeps a table of records in step with Rectify's events.")
    asked.add_argument("table", type=Path)
    asked.add_argument("address")
    asked.add_argument("token", type=Path, help="a file with the subscriber's token")
    asked.add_argument("--region", default="")
    asked.add_argument("--type", default="")
    asked.add_argument("--again-from", type=int, help="read again after this number of the feed")
    asked.add_argument("--limit", type=int, default=200)
    given = asked.parse_args()
    table, token = Table(given.table), given.token.read_text("utf-8").strip()
    after = table.after() if given.again_from is None else given.again_from
    with closing(table.base):
        for batch, reached in follow(
            given.address, token, after, type=given.type, region=given.region, limit=given.limit
        ):
            table.apply(batch, reached)
            print(json.dumps({"after": reached, "events": len(batch)}), flush=True)


if __name__ == "__main__":
    main()
