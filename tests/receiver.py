"""Another system that is called: a process of its own on loopback, which keeps what came and answers as it is told.

with Receiver(tmp_path) as receiver:
    receiver.answers(503, {"Retry-After": "7"})
    receiver.came()        # [{path, headers, body}], in the order in which they came
"""

import http.server
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Self

LEASH = Path(__file__).resolve().parents[1] / "services/console/leash.py"


class Receiver:
    """The other system."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __enter__(self) -> Self:
        self.answers(200)
        command = [sys.executable, str(LEASH), str(os.getpid()), sys.executable, __file__, str(self.folder)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout
        self.port = int(self.process.stdout.readline())
        self.url = f"http://127.0.0.1:{self.port}/hook"
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
        assert self.process.stdout
        self.process.stdout.close()

    def answers(self, status: int, headers: dict[str, str] | None = None, body: str = "", proves: bool = True) -> None:
        """From now on it answers so; to what proves its address it gives the challenge back, unless told not to."""
        told = {"status": status, "headers": headers or {}, "body": body, "proves": proves}
        (self.folder / "answer").write_text(json.dumps(told))

    def came(self) -> list[dict[str, Any]]:
        """What has come so far."""
        kept = self.folder / "came"
        return [json.loads(line) for line in kept.read_text("utf-8").splitlines()] if kept.exists() else []


class _Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self) -> None:  # noqa: N802
        folder = Path(sys.argv[1])
        length = int(self.headers["Content-Length"])
        came = self.rfile.read(length)
        if len(came) < length:  # whoever called died over it
            return
        body = came.decode()
        with (folder / "came").open("a", encoding="utf-8") as kept:
            kept.write(json.dumps({"path": self.path, "headers": dict(self.headers), "body": body}) + "\n")
        told = json.loads((folder / "answer").read_text())
        challenge = json.loads(body).get("challenge") if told["proves"] else None
        answer = json.dumps({"challenge": challenge}) if challenge else told["body"]
        self.send_response(told["status"])
        for name, value in told["headers"].items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.encode())

    def log_message(self, *_: Any) -> None:
        """Nothing is told of what came."""


if __name__ == "__main__":
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    print(server.server_port, flush=True)
    server.serve_forever()
