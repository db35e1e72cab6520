"""Addresses that are called, in a process that imports nothing of ours: `called.py LOG`; it notes who had what when."""

import datetime
import http.server
import json
import sys
import time
from pathlib import Path
from typing import Any

LOG = Path(sys.argv[1])


class Handler(http.server.BaseHTTPRequestHandler):
    """Takes everything."""

    def do_POST(self) -> None:  # noqa: N802
        """Note it, and say so."""
        event = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        late = (time.time() - datetime.datetime.fromisoformat(event["time"]).timestamp()) * 1000
        with LOG.open("a") as out:
            out.write(f"{self.path[1:]} {event['data']['n']} {late:.1f}\n")
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Nothing."""


if __name__ == "__main__":
    http.server.ThreadingHTTPServer.request_queue_size = 256
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    LOG.with_suffix(".ready").write_text(f"http://127.0.0.1:{server.server_port}\n")
    server.serve_forever()
